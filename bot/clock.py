"""The one clock, injected everywhere: the system's, and one that only moves when told."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time
from typing import Protocol


class Clock(Protocol):
    def now(self) -> float:
        """Seconds since the epoch (UTC)."""

    async def sleep_until(self, moment: float) -> None:
        """Return once ``now()`` is at least ``moment``."""


class SystemClock:
    def now(self) -> float:
        return time.time()

    async def sleep_until(self, moment: float) -> None:
        # In short naps: if the system's clock jumps, the sleeper notices within a minute.
        while (left := moment - time.time()) > 0:  # noqa: ASYNC110 - time is what we wait for
            await asyncio.sleep(min(left, 60.0))


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
