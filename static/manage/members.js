/** Members: found by the beginning of a name; nickname, roles, timeout, removal and ban. */

import { avatar } from "../shared/avatar.js";
import { build, element } from "../shared/dom.js";
import { confirmed, formDialog } from "../shared/dialog.js";
import { t } from "../shared/i18n.js";
import { rest } from "../shared/rest.js";
import { fullTime } from "../shared/time.js";
import { attempt, button, check, list, row } from "./parts.js";
import { has, RIGHTS } from "./rights.js";

const PAGE = 100;

export async function paint(page) {
  const found = element("div");
  const field = element("input", { className: "input", type: "search", placeholder: t("web.manage.member_find"), ariaLabel: t("web.manage.member_find") });
  field.value = new URLSearchParams(location.search).get("q") ?? "";
  const show = async () => {
    const words = field.value.trim();
    const path = words ? `search?query=${encodeURIComponent(words)}&limit=${PAGE}` : `?limit=${PAGE}`;
    const members = await rest.get(`${page.base}/members${words ? "/" : ""}${path}`);
    if (words === field.value.trim()) found.replaceChildren(list(members.map((member) => line(page, member, show))));
  };
  field.addEventListener("input", () => attempt(show));
  await show();
  return [element("div", { className: "field manage__find" }, field), found];
}

function line(page, member, show) {
  const { user } = member;
  const roles = page.guild.roles.filter((role) => member.roles.includes(role.id)).map((role) => role.name);
  const until = member.communication_disabled_until && Date.parse(member.communication_disabled_until);
  const pause = until > Date.now() ? t("web.manage.timed_out", { time: fullTime(until) }) : "";
  const note = [`@${user.username}`, ...roles, pause].filter(Boolean).join(" · ");
  const manage = button(t("web.manage.edit"), () => editMember(page, member, show));
  return row(member.nick || user.global_name || user.username, note, [manage], avatar(user));
}

async function editMember(page, member, show) {
  const { user } = member;
  const parts = build("member");
  const path = `${page.base}/members/${user.id}`;
  const mine = user.id === page.me;
  const mayTo = (right, group = "members") => has(page.bits, RIGHTS[group][right]);
  parts.title.textContent = member.nick || user.global_name || user.username;
  parts.form.elements.nick.value = member.nick ?? "";
  parts.nickField.hidden = !mayTo(mine ? "change_nickname" : "manage_nicknames");
  const roles = page.guild.roles.filter((role) => role.id !== page.guildId && !role.managed);
  parts.roles.append(...roles.map((role) => check("role", role.id, role.name, member.roles.includes(role.id))));
  parts.rolesField.hidden = !mayTo("manage_roles", "general") || roles.length === 0;
  parts.timeoutField.hidden = mine || user.id === page.ownerId || !mayTo("moderate_members");
  parts.kick.hidden = mine || user.id === page.ownerId || !mayTo("kick_members");
  parts.ban.hidden = mine || user.id === page.ownerId || !mayTo("ban_members");
  parts.kick.addEventListener("click", async () => {
    parts.root.close("");
    const sure = await confirmed({ title: t("web.manage.kick_title", { name: parts.title.textContent }), text: t("web.manage.kick_text"), yes: t("web.manage.kick") });
    if (sure) await attempt(() => rest.delete(path).then(show));
  });
  parts.ban.addEventListener("click", () => {
    parts.root.close("");
    banDialog(page, user, parts.title.textContent).then(show);
  });
  const done = await formDialog(parts, async (data) => {
    const body = {};
    if (!parts.nickField.hidden && data.get("nick").trim() !== (member.nick ?? "")) body.nick = data.get("nick").trim() || null;
    const kept = member.roles.filter((id) => !roles.some((role) => role.id === id));
    const wanted = [...kept, ...data.getAll("role")];
    if (!parts.rolesField.hidden && wanted.sort().join() !== [...member.roles].sort().join()) body.roles = wanted;
    if (data.get("timeout")) body.communication_disabled_until = timeoutEnd(Number(data.get("timeout")));
    if (mine && Object.keys(body).join() === "nick") await rest.patch(`${page.base}/members/@me`, body);
    else if (Object.keys(body).length > 0) await rest.patch(path, body);
  });
  if (done) await attempt(show);
}

const timeoutEnd = (seconds) => (seconds ? new Date(Date.now() + seconds * 1000).toISOString() : null);

function banDialog(page, user, name) {
  const parts = build("ban");
  parts.title.textContent = t("web.manage.ban_title", { name });
  return formDialog(parts, (data) => rest.put(`${page.base}/bans/${user.id}`, { delete_message_seconds: Number(data.get("back")) }));
}
