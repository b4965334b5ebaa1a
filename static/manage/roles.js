/** Roles: order, look and permissions. Only those below one's own can be changed; the server decides. */

import { build, element } from "../shared/dom.js";
import { confirmed, formDialog } from "../shared/dialog.js";
import { t } from "../shared/i18n.js";
import { rest } from "../shared/rest.js";
import { button, check, head, list, row } from "./parts.js";
import { bit, has, RIGHTS } from "./rights.js";

export async function paint(page) {
  const roles = (await rest.get(`${page.base}/roles`)).sort((one, other) => other.position - one.position || (BigInt(one.id) < BigInt(other.id) ? -1 : 1));
  const make = button(t("web.manage.role_make"), () => rest.post(`${page.base}/roles`, { name: t("web.manage.role_new"), permissions: "0" }).then(page.repaint), { drawing: "plus", kind: "button--main" });
  return [head(make), list(roles.map((role, place) => line(page, roles, role, place)))];
}

function line(page, roles, role, place) {
  const everyone = role.id === page.guildId;
  const dot = element("span", { className: "manage__dot" });
  if (role.color) dot.style.background = hex(role.color);
  const note = [role.hoist ? t("web.manage.hoist") : "", role.managed ? t("web.manage.managed") : ""].filter(Boolean).join(" · ");
  const move = (step, drawing, label) => {
    const other = roles[place + step];
    const node = button("", () => rest.patch(`${page.base}/roles`, swapped(roles, place, place + step)).then(page.repaint), { drawing });
    node.ariaLabel = node.title = label;
    node.disabled = everyone || !other || other.id === page.guildId;
    return node;
  };
  const edit = button(t("web.manage.edit"), () => editRole(page, role));
  const up = move(-1, "chevron", t("web.manage.up"));
  up.classList.add("manage__up");
  return row(role.name, note, [up, move(1, "chevron", t("web.manage.down")), edit], dot);
}

/** The positions after two neighbours changed places; roles that stood level are set apart. */
function swapped(roles, one, other) {
  const [here, there] = [roles[one], roles[other]];
  if (here.position !== there.position) return [{ id: here.id, position: there.position }, { id: there.id, position: here.position }];
  const order = roles.slice(0, -1);
  [order[one], order[other]] = [there, here];
  return order.map((role, index) => ({ id: role.id, position: order.length - index }));
}

const hex = (color) => `#${color.toString(16).padStart(6, "0")}`;

async function editRole(page, role) {
  const parts = build("role");
  const everyone = role.id === page.guildId;
  const { name, color, hoist, mentionable } = parts.form.elements;
  name.value = role.name;
  color.value = hex(role.color);
  hoist.checked = role.hoist;
  mentionable.checked = role.mentionable;
  parts.look.hidden = parts.traits.hidden = everyone;
  const before = BigInt(role.permissions);
  for (const [group, rights] of Object.entries(RIGHTS)) {
    const boxes = Object.entries(rights).map(([right, place]) => {
      const label = check("right", place, t(`web.permission.${right}`), Boolean(before & bit(place)));
      label.firstElementChild.disabled = !has(page.bits, place);
      return label;
    });
    parts.rights.append(element("h3", { className: "threads__title", textContent: t(`web.manage.rights_${group}`) }), element("div", { className: "checks" }, ...boxes));
  }
  parts.remove.hidden = everyone || role.managed;
  parts.remove.addEventListener("click", async () => {
    parts.root.close("");
    if (!(await confirmed({ title: t("web.manage.role_delete"), text: t("web.manage.role_delete_text"), yes: t("web.manage.delete"), quote: role.name }))) return;
    await rest.delete(`${page.base}/roles/${role.id}`);
    page.repaint();
  });
  const done = await formDialog(parts, () => {
    const body = { permissions: String(chosen(parts.form, before)) };
    if (!everyone) Object.assign(body, { name: name.value.trim(), hoist: hoist.checked, mentionable: mentionable.checked });
    if (!everyone && color.value !== hex(role.color)) body.color = Number.parseInt(color.value.slice(1), 16);
    return rest.patch(`${page.base}/roles/${role.id}`, body);
  });
  if (done) page.repaint();
}

/** The bits that are ticked, and those that are not shown here as they were. */
function chosen(form, before) {
  return [...form.querySelectorAll("[name=right]")].reduce((bits, box) => (box.checked ? bits | bit(box.value) : bits & ~bit(box.value)), before);
}
