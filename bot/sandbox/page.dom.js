/** Builds and updates elements; text goes in as text nodes, so nobody's words become markup. */

const SVG = "http://www.w3.org/2000/svg";
const ICONS = {
  more: "M5 12h.01M12 12h.01M19 12h.01",
  attach: "M4 8h4l1.5-2.5h5L16 8h4v10.5H4ZM12 16a3 3 0 1 0 0-6 3 3 0 0 0 0 6Z",
  send: "M12 19V5M6 11l6-6 6 6",
  save: "M5 13l4.5 4.5L19 7",
  close: "M6 6l12 12M18 6 6 18",
  down: "M12 5v14M6 13l6 6 6-6",
  lock: "M7 11V8a5 5 0 0 1 10 0v3M6 11h12v9H6Z",
  file: "M7 3h7l4 4v14H7ZM14 3v4h4",
};

/** `h("button", {type: "button", onclick: press}, "Send")`: null and false are left out. */
export function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child || child === 0));
  return node;
}

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", `icon icon-${name}`);
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

export function iconButton(name, label, attributes = {}) {
  const named = { type: "button", class: "icon-button", "aria-label": label, title: label };
  return h("button", { ...named, ...attributes }, icon(name));
}

/** A round initial; its colour is one of six, steady per id. */
export function avatar(name, id, kind = "") {
  const [initial = "?"] = name ?? "";
  const tint = `tint-${Math.abs(id) % 6}`;
  return h(
    "span",
    { class: `avatar ${kind} ${tint}`, "aria-hidden": "true" },
    initial.toUpperCase(),
  );
}

/** Whether it is on the page now: on a narrow screen one of the two panes is not. */
export function isShown(node) {
  return node.checkVisibility();
}

/** Sets the text only when it differs, so that a live region does not speak without news. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export function setLabel(node, text) {
  node.setAttribute("aria-label", text);
  if (node.title) node.title = text;
}

const built = new WeakMap();

/**
 * Makes the children of `parent` one per item of `[{key, from: [...], build}]`, in order.
 *
 * A child is kept while everything in `from` stays the same, so that focus, scrolling and screen
 * readers notice only what changed. A rebuilt child takes the focus over, at the control with the
 * same `data-focus` or else at its first one: never at another that happens to stand in its place,
 * where a second Enter would press what nobody read. A child that goes leaves it to what is around.
 */
export function keyed(parent, items) {
  const before = built.get(parent) ?? new Map();
  const after = new Map();
  const focused = parent.contains(document.activeElement) ? document.activeElement : null;
  for (const { key, from, build } of items) {
    const old = before.get(key);
    const same = old && from.every((value, place) => Object.is(value, old.from[place]));
    after.set(key, same ? old : { from, node: replaced(old?.node, build(), focused) });
  }
  for (const [key, { node }] of before) if (!after.has(key)) node.remove();
  let next = parent.firstChild;
  for (const { node } of after.values()) {
    if (node === next) next = node.nextSibling;
    else parent.insertBefore(node, next);
  }
  built.set(parent, after);
  if (!focused) return;
  if (focused.isConnected) focused.focus({ preventScroll: true });
  else if (!parent.contains(document.activeElement))
    parent.closest("[tabindex]")?.focus({ preventScroll: true });
}

function replaced(old, node, focused) {
  if (!old) return node;
  old.replaceWith(node);
  if (old.contains(focused)) {
    const label = focused.dataset.focus;
    const twin = label && node.querySelector(`[data-focus="${CSS.escape(label)}"]`);
    (twin || node.querySelector("button, a, [tabindex]") || node).focus({ preventScroll: true });
  }
  return node;
}

/** Opens a menu under `anchor`; entries are `{label, act, text?, danger?}` or `{row: [...]}`. */
export function openMenu(anchor, name, entries) {
  const around = anchor.parentElement.closest("[tabindex]");
  const item = ({ label, act, text, danger }) =>
    h(
      "button",
      {
        type: "button",
        role: "menuitem",
        tabindex: "-1",
        class: danger ? "danger" : null,
        "aria-label": text ? label : null,
        title: text ? label : null,
        onclick: () => {
          menu.hidePopover();
          act();
        },
      },
      text ?? label,
    );
  const menu = h(
    "div",
    { class: "menu", role: "menu", popover: "auto", "aria-label": name },
    entries.map((entry) =>
      entry.row ? h("div", { class: "menu-row", role: "none" }, entry.row.map(item)) : item(entry),
    ),
  );
  menu.addEventListener("keydown", (event) => moveInMenu(menu, event));
  menu.addEventListener("toggle", (event) => {
    anchor.setAttribute("aria-expanded", String(event.newState === "open"));
    if (event.newState !== "closed") return;
    menu.remove();
    if (!anchor.isConnected) around?.focus({ preventScroll: true });
  });
  document.body.append(menu);
  menu.showPopover();
  place(menu, anchor.getBoundingClientRect());
  menu.querySelector("button")?.focus();
}

function moveInMenu(menu, event) {
  const items = [...menu.querySelectorAll("button")];
  const at = items.indexOf(document.activeElement);
  const steps = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };
  if (event.key in steps) items.at((at + steps[event.key]) % items.length).focus();
  else if (event.key === "Home") items[0].focus();
  else if (event.key === "End") items.at(-1).focus();
  else if (event.key === "Tab") menu.hidePopover();
  else return;
  event.preventDefault();
}

function place(menu, anchor) {
  const { offsetWidth: width, offsetHeight: height } = menu;
  const below = anchor.bottom + height + 8 < innerHeight;
  const left = Math.min(Math.max(8, anchor.right - width), innerWidth - width - 8);
  menu.style.left = `${left}px`;
  menu.style.top = `${below ? anchor.bottom + 4 : Math.max(8, anchor.top - height - 4)}px`;
}
