/** The browser's own notifications, while nobody looks at the page: for calls and keywords, never when muted, in quiet hours or not to be disturbed. */

import { AGORA, rest } from "../shared/rest.js";
import { plainText } from "../chat/mentions_text.js";
import { carried } from "../chat/said.js";

/** Whether a time of day ("22:30") lies in quiet hours, over midnight too. */
export function isQuiet(quiet, now) {
  if (!quiet) return false;
  return quiet.start <= quiet.end ? quiet.start <= now && now < quiet.end : now >= quiet.start || now < quiet.end;
}

export const timeOfDay = (date) => `${String(date.getHours()).padStart(2, "0")}:${String(date.getMinutes()).padStart(2, "0")}`;

export class Rings {
  constructor(store, route, wishes) {
    Object.assign(this, { store, route, wishes, profile: { keywords: [], quiet: null } });
    store.on("READY", () => this.ask());
    store.on("MESSAGE_CREATE", (message) => this.arrived(message));
  }

  async ask() {
    this.learn(await rest.get(`${AGORA}/notifications`).catch(() => this.profile));
  }

  learn(profile) {
    this.profile = profile;
  }

  wants(message) {
    const channel = this.store.channels.get(message.channel_id);
    if (!channel || message.author.id === this.store.me?.id || this.wishes.isMuted(channel)) return false;
    if (this.wishes.calls(message)) return true;
    const content = message.content.toLowerCase();
    return this.profile.keywords.some((word) => content.includes(word.toLowerCase()));
  }

  arrived(message) {
    if (!document.hidden || !("Notification" in window) || Notification.permission !== "granted") return;
    if (this.store.settings.status === "dnd" || isQuiet(this.profile.quiet, timeOfDay(new Date())) || !this.wants(message)) return;
    const channel = this.store.channels.get(message.channel_id);
    const title = this.store.nameOf(this.store.user(message.author.id) ?? message.author, channel.guild_id);
    const body = plainText(carried(message).content, this.store, channel.guild_id).slice(0, 200);
    const note = new Notification(channel.guild_id ? `${title} · #${channel.name}` : title, { body, tag: message.channel_id });
    note.addEventListener("click", () => {
      window.focus();
      this.route.go(channel.guild_id ?? "@me", channel.id, message.id);
      note.close();
    });
  }
}
