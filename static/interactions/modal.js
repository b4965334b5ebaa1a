/** A form that an app opens: a dialog with its fields; what is typed goes back to the app. */

import { build, element, sanitised } from "../shared/dom.js";
import { formDialog } from "../shared/dialog.js";
import { chosen, entities, selectField } from "./fields.js";
import { TYPE } from "./uses.js";

const KIND = { 5: "user", 6: "role", 7: "mentionable", 8: "channel" };

/** Show the form; `store` knows the people, `uses` sends it. */
export function openModal(store, data, uses) {
  const channel = store.channels.get(data.channel_id) ?? { id: data.channel_id };
  const parts = build("app-modal");
  parts.title.textContent = data.title;
  const read = data.components.map((part, index) => addPart(parts.fields, part, index, channel, store));
  return formDialog(parts, async () => {
    const components = read.map((fn) => fn()).filter(Boolean);
    await uses.send(TYPE.MODAL, data.application_id, channel, { id: data.id, custom_id: data.custom_id, components });
  });
}

/** Adds a part of the form; returns a function that gives its answer, or nothing. */
function addPart(place, part, index, channel, store) {
  if (part.type === 10) {
    const text = element("div", { className: "message__body" });
    if (part.content_html) text.append(sanitised(part.content_html));
    else text.textContent = part.content;
    place.append(text);
    return () => null;
  }
  const inner = part.type === 1 ? part.components[0] : part.component;
  const label = part.label ?? inner.label ?? "";
  const field = inner.type === 4 ? textField(inner) : choiceField(inner, channel, store);
  field.id = `app-field-${index}`;
  const note = part.description ? element("p", { className: "field__note", textContent: part.description }) : null;
  place.append(element("div", { className: "field" }, element("label", { className: "field__label", htmlFor: field.id, textContent: label }), field, note));
  return () => {
    const answer = { type: inner.type, custom_id: inner.custom_id, ...(inner.type === 4 ? { value: field.value } : { values: chosen(field) }) };
    return part.type === 1 ? { type: 1, components: [answer] } : { type: 18, component: answer };
  };
}

function textField(part) {
  const field = element(part.style === 2 ? "textarea" : "input", { className: "input", value: part.value ?? "", required: part.required !== false, placeholder: part.placeholder ?? "", autocomplete: "off" });
  if (part.min_length) field.minLength = part.min_length;
  field.maxLength = part.max_length ?? 4000;
  if (part.style === 2) field.rows = 4;
  return field;
}

function choiceField(part, channel, store) {
  const choices = part.type === 3 ? part.options.map((each) => [each.value, each.label, each.default]) : entities(KIND[part.type], channel, store, part.channel_types ?? []);
  return selectField(choices, { placeholder: part.placeholder ?? "", required: part.required !== false, multiple: (part.max_values ?? 1) > 1, most: part.max_values ?? 1 });
}
