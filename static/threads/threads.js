/** Threads on the chat page: beginning one, the list of a channel, and what one can do with the open one. */

import { build, byId, element, icon, toast } from "../shared/dom.js";
import { confirmed, formDialog, openDialog, openPopover } from "../shared/dialog.js";
import { counted, t } from "../shared/i18n.js";
import { MANAGE_THREADS, may } from "../shared/permissions.js";
import { AGORA, API, rest } from "../shared/rest.js";
import { Forum } from "./forum.js";
import { FORUM, isThread, markOf, threadsOf } from "./kinds.js";

const PUBLIC = 11;
const PRIVATE = 12;

export class Threads {
  constructor(store, route) {
    Object.assign(this, { store, route });
    this.forum = new Forum(store, route);
    store.on("route THREAD_UPDATE THREAD_MEMBERS_UPDATE THREAD_MEMBER_UPDATE CHANNEL_UPDATE", () => this.paint());
    store.on("THREAD_DELETE", ({ id }) => id === route.channelId && route.go(route.guildId, this.parentId));
    store.on("AGORA_THREAD_MERGED", ({ guild_id, old_id, channel_id }) => old_id === route.channelId && route.go(guild_id, channel_id));
    store.on("thread-from", (message) => this.begin(message));
    byId("open-threads").addEventListener("click", () => this.showList());
    byId("thread-more").addEventListener("click", (event) => this.showMenu(event.currentTarget));
    byId("thread-join").addEventListener("click", () => this.setJoined(true));
  }

  get channel() {
    return this.store.channels.get(this.route.channelId) ?? null;
  }

  /** The head of the room: the way back to the channel, and the buttons that make sense here. */
  paint() {
    const { channel, store } = this;
    const inThread = isThread(channel);
    const parent = inThread ? store.channels.get(channel.parent_id) : null;
    if (inThread) this.parentId = channel.parent_id;
    byId("room-parent").hidden = !parent;
    if (parent) {
      byId("room-parent").textContent = parent.name;
      byId("room-parent").href = `/channels/${channel.guild_id}/${parent.id}`;
    }
    byId("open-threads").hidden = !channel?.guild_id || inThread || channel.type === FORUM;
    byId("thread-more").hidden = !inThread;
    byId("thread-join").hidden = !inThread || Boolean(channel.member) || channel.thread_metadata.archived;
    byId("thread-closed").hidden = !inThread || !(channel.thread_metadata.archived || channel.thread_metadata.locked);
    if (inThread) byId("thread-closed-text").textContent = t(channel.thread_metadata.locked ? "web.thread.locked" : "web.thread.archived");
  }

  /** A thread from a message, or without one. */
  begin(message = null) {
    const { channel, store, route } = this;
    const parts = build("thread-new");
    parts.privateField.hidden = Boolean(message) || channel.type !== 0;
    if (message) parts.form.elements.name.value = message.content.split("\n")[0].slice(0, 60);
    return formDialog(parts, async (data) => {
      const body = { name: data.get("name").trim() };
      if (data.get("archive")) body.auto_archive_duration = Number(data.get("archive"));
      if (!message) body.type = data.get("private") ? PRIVATE : PUBLIC;
      const path = message ? `messages/${message.id}/threads` : "threads";
      const thread = await rest.post(`${API}/channels/${channel.id}/${path}`, body);
      store.apply("THREAD_SEEN", thread);
      route.go(thread.guild_id, thread.id);
    });
  }

  async showList() {
    const { channel, store } = this;
    const parts = build("thread-list");
    parts.begin.addEventListener("click", () => (parts.root.close(), this.begin()));
    this.fill(parts.open, threadsOf(store, channel.id), parts.root);
    parts.none.hidden = parts.open.childElementCount > 0;
    const closed = openDialog(parts);
    try {
      const { threads } = await rest.get(`${API}/channels/${channel.id}/threads/archived/public`);
      this.fill(parts.archived, threads, parts.root);
      parts.archivedPart.hidden = threads.length === 0;
    } catch (error) {
      if (error.status !== 403) toast(error.message);
    }
    return closed;
  }

  fill(list, threads, dialog) {
    list.replaceChildren(
      ...threads.map((thread) => {
        const parts = build("thread-item");
        parts.mark.replaceChildren(icon(markOf(thread)));
        parts.name.textContent = thread.name;
        parts.note.textContent = `${counted("web.thread.messages", thread.message_count)} · ${counted("web.thread.members", thread.member_count)}`;
        parts.link.href = `/channels/${thread.guild_id}/${thread.id}`;
        parts.link.addEventListener("click", () => {
          if (!this.store.channels.has(thread.id)) this.store.apply("THREAD_SEEN", thread);
          dialog.close();
        });
        return parts.root;
      }),
    );
  }

  showMenu(anchor) {
    const { channel, store } = this;
    const { archived, locked } = channel.thread_metadata;
    const manages = may(store, MANAGE_THREADS, { channel });
    const mine = manages || (channel.owner_id === store.me.id && !locked);
    const menu = element("div", { className: "menu" });
    const add = (key, drawing, act, shown = true, bad = false) => {
      if (!shown) return;
      const item = element("button", { className: `menu__item${bad ? " menu__item--bad" : ""}`, type: "button" }, icon(drawing), t(key));
      item.addEventListener("click", () => (popover.hidePopover(), this.attempt(act)));
      menu.append(item);
    };
    add("web.thread.leave", "leave", () => this.setJoined(false), Boolean(channel.member) && !archived);
    add("web.thread.rename", "edit", () => this.rename(), mine && !archived);
    add(archived ? "web.thread.reopen" : "web.thread.archive", "folder", () => this.change({ archived: !archived }), mine || (archived && !locked));
    add(locked ? "web.thread.unlock" : "web.thread.lock", "lock", () => this.change({ locked: !locked }), manages);
    add("web.thread.move", "folder", () => this.move(), manages && this.places().length > 0);
    add("web.thread.merge", "thread", () => this.merge(), manages && this.others().length > 0);
    add("web.thread.delete", "trash", () => this.remove(), manages, true);
    const popover = openPopover(anchor, menu, { label: t("web.thread.more") });
  }

  async attempt(act) {
    try {
      await act();
    } catch (error) {
      toast(error.message);
    }
  }

  async change(body) {
    this.store.apply("THREAD_UPDATE", await rest.patch(`${API}/channels/${this.channel.id}`, body));
  }

  setJoined(joined) {
    const path = `${API}/channels/${this.channel.id}/thread-members/@me`;
    return this.attempt(() => (joined ? rest.put(path) : rest.delete(path)));
  }

  rename() {
    const { channel } = this;
    const parts = build("thread-rename");
    parts.form.elements.name.value = channel.name;
    return formDialog(parts, (data) => rest.patch(`${API}/channels/${channel.id}`, { name: data.get("name").trim() }));
  }

  /** The channels this thread can go to. */
  places() {
    const { channel, store } = this;
    const isPost = store.channels.get(channel.parent_id)?.type === FORUM;
    const fits = (each) => (isPost ? each.type === FORUM : each.type === 0 || (each.type === 5 && channel.type !== PRIVATE));
    return this.managed((each) => fits(each) && each.id !== channel.parent_id);
  }

  /** The open threads this one can go into. */
  others() {
    const { channel } = this;
    return this.managed((each) => isThread(each) && each.id !== channel.id && (channel.type !== PRIVATE || each.type === PRIVATE));
  }

  /** Those channels of this community in which this person manages threads, by name. */
  managed(fits) {
    const { channel, store } = this;
    const all = [...store.channels.values()].filter((each) => each.guild_id === channel.guild_id && fits(each));
    return all.filter((each) => may(store, MANAGE_THREADS, { channel: each })).sort((one, other) => one.name.localeCompare(other.name));
  }

  move() {
    const { channel, store } = this;
    return this.choose("move", this.places(), async (id) => {
      store.apply("THREAD_UPDATE", await rest.post(`${AGORA}/channels/${channel.id}/move`, { parent_id: id }));
    });
  }

  merge() {
    const { channel, route } = this;
    return this.choose("merge", this.others(), async (id) => {
      const thread = await rest.post(`${AGORA}/channels/${channel.id}/merge`, { thread_id: id });
      route.go(thread.guild_id, thread.id);
    });
  }

  /** One of several places, in a dialog that says what will happen. */
  choose(what, choices, act) {
    const { channel, store } = this;
    const parts = build("thread-place");
    parts.title.textContent = t(`web.thread.${what}_title`);
    parts.lead.textContent = t(`web.thread.${what}_lead`, { name: channel.name });
    parts.label.textContent = t(`web.thread.${what}_to`);
    parts.submit.textContent = t(`web.thread.${what}_yes`);
    const named = (each) => (isThread(each) ? `#${store.channels.get(each.parent_id)?.name} › ${each.name}` : `#${each.name}`);
    parts.place.append(...choices.map((each) => element("option", { value: each.id, textContent: named(each) })));
    return formDialog(parts, (data) => act(data.get("place")));
  }

  async remove() {
    const { channel } = this;
    const sure = await confirmed({ title: t("web.thread.delete_title"), text: t("web.thread.delete_text"), yes: t("web.thread.delete"), quote: channel.name });
    if (sure) await rest.delete(`${API}/channels/${channel.id}`);
  }
}
