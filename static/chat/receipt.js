/** What an agent had before it when it wrote a message: its receipt. */

import { build, element, toast } from "../shared/dom.js";
import { AGORA, rest } from "../shared/rest.js";
import { openDialog } from "../shared/dialog.js";
import { locale, t } from "../shared/i18n.js";

const KNOWN = ["model", "model_hash", "prompt_hash", "seed", "messages", "message_ids", "memories", "memory_ids", "sampler", "timings", "prompt_tokens", "tokens"];

export async function showReceipt(message) {
  try {
    const receipt = await rest.get(`${AGORA}/messages/${message.id}/receipt`);
    const parts = build("receipt");
    const keys = [...KNOWN, ...Object.keys(receipt)].filter((key, index, all) => all.indexOf(key) === index);
    for (const key of keys) {
      if (receipt[key] === undefined || receipt[key] === null || receipt[key] === "") continue;
      const label = t(`web.receipt.${key}`);
      parts.facts.append(
        element("dt", { textContent: label.startsWith("web.") ? key.replaceAll("_", " ") : label }),
        element("dd", { textContent: readable(receipt[key]) }),
      );
    }
    await openDialog(parts);
  } catch (error) {
    toast(error.status === 404 ? t("web.receipt.none") : error.message);
  }
}

function readable(value) {
  if (Array.isArray(value)) return value.length.toLocaleString(locale);
  if (typeof value === "object") return Object.entries(value).map(([key, part]) => `${key.replaceAll("_", " ")} ${readable(part)}`).join(" · ");
  return typeof value === "number" && !Number.isInteger(value) ? value.toFixed(2) : String(value);
}
