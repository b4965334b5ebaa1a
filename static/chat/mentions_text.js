/** Mentions and emojis in text: `<@id>` and `<:name:id>` on the wire, `@name` and `:name:` for people. */

import { editableEmojis, emojisOnTheWire, namedEmojis } from "../expressions/emoji.js";

const USER = /<@!?(\d+)>/g;
const CHANNEL = /<#(\d+)>/g;

/** Content as a person reads it, without markup of its own. */
export function plainText(content, store, guildId = null) {
  return namedEmojis(content)
    .replace(USER, (whole, id) => (store.user(id) ? `@${store.nameOf(store.user(id), guildId)}` : whole))
    .replace(CHANNEL, (whole, id) => (store.channels.get(id) ? `#${store.channels.get(id).name}` : whole));
}

/** Content for editing: user mentions as `@username`, emojis as `:name:`. */
export function editable(content, store, channel) {
  return editableEmojis(content, store, channel).replace(USER, (whole, id) => (store.user(id) ? `@${store.user(id).username}` : whole));
}

/** What a person typed, with `@username` of the people here turned into mentions, longer names first, and `:name:` into emojis. */
export function onTheWire(text, people, store, channel) {
  const names = people.flatMap((user) => [[user.username, user.id], [user.global_name, user.id]]).filter(([name]) => name);
  names.sort((one, other) => other[0].length - one[0].length);
  let result = emojisOnTheWire(text, store, channel);
  for (const [name, id] of names) {
    const pattern = new RegExp(`(^|[^\\w<@])@${name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![\\w])`, "giu");
    result = result.replace(pattern, (_, before) => `${before}<@${id}>`);
  }
  return result;
}
