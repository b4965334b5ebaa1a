/** The list of people that opens while somebody types @na… */

import { build } from "../shared/dom.js";
import { avatar } from "../shared/avatar.js";

const MOST = 8;
const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** People whose names match, best first: begins with the text, then contains it. */
export function matching(people, text) {
  const wanted = fold(text);
  const rank = (user) => {
    const names = [user.global_name ?? "", user.username].map(fold);
    if (names.some((name) => name.startsWith(wanted))) return 0;
    return names.some((name) => name.includes(wanted)) ? 1 : 2;
  };
  return people
    .map((user) => [rank(user), user])
    .filter(([value]) => value < 2)
    .sort((one, other) => one[0] - other[0] || one[1].username.localeCompare(other[1].username))
    .map(([, user]) => user);
}

export class MentionChoice {
  constructor(field, list, people) {
    Object.assign(this, { field, list, people, found: [], at: 0 });
    field.addEventListener("input", () => this.look());
    field.addEventListener("click", () => this.look());
    field.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    list.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const item = event.target.closest("[role=option]");
      if (item) this.take(this.found[[...list.children].indexOf(item)]);
    });
  }

  /** The text after an @ just before the cursor, or null. */
  typed() {
    const before = this.field.value.slice(0, this.field.selectionStart);
    return before.match(/(?:^|[\s(])@([\p{L}\p{N}_.-]{0,32})$/u)?.[1] ?? null;
  }

  look() {
    const text = this.typed();
    this.found = text === null ? [] : matching(this.people(), text).slice(0, MOST);
    if (this.found.length === 0) return this.close();
    this.at = 0;
    this.list.replaceChildren(...this.found.map((user, index) => this.item(user, index)));
    this.list.hidden = false;
    this.mark();
  }

  item(user, index) {
    const parts = build("mention");
    parts.root.id = `mention-${index}`;
    parts.avatar.append(avatar(user));
    parts.name.textContent = user.global_name || user.username;
    parts.more.textContent = `@${user.username}`;
    return parts.root;
  }

  mark() {
    [...this.list.children].forEach((item, index) => item.setAttribute("aria-selected", String(index === this.at)));
    this.field.setAttribute("aria-activedescendant", `mention-${this.at}`);
    this.list.children[this.at].scrollIntoView({ block: "nearest" });
  }

  /** True when the key was for the list. */
  key(event) {
    if (this.list.hidden) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      this.at = (this.at + step + this.found.length) % this.found.length;
      this.mark();
    } else if (event.key === "Enter" || event.key === "Tab") {
      this.take(this.found[this.at]);
    } else if (event.key === "Escape") {
      this.close();
    } else {
      return false;
    }
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  take(user) {
    const end = this.field.selectionStart;
    const start = end - this.typed().length - 1;
    this.field.setRangeText(`@${user.username} `, start, end, "end");
    this.close();
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  close() {
    this.list.hidden = true;
    this.found = [];
    this.field.removeAttribute("aria-activedescendant");
  }
}
