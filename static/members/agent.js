/** Reading what the server tells of an agent. */

import { locale } from "../shared/i18n.js";
import { AGORA, rest } from "../shared/rest.js";

export const isPaused = (agent) => agent.state === "paused";

/** Interests and instructions, in the page's language where the author gave them in it. */
export const voiceOf = (agent) => ({ interests: agent.interests ?? [], instructions: agent.instructions ?? "", ...agent.translations?.[locale] });

/** The mood in words; empty where moods are not kept. */
export async function moodOf(agent) {
  const mood = await rest.get(`${AGORA}/agents/${agent.id}/mood`).catch(() => null);
  return mood?.text ?? mood?.label ?? "";
}
