/** What kinds of channels there are, and how a thread differs from one. */

export const TEXT = 0;
export const CATEGORY = 4;
export const ANNOUNCEMENT = 5;
export const PRIVATE_THREAD = 12;
export const FORUM = 15;
const MARKS = { [ANNOUNCEMENT]: "horn", [FORUM]: "forum", 10: "thread", 11: "thread", [PRIVATE_THREAD]: "lock" };

export const isThread = (channel) => Boolean(channel?.thread_metadata);
export const isOpen = (channel) => isThread(channel) && !channel.thread_metadata.archived;

/** The name of a channel's drawing. */
export const markOf = (channel) => (channel.guild_id ? (MARKS[channel.type] ?? "hash") : "at");

/** The open threads of a channel, those last spoken in first. */
export function threadsOf(store, channelId) {
  const found = [...store.channels.values()].filter((channel) => channel.parent_id === channelId && isOpen(channel));
  const last = (thread) => BigInt(thread.last_message_id ?? thread.id);
  return found.sort((one, other) => (last(other) > last(one) ? 1 : -1));
}
