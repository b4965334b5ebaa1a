/** The emojis of a community: uploaded, looked at, renamed, kept for roles, deleted. */

import { build, element, toast } from "../shared/dom.js";
import { confirmed, formDialog } from "../shared/dialog.js";
import { counted, t } from "../shared/i18n.js";
import { rest } from "../shared/rest.js";
import { snowflakeTime, stamp } from "../shared/time.js";
import { emojiAddress } from "../expressions/emoji.js";
import { asPicture, emojiName } from "../expressions/picture.js";
import { attempt, button, check, drawn, head, list, row } from "./parts.js";
import { has, RIGHTS } from "./rights.js";

const SIDE = 128; /* pixels: more is never shown */
const TAKEN = "image/png,image/jpeg,image/gif,image/webp";

export async function paint(page) {
  const emojis = await rest.get(`${page.base}/emojis`);
  const count = element("p", { className: "manage__note", textContent: counted("web.emoji.count", emojis.length) });
  const rows = list(emojis.map((emoji) => line(page, emoji)), t("web.emoji.none"));
  rows.classList.add("manage__emojis");
  if (!has(page.bits, RIGHTS.general.create_guild_expressions)) return [head(count), rows];
  const file = element("input", { type: "file", accept: TAKEN, multiple: true, hidden: true, id: "emoji-file" });
  file.addEventListener("change", () => upload(page, [...file.files]));
  const make = button(t("web.emoji.upload"), () => file.click(), { drawing: "plus", kind: "button--main" });
  return [head(make, file, count), element("p", { className: "field__note", textContent: t("web.emoji.upload_note") }), rows];
}

function line(page, emoji) {
  const picture = element("img", { className: "manage__emoji", src: emojiAddress(emoji.id), alt: "" });
  const only = page.guild.roles.filter((role) => emoji.roles.includes(role.id)).map((role) => role.name);
  const note = [
    emoji.user ? t("web.emoji.made", { name: emoji.user.global_name || emoji.user.username, date: stamp(snowflakeTime(emoji.id)) }) : "",
    only.length > 0 ? t("web.emoji.only", { names: only.join(", ") }) : "",
  ];
  const own = has(page.bits, RIGHTS.general.create_guild_expressions) && emoji.user?.id === page.me;
  const buttons = own || has(page.bits, RIGHTS.general.manage_guild_expressions) ? [edit(page, emoji), remove(page, emoji)] : [];
  return row(`:${emoji.name}:`, note.filter(Boolean).join(" · "), buttons, picture);
}

/** One after the other; each is named after its file. */
async function upload(page, files) {
  for (const file of files) {
    const made = await attempt(async () => rest.post(`${page.base}/emojis`, { name: emojiName(file), image: await asPicture(file, SIDE) }));
    if (!made) break;
  }
  page.repaint();
}

function edit(page, emoji) {
  const act = async () => {
    const parts = build("emoji-edit");
    const { name } = parts.form.elements;
    name.value = emoji.name;
    parts.picture.src = emojiAddress(emoji.id);
    const roles = page.guild.roles.filter((role) => role.id !== page.guildId);
    parts.rolesField.hidden = roles.length === 0;
    parts.roles.append(...roles.map((role) => check("role", role.id, role.name, emoji.roles.includes(role.id))));
    const done = await formDialog(parts, (data) => rest.patch(`${page.base}/emojis/${emoji.id}`, { name: name.value.trim(), roles: data.getAll("role") }));
    if (!done) return;
    toast(t("web.settings.saved"));
    page.repaint();
  };
  return drawn("edit", t("web.manage.edit"), act);
}

function remove(page, emoji) {
  const act = async () => {
    const sure = await confirmed({ title: t("web.emoji.delete_title"), text: t("web.emoji.delete_text"), yes: t("web.manage.delete"), quote: `:${emoji.name}:` });
    if (!sure) return;
    await rest.delete(`${page.base}/emojis/${emoji.id}`);
    page.repaint();
  };
  return drawn("trash", t("web.manage.delete"), act, "button--bad");
}
