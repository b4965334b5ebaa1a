/** The state of an agent and its pause button, on the pages about agents. */

import { icon, toast } from "../shared/dom.js";
import { t } from "../shared/i18n.js";
import { AGORA, rest } from "../shared/rest.js";
import { isPaused } from "../members/agent.js";

/** An agent as its avatar wants it. */
export const asUser = (agent) => ({ id: agent.user_id, username: agent.username ?? agent.name, global_name: agent.name, avatar: agent.avatar ?? null, bot: true });

export function paintState(place, agent) {
  place.hidden = false;
  place.textContent = t(`web.agents.state.${agent.state}`);
  place.classList.toggle("tag--paused", isPaused(agent));
}

/** Make a button pause and resume an agent; `changed(agent)` gets what the server answers. */
export function wirePause(button, agent, changed) {
  let current = agent;
  const paint = () => button.replaceChildren(icon(isPaused(current) ? "play" : "pause"), t(isPaused(current) ? "web.agent.resume" : "web.agent.pause"));
  button.hidden = false;
  paint();
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      current = await rest.post(`${AGORA}/agents/${agent.id}/${isPaused(current) ? "resume" : "pause"}`);
      paint();
      changed(current);
    } catch (error) {
      toast(t("web.agent.trouble", { reason: error.message }));
    } finally {
      button.disabled = false;
    }
  });
}
