/** The rail of communities. */

import { build, byId, framed, renew } from "../shared/dom.js";
import { hueOf, lettersOf } from "../shared/avatar.js";
import { textChannels } from "../chat/route.js";
import { createGuild } from "./create.js";

export class Rail {
  constructor(store, route, unread) {
    Object.assign(this, { store, route, unread });
    store.on("READY GUILD_CREATE GUILD_UPDATE GUILD_DELETE route unread MESSAGE_CREATE", framed(() => this.paint()));
    byId("add-guild").addEventListener("click", () => createGuild(store, route));
  }

  paint() {
    const { guildId } = this.route;
    const home = byId("rail-home");
    home.toggleAttribute("aria-current", guildId === "@me");
    if (guildId === "@me") home.setAttribute("aria-current", "page");
    home.dataset.unread = String([...this.store.direct.values()].some((channel) => this.unread.isUnread(channel)));
    renew(byId("rail"), [...this.store.guilds.values()].filter((guild) => guild.name).map((guild) => this.item(guild, guildId)));
  }

  item(guild, current) {
    const parts = build("rail-item");
    parts.link.href = `/channels/${guild.id}`;
    parts.link.title = guild.name;
    parts.link.setAttribute("aria-label", guild.name);
    parts.link.style.setProperty("--hue", hueOf(guild.id));
    if (guild.id === current) parts.link.setAttribute("aria-current", "page");
    parts.link.dataset.unread = String(textChannels(this.store, guild.id).some((channel) => this.unread.isUnread(channel) && channel.id !== this.route.channelId));
    parts.letters.textContent = lettersOf(guild.name);
    if (guild.icon) {
      parts.face.src = `/icons/${guild.id}/${guild.icon}.png`;
      parts.face.hidden = false;
      parts.face.addEventListener("error", () => parts.face.remove());
    }
    return parts.root;
  }
}

