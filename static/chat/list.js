/** The rows in their order, and the scroll place: pinned to the present, or kept where somebody reads. */

import { byId, framed } from "../shared/dom.js";
import { compareIds } from "../shared/time.js";
import { buildRow, paintRow, paintTag, regroup } from "./row.js";

const NEAR_END = 60;
const MOST_ROWS = 320;
const KEPT_ROWS = 200;

export class MessageList {
  /** `onEdge("older" | "newer" | "end")` when the reader comes near an edge. */
  constructor(store, onEdge) {
    this.store = store;
    this.onEdge = onEdge;
    this.scroller = byId("scroller");
    this.place = byId("messages");
    this.rows = new Map();
    store.on("agents", () => this.rows.forEach((row) => paintTag(row, store)));
    this.tail = new Map();
    this.pinned = true;
    this.scroller.addEventListener("scroll", framed(() => this.scrolled()), { passive: true });
    new ResizeObserver(() => this.pinned && this.toEnd()).observe(this.place);
    new ResizeObserver(() => this.pinned && this.toEnd()).observe(this.scroller);
  }

  clear() {
    this.rows.clear();
    this.tail.clear();
    this.place.replaceChildren();
    this.pinned = true;
  }

  get oldest() {
    return this.rows.keys().next().value ?? null;
  }

  get newest() {
    return this.lastRow()?.dataset.id ?? null;
  }

  lastRow() {
    let row = this.place.lastElementChild;
    while (row && !this.rows.has(row.dataset.id)) row = row.previousElementSibling;
    return row;
  }

  /** Put a batch (oldest first) before or after what is there, without moving what is read. */
  extend(messages, side) {
    this.keepPlace(() => {
      const fresh = messages.filter((message) => !this.rows.has(message.id)).map((message) => [message.id, buildRow(message, this.store)]);
      const nodes = fresh.map(([, row]) => row);
      if (side === "older") {
        this.rows = new Map([...fresh, ...this.rows]);
        this.place.prepend(...nodes);
      } else {
        fresh.forEach(([id, row]) => this.rows.set(id, row));
        const last = this.lastRowBefore(nodes);
        if (last) last.after(...nodes);
        else this.place.prepend(...nodes);
      }
      nodes.forEach(regroup);
      const follower = nodes.at(-1)?.nextElementSibling;
      if (follower?.message) regroup(follower);
    });
  }

  lastRowBefore(nodes) {
    const own = new Set(nodes);
    let row = this.place.lastElementChild;
    while (row && (own.has(row) || !this.rows.has(row.dataset.id))) row = row.previousElementSibling;
    return row;
  }

  /** A message that arrived now. A waiting row with the same nonce becomes it. */
  arrive(message) {
    if (this.rows.has(message.id)) return this.change(message);
    const waiting = message.nonce ? this.tail.get(String(message.nonce)) : null;
    if (waiting) this.tail.delete(String(message.nonce));
    const row = waiting ?? buildRow(message, this.store);
    if (waiting) {
      waiting.classList.remove("is-streaming", "is-pending", "is-failed");
      paintRow(waiting, message, this.store);
    }
    const last = this.lastRow();
    if (last && compareIds(last.dataset.id, message.id) > 0) return this.insertEarly(row, message);
    if (last) last.after(row);
    else this.place.prepend(row);
    this.rows.set(message.id, row);
    this.regroupFrom(row);
    if (this.pinned) this.trim();
    return row;
  }

  insertEarly(row, message) {
    const later = [...this.rows.values()].find((other) => compareIds(other.dataset.id, message.id) > 0);
    later.before(row);
    this.rows.set(message.id, row);
    this.rows = new Map([...this.rows].sort(([one], [other]) => compareIds(one, other)));
    this.regroupFrom(row);
    return row;
  }

  regroupFrom(row) {
    for (let next = row, count = 0; next?.message && count < 3; next = next.nextElementSibling, count += 1) regroup(next);
  }

  /** A row that is not a stored message yet: one's own unsent text, or a reply that is being written. */
  wait(nonce, message, className) {
    let row = this.tail.get(nonce);
    if (!row) {
      row = buildRow(message, this.store);
      row.classList.add(className);
      this.tail.set(nonce, row);
      this.place.append(row);
    } else {
      paintRow(row, message, this.store);
    }
    regroup(row);
    return row;
  }

  forget(nonce) {
    const row = this.tail.get(nonce);
    this.tail.delete(nonce);
    const follower = row?.nextElementSibling;
    row?.remove();
    if (follower) regroup(follower);
  }

  change(message) {
    const row = this.rows.get(message.id);
    if (!row) return null;
    if (!row.classList.contains("is-editing")) paintRow(row, { ...row.message, ...message }, this.store);
    else row.message = { ...row.message, ...message };
    return row;
  }

  remove(id) {
    const row = this.rows.get(id);
    if (!row) return;
    const follower = row.nextElementSibling;
    this.keepPlace(() => {
      row.remove();
      this.rows.delete(id);
      if (follower) regroup(follower);
    });
  }

  /** Keep the page light while it follows a busy channel for hours. */
  trim() {
    if (this.rows.size <= MOST_ROWS) return;
    for (const [id, row] of [...this.rows].slice(0, this.rows.size - KEPT_ROWS)) {
      row.remove();
      this.rows.delete(id);
    }
    regroup(this.place.firstElementChild);
    this.onEdge("trimmed");
  }

  keepPlace(change) {
    const top = this.scroller.getBoundingClientRect().top;
    const anchor = this.pinned ? null : [...this.place.children].find((row) => row.getBoundingClientRect().bottom > top);
    const before = anchor?.getBoundingClientRect().top;
    change();
    if (anchor?.isConnected) this.scroller.scrollTop += anchor.getBoundingClientRect().top - before;
    else if (this.pinned) this.toEnd();
  }

  toEnd() {
    this.pinned = true;
    this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    const toEnd = scrollHeight - scrollTop - clientHeight;
    this.pinned = toEnd < NEAR_END;
    if (scrollTop < 600) this.onEdge("older");
    if (toEnd < 600) this.onEdge("newer");
    if (this.pinned) this.onEdge("end");
  }

  /** Bring a loaded message into view and show which one it is. */
  show(id) {
    const row = this.rows.get(id);
    if (!row) return false;
    this.pinned = false;
    row.scrollIntoView({ block: "center" });
    row.classList.remove("is-found");
    requestAnimationFrame(() => row.classList.add("is-found"));
    row.focus({ preventScroll: true });
    return true;
  }
}
