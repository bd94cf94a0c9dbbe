"""A shop in virtual time: hours pass as soon as nothing is left to do at the moment."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.clock import VirtualClock
from bot.promises.hours import Hours
from bot.sandbox import Message, Person
from bot.store.records import Records

from .shop import Shop, open_shop

TORONTO = "America/Toronto"
MONDAY = "2026-12-21"


def at(text: str, zone: str = TORONTO) -> float:
    """A moment by the clock on the wall, like ``2026-12-21 09:00``."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


@dataclass
class Day:
    """A shop and the clock it lives by; a test moves the clock."""

    shop: Shop
    clock: VirtualClock

    async def calm(self) -> None:
        """Whatever people did has arrived, and is done as far as it can be at this moment."""
        await self.shop.until(lambda: not len(self.shop.sandbox.world.updates))
        await self.shop.app.settle()
        for _ in range(200):  # a sleeper that will only look again later is not waited for
            if not await self.shop.app.store.read(self._rings_now):
                return
            await asyncio.sleep(0.002)
            await self.shop.app.settle()

    def _rings_now(self, records: Records) -> bool:
        moment = records.timers.next_at()
        return moment is not None and moment <= self.shop.app.clock.now()

    async def until(self, moment: float) -> None:
        """Let everything happen that is due by then, in order."""
        await self.calm()
        while (wake := self.clock.next_wake()) is not None and wake <= moment:
            self.clock.advance(wake)
            await self.calm()
        self.clock.advance(moment)
        await self.calm()

    async def passes(self, minutes: float) -> None:
        await self.until(self.clock.now() + minutes * 60.0)

    async def with_staff(self, person: Person, text: str = "mon chien a mangé la tente") -> int:
        """Their case waits for staff, three seconds later; returns its topic."""
        await person.says(text)
        await self.passes(0.05)
        return await self.shop.topic_of(person)

    def rung(self, words: str) -> list[Message]:
        """What was said among staff with these words."""
        return [m for m in self.shop.in_topics() if words in (m.text or "")]


@contextlib.asynccontextmanager
async def open_day(
    folder: Path, begins: str = f"{MONDAY} 09:00", **given: Any
) -> AsyncIterator[Day]:
    """A shop whose clock stands at a moment in Toronto and moves only when told."""
    clock = VirtualClock(at(begins))
    async with open_shop(folder, clock=clock, **{"hours": Hours(TORONTO), **given}) as shop:
        yield Day(shop, clock)
