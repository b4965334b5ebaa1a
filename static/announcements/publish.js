/** Publishing: who may publish which message, and what published messages and their copies show. */

import { element, icon, toast } from "../shared/dom.js";
import { confirmed } from "../shared/dialog.js";
import { t } from "../shared/i18n.js";
import { MANAGE_MESSAGES, may, SEND_MESSAGES } from "../shared/permissions.js";
import { API, rest } from "../shared/rest.js";
import { ANNOUNCEMENT } from "../threads/kinds.js";

const CROSSPOSTED = 1;
const IS_CROSSPOST = 2;
const SOURCE_DELETED = 8;
const FOLLOW_ADD = 12;

export const isFollowNotice = (message) => message.type === FOLLOW_ADD;
export const isCopy = (message) => Boolean(message.flags & IS_CROSSPOST);

export function canPublish(store, message) {
  const channel = store.channels.get(message.channel_id);
  if (channel?.type !== ANNOUNCEMENT || message.type !== 0 || message.flags & (CROSSPOSTED | IS_CROSSPOST)) return false;
  if (message.poll || message.message_snapshots || !(message.content || message.embeds?.length || message.attachments?.length || message.components?.length)) return false;
  const own = message.author.id === store.me.id;
  return may(store, SEND_MESSAGES, { channel }) && (own || may(store, MANAGE_MESSAGES, { channel }));
}

/** What is published cannot be called back unseen, so it is asked for; `quick` leaves that out. */
export async function publish(message, quote, quick) {
  const sure = quick || (await confirmed({ title: t("web.publish.title"), text: t("web.publish.text"), yes: t("web.publish.open"), quote, loses: false }));
  if (!sure) return;
  try {
    await rest.post(`${API}/channels/${message.channel_id}/messages/${message.id}/crosspost`);
    toast(t("web.publish.done"));
  } catch (error) {
    toast(t("web.publish.failed", { reason: error.message }));
  }
}

/** The mark behind the words of a published message, or the way from a copy to its source, for who may go there; null for others. */
export function publishedMark(message, store) {
  if (message.flags & CROSSPOSTED) return element("span", { className: "message__published", title: t("web.publish.mark_note") }, icon("horn"), t("web.publish.mark"));
  if (!isCopy(message)) return null;
  const { channel_id: channelId, message_id: messageId } = message.message_reference;
  const source = store.channels.get(channelId);
  if (!source) return null;
  const href = `/channels/${source.guild_id}/${source.id}/${messageId}`;
  return element("a", { className: "message__published", href }, icon("horn"), t("web.forward.from", { name: `#${source.name}` }));
}

/** The words of a notice that a channel is followed, or of a copy whose source is gone; null for what somebody wrote. */
export function followNotice(message, store) {
  if (message.flags & SOURCE_DELETED) return [icon("horn"), element("span", { textContent: t("web.publish.gone") })];
  if (!isFollowNotice(message)) return null;
  const source = store.channels.get(message.message_reference?.channel_id);
  const words = source ? element("a", { href: `/channels/${source.guild_id}/${source.id}`, textContent: message.content }) : element("b", { textContent: message.content });
  const [before, after] = t("web.follow.notice", { name: "\n" }).split("\n");
  return [icon("horn"), element("span", {}, before, words, after)];
}
