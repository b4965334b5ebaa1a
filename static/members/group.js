/** Groups: who is taken in and put out, the name, leaving; and the lines that tell of it. */

import { build, element, icon, toast } from "../shared/dom.js";
import { avatar } from "../shared/avatar.js";
import { confirmed, formDialog } from "../shared/dialog.js";
import { listed, t } from "../shared/i18n.js";
import { API, rest } from "../shared/rest.js";

const DIRECT = 1;
const GROUP = 3;
const ADDED = 1;
const REMOVED = 2;
const NAMED = 4;

/** Kinds of messages that tell of a group: nobody said them. */
export const NOTICES = [ADDED, REMOVED, NAMED];
const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** What a conversation is called: its name, else the others in it. */
export const directTitle = (store, channel) => channel.name || listed(channel.recipients.map((user) => store.nameOf(store.user(user.id) ?? user))) || t("web.group.alone");

/** What one can do with the people of a conversation; null in a community. */
export function groupTools(store, route) {
  const channel = store.channels.get(route.channelId);
  if (channel?.type !== DIRECT && channel?.type !== GROUP) return null;
  const parts = build("group-tools");
  parts.rename.hidden = parts.leave.hidden = channel.type !== GROUP;
  return parts.root;
}

/** A click on one of the tools, or on the button beside somebody's name. True when it was one. */
export function groupClick(store, route, button) {
  const channel = store.channels.get(route.channelId);
  if (!channel) return;
  const acts = { add: () => addPeople(store, route, channel), rename: () => rename(channel), leave: () => leave(channel), out: () => putOut(store, channel, button.dataset.userId) };
  acts[button.dataset.slot]?.();
}

/** The button that puts somebody out, for the owner of the group. */
export function outButton(store, channel, user) {
  if (channel?.type !== GROUP || channel.owner_id !== store.me.id || user.id === store.me.id) return null;
  const label = t("web.group.remove", { name: store.nameOf(user) });
  const button = element("button", { className: "icon-button icon-button--small person__out", type: "button", ariaLabel: label, title: label }, icon("close"));
  Object.assign(button.dataset, { slot: "out", userId: user.id });
  return button;
}

/** The words of a line that tells what happened to a group; null for what somebody said. */
export function groupNotice(message, store) {
  const who = store.nameOf(store.user(message.author.id) ?? message.author);
  const about = message.mentions?.[0];
  const name = about ? store.nameOf(store.user(about.id) ?? about) : message.content;
  if (message.type === ADDED) return [icon("plus"), words("added", { who, name })];
  if (message.type === REMOVED) return [icon("leave"), words(about?.id === message.author.id ? "left" : "removed", { who, name })];
  if (message.type === NAMED) return [icon("edit"), words(name ? "renamed" : "unnamed", { who, name })];
  return null;
}

const words = (key, values) => element("span", { textContent: t(`web.group.${key}`, values) });

/** Everybody one meets in a community who does not take part yet, by name. */
function others(store, channel) {
  const here = new Set([store.me.id, ...channel.recipients.map((user) => user.id)]);
  const met = new Set([...store.guilds.values()].flatMap((guild) => [...guild.members.keys()]));
  const users = [...met].filter((id) => !here.has(id)).map((id) => store.user(id));
  return users.filter(Boolean).sort((one, other) => store.nameOf(one).localeCompare(store.nameOf(other)));
}

/** Ask whom to add. A conversation of two stays what it is: with more people it is a new group. */
async function addPeople(store, route, channel) {
  const parts = build("group-add");
  const isGroup = channel.type === GROUP;
  parts.lead.textContent = t(isGroup ? "web.group.add_lead" : "web.group.new_lead");
  const found = others(store, channel).map((user) => ({ user, node: choice(store, user) }));
  parts.list.replaceChildren(...(found.length ? found.map(({ node }) => node) : [element("li", { className: "switcher__none", textContent: t("web.group.nobody") })]));
  parts.input.addEventListener("input", () => {
    const wanted = fold(parts.input.value.trim().replace(/^@/, ""));
    for (const { user, node } of found) node.hidden = !fold(`${store.nameOf(user)} ${user.username}`).includes(wanted);
  });
  parts.list.addEventListener("change", () => (parts.submit.disabled = !parts.list.querySelector(":checked")));
  await formDialog(parts, async (data) => {
    const ids = data.getAll("user");
    if (isGroup) {
      for (const id of ids) await rest.put(`${API}/channels/${channel.id}/recipients/${id}`, {});
      return;
    }
    const group = await rest.post(`${API}/users/@me/channels`, { recipients: [...channel.recipients.map((user) => user.id), ...ids] });
    store.apply("CHANNEL_CREATE", group);
    route.go("@me", group.id);
  });
}

function choice(store, user) {
  const parts = build("group-choice");
  parts.box.value = user.id;
  parts.avatar.append(avatar(user));
  parts.name.textContent = store.nameOf(user);
  parts.handle.textContent = `@${user.username}`;
  return parts.root;
}

async function rename(channel) {
  const parts = build("group-name");
  parts.input.value = channel.name ?? "";
  await formDialog(parts, (data) => rest.patch(`${API}/channels/${channel.id}`, { name: data.get("name").trim() || null }));
}

async function leave(channel) {
  if (await confirmed({ title: t("web.group.leave"), text: t("web.group.leave_text"), yes: t("web.group.leave") })) await attempt(rest.delete(`${API}/channels/${channel.id}`));
}

async function putOut(store, channel, userId) {
  const name = store.nameOf(store.user(userId));
  const sure = await confirmed({ title: t("web.group.remove", { name }), text: t("web.group.remove_text"), yes: t("web.group.remove_yes") });
  if (sure) await attempt(rest.delete(`${API}/channels/${channel.id}/recipients/${userId}`));
}

async function attempt(call) {
  try {
    await call;
  } catch (error) {
    toast(t("web.group.trouble", { reason: error.message }));
  }
}
