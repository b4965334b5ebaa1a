/** One's reminders, as /remind took them down: a list to look at and to delete from. */

import { build, toast } from "../shared/dom.js";
import { AGORA, rest } from "../shared/rest.js";
import { t } from "../shared/i18n.js";
import { stamp } from "../shared/time.js";

const PATH = `${AGORA}/reminders`;

/** Fill `list` and show `section`, unless there are none. */
export async function showReminders(store, section, list) {
  const { items } = await rest.get(PATH);
  const paint = () => (section.hidden = list.childElementCount === 0);
  list.replaceChildren(...items.map((reminder) => line(store, reminder, paint)));
  paint();
}

function line(store, reminder, gone) {
  const parts = build("reminder");
  const channel = store.channels.get(reminder.channel_id);
  parts.time.textContent = stamp(Date.parse(reminder.at));
  parts.time.dateTime = reminder.at;
  parts.where.textContent = channel?.guild_id ? `#${channel.name}` : t("web.dm.title");
  parts.text.textContent = reminder.text.slice(0, 240);
  parts.delete.addEventListener("click", async () => {
    try {
      await rest.delete(`${PATH}/${reminder.id}`);
      parts.root.remove();
      gone();
    } catch (error) {
      toast(t("web.app.refused", { reason: error.message }));
    }
  });
  return parts.root;
}
