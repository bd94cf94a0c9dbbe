"""Tells whoever listens that the world has changed: waiting tests and open web pages."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from .wire import encode

_BACKLOG = 1000


class Changes:
    """Wakes waiters at each change and hands each listening page the change as one JSON line."""

    def __init__(self) -> None:
        self._waiters: set[asyncio.Future[None]] = set()
        self._pages: set[asyncio.Queue[bytes | None]] = set()

    def tell(self, kind: str, **what: object) -> None:
        """One change. Values that can show themselves do so only when a page is open."""
        if self._pages:
            line = encode({"kind": kind} | {k: getattr(v, "shown", v) for k, v in what.items()})
            for page in list(self._pages):
                self._hand(page, line)
        self.wake()

    def wake(self) -> None:
        """Something happened that pages need not know."""
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)

    async def next(self, within: float | None) -> None:
        """Returns at the next change; raises TimeoutError when none comes in `within` seconds."""
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.add(waiter)
        try:
            await asyncio.wait_for(waiter, within)
        finally:
            self._waiters.discard(waiter)

    @contextmanager
    def page(self) -> Iterator[asyncio.Queue[bytes | None]]:
        """A queue of JSON lines for one page; None means that it fell too far behind: reload."""
        queue: asyncio.Queue[bytes | None] = asyncio.Queue(_BACKLOG)
        self._pages.add(queue)
        try:
            yield queue
        finally:
            self._pages.discard(queue)

    def close(self) -> None:
        """Sends every page away: an open one comes back and reads the whole state anew."""
        for page in list(self._pages):
            self._dismiss(page)

    def _hand(self, page: asyncio.Queue[bytes | None], line: bytes) -> None:
        if page.qsize() >= _BACKLOG - 1:
            self._dismiss(page)
        else:
            page.put_nowait(line)

    def _dismiss(self, page: asyncio.Queue[bytes | None]) -> None:
        self._pages.discard(page)
        page.put_nowait(None)
