"""The clocks: by when a person will have replied, and who is told as the time runs out."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Protocol

from .clock import Clock, wait_until
from .conversation import Case, State
from .desk_words import words
from .effects import Purpose

log = logging.getLogger(__name__)

RETRY_S = 5.0


class Pen(Protocol):
    @property
    def now(self) -> float: ...
    def save(self, case: Case) -> Case: ...
    def tell(self, case: Case, html: str, *, purpose: Purpose = ...) -> None: ...
    def note(self, kind: str, case_id: int, actor_id: int | None) -> None: ...


def ran_out(pen: Pen, case: Case, kind: str, desk_language: str) -> None:
    """What a clock that ran out means for the case as it is now."""
    match kind:
        case "quiet" if case.state in (State.WITH_CUSTOMER, State.CLARIFYING, State.WITH_BOT):
            pen.save(replace(case, state=State.CLOSED, closed_at=pen.now))
        case "half" | "due" if case.state.with_staff:
            pen.tell(case, words(desk_language, kind, n=case.id), purpose=Purpose.TELL)
            pen.note(f"promise_{kind}", case.id, None)
        case _:
            pass


class Clocks:
    """Sleeps until the next row of `timers` is due, and hands it over; once each."""

    def __init__(
        self,
        clock: Clock,
        next_at: Callable[[], Awaitable[float | None]],
        fire: Callable[[], Awaitable[None]],
    ) -> None:
        self._clock = clock
        self._next_at = next_at
        self._fire = fire
        self.changed = asyncio.Event()

    async def run(self) -> None:
        while True:
            try:
                moment = await self._next_at()
                if moment is None or moment > self._clock.now():
                    await wait_until(self._clock, moment, self.changed)
                else:
                    await self._fire()
            except Exception:
                log.exception("clocks could not be read; trying again")
                await self._clock.sleep_until(self._clock.now() + RETRY_S)
