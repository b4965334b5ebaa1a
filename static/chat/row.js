/** One message as a row: built once, painted again when it changes. */

import { build, element, sanitised } from "../shared/dom.js";
import { avatar } from "../shared/avatar.js";
import { speaksAlone } from "../shared/store.js";
import { t } from "../shared/i18n.js";
import { clockTime, dayName, fullTime, sameDay, stamp } from "../shared/time.js";
import { withNames } from "../expressions/emoji.js";
import { plainText } from "./mentions_text.js";
import { paintEmbeds } from "./embeds.js";
import { paintFiles } from "./files.js";
import { paintForward } from "./forward.js";
import { stickersNode } from "../expressions/stickers.js";
import { followNotice, isCopy, publishedMark } from "../announcements/publish.js";
import { carried } from "./said.js";
import { groupNotice } from "../members/group.js";
import { paintReactions } from "./reactions.js";
import { paintComponents } from "../interactions/components.js";
import { paintNote } from "../interactions/note.js";
import { paintPoll, resultOf } from "../polls/poll.js";
import { noticeOf, paintThread } from "../threads/mark.js";

const CLOSE_TOGETHER = 7 * 60_000;
const MOST_LARGE = 27;

/** A row for a message (Discord's message object). Its parts hang on `row.parts`, the message on `row.message`. */
export function buildRow(message, store) {
  const parts = build("message");
  const row = parts.root;
  row.parts = parts;
  paintRow(row, message, store);
  return row;
}

export function paintRow(row, message, store) {
  const { parts } = row;
  const author = authorOf(message, store);
  const name = store.nameOf(author, message.guild_id ?? store.channels.get(message.channel_id)?.guild_id);
  row.message = message;
  row.at = Date.parse(message.timestamp);
  row.dataset.id = message.id;
  row.classList.toggle("is-agent", Boolean(author.bot));
  row.classList.toggle("is-called", callsMe(message, store));
  parts.avatar.replaceChildren(avatar(author, { name }));
  parts.name.textContent = name;
  parts.tag.hidden = !author.bot;
  paintTag(row, store);
  for (const place of [parts.time, parts.side]) {
    place.dateTime = message.timestamp;
    place.title = fullTime(row.at);
  }
  parts.time.textContent = stamp(row.at);
  parts.side.textContent = clockTime(row.at);
  paintBody(parts.body, message, store);
  if (message.sticker_items?.length) parts.body.append(stickersNode(message.sticker_items));
  paintEmbeds(parts.embeds, (message.embeds ?? []).filter((embed) => embed.type !== "poll_result"));
  paintFiles(parts.files, message.attachments ?? [], message.embeds ?? []);
  paintQuote(parts, message, store);
  paintReactions(parts.reactions, message.reactions ?? []);
  paintThread(parts.thread, message, store);
  paintPoll(parts.poll, message);
  paintComponents(parts.components, message, store);
  paintNote(row, message, store);
}

/** The author as known now; a webhook as it called itself in this message. */
const authorOf = (message, store) => (speaksAlone(message) ? message.author : (store.user(message.author.id) ?? message.author));

/** Agent, webhook or other bot: agents are known only once they have been asked for. */
export function paintTag(row, store) {
  if (speaksAlone(row.message)) row.parts.tag.textContent = t(isCopy(row.message) ? "web.publish.tag" : "web.webhooks.tag");
  else row.parts.tag.textContent = store.agents.has(row.message.author.id) ? t("web.agent") : t("web.bot");
}

function callsMe(message, store) {
  if (message.author.id === store.me?.id) return false;
  return Boolean(message.mention_everyone || message.mentions?.some((user) => user.id === store.me?.id));
}

function paintBody(body, message, store) {
  const result = resultOf(message);
  const notice = result === null ? (groupNotice(message, store) ?? noticeOf(message, store) ?? followNotice(message, store)) : [result];
  body.classList.toggle("message__notice", Boolean(notice));
  if (notice) {
    body.replaceChildren(...notice);
    return;
  }
  if (message.message_snapshots) {
    body.classList.remove("is-plain", "is-large");
    paintForward(body, message, store);
    return;
  }
  const markup = message.content_html;
  body.classList.toggle("is-plain", !markup);
  if (markup) body.replaceChildren(sanitised(markup));
  else body.textContent = plainText(message.content, store, message.guild_id);
  body.classList.toggle("is-large", holdsOnlyEmojis(body));
  const marks = [message.edited_timestamp ? editedMark(message) : null, publishedMark(message, store)].filter(Boolean);
  (body.querySelector(":scope > p:last-child") ?? body).append(...marks);
}

const editedMark = (message) => element("span", { className: "message__edited", textContent: ` ${t("web.message.edited")}`, title: fullTime(Date.parse(message.edited_timestamp)) });

/** A few emojis of communities and nothing else are shown large. */
function holdsOnlyEmojis(body) {
  const count = body.querySelectorAll(".emoji-picture").length;
  return count > 0 && count <= MOST_LARGE && body.textContent.trim() === "";
}

function paintQuote(parts, message, store) {
  const isReply = Boolean(message.message_reference?.message_id) && message.type === 19;
  parts.quote.hidden = !isReply;
  if (!isReply) return;
  const source = message.referenced_message;
  parts.quote.dataset.target = message.message_reference.message_id;
  parts.quoteName.textContent = source ? store.nameOf(authorOf(source, store), message.guild_id) : "";
  parts.quoteText.textContent = source ? wordsOf(source, store, message.guild_id).replace(/\s+/g, " ").slice(0, 140) || namesOf(source) || (source.message_snapshots ? t("web.forward.mark") : "") : t("web.message.gone");
}

/** What a message says, without its markup; a spoiler stays covered. */
function wordsOf(whole, store, guildId) {
  const message = carried(whole);
  if (!message.content_html) return plainText(message.content, store, guildId);
  const words = withNames(sanitised(message.content_html));
  for (const spoiler of words.querySelectorAll(".spoiler")) spoiler.textContent = "▒▒▒";
  for (const block of words.querySelectorAll("p, br, li, pre, h1, h2, h3")) block.append(" ");
  return words.textContent.trim();
}

/** A message without words is quoted by its files and stickers. */
const namesOf = (message) => [...(carried(message).attachments ?? []).map((file) => file.filename), ...(carried(message).sticker_items ?? []).map((sticker) => sticker.name)].join(", ");

/** Decide from the row before whether this one starts a group and a day. */
export function regroup(row) {
  const before = row.previousElementSibling;
  const { message } = row;
  const newDay = !before?.at || !sameDay(before.at, row.at);
  const head =
    newDay ||
    before.message.author.id !== message.author.id ||
    (speaksAlone(message) && before.message.author.username !== message.author.username) ||
    row.at - before.at > CLOSE_TOGETHER ||
    message.type === 19 ||
    Boolean(message.interaction) ||
    !row.parts.new.hidden;
  row.classList.toggle("is-head", head);
  row.parts.day.hidden = !newDay;
  if (newDay) row.parts.day.firstElementChild.textContent = dayName(row.at);
}
