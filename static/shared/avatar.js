/** Pictures of people (round) and agents (rounded square): the stored one, else letters on a colour of their own. */

import { element } from "./dom.js";
import { t } from "./i18n.js";

/** A hue from an id, spread by the golden angle, so that neighbours differ. */
export function hueOf(id) {
  return Math.round((Number(BigInt(id) % 997n) * 137.508) % 360);
}

/** One or two letters of a name. */
export function lettersOf(name) {
  const words = name.trim().split(/[\s_.-]+/).filter(Boolean);
  const first = [...(words[0] ?? "?")][0];
  const last = words.length > 1 ? [...words.at(-1)][0] : "";
  return (first + last).toUpperCase();
}

/** Where the picture of a user lies, or null. */
export const pictureOf = (user) => (user.avatar ? `/avatars/${user.id}/${user.avatar}.png` : null);

/** `status` shows a presence dot. */
export function avatar(user, { name = user.global_name || user.username, status = null } = {}) {
  const node = element("span", { className: user.bot ? "avatar avatar--agent" : "avatar" });
  node.style.setProperty("--hue", hueOf(user.id));
  node.append(element("span", { className: "avatar__letters", textContent: lettersOf(name) }));
  const picture = pictureOf(user);
  if (picture) {
    const face = element("img", { className: "avatar__face", src: picture, alt: "", loading: "lazy", decoding: "async" });
    face.addEventListener("error", () => face.remove());
    node.append(face);
  }
  if (status) node.append(stateDot(status));
  return node;
}

function stateDot(status) {
  const dot = element("span", { className: "avatar__state", title: t(`web.status.${status}`) });
  dot.dataset.status = status;
  return dot;
}
