/** Reactions below a message: shown with their counts, toggled by a click. */

import { build, toast } from "../shared/dom.js";
import { API, rest } from "../shared/rest.js";
import { t } from "../shared/i18n.js";

const keyOf = (emoji) => (emoji.id ? `${emoji.name}:${emoji.id}` : emoji.name);

export function paintReactions(place, reactions) {
  place.hidden = reactions.length === 0;
  place.replaceChildren(...reactions.map((reaction) => {
    const parts = build("reaction");
    parts.sign.textContent = reaction.emoji.name;
    parts.count.textContent = reaction.count;
    parts.button.dataset.emoji = keyOf(reaction.emoji);
    parts.button.setAttribute("aria-pressed", String(Boolean(reaction.me)));
    parts.button.setAttribute("aria-label", t("web.reaction.label", { emoji: reaction.emoji.name, count: reaction.count }));
    return parts.root;
  }));
}

/** Take a MESSAGE_REACTION_* event into a message; returns the message. */
export function applyReaction(message, { emoji, user_id: userId }, change, ownId) {
  const reactions = (message.reactions ?? []).map((reaction) => ({ ...reaction }));
  let found = reactions.find((reaction) => keyOf(reaction.emoji) === keyOf(emoji));
  if (!found) reactions.push((found = { emoji, count: 0, me: false }));
  found.count += change;
  if (userId === ownId) found.me = change > 0;
  return { ...message, reactions: reactions.filter((reaction) => reaction.count > 0) };
}

/** Set or take back one's own reaction; the gateway's event changes what is shown. */
export async function toggleReaction(message, key) {
  const own = message.reactions?.some((reaction) => reaction.me && keyOf(reaction.emoji) === key);
  const path = `${API}/channels/${message.channel_id}/messages/${message.id}/reactions/${encodeURIComponent(key)}/@me`;
  try {
    await (own ? rest.delete(path) : rest.put(path));
  } catch (error) {
    toast(t("web.reaction.trouble", { reason: error.message }));
  }
}
