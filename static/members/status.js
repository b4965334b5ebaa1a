/** One's own status: the panel at the foot of the channels, its menu, and the dialog of the custom one. */

import { build, byId, framed, toast } from "../shared/dom.js";
import { avatar } from "../shared/avatar.js";
import { formDialog } from "../shared/dialog.js";
import { API, rest } from "../shared/rest.js";
import { t } from "../shared/i18n.js";
import { chooseEmoji } from "../chat/emoji.js";

const PATH = `${API}/users/@me/settings`;
const MINUTE = 60_000;

/** One's own as it is now; an end may have passed meanwhile. */
const own = (settings) => {
  const custom = settings.custom_status;
  const over = custom?.expires_at && Date.parse(custom.expires_at) <= Date.now();
  return custom && !over ? { emoji: custom.emoji_name ?? "", text: custom.text ?? "" } : null;
};

const lineOf = (custom) => [custom?.emoji, custom?.text].filter(Boolean).join(" ");

export class Status {
  constructor(store) {
    this.store = store;
    this.connection = "connecting";
    const paint = framed(() => this.paint());
    store.on("READY USER_UPDATE USER_SETTINGS_UPDATE PRESENCE_UPDATE", paint);
    for (const button of byId("me-menu").querySelectorAll("[data-status]")) {
      button.addEventListener("click", () => this.choose(button.dataset.status));
    }
    byId("set-status").addEventListener("click", () => {
      byId("me-menu").hidePopover();
      this.write();
    });
  }

  /** What the gateway's state is: shown as long as it is not the usual one. */
  connected(state) {
    this.connection = state;
    this.paint();
  }

  paint() {
    const { store } = this;
    const place = byId("connection");
    place.dataset.state = this.connection;
    const { status } = store.settings;
    const line = lineOf(own(store.settings));
    const usual = status === "online" ? t("web.connection.online") : t(`web.status.${status}`);
    place.textContent = this.connection === "online" ? line || usual : t(`web.connection.${this.connection}`);
    place.title = line;
    if (!store.me) return;
    byId("me-name").textContent = store.me.global_name || store.me.username;
    byId("me-avatar").replaceChildren(avatar(store.me, { status }));
    for (const button of byId("me-menu").querySelectorAll("[data-status]")) {
      button.setAttribute("aria-pressed", String(button.dataset.status === status));
    }
    byId("set-status-text").textContent = line || t("web.status.set");
  }

  async choose(status) {
    byId("me-menu").hidePopover();
    try {
      await this.change({ status });
    } catch (error) {
      toast(t("web.status.trouble", { reason: error.message }));
    }
  }

  async change(patch) {
    this.store.apply("USER_SETTINGS_UPDATE", await rest.patch(PATH, patch));
  }

  async write() {
    const parts = build("status");
    const known = own(this.store.settings);
    let emoji = known?.emoji ?? "";
    const show = () => {
      parts.sign.textContent = emoji;
      parts.sign.hidden = !emoji;
      parts.smile.toggleAttribute("hidden", Boolean(emoji));
      parts.unsign.hidden = !emoji;
    };
    parts.text.value = known?.text ?? "";
    parts.clear.hidden = !known;
    parts.emoji.addEventListener("click", () => chooseEmoji(parts.emoji, [], ({ name }) => ((emoji = name), show())));
    parts.unsign.addEventListener("click", () => ((emoji = ""), show(), parts.emoji.focus()));
    parts.clear.addEventListener("click", () => {
      emoji = parts.text.value = "";
      parts.form.requestSubmit();
    });
    show();
    await formDialog(parts, (data) => {
      const text = data.get("text").trim();
      const custom = text || emoji ? { text, emoji_name: emoji || null, expires_at: endOf(data.get("end")) } : null;
      return this.change({ custom_status: custom });
    });
  }
}

/** When a choice of the form ends: minutes from now, the end of the day, or never. */
function endOf(choice) {
  if (!choice) return null;
  if (choice !== "today") return new Date(Date.now() + Number(choice) * MINUTE).toISOString();
  return new Date(new Date().setHours(24, 0, 0, 0)).toISOString();
}
