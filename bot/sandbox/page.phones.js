/** The left side: the customers, and as many of their phones as fit. */

import { ChatView } from "./page.chat.js";
import { avatar, h, iconButton, isShown, keyed, openMenu, setLabel, setText } from "./page.dom.js";
import { nameOf } from "./page.state.js";

const PHONE_WIDTH_PX = 270;
const PHONES_AT_MOST = 3;
const FIRST_LANGUAGE = "en";

export class Phones {
  #place;
  #views = new Map(); // customer id -> {element, chat, title, menu}
  #recent = []; // customer ids, the one used last first
  #unread = new Map();
  #room = 1;

  /** `place` is `{sandbox, words, fail}`. */
  constructor(place) {
    this.#place = place;
    this.pane = document.getElementById("customers");
    this.list = document.getElementById("people");
    this.phones = document.getElementById("phones");
    new ResizeObserver(([entry]) => this.#measure(entry.contentRect.width)).observe(this.phones);
    this.phones.addEventListener("focusin", (event) => {
      const phone = event.target.closest("[data-person]");
      if (phone) this.#use(Number(phone.dataset.person));
    });
    this.#offerNewCustomer();
  }

  /** Counts a message nobody sees yet. */
  arrived(message) {
    const { sandbox } = this.#place;
    const id = message.chat.id;
    const toCustomer = sandbox.customers().some((person) => person.id === id);
    if (!toCustomer || sandbox.role(message.from) !== "bot") return;
    const seen = isShown(this.pane) && this.#shown().includes(id);
    if (!seen) this.#unread.set(id, (this.#unread.get(id) ?? 0) + 1);
  }

  get unread() {
    return this.#unread.size > 0;
  }

  update() {
    const { words, sandbox } = this.#place;
    const customers = sandbox.customers();
    const shown = this.#shown();
    if (isShown(this.pane)) for (const id of shown) this.#unread.delete(id);
    keyed(
      this.list,
      customers.map((person) => this.#chip(person, shown.includes(person.id))),
    );
    const phones = shown.map((id) => ({ key: id, from: [], build: () => this.#view(id).element }));
    const nobody = () => h("p", { class: "empty" }, words.say("no_customers"));
    const empty = { key: "empty", from: [words.language], build: nobody };
    keyed(this.phones, customers.length ? phones : [empty]);
    this.phones.dataset.count = String(shown.length);
    for (const id of shown) this.#refresh(id);
  }

  #shown() {
    const ids = this.#place.sandbox.customers().map((person) => person.id);
    const known = this.#recent.filter((id) => ids.includes(id));
    const first = [...new Set([...known, ...ids])].slice(0, this.#room);
    return ids.filter((id) => first.includes(id));
  }

  #use(id) {
    this.#recent = [id, ...this.#recent.filter((other) => other !== id)];
  }

  #open(id) {
    // Those on screen stay on screen, but for the one used longest ago.
    const shown = this.#shown();
    this.#recent = [...new Set([...this.#recent, ...shown])];
    this.#use(id);
    this.update();
    this.#view(id).chat.composer.focus();
  }

  #measure(width) {
    const room = Math.min(PHONES_AT_MOST, Math.max(1, Math.floor(width / PHONE_WIDTH_PX)));
    if (room === this.#room) return;
    this.#room = room;
    this.update();
  }

  #chip(person, shown) {
    const { words } = this.#place;
    const unread = this.#unread.get(person.id) ?? 0;
    const build = () =>
      h(
        "button",
        {
          type: "button",
          class: "person",
          "aria-pressed": String(shown),
          "data-focus": "person",
          onclick: () => this.#open(person.id),
        },
        avatar(nameOf(person), person.id),
        h("bdi", {}, nameOf(person)),
        unread ? h("span", { class: "count" }, words.say("unread", { count: unread })) : null,
      );
    return { key: person.id, from: [nameOf(person), shown, unread, words.language], build };
  }

  #view(id) {
    if (!this.#views.has(id)) this.#views.set(id, this.#build(id));
    return this.#views.get(id);
  }

  #build(id) {
    const { sandbox, words } = this.#place;
    const person = () => sandbox.people.get(id);
    const language = person().language_code;
    const names = () => ({ name: nameOf(person()), bot: sandbox.bot.first_name });
    const chat = new ChatView({
      ...this.#place,
      chat: id,
      thread: null,
      language,
      speaker: () => id,
      label: () => words.say("chat_of", names()),
      empty: () => this.#welcome(id, chat),
      suggestions: () => sandbox.suggestions[language] ?? sandbox.suggestions[FIRST_LANGUAGE] ?? [],
    });
    const title = h("bdi", {});
    const bot = h("bdi", {});
    const menu = iconButton("more", "…", { "aria-haspopup": "menu", "aria-expanded": "false" });
    menu.addEventListener("click", () => this.#menu(id, menu));
    const heading = h(
      "h3",
      {},
      title,
      h("span", { class: "badge" }, language?.toUpperCase() ?? ""),
    );
    const head = h(
      "div",
      { class: "phone-head" },
      avatar(nameOf(person()), id),
      h("div", {}, heading, h("p", {}, "↔ ", bot)),
      menu,
    );
    const element = h("article", { class: "phone", "data-person": id }, head, chat.element);
    return { element, chat, title, bot, menu };
  }

  #refresh(id) {
    const { words, sandbox } = this.#place;
    const { element, chat, title, bot, menu } = this.#view(id);
    const name = nameOf(sandbox.people.get(id));
    setLabel(element, words.say("phone_of", { name }));
    setLabel(menu, words.say("phone_menu", { name }));
    setText(title, name);
    setText(bot, sandbox.bot.first_name);
    chat.update();
  }

  #welcome(id, chat) {
    const { words, sandbox } = this.#place;
    const start = async () => {
      chat.composer.focus();
      await this.#act({ do: "start", as: id });
    };
    const name = sandbox.bot.first_name;
    const build = () =>
      h(
        "div",
        {},
        avatar(name, sandbox.bot.id, "bot"),
        h("p", {}, words.say("empty_private")),
        h("button", { type: "button", class: "strong", onclick: start }, words.say("start")),
      );
    return [{ key: "welcome", from: [words.language, name], build }];
  }

  #menu(id, anchor) {
    const { words, sandbox } = this.#place;
    const person = sandbox.people.get(id);
    const commands = sandbox.commands[person.language_code] ?? sandbox.commands[""] ?? [];
    const say = (text) => () => this.#act({ do: "say", as: id, chat: id, text });
    const start = { label: "/start", act: () => this.#act({ do: "start", as: id }) };
    const others = commands.filter(({ command }) => command !== "start");
    const order = ({ command, description }) => ({
      text: `/${command}`,
      label: `/${command}: ${description}`,
      act: say(`/${command}`),
    });
    const block = person.blocked
      ? { label: words.say("unblock"), act: () => this.#act({ do: "unblock", as: id }) }
      : { label: words.say("block"), danger: true, act: () => this.#act({ do: "block", as: id }) };
    const asked = person.blocked ? [] : [start, ...others.map(order)];
    openMenu(anchor, words.say("phone_menu", { name: nameOf(person) }), [...asked, block]);
  }

  async #act(deed) {
    const answer = await this.#place.sandbox.act(deed);
    if (!answer.ok) this.#place.fail(answer.error);
    return answer;
  }

  #offerNewCustomer() {
    const dialog = document.getElementById("person-dialog");
    const form = dialog.querySelector("form");
    document.getElementById("new-customer").addEventListener("click", () => {
      form.reset();
      form.elements.language_code.value = this.#place.words.language;
      dialog.showModal();
    });
    form.querySelector("[value=cancel]").addEventListener("click", () => dialog.close("cancel"));
    form.addEventListener("submit", async () => {
      const { first_name, language_code } = Object.fromEntries(new FormData(form));
      const answer = await this.#act({
        do: "person",
        first_name: first_name.trim(),
        language_code,
      });
      if (!answer.ok) return;
      this.#place.sandbox.people.set(answer.result.id, answer.result);
      this.#open(answer.result.id);
    });
  }
}
