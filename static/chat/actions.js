/** What one can do with a message: the small bar that appears on a row, and clicks in it. */

import { build, byId, toast } from "../shared/dom.js";
import { API, rest } from "../shared/rest.js";
import { speaksAlone } from "../shared/store.js";
import { confirmed } from "../shared/dialog.js";
import { t } from "../shared/i18n.js";
import { CREATE_PUBLIC_THREADS, MANAGE_MESSAGES, may } from "../shared/permissions.js";
import { usableEmojis } from "../expressions/emoji.js";
import { chooseEmoji } from "./emoji.js";
import { canPublish, isFollowNotice, publish } from "../announcements/publish.js";
import { canForward, openForward } from "./forward.js";
import { plainText } from "./mentions_text.js";
import { MENU, openAppMenu } from "../interactions/menu.js";
import { isPrivate } from "../interactions/note.js";
import { carried } from "./said.js";
import { NOTICES } from "../members/group.js";
import { toggleReaction } from "./reactions.js";
import { showReceipt } from "./receipt.js";

export class Actions {
  /** `room` gives `{list, composer, outbox, edit(row), jump(id), showCard(userId, anchor)}`. */
  constructor(store, room) {
    this.store = store;
    this.room = room;
    this.tools = build("tools").root;
    const place = byId("messages");
    place.addEventListener("pointerover", (event) => event.pointerType !== "touch" && this.offer(event.target.closest(".message")));
    place.addEventListener("focusin", (event) => this.offer(event.target.closest(".message")));
    byId("scroller").addEventListener("pointerleave", () => this.withdraw());
    place.addEventListener("click", (event) => this.clicked(event));
    place.addEventListener("keydown", (event) => this.key(event));
  }

  /** Show the bar on a stored message's row. */
  offer(row) {
    if (!row || row.contains(this.tools) || this.isBusy()) return;
    if (!row.dataset.id || !/^\d+$/.test(row.dataset.id) || row.classList.contains("is-editing") || isPrivate(row.message)) {
      this.withdraw();
      return;
    }
    const own = row.message.author.id === this.store.me.id;
    const channel = this.store.channels.get(row.message.channel_id);
    const told = NOTICES.includes(row.message.type);
    this.set("edit", own && !told && !isFollowNotice(row.message) && !row.message.message_snapshots);
    this.set("reply", !told && !isFollowNotice(row.message));
    this.set("forward", canForward(row.message));
    this.set("publish", canPublish(this.store, row.message));
    this.set("delete", !told && (own || may(this.store, MANAGE_MESSAGES, { channel })));
    const begins = channel?.guild_id && !channel.thread_metadata && !row.message.thread && [0, 19].includes(row.message.type);
    this.set("thread", begins && may(this.store, CREATE_PUBLIC_THREADS, { channel }));
    this.set("report", Boolean(channel?.guild_id) && !own);
    this.set("receipt", this.store.agents.has(row.message.author.id));
    row.append(this.tools);
  }

  /** What one can do with a row, as `{name, label, drawing, bad}`; nothing where no bar is offered. */
  list(row) {
    this.offer(row);
    if (!row.contains(this.tools)) return [];
    const shown = [...this.tools.querySelectorAll("[data-act]")].filter((button) => !button.hidden && button.dataset.act !== "apps");
    return shown.map((button) => ({ name: button.dataset.act, label: button.ariaLabel, drawing: button.querySelector("svg").cloneNode(true), bad: button.dataset.act === "delete" }));
  }

  set(name, shown) {
    this.tools.querySelector(`[data-act="${name}"]`).hidden = !shown;
  }

  isBusy() {
    return this.tools.querySelector("[aria-expanded]") !== null;
  }

  withdraw() {
    if (!this.isBusy() && !this.tools.contains(document.activeElement)) this.tools.remove();
  }

  clicked(event) {
    const row = event.target.closest(".message");
    const button = event.target.closest("button, [data-user-id]");
    if (!row) return;
    if (!button) {
      this.offer(row);
      return;
    }
    if (button.emoji) toggleReaction(row.message, button.emoji);
    else if (button.dataset.act) this.act(button.dataset.act, row, button, event.shiftKey);
    else if (button === row.parts.quote) this.room.jump(button.dataset.target);
    else if (button === row.parts.avatar || button === row.parts.name) {
      if (!speaksAlone(row.message)) this.room.showCard(row.message.author.id, button);
    }
    else if (button.dataset.userId) this.room.showCard(button.dataset.userId, button);
  }

  act(name, row, button, quick) {
    const { message } = row;
    const acts = {
      react: () => chooseEmoji(button, usableEmojis(this.store, this.store.channels.get(message.channel_id)), (emoji) => toggleReaction(row.message, emoji)),
      reply: () => this.room.composer.answer(message),
      thread: () => this.store.emit("thread-from", message),
      forward: () => openForward(this.store, message),
      publish: () => publish(message, this.quote(message), quick),
      report: () => this.store.emit("report", message),
      edit: () => this.startEdit(row),
      delete: () => this.remove(message, quick),
      link: () => this.copyLink(message),
      receipt: () => showReceipt(message),
      retry: () => this.room.outbox.attempt(row.dataset.nonce),
      discard: () => this.room.outbox.discard(row.dataset.nonce),
      apps: () => openAppMenu(button, this.room.uses, this.store.channels.get(message.channel_id), MENU.MESSAGE, message.id),
      dismiss: () => this.room.list.remove(message.id),
    };
    acts[name]?.();
  }

  startEdit(row) {
    this.tools.remove();
    this.room.edit(row);
  }

  /** The first words of a message, for a question about it. */
  quote(message) {
    return plainText(carried(message).content, this.store, message.guild_id).slice(0, 300);
  }

  async remove(message, quick) {
    const sure = quick || (await confirmed({ title: t("web.message.delete_title"), text: t("web.message.delete_text"), yes: t("web.message.delete"), quote: this.quote(message) }));
    if (!sure) return;
    try {
      await rest.delete(`${API}/channels/${message.channel_id}/messages/${message.id}`);
    } catch (error) {
      toast(t("web.message.not_deleted", { reason: error.message }));
    }
  }

  async copyLink(message) {
    const guild = this.store.channels.get(message.channel_id)?.guild_id ?? "@me";
    try {
      await navigator.clipboard.writeText(`${location.origin}/channels/${guild}/${message.channel_id}/${message.id}`);
      toast(t("web.message.link_copied"));
    } catch {
      toast(t("web.message.link_not_copied"));
    }
  }

  /** Up and down walk through the messages; letters act on the focused one. */
  key(event) {
    const row = event.target;
    if (!row.classList.contains("message")) return;
    const step = { ArrowUp: "previousElementSibling", ArrowDown: "nextElementSibling" }[event.key];
    if (step) {
      event.preventDefault();
      row[step]?.focus();
      return;
    }
    const name = { r: "reply", e: "edit", f: "forward", Delete: "delete", "+": "react" }[event.key];
    const button = name && this.tools.querySelector(`[data-act="${name}"]`);
    if (!button || button.hidden || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.act(name, row, button, false);
  }
}

/** One's own newest message among the rows. */
export function lastOwn(list, store) {
  return [...list.rows.values()].findLast((row) => row.message.author.id === store.me.id) ?? null;
}
