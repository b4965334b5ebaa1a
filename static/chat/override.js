/** Pause all agents: the state is shown to everybody, the switch to those who may use it. */

import { byId, swapIcon, toast } from "../shared/dom.js";
import { AGORA, rest } from "../shared/rest.js";
import { t } from "../shared/i18n.js";

export function wireOverride(store) {
  const button = byId("override");
  const resume = byId("paused-resume");

  const paint = () => {
    const { paused } = store;
    byId("paused").hidden = !paused;
    button.setAttribute("aria-pressed", String(paused));
    button.lastElementChild.textContent = t(paused ? "web.override.resume" : "web.override.pause");
    button.title = t(paused ? "web.override.resume_note" : "web.override.pause_note");
    swapIcon(button, paused ? "play" : "pause");
  };
  const change = async () => {
    button.disabled = resume.disabled = true;
    try {
      await rest.post(`${AGORA}/override/${store.paused ? "resume" : "pause"}`);
      store.apply("AGORA_OVERRIDE", { paused: !store.paused });
    } catch (error) {
      toast(t("web.override.trouble", { reason: error.message }));
    } finally {
      button.disabled = resume.disabled = false;
    }
  };
  const learn = async () => {
    try {
      const state = await rest.get(`${AGORA}/override`);
      const allowed = state.may_change ?? true;
      button.hidden = resume.hidden = !allowed;
      store.apply("AGORA_OVERRIDE", { paused: Boolean(state.paused) });
    } catch (error) {
      if (error.status !== 403 && error.status !== 404) toast(error.message);
    }
  };

  button.addEventListener("click", change);
  resume.addEventListener("click", change);
  store.on("AGORA_OVERRIDE", paint);
  store.on("READY", learn);
}
