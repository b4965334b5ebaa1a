/** Invitations: who made them, how long and how often they may be used. */

import { toast } from "../shared/dom.js";
import { t } from "../shared/i18n.js";
import { API, rest } from "../shared/rest.js";
import { fullTime } from "../shared/time.js";
import { inviteDialog, linkOf } from "./invite_dialog.js";
import { button, head, list, row } from "./parts.js";

export async function paint(page) {
  const invites = await rest.get(`${page.base}/invites`);
  const make = button(t("web.manage.invite"), () => inviteDialog(page.channels).then(page.repaint), { drawing: "plus", kind: "button--main" });
  return [head(make), list(invites.map((invite) => line(page, invite)))];
}

function line(page, invite) {
  const uses = invite.max_uses ? `${invite.uses}/${invite.max_uses}` : String(invite.uses);
  const ends = invite.expires_at ? t("web.manage.invite_until", { time: fullTime(Date.parse(invite.expires_at)) }) : t("web.manage.invite_endless");
  const note = [`#${invite.channel.name}`, invite.inviter?.global_name ?? invite.inviter?.username, t("web.manage.invite_used", { uses }), ends].filter(Boolean).join(" · ");
  const copy = button(t("web.manage.copy"), () => navigator.clipboard.writeText(linkOf(invite.code)).then(() => toast(t("web.manage.copied"))), { drawing: "link" });
  const revoke = button(t("web.manage.revoke"), () => rest.delete(`${API}/invites/${invite.code}`).then(page.repaint), { kind: "button--bad" });
  return row(invite.code, note, [copy, revoke]);
}
