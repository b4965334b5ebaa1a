/** The administration page: figures, override, backup, configuration. */

import { byId, element, toast } from "../shared/dom.js";
import { counted, loadTexts, locale, t } from "../shared/i18n.js";
import { wireOverride } from "../shared/override.js";
import { AGORA, rest } from "../shared/rest.js";
import { Store } from "../shared/store.js";

const REFRESH = 5000;
const number = new Intl.NumberFormat(locale);
const percent = new Intl.NumberFormat(locale, { style: "percent" });
const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"];

await loadTexts();
wireAgents();
wireBackup();
showConfig();
await showFigures();
setInterval(() => !document.hidden && showFigures(), REFRESH);

/** A size as people read it: 412 MB. */
function size(bytes) {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(bytes, 1)) / 3));
  return new Intl.NumberFormat(locale, { style: "unit", unit: UNITS[power], maximumFractionDigits: power > 2 ? 1 : 0 }).format(bytes / 1000 ** power);
}

function duration(seconds) {
  if (seconds >= 172_800) return counted("web.admin.days", Math.floor(seconds / 86_400));
  if (seconds >= 7200) return counted("web.admin.hours", Math.floor(seconds / 3600));
  return counted("web.admin.minutes", Math.max(1, Math.floor(seconds / 60)));
}

async function showFigures() {
  const trouble = byId("figures-trouble");
  try {
    const now = await rest.get(`${AGORA}/admin/system`);
    trouble.hidden = true;
    const figures = [
      ["uptime", duration(now.uptime_s)],
      ["cpu", percent.format(now.cpu.machine_percent / 100)],
      ["memory", size(now.memory.process)],
      ["memory_free", size(now.memory.available)],
      ["database", size(now.disk.database)],
      ["files", size(now.disk.files)],
      ["files_key", now.files_key ?? t("web.admin.files_plain")],
      ["backups", size(now.disk.backups)],
      ["disk_free", size(now.disk.free)],
      ["events", number.format(now.ledger_position)],
      ["writes_waiting", number.format(now.writes_waiting)],
      ["version", now.version],
    ];
    byId("figures").replaceChildren(...figures.map(([name, value]) => figure(t(`web.admin.figure.${name}`), value)));
  } catch (error) {
    trouble.hidden = false;
    trouble.textContent = t("web.admin.trouble", { reason: error.message });
  }
}

function figure(name, value) {
  return element("div", { className: "figure" }, element("dt", { textContent: name }), element("dd", { textContent: value }));
}

function wireAgents() {
  const store = new Store();
  store.on("AGORA_OVERRIDE", () => {
    byId("override-state").textContent = t(store.paused ? "web.admin.agents_paused" : "web.admin.agents_running");
  });
  wireOverride(store)();
}

function wireBackup() {
  const button = byId("backup");
  const state = byId("backup-state");
  button.addEventListener("click", async () => {
    button.disabled = true;
    state.textContent = t("web.admin.backup_busy");
    try {
      const made = await rest.post(`${AGORA}/backups`);
      state.textContent = t("web.admin.backup_done");
      byId("backups").hidden = false;
      byId("backups").prepend(backupRow(made));
    } catch (error) {
      state.textContent = "";
      toast(error.message);
    } finally {
      button.disabled = false;
    }
  });
}

function backupRow(made) {
  const name = String(made.path ?? made.name ?? "").split("/").at(-1);
  const note = made.size === undefined ? "" : size(made.size);
  return element("li", {}, element("span", { className: "rows__text" }, element("b", { textContent: name }), element("small", { textContent: note })));
}

async function showConfig() {
  try {
    const { items } = await rest.get(`${AGORA}/admin/config`);
    const sections = Map.groupBy(items, (item) => item.section);
    byId("config").replaceChildren(...[...sections].map(([name, settings]) => section(name, settings)));
  } catch (error) {
    byId("config").textContent = t("web.admin.trouble", { reason: error.message });
  }
}

function section(name, settings) {
  const list = element("dl");
  for (const setting of settings) {
    const value = JSON.stringify(setting.value);
    const origin = setting.origin === "default" ? "" : ` · ${t(`web.admin.origin.${setting.origin}`)}`;
    list.append(element("dt", { textContent: setting.key }), element("dd", { textContent: value + origin }));
  }
  return element("details", {}, element("summary", { textContent: `[${name}]` }), list);
}
