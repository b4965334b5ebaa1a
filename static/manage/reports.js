/** The queue of reports: what was said, who reported it, and the decision. */

import { element } from "../shared/dom.js";
import { t } from "../shared/i18n.js";
import { AGORA, API, rest } from "../shared/rest.js";
import { fullTime } from "../shared/time.js";
import { button, list } from "./parts.js";
import { has, RIGHTS } from "./rights.js";

const names = new Map();

async function nameOf(userId) {
  if (!names.has(userId)) {
    const user = await rest.get(`${API}/users/${userId}`).catch(() => null);
    names.set(userId, user ? user.global_name || user.username : "?");
  }
  return names.get(userId);
}

export async function paint(page) {
  const { items } = await rest.get(`${AGORA}/guilds/${page.guildId}/reports`);
  return [list(await Promise.all(items.map((report) => line(page, report))), t("web.manage.reports_none"))];
}

async function line(page, report) {
  const decide = (decision) => rest.post(`${AGORA}/reports/${report.id}`, { decision }).then(page.repaint);
  const [author, reporter] = await Promise.all([nameOf(report.author_id), nameOf(report.reporter_id)]);
  const about = [t(`web.report.${report.category}`), report.reason, t("web.manage.reported_by", { name: reporter }), fullTime(Date.parse(report.created_at))];
  const text = element(
    "span",
    { className: "rows__text" },
    element("b", { textContent: author }),
    element("span", { className: "manage__quote", textContent: report.content }),
    element("small", { textContent: about.filter(Boolean).join(" · ") }),
  );
  const see = element("a", { className: "button button--small", href: `/channels/${report.guild_id}/${report.channel_id}/${report.message_id}`, textContent: t("web.manage.see") });
  const buttons = [see, button(t("web.manage.dismiss"), () => decide("dismiss"))];
  if (has(page.bits, RIGHTS.text.manage_messages)) buttons.push(button(t("web.manage.delete_message"), () => decide("delete"), { kind: "button--bad" }));
  return element("li", {}, text, ...buttons);
}
