/** Reading what the server tells of an agent. */

import { locale } from "../shared/i18n.js";

export const isPaused = (agent) => agent.state === "paused";

/** Interests and instructions, in the page's language where the author gave them in it. */
export const voiceOf = (agent) => ({ interests: agent.interests ?? [], instructions: agent.instructions ?? "", ...agent.translations?.[locale] });
