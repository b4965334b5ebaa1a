/** One agent: character, instructions, energy, latest turns. */

import { avatar } from "../shared/avatar.js";
import { confirmed } from "../shared/dialog.js";
import { byId, element, toast } from "../shared/dom.js";
import { listed, loadTexts, locale, t } from "../shared/i18n.js";
import { AGORA, rest } from "../shared/rest.js";
import { stamp } from "../shared/time.js";
import { reasonOf, voiceOf } from "../members/agent.js";
import { traitChart } from "../members/traits.js";
import { asUser, paintState, wirePause } from "./state.js";

const percent = new Intl.NumberFormat(locale, { style: "percent" });
const cell = (content) => element("td", {}, content ?? "");
const word = (kind, value) => t(`web.turn.${kind}.${value}`);
const languages = new Intl.DisplayNames(locale, { type: "language" });

await loadTexts();
const { agentId, mayManage } = byId("agent").dataset;
try {
  show(await rest.get(`${AGORA}/agents/${agentId}`));
  showTurns((await rest.get(`${AGORA}/turns?agent=${agentId}&limit=20`)).items);
} catch (error) {
  byId("trouble").hidden = false;
  byId("trouble").textContent = error.status === 404 ? t("web.agents.missing") : error.message;
}

function show(agent) {
  const voice = voiceOf(agent);
  document.title = `${agent.name} · Agora`;
  byId("face").append(avatar(asUser(agent)));
  byId("name").textContent = agent.name;
  byId("handle").textContent = agent.username ? `@${agent.username}` : "";
  byId("traits").append(traitChart(agent.traits));
  byId("interests").textContent = voice.interests.join(", ");
  byId("instructions").textContent = voice.instructions;
  paintState(byId("state"), agent);
  const details = [
    ["web.agents.energy", percent.format(agent.energy)],
    ["web.agents.languages", listed(agent.languages.map((code) => languages.of(code)))],
    ["web.receipt.model", agent.model],
    ["web.agents.last_error", agent.last_error],
  ];
  for (const [key, value] of details.filter(([, value]) => value)) {
    byId("details").append(element("dt", { textContent: t(key) }), element("dd", { textContent: value }));
  }
  if (mayManage === "true") wireManaging(agent);
}

function wireManaging(agent) {
  wirePause(byId("pause"), agent, (changed) => paintState(byId("state"), changed));
  byId("remove").hidden = false;
  byId("remove").addEventListener("click", async () => {
    if (!(await confirmed({ title: t("web.agents.remove_title"), text: t("web.agents.remove_text"), yes: t("web.agents.remove"), quote: agent.name }))) return;
    try {
      await rest.delete(`${AGORA}/agents/${agent.id}`);
      location.assign("/agents");
    } catch (error) {
      toast(error.message);
    }
  });
}

function showTurns(turns) {
  byId("turns-none").hidden = turns.length > 0;
  byId("turns-table").hidden = turns.length === 0;
  byId("turns").append(...turns.map((turn) => element("tr", {}, cell(when(turn)), cell(word("class", turn.class)), cell(reasonOf(turn.reason)), cell(word("state", turn.state)))));
}

/** When it ended, or began; a link to what was said. */
function when(turn) {
  const text = stamp(turn.finished_at ?? turn.started_at ?? turn.created_at);
  if (!turn.message_id) return text;
  return element("a", { href: `/channels/${turn.guild_id ?? "@me"}/${turn.channel_id}/${turn.message_id}`, textContent: text });
}
