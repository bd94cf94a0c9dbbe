"""A running bot without a network: the real path, the real store, and time that passes at once."""

from __future__ import annotations

import contextlib
import itertools
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bot.answers import Knowledge, load_knowledge
from bot.app import App
from bot.clock import VirtualClock
from bot.config import EXAMPLE_BRAND, Settings, StaffSettings, StoreSettings
from bot.conversation import Person
from bot.effects import AnswerPress, Effect, Outcome, SendText, Sent
from bot.incoming import Calls
from bot.reader import Brain

from ..reader import ScriptedReader
from ..shop import ManyASecond, policy_of, reader_of_the_shop

Json = dict[str, Any]
Row = tuple[Any, ...]

BOT = Person(2, "bot", "first_responder_bot")
STAFF_CHAT, OVERFLOW_CHAT, ANOTHER_GROUP = -1001, -1002, -1003
AGENT, OTHER_AGENT, LEAD = 501, 502, 503
AT = 1_800_000_000
LONGEST_S = 900.0
"""Virtual seconds until a row without an outcome counts as blocked: forty poison rows in a row."""


@dataclass
class Telegram:
    """Takes every effect, and remembers it. ``refuses`` may answer instead."""

    done: list[tuple[Effect, int]] = field(default_factory=list)
    refuses: Callable[[Effect], Outcome | None] = lambda _: None
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1000))

    async def perform(self, effect: Effect) -> Outcome:
        if (refusal := self.refuses(effect)) is not None:
            return refusal
        number = next(self.numbers)
        self.done.append((effect, number))
        count = len(getattr(effect, "message_ids", ())) or 1
        return Sent((number, *(next(self.numbers) for _ in range(count - 1))))

    def texts_to(self, chat: int) -> list[str]:
        sent = [effect for effect, _ in self.done if isinstance(effect, SendText)]
        return [effect.text for effect in sent if effect.chat_id == chat]

    @property
    def answered(self) -> int:
        """Presses that were answered."""
        return sum(isinstance(effect, AnswerPress) for effect, _ in self.done)

    async def fetch(self, _offset: int | None, _wait: float, /) -> list[Json]:
        raise NotImplementedError("updates are handed in")

    async def set_staff_commands(self, chat_id: int, commands: Mapping[str, str]) -> None: ...
    async def member(self, chat_id: int, user_id: int) -> Person | None: ...
    async def set_webhook(self, url: str, secret: str) -> None: ...

    async def calls(self) -> Calls:
        return Calls("")


@dataclass
class World:
    """The handle of a run: updates go in, time passes, rows are looked at past the program."""

    app: App
    clock: VirtualClock
    telegram: Telegram
    knowledge: Knowledge
    reader: ScriptedReader
    path: Path
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    async def gets(self, updates: Sequence[Mapping[str, object]]) -> None:
        """These arrive at once, and are worked until each has an outcome (see LONGEST_S)."""
        await self.app.receiver.accept(updates)
        await self.rests()

    async def rests(self) -> None:
        """Time passes until every stored update has an outcome."""
        latest = self.clock.now() + LONGEST_S
        await self.app.settle()
        while self.blocked() and self.clock.now() < latest:
            self.clock.advance(min(self.clock.next_wake() or latest, latest))
            await self.app.settle()

    async def passes(self, seconds: float) -> None:
        """Everything that is due by then happens, in order."""
        until = self.clock.now() + seconds
        await self.app.settle()
        while (wake := self.clock.next_wake()) is not None and wake <= until:
            self.clock.advance(wake)
            await self.app.settle()
        self.clock.advance(until)
        await self.app.settle()

    def blocked(self) -> list[str]:
        """The conversations with an update that has no outcome."""
        return [row[0] for row in self.rows("SELECT conversation FROM inbox WHERE state = 'new'")]

    def rows(self, question: str, *values: object) -> list[Row]:
        with contextlib.closing(sqlite3.connect(self.path)) as db:
            return db.execute(question, values).fetchall()

    # ------------------------------------------------------------------ what people send

    def number(self) -> int:
        return next(self.numbers)

    def says(self, who: int, text: str, chat: Json | None = None, **content: object) -> Json:
        """Somebody writes, in their own chat or in ``chat``."""
        message = {"message_id": self.number(), "date": AT, "text": text} | content
        message |= {"chat": chat or private(who), "from": content.get("from") or user(who)}
        return {"update_id": self.number(), "message": message}

    def presses(self, who: int, data: str, chat: Json | None = None, message: int = 1) -> Json:
        under = {"message_id": message, "date": AT, "chat": chat or private(who), "text": "?"}
        press = {"id": str(self.number()), "from": user(who), "chat_instance": "1", "data": data}
        return {"update_id": self.number(), "callback_query": press | {"message": under}}

    async def orders(self, who: int, words: str, case: int) -> None:
        """A person of staff writes in the topic of a case."""
        [(thread,)] = self.rows("SELECT thread_id FROM cases WHERE id = ?", case)
        await self.gets([self.says(who, words, GROUP, **in_topic(thread))])

    async def presses_act(self, who: int, case: int, act: str, chat: int = STAFF_CHAT) -> None:
        """A button that is there: the newest of a case with this act."""
        await self.gets([self.presses(who, self.button(case, act), chat_of(chat))])

    def button(self, case: int, act: str) -> str:
        """What the newest button of a case with this act carries."""
        found = self.rows(
            "SELECT k.token || '.' || j.key FROM keyboards k, json_each(k.acts) j "
            "WHERE k.case_id = ? AND (j.value = ?2 OR j.value LIKE ?2 || ':%') "
            "ORDER BY k.made_at DESC, k.rowid DESC LIMIT 1".replace("k.rowid", "k.token"),
            case,
            act,
        )
        assert found, f"case {case} has no button {act!r}"
        return str(found[0][0])

    def case_of(self, customer: int) -> int:
        return int(
            self.rows("SELECT max(id) FROM cases WHERE customer_id = ?", customer)[0][0] or 0
        )


def private(who: int) -> Json:
    return {"id": who, "type": "private", "first_name": f"Person {who}"}


def user(who: int) -> Json:
    return {"id": who, "is_bot": False, "first_name": f"Person {who}"}


def chat_of(chat: int) -> Json:
    return private(chat) if chat > 0 else {**GROUP, "id": chat}


GROUP: Json = {"id": STAFF_CHAT, "type": "supergroup", "title": "Staff", "is_forum": True}


def in_topic(thread: int | None) -> Json:
    return {} if thread is None else {"message_thread_id": thread, "is_topic_message": True}


@contextlib.contextmanager
def scratch() -> Iterator[Path]:
    """A folder for a store, in memory where there is such a place: it need not outlive the run."""
    shared = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=shared if shared.is_dir() else None) as folder:
        yield Path(folder)


@contextlib.asynccontextmanager
async def open_world(
    folder: Path, brain: Brain | None = None, **staff: object
) -> AsyncIterator[World]:
    """A bot for the example brand, with the rules of `bot.example_brand` and a scripted reader.

    ``staff``: settings of [staff] other than those of this world.
    """
    knowledge, reader = load_knowledge(EXAMPLE_BRAND), reader_of_the_shop()
    people = StaffSettings(
        STAFF_CHAT, (AGENT, OTHER_AGENT), (LEAD,), overflow_chat_ids=(OVERFLOW_CHAT,)
    )
    settings = replace(
        Settings(),
        staff=replace(people, **staff),  # type: ignore[arg-type]
        store=StoreSettings(folder / "world.sqlite3"),
    )
    clock, telegram = VirtualClock(float(AT)), Telegram()
    app = App(
        settings,
        knowledge,
        brain or Brain(reader, policy_of(knowledge)),
        telegram,
        BOT,
        clock=clock,
        limits=ManyASecond(),
    )
    async with app:
        yield World(app, clock, telegram, knowledge, reader, settings.store.path)
