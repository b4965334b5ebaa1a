/** Pages of a channel's messages: the present, older, newer, or around one message. */

import { API, rest } from "../shared/rest.js";

const PAGE = 50;

export class History {
  constructor(list) {
    this.list = list;
    this.visit = 0;
    this.early = null;
  }

  /** True when the newest message of the channel is among the rows. */
  get atPresent() {
    return !this.more.newer;
  }

  /** Open a channel at its present, or around `messageId`. Resolves to false when another was opened meanwhile. */
  async open(channelId, messageId = null) {
    const visit = (this.visit += 1);
    this.channelId = channelId;
    this.more = { older: false, newer: Boolean(messageId) };
    this.busy = new Set(["older", "newer"]);
    this.early = [];
    const query = messageId ? `around=${messageId}&limit=${PAGE}` : `limit=${PAGE}`;
    const page = await rest.get(`${API}/channels/${channelId}/messages?${query}`);
    if (visit !== this.visit) return false;
    this.list.clear();
    this.list.pinned = !messageId;
    this.list.extend(page.reverse(), "newer");
    this.more.older = messageId ? page.length > 0 : page.length === PAGE;
    this.busy.clear();
    this.takeEarly();
    return true;
  }

  /** No channel with messages is open now: what is still on its way is not shown. */
  leave() {
    this.visit += 1;
    this.channelId = null;
    this.more = null;
    this.early = null;
    this.list.clear();
  }

  /** A message that arrives while the first page is on its way waits for it. Returns whether it was kept. */
  keepEarly(message) {
    if (!this.early) return false;
    this.early.push(message);
    return true;
  }

  takeEarly() {
    const early = this.early;
    this.early = null;
    if (this.atPresent) early.forEach((message) => this.list.arrive(message));
  }

  /** Fetch one more page at an edge when there is one. Resolves to true when rows came. */
  async grow(side) {
    const edge = side === "older" ? this.list.oldest : this.list.newest;
    if (!this.more?.[side] || this.busy.has(side) || !edge) return false;
    const visit = this.visit;
    this.busy.add(side);
    try {
      const page = await rest.get(`${API}/channels/${this.channelId}/messages?${side === "older" ? "before" : "after"}=${edge}&limit=${PAGE}`);
      if (visit !== this.visit) return false;
      this.more[side] = page.length === PAGE;
      this.list.extend(page.reverse(), side);
      return page.length > 0;
    } finally {
      if (visit === this.visit) this.busy.delete(side);
    }
  }

  /** The list dropped old rows: they can be fetched again. */
  trimmed() {
    this.more.older = true;
  }
}
