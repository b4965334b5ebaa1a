/** How far this person has read: told by READY, moved by reading here or on another device. */

import { API, rest } from "../shared/rest.js";
import { compareIds } from "../shared/time.js";

/* Reading a busy channel moves the mark all the time; the server hears of it this often. */
const TELL_AFTER = 1200;

export class Unread {
  constructor(store, wishes) {
    this.store = store;
    this.wishes = wishes;
    this.read = new Map();
    this.calls = new Map();
    this.untold = new Map();
    store.on("READY", (data) => this.learn(data.read_state ?? []));
    store.on("READY GUILD_CREATE CHANNEL_CREATE", () => this.firstSight());
    store.on("MESSAGE_CREATE", (message) => this.arrived(message));
    store.on("MESSAGE_ACK", (data) => this.acknowledged(data));
    store.on("CHANNEL_DELETE", ({ id }) => this.untold.delete(id));
    addEventListener("pagehide", () => this.tell());
  }

  learn(marks) {
    this.read = new Map(marks.filter((mark) => mark.last_message_id !== "0").map((mark) => [mark.id, mark.last_message_id]));
    this.calls = new Map(marks.filter((mark) => mark.mention_count > 0).map((mark) => [mark.id, mark.mention_count]));
  }

  /** Channels that were never opened start as read: their past is not news. */
  firstSight() {
    for (const channel of this.store.channels.values()) {
      if (!this.read.has(channel.id) && channel.last_message_id) this.read.set(channel.id, channel.last_message_id);
    }
  }

  lastRead(channelId) {
    return this.read.get(channelId) ?? null;
  }

  isUnread(channel) {
    if (!channel.last_message_id || this.wishes.isMuted(channel)) return false;
    const seen = this.lastRead(channel.id);
    return !seen || compareIds(channel.last_message_id, seen) > 0;
  }

  callsIn(channelId) {
    return this.calls.get(channelId) ?? 0;
  }

  arrived(message) {
    if ((message.flags ?? 0) & 64) return;
    if (message.author.id === this.store.me?.id) {
      this.seen(message.channel_id, message.id);
      return;
    }
    if (this.wishes.calls(message)) this.calls.set(message.channel_id, this.callsIn(message.channel_id) + 1);
  }

  /** A message was looked at: everything up to it is read. */
  seen(channelId, messageId) {
    if (!messageId) return;
    const known = this.lastRead(channelId);
    const isNewer = !known || compareIds(messageId, known) > 0;
    if (!isNewer && !this.calls.has(channelId)) return;
    if (isNewer) {
      this.read.set(channelId, messageId);
      this.untold.set(channelId, messageId);
      this.timer ??= setTimeout(() => this.tell(), TELL_AFTER);
    }
    this.calls.delete(channelId);
    this.store.emit("unread", channelId);
  }

  /** Tell the server, so that other devices know; a mark that gets lost is told with the next one. */
  tell() {
    clearTimeout(this.timer);
    this.timer = null;
    for (const [channelId, messageId] of this.untold) {
      rest.post(`${API}/channels/${channelId}/messages/${messageId}/ack`).catch((error) => console.info("read mark:", error.message));
    }
    this.untold.clear();
  }

  acknowledged({ channel_id: channelId, message_id: messageId, mention_count: left = 0 }) {
    if (this.untold.has(channelId)) return;
    this.read.set(channelId, messageId);
    if (left > 0) this.calls.set(channelId, left);
    else this.calls.delete(channelId);
    this.store.emit("unread", channelId);
  }

  /** Calls in all channels that are known here. */
  allCalls() {
    return [...this.calls].reduce((sum, [id, count]) => sum + (this.store.channels.has(id) ? count : 0), 0);
  }
}
