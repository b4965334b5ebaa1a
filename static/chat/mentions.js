/** The list of people that opens while somebody types @na…, and of emojis for :na… */

import { build } from "../shared/dom.js";
import { avatar } from "../shared/avatar.js";
import { Suggestions } from "../shared/suggestions.js";
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

export class MentionChoice extends Suggestions {
  /** `people()` and `emojis()` give what may be named here. */
  constructor(field, list, { people, emojis }) {
    super(field, list, "mention");
    Object.assign(this, { people, emojis });
    field.addEventListener("input", () => this.look());
    field.addEventListener("click", () => this.look());
  }

  /** The sign and the text after it just before the cursor, or null. An emoji needs two letters: times have colons too. */
  typed() {
    const before = this.field.value.slice(0, this.field.selectionStart);
    const found = before.match(/(?:^|[\s(])(?:(@)([\p{L}\p{N}_.-]{0,32})|(:)(\w{2,32}))$/u);
    return found && { sign: found[1] ?? found[3], text: found[2] ?? found[4] };
  }

  look() {
    const typed = this.typed();
    let found = [];
    if (typed?.sign === ":") found = matchingEmojis(this.emojis(), typed.text);
    else if (typed) found = matching(this.people(), typed.text);
    this.show(found.slice(0, MOST), (each) => this.item(each));
  }

  item(found) {
    const parts = build("mention");
    const { emoji, guild } = found;
    parts.avatar.append(emoji ? signNode(emoji) : avatar(found));
    parts.name.textContent = emoji ? `:${emoji.name}:` : found.global_name || found.username;
    parts.more.textContent = emoji ? guild.name : `@${found.username}`;
    return parts.root;
  }

  choose(found) {
    const end = this.field.selectionStart;
    const start = end - this.typed().text.length - 1;
    this.field.setRangeText(found.emoji ? `:${found.emoji.name}: ` : `@${found.username} `, start, end, "end");
    this.close();
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}
