/** What a message says: itself, or the message it carries on. */
export const carried = (message) => message.message_snapshots?.[0]?.message ?? message;
