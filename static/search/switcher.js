/** Ctrl+K: go to a channel, a person, a community or a page; or search messages. */

import { build, byId, element, icon } from "../shared/dom.js";
import { avatar } from "../shared/avatar.js";
import { openDialog } from "../shared/dialog.js";
import { t } from "../shared/i18n.js";
import { textChannels } from "../chat/route.js";
import { openDirect } from "../members/card.js";
import { directTitle } from "../members/group.js";

const MOST = 12;
const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

export class Switcher {
  constructor(store, route, finder) {
    Object.assign(this, { store, route, finder });
    byId("open-switcher").addEventListener("click", () => this.open());
    document.addEventListener("keydown", (event) => {
      if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
        event.preventDefault();
        if (!this.parts?.root.open) this.open();
      }
    });
  }

  open() {
    this.parts = build("switcher");
    const { input, list } = this.parts;
    input.addEventListener("input", () => this.paint());
    input.addEventListener("keydown", (event) => this.key(event));
    list.addEventListener("click", (event) => {
      const item = event.target.closest("[role=option]");
      if (item) this.take([...list.children].indexOf(item));
    });
    openDialog(this.parts);
    input.focus();
    this.paint();
  }

  /** Everything one can go to, in the order of likelihood. */
  targets() {
    const { store, route } = this;
    const targets = [];
    for (const guild of store.guilds.values()) {
      for (const channel of textChannels(store, guild.id)) {
        targets.push({ name: channel.name, more: guild.name, mark: () => icon("hash"), go: () => route.go(guild.id, channel.id) });
      }
    }
    for (const channel of store.direct.values()) {
      if (channel.type === 3) targets.push({ name: directTitle(store, channel), more: t("web.dm.title"), mark: () => icon("people"), go: () => route.go("@me", channel.id) });
    }
    for (const user of store.users.values()) {
      if (user.id !== store.me.id) targets.push({ name: user.global_name || user.username, more: `@${user.username}`, mark: () => avatar(user), go: () => openDirect(store, route, user.id) });
    }
    for (const link of document.querySelectorAll("#me-menu a")) {
      targets.push({ name: link.textContent.trim(), more: t("web.switcher.page"), mark: () => link.querySelector("svg").cloneNode(true), go: () => location.assign(link.href) });
    }
    return targets;
  }

  found(text) {
    const wanted = fold(text.replace(/^[#@]/, ""));
    const score = (target) => {
      const name = fold(target.name);
      if (name.startsWith(wanted)) return 0;
      if (name.includes(wanted)) return 1;
      return fold(target.more).includes(wanted) ? 2 : 3;
    };
    const found = this.targets().map((target) => [score(target), target]).filter(([value]) => value < 3);
    found.sort((one, other) => one[0] - other[0]);
    return found.map(([, target]) => target).slice(0, MOST);
  }

  paint() {
    const text = this.parts.input.value.trim();
    this.shown = this.found(text);
    if (text.length > 1) this.shown.push({ name: t("web.switcher.search", { text }), more: "", mark: () => icon("search"), go: () => this.finder.open(text) });
    this.at = 0;
    const nodes = this.shown.map((target, index) => this.item(target, index));
    this.parts.list.replaceChildren(...(nodes.length ? nodes : [element("li", { className: "switcher__none", textContent: t("web.switcher.none") })]));
    this.mark();
  }

  item(target, index) {
    const parts = build("switch");
    parts.root.id = `switch-${index}`;
    parts.mark.append(target.mark());
    parts.name.textContent = target.name;
    parts.more.textContent = target.more;
    return parts.root;
  }

  mark() {
    if (this.shown.length === 0) return;
    [...this.parts.list.children].forEach((item, index) => item.setAttribute("aria-selected", String(index === this.at)));
    this.parts.input.setAttribute("aria-activedescendant", `switch-${this.at}`);
    this.parts.list.children[this.at].scrollIntoView({ block: "nearest" });
  }

  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && this.shown.length) {
      event.preventDefault();
      this.at = (this.at + step + this.shown.length) % this.shown.length;
      this.mark();
    } else if (event.key === "Enter") {
      event.preventDefault();
      this.take(this.at);
    }
  }

  take(index) {
    const target = this.shown[index];
    if (!target) return;
    this.parts.root.close();
    target.go();
  }
}
