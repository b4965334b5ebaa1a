/** What apps offer to do with a message or a person. */

import { element, toast } from "../shared/dom.js";
import { openPopover } from "../shared/dialog.js";
import { t } from "../shared/i18n.js";
import { commandsOf, shownName } from "./index.js";
import { TYPE } from "./uses.js";

export const MENU = { USER: 2, MESSAGE: 3 };

/** Open the commands of a kind beside `anchor`; the chosen one is used on the target. */
export async function openAppMenu(anchor, uses, channel, kind, targetId) {
  try {
    const { applications, commands } = await commandsOf(channel.id);
    const offered = commands.filter((command) => command.type === kind);
    if (offered.length === 0) {
      toast(t("web.app.nothing"));
      return;
    }
    const items = offered.map((command) => {
      const button = element("button", { type: "button", className: "menu__item", textContent: shownName(command), title: applications.get(command.application_id)?.name ?? "" });
      button.addEventListener("click", () => {
        popover.hidePopover();
        uses.try(TYPE.COMMAND, command.application_id, channel, { id: command.id, name: command.name, type: command.type, target_id: targetId });
      });
      return button;
    });
    const popover = openPopover(anchor, element("div", { className: "menu" }, ...items), { label: t("web.app.menu") });
  } catch (error) {
    toast(t("web.app.refused", { reason: error.message }));
  }
}
