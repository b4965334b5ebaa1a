/** Where the page is: /channels/{guild|@me}/{channel}[/{message}], kept in the browser's history. */

import { AGORA, API, rest } from "../shared/rest.js";

const PATTERN = /^\/channels\/(@me|\d+)(?:\/(\d+))?(?:\/(\d+))?\/?$/;
const LAST = "agora.last";

export class Route {
  constructor(store) {
    this.store = store;
    this.guildId = "@me";
    this.channelId = null;
    addEventListener("popstate", () => this.read());
    document.addEventListener("click", (event) => this.followed(event));
  }

  /** The present place, for those who need to compare. */
  current = () => ({ guildId: this.guildId, channelId: this.channelId });

  read() {
    const match = PATTERN.exec(location.pathname);
    this.take(match?.[1] ?? "@me", match?.[2] ?? null, match?.[3] ?? null);
    if (match?.[2] && match[1] !== "@me" && match[2] !== this.channelId) this.look(match[1], match[2], match[3] ?? null);
  }

  /** The page knows no archived threads: one that is named in the address is asked for. */
  async look(guildId, channelId, messageId) {
    try {
      const channel = await rest.get(`${API}/channels/${channelId}`);
      if (!channel.thread_metadata) return;
      this.store.apply("THREAD_SEEN", channel);
      this.go(guildId, channelId, messageId);
    } catch (error) {
      if (error.status === 404) await this.follow(channelId, messageId);
      else console.info("channel:", error.message);
    }
  }

  /** A thread that went into another one: what was said is there. */
  async follow(channelId, messageId) {
    try {
      const found = await rest.get(`${AGORA}/channels/${channelId}/merged`);
      if (this.store.channels.has(found.channel_id)) this.go(found.guild_id, found.channel_id, messageId);
      else await this.look(found.guild_id, found.channel_id, messageId);
    } catch (error) {
      console.info("channel:", error.message);
    }
  }

  go(guildId, channelId = null, messageId = null) {
    const path = ["", "channels", guildId, channelId, messageId].filter((part) => part !== null).join("/");
    if (path !== location.pathname) history.pushState(null, "", path);
    this.take(guildId, channelId, messageId);
  }

  take(guildId, channelId, messageId) {
    const wanted = this.store.channels.has(channelId) ? channelId : this.usual(guildId);
    const same = wanted === this.channelId && guildId === this.guildId && !messageId;
    this.guildId = guildId;
    this.channelId = wanted;
    if (wanted && wanted !== channelId) history.replaceState(null, "", `/channels/${guildId}/${wanted}`);
    if (wanted) this.remember();
    if (!same) this.store.emit("route", { guildId, channelId: wanted, messageId });
  }

  /** The open channel is gone: to another one of the same place. */
  leave() {
    this.take(this.guildId, null, null);
  }

  /** The channel last seen in a guild, else its first text channel. */
  usual(guildId) {
    if (guildId === "@me") return null;
    const last = this.lastSeen()[guildId];
    const seen = this.store.channels.get(last);
    if (seen?.guild_id === guildId && !seen.thread_metadata?.archived) return last;
    return textChannels(this.store, guildId)[0]?.id ?? null;
  }

  lastSeen() {
    return JSON.parse(localStorage.getItem(LAST) ?? "{}");
  }

  remember() {
    localStorage.setItem(LAST, JSON.stringify({ ...this.lastSeen(), [this.guildId]: this.channelId }));
    document.cookie = `agora_last=${this.guildId}/${this.channelId}; path=/; max-age=31536000; samesite=lax`;
  }

  /** Links to channels stay on this page. */
  followed(event) {
    const link = event.target.closest?.("a[href]");
    if (!link || event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const url = new URL(link.href);
    const match = PATTERN.exec(url.pathname);
    if (!match || url.hash || url.origin !== location.origin) return;
    event.preventDefault();
    if (match[2] && match[1] !== "@me" && !this.store.channels.has(match[2])) this.look(match[1], match[2], match[3] ?? null);
    else this.go(match[1], match[2] ?? null, match[3] ?? null);
  }
}

const TEXT = new Set([0, 5, 15]);

/** The text channels of a guild in the order people see: those without a category first. */
export function textChannels(store, guildId) {
  const all = [...store.channels.values()].filter((channel) => channel.guild_id === guildId);
  const place = (channel) => {
    const parent = store.channels.get(channel.parent_id);
    return (parent ? (parent.position + 1) * 10_000 : 0) + channel.position;
  };
  return all.filter((channel) => TEXT.has(channel.type)).sort((one, other) => place(one) - place(other) || (one.id < other.id ? -1 : 1));
}
