/** The right side: the staff group, its topics, and the open topic as one of the agents sees it. */

import { ChatView } from "./page.chat.js";
import { h, icon, iconButton, isShown, keyed, openMenu, setLabel, setText } from "./page.dom.js";
import { gist } from "./page.message.js";
import { nameOf, threadOf } from "./page.state.js";

const GENERAL = 0;
const PRIVATE = -1; // not a topic: the agent's own chat with the bot, where leads are told

const MARKS = { [GENERAL]: "#", [PRIVATE]: "@" };

export class Staff {
  #place;
  #views = new Map(); // "chat/thread" -> {element, chat, title, menu}
  #unread = new Set(); // "chat/thread"
  #open = GENERAL;
  #chosen = false; // once a person has picked a topic, none opens by itself

  /** `place` is `{sandbox, words, fail}`. */
  constructor(place) {
    this.#place = place;
    this.pane = document.getElementById("staff");
    this.list = document.getElementById("topics");
    this.topic = document.getElementById("topic");
    this.agent = document.getElementById("agent");
    this.group = document.getElementById("group");
    this.agent.addEventListener("change", () => this.update());
    this.group.addEventListener("change", () => this.#show(GENERAL));
  }

  arrived(message) {
    const group = this.#group();
    const { id } = message.chat;
    const isPrivate = this.#place.sandbox.agents(group).some((person) => person.id === id);
    if (!isPrivate && id !== group?.id) return;
    const key = isPrivate ? `${id}/` : `${id}/${threadOf(message)}`;
    if (key !== this.#key(group, this.#open) || !isShown(this.pane)) this.#unread.add(key);
  }

  /** The desk's: that of the phone of whoever sits at it. */
  get #language() {
    return this.#place.sandbox.people.get(this.speaker)?.language_code;
  }

  /** Where an entry's messages are: in the group, or in the agent's own chat. */
  #spot(group, id) {
    return id === PRIVATE ? [this.speaker, null] : [group.id, id];
  }

  #key(group, id) {
    return this.#spot(group, id).join("/");
  }

  /** A new case opens by itself, until a person picks a topic or while one writes. */
  topicChanged({ chat_id, topic, fresh }) {
    const busy = this.#chosen || this.topic.contains(document.activeElement);
    if (fresh && !busy && chat_id === this.#group()?.id) this.#open = topic.id;
  }

  get unread() {
    return this.#unread.size > 0;
  }

  get speaker() {
    return Number(this.agent.value);
  }

  update() {
    const { sandbox, words } = this.#place;
    const groups = sandbox.groups();
    document.getElementById("group-choice").hidden = groups.length < 2;
    options(
      this.group,
      groups.map((chat) => [chat.id, chat.title]),
    );
    const group = this.#group();
    const agents = sandbox.agents(group);
    options(
      this.agent,
      agents.map((person) => [person.id, nameOf(person)]),
    );
    this.agent.disabled = agents.length === 0;
    if (!group) return this.#nothing("no_group");
    if (!agents.length) return this.#nothing("no_agents");
    const topics = this.#entries(group);
    if (!topics.some((topic) => topic.id === this.#open)) this.#open = GENERAL;
    const key = this.#key(group, this.#open);
    if (isShown(this.pane)) this.#unread.delete(key);
    this.#markAgents();
    keyed(
      this.list,
      topics.map((topic) => this.#entry(group, topic)),
    );
    const view = this.#view(group, this.#open);
    keyed(this.topic, [{ key, from: [], build: () => view.element }]);
    this.#refresh(
      view,
      topics.find((topic) => topic.id === this.#open),
    );
  }

  /** Whose own chat holds something unread. */
  #markAgents() {
    for (const option of this.agent.options) {
      const name = nameOf(this.#place.sandbox.people.get(Number(option.value)));
      setText(option, this.#unread.has(`${option.value}/`) ? `${name} ●` : name);
    }
  }

  #group() {
    const groups = this.#place.sandbox.groups();
    return groups.find((chat) => String(chat.id) === this.group.value) ?? groups[0];
  }

  /** General, the agent's own chat with the bot once it is begun, and the topics. */
  #entries(group) {
    const { sandbox, words } = this.#place;
    const own = { id: PRIVATE, name: words.say("in_private", { bot: sandbox.bot.first_name }) };
    return [
      { id: GENERAL, name: words.say("general") },
      ...(sandbox.messages(this.speaker).length ? [own] : []),
      ...this.#latestFirst(group),
    ];
  }

  #latestFirst(group) {
    const last = (topic) =>
      this.#place.sandbox.messages(group.id, topic.id).at(-1)?.message_id ?? 0;
    return [...(group.topics ?? [])]
      .filter((topic) => topic.id > 1)
      .map((topic) => ({ ...topic, last: last(topic) }))
      .sort((a, b) => Boolean(a.closed) - Boolean(b.closed) || b.last - a.last || b.id - a.id);
  }

  #nothing(key) {
    const { words } = this.#place;
    const build = () => h("p", { class: "empty" }, words.say(key));
    keyed(this.list, []);
    keyed(this.topic, [{ key, from: [words.language], build }]);
  }

  #show(thread) {
    this.#open = thread;
    this.#chosen = true;
    this.update();
  }

  #entry(group, topic) {
    const { sandbox, words } = this.#place;
    const last = sandbox
      .messages(...this.#spot(group, topic.id))
      .findLast((message) => !message.deleted);
    const key = this.#key(group, topic.id);
    const unread = this.#unread.has(key);
    const open = topic.id === this.#open;
    const build = () => h("li", {}, this.#entryButton(topic, last, unread, open));
    const from = [topic.name, topic.closed, topic.icon_color, last, unread, open, words.language];
    return { key, from, build };
  }

  #entryButton(topic, last, unread, open) {
    const { words } = this.#place;
    const dot = h(
      "span",
      { class: "topic-dot", "aria-hidden": "true" },
      topic.closed ? icon("lock") : (MARKS[topic.id] ?? ""),
    );
    if (topic.icon_color) dot.style.setProperty("--dot", hex(topic.icon_color));
    const button = {
      type: "button",
      class: topic.closed ? "topic-entry closed" : "topic-entry",
      "aria-current": open ? "true" : null,
      "data-focus": "topic",
      onclick: () => this.#show(topic.id),
    };
    return h(
      "button",
      button,
      dot,
      h(
        "span",
        { class: "topic-line" },
        h("bdi", { class: "topic-name" }, topic.name),
        topic.closed ? h("span", { class: "badge" }, words.say("closed")) : null,
        unread
          ? h("span", { class: "dot", role: "img", "aria-label": words.say("new_messages") })
          : null,
      ),
      h(
        "span",
        { class: "topic-line second" },
        h(
          "span",
          { class: "topic-gist", dir: "auto", lang: this.#language },
          last ? gist(last, words) : "",
        ),
        last ? h("time", {}, words.time(last.date)) : null,
      ),
    );
  }

  #view(group, id) {
    const key = this.#key(group, id);
    if (!this.#views.has(key)) this.#views.set(key, this.#build(...this.#spot(group, id)));
    return this.#views.get(key);
  }

  #build(group, thread) {
    const { words } = this.#place;
    const title = h("h3", { dir: "auto" });
    const state = h("span", { class: "badge", hidden: true });
    const empty = () => {
      const key = thread === GENERAL ? "no_topics" : "empty_topic";
      return [{ key, from: [words.language], build: () => h("p", {}, words.say(key)) }];
    };
    const chat = new ChatView({
      ...this.#place,
      chat: group,
      thread,
      language: this.#language,
      speaker: () => this.speaker,
      label: () => words.say("chat_in", { topic: title.textContent }),
      empty,
    });
    const menu = iconButton("more", "…", { "aria-haspopup": "menu", "aria-expanded": "false" });
    menu.addEventListener("click", () => this.#menu(group, thread, menu));
    const head = h("div", { class: "topic-head" }, title, state, thread ? menu : null);
    return {
      element: h("div", { class: "topic-view" }, head, chat.element),
      chat,
      title,
      state,
      menu,
    };
  }

  #refresh({ chat, title, state, menu }, topic) {
    const { words } = this.#place;
    setText(title, topic.name);
    setText(state, words.say("closed"));
    state.hidden = !topic.closed;
    menu.hidden = !this.#place.sandbox.manages(this.#group().id, this.speaker);
    setLabel(menu, words.say("topic_menu", { name: topic.name }));
    chat.update();
  }

  #menu(group, thread, anchor) {
    const { sandbox, words } = this.#place;
    const topic = sandbox.chats.get(group).topics.find(({ id }) => id === thread);
    const act = (deed) => async () => {
      const answer = await sandbox.act({ do: deed, as: this.speaker, chat: group, thread });
      if (!answer.ok) this.#place.fail(answer.error);
    };
    const close = topic.closed ? "reopen_topic" : "close_topic";
    openMenu(anchor, words.say("topic_menu", { name: topic.name }), [
      { label: words.say(close), act: act(close) },
      { label: words.say("delete_topic"), act: act("delete_topic"), danger: true },
    ]);
  }
}

function options(select, pairs) {
  const build =
    ([value, text]) =>
    () =>
      h("option", { value }, text);
  const chosen = select.value;
  keyed(
    select,
    pairs.map((pair) => ({ key: pair[0], from: [pair[1]], build: build(pair) })),
  );
  if (pairs.some(([value]) => String(value) === chosen)) select.value = chosen;
}

function hex(colour) {
  return `#${colour.toString(16).padStart(6, "0")}`;
}
