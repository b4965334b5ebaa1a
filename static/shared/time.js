/** Times as people read them. */

import { locale, t } from "./i18n.js";

const DAY = 86_400_000;
const clock = new Intl.DateTimeFormat(locale, { hour: "numeric", minute: "2-digit" });
const day = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long" });
const dayAndYear = new Intl.DateTimeFormat(locale, { day: "numeric", month: "long", year: "numeric" });
const short = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" });
const full = new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "short" });

const midnight = (date) => new Date(date).setHours(0, 0, 0, 0);

export const clockTime = (date) => clock.format(date);
export const fullTime = (date) => full.format(date);
export const sameDay = (one, other) => midnight(one) === midnight(other);

/** "Today", "Yesterday", "Monday 3 May", "3 May 2024". */
export function dayName(date) {
  const days = Math.round((midnight(Date.now()) - midnight(date)) / DAY);
  if (days === 0) return t("web.today");
  if (days === 1) return t("web.yesterday");
  return days < 300 ? day.format(date) : dayAndYear.format(date);
}

/** The time beside a name: the clock today, with the day before that. */
export function stamp(date) {
  return sameDay(date, Date.now()) ? clock.format(date) : `${short.format(date)}, ${clock.format(date)}`;
}

/** The moment a snowflake was made (Discord's epoch, 2015-01-01). */
export const snowflakeTime = (id) => Number(BigInt(id) >> 22n) + 1_420_070_400_000;

/** Order of two snowflakes: negative, 0 or positive. */
export function compareIds(one, other) {
  if (one.length !== other.length) return one.length - other.length;
  return one < other ? -1 : one > other ? 1 : 0;
}
