/** What an agent had before it when it wrote a message: its receipt. */

import { build, element, toast } from "../shared/dom.js";
import { AGORA, rest } from "../shared/rest.js";
import { openDialog } from "../shared/dialog.js";
import { counted, locale, t } from "../shared/i18n.js";
import { reasonOf } from "../members/agent.js";

const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });

export async function showReceipt(message) {
  try {
    const receipt = await rest.get(`${AGORA}/messages/${message.id}/receipt`);
    const parts = build("receipt");
    for (const [name, value] of facts(receipt)) {
      parts.facts.append(element("dt", { textContent: t(`web.receipt.${name}`) }), element("dd", { textContent: value }));
    }
    await openDialog(parts);
  } catch (error) {
    toast(error.status === 404 ? t("web.receipt.none") : error.message);
  }
}

function facts({ reason, model, message_ids: read, memory_ids: remembered, tokens, timings, sampler, seed, model_hash: modelHash, prompt_hash: promptHash }) {
  const sampling = Object.entries(sampler).map(([key, value]) => `${key.replaceAll("_", " ")} ${number.format(value)}`);
  return [
    ["reason", reasonOf(reason)],
    ["model", model],
    ["messages", counted("web.receipt.read", read.length)],
    ["memories", number.format(remembered.length)],
    ["tokens", t("web.receipt.tokens_text", { prompt: number.format(tokens.prompt), reused: number.format(tokens.reused), generated: number.format(tokens.generated) })],
    ["timings", t("web.receipt.timings_text", { total: number.format(timings.total_ms / 1000), speed: number.format(timings.tokens_per_s) })],
    ["sampler", sampling.join(" · ")],
    ["seed", String(seed)],
    ["model_hash", modelHash],
    ["prompt_hash", promptHash],
  ];
}
