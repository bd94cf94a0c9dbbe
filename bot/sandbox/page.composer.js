/** Where a person writes: text, a photo, a reply or an edit, with suggestions of what to try. */

import { h, icon, iconButton, keyed, setLabel, setText } from "./page.dom.js";
import { gist } from "./page.message.js";
import { nameOf } from "./page.state.js";

const LARGEST_PHOTO_BYTES = 10 * 1024 * 1024;
const SUGGESTED = { first: 4, later: 2 };

/** `about` is the chat view's, with `act(deed)` and `suggestions` (texts, may be empty). */
export class Composer {
  #about;
  #target = null; // {kind: "reply" | "edit", message}
  #photo = null; // {name, base64, address}

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
    this.blocked = h("div", { class: "blocked", hidden: true });
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
    this.#aim({ kind: "reply", message });
  }

  edit(message) {
    this.text.value = message.text;
    this.#aim({ kind: "edit", message });
  }

  focus() {
    (this.form.hidden ? this.blocked.querySelector("button") : this.text).focus();
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
      [this.send, this.#target?.kind === "edit" ? "save" : "send"],
    ]) {
      setLabel(button, words.say(key));
      button.title = words.say(key);
    }
    setText(this.note, group ? words.say("staff_note") : "");
    this.#showBlocked(!group && person?.blocked, name);
    this.#showBar();
    this.#showSuggestions();
  }

  #key(event) {
    if (event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.#submit();
    } else if (event.key === "Escape" && (this.#target || this.#photo)) {
      this.#aim(null);
    } else if (event.key === "ArrowUp" && !this.text.value && !this.#target) {
      const last = this.#mine().findLast((message) => message.text && !message.deleted);
      if (last) this.edit(last);
      event.preventDefault();
    }
  }

  async #submit() {
    const text = this.text.value.trim();
    const [target, photo] = [this.#target, this.#photo];
    if (!text && !photo) return;
    const { chat, thread } = this.#about;
    const place = { chat, ...(thread ? { thread } : {}) };
    const to = target?.message.message_id;
    const deed = photo
      ? { do: "photo", ...place, data_base64: photo.base64, caption: text || undefined }
      : target?.kind === "edit"
        ? { do: "edit", chat, message_id: to, text }
        : { do: "say", ...place, text, reply_to: to };
    this.#clear();
    if (!(await this.#about.act(deed)) && !this.text.value && !photo) {
      this.text.value = text;
      if (target) this.#aim(target);
    }
  }

  async #choose(file) {
    this.file.value = "";
    if (!file) return;
    const { words, fail } = this.#about;
    if (file.size > LARGEST_PHOTO_BYTES) return fail(words.say("photo_too_big"));
    this.#target = null;
    this.#photo = {
      name: file.name,
      base64: await base64(file),
      address: URL.createObjectURL(file),
    };
    this.update();
    this.text.focus();
  }

  #aim(target) {
    if (this.#target?.kind === "edit" && target?.kind !== "edit") this.text.value = "";
    this.#forgetPhoto();
    this.#target = target;
    this.update();
    this.text.focus();
  }

  #clear() {
    this.#forgetPhoto();
    this.#target = null;
    this.text.value = "";
    this.update();
  }

  #forgetPhoto() {
    if (this.#photo) URL.revokeObjectURL(this.#photo.address);
    this.#photo = null;
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
    const stop = iconButton("close", label, { onclick: () => this.#aim(null) });
    const picture = photo && h("img", { src: photo.address, alt: "" });
    const detail = target && h("span", { dir: "auto" }, gist(target.message, words));
    this.bar.replaceChildren(
      ...[picture, h("div", {}, h("strong", {}, what), detail ?? ""), stop].filter(Boolean),
    );
  }

  #showBlocked(blocked, name) {
    const { words, act } = this.#about;
    const moved =
      this.blocked.hidden === Boolean(blocked) && this.element.contains(document.activeElement);
    this.form.hidden = this.suggestions.hidden = Boolean(blocked);
    this.blocked.hidden = !blocked;
    const unblock = () => act({ do: "unblock" });
    const build = () =>
      h(
        "div",
        {},
        h("p", { dir: "auto" }, words.say("blocked", { name })),
        h("button", { type: "button", class: "plain", onclick: unblock }, words.say("unblock")),
      );
    keyed(this.blocked, blocked ? [{ key: "blocked", from: [words.language, name], build }] : []);
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

function base64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}
