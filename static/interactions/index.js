/** The commands of a channel, asked for when somebody needs them and kept for a moment. */

import { API, rest } from "../shared/rest.js";

const KEPT_MS = 10_000;
const kept = new Map();

/** `{applications: Map, commands}` of a channel. */
export async function commandsOf(channelId) {
  const known = kept.get(channelId);
  if (known && Date.now() - known.at < KEPT_MS) return known.found;
  const found = rest.get(`${API}/channels/${channelId}/application-command-index`).then((index) => ({
    applications: new Map(index.applications.map((each) => [each.id, each])),
    commands: index.application_commands,
  }));
  kept.clear();
  kept.set(channelId, { at: Date.now(), found });
  found.catch(() => kept.delete(channelId));
  return found;
}

export const shownName = (each) => each.name_localized ?? each.name;
export const shownText = (each) => each.description_localized ?? each.description;

/** Commands to type, subcommands one by one: `{command, path, shown, text, options}`. */
export function entriesOf(commands) {
  const found = [];
  const add = (command, part, path, shown) => {
    const options = part.options ?? [];
    if (options.some((option) => option.type <= 2)) {
      options.forEach((option) => add(command, option, [...path, option], `${shown} ${shownName(option)}`));
    } else if (!options.some((option) => option.required && option.type === 11)) {
      found.push({ command, path, shown, text: shownText(part), options: options.filter((option) => option.type !== 11) });
    }
  };
  commands.filter((command) => command.type === 1).forEach((command) => add(command, command, [], `/${shownName(command)}`));
  return found;
}

/** Discord's nested options for an entry. */
export function nested(entry, values) {
  return entry.path.reduceRight((options, part) => [{ type: part.type, name: part.name, options }], values);
}
