"""The one clock, injected everywhere: true time, and one that only moves when told."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Protocol

log = logging.getLogger(__name__)

NAP_S = 60.0
"""A sleeper looks at the clock so often, and so notices when it was put right."""
TOLERANCE_S = 5.0
"""Telegram says whole seconds, and its servers are not all at the same one."""


class Clock(Protocol):
    def now(self) -> float:
        """Seconds since the epoch (UTC)."""

    async def sleep_until(self, moment: float) -> None:
        """Return once ``now()`` is at least ``moment``."""


def _since_boot() -> float:
    """Seconds that nobody sets; where the system can tell, those it slept through count too."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class SystemClock:
    """True time: Telegram's, carried on between its answers by seconds that nobody sets.

    The computer's time of day is believed once, until Telegram has first answered. So no step of
    it, forwards or back, moves an alarm; and when Telegram says that we are wrong (the computer
    started with the wrong time, or stood still as a whole), we are put right.
    """

    def __init__(
        self,
        wall: Callable[[], float] = time.time,
        steady: Callable[[], float] = _since_boot,
        nap: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._wall = wall
        self._steady = steady
        self._nap = nap
        self._offset = wall() - steady()
        self._doubt: float | None = None

    def now(self) -> float:
        return self._steady() + self._offset

    async def sleep_until(self, moment: float) -> None:
        while (left := moment - self.now()) > 0:
            await self._nap(min(left, NAP_S))

    def told(self, date: float, within: float) -> None:
        """Telegram's answer, which took ``within`` seconds, says that it is ``date``.

        The first is believed: nothing rests on this clock yet. Later two in a row must agree on
        how wrong we are, so that one odd server moves nothing.
        """
        behind, ahead = date - self.now(), self.now() - within - (date + 1.0)
        wrong = behind if behind > TOLERANCE_S else -ahead if ahead > TOLERANCE_S else 0.0
        if wrong and (self._doubt is None or abs(wrong - self._doubt) <= TOLERANCE_S):
            log.warning("this clock was %+.0f s off Telegram's, and was put right", -wrong)
            self._offset += wrong
            wrong = 0.0
        self._doubt = wrong

    @property
    def computer_is_off(self) -> float:
        """Seconds by which the computer's time of day is ahead of ours, or (negative) behind."""
        return self._wall() - self.now()


class VirtualClock:
    """Time that stands still until `advance`: for replays and tests."""

    def __init__(self, now: float = 1_700_000_000.0) -> None:
        self._now = now
        self._order = itertools.count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    def now(self) -> float:
        return self._now

    async def sleep_until(self, moment: float) -> None:
        if moment <= self._now:
            await asyncio.sleep(0)
            return
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (moment, next(self._order), woken))
        await woken

    def next_wake(self) -> float | None:
        """When the first sleeper wants to be woken; None when nobody sleeps."""
        while self._sleepers and self._sleepers[0][2].done():
            heapq.heappop(self._sleepers)
        return self._sleepers[0][0] if self._sleepers else None

    def advance(self, to: float) -> None:
        """Move to ``to`` and wake everyone due by then, in order."""
        self._now = max(self._now, to)
        while (moment := self.next_wake()) is not None and moment <= self._now:
            heapq.heappop(self._sleepers)[2].set_result(None)


async def wait_until(clock: Clock, moment: float | None, event: asyncio.Event) -> None:
    """Return when ``event`` is set or ``moment`` has come, whichever is first; clears the event."""
    if not event.is_set():
        if moment is None:
            await event.wait()
        else:
            waiters = {
                asyncio.ensure_future(event.wait()),
                asyncio.ensure_future(clock.sleep_until(moment)),
            }
            try:
                await asyncio.wait(waiters, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for waiter in waiters:
                    waiter.cancel()
    event.clear()
