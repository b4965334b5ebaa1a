/** Who may not join, and clearing out who has been silent. */

import { avatar } from "../shared/avatar.js";
import { build, toast } from "../shared/dom.js";
import { confirmed } from "../shared/dialog.js";
import { counted, t } from "../shared/i18n.js";
import { rest } from "../shared/rest.js";
import { attempt, button, list, row } from "./parts.js";
import { has, RIGHTS } from "./rights.js";

export async function paint(page) {
  const bans = await rest.get(`${page.base}/bans`);
  const lines = bans.map(({ user, reason }) => {
    const lift = button(t("web.manage.unban"), () => rest.delete(`${page.base}/bans/${user.id}`).then(page.repaint));
    return row(user.global_name || user.username, [`@${user.username}`, reason].filter(Boolean).join(" · "), [lift], avatar(user));
  });
  const mayPrune = has(page.bits, RIGHTS.members.kick_members) && has(page.bits, RIGHTS.general.manage_guild);
  return [list(lines, t("web.manage.bans_none")), ...(mayPrune ? [prune(page)] : [])];
}

function prune(page) {
  const parts = build("prune");
  parts.form.addEventListener("submit", (event) => {
    event.preventDefault();
    const days = Number(parts.form.elements.days.value);
    attempt(async () => {
      const { pruned } = await rest.get(`${page.base}/prune?days=${days}`);
      const text = counted("web.manage.prune_found", pruned);
      if (!pruned || !(await confirmed({ title: t("web.manage.prune"), text, yes: t("web.manage.prune") }))) return toast(text);
      await rest.post(`${page.base}/prune`, { days });
      return page.repaint();
    });
  });
  return parts.root;
}
