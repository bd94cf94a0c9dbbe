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
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ..answers import Knowledge
from ..app import App, Brain
from ..clock import VirtualClock
from ..config import Settings, StaffSettings, StoreSettings
from ..conversation import Case, Clarify, Decision, HandOver, Person, Reading, Reply
from ..desk.desk_words import RESOLVE, words
from ..effects import Effect, Outcome, SendText, Sent
from ..incoming import Calls, Turn
from ..json_lines import Bad, read_lines

STRANGERS = 2**62
"""From here on, an id is nobody's in a log."""
STAFF_CHAT, AGENT, BOT = -1000000000001, STRANGERS, STRANGERS + 1
LONGEST_S = 1e11
"""Three thousand years; milliseconds since 1970 are more."""
SHAPE = 'Write {"t": seconds, "customer_id": number, "text": "…"}.'
EPOCH = 1_700_000_000.0
LOOK_AGAIN_S = 60.0
"""So long after it had no topic yet, a case is looked for again to be closed."""


@dataclass(frozen=True, slots=True, order=True)
class Said:
    """One line of the file. ``t``: seconds, from any beginning."""

    t: float
    customer_id: int
    text: str
    by_agent: bool = False


def read_log(path: Path) -> list[Said]:
    """The lines of a JSONL file, by time. Raises ConfigError naming each bad line."""
    return sorted(read_lines(path, SHAPE, _said), key=lambda one: one.t)


def _said(raw: Mapping[str, Any]) -> Said:
    who = raw.get("from", "customer")
    if who not in ("customer", "agent"):
        raise Bad(f'"from" is {who!r}, not "customer" or "agent".')
    if not isinstance(raw.get("text"), str):
        raise Bad('has no "text".')
    try:
        t, customer_id = float(raw["t"]), int(raw["customer_id"])
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise Bad('has no "t" or no "customer_id" that is a number.') from error
    if not abs(t) < LONGEST_S:  # nor is it not a number at all
        raise Bad(f'"t" is {t:g}.', "Write seconds, from any beginning; not milliseconds.")
    if not 0 < customer_id < STRANGERS:
        raise Bad(f'"customer_id" is {customer_id}.', "Write a number from 1 up.")
    return Said(t, customer_id, raw["text"], who == "agent")


@dataclass
class Summary:
    """Counts of the whole replay; ``assumed`` says what was made up for it."""

    turns: int = 0
    actions: Counter[str] = field(default_factory=Counter)
    subjects: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    tones: Counter[str] = field(default_factory=Counter)
    assumed: str = ""

    def as_text(self) -> str:
        """A few lines for a person."""
        parts = [f"{self.turns} turns. {self.assumed}"]
        for title, counts in (
            ("action", self.actions),
            ("reason", self.reasons),
            ("tone", self.tones),
            ("subject answered", self.subjects),
        ):
            for name, count in counts.most_common():
                parts.append(f"{title:>18}  {name:<24} {count:>6}  {count / self.turns:6.1%}")
        return "\n".join(parts)

    def add(self, line: dict[str, Any]) -> None:
        self.turns += 1
        self.actions[line["action"]] += 1
        self.tones[line["tone"]] += 1
        if line["action"] == "reply":
            self.subjects[line["subject"]] += 1
        if line.get("reason"):
            self.reasons[line["reason"]] += 1


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
        self._turns: list[dict[str, Any]] = []
        self._closing: list[tuple[float, int]] = []
        self.summary = Summary(
            assumed=f"Staff close a case {resolve_after_s / 60:g} minutes after their last word."
        )

    async def run(self, log: Iterable[Said]) -> Iterator[dict[str, Any]]:
        """One dict per turn: t, customer_id, text, action, subject, probability, tone, why."""
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
            )
            async with app:
                await self._feed(app, list(log))
        return iter(self._turns)

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
        chat = {"id": one.customer_id, "type": "private", "first_name": str(one.customer_id)}
        await self._message(app, chat, one.customer_id, one.text)

    async def _agent(self, app: App, one: Said) -> None:
        await app.settle()
        case = await app.store.read(lambda records: records.open_case(one.customer_id))
        if case is None or not case.state.with_staff or case.thread_id is None:
            return  # in this replay the bot had answered, or the customer had not written yet
        await self._message(app, _group(), AGENT, one.text, case.thread_id)
        self._close_later(one.customer_id, self._resolve_after_s)

    async def _message(
        self, app: App, chat: dict[str, Any], who: int, text: str, thread: int | None = None
    ) -> None:
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

    def _on_decision(self, case: Case, turn: Turn, decision: Decision, reading: Reading) -> None:
        at = turn.messages[0].at - EPOCH
        line = turn_line(decision, reading) | {"t": at, "customer_id": case.customer_id}
        line["text"] = turn.text
        if isinstance(decision, HandOver):
            self._close_later(case.customer_id, self._resolve_after_s)
        self.summary.add(line)
        self._turns.append(line)


def turn_line(decision: Decision, reading: Reading) -> dict[str, Any]:
    """A decision and the reading behind it, as plain values."""
    subject, probability = reading.best
    line: dict[str, Any] = {
        "action": _ACTIONS.get(type(decision), "stay_quiet"),
        "subject": decision.to if isinstance(decision, Reply) else subject,
        "probability": round(probability, 4),
        "tone": str(reading.tone),
        "tone_probability": {str(t): round(p, 4) for t, p in reading.tone_probabilities.items()},
        "asks_human": reading.asks_person,
        "language": reading.language,
        "why": decision.why,
    }
    if isinstance(decision, Reply) and decision.also:
        line["also"] = list(decision.also)
    if isinstance(decision, HandOver):
        line["reason"] = str(decision.reason)
    if isinstance(decision, Clarify):
        line["choices"] = list(decision.subjects)
    return line


_ACTIONS: dict[type[Decision], str] = {Reply: "reply", Clarify: "clarify", HandOver: "hand_over"}


def _group() -> dict[str, Any]:
    return {"id": STAFF_CHAT, "type": "supergroup", "title": "staff", "is_forum": True}
