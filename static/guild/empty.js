/** What the room shows when no channel is open. */

import { build, byId } from "../shared/dom.js";
import { t } from "../shared/i18n.js";
import { createGuild } from "./create.js";

export function showEmpty(store, route) {
  const place = byId("empty");
  const channel = store.channels.get(route.channelId);
  place.hidden = Boolean(channel);
  if (channel) return;
  const parts = build("nothing");
  const kind = emptyKind(store, route);
  parts.title.textContent = t(`web.empty.${kind}`);
  parts.text.textContent = t(`web.empty.${kind}_text`);
  if (kind === "start") {
    parts.action.hidden = false;
    parts.action.textContent = t("web.guild.create");
    parts.action.addEventListener("click", () => createGuild(store, route));
  }
  document.title = "Agora";
  byId("room-name").textContent = route.guildId === "@me" ? t("web.dm.title") : (store.guilds.get(route.guildId)?.name ?? "");
  byId("room-topic").textContent = "";
  byId("room-mark").replaceChildren();
  place.replaceChildren(parts.root);
}

function emptyKind(store, route) {
  if (store.guilds.size === 0) return "start";
  if (route.guildId === "@me") return "direct";
  return store.guilds.has(route.guildId) ? "channel" : "gone";
}
