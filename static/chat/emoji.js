/** A choice of emoji, for the composer and for reactions: those of communities, and a few of Unicode's. */

import { build, element } from "../shared/dom.js";
import { openPopover } from "../shared/dialog.js";
import { t } from "../shared/i18n.js";
import { signNode } from "../expressions/emoji.js";

const SIGNS = [..."👍👎❤🔥🎉👏🙏💡😀😄😂😊😉😍😎🤔😮😢😭😡😴🥳🤯🙃👋✌💪👀✅❌❓❗☕🍵🍰🌱🌿🌸🌙⭐☀🌧🎵📚🎨🧭🔭⚙"];

/** Let somebody choose; `chosen(emoji)` is called once with `{id, name}`, id being null for Unicode. `groups` as `usableEmojis` gives them. */
export function chooseEmoji(anchor, groups, chosen) {
  const { root } = build("emoji");
  for (const { guild, emojis } of groups) {
    root.append(title(guild.name));
    for (const emoji of emojis) root.append(choice(emoji, `:${emoji.name}:`));
  }
  if (groups.length > 0) root.append(title(t("web.emoji.common")));
  for (const sign of SIGNS) root.append(choice({ id: null, name: sign }, sign));
  const popover = openPopover(anchor, root, { side: "above" });
  const buttons = [...root.querySelectorAll("button")];
  root.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    popover.hidePopover();
    chosen(button.emoji);
  });
  root.addEventListener("keydown", (event) => walk(event, buttons));
}

const title = (text) => element("p", { className: "emoji__title", textContent: text, role: "presentation" });

function choice(emoji, label) {
  const button = element("button", { type: "button", ariaLabel: label, title: emoji.id ? label : "", role: "option" }, signNode(emoji));
  button.emoji = emoji;
  return button;
}

const STEPS = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 8, ArrowUp: -8 };

function walk(event, buttons) {
  const step = STEPS[event.key];
  if (!step) return;
  event.preventDefault();
  buttons[(buttons.indexOf(document.activeElement) + step + buttons.length) % buttons.length].focus();
}
