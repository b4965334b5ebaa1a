/** AutoMod: rules for words, links and floods of mentions. */

import { build, toast } from "../shared/dom.js";
import { formDialog } from "../shared/dialog.js";
import { t } from "../shared/i18n.js";
import { rest } from "../shared/rest.js";
import { button, head, list, option, row } from "./parts.js";
import { has, RIGHTS } from "./rights.js";

const WORDS = 1;
const MENTIONS = 5;
const BLOCK = 1;
const ALERT = 2;
const TIMEOUT = 3;
const PAUSE_S = 600;

export async function paint(page) {
  const rules = await rest.get(address(page));
  const make = button(t("web.manage.rule_make"), () => editRule(page, null), { drawing: "plus", kind: "button--main" });
  return [head(make), list(rules.map((rule) => line(page, rule)), t("web.manage.rules_none"))];
}

const address = (page, rule = null) => `${page.base}/auto-moderation/rules${rule ? `/${rule.id}` : ""}`;

function line(page, rule) {
  const about = rule.trigger_type === WORDS ? [...rule.trigger_metadata.keyword_filter, ...rule.trigger_metadata.regex_patterns].join(", ") : t("web.manage.rule_over", { count: rule.trigger_metadata.mention_total_limit });
  const turn = button(t(rule.enabled ? "web.manage.turn_off" : "web.manage.turn_on"), () => rest.patch(address(page, rule), { enabled: !rule.enabled }).then(page.repaint));
  const edit = button(t("web.manage.edit"), () => editRule(page, rule));
  const remove = button(t("web.manage.delete"), () => rest.delete(address(page, rule)).then(page.repaint), { kind: "button--bad" });
  return row(rule.name, [rule.enabled ? "" : t("web.manage.off"), about].filter(Boolean).join(" · "), [turn, edit, remove]);
}

async function editRule(page, rule) {
  const parts = build("rule");
  const { name, kind, words, patterns, limit, block, pause, alert } = parts.form.elements;
  const action = (type) => rule?.actions.find((each) => each.type === type);
  for (const channel of page.channels) if (channel.type === 0) alert.append(option(channel.id, `#${channel.name}`, channel.id === action(ALERT)?.metadata.channel_id));
  pause.disabled = !has(page.bits, RIGHTS.members.moderate_members);
  parts.kindField.hidden = Boolean(rule);
  if (rule) {
    name.value = rule.name;
    kind.value = String(rule.trigger_type);
    words.value = (rule.trigger_metadata.keyword_filter ?? []).join("\n");
    patterns.value = (rule.trigger_metadata.regex_patterns ?? []).join("\n");
    limit.value = rule.trigger_metadata.mention_total_limit ?? 5;
    block.checked = Boolean(action(BLOCK));
    pause.checked = Boolean(action(TIMEOUT));
  }
  const turn = () => {
    parts.wordsField.hidden = Number(kind.value) !== WORDS;
    parts.patternsField.hidden = Number(kind.value) !== WORDS;
    parts.limitField.hidden = Number(kind.value) !== MENTIONS;
  };
  kind.addEventListener("change", turn);
  turn();
  const done = await formDialog(parts, () => {
    const found = words.value.split(/[\n,]/).map((word) => word.trim()).filter(Boolean);
    const lines = patterns.value.split("\n").map((line) => line.trim()).filter(Boolean);
    const metadata = Number(kind.value) === WORDS ? { keyword_filter: found, regex_patterns: lines, allow_list: rule?.trigger_metadata.allow_list ?? [] } : { mention_total_limit: Number(limit.value) };
    const actions = [];
    if (block.checked) actions.push(action(BLOCK) ?? { type: BLOCK, metadata: {} });
    if (alert.value) actions.push({ type: ALERT, metadata: { channel_id: alert.value } });
    if (pause.checked) actions.push(action(TIMEOUT) ?? { type: TIMEOUT, metadata: { duration_seconds: PAUSE_S } });
    const body = { name: name.value.trim(), trigger_metadata: metadata, actions };
    if (rule) return rest.patch(address(page, rule), body);
    return rest.post(address(page), { ...body, event_type: 1, trigger_type: Number(kind.value), enabled: true });
  });
  if (!done) return;
  toast(t("web.settings.saved"));
  page.repaint();
}
