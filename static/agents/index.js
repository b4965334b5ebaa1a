/** The list of agents, and the dialog that makes one. */

import { avatar } from "../shared/avatar.js";
import { formDialog } from "../shared/dialog.js";
import { build, byId, toast } from "../shared/dom.js";
import { loadTexts } from "../shared/i18n.js";
import { wireOverride } from "../shared/override.js";
import { AGORA, rest } from "../shared/rest.js";
import { Store } from "../shared/store.js";
import { voiceOf } from "../members/agent.js";
import { traitChart } from "../members/traits.js";
import { asUser, paintState, wirePause } from "./state.js";

const TRAITS = ["openness", "conscientiousness", "extraversion", "agreeableness", "neuroticism"];

await loadTexts();
const mayManage = byId("agents").dataset.mayManage === "true";
wireOverride(new Store())();
byId("new-agent")?.addEventListener("click", createAgent);
await list();

async function list() {
  try {
    const { items } = await rest.get(`${AGORA}/agents`);
    byId("agents").replaceChildren(...items.map(card));
    byId("agents-none").hidden = items.length > 0;
  } catch (error) {
    toast(error.message);
  }
}

function card(agent) {
  const parts = build("agent");
  parts.avatar.append(avatar(asUser(agent)));
  parts.name.textContent = agent.name;
  parts.name.href = `/agents/${agent.id}`;
  parts.interests.textContent = voiceOf(agent).interests.join(", ");
  parts.traits.append(traitChart(agent.traits));
  paintState(parts.state, agent);
  if (mayManage) wirePause(parts.pause, agent, (changed) => paintState(parts.state, changed));
  return parts.root;
}

async function createAgent() {
  await formDialog(build("new-agent"), async (data) => {
    await rest.post(`${AGORA}/agents`, {
      name: data.get("name").trim(),
      interests: data.get("interests").split(",").map((word) => word.trim()).filter(Boolean),
      instructions: data.get("instructions").trim(),
      traits: Object.fromEntries(TRAITS.map((name) => [name, Number(data.get(name))])),
    });
  });
  await list();
}

