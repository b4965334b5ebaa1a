/** The columns: drawers on small screens, the people column kept open or closed on large ones. */

import { byId } from "../shared/dom.js";

const KEY = "agora.people";
const WIDE = matchMedia("(width >= 1180px)");

export function wireDrawers(store) {
  const app = byId("app");
  const buttons = { sidebar: byId("open-sidebar"), people: byId("open-people") };

  const set = (name, open) => {
    app.dataset[name] = open ? "open" : "closed";
    buttons[name].setAttribute("aria-expanded", String(open));
    byId("scrim").hidden = !(app.dataset.sidebar === "open" || (app.dataset.people === "open" && !WIDE.matches));
  };
  const toggle = (name) => set(name, app.dataset[name] !== "open");
  const settle = () => {
    set("sidebar", false);
    set("people", WIDE.matches && localStorage.getItem(KEY) !== "closed");
  };

  buttons.sidebar.addEventListener("click", () => {
    toggle("sidebar");
    if (app.dataset.sidebar === "open") byId("channels").querySelector("a")?.focus({ focusVisible: false });
  });
  buttons.people.addEventListener("click", () => {
    byId("finder").hidden = true;
    byId("open-search").setAttribute("aria-expanded", "false");
    toggle("people");
    if (WIDE.matches) localStorage.setItem(KEY, app.dataset.people);
  });
  byId("scrim").addEventListener("click", settle);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !byId("scrim").hidden && !document.querySelector(":popover-open, dialog[open]")) settle();
  });
  store.on("route", () => {
    set("sidebar", false);
    if (!WIDE.matches) set("people", false);
  });
  WIDE.addEventListener("change", settle);
  settle();
}
