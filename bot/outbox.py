"""Does what was decided: claims effects within Telegram's budgets, records what became of them.

An automatic reply goes out at most once: its claim is on disk before the request leaves. What was
claimed by a run that died is settled at start, by the same rule as an answer that never came.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Protocol

from .clock import Clock, wait_until
from .crash_points import Point, passing
from .effects import MAKERS, Effect, NotSent, Outcome, Unsure
from .errand import Errand, OutboxRow
from .errors import StoreError
from .store.engine import Store
from .store.records import Records

log = logging.getLogger(__name__)

RETRY_S = 1.0
STOP_S = 10.0


class Telegram(Protocol):
    async def perform(self, effect: Effect) -> Outcome:
        """Do it. Never raises for what Telegram or the network does."""


class Budget(Protocol):
    def wait(self, effect: Effect, now: float) -> float:
        """Seconds until Telegram allows it; 0: now."""

    def spend(self, effect: Effect, now: float) -> None: ...
    def hold(self, chat_id: int, until: float) -> None: ...


LastMoment = Callable[[Records, OutboxRow], Effect | None]
"""The effect as it is to be done now, or None when it is no longer wanted."""

Settle = Callable[[Records, OutboxRow, Outcome], None]
"""Records the outcome, and what follows from it."""


@dataclass(slots=True)
class Waiting:
    """The chats that have to wait in one look at the outbox, and for how many seconds.

    ``full``: they have no place for a message. Edits, ticks and deletions need none and go on, so
    that a press shows although words queue up; what waits in one queue keeps its order.
    ``silent``: not even those may go, so nothing may: Telegram asked for silence (429).
    """

    silent: dict[int, float] = field(default_factory=dict)
    full: dict[int, float] = field(default_factory=dict)


class Sender:
    """Takes the heads of the outbox's queues, most pressing lane first, many at a time."""

    def __init__(
        self,
        store: Store,
        telegram: Telegram,
        budget: Budget,
        clock: Clock,
        worker: str,
        last_moment: LastMoment,
        settle: Settle,
        on_change: Callable[[], None] = lambda: None,
        at_once: int = 64,
    ) -> None:
        self._store = store
        self._telegram = telegram
        self._budget = budget
        self._clock = clock
        self._worker = worker
        self._last_moment = last_moment
        self._settle = settle
        self._on_change = on_change
        self._at_once = at_once
        self._doing: set[asyncio.Task[None]] = set()
        self._resting = False
        self.changed = asyncio.Event()

    @property
    def at_rest(self) -> bool:
        """Nothing is on its way, and nothing more may go at this moment of the clock."""
        return self._resting and not self._doing and not self.changed.is_set()

    async def recover(self) -> int:
        """Settle what another run claimed and never settled; returns how many."""

        def settle_all(records: Records) -> int:
            rows = records.outbox.left_behind(self._worker)
            for row in rows:
                self._settle(records, row, Unsure("The program stopped while sending."))
            return len(rows)

        return await self._store.write(settle_all)

    async def run(self) -> None:
        while True:
            try:
                moment = await self._send_what_is_due()
            except Exception as error:
                _log("the outbox could not be worked; trying again", error)
                moment = self._clock.now() + RETRY_S
            self._resting = True
            await wait_until(self._clock, moment, self.changed)
            self._resting = False

    async def stop(self) -> None:
        """Wait for what is on its way: its outcome belongs in the store."""
        if self._doing:
            _, late = await asyncio.wait(self._doing, timeout=STOP_S)
            for task in late:  # stays claimed: the next start settles it as unknown
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _send_what_is_due(self) -> float | None:
        """Claim and start what may go; returns when to look again (None: when woken)."""
        chats = Waiting()
        now = self._clock.now()
        while (room := self._at_once - len(self._doing)) > 0:
            now = self._clock.now()
            rows = await self._store.read(
                lambda r, now=now, room=room: r.outbox.due(  # type: ignore[misc]
                    now, chats.silent, room, chats.full
                )
            )
            ready = [row for row in rows if self._affordable(row, now, chats)]
            if ready:
                await self._claim_and_start(ready, now)
            elif len({row.errand.chat_id for row in rows}) == len(rows):
                break  # one each of many chats and none may go: the bot's own budget is spent
        if len(self._doing) >= self._at_once:
            return None  # the first that is done wakes this up
        # As of the last look: what fell due since then must not be missed by both questions.
        postponed = await self._store.read(lambda r: r.outbox.next_due_at(now))
        moments = [now + wait for wait in (*chats.silent.values(), *chats.full.values())]
        return min([*moments, *([] if postponed is None else [postponed])], default=None)

    def _affordable(self, row: OutboxRow, now: float, chats: Waiting) -> bool:
        chat, makes = row.errand.chat_id, isinstance(row.errand.effect, MAKERS)
        if chat in chats.silent or (makes and chat in chats.full):
            return False
        wait = self._budget.wait(row.errand.effect, now)
        if wait > 0:
            if chat is not None:
                (chats.full if makes else chats.silent)[chat] = wait
            return False
        self._budget.spend(row.errand.effect, now)
        return True

    async def _claim_and_start(self, rows: list[OutboxRow], now: float) -> None:
        def claim(records: Records) -> list[tuple[OutboxRow, Effect]]:
            claimed = []
            for row in rows:
                effect = self._last_moment(records, row)
                if effect is None:
                    records.outbox.settle(row.id, "withdrawn", now)
                elif records.outbox.claim(row, effect, self._worker, now):
                    claimed.append((row, effect))
            return claimed

        for row, effect in await self._store.write(claim):
            task = asyncio.create_task(self._do(row, effect))
            self._doing.add(task)
            task.add_done_callback(self._free)

    def _free(self, task: asyncio.Task[None]) -> None:
        """Its place first, then the waking: else a look finds all places taken, and rests."""
        self._doing.discard(task)
        self.changed.set()

    async def _do(self, row: OutboxRow, effect: Effect) -> None:
        passing(Point.CLAIMED)
        outcome = await self._telegram.perform(effect)
        passing(Point.SENT)
        now = self._clock.now()
        chat = row.errand.chat_id
        if isinstance(outcome, NotSent) and chat is not None:
            self._budget.hold(chat, now + outcome.retry_after)
        done = OutboxRow(row.id, _with(row, effect), row.tries + 1)
        while True:
            try:
                await self._store.write(lambda records: self._settle(records, done, outcome))
                break
            except Exception as error:
                # The effect is done and must not be done again: keep trying to write that down.
                _log(f"outbox row {row.id}: the outcome could not be stored yet", error)
                await self._clock.sleep_until(self._clock.now() + RETRY_S)
        self._on_change()


def _log(what: str, error: Exception) -> None:
    """A store that refuses is said aloud by `outage`, once; anything else is a mistake of ours."""
    if isinstance(error, StoreError):
        log.debug("%s: %s", what, error)
    else:
        log.error(what, exc_info=error)


def _with(row: OutboxRow, effect: Effect) -> Errand:
    return replace(row.errand, effect=effect)
