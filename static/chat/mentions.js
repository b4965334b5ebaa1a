/** The list of people that opens while somebody types @na…, and of emojis for :na… */

import { build } from "../shared/dom.js";
import { avatar } from "../shared/avatar.js";
import { signNode } from "../expressions/emoji.js";

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

/** The same for emojis; the groups of `usableEmojis` stay in their order. */
function matchingEmojis(groups, text) {
  const wanted = fold(text);
  const all = groups.flatMap(({ guild, emojis }) => emojis.map((emoji) => ({ emoji, guild })));
  const begins = all.filter(({ emoji }) => fold(emoji.name).startsWith(wanted));
  return [...begins, ...all.filter((each) => !begins.includes(each) && fold(each.emoji.name).includes(wanted))];
}

export class MentionChoice {
  /** `people()` and `emojis()` give what may be named here. */
  constructor(field, list, { people, emojis }) {
    Object.assign(this, { field, list, people, emojis, found: [], at: 0 });
    field.addEventListener("input", () => this.look());
    field.addEventListener("click", () => this.look());
    field.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    list.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const item = event.target.closest("[role=option]");
      if (item) this.take(this.found[[...list.children].indexOf(item)]);
    });
  }

  /** The sign and the text after it just before the cursor, or null. An emoji needs two letters: times have colons too. */
  typed() {
    const before = this.field.value.slice(0, this.field.selectionStart);
    const found = before.match(/(?:^|[\s(])(?:(@)([\p{L}\p{N}_.-]{0,32})|(:)(\w{2,32}))$/u);
    return found && { sign: found[1] ?? found[3], text: found[2] ?? found[4] };
  }

  look() {
    const typed = this.typed();
    if (!typed) this.found = [];
    else if (typed.sign === ":") this.found = matchingEmojis(this.emojis(), typed.text).slice(0, MOST);
    else this.found = matching(this.people(), typed.text).slice(0, MOST);
    if (this.found.length === 0) return this.close();
    this.at = 0;
    this.list.replaceChildren(...this.found.map((user, index) => this.item(user, index)));
    this.list.hidden = false;
    this.mark();
  }

  item(found, index) {
    const parts = build("mention");
    parts.root.id = `mention-${index}`;
    const { emoji, guild } = found;
    parts.avatar.append(emoji ? signNode(emoji) : avatar(found));
    parts.name.textContent = emoji ? `:${emoji.name}:` : found.global_name || found.username;
    parts.more.textContent = emoji ? guild.name : `@${found.username}`;
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

  take(found) {
    const end = this.field.selectionStart;
    const start = end - this.typed().text.length - 1;
    this.field.setRangeText(found.emoji ? `:${found.emoji.name}: ` : `@${found.username} `, start, end, "end");
    this.close();
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  close() {
    this.list.hidden = true;
    this.found = [];
    this.field.removeAttribute("aria-activedescendant");
  }
}
