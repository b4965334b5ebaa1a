/** The dialog that makes an invitation and shows its link. */

import { build, toast } from "../shared/dom.js";
import { openDialog } from "../shared/dialog.js";
import { t } from "../shared/i18n.js";
import { API, rest } from "../shared/rest.js";
import { option } from "./parts.js";

const SPOKEN = new Set([0, 5, 15]);

export const linkOf = (code) => `${location.origin}/invite/${code}`;

export function inviteDialog(channels, chosen = null) {
  const parts = build("invite");
  const { channel, age, uses } = parts.form.elements;
  for (const each of channels) if (SPOKEN.has(each.type)) channel.append(option(each.id, `#${each.name}`, each.id === chosen));
  parts.form.addEventListener("submit", async (event) => {
    event.preventDefault();
    parts.problem.hidden = true;
    try {
      const invite = await rest.post(`${API}/channels/${channel.value}/invites`, { max_age: Number(age.value), max_uses: Number(uses.value), unique: true });
      parts.link.value = linkOf(invite.code);
      parts.made.hidden = parts.copy.hidden = false;
      parts.link.select();
    } catch (error) {
      parts.problem.textContent = error.message;
      parts.problem.hidden = false;
    }
  });
  parts.copy.addEventListener("click", () => navigator.clipboard.writeText(parts.link.value).then(() => toast(t("web.manage.copied"))));
  return openDialog(parts);
}
