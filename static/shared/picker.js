/** Choosing one of many places in a dialog: a field to search by, and a list below it. */

import { build, element } from "./dom.js";
import { t } from "./i18n.js";

const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** `parts` has `input`, `list` and `submit`; `all` are `{name, more, mark()}`. The form may be sent once something is chosen. */
export class Picker {
  constructor(parts, all) {
    Object.assign(this, { parts, all, chosen: null });
    parts.input.addEventListener("input", () => this.paint());
    parts.input.addEventListener("keydown", (event) => this.key(event));
    parts.list.addEventListener("click", (event) => {
      const item = event.target.closest("[role=option]");
      if (item) this.choose(this.shown[[...parts.list.children].indexOf(item)]);
    });
    this.paint();
  }

  paint() {
    const wanted = fold(this.parts.input.value.trim().replace(/^[#@]/, ""));
    this.shown = this.all.filter(({ name, more }) => fold(name).includes(wanted) || fold(more).includes(wanted));
    const nodes = this.shown.map((target, index) => this.item(target, index));
    this.parts.list.replaceChildren(...(nodes.length ? nodes : [element("li", { className: "switcher__none", textContent: t("web.forward.none") })]));
    this.choose(this.shown.includes(this.chosen) ? this.chosen : wanted ? (this.shown[0] ?? null) : null);
  }

  item(target, index) {
    const parts = build("switch");
    parts.root.id = this.idOf(index);
    parts.mark.append(target.mark());
    parts.name.textContent = target.name;
    parts.more.textContent = target.more;
    return parts.root;
  }

  idOf(index) {
    return `${this.parts.list.id}-${index}`;
  }

  choose(target) {
    this.chosen = target;
    const at = this.shown.indexOf(target);
    this.shown.forEach((_, index) => this.parts.list.children[index].setAttribute("aria-selected", String(index === at)));
    this.parts.list.children[at]?.scrollIntoView({ block: "nearest" });
    if (at >= 0) this.parts.input.setAttribute("aria-activedescendant", this.idOf(at));
    else this.parts.input.removeAttribute("aria-activedescendant");
    this.parts.submit.disabled = !target;
  }

  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || this.shown.length === 0) return;
    event.preventDefault();
    this.choose(this.shown[(this.shown.indexOf(this.chosen) + step + this.shown.length) % this.shown.length]);
  }
}
