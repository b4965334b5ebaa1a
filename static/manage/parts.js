/** Small pieces that all sections of a community's settings are made of. */

import { element, icon, toast } from "../shared/dom.js";
import { t } from "../shared/i18n.js";

/** A button that runs `act`; what goes wrong is shown as a note. */
export function button(label, act, { drawing = null, kind = "" } = {}) {
  const node = element("button", { className: `button button--small ${kind}`.trim(), type: "button" }, drawing ? icon(drawing) : null, label);
  node.addEventListener("click", () => attempt(act, node));
  return node;
}

/** The same with a drawing instead of a word, where there are many. */
export function drawn(drawing, label, act, kind = "") {
  const node = button("", act, { drawing, kind });
  node.ariaLabel = node.title = label;
  return node;
}

export async function attempt(act, node = null) {
  if (node) node.disabled = true;
  try {
    return await act();
  } catch (error) {
    toast(error.message);
    return null;
  } finally {
    if (node) node.disabled = false;
  }
}

/** One line of a list: picture, name, note, buttons. */
export function row(name, note, buttons = [], picture = null) {
  const text = element("span", { className: "rows__text" }, element("b", { textContent: name }), element("small", { textContent: note }));
  return element("li", {}, picture, text, ...buttons);
}

/** A list, or a few words where it is empty. */
export function list(rows, empty = t("web.manage.empty")) {
  return rows.length > 0 ? element("ul", { className: "rows" }, ...rows) : element("p", { textContent: empty });
}

export function head(...nodes) {
  return element("div", { className: "form__row manage__head" }, ...nodes);
}

/** A checkbox with its label. */
export function check(name, value, label, checked) {
  return element("label", { className: "check" }, element("input", { type: "checkbox", name, value, checked }), label);
}

export function option(value, label, selected = false) {
  return element("option", { value, textContent: label, selected });
}
