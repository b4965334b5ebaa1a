/** Editing a message where it stands. */

import { build, toast } from "../shared/dom.js";
import { API, rest } from "../shared/rest.js";
import { t } from "../shared/i18n.js";
import { LIMIT } from "./composer.js";
import { editable, onTheWire } from "./mentions_text.js";
import { paintRow } from "./row.js";

/** Turn a row's body into a form; `done()` is called when it is over. */
export function editRow(row, store, people, done) {
  if (row.classList.contains("is-editing")) return;
  const parts = build("edit");
  const channel = store.channels.get(row.message.channel_id);
  row.classList.add("is-editing");
  parts.text.value = editable(row.message.content, store, channel);
  parts.text.maxLength = LIMIT;
  row.parts.body.classList.remove("is-plain");
  row.parts.body.replaceChildren(parts.root);
  parts.text.focus();
  parts.text.setSelectionRange(parts.text.value.length, parts.text.value.length);

  const end = () => {
    row.classList.remove("is-editing");
    paintRow(row, row.message, store);
    done();
  };
  const save = async () => {
    const content = onTheWire(parts.text.value.trim(), people(), store, channel);
    const mayBeEmpty = row.message.attachments?.length > 0;
    if ((!content && !mayBeEmpty) || content === row.message.content) return end();
    try {
      const edited = await rest.patch(`${API}/channels/${row.message.channel_id}/messages/${row.message.id}`, { content });
      row.message = { ...row.message, ...edited };
      end();
    } catch (error) {
      toast(t("web.message.not_saved", { reason: error.message }));
    }
  };
  parts.cancel.addEventListener("click", end);
  parts.root.addEventListener("submit", (event) => (event.preventDefault(), save()));
  parts.text.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Escape") {
      event.stopPropagation();
      end();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      save();
    }
  });
}
