/** Where a person writes: text, a photo, a reply or an edit, with suggestions of what to try. */

import { h, icon, iconButton, keyed, setLabel, setText } from "./page.dom.js";
import { gist } from "./page.message.js";
import { nameOf } from "./page.state.js";

const LARGEST_PHOTO_BYTES = 10 * 1024 * 1024;
const SUGGESTED = { first: 4, later: 2 };
const NOTHING = { text: "", target: null, photo: null };

/** `about` is the chat view's, with `act(deed)` and `suggestions` (texts, may be empty). */
export class Composer {
  #about;
  #target = null; // {kind: "reply" | "edit", message}
  #photo = null; // {name, base64, address}
  #draft = null; // {text, target, photo}: what was being written when an edit began

  constructor(about) {
    this.#about = about;
    const { language } = about;
    this.suggestions = h("div", { class: "suggestions", role: "group" });
    this.bar = h("div", { class: "target", hidden: true });
    this.text = h("textarea", { rows: "1", lang: language, dir: "auto", autocomplete: "off" });
    this.file = h("input", { type: "file", accept: "image/*", hidden: true });
    this.attach = iconButton("attach", "…", { onclick: () => this.file.click() });
    this.send = h("button", { class: "icon-button send", type: "submit" }, icon("send"));
    this.form = h("form", { class: "write" }, this.file, this.attach, this.text, this.send);
    this.blocked = h("div", { class: "blocked", hidden: true, tabindex: "-1" });
    this.note = h("p", { class: "note" });
    const inOrder = [this.suggestions, this.bar, this.form, this.blocked, this.note];
    this.element = h("div", { class: "composer" }, inOrder);
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.text.addEventListener("keydown", (event) => this.#key(event));
    this.file.addEventListener("change", () => this.#choose(this.file.files[0]));
  }

  reply(message) {
    this.#leaveEdit();
    this.#write({ ...this.#written, target: { kind: "reply", message } });
    this.text.focus();
  }

  edit(message) {
    if (!this.#editing) this.#draft = this.#written;
    this.#write({ text: message.text, target: { kind: "edit", message }, photo: null });
    this.text.focus();
  }

  focus() {
    (this.form.hidden ? (this.blocked.querySelector("button") ?? this.blocked) : this.text).focus();
  }

  update() {
    const { words, sandbox, thread, speaker } = this.#about;
    const person = sandbox.people.get(speaker());
    const group = thread !== null;
    const name = nameOf(person);
    const bot = sandbox.bot.first_name;
    setLabel(
      this.text,
      group ? words.say("write_as", { name }) : words.say("write_to_bot", { bot }),
    );
    this.text.placeholder = words.say("placeholder");
    for (const [button, key] of [
      [this.attach, "attach"],
      [this.send, this.#editing ? "save" : "send"],
    ]) {
      setLabel(button, words.say(key));
      button.title = words.say(key);
    }
    this.attach.disabled = this.#editing;
    const obstacle = this.#obstacle(person);
    setText(this.note, group && !obstacle ? words.say("staff_note") : "");
    this.#showObstacle(obstacle);
    this.#showBar();
    this.#showSuggestions();
  }

  #key(event) {
    if (event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.#submit();
    } else if (event.key === "Escape" && (this.#target || this.#photo)) {
      this.#cancel();
    } else if (event.key === "ArrowUp" && !this.text.value && !this.#target) {
      const last = this.#mine().findLast((message) => message.text && !message.deleted);
      if (last) this.edit(last);
      event.preventDefault();
    }
  }

  get #editing() {
    return this.#target?.kind === "edit";
  }

  get #written() {
    return { text: this.text.value, target: this.#target, photo: this.#photo };
  }

  #write({ text, target, photo }) {
    this.text.value = text;
    this.#target = target;
    this.#photo = photo;
    if (!this.#editing) this.#draft = null;
    this.update();
  }

  #leaveEdit() {
    if (this.#editing) this.#write(this.#draft);
  }

  async #submit() {
    const sent = this.#written;
    const text = sent.text.trim();
    if (!text && !sent.photo) return;
    const { chat, thread } = this.#about;
    const to = sent.target?.message.message_id;
    const place = { chat, ...(thread ? { thread } : {}), reply_to: to };
    const deed = sent.photo
      ? { do: "photo", ...place, data_base64: sent.photo.base64, caption: text || undefined }
      : this.#editing
        ? { do: "edit", chat, message_id: to, text }
        : { do: "say", ...place, text };
    this.#write(this.#draft ?? NOTHING);
    if (await this.#about.act(deed)) forget(sent.photo);
    else this.#giveBack(sent);
  }

  /** What was refused is there again, in front of what was written since. */
  #giveBack(sent) {
    if (sent.target?.kind === "edit") {
      if (!this.#editing) this.edit(sent.target.message);
      this.text.value = sent.text;
    } else if (this.#editing) this.#draft = together(sent, this.#draft);
    else this.#write(together(sent, this.#written));
  }

  async #choose(file) {
    this.file.value = "";
    if (!file) return;
    const { words, fail } = this.#about;
    if (file.size > LARGEST_PHOTO_BYTES) return fail(words.say("photo_too_big"));
    const [name, address] = [file.name, URL.createObjectURL(file)];
    const photo = { name, base64: await base64(file), address };
    this.#leaveEdit();
    forget(this.#photo);
    this.#write({ ...this.#written, photo });
    this.text.focus();
  }

  /** What the bar shows is given up: the edit, else the photo, else the reply. */
  #cancel() {
    if (this.#editing) this.#leaveEdit();
    else if (this.#photo) {
      forget(this.#photo);
      this.#write({ ...this.#written, photo: null });
    } else this.#write({ ...this.#written, target: null });
    this.text.focus();
  }

  #showBar() {
    const { words } = this.#about;
    const [target, photo] = [this.#target, this.#photo];
    this.bar.hidden = !target && !photo;
    if (this.bar.hidden) return this.bar.replaceChildren();
    const what = photo
      ? words.say("photo_ready", { name: photo.name })
      : target.kind === "edit"
        ? words.say("editing")
        : words.say("replying", { name: nameOf(target.message.from) });
    const label = words.say(photo ? "remove" : "cancel");
    const stop = iconButton("close", label, { onclick: () => this.#cancel() });
    const picture = photo && h("img", { src: photo.address, alt: "" });
    const detail = target && h("span", { dir: "auto" }, gist(target.message, words));
    this.bar.replaceChildren(
      ...[picture, h("div", {}, h("strong", {}, what), detail ?? ""), stop].filter(Boolean),
    );
  }

  /** Why this person cannot write here now: `{text, button?, act?}`, or null. */
  #obstacle(person) {
    const { sandbox, words, act, chat, thread } = this.#about;
    if (thread === null && person?.blocked) {
      const text = words.say("blocked", { name: nameOf(person) });
      return { text, button: words.say("unblock"), act: () => act({ do: "unblock" }) };
    }
    const closed = thread && sandbox.isClosed(chat, thread);
    const outside = closed && !sandbox.manages(chat, person?.id);
    return outside ? { text: words.say("topic_is_closed") } : null;
  }

  #showObstacle(obstacle) {
    const blocked = Boolean(obstacle);
    const moved = this.blocked.hidden === blocked && this.element.contains(document.activeElement);
    this.form.hidden = this.suggestions.hidden = blocked;
    this.blocked.hidden = !blocked;
    const press = (name, onclick) => h("button", { type: "button", class: "plain", onclick }, name);
    const build = () => {
      const { text, button, act } = obstacle;
      return h("div", {}, h("p", { dir: "auto" }, text), button ? press(button, act) : null);
    };
    keyed(this.blocked, blocked ? [{ key: "blocked", from: [obstacle.text], build }] : []);
    if (moved) this.focus();
  }

  /** Those not yet written by this person, so that the next idea comes forward by itself. */
  #showSuggestions() {
    const { words, language, suggestions = () => [], act, chat } = this.#about;
    const said = new Set(this.#mine().map((message) => message.text));
    const room = said.size ? SUGGESTED.later : SUGGESTED.first;
    const ideas = suggestions()
      .filter((text) => !said.has(text))
      .slice(0, room);
    setLabel(this.suggestions, words.say("suggestions"));
    const say = (text) => () => {
      act({ do: "say", chat, text });
      this.text.focus();
    };
    const chip = (text) =>
      h("button", { type: "button", lang: language, onclick: say(text) }, text);
    const lead = { key: "", from: [words.language], build: () => h("span", {}, words.say("try")) };
    const chips = ideas.map((text) => ({ key: text, from: [], build: () => chip(text) }));
    keyed(this.suggestions, chips.length ? [lead, ...chips] : []);
  }

  #mine() {
    const { sandbox, chat, thread, speaker } = this.#about;
    return sandbox.messages(chat, thread).filter((message) => message.from?.id === speaker());
  }
}

/** What was refused, and what was written since: nothing of either is lost but a second photo. */
function together(refused, since) {
  if (since.photo) forget(refused.photo);
  return {
    text: [refused.text, since.text].filter(Boolean).join("\n"),
    target: since.target ?? refused.target,
    photo: since.photo ?? refused.photo,
  };
}

function forget(photo) {
  if (photo) URL.revokeObjectURL(photo.address);
}

function base64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}
