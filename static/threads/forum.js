/** A forum: its posts as cards, by activity, filtered by tag, and the form for a new one. */

import { build, byId, element, framed, toast } from "../shared/dom.js";
import { avatar } from "../shared/avatar.js";
import { formDialog } from "../shared/dialog.js";
import { counted, t } from "../shared/i18n.js";
import { may, SEND_MESSAGES } from "../shared/permissions.js";
import { API, rest } from "../shared/rest.js";
import { stamp } from "../shared/time.js";
import { signNode } from "../expressions/emoji.js";
import { FORUM } from "./kinds.js";

const PAGE = 25;

/** A tag with its emoji, which has an id when it is a community's own. */
function tagLabel(tag) {
  const emoji = { id: tag.emoji_id, name: tag.emoji_name ?? (tag.emoji_id ? tag.name : "") };
  return emoji.name ? [signNode(emoji), ` ${tag.name}`] : [tag.name];
}

export class Forum {
  constructor(store, route) {
    Object.assign(this, { store, route, tag: "", page: null });
    store.on("route", () => this.open());
    store.on("THREAD_CREATE THREAD_UPDATE THREAD_DELETE CHANNEL_UPDATE", framed(() => this.channel && this.load()));
  }

  /** The forum that is open, or null. */
  get channel() {
    const channel = this.store.channels.get(this.route.channelId);
    return channel?.type === FORUM ? channel : null;
  }

  open() {
    byId("forum").hidden = !this.channel;
    byId("main").classList.toggle("is-forum", Boolean(this.channel));
    if (!this.channel) return;
    this.tag = "";
    this.load();
  }

  async load(offset = 0) {
    const { channel } = this;
    const tag = this.tag ? `&tag=${this.tag}` : "";
    try {
      const found = await rest.get(`${API}/channels/${channel.id}/threads/search?limit=${PAGE}&offset=${offset}${tag}`);
      if (channel.id !== this.route.channelId) return;
      this.paint(found, offset);
    } catch (error) {
      toast(error.message);
    }
  }

  paint(found, offset) {
    const { channel, store } = this;
    const parts = build("forum");
    parts.lead.textContent = channel.topic ?? "";
    parts.begin.hidden = !may(store, SEND_MESSAGES, { channel });
    parts.begin.addEventListener("click", () => this.post());
    const tags = [{ id: "", name: t("web.forum.all") }, ...channel.available_tags];
    parts.tags.append(...(channel.available_tags.length > 0 ? tags.map((tag) => this.choice(tag)) : []));
    const first = new Map((found.first_messages ?? []).map((message) => [message.id, message]));
    parts.posts.append(...found.threads.map((thread) => this.card(thread, first.get(thread.id))));
    parts.none.hidden = found.threads.length > 0;
    parts.newer.hidden = offset === 0;
    parts.newer.addEventListener("click", () => this.load(offset - PAGE));
    parts.older.hidden = !found.has_more;
    parts.older.addEventListener("click", () => this.load(offset + PAGE));
    byId("forum").replaceChildren(parts.root);
  }

  choice(tag) {
    const button = element("button", { className: "forum__tag", type: "button" }, ...tagLabel(tag));
    button.setAttribute("aria-pressed", String(this.tag === tag.id));
    button.addEventListener("click", () => {
      this.tag = tag.id;
      this.load();
    });
    return button;
  }

  card(thread, message) {
    const { store, channel } = this;
    const parts = build("post");
    const author = store.user(thread.owner_id) ?? message?.author ?? { id: thread.owner_id, username: "?" };
    parts.avatar.append(avatar(author));
    parts.link.href = `/channels/${thread.guild_id}/${thread.id}`;
    parts.link.addEventListener("click", () => store.channels.has(thread.id) || store.apply("THREAD_SEEN", thread));
    parts.name.textContent = thread.name;
    parts.pin.hidden = !(thread.flags & 2);
    parts.closed.hidden = !thread.thread_metadata.archived;
    parts.text.textContent = message?.content ?? "";
    const at = Date.parse(thread.thread_metadata.create_timestamp);
    parts.note.textContent = [store.nameOf(author, thread.guild_id), stamp(at), counted("web.thread.messages", thread.message_count)].join(" · ");
    const tags = channel.available_tags.filter((tag) => thread.applied_tags.includes(tag.id));
    parts.tags.append(...tags.map((tag) => element("span", { className: "tag tag--plain" }, ...tagLabel(tag))));
    return parts.root;
  }

  post() {
    const { channel, store, route } = this;
    const parts = build("post-new");
    parts.tagField.hidden = channel.available_tags.length === 0;
    parts.tags.append(
      ...channel.available_tags.map((tag) => {
        const input = element("input", { type: "checkbox", name: "tag", value: tag.id });
        return element("label", { className: "check" }, input, ...tagLabel(tag));
      }),
    );
    return formDialog(parts, async (data) => {
      const body = { name: data.get("name").trim(), message: { content: data.get("content") }, applied_tags: data.getAll("tag") };
      const thread = await rest.post(`${API}/channels/${channel.id}/threads`, body);
      store.apply("THREAD_SEEN", thread);
      route.go(thread.guild_id, thread.id);
    });
  }
}
