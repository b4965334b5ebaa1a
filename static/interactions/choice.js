/** The list of commands that opens while somebody types /na… */

import { build, element } from "../shared/dom.js";
import { avatar } from "../shared/avatar.js";
import { commandsOf, entriesOf } from "./index.js";

const MOST = 30;
const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

export class CommandChoice {
  /** `take(entry, rest)` opens the command, with what was typed after its name. */
  constructor(field, list, take) {
    Object.assign(this, { field, list, take, channel: null, found: [], at: 0 });
    field.addEventListener("input", () => this.look());
    field.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    list.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const item = event.target.closest("[role=option]");
      if (item) this.choose(this.found[[...list.children].indexOf(item)]);
    });
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
    this.found = ranked.sort((one, other) => one[0] - other[0] || one[1].shown.localeCompare(other[1].shown)).map(([, entry]) => entry).slice(0, MOST);
    if (this.found.length === 0) return this.close();
    this.at = 0;
    this.list.replaceChildren(...this.found.map((entry, index) => this.item(entry, index, applications)));
    this.list.hidden = false;
    this.mark();
    return undefined;
  }

  item(entry, index, applications) {
    const parts = build("command");
    const app = applications.get(entry.command.application_id);
    parts.root.id = `command-${index}`;
    if (app?.bot) parts.avatar.append(avatar(app.bot));
    parts.name.textContent = entry.shown;
    for (const option of entry.options.filter((each) => each.required)) parts.name.append(" ", element("small", { textContent: option.name_localized ?? option.name }));
    parts.text.textContent = entry.text;
    parts.more.textContent = app?.name ?? "";
    return parts.root;
  }

  mark() {
    [...this.list.children].forEach((item, index) => item.setAttribute("aria-selected", String(index === this.at)));
    this.field.setAttribute("aria-activedescendant", `command-${this.at}`);
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

  choose(entry) {
    const rest = this.field.value.length > entry.shown.length ? this.field.value.slice(entry.shown.length).trim() : "";
    this.field.value = "";
    this.close();
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
    this.take(entry, rest);
  }

  close() {
    this.list.hidden = true;
    this.found = [];
    this.field.removeAttribute("aria-activedescendant");
  }
}
