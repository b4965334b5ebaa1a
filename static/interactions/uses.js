/** What this person asks of apps, and what becomes of it: success, silence, a form, completions. */

import { toast } from "../shared/dom.js";
import { API, rest } from "../shared/rest.js";
import { t } from "../shared/i18n.js";

export const TYPE = { COMMAND: 2, COMPONENT: 3, AUTOCOMPLETE: 4, MODAL: 5 };

let counter = 0;
const newNonce = () => `${Date.now()}${String((counter += 1) % 1000).padStart(3, "0")}`;

export class Uses {
  /** `openModal(data)` shows a form that an app opened. */
  constructor(store, openModal) {
    this.waiting = new Map();
    this.questions = new Map();
    store.on("INTERACTION_SUCCESS", ({ nonce }) => this.ended(nonce));
    store.on("INTERACTION_FAILURE", ({ nonce }) => this.ended(nonce) && toast(t("web.app.silent")));
    store.on("INTERACTION_MODAL_CREATE", (data) => this.ended(data.nonce, false) && openModal(data, this));
    store.on("APPLICATION_COMMAND_AUTOCOMPLETE_RESPONSE", ({ nonce, choices }) => this.questions.get(nonce)?.(choices));
  }

  /** Ask an app; throws a RestError when the server refuses. `onEnd` is called when the app has answered, or does not. */
  async send(type, applicationId, channel, data, { more = {}, onEnd = () => {} } = {}) {
    const nonce = newNonce();
    this.waiting.set(nonce, onEnd);
    try {
      await rest.post(`${API}/interactions`, { type, application_id: applicationId, channel_id: channel.id, guild_id: channel.guild_id ?? undefined, nonce, data, ...more });
    } catch (error) {
      this.ended(nonce);
      throw error;
    }
  }

  /** The same, with what goes wrong said at the foot of the page. */
  async try(...given) {
    try {
      await this.send(...given);
    } catch (error) {
      toast(t("web.app.refused", { reason: error.message }));
    }
  }

  /** Completions for what is being typed; the newest question counts. */
  async complete(applicationId, channel, data, onChoices) {
    const nonce = newNonce();
    this.questions.clear();
    this.questions.set(nonce, onChoices);
    await rest.post(`${API}/interactions`, { type: TYPE.AUTOCOMPLETE, application_id: applicationId, channel_id: channel.id, guild_id: channel.guild_id ?? undefined, nonce, data });
  }

  /** True when it was this page that asked. */
  ended(nonce, forget = true) {
    const onEnd = this.waiting.get(nonce);
    if (forget) this.waiting.delete(nonce);
    onEnd?.();
    return Boolean(onEnd);
  }
}
