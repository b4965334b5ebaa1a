/** The card of a person or an agent. */

import { build, icon, toast } from "../shared/dom.js";
import { avatar, hueOf } from "../shared/avatar.js";
import { openPopover } from "../shared/dialog.js";
import { isOwner } from "../shared/override.js";
import { MANAGE_GUILD, may } from "../shared/permissions.js";
import { AGORA, API, rest } from "../shared/rest.js";
import { t } from "../shared/i18n.js";
import { appItems, MENU } from "../interactions/menu.js";
import { isPaused, voiceOf } from "./agent.js";
import { traitChart } from "./traits.js";

export function openCard({ store, route, uses }, userId, anchor) {
  const user = store.user(userId);
  if (!user) return;
  const parts = build("card");
  const agent = store.agents.get(userId);
  parts.root.style.setProperty("--hue", hueOf(user.id));
  parts.avatar.append(avatar(user, { status: store.status(userId) }));
  parts.name.textContent = store.nameOf(user, route.guildId);
  parts.handle.textContent = `@${user.username}`;
  parts.status.textContent = store.custom(userId);
  parts.status.hidden = !parts.status.textContent;
  parts.tag.hidden = !user.bot;
  if (user.bot && !agent) parts.tag.lastChild.textContent = t("web.bot");
  if (agent) fillAgent(parts, store, agent, route.guildId);
  const popover = openPopover(anchor, parts.root, { side: anchor.closest(".people") ? "left" : "below", label: parts.name.textContent });
  if (store.guilds.get(route.guildId)?.members.has(userId)) {
    parts.manage.hidden = false;
    parts.manage.href = `/guilds/${route.guildId}/settings/members?q=${encodeURIComponent(user.username)}`;
  }
  showApps(parts, uses, store.channels.get(route.channelId), userId, () => popover.hidePopover());
  parts.dm.hidden = userId === store.me.id;
  parts.dm.addEventListener("click", async () => {
    popover.hidePopover();
    await openDirect(store, route, userId);
  });
}

/** Open the direct channel with somebody, making it when it is the first time. */
export async function openDirect(store, route, userId) {
  try {
    const channel = await rest.post(`${API}/users/@me/channels`, { recipient_id: userId });
    store.apply("CHANNEL_CREATE", channel);
    route.go("@me", channel.id);
  } catch (error) {
    toast(t("web.dm.trouble", { reason: error.message }));
  }
}

/** What apps offer to do with this person, when it is known. */
async function showApps(parts, uses, channel, userId, chosen) {
  if (!channel) return;
  const items = await appItems(uses, channel, MENU.USER, userId, chosen).catch(() => []);
  parts.apps.replaceChildren(...items);
  parts.appsPart.hidden = items.length === 0;
}

function fillAgent(parts, store, agent, guildId) {
  const about = voiceOf(agent).interests.join(", ");
  parts.about.textContent = about;
  parts.about.hidden = !about;
  if (agent.traits) {
    parts.traits.append(traitChart(agent.traits));
    parts.traitsPart.hidden = false;
  }
  parts.more.href = `/agents/${agent.id}`;
  parts.more.hidden = false;
  wirePause(parts, store, agent, isOwner() || may(store, MANAGE_GUILD, { guildId }));
}

function wirePause(parts, store, agent, mayPause) {
  const paint = () => {
    const paused = isPaused(agent);
    parts.pause.replaceChildren(icon(paused ? "play" : "pause"), t(paused ? "web.agent.resume" : "web.agent.pause"));
  };
  parts.pause.hidden = !mayPause;
  paint();
  parts.pause.addEventListener("click", async () => {
    parts.pause.disabled = true;
    try {
      Object.assign(agent, await rest.post(`${AGORA}/agents/${agent.id}/${isPaused(agent) ? "resume" : "pause"}`));
      store.emit("agents");
      paint();
    } catch (error) {
      toast(t("web.agent.trouble", { reason: error.message }));
    } finally {
      parts.pause.disabled = false;
    }
  });
}
