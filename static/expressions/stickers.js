/** Stickers of communities: chosen, shown in messages. */

import { build, element } from "../shared/dom.js";
import { openPopover } from "../shared/dialog.js";
import { may, USE_EXTERNAL_STICKERS } from "../shared/permissions.js";

const GIF = 4;

/** Where the picture of a sticker lies. */
export const stickerAddress = ({ id, format_type: format }) => `/stickers/${id}.${format === GIF ? "gif" : "png"}`;

/** The stickers of a message. */
export function stickersNode(items) {
  const pictures = items.map((item) => element("img", { className: "sticker-picture", src: stickerAddress(item), alt: item.name, title: item.name, loading: "lazy" }));
  return element("div", { className: "message__stickers" }, ...pictures);
}

/** The communities whose stickers one may send in a channel, this one first: `[{guild, stickers}]`. */
export function usableStickers(store, channel) {
  const elsewhere = channel && (!channel.guild_id || may(store, USE_EXTERNAL_STICKERS, { channel }));
  const guilds = [...store.guilds.values()].filter((guild) => guild.stickers?.length > 0 && (guild.id === channel?.guild_id || elsewhere));
  guilds.sort((one, other) => Number(other.id === channel?.guild_id) - Number(one.id === channel?.guild_id));
  return guilds.map((guild) => ({ guild, stickers: guild.stickers }));
}

/** Let somebody choose; `chosen(sticker)` is called once. */
export function chooseSticker(anchor, groups, chosen) {
  const { root } = build("stickers");
  for (const { guild, stickers } of groups) {
    root.append(element("p", { className: "emoji__title", textContent: guild.name, role: "presentation" }));
    root.append(...stickers.map(choice));
  }
  const popover = openPopover(anchor, root, { side: "above" });
  const buttons = [...root.querySelectorAll("button")];
  root.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    popover.hidePopover();
    chosen(button.sticker);
  });
  root.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 3, ArrowUp: -3 }[event.key];
    if (!step) return;
    event.preventDefault();
    buttons[(buttons.indexOf(document.activeElement) + step + buttons.length) % buttons.length].focus();
  });
}

function choice(sticker) {
  const picture = element("img", { className: "sticker-picture", src: stickerAddress(sticker), alt: "", loading: "lazy" });
  const button = element("button", { type: "button", role: "option", title: sticker.description || sticker.name }, picture, element("span", { textContent: sticker.name }));
  button.sticker = sticker;
  return button;
}
