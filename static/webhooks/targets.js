/** Outgoing webhooks of a community: addresses that are told what is said, where the operator lists any. */

import { build, element } from "../shared/dom.js";
import { confirmed } from "../shared/dialog.js";
import { t } from "../shared/i18n.js";
import { AGORA, rest } from "../shared/rest.js";
import { attempt, copy } from "./webhooks.js";

/** Fill the lower part of the dialog; it stays hidden where nothing can be told to anybody. */
export function wireTargets(parts, channel) {
  const path = `${AGORA}/guilds/${channel.guild_id}/webhook-targets`;

  const refresh = async () => {
    const { items, allowed } = await rest.get(path);
    const here = items.filter((target) => target.channel_id === null || target.channel_id === channel.id);
    parts.out.hidden = allowed.length === 0 && here.length === 0;
    parts.targetForm.hidden = allowed.length === 0;
    parts.places.replaceChildren(...allowed.map((value) => element("option", { value })));
    if (!parts.url.value && allowed.length === 1) [parts.url.value] = allowed;
    parts.targets.replaceChildren(...here.map((target) => targetRow(target, `${path}/${target.id}`, refresh)));
  };
  parts.targetForm.addEventListener("submit", async (event) => {
    event.preventDefault();
    parts.targetProblem.hidden = true;
    const url = parts.url.value.trim();
    try {
      await rest.post(path, { name: new URL(url).host.slice(0, 80), url, channel_id: parts.whole.checked ? null : channel.id });
      parts.targetForm.reset();
      await refresh();
    } catch (error) {
      parts.targetProblem.textContent = error.status === 400 ? t("web.targets.not_listed") : error.message;
      parts.targetProblem.hidden = false;
    }
  });
  attempt(refresh);
}

function targetRow(target, path, refresh) {
  const parts = build("target");
  parts.url.textContent = target.url;
  const notes = [t(target.channel_id ? "web.targets.this_channel" : "web.targets.whole_guild")];
  if (target.waiting) notes.push(t("web.targets.waiting", { count: target.waiting }));
  if (target.dead) notes.push(t("web.targets.dead", { count: target.dead }));
  parts.note.textContent = notes.join(" · ");
  parts.pause.setAttribute("aria-pressed", String(target.paused));
  parts.retry.hidden = target.dead === 0;
  const act = async (call) => {
    await attempt(call);
    await attempt(refresh);
  };
  parts.secret.addEventListener("click", () => copy(target.secret, t("web.targets.secret_copied")));
  parts.pause.addEventListener("click", () => act(() => rest.patch(path, { paused: !target.paused })));
  parts.retry.addEventListener("click", () => act(() => rest.post(`${path}/dead/retry`)));
  parts.end.addEventListener("click", async () => {
    if (!(await confirmed({ title: t("web.targets.end_title"), text: t("web.targets.end_text"), yes: t("web.webhooks.end"), quote: target.url }))) return;
    act(() => rest.delete(path));
  });
  return parts.root;
}
