"""Does what was decided: claims effects within Telegram's budgets, records what became of them.

An automatic reply goes out at most once: its claim is on disk before the request leaves. What was
claimed by a run that died is settled at start, by the same rule as an answer that never came.
An effect that a mistake of ours keeps from going, or from being written down, is set aside after
some tries: it holds up neither the others nor the next start.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Protocol

from .clock import Clock, wait_until
from .crash_points import Point, passing
from .effects import MAKERS, Effect, NotSent, Outcome, Refusal, Refused, Unsure
from .errand import Errand, OutboxRow
from .errors import StoreError, where
from .store.engine import Store
from .store.records import Records

log = logging.getLogger(__name__)

RETRY_S = 1.0
STOP_S = 10.0
SET_ASIDE_AFTER = 3
"""Mistakes of ours about one effect, in one run of the program."""


class Telegram(Protocol):
    async def perform(self, effect: Effect) -> Outcome:
        """Do it. Never raises for what Telegram or the network does."""


class Limits(Protocol):
    """What Telegram takes, as far as the outbox needs it."""

    def wait(self, effect: Effect, now: float) -> float:
        """Seconds until Telegram allows it; 0: now."""

    def spend(self, effect: Effect, now: float) -> None: ...
    def hold(self, chat_id: int, until: float) -> None: ...


LastMoment = Callable[[Records, OutboxRow], Effect | Refused | None]
"""The effect as it is to be done now; None when it is no longer wanted; why it cannot be done."""

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
        budget: Limits,
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
        self._mistakes: Counter[int] = Counter()
        self._resting = False
        self.changed = asyncio.Event()

    @property
    def at_rest(self) -> bool:
        """Nothing is on its way, and nothing more may go at this moment of the clock."""
        return self._resting and not self._doing and not self.changed.is_set()

    async def recover(self) -> int:
        """Settle what another run claimed and never settled; returns how many."""

        rows = await self._store.write(lambda records: records.outbox.left_behind(self._worker))
        unsure = Unsure("The program stopped while sending.")
        for row in rows:
            try:
                await self._store.write(partial(_settled, self._settle, row, unsure))
            except StoreError:
                raise
            except Exception as error:  # the bot starts all the same
                log.error("outbox row %d could not be settled: %s", row.id, where(error))
                await self._store.write(partial(_settled, self._uncertain, row, unsure))
        return len(rows)

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
        for row, effect in await self._claimed(rows, now):
            task = asyncio.create_task(self._do(row, effect))
            self._doing.add(task)
            task.add_done_callback(self._free)

    async def _claimed(
        self, rows: Sequence[OutboxRow], now: float
    ) -> list[tuple[OutboxRow, Effect]]:
        """All in one transaction; where that fails by a mistake of ours, each in its own."""

        def claim(records: Records) -> list[tuple[OutboxRow, Effect]]:
            claimed = []
            for row in filter(None, map(records.outbox.anew, rows)):
                effect = self._last_moment(records, row)
                if effect is None:
                    records.outbox.settle(row.id, "withdrawn", now)
                elif isinstance(effect, Refused):
                    self._settle(records, row, effect)
                elif records.outbox.claim(row, effect, self._worker, now):
                    claimed.append((row, effect))
            return claimed

        try:
            return await self._store.write(claim)
        except StoreError:
            raise
        except Exception as error:
            if len(rows) == 1:
                await self._not_this_time(rows[0], error)
                return []
        return [one for row in rows for one in await self._claimed([row], now)]

    async def _not_this_time(self, row: OutboxRow, error: Exception) -> None:
        """It could not be made ready. Later, or, when that goes on, as if Telegram refused it."""
        if self._errs(row, "could not be made ready", error):
            await self._written_down(row, Refused(Refusal.BAD_REQUEST, type(error).__name__))
            return
        later = self._clock.now() + RETRY_S
        await self._store.write(lambda records: records.outbox.postpone(row.id, later))

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
        await self._written_down(done, outcome)
        self._on_change()

    async def _written_down(self, row: OutboxRow, outcome: Outcome) -> None:
        """The effect is done and must not be done again: try until that is stored.

        Where what follows from it fails by a mistake of ours, it counts as uncertain in the end,
        and nothing follows.
        """
        settle = self._settle
        while True:
            try:
                await self._store.write(partial(_settled, settle, row, outcome))
                return
            except StoreError as error:  # said aloud by `outage`, once
                log.debug("outbox row %d: not stored yet: %s", row.id, error)
            except Exception as error:
                if self._errs(row, "could not be settled", error):
                    settle = self._uncertain
                    continue
            await self._clock.sleep_until(self._clock.now() + RETRY_S)

    def _uncertain(self, records: Records, row: OutboxRow, _: Outcome) -> None:
        records.outbox.settle(row.id, "uncertain", self._clock.now(), "set aside")

    def _errs(self, row: OutboxRow, what: str, error: Exception) -> bool:
        """Note a mistake of ours; True: enough of them."""
        self._mistakes[row.id] += 1
        log.error("outbox row %d (%s) %s: %s", row.id, row.errand.purpose, what, where(error))
        enough = self._mistakes[row.id] >= SET_ASIDE_AFTER
        if enough:
            del self._mistakes[row.id]
            log.error("outbox row %d is set aside", row.id)
        return enough


def _log(what: str, error: Exception) -> None:
    """A store that refuses is said aloud by `outage`, once; anything else is a mistake of ours."""
    if isinstance(error, StoreError):
        log.debug("%s: %s", what, error)
    else:
        log.error(what, exc_info=error)


def _settled(settle: Settle, row: OutboxRow, outcome: Outcome, records: Records) -> None:
    settle(records, row, outcome)


def _with(row: OutboxRow, effect: Effect) -> Errand:
    return replace(row.errand, effect=effect)
