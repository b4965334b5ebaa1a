import { countMessage, THREAD_REDUCERS } from "../threads/reducers.js";

/** What the page knows: state from READY and the events after it, and who wants to hear of changes. */

const CUSTOM_STATUS = 4; /* Discord's number of this activity */

export class Store {
  constructor() {
    this.listeners = new Map();
    this.clear();
  }

  clear() {
    this.me = null;
    this.users = new Map();
    this.guilds = new Map();
    this.channels = new Map();
    this.direct = new Map();
    this.presences = new Map();
    this.customs = new Map();
    this.settings = { status: "online", custom_status: null };
    this.agents = new Map();
    this.paused = false;
    this.silent = null;
  }

  /** Call `fn(data)` after the state has taken the event in. Returns a function that ends it. */
  on(name, fn) {
    for (const part of name.split(" ")) {
      if (!this.listeners.has(part)) this.listeners.set(part, new Set());
      this.listeners.get(part).add(fn);
    }
    return () => name.split(" ").forEach((part) => this.listeners.get(part).delete(fn));
  }

  emit(name, data) {
    for (const fn of this.listeners.get(name) ?? []) fn(data);
  }

  /** Take a gateway event into the state, then tell the listeners. */
  apply(name, data) {
    REDUCERS[name]?.(this, data);
    this.emit(name, data);
  }

  user(id) {
    return this.users.get(id) ?? null;
  }

  /** The name to show: the nickname here, else the display name. */
  nameOf(user, guildId) {
    if (!user) return "?";
    return this.guilds.get(guildId)?.members.get(user.id)?.nick || user.global_name || user.username;
  }

  status(userId) {
    if (userId === this.me?.id && this.settings.status === "invisible") return "offline";
    const known = this.presences.get(userId);
    if (known) return known;
    return userId === this.me?.id ? this.settings.status : "offline";
  }

  /** The emoji and words beside somebody's name, as one line; empty for who has none. */
  custom(userId) {
    return this.customs.get(userId) ?? "";
  }

  keepUser(user) {
    if (!user) return null;
    const kept = { ...this.users.get(user.id), ...user };
    this.users.set(user.id, kept);
    return kept;
  }
}

function keepGuild(store, data) {
  const guild = { ...store.guilds.get(data.id), ...data, members: new Map(), roles: new Map() };
  for (const role of data.roles ?? []) guild.roles.set(role.id, role);
  store.guilds.set(data.id, guild);
  for (const member of data.members ?? []) keepMember(store, data.id, member);
  for (const channel of [...(data.channels ?? []), ...(data.threads ?? [])]) keepChannel(store, { ...channel, guild_id: data.id });
  data.presences?.forEach((presence) => keepPresence(store, presence));
}

function keepPresence(store, { user, status, activities }) {
  store.presences.set(user.id, status);
  const custom = activities?.find((each) => each.type === CUSTOM_STATUS);
  const line = custom ? [custom.emoji?.name, custom.state].filter(Boolean).join(" ") : "";
  if (line) store.customs.set(user.id, line);
  else store.customs.delete(user.id);
}

function keepMember(store, guildId, member) {
  const user = store.keepUser(member.user);
  if (user) store.guilds.get(guildId)?.members.set(user.id, { ...member, user: undefined, id: user.id });
}

function keepChannel(store, channel) {
  const kept = { ...store.channels.get(channel.id), ...channel };
  kept.recipients?.forEach((user) => store.keepUser(user));
  store.channels.set(channel.id, kept);
  if (kept.type === 1 || kept.type === 3) store.direct.set(channel.id, kept);
}

/** A group has one more, or one less, in it. */
function keepRecipient(store, { channel_id: id, user }, isIn) {
  const channel = store.channels.get(id);
  if (!channel) return;
  const others = channel.recipients.filter((each) => each.id !== user.id);
  keepChannel(store, { ...channel, recipients: isIn ? [...others, user] : others });
}

function dropChannel(store, { id }) {
  for (const channel of [...store.channels.values()]) if (channel.thread_metadata && channel.parent_id === id) store.channels.delete(channel.id);
  store.channels.delete(id);
  store.direct.delete(id);
}

function keepReady(store, data) {
  store.clear();
  store.me = store.keepUser(data.user);
  store.settings = data.user_settings ?? store.settings;
  data.users?.forEach((user) => store.keepUser(user));
  data.guilds.forEach((guild) => (guild.unavailable ? store.guilds.set(guild.id, { ...guild, members: new Map(), roles: new Map() }) : keepGuild(store, guild)));
  data.private_channels?.forEach((channel) => keepChannel(store, channel));
  data.presences?.forEach((presence) => keepPresence(store, presence));
}

/** A webhook speaks without an account, under a name that counts for one message only. */
export const speaksAlone = (message) => message.author.discriminator === "0000";

function keepMessage(store, message) {
  if (!speaksAlone(message)) store.keepUser(message.author);
  message.mentions?.forEach((user) => store.keepUser({ id: user.id, username: user.username, global_name: user.global_name, avatar: user.avatar, bot: user.bot }));
  const channel = store.channels.get(message.channel_id);
  const forOne = (message.flags ?? 0) & 64; /* shown to this person alone, never stored */
  if (channel && !forOne) channel.last_message_id = message.id;
  countMessage(store, message);
}

const REDUCERS = {
  ...THREAD_REDUCERS,
  READY: keepReady,
  GUILD_CREATE: keepGuild,
  GUILD_UPDATE: (store, data) => {
    const guild = store.guilds.get(data.id);
    if (!guild) return;
    const roles = new Map((data.roles ?? []).map((role) => [role.id, role]));
    Object.assign(guild, data, { members: guild.members, roles: data.roles ? roles : guild.roles });
  },
  GUILD_STICKERS_UPDATE: (store, data) => {
    const guild = store.guilds.get(data.guild_id);
    if (guild) guild.stickers = data.stickers;
  },
  GUILD_EMOJIS_UPDATE: (store, data) => {
    const guild = store.guilds.get(data.guild_id);
    if (guild) guild.emojis = data.emojis;
  },
  GUILD_DELETE: (store, data) => {
    store.guilds.delete(data.id);
    for (const channel of store.channels.values()) if (channel.guild_id === data.id) store.channels.delete(channel.id);
  },
  GUILD_ROLE_CREATE: (store, data) => store.guilds.get(data.guild_id)?.roles.set(data.role.id, data.role),
  GUILD_ROLE_UPDATE: (store, data) => store.guilds.get(data.guild_id)?.roles.set(data.role.id, data.role),
  GUILD_ROLE_DELETE: (store, data) => store.guilds.get(data.guild_id)?.roles.delete(data.role_id),
  GUILD_MEMBER_ADD: (store, data) => keepMember(store, data.guild_id, data),
  GUILD_MEMBER_UPDATE: (store, data) => keepMember(store, data.guild_id, data),
  GUILD_MEMBER_REMOVE: (store, data) => store.guilds.get(data.guild_id)?.members.delete(data.user.id),
  GUILD_MEMBERS_CHUNK: (store, data) => {
    data.members.forEach((member) => keepMember(store, data.guild_id, member));
    data.presences?.forEach((presence) => keepPresence(store, presence));
  },
  CHANNEL_CREATE: keepChannel,
  CHANNEL_UPDATE: keepChannel,
  CHANNEL_DELETE: dropChannel,
  CHANNEL_RECIPIENT_ADD: (store, data) => keepRecipient(store, data, true),
  CHANNEL_RECIPIENT_REMOVE: (store, data) => keepRecipient(store, data, false),
  PRESENCE_UPDATE: keepPresence,
  USER_SETTINGS_UPDATE: (store, data) => (store.settings = data),
  USER_UPDATE: (store, data) => {
    const user = store.keepUser(data);
    if (user.id === store.me?.id) store.me = user;
  },
  MESSAGE_CREATE: keepMessage,
  AGORA_OVERRIDE: (store, data) => {
    store.paused = data.paused;
    if ("silent" in data) store.silent = data.silent;
  },
};
