/** One chat as somebody sees it: the log of its messages and the composer under it. */

import { Composer } from "./page.composer.js";
import { h, icon, keyed, setLabel, setText } from "./page.dom.js";
import { messageElement } from "./page.message.js";

const SHOWN_AT_MOST = 200;
const NEAR_THE_END_PX = 60;

/**
 * `about` is what the chat is and who looks at it: `{sandbox, words, fail, chat, thread, speaker(),
 * language, label(), empty()}`; `thread` is null for a private chat and 0 for General.
 */
export class ChatView {
  #about;
  #newest = null;
  #atEnd = true;

  constructor(about) {
    this.#about = about;
    this.composer = new Composer({ ...about, act: (deed) => this.#act(deed) });
    this.earlier = h("p", { class: "notice", hidden: true });
    this.empty = h("div", { class: "empty" });
    this.list = h("div", { class: "messages" });
    this.log = h(
      "div",
      { class: "log", role: "log", "aria-live": "polite", tabindex: "0" },
      this.earlier,
      this.empty,
      this.list,
    );
    this.typing = h("p", { class: "typing", hidden: true }, h("span", {}), dots());
    this.toEnd = h(
      "button",
      { type: "button", class: "to-end", hidden: true },
      icon("down"),
      h("span"),
    );
    this.toEnd.addEventListener("click", () => {
      this.#scrollToEnd();
      this.log.focus({ preventScroll: true });
    });
    this.log.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.log.addEventListener("load", () => this.#atEnd && this.#scrollToEnd(), true);
    this.log.addEventListener("keydown", (event) => this.#walk(event));
    const window = h("div", { class: "log-window" }, this.log, this.toEnd);
    this.element = h("div", { class: "chat" }, window, this.typing, this.composer.element);
    new ResizeObserver(() => this.#atEnd && this.#scrollToEnd()).observe(this.log);
  }

  update() {
    const { sandbox, words, chat, thread, label, empty } = this.#about;
    const messages = sandbox.messages(chat, thread);
    const shown = messages.slice(-SHOWN_AT_MOST);
    setLabel(this.log, label());
    setText(this.earlier, words.say("earlier", { count: SHOWN_AT_MOST }));
    this.earlier.hidden = shown.length === messages.length;
    this.empty.hidden = messages.length > 0;
    if (!this.empty.hidden) keyed(this.empty, empty());
    const view = this.#view();
    const build = (message) => () => messageElement(message, view);
    const from = (message) => [message, words.language, view.speaker];
    keyed(
      this.list,
      shown.map((m) => ({ key: m.message_id, from: from(m), build: build(m) })),
    );
    for (const time of this.list.querySelectorAll("time")) // a message may have become yesterday's
      setText(time, words.time(Date.parse(time.dateTime) / 1000));
    this.#oneTabStop();
    this.#follow(shown.at(-1), view.speaker);
    this.#showTyping();
    this.composer.update();
  }

  #view() {
    const { sandbox, words, thread, language, speaker } = this.#about;
    return {
      sandbox,
      words,
      language,
      speaker: speaker(),
      group: thread !== null,
      act: (deed) => this.#act(deed),
      reply: (message) => this.composer.reply(message),
      edit: (message) => this.composer.edit(message),
    };
  }

  async #act(deed) {
    const { sandbox, speaker, fail } = this.#about;
    const answer = await sandbox.act({ as: speaker(), ...deed });
    if (!answer.ok) fail(answer.error);
    return answer.ok;
  }

  /** Only the last message's menu is a Tab stop; the arrow keys walk to the others. */
  #oneTabStop() {
    const stops = [...this.log.querySelectorAll(".more")];
    const current = stops.find((stop) => stop === document.activeElement) ?? stops.at(-1);
    for (const stop of stops) stop.tabIndex = stop === current ? 0 : -1;
  }

  #walk(event) {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!step || !event.target.classList.contains("more")) return;
    const stops = [...this.log.querySelectorAll(".more")];
    const next = stops[stops.indexOf(event.target) + step];
    next?.focus();
    this.#oneTabStop();
    event.preventDefault();
  }

  #follow(last, speaker) {
    const isNew = last && last.message_id !== this.#newest;
    this.#newest = last?.message_id ?? null;
    if (this.#atEnd || (isNew && last.from?.id === speaker)) this.#scrollToEnd();
    else if (isNew) this.toEnd.hidden = false;
    setText(this.toEnd.lastChild, this.#about.words.say("to_the_end"));
  }

  #scrolled() {
    const { scrollHeight, scrollTop, clientHeight } = this.log;
    this.#atEnd = scrollHeight - scrollTop - clientHeight < NEAR_THE_END_PX;
    if (this.#atEnd) this.toEnd.hidden = true;
  }

  #scrollToEnd() {
    this.log.scrollTop = this.log.scrollHeight;
    this.#atEnd = true;
    this.toEnd.hidden = true;
  }

  #showTyping() {
    const { sandbox, words, chat, thread } = this.#about;
    this.typing.hidden = !sandbox.typing(chat, thread ?? 0);
    setText(this.typing.firstChild, words.say("typing", { name: sandbox.bot.first_name }));
  }
}

function dots() {
  return h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i"));
}
