/** The export of the open channel, from its head. */

import { build, byId } from "../shared/dom.js";
import { openDialog } from "../shared/dialog.js";
import { counted, locale, t } from "../shared/i18n.js";
import { MANAGE_MESSAGES, may } from "../shared/permissions.js";
import { AGORA, rest } from "../shared/rest.js";
import { follow } from "./follow.js";

const TEXTUAL = new Set([0, 1, 3, 5, 10, 11, 12]);
const number = new Intl.NumberFormat(locale);

export function wireExport(store, route) {
  const { root: button } = build("export-open");
  document.querySelector(".room__tools").insertBefore(button, byId("open-search"));
  const paint = () => {
    const channel = store.channels.get(route.channelId);
    button.hidden = !channel || !TEXTUAL.has(channel.type) || !mayExport(store, channel);
  };
  store.on("READY GUILD_CREATE GUILD_ROLE_UPDATE GUILD_MEMBER_UPDATE CHANNEL_UPDATE CHANNEL_DELETE route", paint);
  button.addEventListener("click", () => ask(store.channels.get(route.channelId)));
}

/** In a community, who looks after the channel; in direct messages, who is in them. */
function mayExport(store, channel) {
  return !channel.guild_id || may(store, MANAGE_MESSAGES, { channel });
}

function ask(channel) {
  const parts = build("export");
  parts.title.textContent = t("web.transfer.open");
  parts.form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const data = new FormData(parts.form);
    parts.begin.disabled = true;
    parts.problem.hidden = true;
    try {
      const body = { format: data.get("format"), files: data.has("files") };
      const ended = await follow(await rest.post(`${AGORA}/channels/${channel.id}/exports`, body), (now) => show(parts, now));
      if (ended.state === "failed") throw new Error(ended.error);
    } catch (error) {
      parts.state.textContent = "";
      parts.problem.textContent = error.message;
      parts.problem.hidden = false;
      parts.begin.disabled = false;
    }
  });
  return openDialog(parts);
}

function show(parts, now) {
  const [done, total] = [number.format(now.done), number.format(now.total)];
  if (now.state === "done") {
    parts.state.textContent = counted("web.transfer.ready", now.done);
    parts.fetch.href = now.url;
    parts.fetch.hidden = false;
    parts.begin.hidden = true;
    parts.fetch.focus();
  } else {
    parts.state.textContent = now.state === "waiting" ? t("web.transfer.waiting") : t("web.transfer.working", { done, total });
  }
  return parts.root.isConnected;
}
