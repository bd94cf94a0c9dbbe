/** One message as an element: sender, quote, media, text, buttons, reactions and its own menu. */

import { h, icon, iconButton, openMenu } from "./page.dom.js";
import { nameOf } from "./page.state.js";
import { formatted, safeAddress } from "./page.text.js";

const REACTIONS = ["👍", "❤", "👎", "😡"]; // as the Bot API writes them

/**
 * `view` is the chat the message is shown in: `{sandbox, words, speaker, group, language, act,
 * reply(message), edit(message)}`; `speaker` is the id of the person looking at it.
 */
export function messageElement(message, view) {
  const notice = noticeOf(message, view.words);
  if (notice) return h("p", { class: "notice", dir: "auto" }, notice);
  const role = view.sandbox.role(message.from);
  const mine = message.from?.id === view.speaker;
  const side = mine ? "mine" : "theirs";
  if (message.deleted) return tombstone(role, side, mine, view);
  return h(
    "div",
    { class: `message ${role} ${side}`, "data-message": message.message_id },
    h(
      "div",
      { class: "bubble-row" },
      h(
        "div",
        { class: "bubble" },
        h(
          "div",
          { class: view.group && !mine ? "sender" : "sr-only" },
          sender(message, mine, view),
        ),
        forwarded(message, view.words),
        quote(message, view),
        media(message, view),
        body(message, view),
        foot(message, view.words),
      ),
      actions(message, mine, view),
    ),
    keyboard(message, view),
    reactions(message, view),
  );
}

/** The first words of a message, for quotes and lists. */
export function gist(message, words) {
  const text = message.text ?? message.caption ?? noticeOf(message, words);
  if (text) return text.slice(0, 120);
  if (message.photo) return words.say("photo", { name: nameOf(message.from) });
  return mediaName(message, words);
}

function noticeOf(message, words) {
  const say = (key, values) => words.say(key, values);
  if (message.forum_topic_created) return say("topic_created", message.forum_topic_created);
  if (message.forum_topic_closed) return say("topic_closed");
  if (message.forum_topic_reopened) return say("topic_reopened");
  if (message.forum_topic_edited) return say("topic_renamed", message.forum_topic_edited);
  if (message.new_chat_members)
    return say("joined", { name: message.new_chat_members.map(nameOf).join(", ") });
  if (message.left_chat_member) return say("left", { name: nameOf(message.left_chat_member) });
  if (message.pinned_message) return say("pinned");
  if (message.migrate_to_chat_id || message.migrate_from_chat_id) return say("migrated");
  return null;
}

function tombstone(role, side, mine, { words, group }) {
  const key = mine && !group ? "deleted_by_customer" : "deleted";
  return h("div", { class: `message ${role} ${side} gone` }, h("p", {}, words.say(key)));
}

function sender(message, mine, { words }) {
  return h("bdi", {}, mine ? words.say("you") : nameOf(message.from ?? message.sender_chat));
}

function forwarded(message, words) {
  const origin = message.forward_origin;
  if (!origin) return null;
  const from = origin.sender_user ?? origin.sender_chat ?? origin.chat;
  const name = from ? nameOf(from) : (origin.sender_user_name ?? words.say("somebody"));
  return h("p", { class: "forwarded", dir: "auto" }, words.say("forwarded", { name }));
}

function quote(message, { words }) {
  const original = message.reply_to_message;
  if (!original || original.forum_topic_created) return null;
  const jump = (event) => {
    const log = event.currentTarget.closest("[role=log]");
    const target = log?.querySelector(`[data-message="${original.message_id}"]`);
    target?.scrollIntoView({ block: "center" });
    target?.querySelector(".more")?.focus({ preventScroll: true });
  };
  return h(
    "button",
    { type: "button", class: "quote", onclick: jump, "data-focus": "quote" },
    h("strong", {}, h("bdi", {}, nameOf(original.from))),
    h("span", { dir: "auto" }, message.quote?.text ?? gist(original, words)),
  );
}

function body(message, { language }) {
  const text = message.text ?? message.caption;
  if (!text) return null;
  const entities = message.entities ?? message.caption_entities;
  return h("div", { class: "text", dir: "auto", lang: language }, formatted(text, entities));
}

function fileAddress(file) {
  return `/sandbox/file/${encodeURIComponent(file.file_id)}`;
}

function media(message, { words }) {
  if (message.photo) {
    const largest = message.photo.at(-1);
    const label = words.say("photo", { name: nameOf(message.from) });
    const { width, height } = largest;
    return h("img", { class: "photo", src: fileAddress(largest), alt: label, width, height });
  }
  if (message.text !== undefined) return null;
  const spoken = message.voice ?? message.audio;
  const label = mediaName(message, words);
  if (spoken)
    return h("audio", {
      controls: true,
      preload: "none",
      src: fileAddress(spoken),
      "aria-label": label,
    });
  const file = message.document ?? message.video ?? message.animation ?? message.video_note;
  if (!file) return h("p", { class: "file" }, label);
  const link = { class: "file", href: fileAddress(file), download: file.file_name ?? true };
  return h("a", link, icon("file"), h("bdi", {}, label));
}

function mediaName(message, words) {
  if (message.document || message.audio)
    return (message.document ?? message.audio).file_name ?? words.say("file");
  if (message.video || message.animation || message.video_note) return words.say("video");
  if (message.voice) return words.say("voice");
  if (message.sticker) return `${words.say("sticker")} ${message.sticker.emoji ?? ""}`;
  if (message.contact) return words.say("contact", { name: nameOf(message.contact) });
  if (message.poll) return words.say("poll", message.poll);
  const spot = message.location ?? message.venue?.location;
  if (spot) return words.say("location", { place: `${spot.latitude}, ${spot.longitude}` });
  return words.say("unknown_content");
}

function foot(message, words) {
  const time = new Date(message.date * 1000);
  return h(
    "div",
    { class: "foot" },
    message.edit_date ? h("span", { class: "edited" }, words.say("edited")) : null,
    h("time", { datetime: time.toISOString(), "aria-live": "off" }, words.time(message.date)),
  );
}

function keyboard(message, view) {
  const rows = message.reply_markup?.inline_keyboard;
  if (!rows?.length) return null;
  const press = async (event, button) => {
    const pressed = event.currentTarget;
    pressed.setAttribute("aria-busy", "true");
    const { message_id, chat } = message;
    const deed = { do: "press", chat: chat.id, message_id, data: button.callback_data };
    await view.act(deed);
    pressed.removeAttribute("aria-busy");
  };
  const key = (button, row, column) => {
    const focus = button.callback_data ?? `${row}/${column}`;
    const look = { class: "key", dir: "auto", lang: view.language, "data-focus": focus };
    const address = safeAddress(button.url);
    if (address)
      return h(
        "a",
        { ...look, href: address, target: "_blank", rel: "noopener noreferrer" },
        button.text,
      );
    return h(
      "button",
      { ...look, type: "button", onclick: (event) => press(event, button) },
      button.text,
    );
  };
  return h(
    "div",
    { class: "keyboard" },
    rows.map((row, r) =>
      h(
        "div",
        { class: "keys" },
        row.map((button, c) => key(button, r, c)),
      ),
    ),
  );
}

function reactions(message, view) {
  if (!message.reactions?.length) return null;
  const groups = Map.groupBy(message.reactions, ({ emoji }) => emoji);
  const pill = ([emoji, from]) => {
    const mine = from.some(({ user_id }) => user_id === view.speaker);
    return h(
      "button",
      {
        type: "button",
        class: "reaction",
        "aria-pressed": String(mine),
        "aria-label": view.words.say("reaction_count", {
          emoji: pictured(emoji),
          count: from.length,
        }),
        "data-focus": `reaction ${emoji}`,
        onclick: () => react(message, mine ? null : emoji, view),
      },
      pictured(emoji),
      from.length > 1 ? h("span", {}, String(from.length)) : null,
    );
  };
  return h("div", { class: "reactions" }, [...groups].map(pill));
}

/** The heart is a black sign unless it is asked for in colour. */
function pictured(emoji) {
  return emoji === "❤" ? "❤\uFE0F" : emoji;
}

function react(message, emoji, view) {
  return view.act({ do: "react", chat: message.chat.id, message_id: message.message_id, emoji });
}

function actions(message, mine, view) {
  const { words } = view;
  const { message_id } = message;
  const given = message.reactions?.find(({ user_id }) => user_id === view.speaker)?.emoji;
  const reaction = (emoji) => ({
    text: pictured(emoji),
    label: words.say(given === emoji ? "unreact" : "react", { emoji: pictured(emoji) }),
    act: () => react(message, given === emoji ? null : emoji, view),
  });
  const remove = () => view.act({ do: "delete", chat: message.chat.id, message_id });
  const entries = () => [
    { row: REACTIONS.map(reaction) },
    { label: words.say("reply"), act: () => view.reply(message) },
    ...(mine && message.text ? [{ label: words.say("edit"), act: () => view.edit(message) }] : []),
    ...(mine ? [{ label: words.say("delete"), act: remove, danger: true }] : []),
  ];
  const open = (event) => openMenu(event.currentTarget, words.say("actions"), entries());
  const button = { "aria-haspopup": "menu", "aria-expanded": "false", tabindex: "-1" };
  const look = { class: "icon-button more", "data-focus": "more", onclick: open };
  return iconButton("more", words.say("actions"), { ...button, ...look });
}
