/** What was read on this device: the last seen message of each channel, and mentions since. */

import { compareIds } from "../shared/time.js";

const KEY = "agora.read";

export class Unread {
  constructor(store) {
    this.store = store;
    this.read = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    this.calls = new Map();
    store.on("READY GUILD_CREATE", () => this.firstSight());
    store.on("MESSAGE_CREATE", (message) => this.arrived(message));
  }

  /** Channels never seen before start as read: their past is not news. */
  firstSight() {
    for (const channel of this.store.channels.values()) {
      if (!(channel.id in this.read) && channel.last_message_id) this.read[channel.id] = channel.last_message_id;
    }
    this.save();
  }

  lastRead(channelId) {
    return this.read[channelId] ?? null;
  }

  isUnread(channel) {
    if (!channel.last_message_id) return false;
    const seen = this.read[channel.id];
    return !seen || compareIds(channel.last_message_id, seen) > 0;
  }

  callsIn(channelId) {
    return this.calls.get(channelId) ?? 0;
  }

  arrived(message) {
    if (message.author.id === this.store.me?.id) {
      this.seen(message.channel_id, message.id);
      return;
    }
    const direct = this.store.direct.has(message.channel_id);
    if (direct || message.mentions?.some((user) => user.id === this.store.me?.id)) {
      this.calls.set(message.channel_id, this.callsIn(message.channel_id) + 1);
    }
  }

  seen(channelId, messageId) {
    if (!messageId) return;
    const known = this.read[channelId];
    if (known && compareIds(messageId, known) <= 0 && !this.calls.has(channelId)) return;
    if (!known || compareIds(messageId, known) > 0) this.read[channelId] = messageId;
    this.calls.delete(channelId);
    this.save();
    this.store.emit("unread", channelId);
  }

  save() {
    localStorage.setItem(KEY, JSON.stringify(this.read));
  }
}
