/** Dialogs that make a channel or a community. */

import { build } from "../shared/dom.js";
import { formDialog } from "../shared/dialog.js";
import { t } from "../shared/i18n.js";
import { API, rest } from "../shared/rest.js";

const CATEGORY = 4;

/** Wait until the gateway told of a new thing, so that opening it finds it. */
function arrival(store, event, id, known) {
  if (known.has(id)) return Promise.resolve();
  return new Promise((resolve) => {
    const stop = store.on(event, (data) => {
      if (data.id !== id) return;
      stop();
      resolve();
    });
  });
}

export function createChannel(store, route, guildId, parentId = null) {
  const parts = build("create-channel");
  parts.form.elements.type.forEach((choice) =>
    choice.addEventListener("change", () => {
      parts.topicField.hidden = Number(parts.form.elements.type.value) === CATEGORY;
    }),
  );
  return formDialog(parts, async (data) => {
    const type = Number(data.get("type"));
    const body = { name: data.get("name").trim(), type };
    if (type !== CATEGORY && data.get("topic").trim()) body.topic = data.get("topic").trim();
    if (type !== CATEGORY && parentId) body.parent_id = parentId;
    const channel = await rest.post(`${API}/guilds/${guildId}/channels`, body);
    await arrival(store, "CHANNEL_CREATE", channel.id, store.channels);
    if (type !== CATEGORY) route.go(guildId, channel.id);
  });
}

export function createGuild(store, route) {
  const parts = build("create-guild");
  parts.form.elements.template.addEventListener("change", () => preview(parts));
  return formDialog(parts, async (data) => {
    const code = data.get("template").trim();
    const path = code ? `${API}/guilds/templates/${encodeURIComponent(code)}` : `${API}/guilds`;
    const guild = await rest.post(path, { name: data.get("name").trim() });
    await arrival(store, "GUILD_CREATE", guild.id, store.guilds);
    route.go(guild.id);
  });
}

/** Say what the template holds, as soon as its code is there. */
async function preview(parts) {
  const code = parts.form.elements.template.value.trim();
  if (!code) {
    parts.preview.textContent = t("web.template.from_note");
    return;
  }
  try {
    const template = await rest.get(`${API}/guilds/templates/${encodeURIComponent(code)}`);
    if (parts.form.elements.template.value.trim() === code) parts.preview.textContent = holds(template);
  } catch (error) {
    parts.preview.textContent = error.message;
  }
}

/** What a template holds, in words. */
export function holds({ name, description, serialized_source_guild: { channels, roles } }) {
  const counts = t("web.template.holds", { channels: channels.filter(({ type }) => type !== CATEGORY).length, roles: roles.length - 1 });
  return [name, description, counts].filter(Boolean).join(" · ");
}
