/** The inbox: messages that called this person, what is heard of this channel, keywords and quiet hours. */

import { build, byId, element, toast } from "../shared/dom.js";
import { avatar } from "../shared/avatar.js";
import { openPopover } from "../shared/dialog.js";
import { AGORA, API, rest } from "../shared/rest.js";
import { t } from "../shared/i18n.js";
import { stamp } from "../shared/time.js";
import { showDigest } from "./digest.js";
import { isQuiet, timeOfDay } from "./rings.js";
import { showReminders } from "./reminders.js";
import { plainText } from "../chat/mentions_text.js";
import { carried } from "../chat/said.js";

export class Inbox {
  constructor(store, route, unread, wishes, rings) {
    Object.assign(this, { store, route, unread, wishes, rings });
    this.button = byId("open-inbox");
    this.button.addEventListener("click", () => this.open());
    store.on("READY GUILD_CREATE unread MESSAGE_CREATE MESSAGE_DELETE", () => this.paintBadge());
  }

  paintBadge() {
    const calls = this.unread.allCalls();
    const badge = this.button.querySelector(".inbox-badge");
    badge.hidden = calls === 0;
    badge.textContent = calls;
  }

  async open() {
    const parts = build("inbox");
    this.popover = openPopover(this.button, parts.root, { side: "above", label: t("web.inbox.title") });
    this.fillChannel(parts);
    try {
      const asked = [rest.get(`${API}/users/@me/mentions?limit=25`), rest.get(`${AGORA}/notifications`)];
      const more = [showReminders(this.store, parts.reminders, parts.reminderList), this.fillDigest(parts)];
      const [messages, profile] = await Promise.all([...asked, ...more]);
      /* in quiet hours it waits until it is wanted */
      parts.digest.open = !isQuiet(profile.quiet, timeOfDay(new Date()));
      parts.list.replaceChildren(...messages.map((message) => this.item(message)));
      parts.none.hidden = messages.length > 0;
      this.fillProfile(parts, profile);
    } catch (error) {
      toast(t("web.app.refused", { reason: error.message }));
    }
  }

  item(message) {
    const parts = build("inbox-item");
    const channel = this.store.channels.get(message.channel_id);
    parts.avatar.append(avatar(message.author));
    parts.name.textContent = this.store.nameOf(this.store.user(message.author.id) ?? message.author, channel?.guild_id);
    parts.where.textContent = channel?.guild_id ? `#${channel.name}` : "";
    parts.time.textContent = stamp(Date.parse(message.timestamp));
    parts.text.textContent = plainText(carried(message).content, this.store, channel?.guild_id).slice(0, 240);
    parts.link.href = `/channels/${channel?.guild_id ?? "@me"}/${message.channel_id}/${message.id}`;
    parts.link.addEventListener("click", (event) => {
      event.preventDefault();
      this.popover.hidePopover();
      this.unread.seen(message.channel_id, message.id);
      this.route.go(channel?.guild_id ?? "@me", message.channel_id, message.id);
    });
    parts.done.addEventListener("click", async () => {
      await rest.delete(`${API}/users/@me/mentions/${message.id}`).catch((error) => toast(error.message));
      parts.root.remove();
    });
    return parts.root;
  }

  fillDigest(parts) {
    const go = (item, messageId) => {
      this.popover.hidePopover();
      this.route.go(item.guild_id, item.channel_id, messageId);
    };
    const read = (item) => this.unread.seen(item.channel_id, item.last.id);
    return showDigest(this.store, parts.digest, parts.digestList, { go, read });
  }

  /** Level and silence of the open channel and its community. */
  fillChannel(parts) {
    const channel = this.store.channels.get(this.route.channelId);
    parts.channel.hidden = !channel;
    if (!channel) return;
    const guildId = channel.guild_id ?? null;
    const save = async (patch) => {
      try {
        await this.wishes.change(guildId, patch);
      } catch (error) {
        toast(t("web.app.refused", { reason: error.message }));
      }
    };
    const own = this.wishes.channel(channel);
    parts.where.textContent = guildId ? `#${channel.name}` : t("web.dm.title");
    parts.level.value = String(own?.message_notifications ?? 3);
    parts.level.addEventListener("change", () => save({ channel_overrides: { [channel.id]: { message_notifications: Number(parts.level.value) } } }));
    parts.mute.checked = Boolean(own?.muted);
    parts.mute.addEventListener("change", () => save({ channel_overrides: { [channel.id]: { muted: parts.mute.checked } } }));
    parts.muteGuild.checked = Boolean(this.wishes.guild(guildId)?.muted);
    parts.muteGuild.addEventListener("change", () => save({ muted: parts.muteGuild.checked }));
  }

  fillProfile(parts, profile) {
    parts.keywords.value = profile.keywords.join(", ");
    parts.start.value = profile.quiet?.start ?? "";
    parts.end.value = profile.quiet?.end ?? "";
    parts.allow.hidden = !("Notification" in window) || Notification.permission !== "default";
    parts.allow.addEventListener("click", async () => {
      await Notification.requestPermission();
      parts.allow.hidden = true;
    });
    parts.form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const keywords = parts.keywords.value.split(",").map((word) => word.trim()).filter(Boolean);
      const quiet = parts.start.value && parts.end.value ? { start: parts.start.value, end: parts.end.value } : null;
      try {
        this.rings.learn(await rest.put(`${AGORA}/notifications`, { keywords, quiet }));
        parts.saved.replaceChildren(element("span", { textContent: t("web.inbox.saved") }));
      } catch (error) {
        parts.saved.textContent = t("web.app.refused", { reason: error.message });
      }
    });
  }
}
