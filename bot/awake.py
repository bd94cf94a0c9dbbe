"""Which conversations are being worked on: each in order, many side by side, until none is open."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable

from .clock import Clock


class Awake:
    """``drain`` works on one conversation until nothing of it is open, and never raises."""

    def __init__(self, drain: Callable[[str], Awaitable[None]], clock: Clock) -> None:
        self._drain = drain
        self._clock = clock
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()
        self._napping = 0

    def wake(self, conversations: Iterable[str]) -> None:
        """There are new rows: drain these."""
        for conversation in conversations:
            if conversation in self._tasks:
                self._again.add(conversation)
            else:
                task = asyncio.create_task(self._keep_draining(conversation))
                self._tasks[conversation] = task

    async def stop(self) -> None:
        """Stop where no transaction is half done."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    @property
    def working(self) -> bool:
        """False when every conversation that is awake only waits for the clock."""
        return len(self._tasks) > self._napping

    async def nap(self, until: float) -> None:
        """Wait for the clock, inside a drain."""
        self._napping += 1
        try:
            await self._clock.sleep_until(until)
        finally:
            self._napping -= 1

    async def _keep_draining(self, conversation: str) -> None:
        try:
            while True:
                self._again.discard(conversation)
                await self._drain(conversation)
                if conversation not in self._again:
                    return
        finally:
            del self._tasks[conversation]
