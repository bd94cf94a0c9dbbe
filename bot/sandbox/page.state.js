/** What the sandbox says is so: its people, chats and messages, kept current by its events. */

const TYPING_LASTS_MS = 5000;
const PRESENT = new Set(["creator", "administrator", "member", "restricted"]);

export class Sandbox extends EventTarget {
  bot = { id: 0, first_name: "Bot" };
  people = new Map();
  chats = new Map();
  suggestions = {};
  commands = {}; // language -> [{command, description}]; "" for every other language
  connected = false;
  #world = null; // its id: after a restart of the demo everybody is somebody else
  #messages = new Map(); // chat id -> Map of message id -> message, in order of arrival
  #typing = new Map(); // "chat/thread" -> timer
  #waiting = null; // events that came while the state was being read

  /** Listens for ever; after every (re)connection the whole state is read again. */
  listen() {
    const events = new EventSource("/sandbox/events");
    events.addEventListener("open", () => this.#reload());
    events.addEventListener("error", () => this.#connection(false));
    events.addEventListener("message", ({ data }) => {
      const event = JSON.parse(data);
      if (this.#waiting) this.#waiting.push(event);
      else this.#take(event);
    });
  }

  /** Does one thing as a person; gives `{ok, result}` or `{ok: false, error}` and never throws. */
  async act(deed) {
    try {
      const answer = await fetch("/sandbox/act", {
        method: "POST",
        headers: {
          "content-type": "application/json",
          "accept-language": document.documentElement.lang, // in which a refusal is said
        },
        body: JSON.stringify(deed),
      });
      return await answer.json();
    } catch {
      return { ok: false, error: null };
    }
  }

  customers() {
    return [...this.people.values()].filter((person) => this.role(person) === "customer");
  }

  /** Groups that still live (not upgraded to another id), forums first. */
  groups() {
    const gone = (chat) => this.messages(chat.id).at(-1)?.migrate_to_chat_id;
    return [...this.chats.values()]
      .filter((chat) => chat.type.endsWith("group") && !gone(chat))
      .sort((a, b) => Number(b.is_forum) - Number(a.is_forum));
  }

  agents(group) {
    const members = group?.members?.filter(({ status }) => PRESENT.has(status)) ?? [];
    return members.map(({ id }) => this.people.get(id)).filter(Boolean);
  }

  /** Whether this person may close, reopen and delete topics there. */
  manages(chat, id) {
    return Boolean(this.chats.get(chat)?.members?.find((one) => one.id === id)?.manages_topics);
  }

  isClosed(chat, thread) {
    return Boolean(this.chats.get(chat)?.topics?.find((topic) => topic.id === thread)?.closed);
  }

  /** The messages of a chat, or of one topic of it (thread 0 is General). */
  messages(chat, thread = null) {
    const all = [...(this.#messages.get(chat)?.values() ?? [])];
    return thread === null ? all : all.filter((message) => threadOf(message) === thread);
  }

  message(chat, id) {
    return this.#messages.get(chat)?.get(id);
  }

  typing(chat, thread = 0) {
    return this.#typing.has(`${chat}/${thread}`);
  }

  /** Who speaks: "bot", "staff" (in a group with topics) or "customer"; each has a colour. */
  role(user) {
    if (user?.id === this.bot.id || user?.is_bot) return "bot";
    const member = ({ id, status }) => id === user?.id && PRESENT.has(status);
    const inGroup = (chat) => chat.is_forum && chat.members?.some(member);
    return [...this.chats.values()].some(inGroup) ? "staff" : "customer";
  }

  async #reload() {
    this.#waiting = [];
    try {
      const state = await (await fetch("/sandbox/state")).json();
      if (this.#world && this.#world !== state.world) return location.reload();
      this.#world = state.world;
      this.bot = state.bot;
      this.people = new Map(state.people.map((person) => [person.id, person]));
      this.chats = new Map(state.chats.map((chat) => [chat.id, chat]));
      this.suggestions = state.suggestions ?? {};
      this.commands = state.commands ?? {};
      const known = this.#messages;
      this.#messages = new Map();
      for (const message of state.messages)
        this.#put(message, known.get(message.chat.id)?.get(message.message_id));
      this.#connection(true);
    } catch {
      this.#connection(false);
    }
    const waiting = this.#waiting ?? [];
    this.#waiting = null;
    waiting.forEach((event) => this.#take(event));
  }

  #take(event) {
    const { kind, chat_id: chat, message_id: id } = event;
    if (kind === "message" || kind === "edited") {
      this.#put(event.message);
      if (this.role(event.message.from) === "bot") this.#stopTyping(event.message);
    } else if (kind === "deleted") this.#amend(chat, id, { deleted: true });
    else if (kind === "reaction") this.#amend(chat, id, { reactions: event.reactions });
    else if (kind === "chat") this.chats.set(event.chat.id, event.chat);
    else if (kind === "person") this.people.set(event.person.id, event.person);
    else if (kind === "topic") event.fresh = this.#topic(chat, event.topic, event.deleted);
    else if (kind === "action") this.#startTyping(chat, event.thread_id ?? 0);
    this.#tell(kind, event);
  }

  /** What says the same as before stays the same object: it is not drawn, nor read out, anew. */
  #put(message, known = this.message(message.chat.id, message.message_id)) {
    const chat = message.chat.id;
    if (!this.#messages.has(chat)) this.#messages.set(chat, new Map());
    // Nothing else of an older version may stay: an edit without buttons has taken them away.
    const now = { reactions: known?.reactions ?? [], ...message };
    const same = known && JSON.stringify(known) === JSON.stringify(now);
    this.#messages.get(chat).set(message.message_id, same ? known : now);
  }

  #amend(chat, id, change) {
    const old = this.message(chat, id);
    if (old) this.#messages.get(chat).set(id, { ...old, ...change });
  }

  /** Says whether the topic was not there before. */
  #topic(chatId, topic, deleted) {
    const chat = this.chats.get(chatId);
    if (!chat) return false;
    const others = (chat.topics ?? []).filter((other) => other.id !== topic.id);
    const place = (chat.topics ?? []).findIndex((other) => other.id === topic.id);
    if (!deleted && !topic.deleted) others.splice(place < 0 ? others.length : place, 0, topic);
    this.chats.set(chatId, { ...chat, topics: others });
    return place < 0;
  }

  #startTyping(chat, thread) {
    const key = `${chat}/${thread}`;
    const end = () => {
      this.#typing.delete(key);
      this.#tell("action", {});
    };
    clearTimeout(this.#typing.get(key));
    this.#typing.set(key, setTimeout(end, TYPING_LASTS_MS));
  }

  #stopTyping(message) {
    const key = `${message.chat.id}/${threadOf(message)}`;
    clearTimeout(this.#typing.get(key));
    this.#typing.delete(key);
  }

  #connection(connected) {
    this.connected = connected;
    this.#tell("connection", {});
  }

  #tell(kind, event) {
    this.dispatchEvent(new CustomEvent("change", { detail: { ...event, kind } }));
  }
}

/** The topic a message is in; 0 is General, whose replies carry a thread id that is no topic. */
export function threadOf(message) {
  return message.is_topic_message ? message.message_thread_id : 0;
}

export function nameOf(user) {
  return [user?.first_name ?? user?.title, user?.last_name].filter(Boolean).join(" ");
}
