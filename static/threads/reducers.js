/** How gateway events change what the page knows of threads. */

function keep(store, thread) {
  store.channels.set(thread.id, { ...store.channels.get(thread.id), ...thread });
}

function counted(store, channelId, change) {
  const thread = store.channels.get(channelId);
  if (thread?.thread_metadata) thread.message_count = Math.max(0, thread.message_count + change);
}

function sync(store, { channel_ids: parents, threads }) {
  for (const channel of [...store.channels.values()]) {
    if (channel.thread_metadata && parents.includes(channel.parent_id)) store.channels.delete(channel.id);
  }
  threads.forEach((thread) => keep(store, thread));
}

function ownMember(store, data) {
  const thread = store.channels.get(data.id);
  if (thread) thread.member = { ...thread.member, ...data };
}

function members(store, { id, member_count: count, added_members: added = [], removed_member_ids: removed = [] }) {
  const thread = store.channels.get(id);
  if (!thread) return;
  thread.member_count = count;
  const mine = added.find((each) => each.user_id === store.me.id);
  if (mine) thread.member = { id, user_id: mine.user_id, join_timestamp: mine.join_timestamp, flags: mine.flags };
  if (removed.includes(store.me.id)) delete thread.member;
}

export const THREAD_REDUCERS = {
  THREAD_CREATE: keep,
  THREAD_UPDATE: keep,
  THREAD_SEEN: keep,
  THREAD_DELETE: (store, { id }) => store.channels.delete(id),
  THREAD_LIST_SYNC: sync,
  THREAD_MEMBER_UPDATE: ownMember,
  THREAD_MEMBERS_UPDATE: members,
  MESSAGE_DELETE: (store, data) => counted(store, data.channel_id, data.id === data.channel_id ? 0 : -1),
  MESSAGE_DELETE_BULK: (store, data) => counted(store, data.channel_id, -data.ids.length),
};

/** A new message counts, unless it is a post's first one or repeats the one a thread began with. */
export function countMessage(store, message) {
  if (message.type !== 21 && message.id !== message.channel_id) counted(store, message.channel_id, 1);
}
