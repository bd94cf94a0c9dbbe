/** Starts the page: the sandbox's state on one side, the two panes and the header on the other. */

import { h, iconButton, setLabel, setText } from "./page.dom.js";
import { Phones } from "./page.phones.js";
import { Staff } from "./page.staff.js";
import { nameOf, Sandbox } from "./page.state.js";
import { Words } from "./page.words.js";

const TOAST_LASTS_MS = 8000;
const HELD_AT_MOST_MS = 3000;
const byId = (id) => document.getElementById(id);

function start() {
  const words = new Words();
  const sandbox = new Sandbox();
  const place = {
    sandbox,
    words,
    fail: (error) => toast(error ?? words.say("failed"), "error", words),
  };
  const [phones, staff] = [new Phones(place), new Staff(place)];
  const draw = oncePerFrame(() => {
    header(sandbox, words);
    phones.update();
    staff.update();
    tabDots({ customers: phones.unread, staff: staff.unread });
  });
  sandbox.addEventListener("change", ({ detail: event }) => {
    if (event.kind === "message") [phones, staff].forEach((side) => side.arrived(event.message));
    if (event.kind === "topic") staff.topicChanged(event);
    if (event.kind === "alert") alertFor(event, sandbox, words);
    draw();
  });
  chooseLanguage(words, draw);
  choosePane(draw);
  speak(words);
  sandbox.listen();
}

/**
 * Many events may come at once; the page is drawn once for all of them. While a button is held down
 * it waits a little: a button that moves or is rebuilt under the finger is never clicked.
 */
function oncePerFrame(draw) {
  let waiting = false;
  let since = 0;
  const frame = (now) => {
    since ||= now;
    const held = document.querySelector("button:active") && now - since < HELD_AT_MOST_MS;
    if (held) return requestAnimationFrame(frame);
    since = 0;
    waiting = false;
    draw();
  };
  return () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(frame);
  };
}

/** Puts the page's fixed words in the chosen language. */
function speak(words) {
  document.documentElement.lang = words.language;
  for (const node of document.querySelectorAll("[data-say]"))
    setText(node, words.say(node.dataset.say));
  for (const node of document.querySelectorAll("[data-label]"))
    setLabel(node, words.say(node.dataset.label));
  for (const button of byId("languages").children)
    button.setAttribute("aria-pressed", String(button.value === words.language));
}

function header(sandbox, words) {
  const { first_name: bot } = sandbox.bot;
  setText(byId("bot-name"), bot);
  document.title = words.say("title", { bot });
  byId("connection").dataset.connected = String(sandbox.connected);
  setText(byId("connection"), words.say(sandbox.connected ? "live" : "lost"));
}

function chooseLanguage(words, draw) {
  byId("languages").addEventListener("click", ({ target }) => {
    if (!target.value) return;
    words.use(target.value);
    speak(words);
    draw();
  });
}

/** On a narrow screen one pane is shown at a time. */
function choosePane(draw) {
  const show = (pane) => {
    byId("panes").dataset.pane = pane;
    for (const button of byId("pane-tabs").children)
      button.setAttribute("aria-pressed", String(button.value === pane));
    draw();
  };
  byId("pane-tabs").addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (button) show(button.value);
  });
  for (const link of document.querySelectorAll(".skips a"))
    link.addEventListener("click", () => show(link.hash.slice(1)));
}

function tabDots(unread) {
  for (const button of byId("pane-tabs").children)
    button.querySelector(".dot").hidden = !unread[button.value];
}

/** What the bot answers to a pressed button: a passing note, or a dialog when it asks for one. */
function alertFor({ user_id, text, show_alert }, sandbox, words) {
  if (!text) return;
  const name = nameOf(sandbox.people.get(user_id));
  const from = words.say("answer_from_bot", { bot: sandbox.bot.first_name });
  if (!show_alert) return toast(text, "note", words, `${from} → ${name}`);
  setText(byId("alert-from"), `${from} → ${name}`);
  setText(byId("alert-text"), text);
  byId("alert-dialog").showModal();
}

function toast(text, kind, words, from = "") {
  const dismiss = iconButton("close", words.say("dismiss"), { onclick: () => note.remove() });
  const lines = h(
    "div",
    {},
    from ? h("strong", { dir: "auto" }, from) : null,
    h("span", { dir: "auto" }, text),
  );
  const note = h("div", { class: `toast ${kind}` }, lines, dismiss);
  byId("toasts").append(note);
  let timer;
  const hold = () => clearTimeout(timer);
  const leave = () => {
    hold();
    const read = note.matches(":hover") || note.contains(document.activeElement);
    if (!read) timer = setTimeout(() => note.remove(), TOAST_LASTS_MS);
  };
  note.addEventListener("mouseenter", hold);
  note.addEventListener("mouseleave", leave);
  note.addEventListener("focusin", hold);
  note.addEventListener("focusout", () => setTimeout(leave)); // the focus is nowhere just now
  leave();
}

start();
