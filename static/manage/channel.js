/** The settings of one channel: name, topic, slow mode, place, who sees it; a copy, and its end. */

import { build, toast } from "../shared/dom.js";
import { confirmed, formDialog } from "../shared/dialog.js";
import { t } from "../shared/i18n.js";
import { API, rest } from "../shared/rest.js";
import { mayHaveWebhooks, openWebhooks } from "../webhooks/webhooks.js";
import { check, option } from "./parts.js";

const CATEGORY = 4;
const VIEW = 1n << 10n;

export async function channelDialog(store, route, channel) {
  const parts = build("channel-settings");
  const guild = store.guilds.get(channel.guild_id);
  const { name, topic, slow, parent } = parts.form.elements;
  const all = [...store.channels.values()].filter((each) => each.guild_id === guild.id && !each.thread_metadata);
  name.value = channel.name;
  topic.value = channel.topic ?? "";
  slow.value = String(channel.rate_limit_per_user ?? 0);
  for (const each of all) if (each.type === CATEGORY) parent.append(option(each.id, each.name, each.id === channel.parent_id));
  const hides = parts.form.elements.private;
  hides.checked = isHidden(channel, guild);
  const roles = [...guild.roles.values()].filter((role) => role.id !== guild.id);
  parts.roles.append(...roles.map((role) => check("role", role.id, role.name, sees(channel, role.id))));
  parts.roles.hidden = !hides.checked;
  hides.addEventListener("change", () => (parts.roles.hidden = !hides.checked));
  wire(parts, store, route, channel, all);
  const done = await formDialog(parts, async (data) => {
    const body = { name: data.get("name").trim(), topic: data.get("topic").trim() || null, rate_limit_per_user: Number(data.get("slow")), parent_id: data.get("parent") || null };
    const overwrites = changed(channel, guild, hides.checked, new Set(data.getAll("role")));
    if (overwrites) body.permission_overwrites = overwrites;
    await rest.patch(`${API}/channels/${channel.id}`, body);
  });
  if (done) toast(t("web.settings.saved"));
}

const overwriteOf = (channel, id) => channel.permission_overwrites.find((each) => each.id === id);
const isHidden = (channel, guild) => Boolean(BigInt(overwriteOf(channel, guild.id)?.deny ?? 0) & VIEW);
const sees = (channel, id) => Boolean(BigInt(overwriteOf(channel, id)?.allow ?? 0) & VIEW);

/** The overwrites with VIEW_CHANNEL as chosen; null where nothing changes. */
function changed(channel, guild, hidden, roles) {
  const made = new Map(channel.permission_overwrites.map((each) => [each.id, { ...each }]));
  const set = (id, allow, deny) => {
    const before = made.get(id) ?? { id, type: 0, allow: "0", deny: "0" };
    const bits = (text, on) => String(on ? BigInt(text) | VIEW : BigInt(text) & ~VIEW);
    made.set(id, { ...before, allow: bits(before.allow, allow), deny: bits(before.deny, deny) });
  };
  set(guild.id, false, hidden);
  for (const role of guild.roles.keys()) if (role !== guild.id && (roles.has(role) || made.has(role))) set(role, hidden && roles.has(role), false);
  const kept = [...made.values()].filter((each) => each.allow !== "0" || each.deny !== "0");
  const shape = (list) => JSON.stringify(list.map(({ id, allow, deny }) => [id, allow, deny]).sort());
  return shape(kept) === shape(channel.permission_overwrites) ? null : kept;
}

function wire(parts, store, route, channel, all) {
  const act = (node, fn) =>
    node.addEventListener("click", async () => {
      try {
        await fn();
      } catch (error) {
        parts.problem.textContent = error.message;
        parts.problem.hidden = false;
      }
    });
  act(parts.up, () => move(channel, all, -1));
  act(parts.down, () => move(channel, all, 1));
  parts.webhooks.hidden = !mayHaveWebhooks(store, channel);
  act(parts.webhooks, () => {
    parts.root.close("");
    openWebhooks(store, channel);
  });
  act(parts.clone, async () => {
    const { type, topic, nsfw, parent_id: parentId, rate_limit_per_user: pause, permission_overwrites: overwrites, available_tags: tags } = channel;
    const body = { name: channel.name, type, topic, nsfw, parent_id: parentId, rate_limit_per_user: pause, permission_overwrites: overwrites };
    if (tags) body.available_tags = tags.map(({ name, moderated, emoji_id: id, emoji_name: emoji }) => ({ name, moderated, emoji_id: id, emoji_name: emoji }));
    await rest.post(`${API}/guilds/${channel.guild_id}/channels`, body);
    parts.root.close("");
    toast(t("web.manage.cloned"));
  });
  act(parts.remove, async () => {
    parts.root.close("");
    const sure = await confirmed({ title: t("web.manage.channel_delete"), text: t("web.manage.channel_delete_text"), yes: t("web.manage.delete"), quote: channel.name });
    if (sure) await rest.delete(`${API}/channels/${channel.id}`);
  });
}

/** Change places with the neighbour in the same category. */
async function move(channel, all, step) {
  const beside = all.filter((each) => each.parent_id === channel.parent_id && each.type !== CATEGORY).sort((one, other) => one.position - other.position || (BigInt(one.id) < BigInt(other.id) ? -1 : 1));
  const at = beside.findIndex((each) => each.id === channel.id);
  if (!beside[at + step]) return;
  [beside[at], beside[at + step]] = [beside[at + step], beside[at]];
  await rest.patch(`${API}/guilds/${channel.guild_id}/channels`, beside.map((each, position) => ({ id: each.id, position })));
  beside.forEach((each, position) => (each.position = position));
}
