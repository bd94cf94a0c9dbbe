"""Both records of a run: what Telegram saw happen, and what the bot wrote down about it."""

from __future__ import annotations

import json
import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from bot.desk.desk_words import DESK_WORDS
from bot.joined import ITEM
from bot.safe_text import JOINER
from bot.sandbox import Call

from .stage import Stage

T = TypeVar("T")

UNCONFIRMED = re.compile(r"^(?:\((?:again|de nouveau)\) )?⚠ (?:Cas nº |Case #)\d+, ")
BRIEF = re.compile(f"<b>(?:{'|'.join(words['wants'] for words in DESK_WORDS.values())})</b>")
CASE = re.compile(r"#(\d+) ")


def _lists() -> defaultdict[int, list[T]]:
    return defaultdict(list)


@dataclass(frozen=True, slots=True)
class Words:
    """The bot's words in a customer's chat: their place there, and when they came."""

    message_id: int
    text: str
    at: float


@dataclass(frozen=True, slots=True)
class Copied:
    """A customer's message as it was carried to staff; ``call`` numbers all calls in order."""

    call: int
    message_id: int
    at: float


@dataclass
class Seen:
    """What Telegram saw, by customer (`words`, `copies`) and by case (`briefs`)."""

    words: dict[int, list[Words]] = field(default_factory=_lists)
    copies: dict[int, list[Copied]] = field(default_factory=_lists)
    hearts: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    """The messages that got a reaction: thanks after a closing need no words."""
    briefs: dict[int, tuple[int, float]] = field(default_factory=dict)
    """The number of the call, and when: of the first brief."""
    delivered: Counter[int] = field(default_factory=Counter)
    """How often each message of staff reached a customer, by its number in the group."""
    answered: set[int] = field(default_factory=set)
    """The messages of staff that the bot answered in the group."""
    joined: list[tuple[int, list[str], float]] = field(default_factory=list)
    """Messages that carried several words of a customer at once, or words that name somebody and
    were not copied: call, the words, and when."""
    told: set[str] = field(default_factory=set)
    """The notes "delivery unconfirmed", by their button: one that was repeated counts once."""


@dataclass(frozen=True, slots=True)
class Row:
    """An effect for a customer: purpose, state and text as in the outbox."""

    purpose: str
    state: str
    text: str


@dataclass(frozen=True, slots=True)
class TurnRead:
    """Messages that were read together, what was decided, and in which case."""

    messages: tuple[int, ...]
    kind: str
    case_id: int


@dataclass
class Recorded:
    """What the bot's database says, by customer."""

    turns: dict[int, list[TurnRead]] = field(default_factory=_lists)
    rows: dict[int, list[Row]] = field(default_factory=_lists)
    cases: dict[int, list[int]] = field(default_factory=_lists)
    words: dict[int, str] = field(default_factory=dict)
    """What became of each message of staff that was for a customer: the state of its effect."""
    joined: dict[int, list[list[int]]] = field(default_factory=_lists)
    """By customer: the messages that were carried together, or as words."""
    became: dict[int, str] = field(default_factory=dict)
    """Of each message of staff: the state and outcome of its update, and how often it failed."""
    uncertain: int = 0
    uncertain_topics: int = 0
    """Topics are not told to staff: without one, a case's words simply go to General."""


def look(stage: Stage) -> Seen:
    """Sort the sandbox's record. Calls of a bot that died count when they took effect."""
    seen, staff = Seen(), stage.staff.id
    theirs = stage.staff.messages.values()
    spoken = {m.text: m.id for m in theirs if m.sender_id == stage.agent.id}
    said: dict[int, list[tuple[str | None, float]]] = _lists()
    for call in stage.sandbox.calls:
        if not call.done:
            continue
        chat = call.params.get("chat_id")
        if call.method == "sendMessage" and chat == staff:
            _to_staff(seen, call)
        elif call.method == "sendMessage" and call.params["text"] in spoken:
            said[call.params["chat_id"]].append((None, call.at))
            seen.delivered[spoken[call.params["text"]]] += 1
        elif call.method == "sendMessage":
            said[call.params["chat_id"]].append((call.params["text"], call.at))
        elif call.method == "setMessageReaction" and chat != staff and call.params.get("reaction"):
            seen.hearts[call.params["chat_id"]].add(call.params["message_id"])
        elif call.method == "copyMessage":
            copy = Copied(call.number, call.params["message_id"], call.at)
            seen.copies[call.params["from_chat_id"]].append(copy)
    for person, texts in said.items():
        history = stage.sandbox.history(person)
        shown = [m.id for m in history if m.sender_id == stage.sandbox.bot.id]
        seen.words[person] = [
            Words(id, text, at)
            for id, (text, at) in zip(shown, texts, strict=True)
            if text is not None
        ]
    return seen


def _to_staff(seen: Seen, call: Call) -> None:
    text, below = call.params["text"], call.params.get("reply_parameters")
    if below:
        seen.answered.add(below["message_id"])
    if ITEM in text and not below:
        words = text[text.index(ITEM) :].split("\n")
        seen.joined.append((call.number, [one.removeprefix(ITEM) for one in words], call.at))
    elif JOINER in text:
        seen.joined.append((call.number, [text], call.at))
    if UNCONFIRMED.match(text):
        seen.told.add(json.dumps(call.params["reply_markup"]))
    elif BRIEF.search(text) and (case := CASE.search(text)):
        seen.briefs.setdefault(int(case[1]), (call.number, call.at))


def read(stage: Stage, store: Path) -> Recorded:
    """The turns and effects in a bot's database."""
    connection = sqlite3.connect(f"{store.resolve().as_uri()}?mode=ro", uri=True)
    try:
        return _recorded(connection, _delivered(stage))
    finally:
        connection.close()


def unanswered(store: Path) -> int:
    """Updates that the bot has stored and found no outcome for; 0 without a store."""
    if not store.exists():
        return 0
    with closing(sqlite3.connect(f"{store.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        try:
            asked = "SELECT count(*) FROM inbox WHERE state = 'new'"
            return int(connection.execute(asked).fetchone()[0])
        except sqlite3.OperationalError:
            return 0  # its first migration is on the way


def is_settled(store: Path, now: float) -> bool:
    """No update without an outcome, and nothing to be done ``now``; the board is never finished."""
    with closing(sqlite3.connect(f"{store.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        open_rows = connection.execute(
            "SELECT EXISTS (SELECT 1 FROM inbox WHERE state = 'new') OR EXISTS (SELECT 1 FROM "
            "outbox WHERE purpose <> 'board' AND (state = 'claimed' OR "
            "(state = 'new' AND parked = 0 AND not_before < ?)))",
            (now,),
        )
        return not open_rows.fetchone()[0]


def _delivered(stage: Stage) -> dict[int, int]:
    """Which update was which message: the bot forgets updates once there is an outcome."""
    updates = map(json.loads, stage.polls.fetched)
    return {
        update["update_id"]: update["message"]["message_id"]
        for update in updates
        if "message" in update
    }


def _recorded(connection: sqlite3.Connection, delivered: Mapping[int, int]) -> Recorded:
    recorded, ask = Recorded(), connection.execute
    heard: dict[int, list[tuple[int, int]]] = _lists()
    for seq, update_id, conversation in ask(
        "SELECT seq, update_id, conversation FROM inbox WHERE conversation LIKE 'c:%' ORDER BY seq"
    ):
        if update_id in delivered:  # a press is no message
            heard[int(conversation[2:])].append((seq, delivered[update_id]))
    for update_id, *became in ask(
        "SELECT update_id, state, outcome, tries FROM inbox WHERE conversation LIKE 's:%'"
    ):
        if update_id in delivered:
            recorded.became[delivered[update_id]] = " ".join(map(str, became))
    for customer, case_id in ask("SELECT customer_id, id FROM cases ORDER BY id"):
        recorded.cases[customer].append(case_id)
    for customer, case_id, first, last, kind in ask(
        "SELECT c.customer_id, c.id, d.first_seq, d.last_seq, d.kind FROM decisions d "
        "JOIN cases c ON c.id = d.case_id ORDER BY d.id"
    ):
        messages = tuple(id for seq, id in heard[customer] if first <= seq <= last)
        if messages:  # a pressed button is decided on too
            recorded.turns[customer].append(TurnRead(messages, kind, case_id))
    for chat, purpose, state, payload in ask(
        "SELECT chat_id, purpose, state, payload FROM outbox WHERE chat_id > 0 "
        "AND kind = 'SendText' AND purpose <> 'words' ORDER BY id"
    ):
        recorded.rows[chat].append(Row(purpose, state, json.loads(payload)["text"]))
    recorded.words |= dict(
        ask(
            "SELECT m.message_id, o.state FROM outbox o JOIN messages m ON m.id = o.ref "
            "WHERE o.purpose = 'words' ORDER BY o.id"
        )
    )
    for customer, group in ask(
        "SELECT person, json_group_array(message) FROM (SELECT c.customer_id AS person, "
        "m.message_id AS message, iif(o.state = 'withdrawn', CAST(o.result AS INTEGER), o.id) "
        "AS carrier FROM outbox o JOIN messages m ON m.id = o.ref JOIN cases c ON c.id = o.case_id "
        "WHERE o.purpose = 'relay' AND (o.kind = 'SendText' OR o.state = 'withdrawn') "
        "ORDER BY m.id) GROUP BY carrier"
    ):
        recorded.joined[customer].append(json.loads(group))
    for purpose, count in ask(
        "SELECT purpose, count(*) FROM outbox WHERE state = 'uncertain' GROUP BY purpose"
    ):
        if purpose == "topic":
            recorded.uncertain_topics = count
        else:
            recorded.uncertain += count
    return recorded
