"""A shop to tell stories in: a loopback Telegram, a staff group, and the running bot."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.answers import Knowledge, load_knowledge
from bot.app import App
from bot.clock import Clock, SystemClock
from bot.config import (
    EXAMPLE_BRAND,
    AnswerSettings,
    RetentionSettings,
    Settings,
    StaffSettings,
    StoreSettings,
)
from bot.conversation import Case, Policy
from bot.desk.tact_settings import TactSettings
from bot.effects import AnswerPress, Effect
from bot.model.brain import _policy
from bot.outbox import Limits
from bot.promises.hours import Hours
from bot.promises.terms import LadderSettings, PromiseSettings
from bot.reader import Brain
from bot.sandbox import Chat, Message, Person, Sandbox
from bot.sandbox.nouns import as_read
from bot.store.records import Records
from bot.telegram.edge import TelegramEdge
from bot.watch.health_settings import HealthSettings

from .reader import ScriptedReader

QUICK = AnswerSettings(quiet_seconds=0.05, longest_burst_seconds=3.0, model_timeout_seconds=3.0)

SLOW = AnswerSettings(quiet_seconds=0.4, longest_burst_seconds=3.0, model_timeout_seconds=20.0)
"""Of a shop that waits long enough for a story to do something in between."""

HASTY = replace(QUICK, model_timeout_seconds=0.6)
"""Of a shop that soon gives up a model that hangs."""

_LATER = datetime(2026, 11, 18, 15, 0, tzinfo=UTC).timestamp() - time.time()
PATIENCE_S = 30.0
"""Seconds until a story gives up waiting for what it was promised: enough on a busy machine. A
twin whose story must go red has less."""

CLAIM, RELEASE, RESOLVE = "✋ Prendre", "↩ Libérer", "✅ Fermer"
MORE, BACK = "⋯ Plus", "‹ Retour"
HAND_BACK, SEND_AGAIN = "🤖 Rendre au robot", "↻ Renvoyer"
HELPED, NOT_HELPED = "👍 Ça m’aide", "👎 Ce n’est pas ça"
PERSON, SOMETHING_ELSE = "🙋 Parler à une personne", "Autre chose : une personne"


def afternoon() -> float:
    """The time in every story: the tests began on a Wednesday afternoon, far from midnight."""
    return time.time() + _LATER


def english_desk() -> Knowledge:
    """The example brand, whose staff read English."""
    knowledge = load_knowledge(EXAMPLE_BRAND)
    return replace(knowledge, brand=replace(knowledge.brand, default_language="en"))


def policy_of(knowledge: Knowledge) -> Policy:
    """As the running bot makes it, for whose desk the knowledge is; but it answers from 0.9 on."""
    return replace(_policy(knowledge, None), reply_at=0.9)


def while_patient(seconds: float) -> Iterator[None]:
    """Chances to look, until so many seconds are over: one at least, and one when they are."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        yield
    yield


class ManyASecond:
    """A budget that never runs out, but keeps silence when Telegram asks for it."""

    def __init__(self) -> None:
        self._held: dict[int, float] = {}

    def wait(self, effect: Effect, now: float) -> float:
        if isinstance(effect, AnswerPress):
            return 0.0
        return max(0.0, self._held.get(effect.chat_id, now) - now)

    def spend(self, effect: Effect, now: float) -> None: ...

    def hold(self, chat_id: int, until: float) -> None:
        self._held[chat_id] = until

    def release(self, chat_id: int) -> None:
        """The silence is over; wake the sender, who had planned to look later."""
        self._held.pop(chat_id, None)


class SlowGroup(ManyASecond):
    """The staff group takes one message in ``pace`` seconds."""

    pace = 0.05

    def spend(self, effect: Effect, now: float) -> None:
        if not isinstance(effect, AnswerPress) and effect.chat_id < 0:
            self.hold(effect.chat_id, now + self.pace)


def reader_of_the_shop() -> ScriptedReader:
    reader = ScriptedReader()
    reader.knows("ouvert", "store-hours")
    reader.knows("open", "store-hours")
    reader.knows("retour", "return-policy")
    reader.knows("return", "return-policy")
    reader.knows("délai", "delivery-delay")
    reader.knows("livraison", "delivery-cost")
    reader.knows("delivery", "delivery-cost")
    reader.knows("how long", "delivery-delay")
    return reader


@dataclass
class Shop:
    """The handle a story holds. People are the sandbox's; ``staff`` is the forum group."""

    sandbox: Sandbox
    app: App
    staff: Chat
    agent: Person
    other_agent: Person
    lead: Person
    reader: ScriptedReader
    knowledge: Knowledge
    settings: Settings
    open_parts: contextlib.AsyncExitStack
    receiving: asyncio.Task[None] | None = None
    seen: dict[int, int] = field(default_factory=dict)
    patience: float = field(default_factory=lambda: PATIENCE_S)

    async def closes(self) -> None:
        """The program stops; people and Telegram go on."""
        await self.open_parts.aclose()

    async def dies(self) -> None:
        """The program is killed: what is on its way is never settled."""
        for task in list(self.app.sender._doing):
            task.cancel()
        await self.closes()

    def customer(self, name: str = "Camille", language: str = "fr") -> Person:
        return self.sandbox.add_person(name, language_code=language)

    def answer_to(self, subject: str, language: str) -> str:
        return as_read(self.knowledge.subjects[subject].answers[language])

    # ------------------------------------------------------------------- what people see

    def heard(self, person: Person) -> list[str]:
        """The texts the bot's side has put in a person's chat, oldest first."""
        return [m.text or "" for m in self.from_bot(person)]

    def from_bot(self, person: Person) -> list[Message]:
        history = self.sandbox.history(person)
        return [m for m in history if m.sender_id == self.sandbox.bot.id]

    async def next_from_bot(self, person: Person) -> Message:
        """The next message the person gets that no story has looked at yet."""
        count = self.seen.get(person.id, 0)
        await self.until(lambda: len(self.from_bot(person)) > count)
        self.seen[person.id] = count + 1
        return self.from_bot(person)[count]

    async def topic_of(self, person: Person) -> int:
        """The topic of a customer's open case, once its brief is there."""
        case = await self.case_where(
            person, lambda case: case.card_id is not None and case.state.with_staff
        )
        assert case.thread_id is not None, "the case is in General"
        return case.thread_id

    def in_topics(self) -> list[Message]:
        return self.sandbox.history(self.staff)

    def topic(self, thread: int) -> list[Message]:
        return self.sandbox.history(self.staff, thread)

    async def topic_shows(self, thread: int, words: str) -> Message:
        """Wait until a message with these words is in the topic; the last one."""
        words = as_read(words)
        await self.until(lambda: any(words in (m.text or "") for m in self.topic(thread)))
        return next(m for m in reversed(self.topic(thread)) if words in (m.text or ""))

    def toasts(self) -> list[str]:
        """What whoever pressed a button was told in passing."""
        return [query.text or "" for query in self.sandbox.world.queries.values()]

    async def brief_of(self, person: Person) -> Message:
        """The card in the topic of a customer's open case."""
        case = await self.case_where(
            person, lambda case: case.card_id is not None and case.state.with_staff
        )
        return next(m for m in self.in_topics() if m.id == case.card_id)

    async def until(self, what: Callable[[], object]) -> None:
        """Wait until something holds, as long as the story's patience lasts."""
        for _ in while_patient(self.patience):
            if what():
                return
            with contextlib.suppress(TimeoutError):
                await self.sandbox.world.changes.next(0.02)
        raise AssertionError("it did not happen")

    async def hears(self, person: Person, words: str) -> Message:
        """Wait until a person has got a message with these words."""
        words = as_read(words)
        await self.until(lambda: any(words in text for text in self.heard(person)))
        return next(m for m in reversed(self.from_bot(person)) if words in (m.text or ""))

    async def staff_see(self, words: str) -> Message:
        """Wait until a message with these words is in the staff group."""
        words = as_read(words)
        await self.until(lambda: any(words in (m.text or "") for m in self.in_topics()))
        return next(m for m in reversed(self.in_topics()) if words in (m.text or ""))

    # --------------------------------------------------------------- what stories begin with

    async def with_staff(self, person: Person, text: str = "mon chien a mangé la tente") -> int:
        """The person's case waits for staff; returns its topic."""
        await person.says(text)
        return await self.topic_of(person)

    async def claimed(self, person: Person, agent: Person | None = None) -> int:
        """The person's case is claimed by the agent; returns its topic."""
        thread = await self.with_staff(person)
        brief = await self.brief_of(person)
        await (agent or self.agent).presses(brief, CLAIM)
        await self.until(lambda: RELEASE in brief.buttons)
        return thread

    async def agent_types(self, text: str, thread: int | None = None) -> None:
        """The agent writes in the group: in a topic, or in General."""
        await self.agent.says(text, chat=self.staff, thread=thread)

    async def answers(self, person: Person, words: str) -> None:
        """The agent writes in the topic of the person, and it arrives."""
        await self.agent.says(words, chat=self.staff, thread=await self.topic_of(person))
        await self.hears(person, words)

    @contextlib.contextmanager
    def silent(self, chat: Chat | Person) -> Iterator[None]:
        """Telegram wants nothing in this chat meanwhile: what is for it waits."""
        limits = self.app.sender._budget
        assert isinstance(limits, ManyASecond)
        limits.hold(chat.id, self.app.clock.now() + 3600.0)
        yield
        limits.release(chat.id)
        self.app.sender.changed.set()

    # ---------------------------------------------------------------------- what is stored

    async def case_of(self, person: Person, *states: str) -> Case:
        """The last case of a customer, once it is in one of ``states``."""
        return await self.case_where(person, lambda case: not states or case.state in states)

    async def case_where(self, person: Person, holds: Callable[[Case], bool]) -> Case:
        """The last case of a customer, once something holds of it."""

        def last(records: Records) -> Case | None:
            return records.last_case(person.id)

        for _ in while_patient(self.patience):
            case = await self.app.store.read(last)
            if case is not None and holds(case):
                return case
            await asyncio.sleep(0.01)
        raise AssertionError(f"not so of the last case of {person}: {case}")

    def rows(self, question: str, *values: object) -> list[tuple[object, ...]]:
        """What the database file holds, asked past the program."""
        with contextlib.closing(sqlite3.connect(self.settings.store.path)) as db:
            return db.execute(question, values).fetchall()

    async def recorded(self, kind: str, actor: Person | None = None) -> None:
        """Wait until the audit has an event of this kind (by this person)."""
        question = "SELECT count(*) FROM events WHERE kind = ? AND (?2 IS NULL OR actor_id = ?2)"
        for _ in while_patient(self.patience):
            if self.rows(question, kind, actor and actor.id)[0][0]:
                return
            await asyncio.sleep(0.01)
        raise AssertionError(f"nothing recorded as {kind}")

    def events(self, kind: str) -> int:
        """How many events of this kind are in the audit."""
        return len(self.rows("SELECT 1 FROM events WHERE kind = ?", kind))

    async def quiet(self) -> None:
        """Nothing is under way any more: whatever was to be said has been said."""
        await self.until(lambda: not len(self.sandbox.world.updates))
        await self.until(lambda: not self.rows("SELECT 1 FROM inbox WHERE state = 'new'"))
        await self.app.settle()
        await asyncio.sleep(0.03)
        await self.app.settle()


@contextlib.asynccontextmanager
async def open_shop(
    folder: Path,
    *,
    reader: ScriptedReader | None = None,
    brain: Brain | None = None,
    answers: AnswerSettings = QUICK,
    sandbox: Sandbox | None = None,
    settings: Settings | None = None,
    clock: Clock | None = None,
    promise: PromiseSettings | None = None,
    ladder: LadderSettings | None = None,
    hours: Hours | None = None,
    health: HealthSettings | None = None,
    retention: RetentionSettings | None = None,
    tact: TactSettings | None = None,
    staff_given: Mapping[str, Any] | None = None,
    limits: Limits | None = None,
    group: str = "supergroup",
    knowledge: Knowledge | None = None,
    edge_given: Mapping[str, Any] | None = None,
    time_there: Callable[[], float] | None = None,
) -> AsyncIterator[Shop]:
    """A shop with the example brand. ``sandbox`` and ``settings`` of a former one: a restart.

    ``staff_given``: keys of [staff] beside its group and people.
    ``edge_given``: what the edge to Telegram gets beside its address, or instead of it;
    ``time_there``: Telegram's own clock, of a new sandbox.
    """
    knowledge = knowledge or load_knowledge(EXAMPLE_BRAND)
    reader = reader or reader_of_the_shop()
    policy = policy_of(knowledge)
    async with contextlib.AsyncExitStack() as stack:
        if sandbox is None:
            sandbox = await stack.enter_async_context(
                Sandbox(privacy=True, clock=time_there or afternoon)
            )
            agent, other, lead = (sandbox.add_person(n) for n in ("Noémie", "Olivier", "Sylvie"))
            members = {agent.id: "member", other.id: "member", lead.id: "administrator"}
            staff = sandbox.add_group("Équipe", forum=True, members=members, kind=group)
        else:
            assert settings is not None
            agent, other = (sandbox.person(i) for i in settings.staff.agents[:2])
            lead = sandbox.person(settings.staff.deciders[0])
            staff = sandbox.world.chats[settings.staff.chat_id]
        own = settings or replace(
            Settings(),
            answers=answers,
            promise=promise or PromiseSettings(),
            ladder=ladder or LadderSettings(),
            hours=hours or Hours(),
            health=health or HealthSettings(),
            retention=retention or RetentionSettings(),
            tact=tact or TactSettings(),
            staff=StaffSettings(staff.id, (agent.id, other.id), (lead.id,), **(staff_given or {})),
            store=StoreSettings(folder / "shop.sqlite3"),
        )
        stack = await stack.enter_async_context(contextlib.AsyncExitStack())
        address = {"base_url": sandbox.base_url, "base_file_url": sandbox.base_file_url}
        edge = TelegramEdge(sandbox.token, **{**address, **(edge_given or {})})
        me = await edge.start()
        stack.push_async_callback(edge.stop)
        app = App(
            own,
            knowledge,
            brain or Brain(reader, policy),
            edge,
            me,
            clock=clock or SystemClock(afternoon),
            limits=limits or ManyASecond(),
        )
        await stack.enter_async_context(app)
        receiving = await stack.enter_async_context(app.receiving())
        yield Shop(
            sandbox, app, staff, agent, other, lead, reader, knowledge, own, stack, receiving
        )
