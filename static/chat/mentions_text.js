/** Mentions in text: `<@id>` on the wire, `@name` for people. */

const USER = /<@!?(\d+)>/g;
const CHANNEL = /<#(\d+)>/g;

/** Content as a person reads it, without markup of its own. */
export function plainText(content, store, guildId = null) {
  return content
    .replace(USER, (whole, id) => (store.user(id) ? `@${store.nameOf(store.user(id), guildId)}` : whole))
    .replace(CHANNEL, (whole, id) => (store.channels.get(id) ? `#${store.channels.get(id).name}` : whole));
}

/** Content for editing: user mentions as `@username`. */
export function editable(content, store) {
  return content.replace(USER, (whole, id) => (store.user(id) ? `@${store.user(id).username}` : whole));
}

/** What a person typed, with `@username` of the people here turned into mentions; longer names win. */
export function onTheWire(text, people) {
  const names = people.flatMap((user) => [[user.username, user.id], [user.global_name, user.id]]).filter(([name]) => name);
  names.sort((one, other) => other[0].length - one[0].length);
  let result = text;
  for (const [name, id] of names) {
    const pattern = new RegExp(`(^|[^\\w<@])@${name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![\\w])`, "giu");
    result = result.replace(pattern, (_, before) => `${before}<@${id}>`);
  }
  return result;
}
