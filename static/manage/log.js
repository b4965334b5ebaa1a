/** The audit log: who did what, when, and why. */

import { element } from "../shared/dom.js";
import { t } from "../shared/i18n.js";
import { rest } from "../shared/rest.js";
import { fullTime, snowflakeTime } from "../shared/time.js";
import { button, list } from "./parts.js";

const PAGE = 50;

export async function paint(page) {
  const place = element("div");
  const more = button(t("web.forum.older"), () => grow());
  let before = null;
  const grow = async () => {
    const query = before ? `&before=${before}` : "";
    const log = await rest.get(`${page.base}/audit-logs?limit=${PAGE}${query}`);
    const users = new Map(log.users.map((user) => [user.id, user.global_name || user.username]));
    place.append(list(log.audit_log_entries.map((entry) => line(entry, users, page))));
    before = log.audit_log_entries.at(-1)?.id ?? before;
    more.hidden = log.audit_log_entries.length < PAGE;
  };
  await grow();
  return [place, more];
}

function line(entry, users, page) {
  const who = users.get(entry.user_id) ?? "Agora";
  const target = users.get(entry.target_id) ?? page.channels.find((each) => each.id === entry.target_id)?.name ?? page.guild.roles.find((each) => each.id === entry.target_id)?.name;
  const act = t(`web.audit.${entry.action_type}`);
  const changes = (entry.changes ?? []).map(({ key, old_value: was, new_value: now }) => `${key}: ${shown(was)} → ${shown(now)}`);
  const text = element(
    "span",
    { className: "rows__text" },
    element("b", { textContent: `${who} · ${act.startsWith("web.") ? entry.action_type : act}${target ? ` · ${target}` : ""}` }),
    element("small", { textContent: [fullTime(snowflakeTime(entry.id)), entry.reason].filter(Boolean).join(" · ") }),
  );
  if (changes.length > 0) text.append(element("small", { className: "manage__changes", textContent: changes.join("; ") }));
  return element("li", {}, text);
}

const shown = (value) => (value === undefined || value === null ? "–" : typeof value === "object" ? JSON.stringify(value) : String(value));
