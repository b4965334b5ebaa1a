/** The open channel: header, rows, composer, and the events that concern it. */

import { announce, build, byId, icon, toast } from "../shared/dom.js";
import { avatar } from "../shared/avatar.js";
import { counted, t } from "../shared/i18n.js";
import { compareIds } from "../shared/time.js";
import { Actions, lastOwn } from "./actions.js";
import { Composer } from "./composer.js";
import { editRow } from "./edit.js";
import { History } from "./history.js";
import { MessageList } from "./list.js";
import { plainText } from "./mentions_text.js";
import { carried } from "./said.js";
import { directTitle, groupNotice } from "../members/group.js";
import { Outbox } from "./outbox.js";
import { Partials } from "./partials.js";
import { applyVote, keepVotes } from "../polls/poll.js";
import { applyReaction } from "./reactions.js";
import { wireComponents } from "../interactions/components.js";
import { openModal } from "../interactions/modal.js";
import { Uses } from "../interactions/uses.js";
import { Typing } from "./typing.js";
import { FORUM, markOf } from "../threads/kinds.js";

export class Room {
  constructor(store, route, unread, showCard) {
    Object.assign(this, { store, route, unread, showCard, missed: 0 });
    this.list = new MessageList(store, (edge) => this.edge(edge));
    this.history = new History(this.list);
    this.outbox = new Outbox(store, this.list);
    this.uses = new Uses(store, (data, uses) => openModal(store, data, uses));
    wireComponents(store, this.uses);
    this.composer = new Composer(store, {
      people: () => this.people(),
      send: (content, replyTo, files, stickers) => this.send(content, replyTo, files, stickers),
      editLast: () => this.editLast(),
      uses: this.uses,
    });
    this.partials = new Partials(store, this.list, route.current);
    new Typing(store, this.partials, route.current);
    this.actions = new Actions(store, this);
    this.listen();
  }

  listen() {
    const { store } = this;
    store.on("route", (place) => this.open(place));
    store.on("MESSAGE_CREATE", (message) => this.isHere(message) && this.arrived(message));
    store.on("MESSAGE_UPDATE", (message) => this.isHere(message) && this.list.change(keepVotes(this.list.rows.get(message.id)?.message, message)));
    store.on("MESSAGE_POLL_VOTE_ADD", (data) => this.isHere(data) && this.voted(data, 1));
    store.on("MESSAGE_POLL_VOTE_REMOVE", (data) => this.isHere(data) && this.voted(data, -1));
    store.on("MESSAGE_DELETE", (data) => this.isHere(data) && this.list.remove(data.id));
    store.on("MESSAGE_DELETE_BULK", (data) => this.isHere(data) && data.ids.forEach((id) => this.list.remove(id)));
    store.on("MESSAGE_REACTION_ADD", (data) => this.isHere(data) && this.reacted(data, 1));
    store.on("MESSAGE_REACTION_REMOVE", (data) => this.isHere(data) && this.reacted(data, -1));
    store.on("MESSAGE_REACTION_REMOVE_ALL", (data) => this.isHere(data) && this.list.change({ id: data.message_id, reactions: [] }));
    store.on("CHANNEL_UPDATE THREAD_UPDATE", (channel) => this.isHere({ channel_id: channel.id }) && this.renamed());
    store.on("CHANNEL_RECIPIENT_ADD CHANNEL_RECIPIENT_REMOVE", (data) => this.isHere(data) && this.renamed());
    store.on("AGORA_THREAD_MERGED", (data) => this.isHere(data) && this.reread());
    byId("to-present").addEventListener("click", () => this.toPresent());
    document.addEventListener("visibilitychange", () => this.edge("end"));
  }

  isHere(data) {
    return data.channel_id === this.route.channelId;
  }

  get channel() {
    return this.store.channels.get(this.route.channelId) ?? null;
  }

  /** Who may be mentioned here. */
  people() {
    const { channel, store } = this;
    if (!channel) return [];
    const ids = channel.guild_id ? [...store.guilds.get(channel.guild_id).members.keys()] : channel.recipients.map((user) => user.id);
    return ids.map((id) => store.user(id)).filter((user) => user && user.id !== store.me.id);
  }

  async open({ messageId = null }) {
    byId("empty").hidden = Boolean(this.channel);
    if (!this.channel) return;
    if (messageId && this.list.rows.has(messageId) && this.history.channelId === this.channel.id) {
      this.list.show(messageId);
      return;
    }
    this.paintHead();
    if (this.channel.type === FORUM) {
      this.history.leave();
      return;
    }
    this.composer.open(this.channel, this.title());
    this.showSkeleton();
    const since = this.unread.lastRead(this.channel.id);
    try {
      if (!(await this.history.open(this.channel.id, messageId))) return;
    } catch (error) {
      this.list.clear();
      toast(t("web.messages.trouble", { reason: error.message }));
      return;
    }
    this.outbox.repaint(this.channel.id);
    this.partials.repaint();
    this.markNew(since);
    this.paintOpening();
    if (messageId) this.list.show(messageId);
    else this.list.toEnd();
    this.edge("end");
    if (matchMedia("(hover: hover)").matches && !messageId) byId("composer").focus({ preventScroll: true });
  }

  showSkeleton() {
    this.list.clear();
    byId("opening").hidden = true;
    this.list.place.append(...Array.from({ length: 6 }, () => build("skeleton").root));
    this.list.toEnd();
  }

  title() {
    const { channel, store } = this;
    if (channel.guild_id) return channel.name;
    return directTitle(store, channel);
  }

  /** The name, or who is in a group, changed. */
  renamed() {
    this.paintHead();
    if (!this.history.more || this.channel.type === FORUM) return;
    this.composer.call(this.channel, this.title());
    this.paintOpening();
  }

  paintHead() {
    const { channel } = this;
    const title = this.title();
    byId("room-name").textContent = title;
    byId("room-topic").textContent = channel.topic ?? "";
    byId("room-topic").title = channel.topic ?? "";
    byId("room-mark").replaceChildren(icon(markOf(channel)));
    document.title = `${channel.guild_id ? "#" : ""}${title} · Agora`;
  }

  /** The head of the very first message of a channel. */
  paintOpening() {
    const { channel } = this;
    byId("opening").hidden = this.history.more.older;
    const other = channel.guild_id ? null : this.store.user(channel.recipients[0]?.id);
    byId("opening-mark").replaceChildren(other ? avatar(other) : icon(markOf(channel)));
    byId("opening-title").textContent = channel.guild_id && !channel.thread_metadata ? t("web.opening.channel", { name: channel.name }) : this.title();
    byId("opening-text").textContent = channel.topic || t(channel.thread_metadata ? "web.thread.opening" : channel.guild_id ? "web.opening.text" : "web.opening.direct", { name: this.title() });
  }

  /** The line above the first message that was not read yet. */
  markNew(since) {
    if (!since) return;
    const first = [...this.list.rows.values()].find((row) => compareIds(row.dataset.id, since) > 0);
    if (!first || first === this.list.rows.values().next().value || first.message.author.id === this.store.me.id) return;
    first.parts.new.hidden = false;
    this.list.regroupFrom(first);
  }

  arrived(message) {
    if (!this.history.more || this.history.keepEarly(message)) return;
    if (this.history.atPresent) this.list.arrive(message);
    else if (message.nonce) this.list.forget(String(message.nonce));
    if (message.author.id !== this.store.me.id) {
      const name = this.store.nameOf(this.store.user(message.author.id), message.guild_id);
      const said = carried(message);
      const words = plainText(said.content, this.store, message.guild_id) || said.attachments.map((file) => file.filename).join(", ");
      announce(groupNotice(message, this.store)?.[1].textContent ?? `${name}: ${words}`);
    }
    if (this.list.pinned && !document.hidden) this.edge("end");
    else this.missed += 1;
    this.paintPill();
  }

  reacted(data, change) {
    const row = this.list.rows.get(data.message_id);
    if (row) this.list.change(applyReaction(row.message, data, change, this.store.me.id));
  }

  voted(data, change) {
    const row = this.list.rows.get(data.message_id);
    if (row?.message.poll) this.list.change(applyVote(row.message, data, change, this.store.me.id));
  }

  async edge(edge) {
    if (!this.history.more) return;
    if (edge === "trimmed") this.history.trimmed();
    else if (edge === "older" || edge === "newer") {
      if (await this.history.grow(edge)) this.paintOpening();
    } else if (this.list.pinned && this.history.atPresent && !document.hidden) {
      this.missed = 0;
      this.unread.seen(this.channel?.id, this.list.newest);
    }
    this.paintPill();
  }

  paintPill() {
    const pill = byId("to-present");
    const away = this.history.more && (!this.history.atPresent || !this.list.pinned);
    const { scrollTop, scrollHeight, clientHeight } = this.list.scroller;
    const far = scrollHeight - scrollTop - clientHeight > clientHeight;
    pill.hidden = !(away && (this.missed > 0 || far || !this.history.atPresent));
    pill.lastElementChild.textContent = this.missed > 0 ? counted("web.pill.new", this.missed) : t("web.pill.present");
  }

  async toPresent() {
    this.missed = 0;
    if (!this.history.atPresent) await this.open({});
    this.list.toEnd();
    this.edge("end");
    byId("composer").focus({ preventScroll: true });
  }

  async send(content, replyTo, files, stickers) {
    const { channel } = this;
    if (!this.history.atPresent) await this.open({});
    await this.outbox.send(channel, content, replyTo, files, stickers);
  }

  jump(messageId) {
    if (!this.list.show(messageId)) this.open({ messageId });
  }

  edit(row) {
    editRow(row, this.store, () => this.people(), () => byId("composer").focus());
  }

  editLast() {
    const row = lastOwn(this.list, this.store);
    if (row) this.edit(row);
    return Boolean(row);
  }

  /** Messages came in between those that are shown. */
  async reread() {
    this.composer.lock();
    if (!(await this.history.open(this.channel.id))) return;
    this.outbox.repaint(this.channel.id);
    this.partials.repaint();
  }

  /** After a lost session: what happened meanwhile is fetched, without moving the reader. */
  async refresh() {
    if (!this.channel || !this.history.more || this.channel.type === FORUM) return;
    this.paintHead();
    this.composer.lock();
    if (this.history.atPresent && this.list.pinned) {
      await this.reread();
    } else if (this.history.atPresent) {
      this.history.more.newer = true;
      await this.history.grow("newer");
    }
  }
}
