/** Forwards: the dialog that picks where a message goes, and the message that was carried on. */

import { build, element, icon, sanitised, toast } from "../shared/dom.js";
import { avatar } from "../shared/avatar.js";
import { formDialog } from "../shared/dialog.js";
import { t } from "../shared/i18n.js";
import { may, SEND_MESSAGES } from "../shared/permissions.js";
import { Picker } from "../shared/picker.js";
import { API, rest } from "../shared/rest.js";
import { stamp } from "../shared/time.js";
import { markOf } from "../threads/kinds.js";
import { stickersNode } from "../expressions/stickers.js";
import { paintEmbeds } from "./embeds.js";
import { paintFiles } from "./files.js";
import { onTheWire } from "./mentions_text.js";
import { textChannels } from "./route.js";
import { carried } from "./said.js";
import { directTitle } from "../members/group.js";

const FORWARD = 1;
const HUMAN = [0, 19, 20, 23];

/** Whether there is anything to carry on. */
export function canForward(message) {
  const { content, embeds, attachments, sticker_items: stickers } = carried(message);
  return HUMAN.includes(message.type) && !message.poll && Boolean(content || embeds?.length || attachments?.length || stickers?.length);
}

/** Paint what a message carries on into its body. */
export function paintForward(body, message, store) {
  const said = carried(message);
  const source = store.channels.get(message.message_reference.channel_id);
  const words = element("div", { className: "message__body" });
  words.append(sanitised(said.content_html));
  const embeds = element("div", { className: "message__embeds" });
  const files = element("div", { className: "message__files" });
  paintEmbeds(embeds, said.embeds);
  paintFiles(files, said.attachments, said.embeds);
  const foot = element("p", { className: "forward__foot" }, source ? origin(source, message) : null, element("time", { dateTime: said.timestamp, textContent: stamp(Date.parse(said.timestamp)) }));
  const mark = element("p", { className: "forward__mark" }, icon("forward"), t("web.forward.mark"));
  body.replaceChildren(element("blockquote", { className: "forward" }, mark, said.content ? words : null, embeds, files, said.sticker_items?.length ? stickersNode(said.sticker_items) : null, foot));
}

/** The way to the message itself, for who can go there. */
function origin(channel, message) {
  const name = channel.guild_id ? `#${channel.name}` : t("web.dm.title");
  const href = `/channels/${channel.guild_id ?? "@me"}/${channel.id}/${message.message_reference.message_id}`;
  return element("a", { href, textContent: t("web.forward.from", { name }) });
}

/** Ask where to, and carry it there. */
export async function openForward(store, message) {
  const parts = build("forward");
  const said = carried(message);
  const quote = sanitised(said.content_html);
  if (said.content) parts.quote.append(quote);
  else parts.quote.textContent = [...(said.attachments ?? []).map((file) => file.filename), ...(said.sticker_items ?? []).map((sticker) => sticker.name)].join(", ");
  parts.quote.hidden = !parts.quote.hasChildNodes();
  const picker = new Picker(parts, targets(store));
  const done = await formDialog(parts, async (data) => {
    const { channel } = picker.chosen;
    const path = `${API}/channels/${channel.id}/messages`;
    await rest.post(path, { message_reference: { type: FORWARD, channel_id: message.channel_id, message_id: message.id } });
    const note = onTheWire(data.get("note").trim(), [], store, channel);
    if (!note) return;
    try {
      await rest.post(path, { content: note });
    } catch (error) {
      toast(t("web.forward.note_lost", { reason: error.message }));
    }
  });
  if (done) toast(t("web.forward.done", { name: picker.chosen.name }));
}

/** Everywhere one may write: the channels of each community with the open threads, then conversations. */
function targets(store) {
  const found = [];
  for (const guild of store.guilds.values()) {
    const threads = [...store.channels.values()].filter((channel) => channel.guild_id === guild.id && channel.thread_metadata && !channel.thread_metadata.archived);
    for (const channel of [...textChannels(store, guild.id), ...threads]) {
      if (may(store, SEND_MESSAGES, { channel })) found.push({ channel, name: `#${channel.name}`, more: guild.name, mark: () => icon(markOf(channel)) });
    }
  }
  for (const channel of store.direct.values()) {
    const people = channel.recipients.map((user) => store.user(user.id) ?? user);
    const mark = () => (channel.type === 3 ? icon("people") : avatar(people[0]));
    found.push({ channel, name: directTitle(store, channel), more: t("web.dm.title"), mark });
  }
  return found;
}
