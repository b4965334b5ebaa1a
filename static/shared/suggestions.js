/** A list of suggestions under a field: which one is marked, the keys that move and take it, the mouse. */

export class Suggestions {
  found = [];
  at = 0;

  /** `name` begins the ids of the items. A subclass says with `choose(found)` what taking one does. */
  constructor(field, list, name) {
    Object.assign(this, { field, list, name });
    field.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    list.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const item = event.target.closest("[role=option]");
      if (item) this.choose(this.found[[...list.children].indexOf(item)]);
    });
  }

  /** Shows what was found, or nothing; `draw(found)` makes the item of one. */
  show(found, draw) {
    if (found.length === 0) return this.close();
    Object.assign(this, { found, at: 0 });
    const items = found.map(draw);
    items.forEach((item, index) => (item.id = `${this.name}-${index}`));
    this.list.replaceChildren(...items);
    this.list.hidden = false;
    return this.mark();
  }

  mark() {
    [...this.list.children].forEach((item, index) => item.setAttribute("aria-selected", String(index === this.at)));
    this.field.setAttribute("aria-activedescendant", `${this.name}-${this.at}`);
    this.list.children[this.at].scrollIntoView({ block: "nearest" });
  }

  /** True when the key was for the list. */
  key(event) {
    if (this.list.hidden) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      this.at = (this.at + step + this.found.length) % this.found.length;
      this.mark();
    } else if ((event.key === "Enter" && !event.shiftKey) || event.key === "Tab") {
      this.choose(this.found[this.at]);
    } else if (event.key === "Escape") {
      this.close();
    } else {
      return false;
    }
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  close() {
    this.list.hidden = true;
    this.found = [];
    this.field.removeAttribute("aria-activedescendant");
  }
}
