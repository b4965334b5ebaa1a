/** The community's template: made, brought up to date, renamed, deleted, and its code to hand on. */

import { confirmed } from "../shared/dialog.js";
import { build, element, toast } from "../shared/dom.js";
import { t } from "../shared/i18n.js";
import { rest } from "../shared/rest.js";
import { fullTime } from "../shared/time.js";
import { holds } from "../guild/create.js";
import { attempt, button, list, row } from "./parts.js";

export async function paint(page) {
  const [template] = await rest.get(`${page.base}/templates`);
  const form = fields(page, template);
  return template ? [list([line(page, template)]), form] : [form];
}

/** The code and what it leads to, with the buttons for it. */
function line(page, template) {
  const path = `${page.base}/templates/${template.code}`;
  const state = template.is_dirty ? t("web.template.dirty") : t("web.template.fresh");
  const used = t("web.template.used", { count: template.usage_count });
  const note = [holds(template), used, state, fullTime(Date.parse(template.updated_at))].join(" · ");
  const copy = button(t("web.manage.copy"), () => navigator.clipboard.writeText(template.code).then(() => toast(t("web.manage.copied"))), { drawing: "link" });
  const sync = button(t("web.template.sync"), () => rest.put(path).then(page.repaint));
  const remove = button(t("web.manage.delete"), () => end(page, path, template), { kind: "button--bad" });
  return row(template.code, note, [copy, ...(template.is_dirty ? [sync] : []), remove]);
}

async function end(page, path, { name }) {
  const sure = await confirmed({ title: t("web.template.delete"), text: t("web.template.delete_text"), yes: t("web.manage.delete"), quote: name });
  if (sure) await rest.delete(path).then(page.repaint);
}

function fields(page, template) {
  const { root, form, lead, submit } = build("template");
  form.elements.name.value = template?.name ?? page.guild.name;
  form.elements.description.value = template?.description ?? "";
  if (template) submit.textContent = t("web.save");
  if (template) lead.replaceChildren(element("span", { textContent: t("web.template.lead_made") }));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const body = { name: form.elements.name.value.trim(), description: form.elements.description.value.trim() || null };
    attempt(async () => {
      if (template) await rest.patch(`${page.base}/templates/${template.code}`, body);
      else await rest.post(`${page.base}/templates`, body);
      toast(t("web.settings.saved"));
      await page.repaint();
    });
  });
  return root;
}
