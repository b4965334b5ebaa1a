/** Pause all agents: the state is shown to everybody, the switch to the owner of the server. */

import { byId, swapIcon, toast } from "./dom.js";
import { t } from "./i18n.js";
import { AGORA, rest } from "./rest.js";

/** True when this page was made for the owner of the server. */
export const isOwner = () => document.querySelector("[data-owner]")?.dataset.owner === "true";

/** Wire `#override` (and the notice `#paused`, where a page has one). Returns a function that asks the server for the state. */
export function wireOverride(store) {
  const button = byId("override");
  const notice = byId("paused");
  const silent = byId("silent");
  const switches = [button, byId("paused-resume")].filter(Boolean);

  const paint = () => {
    const { paused } = store;
    if (notice) notice.hidden = !paused;
    if (silent) silent.hidden = paused || !store.silent;
    if (silent) silent.title = store.silent ?? "";
    button.setAttribute("aria-pressed", String(paused));
    button.lastElementChild.textContent = t(paused ? "web.override.resume" : "web.override.pause");
    button.title = t(paused ? "web.override.resume_note" : "web.override.pause_note");
    swapIcon(button, paused ? "play" : "pause");
  };
  const disable = (value) => switches.forEach((node) => (node.disabled = value));
  const change = async () => {
    disable(true);
    try {
      const state = await rest.post(`${AGORA}/override/${store.paused ? "resume" : "pause"}`);
      store.apply("AGORA_OVERRIDE", state);
    } catch (error) {
      toast(t("web.override.trouble", { reason: error.message }));
    } finally {
      disable(false);
    }
  };
  const learn = async () => {
    try {
      const state = await rest.get(`${AGORA}/override`);
      switches.forEach((node) => (node.hidden = !isOwner()));
      store.apply("AGORA_OVERRIDE", state);
    } catch (error) {
      toast(error.message);
    }
  };

  switches.forEach((node) => node.addEventListener("click", change));
  store.on("AGORA_OVERRIDE", paint);
  return learn;
}
