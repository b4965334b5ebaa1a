/** The list of commands that opens while somebody types /na… */

import { build, element } from "../shared/dom.js";
import { avatar } from "../shared/avatar.js";
import { Suggestions } from "../shared/suggestions.js";
import { commandsOf, entriesOf } from "./index.js";

const MOST = 30;
const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

export class CommandChoice extends Suggestions {
  /** `take(entry, rest)` opens the command, with what was typed after its name. */
  constructor(field, list, take) {
    super(field, list, "command");
    Object.assign(this, { take, channel: null });
    field.addEventListener("input", () => this.look());
  }

  open(channel) {
    this.channel = channel;
    this.close();
  }

  async look() {
    const text = this.field.value;
    if (!text.startsWith("/") || text.includes("\n") || !this.channel) return this.close();
    const { channel } = this;
    const { applications, commands } = await commandsOf(channel.id).catch(() => ({ applications: new Map(), commands: [] }));
    if (this.field.value !== text || this.channel !== channel) return undefined;
    const typed = fold(text);
    const rank = (entry) => {
      const shown = fold(entry.shown);
      if (shown.startsWith(typed) || typed.startsWith(`${shown} `)) return 0;
      return typed.length > 1 && shown.includes(typed.slice(1)) ? 1 : 2;
    };
    const ranked = entriesOf(commands).map((entry) => [rank(entry), entry]).filter(([value]) => value < 2);
    const sorted = ranked.sort((one, other) => one[0] - other[0] || one[1].shown.localeCompare(other[1].shown));
    return this.show(sorted.map(([, entry]) => entry).slice(0, MOST), (entry) => this.item(entry, applications));
  }

  item(entry, applications) {
    const parts = build("command");
    const app = applications.get(entry.command.application_id);
    if (app?.bot) parts.avatar.append(avatar(app.bot));
    parts.name.textContent = entry.shown;
    for (const option of entry.options.filter((each) => each.required)) parts.name.append(" ", element("small", { textContent: option.name_localized ?? option.name }));
    parts.text.textContent = entry.text;
    parts.more.textContent = app?.name ?? "";
    return parts.root;
  }

  choose(entry) {
    const rest = this.field.value.length > entry.shown.length ? this.field.value.slice(entry.shown.length).trim() : "";
    this.field.value = "";
    this.close();
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
    this.take(entry, rest);
  }
}
