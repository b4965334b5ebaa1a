/** What this person may do, for showing and hiding buttons; the server decides in the end. */

const ADMINISTRATOR = 1n << 3n;
export const CREATE_INVITE = 1n << 0n;
export const MANAGE_CHANNELS = 1n << 4n;
export const MANAGE_GUILD = 1n << 5n;
export const SEND_MESSAGES = 1n << 11n;
export const ATTACH_FILES = 1n << 15n;
export const MANAGE_MESSAGES = 1n << 13n;
export const USE_EXTERNAL_EMOJIS = 1n << 18n;
export const USE_EXTERNAL_STICKERS = 1n << 37n;
export const MANAGE_WEBHOOKS = 1n << 29n;
export const MANAGE_THREADS = 1n << 34n;
export const CREATE_PUBLIC_THREADS = 1n << 35n;
const SEND_IN_THREADS = 1n << 38n;
const ALL = (1n << 53n) - 1n;

/** The bits in a guild: everyone's role and one's own roles. */
function guildBits(store, guild) {
  if (guild.owner_id === store.me.id) return ALL;
  const own = guild.members.get(store.me.id)?.roles ?? [];
  const bits = [guild.id, ...own].reduce((sum, id) => sum | BigInt(guild.roles.get(id)?.permissions ?? 0), 0n);
  return bits & ADMINISTRATOR ? ALL : bits;
}

/** In a thread the channel's own bits count, but for sending. */
function threadBits(store, guild, thread) {
  const parent = store.channels.get(thread.parent_id);
  const bits = parent ? channelBits(store, guild, parent) : 0n;
  return bits & SEND_IN_THREADS ? bits | SEND_MESSAGES : bits & ~SEND_MESSAGES;
}

/** With the channel's overwrites, in the order that Discord documents. */
function channelBits(store, guild, channel) {
  if (channel.thread_metadata) return threadBits(store, guild, channel);
  let bits = guildBits(store, guild);
  if (bits === ALL) return bits;
  const own = new Set(guild.members.get(store.me.id)?.roles ?? []);
  const overwrites = channel.permission_overwrites ?? [];
  const apply = (list) => {
    bits &= ~list.reduce((sum, item) => sum | BigInt(item.deny), 0n);
    bits |= list.reduce((sum, item) => sum | BigInt(item.allow), 0n);
  };
  apply(overwrites.filter((item) => item.id === guild.id));
  apply(overwrites.filter((item) => own.has(item.id)));
  apply(overwrites.filter((item) => item.id === store.me.id));
  return bits;
}

export function may(store, bit, { guildId = null, channel = null } = {}) {
  const guild = store.guilds.get(channel?.guild_id ?? guildId);
  if (!guild) return Boolean(channel) && bit !== MANAGE_MESSAGES;
  return Boolean((channel ? channelBits(store, guild, channel) : guildBits(store, guild)) & bit);
}
