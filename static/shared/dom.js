/** The DOM builder: <template> elements are cloned and filled with text and attributes, never with strings of HTML. */

const SVG = "http://www.w3.org/2000/svg";
const SPRITE = new URL("../icons.svg", import.meta.url).pathname;

export const byId = (id) => document.getElementById(id);

/** A copy of `<template id="tpl-NAME">` and its slots: `{root, name, time, …}`. */
export function build(name) {
  const root = document.getElementById(`tpl-${name}`).content.firstElementChild.cloneNode(true);
  const parts = { root };
  if (root.dataset.slot) parts[camel(root.dataset.slot)] = root;
  for (const node of root.querySelectorAll("[data-slot]")) parts[camel(node.dataset.slot)] = node;
  return parts;
}

const camel = (name) => name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());

/** An element with properties and children; strings become text nodes. */
export function element(tag, properties = {}, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

/** An icon of the sprite. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `${SPRITE}#${name}`);
  svg.append(use);
  return svg;
}

/** Point an existing icon at another drawing. */
export function swapIcon(holder, name) {
  holder.querySelector("use").setAttribute("href", `${SPRITE}#${name}`);
}

/** Nodes of HTML the server made and sanitised (`content_html`); scripts in it never run. */
export function sanitised(markup) {
  const template = document.createElement("template");
  template.innerHTML = markup;
  return template.content;
}

/** Text that is spoken once by a screen reader. */
export function announce(text) {
  const place = byId("announcer");
  if (!place) return;
  place.append(element("p", { textContent: text }));
  while (place.childElementCount > 4) place.firstElementChild.remove();
}

/** A short note at the foot of the page. */
export function toast(text) {
  const node = element("p", { className: "toast", textContent: text });
  byId("toasts").append(node);
  setTimeout(() => node.remove(), 5000);
}

/** Show these nodes, unless the same ones are there already: a click or a focus is not lost to a repaint. */
export function renew(place, nodes) {
  const fresh = document.createDocumentFragment();
  fresh.append(...nodes);
  const before = [...place.children].map((node) => node.outerHTML).join("");
  if (before !== [...fresh.children].map((node) => node.outerHTML).join("")) place.replaceChildren(fresh);
}

/** Run `fn` at most once a frame. */
export function framed(fn) {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      fn();
    });
  };
}
