"""A shop to tell stories in: a loopback Telegram, a staff group, and the running bot."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.answers import Knowledge, load_knowledge
from bot.app import App, Brain
from bot.clock import Clock, SystemClock
from bot.config import EXAMPLE_BRAND, AnswerSettings, Settings, StaffSettings, StoreSettings
from bot.conversation import Case, Policy
from bot.records import Records
from bot.sandbox import Chat, Message, Person, Sandbox
from bot.telegram import TelegramEdge

from .reader import ScriptedReader

QUICK = AnswerSettings(quiet_seconds=0.05, longest_burst_seconds=3.0, model_timeout_seconds=1.0)


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
    receiving: asyncio.Task[None] | None = None
    seen: dict[int, int] = field(default_factory=dict)

    def customer(self, name: str = "Camille", language: str = "fr") -> Person:
        return self.sandbox.add_person(name, language_code=language)

    def answer_to(self, subject: str, language: str) -> str:
        return self.knowledge.subjects[subject].answers[language]

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
        await self.sandbox.wait_for(lambda _: len(self.from_bot(person)) > count)
        self.seen[person.id] = count + 1
        return self.from_bot(person)[count]

    async def topic_of(self, person: Person) -> int:
        """The topic of a customer's open case, once its brief is there."""
        case = await self.case_of(person, "waiting", "claimed")

        def brief_is_there(_: Sandbox) -> bool:
            return any(f"#{case.id} " in m.text for m in self.in_topics() if m.text)

        await self.sandbox.wait_for(brief_is_there)
        case = await self.case_of(person, "waiting", "claimed")
        assert case.thread_id is not None
        return case.thread_id

    def in_topics(self) -> list[Message]:
        return self.sandbox.history(self.staff)

    def topic(self, thread: int) -> list[Message]:
        return self.sandbox.history(self.staff, thread)

    async def brief_of(self, person: Person) -> Message:
        """The card in the topic of a customer's open case."""
        thread = await self.topic_of(person)
        bot = self.sandbox.bot.id
        return next(m for m in self.topic(thread) if m.sender_id == bot and m.text)

    # ---------------------------------------------------------------------- what is stored

    async def case_of(self, person: Person, *states: str) -> Case:
        """The last case of a customer, once it is in one of ``states``."""

        def last(records: Records) -> Case | None:
            return records.last_case(person.id)

        for _ in range(500):
            case = await self.app.store.read(last)
            if case is not None and (not states or case.state in states):
                return case
            await asyncio.sleep(0.01)
        raise AssertionError(f"no case of {person} in {states}; the last is {case}")

    async def events(self, kind: str) -> int:
        return await self.app.store.read(lambda records: records.count_kind(kind))

    async def quiet(self) -> None:
        """Nothing is under way any more: whatever was to be said has been said."""
        await asyncio.sleep(0.15)
        await self.app.settle()
        await asyncio.sleep(0.05)
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
) -> AsyncIterator[Shop]:
    """A shop with the example brand. ``sandbox`` and ``settings`` of a former one: a restart."""
    knowledge = load_knowledge(EXAMPLE_BRAND)
    reader = reader or reader_of_the_shop()
    policy = Policy(reply_at=0.9, answerable=frozenset(knowledge.subjects))
    async with contextlib.AsyncExitStack() as stack:
        if sandbox is None:
            sandbox = await stack.enter_async_context(Sandbox(privacy=True))
            agent, other, lead = (sandbox.add_person(n) for n in ("Noémie", "Olivier", "Sylvie"))
            members = {agent.id: "member", other.id: "member", lead.id: "administrator"}
            staff = sandbox.add_group("Équipe", forum=True, members=members)
        else:
            assert settings is not None
            agent, other = (sandbox.person(i) for i in settings.staff.agents)
            lead = sandbox.person(settings.staff.leads[0])
            staff = sandbox.world.chats[settings.staff.chat_id]
        own = settings or replace(
            Settings(),
            answers=answers,
            staff=StaffSettings(staff.id, (agent.id, other.id), (lead.id,)),
            store=StoreSettings(folder / "shop.sqlite3"),
        )
        edge = TelegramEdge(
            sandbox.token, base_url=sandbox.base_url, base_file_url=sandbox.base_file_url
        )
        me = await edge.start()
        stack.push_async_callback(edge.stop)
        app = App(
            own,
            knowledge,
            brain or Brain(reader, policy),
            edge,
            me.id,
            clock=clock or SystemClock(),
        )
        await stack.enter_async_context(app)
        receiving = await stack.enter_async_context(app.receiving())
        yield Shop(sandbox, app, staff, agent, other, lead, reader, knowledge, own, receiving)
