/** The search column: text search over everything this person may read. */

import { build, byId, element, sanitised } from "../shared/dom.js";
import { avatar } from "../shared/avatar.js";
import { counted, t } from "../shared/i18n.js";
import { AGORA, rest } from "../shared/rest.js";
import { plainText } from "../chat/mentions_text.js";
import { snowflakeTime, stamp } from "../shared/time.js";

const WAIT = 250;
const SHORTEST = 2;

export class Finder {
  constructor(store, route) {
    Object.assign(this, { store, route, asked: 0 });
    this.place = byId("finder");
    this.parts = build("finder");
    this.place.append(this.parts.root);
    this.opener = byId("open-search");
    this.opener.addEventListener("click", () => (this.place.hidden ? this.open() : this.close()));
    this.parts.close.addEventListener("click", () => this.close());
    this.parts.form.addEventListener("submit", (event) => (event.preventDefault(), this.ask()));
    this.parts.input.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.ask(), WAIT);
    });
    this.place.addEventListener("keydown", (event) => event.key === "Escape" && this.close());
    store.on("route", () => matchMedia("(width < 1180px)").matches && this.hide());
  }

  open(text = null) {
    this.place.hidden = false;
    this.opener.setAttribute("aria-expanded", "true");
    byId("people").hidden = true;
    if (text !== null) {
      this.parts.input.value = text;
      this.ask();
    }
    this.parts.input.focus();
    this.parts.input.select();
  }

  hide() {
    this.place.hidden = true;
    byId("people").hidden = false;
    this.opener.setAttribute("aria-expanded", "false");
  }

  close() {
    this.hide();
    this.opener.focus();
  }

  async ask() {
    const text = this.parts.input.value.trim();
    const number = (this.asked += 1);
    if (text.length < SHORTEST) {
      this.parts.list.replaceChildren();
      this.parts.state.textContent = text ? t("web.search.short") : "";
      return;
    }
    this.parts.state.textContent = t("web.search.busy");
    try {
      const { items } = await rest.get(`${AGORA}/search?q=${encodeURIComponent(text)}&mode=text`);
      if (number !== this.asked) return;
      this.parts.state.textContent = items.length ? counted("web.search.found", items.length) : t("web.search.none");
      this.parts.list.replaceChildren(...items.map((item) => this.hit(item, text)));
    } catch (error) {
      if (number === this.asked) this.parts.state.textContent = t("web.search.trouble", { reason: error.message });
    }
  }

  hit(item, text) {
    const { store } = this;
    const message = item.message ?? item;
    const channel = store.channels.get(message.channel_id);
    const author = store.user(message.author?.id ?? message.author_id) ?? message.author;
    const parts = build("hit");
    parts.link.href = `/channels/${channel?.guild_id ?? message.guild_id ?? "@me"}/${message.channel_id}/${message.id}`;
    parts.where.textContent = this.whereOf(channel);
    if (author) parts.avatar.append(avatar(author));
    parts.name.textContent = store.nameOf(author, channel?.guild_id);
    parts.time.textContent = stamp(message.timestamp ? Date.parse(message.timestamp) : snowflakeTime(message.id));
    parts.text.append(...marked(readable(message, store, channel), text));
    return parts.root;
  }

  whereOf(channel) {
    if (!channel) return "";
    if (!channel.guild_id) return t("web.dm.title");
    return `#${channel.name} · ${this.store.guilds.get(channel.guild_id)?.name ?? ""}`;
  }
}

/** The message without marks of its formatting. */
function readable(message, store, channel) {
  if (message.content_html) return sanitised(message.content_html).textContent;
  return plainText(message.content ?? "", store, channel?.guild_id);
}

/** Text with the searched words in <mark>. */
function marked(text, wanted) {
  const words = wanted.split(/\s+/).filter(Boolean).map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const first = text.search(new RegExp(words.join("|"), "iu"));
  const shown = first > 120 ? `…${text.slice(first - 60)}` : text;
  return shown.split(new RegExp(`(${words.join("|")})`, "giu")).map((part, index) => (index % 2 ? element("mark", { textContent: part }) : part));
}
