/** What one can do with a community from the chat page: its menu, the settings of a channel, reports. */

import { build, byId, element, icon, toast } from "../shared/dom.js";
import { confirmed, formDialog, openPopover } from "../shared/dialog.js";
import { t } from "../shared/i18n.js";
import { CREATE_INVITE, MANAGE_CHANNELS, may } from "../shared/permissions.js";
import { AGORA, API, rest } from "../shared/rest.js";
import { channelDialog } from "./channel.js";
import { inviteDialog } from "./invite_dialog.js";

export class Manage {
  constructor(store, route) {
    Object.assign(this, { store, route });
    byId("guild-menu").addEventListener("click", (event) => this.menu(event.currentTarget));
    byId("channel-settings").addEventListener("click", () => channelDialog(store, route, store.channels.get(route.channelId)));
    store.on("route GUILD_CREATE CHANNEL_UPDATE GUILD_ROLE_UPDATE GUILD_MEMBER_UPDATE", () => this.paint());
    store.on("report", (message) => this.report(message));
  }

  paint() {
    const { store, route } = this;
    const channel = store.channels.get(route.channelId);
    const guild = store.guilds.get(route.guildId);
    byId("guild-menu").hidden = !guild;
    const known = guild?.members?.has(store.me?.id) && channel?.guild_id && !channel.thread_metadata;
    byId("channel-settings").hidden = !known || !may(store, MANAGE_CHANNELS, { channel });
  }

  menu(anchor) {
    const { store, route } = this;
    const guild = store.guilds.get(route.guildId);
    const menu = element("div", { className: "menu" });
    const add = (key, drawing, act, bad = false) => {
      const item = element("button", { className: `menu__item${bad ? " menu__item--bad" : ""}`, type: "button" }, icon(drawing), t(key));
      item.addEventListener("click", () => (popover.hidePopover(), act()));
      menu.append(item);
    };
    const channels = [...store.channels.values()].filter((channel) => channel.guild_id === guild.id && !channel.thread_metadata);
    if (may(store, CREATE_INVITE, { guildId: guild.id })) add("web.manage.invite", "person", () => inviteDialog(channels, route.channelId));
    menu.append(element("a", { className: "menu__item", href: `/guilds/${guild.id}/settings` }, icon("settings"), t("web.manage.settings")));
    if (guild.owner_id !== store.me.id) add("web.manage.leave", "leave", () => this.leave(guild), true);
    const popover = openPopover(anchor, menu, { label: t("web.manage.menu") });
  }

  async leave(guild) {
    if (!(await confirmed({ title: t("web.manage.leave_title"), text: t("web.manage.leave_text"), yes: t("web.manage.leave"), quote: guild.name }))) return;
    try {
      await rest.delete(`${API}/users/@me/guilds/${guild.id}`);
      this.route.go("@me");
    } catch (error) {
      toast(error.message);
    }
  }

  async report(message) {
    const parts = build("report");
    parts.quote.textContent = message.content.slice(0, 300);
    const done = await formDialog(parts, (data) =>
      rest.post(`${AGORA}/channels/${message.channel_id}/messages/${message.id}/report`, { category: data.get("category"), reason: data.get("reason") }),
    );
    if (done) toast(t("web.report.thanks"));
  }
}
