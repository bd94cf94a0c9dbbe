"""A computer whose time of day is set, stands still or races, and that may stand still itself."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from bot.clock import SystemClock, VirtualClock
from tests.shop import Shop, open_shop
from tests.virtual import Day


class Computer:
    """``truth`` is the time as it passes, and Telegram's; ``wall`` is what the computer shows."""

    def __init__(self, begins: float) -> None:
        self.truth = VirtualClock(begins)
        self._stood_still = 0.0
        self._since, self._showed, self._pace = begins, begins, 1.0

    def wall(self) -> float:
        return self._showed + self._pace * (self.truth.now() - self._since)

    def steady(self) -> float:
        """What no one sets: the seconds that it has run."""
        return self.truth.now() - self._stood_still

    async def nap(self, seconds: float) -> None:
        await self.truth.sleep_until(self.truth.now() + seconds)

    def clock(self) -> SystemClock:
        return SystemClock(self.wall, self.steady, self.nap)

    # ------------------------------------------------------------------- what happens to it

    def is_set(self, ahead: float) -> None:
        """Its time of day becomes so many seconds ahead of the truth (negative: behind)."""
        self._since, self._showed = self.truth.now(), self.truth.now() + ahead
        self._pace = 1.0

    def runs_at(self, pace: float) -> None:
        """Its time of day stands still (0) or races (10) from now on."""
        self._since, self._showed, self._pace = self.truth.now(), self.wall(), pace

    def stands_still(self, seconds: float) -> None:
        """All of it does, as a paused virtual machine; the world goes on."""
        self._stood_still += seconds
        self.truth.advance(self.truth.now() + seconds)


@contextlib.asynccontextmanager
async def open_computer(folder: Path, computer: Computer, **given: Any) -> AsyncIterator[Day]:
    """A shop that runs on this computer, and Telegram, which knows the time."""
    clock = computer.clock()
    given = {"time_there": computer.truth.now, **given}
    async with open_shop(folder, clock=clock, edge_given={"clock": clock}, **given) as shop:
        yield Day(shop, computer.truth)


@contextlib.asynccontextmanager
async def started_again(shop: Shop, folder: Path, computer: Computer) -> AsyncIterator[Day]:
    """The same shop after its program was stopped and started."""
    await shop.closes()
    async with open_computer(folder, computer, sandbox=shop.sandbox, settings=shop.settings) as day:
        yield day
