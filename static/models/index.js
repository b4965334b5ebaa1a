/** The page of models: which one runs, files, memory, other servers, communities and agents. */

import { confirmed, openDialog } from "../shared/dialog.js";
import { build, byId, element, renew, toast } from "../shared/dom.js";
import { loadTexts, locale, t } from "../shared/i18n.js";
import { AGORA, API, rest } from "../shared/rest.js";

const REFRESH = 4000;
const MODELS = `${AGORA}/models`;
const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"];
const number = new Intl.NumberFormat(locale);
const when = new Intl.DateTimeFormat(locale, { dateStyle: "short", timeStyle: "short" });
const MOST_SUMMARIES = 5;
const compact = new Intl.NumberFormat(locale, { notation: "compact", maximumSignificantDigits: 3 });
let known = [];

await loadTexts();
wireChoice();
wireAdd();
wireLook();
await refresh();
await Promise.all([showGuilds(), showAgents()]);
setInterval(() => !document.hidden && refresh(), REFRESH);

/** A size as people read it: 412 MB. */
function size(bytes) {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(bytes, 1)) / 3));
  const form = { style: "unit", unit: UNITS[power], maximumFractionDigits: power > 2 ? 1 : 0 };
  return new Intl.NumberFormat(locale, form).format(bytes / 1000 ** power);
}

/** A name as it stands in an address; a server's models have slashes in theirs. */
function address(name) {
  return name.split("/").map(encodeURIComponent).join("/");
}

async function refresh() {
  try {
    const [page, memory, summaries] = await Promise.all([MODELS, `${MODELS}/loaded`, `${AGORA}/summaries`].map((path) => rest.get(path)));
    byId("trouble").hidden = true;
    showEngine(page.engine);
    if (JSON.stringify(page.items) !== JSON.stringify(known)) {
      known = page.items;
      showChoice(page.engine.model ?? "");
      byId("models").replaceChildren(...known.map(modelRow));
    }
    showMemory(memory);
    showServers(memory.servers);
    showSummaries(summaries);
  } catch (error) {
    byId("trouble").hidden = false;
    byId("trouble").textContent = t("web.models.trouble", { reason: error.message });
  }
}

function showEngine(engine) {
  const tag = byId("engine-state");
  tag.textContent = [engine.model, t(`web.models.state.${engine.state}`)].filter(Boolean).join(" · ");
  tag.className = engine.state === "failed" ? "tag tag--bad" : "tag tag--plain";
  byId("reason").hidden = !engine.reason;
  byId("reason").textContent = engine.reason ?? "";
}

// choosing

/** The models that write text. */
function writers() {
  return known.filter((model) => model.kind === "text" && !model.problem);
}

function option(value, text, selected = false) {
  return element("option", { value, textContent: text, selected });
}

function showChoice(running) {
  const [base] = running.split("+");
  byId("f-model").replaceChildren(...writers().map((model) => option(model.name, model.name, model.name === base)));
  showAdapters();
}

/** Only adapters that were made for a model of the same kind can be laid over it. */
function showAdapters() {
  const chosen = known.find((model) => model.name === byId("f-model").value);
  const fit = known.filter((one) => one.kind === "adapter" && !one.problem && one.architecture === chosen?.architecture);
  byId("adapter-row").hidden = fit.length === 0;
  byId("f-adapter").replaceChildren(option("", t("web.models.adapter_none")), ...fit.map((one) => option(one.name, one.name)));
}

function wireChoice() {
  byId("f-model").addEventListener("change", showAdapters);
  byId("choose").addEventListener("submit", (event) => {
    event.preventDefault();
    const [model, adapter, scale] = ["f-model", "f-adapter", "f-scale"].map((id) => byId(id).value);
    const strength = Number(scale || 1) === 1 ? "" : `@${Number(scale)}`;
    const name = adapter ? `${model}+${adapter}${strength}` : model;
    attempt(event.submitter, () => rest.put(`${MODELS}/use`, { name }), t("web.models.chosen", { name }));
  });
}

/** Do something that may take a while: the button waits, what went wrong is said. */
async function attempt(button, action, done) {
  button.disabled = true;
  try {
    await action();
    toast(done);
    await refresh();
  } catch (error) {
    toast(error.message);
  } finally {
    button.disabled = false;
  }
}

// files

function modelRow(model) {
  const about = [
    model.architecture,
    model.parameters ? t("web.models.parameters", { count: compact.format(model.parameters) }) : null,
    model.quantisation,
    model.bytes ? size(model.bytes) : null,
    model.context ? t("web.models.context", { count: number.format(model.context) }) : null,
  ];
  const text = element(
    "span",
    { className: "rows__text" },
    element("b", { textContent: model.name }),
    element("small", { textContent: model.problem ?? about.filter(Boolean).join(" · ") }),
  );
  return element("li", {}, text, ...tags(model), ...actions(model));
}

function tags(model) {
  const tag = (key, extra = "tag--plain") => element("span", { className: `tag ${extra}`, textContent: t(`web.models.${key}`) });
  return [
    model.in_use ? tag("in_use", "") : null,
    model.kind === "text" ? null : tag(`kind.${model.kind}`),
    model.where === "shipped" ? null : tag(`where.${model.where}`),
    model.problem ? tag("broken", "tag--bad") : null,
  ].filter(Boolean);
}

function actions(model) {
  const button = (text, action) => {
    const node = element("button", { className: "button button--small", type: "button", textContent: text });
    node.setAttribute("aria-label", `${text}: ${model.name}`);
    node.addEventListener("click", () => action(node));
    return node;
  };
  const removable = ["added", "linked"].includes(model.where);
  return [
    model.problem ? null : button(t("web.models.details"), () => showDetails(model)),
    removable ? button(t("web.models.remove"), (node) => remove(model, node)) : null,
  ].filter(Boolean);
}

async function remove(model, button) {
  const text = t(model.where === "linked" ? "web.models.remove_link" : "web.models.remove_file");
  const title = t("web.models.remove_title", { name: model.name });
  if (!(await confirmed({ title, text, yes: t("web.models.remove") }))) return;
  await attempt(button, () => rest.delete(`${MODELS}/${address(model.name)}`), t("web.models.removed", { name: model.name }));
}

async function showDetails(model) {
  try {
    const all = await rest.get(`${MODELS}/${address(model.name)}`);
    const parts = build("model-details");
    parts.title.textContent = all.title ?? all.name;
    const facts = [
      ["architecture", all.architecture],
      ["size", all.bytes && size(all.bytes)],
      ["memory", all.memory && size(all.memory)],
      ["parameters", all.parameters && number.format(all.parameters)],
      ["context", all.context && number.format(all.context)],
      ["layers", all.layers && number.format(all.layers)],
      ["vocabulary", all.vocabulary && number.format(all.vocabulary)],
      ["quantisation", all.quantisation],
      ["licence", all.licence ?? t("web.models.licence_none")],
      ["template", all.template && t(all.own_template ? "web.models.template_own" : "web.models.template_chatml")],
    ].filter(([, value]) => value);
    const pairs = facts.flatMap(([name, value]) => fact(t(`web.models.fact.${name}`), value));
    parts.facts.append(...pairs, ...Object.entries(all.metadata).flatMap(([name, value]) => fact(name, value)));
    parts.template.hidden = !all.template;
    parts.text.textContent = all.template;
    openDialog(parts);
  } catch (error) {
    toast(error.message);
  }
}

function fact(name, value) {
  return [element("dt", { textContent: name }), element("dd", { textContent: value })];
}

function wireAdd() {
  const form = byId("add");
  const problem = byId("add-problem");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    event.submitter.disabled = true;
    problem.hidden = true;
    try {
      const added = await rest.post(MODELS, { path: byId("f-path").value.trim(), link: byId("f-link").checked });
      form.reset();
      toast(t("web.models.added", { name: added.name }));
      await refresh();
    } catch (error) {
      problem.hidden = false;
      problem.textContent = error.message;
    } finally {
      event.submitter.disabled = false;
    }
  });
}

// memory and servers

function showMemory({ items, limit }) {
  const taken = items.reduce((sum, model) => sum + model.bytes, 0);
  byId("memory").textContent = t("web.models.memory", { taken: size(taken), limit: size(limit) });
  renew(byId("loaded"), items.map(loadedRow));
}

function loadedRow(model) {
  const state = t(`web.models.state.${model.state}`);
  const about = [state, model.bytes ? size(model.bytes) : null, t("web.models.active", { count: number.format(model.active) })];
  const text = element(
    "span",
    { className: "rows__text" },
    element("b", { textContent: model.name }),
    element("small", { textContent: [...about.filter(Boolean), model.reason].filter(Boolean).join(" · ") }),
    ...sizes(model),
  );
  if (model.pinned) return element("li", {}, text, element("span", { className: "tag", textContent: t("web.models.in_use") }));
  const button = element("button", { className: "button button--small", type: "button", textContent: t("web.models.unload") });
  button.setAttribute("aria-label", `${button.textContent}: ${model.name}`);
  button.addEventListener("click", () =>
    attempt(button, () => rest.post(`${MODELS}/unload`, { name: model.name }), t("web.models.unloaded", { name: model.name })),
  );
  return element("li", {}, text, button);
}

/** How large an engine of ours is at the moment, and how much of it is in use. */
function sizes({ load, threads }) {
  if (!load.cells) return [];
  const values = Object.fromEntries(Object.entries({ ...load, threads }).map(([name, value]) => [name, typeof value === "number" ? number.format(value) : value]));
  const draft = load.draft ? t("web.models.draft", values) : load.draft_problem && t("web.models.draft_problem", { reason: load.draft_problem });
  return [t("web.models.sizes", values), draft].filter(Boolean).map((text) => element("small", { textContent: text }));
}

function showServers(servers) {
  byId("servers").hidden = byId("look").hidden = servers.length === 0;
  byId("servers-none").hidden = servers.length > 0;
  renew(
    byId("servers"),
    servers.map((server) => {
      const about = server.state === "ready" ? server.models.join(", ") || t("web.models.server_empty") : server.reason;
      const text = element(
        "span",
        { className: "rows__text" },
        element("b", { textContent: server.name }),
        element("small", { textContent: about }),
      );
      const state = element("span", {
        className: server.state === "down" ? "tag tag--bad" : "tag tag--plain",
        textContent: t(`web.models.server.${server.state}`),
      });
      return element("li", {}, text, state);
    }),
  );
}

/** What stands in prompts in the place of old messages. */
function showSummaries({ on, kept, channels, making, items }) {
  const counts = { kept: number.format(kept), channels: number.format(channels), making: number.format(making) };
  byId("summaries-state").textContent = on ? t("web.models.summaries_state", counts) : t("web.models.summaries_off");
  renew(byId("summaries"), items.slice(0, MOST_SUMMARIES).map(summaryRow));
}

function summaryRow(one) {
  const about = [one.language, one.style, one.model ?? t("web.models.summaries_plain"), when.format(one.created_at)];
  const text = element(
    "span",
    { className: "rows__text" },
    element("b", { textContent: one.channel ? `#${one.channel}` : one.channel_id }),
    element("span", { textContent: one.text }),
    element("small", { textContent: about.join(" · ") }),
  );
  const button = element("button", { className: "button button--small", type: "button", textContent: t("web.models.summaries_drop") });
  button.setAttribute("aria-label", `${button.textContent}: ${one.channel ?? one.channel_id}`);
  button.addEventListener("click", () =>
    attempt(button, () => rest.delete(`${AGORA}/channels/${one.channel_id}/summaries`), t("web.models.summaries_dropped")),
  );
  return element("li", {}, text, button);
}

function wireLook() {
  byId("look").addEventListener("click", (event) =>
    attempt(event.currentTarget, () => rest.post(`${MODELS}/look`), t("web.models.looked")),
  );
}

// who uses which

async function showGuilds() {
  const guilds = await rest.get(`${API}/users/@me/guilds`);
  const rows = await Promise.all(
    guilds.map(async (guild) => {
      const path = `${AGORA}/guilds/${guild.id}/model`;
      const { name } = await rest.get(path).catch(() => ({ name: "" }));
      return choiceRow(guild.name, name, (chosen) => rest.put(path, { name: chosen }));
    }),
  );
  byId("guilds").hidden = rows.length === 0;
  byId("guilds").replaceChildren(...rows);
}

async function showAgents() {
  const { items } = await rest.get(`${AGORA}/agents`);
  byId("agents").hidden = items.length === 0;
  byId("agents").replaceChildren(
    ...items.map((agent) =>
      choiceRow(agent.name, agent.model ?? "", (chosen) => rest.patch(`${AGORA}/agents/${agent.id}`, { model: chosen || null })),
    ),
  );
}

/** A name and the model that is chosen for it; a change counts at once, a refused one is taken back. */
function choiceRow(name, chosen, save) {
  const names = [...new Set([...writers().map((model) => model.name), chosen].filter(Boolean))];
  const select = element("select", { className: "input" }, option("", t("web.models.default")));
  select.append(...names.map((one) => option(one, one, one === chosen)));
  select.setAttribute("aria-label", t("web.models.model_of", { name }));
  let before = chosen;
  select.addEventListener("change", async () => {
    try {
      await save(select.value);
      before = select.value;
      toast(t("web.models.saved"));
    } catch (error) {
      select.value = before;
      toast(error.message);
    }
  });
  return element("li", {}, element("span", { className: "rows__text" }, element("b", { textContent: name })), select);
}
