/** Dialogs and popovers on the browser's own elements. */

import { build } from "./dom.js";
import { RestError } from "./rest.js";
import { t } from "./i18n.js";

/** Show a dialog from a template; it is removed when it closes. Resolves with its return value. */
export function openDialog(parts) {
  const dialog = parts.root;
  document.body.append(dialog);
  dialog.querySelectorAll("[data-close]").forEach((button) => button.addEventListener("click", () => dialog.close("")));
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close(""));
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue);
    });
  });
}

/** Ask before something is lost or, with `loses` false, goes far. */
export async function confirmed({ title, text, yes, quote = "", loses = true }) {
  const parts = build("confirm");
  parts.title.textContent = title;
  parts.text.textContent = text;
  parts.yes.textContent = yes;
  if (!loses) parts.yes.classList.replace("button--bad", "button--main");
  parts.quote.textContent = quote;
  parts.quote.hidden = !quote;
  return (await openDialog(parts)) === "yes";
}

/** A form in a dialog: `submit(FormData)` may throw a RestError, whose message is shown in place. */
export function formDialog(parts, submit) {
  parts.form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = parts.form.querySelector("[type=submit]");
    button.disabled = true;
    parts.problem.hidden = true;
    try {
      await submit(new FormData(parts.form));
      parts.root.close("done");
    } catch (error) {
      parts.problem.textContent = error instanceof RestError ? error.message : t("web.trouble");
      parts.problem.hidden = false;
      if (!(error instanceof RestError)) console.warn(error);
    } finally {
      button.disabled = false;
    }
  });
  return openDialog(parts);
}

/** Show `node` beside `anchor`, or at the rectangle `at`; it closes by Esc or a click elsewhere. */
export function openPopover(anchor, node, { side = "below", label = "", at = null } = {}) {
  const popover = document.createElement("div");
  popover.className = "popover";
  popover.popover = "auto";
  popover.append(node);
  if (label) {
    popover.role = "dialog";
    popover.ariaLabel = label;
  }
  /* behind a modal dialog nothing can be clicked, so it belongs into the dialog */
  (anchor.closest("dialog") ?? document.body).append(popover);
  popover.addEventListener("toggle", (event) => {
    if (event.newState !== "closed") return;
    anchor.removeAttribute("aria-expanded");
    settle.disconnect();
    popover.remove();
    if (document.activeElement === document.body && anchor.isConnected) anchor.focus({ preventScroll: true });
  });
  anchor.setAttribute("aria-expanded", "true");
  popover.showPopover();
  const where = () => place(popover, at ?? anchor.getBoundingClientRect(), side);
  where();
  /* what it shows may come later, and need more room */
  const settle = new ResizeObserver(() => (at || anchor.isConnected) && where());
  settle.observe(popover);
  popover.querySelector("button:not([hidden]), a[href]")?.focus({ preventScroll: true, focusVisible: false });
  return popover;
}

/** A menu that stands in the page (`popovertarget`): put it beside its button when it opens. */
export function wireMenu(button, menu, side) {
  menu.addEventListener("toggle", (event) => event.newState === "open" && place(menu, button.getBoundingClientRect(), side));
}

function place(popover, anchor, side) {
  const { offsetWidth: width, offsetHeight: height } = popover;
  const gap = 8;
  let left = side === "left" ? anchor.left - width - gap : anchor.left;
  let top = side === "left" ? anchor.top : anchor.bottom + gap;
  if (side === "above" || (side === "below" && top + height > innerHeight - gap)) top = anchor.top - height - gap;
  if (left < gap) left = Math.min(anchor.right + gap, innerWidth - width - gap);
  left = Math.max(gap, Math.min(left, innerWidth - width - gap));
  top = Math.max(gap, Math.min(top, innerHeight - height - gap));
  popover.style.left = `${left}px`;
  popover.style.top = `${top}px`;
}
