/** Message text as elements: the Bot API's entities become tags; offsets are UTF-16 on both sides. */

import { h } from "./page.dom.js";

const TAGS = {
  bold: "strong",
  italic: "em",
  underline: "u",
  strikethrough: "s",
  code: "code",
  pre: "pre",
  blockquote: "blockquote",
  expandable_blockquote: "blockquote",
};
const SAFE = new Set(["http:", "https:", "mailto:", "tel:", "tg:"]);

/** Nodes for `text`; entities may nest, and one that reaches out of its parent is cut there. */
export function formatted(text, entities = []) {
  const inOrder = entities
    .map((entity) => ({ ...entity, end: Math.min(entity.offset + entity.length, text.length) }))
    .filter((entity) => entity.offset >= 0 && entity.offset < entity.end)
    .sort((a, b) => a.offset - b.offset || b.end - a.end);
  return between(text, 0, text.length, inOrder);
}

function between(text, from, to, entities) {
  const nodes = [];
  let at = from;
  for (let place = 0; place < entities.length; place += 1) {
    const entity = entities[place];
    if (entity.offset < at || entity.offset >= to) continue;
    const end = Math.min(entity.end, to);
    const inner = between(text, entity.offset, end, entities.slice(place + 1));
    nodes.push(
      text.slice(at, entity.offset),
      element(entity, text.slice(entity.offset, end), inner),
    );
    at = end;
  }
  nodes.push(text.slice(at, to));
  return nodes.filter((node) => node !== "");
}

function element(entity, plain, inner) {
  if (entity.type in TAGS) return h(TAGS[entity.type], {}, inner);
  if (entity.type === "spoiler") return spoiler(inner);
  const address = safeAddress(addressOf(entity, plain));
  if (address)
    return h("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, inner);
  return h("span", { class: `entity ${entity.type}` }, inner);
}

function addressOf(entity, plain) {
  if (entity.type === "text_link") return entity.url;
  if (entity.type === "url") return /^[a-z][a-z0-9+.-]*:/i.test(plain) ? plain : `https://${plain}`;
  if (entity.type === "email") return `mailto:${plain}`;
  if (entity.type === "phone_number") return `tel:${plain.replace(/[^+\d]/g, "")}`;
  return null;
}

/** The address if a click on it may be allowed (no `javascript:` and the like), else null. */
export function safeAddress(address) {
  return address && URL.canParse(address) && SAFE.has(new URL(address).protocol) ? address : null;
}

function spoiler(inner) {
  const reveal = (event) => event.currentTarget.classList.add("revealed");
  return h("button", { type: "button", class: "spoiler", onclick: reveal }, inner);
}
