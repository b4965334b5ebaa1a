/** Reading what the server tells of an agent. */

import { locale, t } from "../shared/i18n.js";

export const isPaused = (agent) => agent.state === "paused";

/** Interests and instructions, in the page's language where the author gave them in it. */
export const voiceOf = (agent) => ({ interests: agent.interests ?? [], instructions: agent.instructions ?? "", ...agent.translations?.[locale] });

/** Why an agent spoke, in words; the server's own word where the page has none. */
export function reasonOf(reason) {
  const key = `web.turn.reason.${reason.replaceAll(" ", "_")}`;
  const text = t(key);
  return text === key ? reason : text;
}
