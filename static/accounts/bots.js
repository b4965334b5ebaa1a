/** One's own bots in the settings: made, described, and the emojis each brings along. */

import { avatar } from "../shared/avatar.js";
import { confirmed, formDialog, openDialog } from "../shared/dialog.js";
import { build, byId, element, toast } from "../shared/dom.js";
import { counted, t } from "../shared/i18n.js";
import { AGORA, API, rest } from "../shared/rest.js";
import { emojiAddress } from "../expressions/emoji.js";
import { asPicture, emojiName } from "../expressions/picture.js";
import { attempt, button, drawn, list, option, row } from "../manage/parts.js";

const SIDE = 128; /* pixels: more is never shown */
const MANAGE_GUILD = 32n | 8n;

export function wireBots() {
  byId("new-bot").addEventListener("click", (event) => attempt(make, event.currentTarget));
  return attempt(paint);
}

async function paint() {
  const { items } = await rest.get(`${AGORA}/bots`);
  byId("bots").replaceChildren(list(items.map(line), t("web.bots.none")));
}

function line(bot) {
  const note = [bot.description, counted("web.bots.guilds", bot.approximate_guild_count)].filter(Boolean).join(" · ");
  const buttons = [button(t("web.bots.emojis"), () => emojis(bot), { drawing: "smile" }), drawn("edit", t("web.bots.describe"), () => describe(bot))];
  return row(bot.name, note, buttons, avatar(bot.bot));
}

/** A new bot in a community one manages; its token is shown this once. */
async function make() {
  const guilds = await rest.get(`${API}/users/@me/guilds`);
  const managed = guilds.filter((guild) => guild.owner || BigInt(guild.permissions) & MANAGE_GUILD);
  if (managed.length === 0) return toast(t("web.bots.nowhere"));
  const parts = build("bot-new");
  parts.guild.append(...managed.map((guild) => option(guild.id, guild.name)));
  let made = null;
  await formDialog(parts, async (data) => (made = await rest.post(`${AGORA}/bots`, { name: data.get("name").trim(), guild_id: data.get("guild") })));
  if (!made) return null;
  byId("bot-token").textContent = made.token;
  byId("bot-token-shown").hidden = false;
  return paint();
}

async function describe(bot) {
  const parts = build("bot-about");
  parts.title.textContent = bot.name;
  parts.text.value = bot.description;
  if (await formDialog(parts, (data) => rest.patch(`${API}/applications/${bot.id}`, { description: data.get("description") }))) await paint();
}

async function emojis(bot) {
  const base = `${API}/applications/${bot.id}/emojis`;
  const parts = build("bot-emojis");
  parts.title.textContent = t("web.bots.emojis_of", { name: bot.name });
  const repaint = async () => {
    const { items } = await rest.get(base);
    parts.count.textContent = counted("web.emoji.count", items.length);
    parts.list.replaceChildren(list(items.map((emoji) => emojiLine(base, emoji, repaint)), t("web.emoji.none")));
  };
  parts.choose.addEventListener("click", () => parts.file.click());
  parts.file.addEventListener("change", async () => {
    for (const file of parts.file.files) {
      if (!(await attempt(async () => rest.post(base, { name: emojiName(file), image: await asPicture(file, SIDE) })))) break;
    }
    parts.file.value = "";
    await attempt(repaint);
  });
  await repaint();
  await openDialog(parts);
}

function emojiLine(base, emoji, repaint) {
  const picture = element("img", { className: "manage__emoji", src: emojiAddress(emoji.id), alt: "" });
  const rename = async () => {
    const parts = build("bot-emoji");
    parts.name.value = emoji.name;
    parts.picture.src = emojiAddress(emoji.id);
    if (await formDialog(parts, (data) => rest.patch(`${base}/${emoji.id}`, { name: data.get("name").trim() }))) await repaint();
  };
  const remove = async () => {
    if (!(await confirmed({ title: t("web.emoji.delete_title"), text: t("web.emoji.delete_text"), yes: t("web.manage.delete"), quote: `:${emoji.name}:` }))) return;
    await rest.delete(`${base}/${emoji.id}`);
    await repaint();
  };
  return row(`:${emoji.name}:`, "", [drawn("edit", t("web.manage.edit"), rename), drawn("trash", t("web.manage.delete"), remove, "button--bad")], picture);
}
