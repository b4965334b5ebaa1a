/** A chosen command in place of the composer: one field for each option, Enter sends, Escape goes back. */

import { build, byId, element } from "../shared/dom.js";
import { RestError } from "../shared/rest.js";
import { t } from "../shared/i18n.js";
import { entities, selectField } from "./fields.js";
import { nested, shownName, shownText } from "./index.js";
import { TYPE } from "./uses.js";

const OPTION = { STRING: 3, INTEGER: 4, BOOLEAN: 5, NUMBER: 10 };
const KIND = { 6: "user", 7: "channel", 8: "role", 9: "mentionable" };
const ASK_AFTER = 200;

export class CommandForm {
  constructor(store, uses) {
    Object.assign(this, { store, uses, entry: null, channel: null, fields: [] });
    this.place = byId("command");
    this.composer = byId("composer-form");
  }

  open(channel, entry, rest) {
    Object.assign(this, { channel, entry });
    if (entry.options.length === 0) return this.submit();
    const parts = build("command-form");
    this.parts = parts;
    parts.name.textContent = entry.shown;
    parts.text.textContent = entry.text;
    this.fields = entry.options.map((option, index) => this.field(option, index));
    const free = this.fields.find(({ option }) => option.type === OPTION.STRING && !option.choices && !option.autocomplete);
    if (rest && free) free.node.value = rest;
    parts.form.addEventListener("submit", (event) => (event.preventDefault(), this.submit()));
    parts.form.addEventListener("keydown", (event) => this.key(event));
    parts.cancel.addEventListener("click", () => this.close());
    this.place.replaceChildren(parts.root);
    this.place.hidden = false;
    this.composer.hidden = true;
    (this.fields.find(({ node }) => !node.value) ?? this.fields[0]).node.focus();
    return undefined;
  }

  field(option, index) {
    const node = this.node(option);
    node.id = `command-option-${index}`;
    node.required = Boolean(option.required);
    node.title = shownText(option);
    const label = element("label", { className: "command__label", htmlFor: node.id, textContent: shownName(option) });
    if (!option.required) label.append(element("small", { textContent: ` ${t("web.app.optional")}` }));
    const field = { option, node, values: new Map() };
    const holder = element("div", { className: "command__option" }, label, node);
    if (option.autocomplete) holder.append(this.completions(field));
    this.parts.fields.append(holder);
    return field;
  }

  node(option) {
    const known = { required: Boolean(option.required), placeholder: option.required ? t("web.app.choose") : t("web.app.none") };
    if (option.choices) return selectField(option.choices.map((each) => [String(each.value), shownName(each)]), known);
    if (KIND[option.type]) return selectField(entities(KIND[option.type], this.channel, this.store, option.channel_types ?? []), known);
    if (option.type === OPTION.BOOLEAN) return selectField([["true", t("web.app.yes")], ["false", t("web.app.no")]], known);
    const node = element("input", { className: "input", autocomplete: "off", placeholder: shownText(option) });
    if (option.type === OPTION.STRING) {
      node.maxLength = option.max_length ?? 6000;
      if (option.min_length) node.minLength = option.min_length;
    } else if (!option.autocomplete) {
      node.type = "number";
      node.step = option.type === OPTION.INTEGER ? "1" : "any";
      if (option.min_value !== undefined) node.min = option.min_value;
      if (option.max_value !== undefined) node.max = option.max_value;
    }
    return node;
  }

  /** The app offers values while one types. */
  completions(field) {
    const { node, option } = field;
    const list = element("datalist", { id: `${node.id}-list` });
    node.setAttribute("list", list.id);
    const show = (choices) => {
      field.values = new Map(choices.map((each) => [each.name, each.value]));
      list.replaceChildren(...choices.map((each) => element("option", { value: each.name })));
    };
    const ask = () => {
      const focused = { type: option.type, name: option.name, value: node.value, focused: true };
      const others = this.values().filter((each) => each.name !== option.name);
      this.uses.complete(this.entry.command.application_id, this.channel, this.data([...others, focused]), show).catch((error) => console.info("completions:", error.message));
    };
    node.addEventListener("focus", ask);
    node.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(ask, ASK_AFTER);
    });
    return list;
  }

  values() {
    const found = [];
    for (const { option, node, values } of this.fields) {
      if (node.value === "") continue;
      found.push({ type: option.type, name: option.name, value: typed(option, values.get(node.value) ?? node.value) });
    }
    return found;
  }

  data(values) {
    const { command } = this.entry;
    return { id: command.id, name: command.name, type: command.type, version: command.version, options: nested(this.entry, values) };
  }

  async submit() {
    const { entry, channel } = this;
    const values = entry.options.length === 0 ? [] : this.values();
    try {
      await this.uses.send(TYPE.COMMAND, entry.command.application_id, channel, this.data(values));
      this.close();
    } catch (error) {
      if (entry.options.length === 0) throw error;
      this.parts.problem.textContent = error instanceof RestError ? error.message : t("web.trouble");
      this.parts.problem.hidden = false;
    }
  }

  key(event) {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    this.close();
  }

  close() {
    if (this.place.hidden) return;
    this.place.hidden = true;
    this.place.replaceChildren();
    this.composer.hidden = false;
    this.fields = [];
    byId("composer").focus();
  }
}

function typed(option, value) {
  if (option.type === OPTION.BOOLEAN) return value === "true";
  return option.type === OPTION.INTEGER || option.type === OPTION.NUMBER ? Number(value) : value;
}
