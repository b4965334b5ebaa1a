/** Reactions below a message: shown with their counts, toggled by a click. */

import { build, toast } from "../shared/dom.js";
import { API, rest } from "../shared/rest.js";
import { t } from "../shared/i18n.js";
import { signNode } from "../expressions/emoji.js";

const keyOf = (emoji) => (emoji.id ? `${emoji.name}:${emoji.id}` : emoji.name);
/* a community's emoji is known by its id: the name may have changed since */
const isSame = (one, other) => (one.id || other.id ? one.id === other.id : one.name === other.name);

export function paintReactions(place, reactions) {
  place.hidden = reactions.length === 0;
  place.replaceChildren(...reactions.map((reaction) => {
    const parts = build("reaction");
    parts.sign.replaceChildren(signNode(reaction.emoji));
    parts.count.textContent = reaction.count;
    parts.button.emoji = reaction.emoji;
    parts.button.setAttribute("aria-pressed", String(Boolean(reaction.me)));
    parts.button.setAttribute("aria-label", t("web.reaction.label", { emoji: reaction.emoji.id ? `:${reaction.emoji.name}:` : reaction.emoji.name, count: reaction.count }));
    return parts.root;
  }));
}

/** Take a MESSAGE_REACTION_* event into a message; returns the message. */
export function applyReaction(message, { emoji, user_id: userId }, change, ownId) {
  const reactions = (message.reactions ?? []).map((reaction) => ({ ...reaction }));
  let found = reactions.find((reaction) => isSame(reaction.emoji, emoji));
  if (!found) reactions.push((found = { emoji, count: 0, me: false }));
  found.count += change;
  if (userId === ownId) found.me = change > 0;
  return { ...message, reactions: reactions.filter((reaction) => reaction.count > 0) };
}

/** Set or take back one's own reaction; the gateway's event changes what is shown. */
export async function toggleReaction(message, emoji) {
  const own = message.reactions?.some((reaction) => reaction.me && isSame(reaction.emoji, emoji));
  const path = `${API}/channels/${message.channel_id}/messages/${message.id}/reactions/${encodeURIComponent(keyOf(emoji))}/@me`;
  try {
    await (own ? rest.delete(path) : rest.put(path));
  } catch (error) {
    toast(t("web.reaction.trouble", { reason: error.message }));
  }
}
