/** Right click, long press or the menu key on a message or a person: what one can do, the commands of apps among it. */

import { byId, element, icon } from "../shared/dom.js";
import { openPopover } from "../shared/dialog.js";
import { t } from "../shared/i18n.js";
import { speaksAlone } from "../shared/store.js";
import { appItems, MENU } from "../interactions/menu.js";
import { openDirect } from "../members/card.js";

export class ContextMenus {
  constructor(store, route, room, showCard) {
    Object.assign(this, { store, route, room, showCard });
    byId("messages").addEventListener("contextmenu", (event) => this.onMessage(event));
    byId("people").addEventListener("contextmenu", (event) => this.onPerson(event, event.target.closest(".person")));
  }

  onMessage(event) {
    const row = event.target.closest(".message");
    if (!row || isForBrowser(event)) return;
    const author = event.target.closest(".message__name, .message__avatar, [data-user-id]");
    if (author && !speaksAlone(row.message)) {
      this.onPerson(event, author, author.dataset.userId ?? row.message.author.id);
      return;
    }
    const acts = this.room.actions.list(row);
    if (acts.length === 0) return;
    const items = acts.map(({ name, label, drawing, bad }) => {
      const item = element("button", { type: "button", className: `menu__item${bad ? " menu__item--bad" : ""}` }, drawing, label);
      item.addEventListener("click", () => {
        this.popover.hidePopover();
        this.room.actions.act(name, row, row.parts.head ?? row, false);
      });
      return item;
    });
    this.open(event, row, items, MENU.MESSAGE, row.message.id, t("web.message.tools"));
  }

  onPerson(event, anchor, userId = anchor?.dataset.userId) {
    const { store, route } = this;
    if (!userId || event.shiftKey || !store.user(userId)) return;
    const item = (key, drawing, act) => {
      const button = element("button", { type: "button", className: "menu__item" }, icon(drawing), t(key));
      button.addEventListener("click", () => (this.popover.hidePopover(), act()));
      return button;
    };
    const items = [item("web.person.card", "person", () => this.showCard(userId, anchor))];
    if (userId !== store.me.id) items.push(item("web.dm.open", "message", () => openDirect(store, route, userId)));
    this.open(event, anchor, items, MENU.USER, userId, store.nameOf(store.user(userId), route.guildId));
  }

  /** The menu at the pointer (beside the anchor, for the keyboard); what apps offer is put below when it is known. */
  async open(event, anchor, items, kind, targetId, label) {
    event.preventDefault();
    const at = event.clientX || event.clientY ? new DOMRect(event.clientX, event.clientY, 0, 0) : null;
    const menu = element("div", { className: "menu" }, ...items);
    const popover = openPopover(anchor, menu, { label, at });
    this.popover = popover;
    const channel = this.store.channels.get(this.route.channelId);
    const found = await appItems(this.room.uses, channel, kind, targetId, () => popover.hidePopover()).catch(() => []);
    if (found.length === 0) return;
    menu.append(element("div", { className: "menu__line", role: "separator" }), element("p", { className: "menu__title", textContent: t("web.app.menu") }), ...found);
  }
}

/** Links, pictures, fields and marked words keep the browser's own menu; so does everything with Shift. */
function isForBrowser(event) {
  return event.shiftKey || event.target.closest("a, img, video, audio, textarea, input, pre") !== null || !getSelection().isCollapsed;
}
