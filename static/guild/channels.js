/** The channel column: categories of a community, or one's direct messages. */

import { build, byId, element, framed, icon, renew } from "../shared/dom.js";
import { avatar } from "../shared/avatar.js";
import { t } from "../shared/i18n.js";
import { MANAGE_CHANNELS, may } from "../shared/permissions.js";
import { compareIds } from "../shared/time.js";
import { directTitle } from "../members/group.js";
import { textChannels } from "../chat/route.js";
import { markOf, threadsOf } from "../threads/kinds.js";
import { createChannel } from "./create.js";

const CLOSED = "agora.closed";
const CATEGORY = 4;

export class Channels {
  constructor(store, route, unread) {
    Object.assign(this, { store, route, unread });
    this.closed = new Set(JSON.parse(localStorage.getItem(CLOSED) ?? "[]"));
    const events = "READY GUILD_CREATE GUILD_UPDATE CHANNEL_CREATE CHANNEL_UPDATE CHANNEL_DELETE CHANNEL_RECIPIENT_ADD CHANNEL_RECIPIENT_REMOVE GUILD_ROLE_UPDATE route unread MESSAGE_CREATE PRESENCE_UPDATE THREAD_CREATE THREAD_UPDATE THREAD_DELETE THREAD_SEEN THREAD_LIST_SYNC THREAD_MEMBERS_UPDATE THREAD_MEMBER_UPDATE";
    store.on(events, framed(() => this.paint()));
    byId("add-channel").addEventListener("click", () => createChannel(store, route, route.guildId));
    byId("channels").addEventListener("keydown", (event) => this.walk(event));
  }

  paint() {
    const { store, route } = this;
    if (!store.me) return;
    const place = byId("channels");
    const focused = place.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    const guild = store.guilds.get(route.guildId);
    const allowed = guild?.members ? may(store, MANAGE_CHANNELS, { guildId: guild.id }) : false;
    byId("guild-name").textContent = guild?.name ?? t("web.dm.title");
    byId("add-channel").hidden = !allowed;
    renew(place, guild ? this.guildNodes(guild, allowed) : this.directNodes());
    if (focused) place.querySelector(`a[href="${focused}"]`)?.focus();
  }

  guildNodes(guild, allowed) {
    const channels = textChannels(this.store, guild.id);
    const categories = [...this.store.channels.values()].filter((channel) => channel.guild_id === guild.id && channel.type === CATEGORY);
    categories.sort((one, other) => one.position - other.position);
    const known = new Set(categories.map((category) => category.id));
    const loose = element("ul", { className: "category category__list" }, ...channels.filter((channel) => !known.has(channel.parent_id)).flatMap((channel) => this.links(channel)));
    const groups = categories.map((category) => [category, channels.filter((channel) => channel.parent_id === category.id)]);
    const shown = groups.filter(([, inside]) => allowed || inside.length > 0);
    return [loose, ...shown.map(([category, inside]) => this.category(category, inside, allowed))];
  }

  category(category, channels, allowed) {
    const parts = build("category");
    const closed = this.closed.has(category.id);
    parts.name.textContent = category.name;
    parts.toggle.setAttribute("aria-expanded", String(!closed));
    parts.add.hidden = !allowed;
    parts.add.addEventListener("click", () => createChannel(this.store, this.route, category.guild_id, category.id));
    parts.toggle.addEventListener("click", () => this.fold(category.id));
    const shown = closed ? channels.filter((channel) => this.isCurrent(channel) || this.unread.isUnread(channel)) : channels;
    parts.list.append(...shown.flatMap((channel) => this.links(channel)));
    return parts.root;
  }

  fold(id) {
    if (!this.closed.delete(id)) this.closed.add(id);
    localStorage.setItem(CLOSED, JSON.stringify([...this.closed]));
    this.paint();
  }

  isCurrent(channel) {
    return channel.id === this.route.channelId;
  }

  /** A channel with the open threads one takes part in, or looks at. */
  links(channel) {
    const threads = threadsOf(this.store, channel.id).filter((thread) => thread.member || this.isCurrent(thread));
    return [this.link(channel), ...threads.map((thread) => this.link(thread))];
  }

  link(channel) {
    const parts = build("channel");
    parts.mark.replaceChildren(icon(markOf(channel)));
    parts.link.classList.toggle("channel--thread", Boolean(channel.thread_metadata));
    parts.link.href = `/channels/${channel.guild_id ?? "@me"}/${channel.id}`;
    parts.name.textContent = channel.name;
    if (channel.topic) parts.link.title = channel.topic;
    this.decorate(parts, channel);
    return parts.root;
  }

  decorate(parts, channel) {
    if (this.isCurrent(channel)) parts.link.setAttribute("aria-current", "page");
    else if (this.unread.isUnread(channel)) parts.link.dataset.unread = "true";
    const calls = this.isCurrent(channel) ? 0 : this.unread.callsIn(channel.id);
    parts.badge.hidden = calls === 0;
    parts.badge.textContent = calls;
  }

  directNodes() {
    const channels = [...this.store.direct.values()].sort((one, other) => compareIds(other.last_message_id ?? other.id, one.last_message_id ?? one.id));
    if (channels.length === 0) return [element("p", { className: "channels__hint", textContent: t("web.dm.none") })];
    return [element("ul", { className: "category__list" }, ...channels.map((channel) => this.direct(channel)))];
  }

  direct(channel) {
    const { store } = this;
    const others = channel.recipients.map((user) => store.user(user.id) ?? user);
    const parts = build("channel");
    parts.link.href = `/channels/@me/${channel.id}`;
    parts.name.textContent = directTitle(store, channel);
    if (others[0]) {
      const face = avatar(others[0], { status: store.status(others[0].id) });
      face.style.setProperty("--size", "26px");
      parts.mark.replaceChildren(face);
    }
    this.decorate(parts, channel);
    return parts.root;
  }

  /** Up and down move between channels. */
  walk(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const links = [...byId("channels").querySelectorAll("a, button:not([hidden])")];
    event.preventDefault();
    links[(links.indexOf(document.activeElement) + step + links.length) % links.length]?.focus();
  }
}
