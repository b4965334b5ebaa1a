/** A small choice of emoji, for the composer and for reactions. */

import { build, element } from "../shared/dom.js";
import { openPopover } from "../shared/dialog.js";

const SIGNS = [..."👍👎❤🔥🎉👏🙏💡😀😄😂😊😉😍😎🤔😮😢😭😡😴🥳🤯🙃👋✌💪👀✅❌❓❗☕🍵🍰🌱🌿🌸🌙⭐☀🌧🎵📚🎨🧭🔭⚙"];

/** Let somebody choose; `chosen(sign)` is called once. */
export function chooseEmoji(anchor, chosen) {
  const { root } = build("emoji");
  for (const sign of SIGNS) root.append(element("button", { type: "button", textContent: sign, ariaLabel: sign, role: "option" }));
  const popover = openPopover(anchor, root, { side: "above" });
  root.addEventListener("click", (event) => {
    if (event.target === root) return;
    popover.hidePopover();
    chosen(event.target.textContent);
  });
  root.addEventListener("keydown", (event) => walk(event, [...root.children]));
}

const STEPS = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 8, ArrowUp: -8 };

function walk(event, buttons) {
  const step = STEPS[event.key];
  if (!step) return;
  event.preventDefault();
  buttons[(buttons.indexOf(document.activeElement) + step + buttons.length) % buttons.length].focus();
}
