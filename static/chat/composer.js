/** The composer: grows with its text, sends on Enter, keeps a draft per channel, replies. */

import { byId, toast } from "../shared/dom.js";
import { API, rest } from "../shared/rest.js";
import { t } from "../shared/i18n.js";
import { may, SEND_MESSAGES } from "../shared/permissions.js";
import { usableEmojis } from "../expressions/emoji.js";
import { chooseSticker, usableStickers } from "../expressions/stickers.js";
import { chooseEmoji } from "./emoji.js";
import { CommandChoice } from "../interactions/choice.js";
import { CommandForm } from "../interactions/form.js";
import { MentionChoice } from "./mentions.js";
import { onTheWire } from "./mentions_text.js";
import { Tray } from "./tray.js";

export const LIMIT = 2000;
const WARN_AT = 1800;
const TYPING_EVERY = 8000;

export class Composer {
  /** `people()` lists who may be mentioned; `send(content, replyTo, files, stickers)`; `editLast()` for the arrow key. */
  constructor(store, { people, send, editLast, uses }) {
    Object.assign(this, { store, people, send, editLast, drafts: new Map(), channel: null, replyTo: null, typedAt: 0 });
    this.form = byId("composer-form");
    this.text = byId("composer");
    this.count = byId("composer-count");
    this.button = byId("composer-send");
    this.reply = byId("composer-reply");
    this.tray = new Tray(store, () => this.channel && this.changed(false));
    this.choice = new MentionChoice(this.text, byId("mentions"), { people, emojis: () => usableEmojis(this.store, this.channel) });
    this.command = new CommandForm(store, uses);
    this.commands = new CommandChoice(this.text, byId("commands"), (entry, rest) => this.use(entry, rest));
    this.form.addEventListener("submit", (event) => (event.preventDefault(), this.submit()));
    this.text.addEventListener("input", () => this.changed());
    this.text.addEventListener("keydown", (event) => this.key(event));
    this.reply.querySelector("button").addEventListener("click", () => this.answer(null));
    this.stickers = byId("composer-sticker");
    this.stickers.addEventListener("click", () => chooseSticker(this.stickers, usableStickers(this.store, this.channel), (sticker) => this.sendSticker(sticker)));
    store.on("GUILD_STICKERS_UPDATE GUILD_CREATE", () => this.channel && this.lock());
    byId("composer-emoji").addEventListener("click", (event) =>
      chooseEmoji(event.currentTarget, usableEmojis(this.store, this.channel), (emoji) => this.insert(emoji.id ? `:${emoji.name}: ` : emoji.name)),
    );
  }

  open(channel, name) {
    if (this.channel) this.drafts.set(this.channel.id, this.text.value);
    this.channel = channel;
    this.command.close();
    this.commands.open(channel);
    this.text.value = this.drafts.get(channel.id) ?? "";
    this.tray.open(channel);
    this.call(channel, name);
    this.answer(null, false);
    this.changed(false);
  }

  /** Say where the words go. */
  call(channel, name) {
    this.text.placeholder = t(channel.guild_id ? "web.composer.to_channel" : "web.composer.to_person", { name });
    this.lock();
  }

  /** Channels one may only read: the field says so. */
  lock() {
    const locked = !may(this.store, SEND_MESSAGES, { channel: this.channel });
    this.text.disabled = locked;
    byId("composer-emoji").disabled = locked;
    this.stickers.disabled = locked;
    this.stickers.hidden = usableStickers(this.store, this.channel).length === 0;
    this.tray.lock();
    this.form.classList.toggle("is-locked", locked);
    if (locked) this.text.placeholder = t("web.composer.locked");
  }

  changed(typed = true) {
    if (!CSS.supports("field-sizing", "content")) {
      this.text.style.height = "auto";
      this.text.style.height = `${this.text.scrollHeight}px`;
    }
    const length = [...this.text.value].length;
    this.count.hidden = length < WARN_AT;
    this.count.textContent = LIMIT - length;
    this.count.classList.toggle("is-over", length > LIMIT);
    this.button.disabled = (this.text.value.trim() === "" && this.tray.isEmpty) || length > LIMIT || this.text.disabled;
    if (typed && length > 0) this.tellTyping();
  }

  tellTyping() {
    if (Date.now() - this.typedAt < TYPING_EVERY) return;
    this.typedAt = Date.now();
    rest.post(`${API}/channels/${this.channel.id}/typing`).catch(() => {
      this.typedAt = 0;
    });
  }

  key(event) {
    if (event.isComposing || this.commands.key(event) || this.choice.key(event)) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.submit();
    } else if (event.key === "ArrowUp" && this.text.value === "") {
      if (this.editLast()) event.preventDefault();
    } else if (event.key === "Escape" && this.replyTo) {
      event.stopPropagation();
      this.answer(null);
    }
  }

  submit() {
    if (this.button.disabled) return;
    const content = onTheWire(this.text.value.trim(), this.people(), this.store, this.channel);
    this.text.value = "";
    this.send(content, this.replyTo, this.tray.take());
    this.typedAt = 0;
    this.answer(null);
    this.changed(false);
  }

  /** A sticker is a message of its own; what is written stays. */
  sendSticker(sticker) {
    this.send("", this.replyTo, [], [sticker]);
    this.answer(null);
  }

  insert(text) {
    this.text.focus();
    this.text.setRangeText(text, this.text.selectionStart, this.text.selectionEnd, "end");
    this.changed();
  }

  /** A command was chosen: its options take the composer's place. */
  async use(entry, rest) {
    try {
      await this.command.open(this.channel, entry, rest);
    } catch (error) {
      toast(t("web.app.refused", { reason: error.message }));
    }
  }

  /** Reply to a message, or to none again. */
  answer(message, focus = true) {
    this.replyTo = message;
    this.reply.hidden = !message;
    if (message) {
      const name = this.store.nameOf(message.author, this.channel.guild_id);
      this.reply.querySelector("span").textContent = t("web.reply.to", { name });
    }
    if (focus) this.text.focus();
  }
}
