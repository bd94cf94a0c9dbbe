"""Hands over the clocks that ran out; one that cannot be handled is set aside, and staff told.

A clock that a mistake of ours keeps from being handled holds up none of the others: they are
handled together, and where that fails, each by itself.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from functools import partial

from .clock import Clock, wait_until
from .conversation import Case
from .desk.desk_words import words
from .desk.overview import link_html
from .effects import SendText
from .errand import Purpose
from .errors import StoreError, where
from .ledger import Ledger
from .store.engine import Store
from .store.records import Records

log = logging.getLogger(__name__)

RETRY_S = 5.0
SET_ASIDE_AFTER = 3
"""Mistakes of ours about one clock, in one run of the program."""

RanOut = Callable[[Ledger, Case, str], None]
"""What a clock that ran out means for its case: the case, and which of its clocks."""


class Clocks:
    """Sleeps until the next row of `timers` is due, and hands it over; once each."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        ledger: Callable[[Records], Ledger],
        ran_out: RanOut,
        on_change: Callable[[], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._ledger = ledger
        self._ran_out = ran_out
        self._on_change = on_change
        self._mistakes: Counter[tuple[int, str]] = Counter()
        self._resting = False
        self.changed = asyncio.Event()

    @property
    def at_rest(self) -> bool:
        """No clock has run out at this moment that was not handed over."""
        return self._resting and not self.changed.is_set()

    async def run(self) -> None:
        while True:
            try:
                moment = await self._store.read(lambda records: records.timers.next_at())
                if moment is None or moment > self._clock.now():
                    self._resting = True
                    await wait_until(self._clock, moment, self.changed)
                    self._resting = False
                else:
                    await self._hand_over()
            except StoreError as error:  # `outage` says it aloud
                log.debug("the store refuses, the clocks wait: %s", error)
                await self._clock.sleep_until(self._clock.now() + RETRY_S)
            except Exception:
                log.exception("clocks could not be read; trying again")
                await self._clock.sleep_until(self._clock.now() + RETRY_S)

    async def _hand_over(self) -> None:
        """All in one transaction; where that fails by a mistake of ours, each in its own."""
        try:
            await self._store.write(self._fire)
        except StoreError:
            raise
        except Exception:
            await self._one_by_one()
        self._on_change()

    async def _one_by_one(self) -> None:
        now, failed = self._clock.now(), False
        for one in await self._store.read(lambda records: records.timers.due(now)):
            try:
                await self._store.write(partial(self._fire, only=one))
            except StoreError:
                raise
            except Exception as error:
                failed = True
                await self._not_this_time(one, error)
        self._on_change()
        if failed:
            await self._clock.sleep_until(self._clock.now() + RETRY_S)

    def _fire(self, records: Records, only: tuple[int, str] | None = None) -> None:
        ledger = self._ledger(records)
        for case_id, kind in records.timers.fire(ledger.now, only):
            case = records.case(case_id)
            if case is not None:
                self._ran_out(ledger, case, kind)

    async def _not_this_time(self, one: tuple[int, str], error: Exception) -> None:
        """It could not be handled. Later, or, when that goes on, staff look at the case."""
        case_id, kind = one
        self._mistakes[one] += 1
        log.error("clock %s of case %d could not be handled: %s", kind, case_id, where(error))
        if self._mistakes[one] < SET_ASIDE_AFTER:
            return
        del self._mistakes[one]
        log.error("clock %s of case %d is set aside", kind, case_id)
        await self._store.write(partial(self._set_aside, one))

    def _set_aside(self, one: tuple[int, str], records: Records) -> None:
        ledger = self._ledger(records)
        for case_id, kind in records.timers.fire(ledger.now, one):
            ledger.note("clock_failed", case_id, None, kind)
            case, language = records.case(case_id), ledger.desk_language
            if case is not None:
                html = f"{words(language, 'clock_failed', n=case.id)} {link_html(case, language)}"
                told = SendText(ledger.staff_chat_id, html.strip(), html=True)
                ledger.send(told, Purpose.TELL, None)
