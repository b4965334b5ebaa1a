/** Buttons, selects and layout under a message; what is pressed goes to the app. */

import { signNode } from "../expressions/emoji.js";
import { byId, element, sanitised } from "../shared/dom.js";
import { t } from "../shared/i18n.js";
import { chosen, entities, selectField } from "./fields.js";
import { TYPE } from "./uses.js";

const KIND = { 5: "user", 6: "role", 7: "mentionable", 8: "channel" };
const STYLE = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link" };

/** Paint the components of a message into `place`. */
export function paintComponents(place, message, store) {
  const components = message.components ?? [];
  place.hidden = components.length === 0;
  const shown = JSON.stringify(components);
  if (place.dataset.shown === shown) return;
  place.dataset.shown = shown;
  place.replaceChildren(...components.map((part) => node(part, message, store)));
}

function node(part, message, store) {
  const inner = () => part.components.map((each) => node(each, message, store));
  switch (part.type) {
    case 1:
      return element("div", { className: "components__row" }, ...inner());
    case 2:
      return buttonNode(part);
    case 9:
      return element("div", { className: "components__section" }, element("div", {}, ...inner()), node(part.accessory, message, store));
    case 10:
      return textNode(part);
    case 14:
      return element(part.divider ? "hr" : "div", { className: `components__gap components__gap--${part.spacing}` });
    case 17:
      return containerNode(part, inner());
    default:
      return selectNode(part, message, store);
  }
}

function textNode(part) {
  const text = element("div", { className: "message__body" });
  text.append(sanitised(part.content_html ?? ""));
  return text;
}

function containerNode(part, parts) {
  const box = element("div", { className: "components__box" }, ...parts);
  if (part.accent_color !== null && part.accent_color !== undefined) box.style.setProperty("--stripe", `#${part.accent_color.toString(16).padStart(6, "0")}`);
  if (!part.spoiler) return box;
  return element("details", {}, element("summary", { textContent: t("web.app.spoiler") }), box);
}

function buttonNode(part) {
  const label = [part.emoji ? signNode(part.emoji) : null, part.emoji && part.label ? " " : null, part.label ?? null];
  if (part.style === 5) return element("a", { className: "app-button app-button--link", href: part.url, rel: "noopener nofollow", target: "_blank" }, ...label);
  const button = element("button", { type: "button", className: `app-button app-button--${STYLE[part.style]}`, disabled: Boolean(part.disabled) }, ...label);
  button.dataset.component = part.custom_id;
  button.dataset.kind = part.type;
  return button;
}

function selectNode(part, message, store) {
  const channel = store.channels.get(message.channel_id) ?? { id: message.channel_id };
  const defaults = new Set((part.default_values ?? []).map((each) => String(each.id)));
  const choices =
    part.type === 3
      ? part.options.map((each) => [each.value, [each.emoji?.id ? `:${each.emoji.name}:` : each.emoji?.name, each.label, each.description && `– ${each.description}`].filter(Boolean).join(" "), each.default])
      : entities(KIND[part.type], channel, store, part.channel_types ?? []).map(([id, name]) => [id, name, defaults.has(id)]);
  const multiple = part.max_values > 1;
  const field = selectField(choices, { placeholder: part.placeholder, multiple, most: part.max_values, disabled: part.disabled, required: part.min_values > 0 });
  field.dataset.component = part.custom_id;
  field.dataset.kind = part.type;
  field.setAttribute("aria-label", part.placeholder || t("web.app.choose"));
  if (!multiple) return field;
  const send = element("button", { type: "button", className: "app-button app-button--secondary", textContent: t("web.app.send"), disabled: Boolean(part.disabled) });
  send.dataset.sends = part.custom_id;
  return element("div", { className: "components__many" }, field, send);
}

/** Listen for presses and choices in the list of messages. */
export function wireComponents(store, uses) {
  const place = byId("messages");
  const use = (control, values) => {
    const row = control.closest(".message");
    const message = row.message;
    const channel = store.channels.get(message.channel_id) ?? { id: message.channel_id, guild_id: message.guild_id };
    const data = { component_type: Number(control.dataset.kind), custom_id: control.dataset.component, ...(values ? { values } : {}) };
    control.classList.add("is-waiting");
    const onEnd = () => control.classList.remove("is-waiting");
    uses.try(TYPE.COMPONENT, message.application_id ?? message.author.id, channel, data, { more: { message_id: message.id }, onEnd });
  };
  place.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-component]");
    if (button) use(button);
    const send = event.target.closest("button[data-sends]");
    const field = send?.parentElement.querySelector("select");
    if (field?.reportValidity()) use(field, chosen(field));
  });
  place.addEventListener("change", (event) => {
    const field = event.target.closest("select[data-component]");
    if (field && !field.multiple) use(field, chosen(field));
  });
}
