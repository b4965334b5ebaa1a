/** What a message says of the interaction it answers: who used what, that its app still thinks, that only one person sees it. */

import { t } from "../shared/i18n.js";

const EPHEMERAL = 1 << 6;
const LOADING = 1 << 7;

export const isPrivate = (message) => Boolean((message.flags ?? 0) & EPHEMERAL);
export const isThinking = (message) => Boolean((message.flags ?? 0) & LOADING);

export function paintNote(row, message, store) {
  const { used, private: note, body } = row.parts;
  const interaction = message.interaction;
  used.hidden = !interaction;
  if (interaction) {
    const who = store.user(interaction.user?.id) ?? interaction.user;
    const command = message.type === 20 ? `/${interaction.name}` : interaction.name;
    used.textContent = t("web.app.used", { name: store.nameOf(who, message.guild_id), command });
  }
  note.hidden = !isPrivate(message);
  row.classList.toggle("is-private", isPrivate(message));
  row.classList.toggle("is-thinking", isThinking(message));
  if (isThinking(message)) body.textContent = t("web.app.thinking");
}
