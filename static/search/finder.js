/** The search column: by words, by meaning or both, over everything this person may read or in the open channel alone. */

import { build, byId, element, sanitised } from "../shared/dom.js";
import { avatar } from "../shared/avatar.js";
import { counted, t } from "../shared/i18n.js";
import { AGORA, rest } from "../shared/rest.js";
import { withNames } from "../expressions/emoji.js";
import { plainText } from "../chat/mentions_text.js";
import { carried } from "../chat/said.js";
import { snowflakeTime, stamp } from "../shared/time.js";

const WAIT = 250;
const WAIT_MEANING = 700;
const WAIT_BEHIND = 2000;
const SHORTEST = 2;
const REMEMBERED = "agora.search.mode";

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
      this.timer = setTimeout(() => this.ask(), this.parts.mode.value === "text" ? WAIT : WAIT_MEANING);
    });
    this.parts.mode.value = localStorage.getItem(REMEMBERED) ?? "text";
    if (!this.parts.mode.value) this.parts.mode.value = "text";
    this.parts.mode.addEventListener("change", () => {
      localStorage.setItem(REMEMBERED, this.parts.mode.value);
      this.ask();
    });
    this.parts.here.addEventListener("change", () => this.ask());
    this.parts.more.addEventListener("click", () => this.ask(this.next));
    this.place.addEventListener("keydown", (event) => event.key === "Escape" && this.close());
    store.on("route", () => {
      this.nameHere();
      if (matchMedia("(width < 1180px)").matches) this.hide();
    });
  }

  open(text = null) {
    this.place.hidden = false;
    this.opener.setAttribute("aria-expanded", "true");
    byId("people").hidden = true;
    this.nameHere();
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

  /** The open channel or thread is what "only here" means. */
  nameHere() {
    const channel = this.store.channels.get(this.route.channelId);
    this.parts.here.disabled = !channel;
    this.parts.hereName.textContent = channel?.name ? t("web.search.here_in", { name: channel.name }) : t("web.search.here");
  }

  async ask(cursor = null) {
    clearTimeout(this.timer);
    const text = this.parts.input.value.trim();
    const number = (this.asked += 1);
    this.parts.more.hidden = true;
    if (text.length < SHORTEST) {
      this.parts.list.replaceChildren();
      this.parts.state.textContent = text ? t("web.search.short") : "";
      return;
    }
    this.parts.state.textContent = t("web.search.busy");
    const query = new URLSearchParams({ q: text, mode: this.parts.mode.value });
    if (this.parts.here.checked && this.route.channelId) query.set("channel_id", this.route.channelId);
    if (cursor !== null) query.set("cursor", cursor);
    try {
      const answer = await rest.get(`${AGORA}/search?${query}`);
      if (number === this.asked) this.show(answer, cursor !== null);
    } catch (error) {
      if (number === this.asked) this.parts.state.textContent = t("web.search.trouble", { reason: error.message });
    }
  }

  show({ items, next, total, behind }, isMore) {
    const found = items.length || isMore ? counted("web.search.found", total) : t("web.search.none");
    this.parts.state.textContent = behind ? `${found} ${counted("web.search.behind", behind)}` : found;
    if (!isMore) this.parts.list.replaceChildren();
    this.parts.list.append(...items.map((item) => this.hit(item)));
    this.next = next;
    this.parts.more.hidden = next === null;
    // what is still being read may be just what is looked for
    if (behind && !isMore) this.timer = setTimeout(() => this.place.hidden || this.ask(), WAIT_BEHIND);
  }

  hit(item) {
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
    parts.text.append(...marked(readable(message, store, channel), sanitised(item.snippet)));
    return parts.root;
  }

  whereOf(channel) {
    if (!channel) return "";
    if (!channel.guild_id) return t("web.dm.title");
    return `#${channel.name} · ${this.store.guilds.get(channel.guild_id)?.name ?? ""}`;
  }
}

/** The message without marks of its formatting. */
function readable(whole, store, channel) {
  const message = carried(whole);
  if (message.content_html) return withNames(sanitised(message.content_html)).textContent;
  return plainText(message.content ?? "", store, channel?.guild_id);
}

/** The text with the words that the server found in <mark>; its own snippet where they are not in the text, but in a file. */
function marked(text, snippet) {
  const words = [...new Set([...snippet.querySelectorAll("mark")].map((mark) => mark.textContent))];
  if (!words.length) return [text];
  const any = words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|");
  const first = text.search(new RegExp(any, "iu"));
  if (first < 0) return [...snippet.childNodes];
  const shown = first > 120 ? `…${text.slice(first - 60)}` : text;
  const parts = shown.split(new RegExp(`(?<![\\p{L}\\p{N}])(${any})(?![\\p{L}\\p{N}])`, "giu"));
  return parts.map((part, index) => (index % 2 ? element("mark", { textContent: part }) : part));
}
