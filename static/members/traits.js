/** Five traits as a small chart of bars; each from 0 to 1. */

import { element } from "../shared/dom.js";
import { locale, t } from "../shared/i18n.js";

const ORDER = ["openness", "conscientiousness", "extraversion", "agreeableness", "neuroticism"];
const percent = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 0 });

export function traitChart(traits) {
  const chart = element("dl", { className: "traits" });
  for (const name of ORDER.filter((key) => key in traits)) {
    const part = Math.max(0, Math.min(1, traits[name]));
    const bar = document.createElement("i");
    bar.style.setProperty("--part", part);
    const track = element("span", { className: "traits__track" }, bar);
    const value = element("span", { className: "traits__value", textContent: percent.format(part) });
    chart.append(element("dt", { textContent: t(`web.trait.${name}`) }), element("dd", {}, track, value));
  }
  return chart;
}
