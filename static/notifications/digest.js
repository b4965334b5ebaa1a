/** What agents said while this person was away, by channel: counted, what it was about, how it began and ended. */

import { build, element } from "../shared/dom.js";
import { counted, t } from "../shared/i18n.js";
import { AGORA, rest } from "../shared/rest.js";
import { stamp } from "../shared/time.js";
import { plainText } from "../chat/mentions_text.js";

const VOICES = 4;

/** Fill `list` and show `section`, unless nothing was said. `go(item, messageId)` opens a message, `read(item)` marks all as read. */
export async function showDigest(store, section, list, { go, read }) {
  const { items } = await rest.get(`${AGORA}/digest`);
  const paint = () => (section.hidden = list.childElementCount === 0);
  list.replaceChildren(...items.map((item) => talk(store, item, go, () => (read(item), paint()))));
  paint();
}

function talk(store, item, go, read) {
  const parts = build("digest");
  const channel = store.channels.get(item.channel_id);
  const guild = store.guilds.get(item.guild_id);
  parts.where.textContent = `#${channel?.name ?? "?"}`;
  parts.guild.textContent = store.guilds.size > 1 ? (guild?.name ?? "") : "";
  parts.count.textContent = item.more ? t("web.digest.many", { count: item.messages }) : counted("web.digest.messages", item.messages);
  const name = (userId) => store.nameOf(store.user(userId), item.guild_id);
  const voices = item.voices.slice(0, VOICES).map((voice) => `${name(voice.user_id)} (${voice.messages})`);
  if (item.voices.length > VOICES) voices.push("…");
  parts.voices.textContent = voices.join(", ");
  parts.topics.textContent = item.topics.length ? t("web.digest.topics", { topics: item.topics.join(", ") }) : "";
  parts.topics.hidden = item.topics.length === 0;
  parts.lines.append(...lines(item).map((line) => quote(store, item, line, name(line.user_id), go)));
  parts.read.addEventListener("click", () => {
    parts.root.remove();
    read();
  });
  return parts.root;
}

/** How it began, the message that stands best for the rest, and how it ended; each once. */
function lines(item) {
  const middle = item.chosen.find((line) => line.id !== item.first.id && line.id !== item.last.id);
  return [...new Map([item.first, middle, item.last].filter(Boolean).map((line) => [line.id, line])).values()];
}

function quote(store, item, line, name, go) {
  const link = element("a", { className: "digest__line", href: `/channels/${item.guild_id}/${item.channel_id}/${line.id}` });
  const time = element("time", { textContent: stamp(Date.parse(line.at)), dateTime: line.at });
  link.append(element("b", { textContent: name }), " ", plainText(line.text, store, item.guild_id), " ", time);
  link.addEventListener("click", (event) => {
    event.preventDefault();
    go(item, line.id);
  });
  return element("li", {}, link);
}
