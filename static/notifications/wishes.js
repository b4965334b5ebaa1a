/** What this person wants to hear of: told by READY, changed here or on another device. */

import { API, rest } from "../shared/rest.js";

export const LEVEL = { ALL: 0, MENTIONS: 1, NOTHING: 2, AS_GUILD: 3 };
const DIRECT = "@me";
const isOn = (wish) => Boolean(wish?.muted) && (!wish.mute_config?.end_time || Date.parse(wish.mute_config.end_time) > Date.now());

export class Wishes {
  constructor(store) {
    this.store = store;
    this.known = new Map();
    store.on("READY", (data) => this.learn(data.user_guild_settings?.entries ?? []));
    store.on("USER_GUILD_SETTINGS_UPDATE", (entry) => {
      this.known.set(entry.guild_id ?? DIRECT, entry);
      store.emit("unread");
    });
  }

  learn(entries) {
    this.known = new Map(entries.map((entry) => [entry.guild_id ?? DIRECT, entry]));
  }

  guild(guildId) {
    return this.known.get(guildId ?? DIRECT) ?? null;
  }

  /** The wish for a channel itself; a thread has its channel's. */
  channel(channel) {
    const list = this.guild(channel.guild_id)?.channel_overrides ?? [];
    return list.find((each) => each.channel_id === channel.id) ?? list.find((each) => each.channel_id === channel.parent_id && channel.thread_metadata) ?? null;
  }

  level(channel) {
    const own = this.channel(channel)?.message_notifications ?? LEVEL.AS_GUILD;
    return own === LEVEL.AS_GUILD ? (this.guild(channel.guild_id)?.message_notifications ?? LEVEL.ALL) : own;
  }

  isMuted(channel) {
    return isOn(this.guild(channel.guild_id)) || isOn(this.channel(channel));
  }

  /** Whether a message calls this person, as the server counts it. */
  calls(message) {
    const { store } = this;
    const channel = store.channels.get(message.channel_id);
    if (!channel || message.author.id === store.me?.id || (message.flags ?? 0) & 64) return false;
    const wish = this.guild(channel.guild_id);
    if (this.level(channel) === LEVEL.NOTHING) return false;
    if (!channel.guild_id || message.mentions?.some((user) => user.id === store.me?.id)) return true;
    if (message.mention_everyone && !wish?.suppress_everyone) return true;
    const roles = store.guilds.get(channel.guild_id)?.members.get(store.me?.id)?.roles ?? [];
    return !wish?.suppress_roles && Boolean(message.mention_roles?.some((role) => roles.includes(role)));
  }

  async change(guildId, patch) {
    return rest.patch(`${API}/users/@me/guilds/${guildId ?? DIRECT}/settings`, patch);
  }
}
