"""What would it have done with last month's messages? The real path, in virtual time.

Everything is the running bot but three things: the clock moves as fast as the machine allows, the
store is thrown away, and instead of Telegram there is an edge that delivers everything.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import math
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ..answers import Knowledge
from ..app import App
from ..clock import VirtualClock
from ..config import Settings, StaffSettings, StoreSettings
from ..conversation import Decision, HandOver, Person, Reading
from ..desk.desk_words import RESOLVE, words
from ..effects import Effect, Outcome, SendText, Sent
from ..incoming import Calls, Turn
from ..reader import Brain
from .logged import Said
from .turn_line import Summary, own_data_line, turn_line

STAFF_CHAT, AGENT, BOT = -1000000000001, 2**62, 2**62 + 1
"""Customers are numbered from one, as they come."""
EPOCH = 1_700_000_000.0
LOOK_AGAIN_S = 60.0
"""So long after it had no topic yet, a case is looked for again to be closed."""


@dataclass(frozen=True, slots=True)
class _Taken:
    """A turn and what was decided; ``held``: people had the case already. ``decision`` None: it
    is a command about the customer's own data."""

    turn: Turn
    decision: Decision | None = None
    reading: Reading = field(default_factory=Reading)
    held: bool = False

    @property
    def number(self) -> int:
        """That of its first message."""
        return self.turn.messages[0].message_id


class _Deliveries:
    """An edge to which everything is delivered; remembers the buttons that close a case."""

    def __init__(self, resolve_label: str) -> None:
        self._ids = itertools.count(1)
        self._label = resolve_label
        self.resolve: dict[int, tuple[int, str]] = {}

    async def perform(self, effect: Effect) -> Outcome:
        number = next(self._ids)
        if isinstance(effect, SendText) and effect.thread_id is not None:
            for button in itertools.chain.from_iterable(effect.buttons):
                if button.text == self._label:
                    self.resolve[effect.thread_id] = (number, button.data)
        return Sent((number,))

    async def fetch(self, _offset: int | None, _timeout: float, /) -> list[dict[str, Any]]:
        await asyncio.Event().wait()
        return []

    async def set_staff_commands(self, chat_id: int, commands: Mapping[str, str]) -> None: ...
    async def member(self, chat_id: int, user_id: int) -> Person | None: ...
    async def set_webhook(self, url: str, secret: str) -> None: ...

    async def calls(self) -> Calls:
        return Calls("")


class _NoLimits:
    def wait(self, _effect: Effect, _now: float) -> float:
        return 0.0

    def spend(self, _effect: Effect, _now: float) -> None: ...
    def hold(self, _chat_id: int, _until: float) -> None: ...


class Replay:
    """Feeds a log to a bot of its own. ``resolve_after_s``: staff close a case so long after it
    came to them or after their last word in the log (a log does not tell when)."""

    def __init__(
        self, settings: Settings, knowledge: Knowledge, brain: Brain, resolve_after_s: float
    ) -> None:
        self._settings = settings
        self._knowledge = knowledge
        self._brain = brain
        self._resolve_after_s = resolve_after_s
        self._clock = VirtualClock(EPOCH)
        self._edge = _Deliveries(words(knowledge.brand.default_language, RESOLVE))
        self._numbers = itertools.count(1)
        self._people: dict[int | str, int] = {}
        self._said: dict[int, Said] = {}
        self._taken: dict[int, _Taken] = {}
        self._closing: list[tuple[float, int]] = []
        self.summary = Summary(
            assumed=f"Staff close a case {resolve_after_s / 60:g} minutes after their last word."
        )

    async def run(self, log: Iterable[Said]) -> Iterator[dict[str, Any]]:
        """One dict per turn, by its first message: `turn_line`, and what the log says of it.

        ``t``, ``customer_id``: of that message, as in the log; ``messages``: how many the turn has;
        ``text``: their words; ``held``: people had the case already.
        """
        with tempfile.TemporaryDirectory(prefix="first-responder-replay-") as folder:
            settings = replace(
                self._settings,
                # No lists: a case that stands in one has no topic, and is closed in none.
                staff=StaffSettings(STAFF_CHAT, (AGENT,), join_from=0),
                store=StoreSettings(Path(folder) / "replay.sqlite3"),
            )
            app = App(
                settings,
                self._knowledge,
                self._brain,
                self._edge,
                Person(BOT, "bot"),
                clock=self._clock,
                limits=_NoLimits(),
                on_decision=self._on_decision,
                on_own_rights=lambda message: self._take(_Taken(Turn((message,)))),
            )
            async with app:
                await self._feed(app, list(log))
                turns = [self._taken[number] for number in sorted(self._taken)]
                lines = await asyncio.gather(*(self._line(app, one) for one in turns))
        for line in lines:
            self.summary.add(line)
        return iter(lines)

    async def _feed(self, app: App, log: list[Said]) -> None:
        begin = log[0].t if log else 0.0
        for one in log:
            await self._until(app, EPOCH + one.t - begin)
            await (self._agent(app, one) if one.by_agent else self._customer(app, one))
        rest = app.settings.answers.longest_burst_seconds + 1.0
        await self._until(app, self._clock.now() + rest)

    async def _until(self, app: App, moment: float) -> None:
        """Let everything happen that is due by then, in order.

        What happens may bring something new that is due by then: it is asked after every step.
        """
        await app.settle()
        while (due := self._next_due()) <= moment:
            self._clock.advance(due)
            await app.settle()
            while self._closing and self._closing[0][0] <= self._clock.now():
                await self._press_resolve(app, heapq.heappop(self._closing)[1])
        self._clock.advance(moment)

    def _next_due(self) -> float:
        wake = self._clock.next_wake()
        closing = self._closing[0][0] if self._closing else math.inf
        return closing if wake is None else min(wake, closing)

    async def _customer(self, app: App, one: Said) -> None:
        who = self._person(one)
        chat = {"id": who, "type": "private", "first_name": str(who)}
        self._said[await self._message(app, chat, who, one.text)] = one

    async def _agent(self, app: App, one: Said) -> None:
        await app.settle()
        who = self._person(one)
        case = await app.store.read(lambda records: records.open_case(who))
        if case is None or not case.state.with_staff or case.thread_id is None:
            return  # in this replay the bot had answered, or the customer had not written yet
        await self._message(app, _group(), AGENT, one.text, case.thread_id)
        self._close_later(who, self._resolve_after_s)

    def _person(self, one: Said) -> int:
        """The number of the customer, whatever they are called in the log."""
        return self._people.setdefault(one.customer_id, len(self._people) + 1)

    async def _message(
        self, app: App, chat: dict[str, Any], who: int, text: str, thread: int | None = None
    ) -> int:
        """Said to the bot; returns the message's number."""
        number = next(self._numbers)
        message: dict[str, Any] = {
            "message_id": number,
            "date": int(self._clock.now()),
            "chat": chat,
            "from": {"id": who, "is_bot": False, "first_name": str(who)},
            "text": text,
        }
        if thread is not None:
            message |= {"message_thread_id": thread, "is_topic_message": True}
        await app.receiver.accept([{"update_id": number, "message": message}])
        return number

    async def _press_resolve(self, app: App, customer_id: int) -> None:
        await app.settle()
        case = await app.store.read(lambda records: records.open_case(customer_id))
        if case is None or not case.state.with_staff:
            return
        if (thread := case.thread_id) is None:
            self._close_later(customer_id, LOOK_AGAIN_S)
            return
        message_id, data = self._edge.resolve[thread]
        press = {
            "id": str(next(self._numbers)),
            "from": {"id": AGENT, "is_bot": False, "first_name": "agent"},
            "chat_instance": "replay",
            "data": data,
            "message": {
                "message_id": message_id,
                "date": int(self._clock.now()),
                "chat": _group(),
                "message_thread_id": thread,
                "is_topic_message": True,
            },
        }
        update = {"update_id": next(self._numbers), "callback_query": press}
        await app.receiver.accept([update])
        await app.settle()

    def _close_later(self, customer_id: int, after_s: float) -> None:
        self._closing = [pair for pair in self._closing if pair[1] != customer_id]
        heapq.heapify(self._closing)
        heapq.heappush(self._closing, (self._clock.now() + after_s, customer_id))

    def _take(self, one: _Taken) -> None:
        self._taken[one.number] = one

    def _on_decision(self, turn: Turn, decision: Decision, reading: Reading, held: bool) -> None:
        """Of words that people had at once, the model may hear danger after that: one line."""
        new = _Taken(turn, decision, reading, held)
        before = self._taken.get(new.number)
        self._take(new if before is None else replace(before, decision=decision))
        if isinstance(decision, HandOver) and not held:
            self._close_later(turn.messages[0].who.id, self._resolve_after_s)

    async def _line(self, app: App, one: _Taken) -> dict[str, Any]:
        if one.decision is None:
            line = own_data_line(self._knowledge.brand.default_language)
        else:
            # The running bot hears it only for danger: only here it is read for the rest.
            reading = await app.understand.read(one.turn) if one.held else one.reading
            line = turn_line(one.decision, reading)
        said = self._said[one.number]
        return line | {
            "held": one.held,
            "t": said.t,
            "customer_id": said.customer_id,
            "messages": len(one.turn.messages),
            "text": one.turn.text,
        }


def _group() -> dict[str, Any]:
    return {"id": STAFF_CHAT, "type": "supergroup", "title": "staff", "is_forum": True}
