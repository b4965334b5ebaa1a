/** Files of messages: pictures, sound, film, the beginning of texts; everything else as a card to download. */

import { build, element, icon } from "../shared/dom.js";
import { openDialog } from "../shared/dialog.js";
import { locale, t } from "../shared/i18n.js";
import { API, rest } from "../shared/rest.js";

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"];
const PREVIEW = 2048;
const LINES = 8;
const WIDEST = 420;
const HIGHEST = 320;
const SPOILER = "SPOILER_";

/** A size as people read it: 412 kB. */
export function sizeText(bytes) {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(bytes, 1)) / 3));
  const form = { style: "unit", unit: UNITS[power], unitDisplay: power === 0 ? "long" : "short", maximumFractionDigits: power > 1 ? 1 : 0 };
  return new Intl.NumberFormat(locale, form).format(bytes / 1000 ** power);
}

export const isPicture = (type) => /^image\/(png|jpeg|gif|webp|avif|bmp)\b/.test(type ?? "");

/** The address on this page's own origin, whatever name others reach the server by. */
function local(url) {
  const { pathname, search } = new URL(url, location.href);
  return pathname + search;
}

/** Show the files of a message; the same ones are left alone, so that a film goes on playing. */
export function paintFiles(place, files, embeds = []) {
  const shown = new Set(embeds.flatMap((embed) => [embed.image?.url, embed.thumbnail?.url]));
  const own = files.filter((file) => !shown.has(file.url));
  const signature = JSON.stringify(own.map((file) => [file.id, file.description, file.progress]));
  if (place.dataset.files === signature) return;
  place.dataset.files = signature;
  place.hidden = own.length === 0;
  const pictures = own.filter(isShown).map(fileNode);
  const others = own.filter((file) => !isShown(file)).map(fileNode);
  place.replaceChildren(...(pictures.length > 0 ? [element("div", { className: "pictures" }, ...pictures)] : []), ...others);
}

const isShown = (file) => !file.waiting && isPicture(file.content_type) && Boolean(file.width);

function fileNode(file) {
  const type = file.content_type ?? "";
  if (file.waiting) return card(file);
  if (isShown(file)) return covered(file, picture(file));
  if (type.startsWith("video/")) return covered(file, player("video", file));
  if (type.startsWith("audio/")) return covered(file, player("audio", file));
  if (type.includes("charset=") && file.size > 0) return covered(file, text(file));
  return covered(file, card(file));
}

function picture(file) {
  const scale = Math.min(1, WIDEST / file.width, HIGHEST / file.height);
  const image = element("img", {
    src: local(file.url),
    alt: file.description ?? "",
    title: file.description ?? "",
    width: Math.max(1, Math.round(file.width * scale)),
    height: Math.max(1, Math.round(file.height * scale)),
    loading: "lazy",
    decoding: "async",
  });
  image.addEventListener("error", () => renew(file, (url) => (image.src = url)), { once: true });
  const label = t("web.files.enlarge", { name: file.description || file.filename });
  const button = element("button", { type: "button", className: "picture", ariaLabel: label }, image);
  button.addEventListener("click", () => enlarge(file));
  return button;
}

function enlarge(file) {
  const parts = build("picture");
  parts.image.src = local(file.url);
  parts.image.alt = file.description ?? "";
  parts.name.textContent = file.description || file.filename;
  parts.facts.textContent = `${file.width} × ${file.height} · ${sizeText(file.size)}`;
  parts.download.href = local(file.url);
  parts.download.download = file.filename;
  openDialog(parts);
}

function player(tag, file) {
  const media = element(tag, { src: local(file.url), controls: true, preload: "metadata", ariaLabel: file.description || file.filename });
  media.addEventListener("error", () => renew(file, (url) => (media.src = url)), { once: true });
  return element("figure", { className: "media" }, media, card(file));
}

/** The first lines of a text, fetched when it comes into view. */
function text(file) {
  const parts = build("text-file");
  parts.root.append(card(file));
  const seen = new IntersectionObserver(async ([entry]) => {
    if (!entry.isIntersecting) return;
    seen.disconnect();
    try {
      const lines = await head(file);
      parts.lines.textContent = lines;
      parts.lines.hidden = lines.trim() === "";
    } catch (error) {
      console.info("no preview", error);
    }
  });
  seen.observe(parts.root);
  return parts.root;
}

async function head(file) {
  const ask = (url) => fetch(url, { headers: { Range: `bytes=0-${PREVIEW - 1}` } });
  let answer = await ask(local(file.url));
  if (answer.status === 404) answer = await ask(await fresh(file));
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  const charset = file.content_type.split("charset=")[1];
  const all = new TextDecoder(charset).decode(await answer.arrayBuffer()).split("\n");
  if (file.size > PREVIEW) all.pop();
  return all.slice(0, LINES).join("\n") + (all.length > LINES || file.size > PREVIEW ? "\n…" : "");
}

function card(file) {
  const parts = build("file");
  parts.name.textContent = file.filename;
  parts.name.title = file.filename;
  parts.size.textContent = sizeText(file.size);
  if (file.waiting) {
    parts.link.removeAttribute("href");
    parts.link.ariaDisabled = "true";
    return parts.root;
  }
  parts.link.href = local(file.url);
  parts.link.download = file.filename;
  parts.link.ariaLabel = t("web.files.download", { name: file.filename });
  // an address that has ended is replaced before the browser follows it
  parts.link.addEventListener("click", async (event) => {
    if (!hasEnded(file.url)) return;
    event.preventDefault();
    await renew(file, (url) => (parts.link.href = url));
    if (!hasEnded(file.url)) parts.link.click();
  });
  return parts.root;
}

/** A spoiler stays covered until it is clicked. */
function covered(file, node) {
  if (!file.filename.startsWith(SPOILER)) return node;
  const cover = element("button", { type: "button", className: "cover__button" }, icon("eye"), t("web.files.spoiler"));
  const root = element("div", { className: "cover" }, node, cover);
  node.inert = true;
  cover.addEventListener("click", () => {
    node.inert = false;
    root.classList.add("is-open");
    cover.remove();
  });
  return root;
}

const hasEnded = (url) => parseInt(new URL(url, location.href).searchParams.get("ex") ?? "0", 16) * 1000 < Date.now();

async function fresh(file) {
  const { refreshed_urls: [answer] } = await rest.post(`${API}/attachments/refresh-urls`, { attachment_urls: [file.url] });
  if (!answer.refreshed) throw new Error("gone");
  file.url = answer.refreshed;
  return local(file.url);
}

/** Put a fresh address in the place of one that has ended; what is gone stays as it is. */
async function renew(file, put) {
  if (!hasEnded(file.url)) return;
  try {
    put(await fresh(file));
  } catch (error) {
    console.info("no fresh address", error);
  }
}
