/** The webhooks of a channel: make, name, give a picture, copy the address, end. */

import { build, byId, element, toast } from "../shared/dom.js";
import { avatar } from "../shared/avatar.js";
import { confirmed, openDialog } from "../shared/dialog.js";
import { t } from "../shared/i18n.js";
import { MANAGE_CHANNELS, MANAGE_WEBHOOKS, may } from "../shared/permissions.js";
import { API, rest } from "../shared/rest.js";
import { snowflakeTime, stamp } from "../shared/time.js";
import { wireTargets } from "./targets.js";

const KINDS = new Set([0, 5, 15]);
const FOLLOWER = 2;

/** Whether this person manages webhooks here, and there can be any. */
export function mayHaveWebhooks(store, channel) {
  return Boolean(channel?.guild_id) && KINDS.has(channel.type) && may(store, MANAGE_WEBHOOKS, { channel });
}

/** They stand in the channel's settings; who may not open those gets a button in the room's head. */
export function wireWebhooks(store, route) {
  const button = byId("open-webhooks");
  const paint = () => {
    const channel = store.channels.get(route.channelId);
    button.hidden = !mayHaveWebhooks(store, channel) || may(store, MANAGE_CHANNELS, { channel });
  };
  store.on("route CHANNEL_UPDATE GUILD_ROLE_UPDATE GUILD_MEMBER_UPDATE", paint);
  button.addEventListener("click", () => openWebhooks(store, store.channels.get(route.channelId)));
  paint();
}

/** The dialog. */
export function openWebhooks(store, channel) {
  const parts = build("webhooks");
  const path = `${API}/channels/${channel.id}/webhooks`;
  parts.title.textContent = t("web.webhooks.title", { name: channel.name });

  const refresh = async () => {
    try {
      const found = await rest.get(path);
      parts.list.replaceChildren(...found.map((hook) => hookRow(hook, refresh)));
      parts.none.hidden = found.length > 0;
    } catch (error) {
      parts.problem.textContent = error.message;
      parts.problem.hidden = false;
    }
  };
  parts.form.addEventListener("submit", async (event) => {
    event.preventDefault();
    parts.problem.hidden = true;
    try {
      await rest.post(path, { name: parts.name.value.trim() });
      parts.form.reset();
      await refresh();
      parts.list.lastElementChild?.querySelector("[data-slot=copy]").focus();
    } catch (error) {
      parts.problem.textContent = error.status ? error.message : t("web.trouble.offline");
      parts.problem.hidden = false;
    }
  });
  if (may(store, MANAGE_WEBHOOKS, { guildId: channel.guild_id })) wireTargets(parts, channel);
  const stop = store.on("WEBHOOKS_UPDATE", (data) => data.channel_id === channel.id && !parts.list.contains(document.activeElement) && refresh());
  refresh();
  openDialog(parts).then(stop);
}

function hookRow(hook, refresh) {
  const parts = build("webhook");
  const follows = hook.type === FOLLOWER;
  parts.face.replaceChildren(avatar({ id: hook.id, username: hook.name, avatar: hook.avatar, bot: true }));
  parts.name.value = hook.name;
  parts.note.textContent = t("web.webhooks.made", { name: hook.user?.global_name || hook.user?.username || "?", date: stamp(snowflakeTime(hook.id)) });
  parts.copy.hidden = parts.slack.hidden = follows;
  if (follows) parts.note.prepend(`${sourceOf(hook)} · `);
  else {
    // the address as this browser reaches the server
    const address = location.origin + new URL(hook.url).pathname;
    parts.copy.addEventListener("click", () => copy(address));
    parts.slack.addEventListener("click", () => copy(`${address}/slack`));
  }
  parts.name.addEventListener("change", () => change(hook, { name: parts.name.value.trim() }, refresh));
  parts.picture.addEventListener("change", async () => {
    const [file] = parts.picture.files;
    if (file) change(hook, { avatar: await dataUri(file) }, refresh);
  });
  parts.end.addEventListener("click", async () => {
    if (!(await confirmed({ title: t("web.webhooks.end_title", { name: hook.name }), text: t(follows ? "web.follow.ended" : "web.webhooks.end_text"), yes: t("web.webhooks.end") }))) return;
    await attempt(() => rest.delete(`${API}/webhooks/${hook.id}`));
    refresh();
  });
  return parts.root;
}

/** What a follower follows; that is told as long as who made it belongs to the other community. */
function sourceOf({ source_guild: guild, source_channel: channel }) {
  return guild ? t("web.follow.from", { channel: channel.name, guild: guild.name }) : t("web.follow.from_unknown");
}

async function change(hook, body, refresh) {
  await attempt(() => rest.patch(`${API}/webhooks/${hook.id}`, body));
  refresh();
}

export async function attempt(act) {
  try {
    await act();
  } catch (error) {
    toast(error.status ? error.message : t("web.trouble.offline"));
  }
}

export async function copy(text, done = t("web.webhooks.copied")) {
  try {
    await navigator.clipboard.writeText(text);
    toast(done);
  } catch {
    const field = element("input", { className: "input", value: text, readOnly: true });
    toast(t("web.webhooks.not_copied"));
    document.querySelector(".webhooks .dialog__lead").after(field);
    field.select();
  }
}

function dataUri(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(reader.result));
    reader.addEventListener("error", () => reject(reader.error));
    reader.readAsDataURL(file);
  });
}
