/** The settings page: profile, appearance, password, sessions and tokens. */

import { avatar } from "../shared/avatar.js";
import { confirmed } from "../shared/dialog.js";
import { build, byId, element, toast } from "../shared/dom.js";
import { loadTexts, locale, t } from "../shared/i18n.js";
import { AGORA, API, rest } from "../shared/rest.js";
import { setTheme } from "../shared/theme.js";
import { wireBots } from "./bots.js";

const ME = `${API}/users/@me`;
const day = new Intl.DateTimeFormat(locale, { dateStyle: "long" });

await loadTexts();
const known = byId("portrait").dataset;
paintFace({ id: known.id, username: known.username, global_name: known.name || null, avatar: known.avatar || null });
wireProfile();
wireLook();
wirePassword();
wireTokens();
listCredentials();
wireBots();

function paintFace(user) {
  byId("face").replaceChildren(avatar(user));
  byId("picture-remove").hidden = !user.avatar;
}

/** Change oneself; the server's reason is shown when it refuses. Resolves to the account or null. */
async function change(body) {
  try {
    const user = await rest.patch(ME, body);
    paintFace(user);
    toast(t("web.settings.saved"));
    return user;
  } catch (error) {
    toast(error.message);
    return null;
  }
}

function wireProfile() {
  byId("profile").addEventListener("submit", (event) => {
    event.preventDefault();
    const data = new FormData(event.target);
    change({ global_name: data.get("global_name").trim() || null, username: data.get("username").trim() });
  });
  byId("picture").addEventListener("change", async (event) => {
    const [file] = event.target.files;
    if (file) await change({ avatar: await dataUri(file) });
    event.target.value = "";
  });
  byId("picture-remove").addEventListener("click", () => change({ avatar: null }));
}

function dataUri(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(reader.result));
    reader.addEventListener("error", () => reject(reader.error));
    reader.readAsDataURL(file);
  });
}

function wireLook() {
  for (const choice of document.querySelectorAll("input[name=theme]")) choice.addEventListener("change", () => setTheme(choice.value));
  for (const choice of document.querySelectorAll("input[name=locale]")) {
    choice.addEventListener("change", async () => {
      if (await change({ locale: choice.value })) location.reload();
    });
  }
}

function wirePassword() {
  byId("password").addEventListener("submit", async (event) => {
    event.preventDefault();
    const data = new FormData(event.target);
    if (await change({ password: data.get("password_now"), new_password: data.get("password_new") })) event.target.reset();
  });
}

function wireTokens() {
  byId("new-token").addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const { token } = await rest.post(`${AGORA}/tokens`, { label: new FormData(event.target).get("label").trim() });
      byId("token").textContent = token;
      byId("token-shown").hidden = false;
      event.target.reset();
      listCredentials();
    } catch (error) {
      toast(error.message);
    }
  });
}

async function listCredentials() {
  try {
    const { items } = await rest.get(`${AGORA}/tokens`);
    const rows = items.reverse().map(credential);
    byId("credentials").replaceChildren(...(rows.length ? rows : [element("li", { className: "rows__none", textContent: t("web.settings.none") })]));
  } catch (error) {
    toast(error.message);
  }
}

function credential(item) {
  const parts = build("credential");
  const name = item.label || t("web.settings.unnamed");
  parts.name.textContent = name;
  parts.here.hidden = !item.current;
  parts.note.textContent = `${t(`web.settings.kind.${item.kind}`)} · ${t("web.settings.made", { date: day.format(new Date(item.created_at)) })}`;
  parts.revoke.hidden = item.current;
  parts.revoke.addEventListener("click", async () => {
    if (!(await confirmed({ title: `${t("web.settings.revoke")}: ${name}`, text: t("web.settings.revoke_text"), yes: t("web.settings.revoke") }))) return;
    try {
      await rest.delete(`${AGORA}/tokens/${item.id}`);
      parts.root.remove();
    } catch (error) {
      toast(error.message);
    }
  });
  return parts.root;
}
