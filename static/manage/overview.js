/** Name, description, the channel for notices; and the end of a community. */

import { build, toast } from "../shared/dom.js";
import { confirmed } from "../shared/dialog.js";
import { t } from "../shared/i18n.js";
import { rest } from "../shared/rest.js";
import { attempt, option } from "./parts.js";

export function paint({ guild, channels, base, me, ownerId }) {
  const parts = build("overview");
  const { name, description, system } = parts.form.elements;
  name.value = guild.name;
  description.value = guild.description ?? "";
  for (const channel of channels) if (channel.type === 0) system.append(option(channel.id, `#${channel.name}`, channel.id === guild.system_channel_id));
  parts.form.addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(async () => {
      await rest.patch(base, { name: name.value.trim(), description: description.value.trim() || null, system_channel_id: system.value || null });
      toast(t("web.settings.saved"));
    });
  });
  parts.end.hidden = me !== ownerId;
  parts.end.addEventListener("click", async () => {
    const sure = await confirmed({ title: t("web.manage.delete_guild"), text: t("web.manage.delete_guild_text"), yes: t("web.manage.delete"), quote: guild.name });
    if (!sure) return;
    await attempt(async () => {
      await rest.delete(base);
      location.assign("/");
    });
  });
  return [parts.root];
}
