/** Replies that are being written: AGORA_MESSAGE_PARTIAL grows one row, the final message takes its place. */

const STALE = 30_000;

export class Partials {
  constructor(store, list, current) {
    this.store = store;
    this.list = list;
    this.current = current;
    this.open = new Map();
    store.on("AGORA_MESSAGE_PARTIAL", (data) => this.took(data));
    store.on("MESSAGE_CREATE", (message) => message.nonce && this.close(String(message.nonce), false));
    setInterval(() => this.sweep(), 5000);
  }

  /** Who is writing visibly in a channel: their typing sign is not needed as well. */
  writers(channelId) {
    return new Set([...this.open.values()].filter((partial) => partial.channel_id === channelId).map((partial) => partial.user_id));
  }

  took(partial) {
    const nonce = String(partial.nonce);
    if (partial.done || !partial.text) {
      this.close(nonce, true);
      return;
    }
    const first = this.open.get(nonce);
    this.open.set(nonce, { ...partial, nonce, since: first?.since ?? new Date().toISOString(), at: Date.now() });
    if (partial.channel_id === this.current().channelId) this.paint(this.open.get(nonce));
  }

  paint(partial) {
    const author = this.store.user(partial.user_id);
    if (!author) return;
    const message = {
      id: `p${partial.nonce}`,
      channel_id: partial.channel_id,
      author,
      content: partial.text,
      timestamp: partial.since,
      type: 0,
    };
    this.list.wait(partial.nonce, message, "is-streaming");
  }

  /** After a channel was opened: its running replies again. */
  repaint() {
    for (const partial of this.open.values()) if (partial.channel_id === this.current().channelId) this.paint(partial);
  }

  close(nonce, remove) {
    if (!this.open.delete(nonce)) return;
    if (remove) this.list.forget(nonce);
  }

  sweep() {
    for (const [nonce, partial] of this.open) if (Date.now() - partial.at > STALE) this.close(nonce, true);
  }
}
