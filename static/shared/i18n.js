/** Texts: keys from the server's catalogue, with `{name}` holes and plural forms. */

export const locale = document.documentElement.lang || "en";
const plural = new Intl.PluralRules(locale);
let texts = {};

/** Fetch the catalogue of this page's language; every module may then call `t`. */
export async function loadTexts() {
  const answer = await fetch(document.documentElement.dataset.catalogue);
  if (!answer.ok) throw new Error(`catalogue: ${answer.status}`);
  texts = await answer.json();
}

/** The text of a key; the key itself where the catalogue lacks it. */
export function t(key, values = {}) {
  const text = texts[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (hole, name) => values[name] ?? hole);
}

/** A counted text: looks for `key.one`, `key.other` … by the language's rule. */
export function counted(key, count, values = {}) {
  const form = `${key}.${plural.select(count)}`;
  return t(form in texts ? form : `${key}.other`, { count: count.toLocaleString(locale), ...values });
}

/** "A, B and C" in the page's language. */
export const listed = (names) => new Intl.ListFormat(locale, { type: "conjunction" }).format(names);
