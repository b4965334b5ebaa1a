/** Following: the button in the head of an announcement channel, and the dialog that picks where its news go. */

import { build, byId, icon, toast } from "../shared/dom.js";
import { formDialog } from "../shared/dialog.js";
import { t } from "../shared/i18n.js";
import { may, MANAGE_WEBHOOKS } from "../shared/permissions.js";
import { Picker } from "../shared/picker.js";
import { API, rest } from "../shared/rest.js";
import { textChannels } from "../chat/route.js";
import { ANNOUNCEMENT, markOf } from "../threads/kinds.js";

export function wireFollow(store, route) {
  const button = byId("follow-channel");
  const here = () => store.channels.get(route.channelId);
  const paint = () => {
    const channel = here();
    button.hidden = channel?.type !== ANNOUNCEMENT || targets(store, channel).length === 0;
  };
  store.on("route GUILD_CREATE GUILD_DELETE CHANNEL_CREATE CHANNEL_UPDATE CHANNEL_DELETE GUILD_ROLE_UPDATE GUILD_MEMBER_UPDATE", paint);
  button.addEventListener("click", () => openFollow(store, here()));
  paint();
}

/** Ask where to, and follow. */
async function openFollow(store, channel) {
  const parts = build("follow");
  parts.title.textContent = t("web.follow.title", { name: channel.name });
  const picker = new Picker(parts, targets(store, channel));
  const done = await formDialog(parts, () => rest.post(`${API}/channels/${channel.id}/followers`, { webhook_channel_id: picker.chosen.channel.id }));
  if (done) toast(t("web.follow.done", { name: picker.chosen.name, source: `#${channel.name}` }));
}

/** Every channel where one manages webhooks, but for the one that is followed. */
function targets(store, source) {
  const found = [];
  for (const guild of store.guilds.values()) {
    for (const channel of textChannels(store, guild.id)) {
      if (channel.id === source.id || !may(store, MANAGE_WEBHOOKS, { channel })) continue;
      found.push({ channel, name: `#${channel.name}`, more: guild.name, mark: () => icon(markOf(channel)) });
    }
  }
  return found;
}
