/** The page of exports and imports. */

import { build, byId, element, toast } from "../shared/dom.js";
import { loadTexts, locale, t } from "../shared/i18n.js";
import { AGORA, API, rest } from "../shared/rest.js";
import { follow } from "./follow.js";

const number = new Intl.NumberFormat(locale);
const percent = new Intl.NumberFormat(locale, { style: "percent" });
const time = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });

await loadTexts();
if (byId("import")) await wireImport();
await list();

async function list() {
  try {
    const { items } = await rest.get(`${AGORA}/transfers`);
    byId("transfers").replaceChildren(...items.map(row));
    paintNone();
  } catch (error) {
    toast(error.message);
  }
}

function paintNone() {
  byId("transfers-none").hidden = byId("transfers").childElementCount > 0;
}

/** A row that follows its transfer. */
function row(transfer) {
  const parts = build("transfer");
  parts.name.textContent = `${transfer.name} · ${time.format(new Date(transfer.created_at))}`;
  parts.forget.addEventListener("click", async () => {
    try {
      await rest.delete(`${AGORA}/transfers/${transfer.id}`);
      parts.root.remove();
      paintNone();
    } catch (error) {
      toast(error.message);
    }
  });
  follow(transfer, (now) => paint(parts, now)).catch((error) => toast(error.message));
  return parts.root;
}

function paint(parts, now) {
  const ended = now.state === "done" || now.state === "failed";
  parts.state.textContent = describe(now);
  parts.more.textContent = leftOut(now.report);
  parts.more.title = (now.report?.warnings ?? []).join("\n");
  parts.progress.hidden = ended;
  parts.progress.value = now.total ? now.done / now.total : 0;
  parts.progress.setAttribute("aria-label", now.name);
  parts.forget.hidden = !ended;
  parts.fetch.hidden = !now.url;
  if (now.url) parts.fetch.href = now.url;
}

function describe(now) {
  if (now.state === "failed") return now.error;
  if (now.state === "waiting") return t("web.transfer.waiting");
  const share = percent.format(now.total ? now.done / now.total : 0);
  if (now.state === "running") {
    return now.kind === "import" ? t("web.transfer.reading", { share }) : t("web.transfer.working", { done: number.format(now.done), total: number.format(now.total) });
  }
  if (now.kind === "export") return t("web.transfer.done_export", { count: number.format(now.done) });
  const counts = Object.fromEntries(["messages", "users", "channels", "known"].map((name) => [name, number.format(now.report?.[name] ?? 0)]));
  return now.dry_run ? t("web.transfer.looked", counts) : t("web.transfer.done_import", counts);
}

function leftOut(report) {
  const parts = Object.entries(report?.left_out ?? {}).map(([what, count]) => `${t(`web.transfer.left.${what}`)} ${number.format(count)}`);
  const emojis = report?.emojis ? t("web.transfer.emojis", { count: number.format(report.emojis) }) : "";
  return [emojis, parts.length > 0 ? `${t("web.transfer.left_out")}: ${parts.join(", ")}` : ""].filter(Boolean).join(" · ");
}

async function wireImport() {
  const form = byId("import");
  const state = byId("import-state");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const data = new FormData(form);
    const file = data.get("file");
    const query = new URLSearchParams({ name: file.name.slice(0, 200) });
    for (const name of ["guild_id", "dry_run", "match"]) if (data.get(name)) query.set(name, data.get(name));
    const button = form.querySelector("[type=submit]");
    button.disabled = true;
    try {
      const begun = await rest.upload(`${AGORA}/imports?${query}`, file, (share) => {
        state.textContent = t("web.transfer.sending", { share: percent.format(share) });
      });
      byId("transfers").prepend(row(begun));
      paintNone();
    } catch (error) {
      toast(error.message);
    } finally {
      state.textContent = "";
      button.disabled = false;
    }
  });
  const guilds = await rest.get(`${API}/users/@me/guilds`);
  byId("import-guild").append(...guilds.map((guild) => element("option", { value: guild.id, textContent: guild.name })));
}
