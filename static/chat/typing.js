/** Who is typing here, as one line that changes quietly. */

import { byId, element } from "../shared/dom.js";
import { counted, listed } from "../shared/i18n.js";

const LASTS = 10_000;

export class Typing {
  constructor(store, partials, current) {
    this.store = store;
    this.partials = partials;
    this.current = current;
    this.until = new Map();
    store.on("TYPING_START", (data) => this.started(data));
    store.on("MESSAGE_CREATE", (message) => this.stopped(message.channel_id, message.author.id));
    store.on("AGORA_MESSAGE_PARTIAL route", () => this.paint());
    setInterval(() => this.paint(), 1000);
  }

  started({ channel_id: channel, user_id: user, member }) {
    if (user === this.store.me?.id) return;
    if (member?.user) this.store.keepUser(member.user);
    this.until.set(`${channel} ${user}`, Date.now() + LASTS);
    this.paint();
  }

  stopped(channel, user) {
    if (this.until.delete(`${channel} ${user}`)) this.paint();
  }

  paint() {
    const { channelId, guildId } = this.current();
    const writers = this.partials.writers(channelId);
    const names = [];
    for (const [key, until] of this.until) {
      const [channel, user] = key.split(" ");
      if (until < Date.now()) this.until.delete(key);
      else if (channel === channelId && !writers.has(user)) names.push(this.store.nameOf(this.store.user(user), guildId));
    }
    const text = names.length === 0 ? "" : names.length > 3 ? counted("web.typing.many", names.length) : counted("web.typing.some", names.length, { names: listed(names) });
    if (text === this.shown) return;
    this.shown = text;
    const place = byId("typing");
    if (!text) place.replaceChildren();
    else place.replaceChildren(dots(), element("span", { textContent: text }));
  }
}

function dots() {
  const holder = element("span", { className: "typing__dots" }, ...[0, 1, 2].map(() => document.createElement("i")));
  holder.setAttribute("aria-hidden", "true");
  return holder;
}
