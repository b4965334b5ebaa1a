/** What apps offer to do with a message or a person. */

import { element, toast } from "../shared/dom.js";
import { openPopover } from "../shared/dialog.js";
import { t } from "../shared/i18n.js";
import { commandsOf, shownName } from "./index.js";
import { TYPE } from "./uses.js";

export const MENU = { USER: 2, MESSAGE: 3 };

/** The commands of a kind as items of a menu, with the app that offers each; `chosen()` is called before one is used on the target. */
export async function appItems(uses, channel, kind, targetId, chosen) {
  const { applications, commands } = await commandsOf(channel.id);
  const offered = commands.filter((command) => command.type === kind);
  return offered.map((command) => {
    const app = element("small", { textContent: applications.get(command.application_id)?.name ?? "" });
    const text = element("span", { className: "menu__text" }, shownName(command), app);
    const button = element("button", { type: "button", className: "menu__item" }, text);
    button.addEventListener("click", () => {
      chosen();
      uses.try(TYPE.COMMAND, command.application_id, channel, { id: command.id, name: command.name, type: command.type, target_id: targetId });
    });
    return button;
  });
}

/** Open the commands of a kind beside `anchor`. */
export async function openAppMenu(anchor, uses, channel, kind, targetId) {
  try {
    const items = await appItems(uses, channel, kind, targetId, () => popover.hidePopover());
    if (items.length === 0) {
      toast(t("web.app.nothing"));
      return;
    }
    const popover = openPopover(anchor, element("div", { className: "menu" }, ...items), { label: t("web.app.menu") });
  } catch (error) {
    toast(t("web.app.refused", { reason: error.message }));
  }
}
