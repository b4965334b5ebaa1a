/** Sending: the text is shown at once, and becomes the stored message when the server tells of it. */

import { API, rest } from "../shared/rest.js";
import { t } from "../shared/i18n.js";

/** Why it was not sent, in the page's language where the reason is about files. */
function reason(error) {
  if (!error.status) return t("web.trouble.offline");
  if (error.status === 413) return t("web.files.refused_size");
  if (error.code === 50013) return t("web.files.not_allowed_or_locked");
  return error.message;
}

let counter = 0;
/** A nonce that no other page of this person makes: milliseconds, then a counter and chance. */
const newNonce = () => `${Date.now()}${String((counter += 1) % 1000).padStart(3, "0")}${Math.floor(Math.random() * 1000)}`;

export class Outbox {
  constructor(store, list) {
    this.store = store;
    this.list = list;
    this.waiting = new Map();
  }

  async send(channel, content, replyTo, files = [], stickers = []) {
    const nonce = newNonce();
    const draft = {
      id: `w${nonce}`,
      channel_id: channel.id,
      guild_id: channel.guild_id,
      author: this.store.me,
      content,
      timestamp: new Date().toISOString(),
      type: replyTo ? 19 : 0,
      referenced_message: replyTo,
      message_reference: replyTo ? { message_id: replyTo.id } : undefined,
      attachments: files.map(({ file, name }, index) => ({ id: `${nonce}-${index}`, filename: name, size: file.size, waiting: true })),
      files,
      sticker_items: stickers,
    };
    this.waiting.set(nonce, draft);
    await this.attempt(nonce);
  }

  async attempt(nonce) {
    const draft = this.waiting.get(nonce);
    const row = this.list.wait(nonce, draft, "is-pending");
    row.dataset.nonce = nonce;
    row.classList.remove("is-failed");
    row.parts.trouble.hidden = true;
    this.list.toEnd();
    const body = { content: draft.content, nonce };
    if (draft.message_reference) body.message_reference = { message_id: draft.message_reference.message_id, fail_if_not_exists: false };
    if (draft.sticker_items.length > 0) body.sticker_ids = draft.sticker_items.map((sticker) => sticker.id);
    try {
      const message = await this.post(draft, body, row);
      this.waiting.delete(nonce);
      if (this.list.tail.has(nonce)) this.list.arrive({ ...message, guild_id: draft.guild_id, nonce });
    } catch (error) {
      row.classList.add("is-failed");
      row.parts.trouble.hidden = false;
      row.parts.troubleText.textContent = t("web.message.unsent", { reason: reason(error) });
    } finally {
      row.parts.progress.hidden = true;
    }
  }

  /** With files as a form, whose progress is shown under the row; else as JSON. */
  post(draft, body, row) {
    const path = `${API}/channels/${draft.channel_id}/messages`;
    if (draft.files.length === 0) return rest.post(path, body);
    const form = new FormData();
    const attachments = draft.files.map(({ name, description }, id) => ({ id, filename: name, description: description || undefined }));
    form.append("payload_json", JSON.stringify({ ...body, attachments }));
    draft.files.forEach(({ file, name }, index) => form.append(`files[${index}]`, file, name));
    row.parts.progress.hidden = false;
    row.parts.progress.value = 0;
    return rest.upload(path, form, (share) => (row.parts.progress.value = share));
  }

  /** Unsent texts of a channel, shown again when it is opened. */
  repaint(channelId) {
    for (const [nonce, draft] of this.waiting) {
      if (draft.channel_id !== channelId) continue;
      this.list.wait(nonce, draft, "is-pending").dataset.nonce = nonce;
    }
  }

  discard(nonce) {
    this.waiting.delete(nonce);
    this.list.forget(nonce);
  }
}
