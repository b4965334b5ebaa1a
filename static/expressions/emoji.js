/** Emojis of communities: their pictures, and who may use which where. */

import { element } from "../shared/dom.js";
import { may, USE_EXTERNAL_EMOJIS } from "../shared/permissions.js";

const WRITTEN = /<a?:(\w{2,32}):(\d+)>/g;
const CODE = /(```[\s\S]*?```|`[^`\n]+`)/;

export const emojiAddress = (id) => `/emojis/${id}.webp`;

/** An emoji object of the API as a node: a picture of a community's own, the sign itself of any other. */
export function signNode(emoji) {
  if (!emoji?.id) return document.createTextNode(emoji?.name ?? "");
  const name = `:${emoji.name ?? "emoji"}:`;
  return element("img", { className: "emoji-picture", src: emojiAddress(emoji.id), alt: name, title: name, loading: "lazy" });
}

/** A picture of an emoji or a sticker that is gone gives way to its name. */
export function wireEmojiPictures() {
  document.addEventListener("error", (event) => event.target.matches?.("img.emoji-picture, img.sticker-picture") && event.target.replaceWith(event.target.alt), true);
}

/** The same in nodes that are only read for their words. */
export function withNames(nodes) {
  for (const picture of nodes.querySelectorAll(".emoji-picture")) picture.replaceWith(picture.alt);
  return nodes;
}

const isFor = (emoji, member) => emoji.roles.length === 0 || emoji.roles.some((id) => member?.roles.includes(id));

/** The communities whose emojis one may use in a channel, this one first: `[{guild, emojis}]`. */
export function usableEmojis(store, channel) {
  const elsewhere = channel && may(store, USE_EXTERNAL_EMOJIS, { channel });
  const guilds = [...store.guilds.values()].filter((guild) => guild.id === channel?.guild_id || elsewhere);
  guilds.sort((one, other) => Number(other.id === channel?.guild_id) - Number(one.id === channel?.guild_id));
  return guilds
    .map((guild) => ({ guild, emojis: (guild.emojis ?? []).filter((emoji) => isFor(emoji, guild.members.get(store.me.id))) }))
    .filter(({ emojis }) => emojis.length > 0);
}

/** `<:name:id>` as people read and write it: `:name:`. */
export const namedEmojis = (text) => text.replace(WRITTEN, ":$1:");

/** The same for a text that will be sent again; an emoji that its name would not find stays as it is. */
export function editableEmojis(text, store, channel) {
  const byName = emojisByName(store, channel);
  return text.replace(WRITTEN, (whole, name, id) => (byName.get(name)?.id === id ? `:${name}:` : whole));
}

/** What a person typed, with `:name:` turned into the emoji, but not in code. */
export function emojisOnTheWire(text, store, channel) {
  if (!text.includes(":")) return text;
  const byName = emojisByName(store, channel);
  const written = (part) =>
    part.replace(/(<a?)?:(\w{2,32}):(\d+>)?/g, (whole, before, name, after) => {
      const emoji = before && after ? null : byName.get(name);
      return emoji ? `${before ?? ""}<${emoji.animated ? "a" : ""}:${name}:${emoji.id}>${after ?? ""}` : whole;
    });
  return text.split(CODE).map((part, index) => (index % 2 ? part : written(part))).join("");
}

/** The first emoji of each name; this community's own win. */
function emojisByName(store, channel) {
  const found = new Map();
  for (const { emojis } of usableEmojis(store, channel)) for (const emoji of emojis) if (!found.has(emoji.name)) found.set(emoji.name, emoji);
  return found;
}
