/** Embeds of bots: title, text, fields; text only, and pictures only from this server. */

import { build, element } from "../shared/dom.js";

const hex = (colour) => `#${colour.toString(16).padStart(6, "0")}`;

export function paintEmbeds(place, embeds) {
  place.hidden = embeds.length === 0;
  place.replaceChildren(...embeds.map(embedNode));
}

function embedNode(embed) {
  const parts = build("embed");
  if (embed.color) parts.root.style.setProperty("--stripe", hex(embed.color));
  fill(parts.author, embed.author?.name);
  fill(parts.title, embed.title);
  if (embed.title && /^https?:/.test(embed.url ?? "")) parts.title.replaceChildren(link(embed.url, embed.title));
  fill(parts.text, embed.description);
  fill(parts.footer, embed.footer?.text);
  for (const field of embed.fields ?? []) {
    parts.fields.append(element("div", { className: field.inline ? "embed__inline" : "" }, element("dt", { textContent: field.name }), element("dd", { textContent: field.value })));
  }
  parts.fields.hidden = !embed.fields?.length;
  const picture = embed.image?.url ?? embed.thumbnail?.url;
  const address = picture ? new URL(picture, location.href) : null;
  const isOwn = address && (address.origin === location.origin || address.pathname.startsWith("/attachments/"));
  if (isOwn) parts.root.append(element("img", { src: address.pathname + address.search, alt: "", loading: "lazy" }));
  return parts.root;
}

function fill(node, text) {
  node.textContent = text ?? "";
  node.hidden = !text;
}

const link = (href, text) => element("a", { href, textContent: text, rel: "noopener nofollow" });
