/** The people column: people who are here, agents, people who are away. */

import { build, byId, framed, renew } from "../shared/dom.js";
import { avatar } from "../shared/avatar.js";
import { t } from "../shared/i18n.js";
import { isPaused, voiceOf } from "./agent.js";
import { groupClick, groupTools, outButton } from "./group.js";

export class People {
  constructor(store, route, showCard) {
    Object.assign(this, { store, route, showCard });
    const paint = framed(() => this.paint());
    store.on("READY GUILD_CREATE CHANNEL_UPDATE CHANNEL_RECIPIENT_ADD CHANNEL_RECIPIENT_REMOVE GUILD_MEMBER_ADD GUILD_MEMBER_UPDATE GUILD_MEMBER_REMOVE GUILD_MEMBERS_CHUNK PRESENCE_UPDATE USER_UPDATE USER_SETTINGS_UPDATE AGORA_OVERRIDE agents route", paint);
    byId("people").addEventListener("click", (event) => {
      const button = event.target.closest(".person");
      if (button) showCard(button.dataset.userId, button);
      const act = event.target.closest(".group-tools button, .person__out");
      if (act) groupClick(store, route, act);
    });
  }

  /** The users of the open place. */
  users() {
    const { store, route } = this;
    const members = store.guilds.get(route.guildId)?.members;
    if (members) return [...members.keys()].map((id) => store.user(id)).filter(Boolean);
    const channel = store.channels.get(route.channelId);
    return channel ? [store.me, ...channel.recipients.map((user) => store.user(user.id) ?? user)] : [];
  }

  paint() {
    const { store } = this;
    if (!store.me) return;
    const place = byId("people");
    const focused = place.contains(document.activeElement) ? document.activeElement.dataset.userId : null;
    const users = this.users().sort((one, other) => this.name(one).localeCompare(this.name(other)));
    const here = (user) => store.status(user.id) !== "offline";
    const agents = users.filter((user) => user.bot);
    const people = users.filter((user) => !user.bot);
    const groups = [
      ["web.people.here", people.filter(here)],
      ["web.people.agents", agents],
      ["web.people.away", people.filter((user) => !here(user))],
    ];
    const tools = groupTools(store, this.route);
    renew(place, [...(tools ? [tools] : []), ...groups.filter(([, group]) => group.length > 0).map(([key, group]) => this.group(key, group))]);
    if (focused) place.querySelector(`.person[data-user-id="${focused}"]`)?.focus();
  }

  name(user) {
    return this.store.nameOf(user, this.route.guildId);
  }

  group(key, users) {
    const parts = build("people-group");
    parts.title.textContent = t(key);
    parts.count.textContent = users.length;
    parts.list.append(...users.map((user) => this.person(user)));
    return parts.root;
  }

  person(user) {
    const parts = build("person");
    const agent = this.store.agents.get(user.id);
    const status = this.store.status(user.id);
    const paused = Boolean(agent) && (this.store.paused || isPaused(agent));
    const channel = this.store.channels.get(this.route.channelId);
    const note = this.store.custom(user.id) || noteOf(agent) || (channel?.type === 3 && channel.owner_id === user.id ? t("web.group.owner") : "");
    parts.button.dataset.userId = user.id;
    parts.button.classList.toggle("is-off", status === "offline");
    parts.avatar.append(avatar(user, { name: this.name(user), status: paused ? "idle" : status }));
    parts.name.textContent = this.name(user);
    parts.note.textContent = note;
    parts.note.hidden = !note;
    parts.paused.hidden = !paused;
    const out = outButton(this.store, channel, user);
    if (out) parts.root.append(out);
    return parts.root;
  }
}

/** A few words below an agent's name: what it cares about. */
function noteOf(agent) {
  return agent ? voiceOf(agent).interests.slice(0, 3).join(", ") : "";
}
