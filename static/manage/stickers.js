/** The stickers of a community: uploaded, looked at, described, deleted. */

import { build, element, toast } from "../shared/dom.js";
import { confirmed, formDialog } from "../shared/dialog.js";
import { counted, t } from "../shared/i18n.js";
import { rest } from "../shared/rest.js";
import { snowflakeTime, stamp } from "../shared/time.js";
import { stickerAddress } from "../expressions/stickers.js";
import { button, drawn, head, list, row } from "./parts.js";
import { has, RIGHTS } from "./rights.js";

export async function paint(page) {
  const stickers = await rest.get(`${page.base}/stickers`);
  const count = element("p", { className: "manage__note", textContent: counted("web.sticker.count", stickers.length) });
  const rows = list(stickers.map((sticker) => line(page, sticker)), t("web.sticker.none"));
  rows.classList.add("manage__emojis");
  if (!has(page.bits, RIGHTS.general.create_guild_expressions)) return [head(count), rows];
  const make = button(t("web.sticker.make"), () => open(page, null), { drawing: "plus", kind: "button--main" });
  return [head(make, count), rows];
}

function line(page, sticker) {
  const picture = element("img", { className: "manage__emoji manage__emoji--sticker", src: stickerAddress(sticker), alt: "" });
  const made = sticker.user ? t("web.emoji.made", { name: sticker.user.global_name || sticker.user.username, date: stamp(snowflakeTime(sticker.id)) }) : "";
  const own = has(page.bits, RIGHTS.general.create_guild_expressions) && sticker.user?.id === page.me;
  const may = own || has(page.bits, RIGHTS.general.manage_guild_expressions);
  const buttons = may ? [drawn("edit", t("web.manage.edit"), () => open(page, sticker)), drawn("trash", t("web.manage.delete"), () => remove(page, sticker), "button--bad")] : [];
  return row(sticker.name, [sticker.description, sticker.tags, made].filter(Boolean).join(" · "), buttons, picture);
}

/** A new one with its file, or what is said of one. */
async function open(page, sticker) {
  const parts = build("sticker-edit");
  const { name, tags, description, file } = parts.form.elements;
  parts.fileField.hidden = Boolean(sticker);
  file.required = !sticker;
  if (sticker) {
    name.value = sticker.name;
    tags.value = sticker.tags;
    description.value = sticker.description ?? "";
    parts.picture.src = stickerAddress(sticker);
    parts.picture.hidden = false;
  }
  file.addEventListener("change", () => {
    const [chosen] = file.files;
    parts.picture.hidden = !chosen;
    if (!chosen) return;
    parts.picture.src = URL.createObjectURL(chosen);
    if (!name.value) name.value = chosen.name.replace(/\.[^.]*$/, "").slice(0, 30);
  });
  const done = await formDialog(parts, () => {
    const texts = { name: name.value.trim(), tags: tags.value.trim(), description: description.value.trim() };
    if (sticker) return rest.patch(`${page.base}/stickers/${sticker.id}`, texts);
    const form = new FormData();
    for (const [field, text] of Object.entries(texts)) form.append(field, text);
    form.append("file", file.files[0]);
    return rest.upload(`${page.base}/stickers`, form, () => {});
  });
  if (!done) return;
  toast(t("web.settings.saved"));
  page.repaint();
}

async function remove(page, sticker) {
  if (!(await confirmed({ title: t("web.sticker.delete_title"), text: t("web.emoji.delete_text"), yes: t("web.manage.delete"), quote: sticker.name }))) return;
  await rest.delete(`${page.base}/stickers/${sticker.id}`);
  page.repaint();
}
