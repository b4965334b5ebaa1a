/** What a message shows of threads: the line to the one that began with it, and notices of the system. */

import { build, element, icon, sanitised } from "../shared/dom.js";
import { counted, t } from "../shared/i18n.js";

const CREATED = 18;
const STARTER = 21;

/** The line under a message that leads to its thread. */
export function paintThread(place, message, store) {
  const known = message.thread ? (store.channels.get(message.thread.id) ?? message.thread) : null;
  place.hidden = !known;
  if (!known) return;
  const parts = build("thread-line");
  parts.link.href = `/channels/${known.guild_id}/${known.id}`;
  parts.name.textContent = known.name;
  parts.count.textContent = counted("web.thread.messages", known.message_count);
  place.replaceChildren(parts.root);
}

/** The words of a notice instead of a message's own; null for what somebody wrote. */
export function noticeOf(message, store) {
  if (message.type === CREATED) {
    const { channel_id: threadId, guild_id: guildId } = message.message_reference;
    const link = element("a", { href: `/channels/${guildId ?? store.channels.get(message.channel_id)?.guild_id}/${threadId}`, textContent: message.content });
    return [icon("thread"), element("span", {}, `${t("web.thread.began")} `, link)];
  }
  if (message.type === STARTER) {
    const source = message.referenced_message;
    const name = source ? store.nameOf(store.user(source.author.id) ?? source.author, message.guild_id) : "";
    return [icon("thread"), element("span", { textContent: source ? `${name}: ${sanitised(source.content_html ?? "").textContent || source.content}` : t("web.message.gone") })];
  }
  return null;
}
