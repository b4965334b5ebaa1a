/** Fields for what a command or a form takes: text, numbers, and choices of texts, people, roles and channels. */

import { element } from "../shared/dom.js";
import { t } from "../shared/i18n.js";

const TEXT_CHANNELS = [0, 5, 15];

/** What can be chosen: `[[value, name], …]`. `kind` is "user", "role", "mentionable" or "channel". */
export function entities(kind, channel, store, types = []) {
  const guild = store.guilds.get(channel.guild_id);
  const people = () => {
    const ids = guild ? [...guild.members.keys()] : [...(channel.recipients ?? []).map((user) => user.id), store.me.id];
    return ids.map((id) => [id, `@${store.nameOf(store.user(id), channel.guild_id)}`]).filter(([id]) => store.user(id));
  };
  const roles = () => [...(guild?.roles.values() ?? [])].map((role) => [role.id, role.id === guild.id ? "@everyone" : `@${role.name}`]);
  const channels = () =>
    [...store.channels.values()]
      .filter((each) => each.guild_id === channel.guild_id && (types.length ? types.includes(each.type) : TEXT_CHANNELS.includes(each.type)))
      .map((each) => [each.id, `#${each.name}`]);
  const found = { user: people, role: roles, channel: channels, mentionable: () => [...people(), ...roles()] }[kind]();
  return found.sort((one, other) => one[1].localeCompare(other[1]));
}

/** A list to choose from. `choices` are `[value, name, isChosen]`; without `required` nothing may be chosen. */
export function selectField(choices, { placeholder = "", required = true, multiple = false, most = 1, disabled = false } = {}) {
  const field = element("select", { className: "input app-select", multiple, disabled, required });
  if (!multiple) field.append(element("option", { value: "", textContent: placeholder || t("web.app.choose"), disabled: required, selected: true }));
  else field.size = Math.min(Math.max(choices.length, 2), 5);
  for (const [value, name, isChosen] of choices) field.append(element("option", { value, textContent: name, selected: Boolean(isChosen) }));
  if (multiple) field.addEventListener("change", () => field.setCustomValidity(field.selectedOptions.length > most ? t("web.app.too_many", { count: most }) : ""));
  return field;
}

export const chosen = (field) => [...field.selectedOptions].map((option) => option.value).filter(Boolean);
