"""The burst that a turn is: when it has come to rest, and which of its rows are heard together.

While it could still go on the model reads it already: mostly it does not, and then a person has
waited for the silence or for the model, not for one after the other.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from .clock import Clock
from .conversation import Reading
from .house import House
from .incoming import InboxRow, Incoming, Pressed, Side, Turn, command
from .poison import Suspects
from .route import Route
from .store.engine import Store
from .store.records import Records
from .turns import MOST_ROWS, Heard, as_it_is_now
from .understand import Understand

ALBUM_S = 1.2
"""An album comes as separate messages without an end mark; this silence ends it."""
MOVE_S = 0.05
"""Between two looks whether a group that is being moved has arrived."""

Ahead = tuple[Turn, asyncio.Task[Reading]]
"""What the model began to read while the burst could still go on."""
Parse = Callable[[str, float], Incoming]
"""An update's JSON and when it was received -> the noun. Raises ValueError."""
Said = Mapping[int, Incoming | Exception]
"""What rows say, by their ``seq``; or what is wrong with them."""


@dataclass(frozen=True, slots=True)
class Burst:
    """The open rows of a conversation, oldest first, and what each says."""

    rows: Sequence[InboxRow]
    said: Said
    ahead: Ahead | None = None


class Bursts:
    """``nap``: wait for the clock, inside a drain."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        nap: Callable[[float], Awaitable[None]],
        understand: Understand,
        parse: Parse,
        suspects: Suspects,
        route: Route,
        house: House,
    ) -> None:
        self._store = store
        self._clock = clock
        self._nap = nap
        self._understand = understand
        self._parse = parse
        self._suspects = suspects
        self._route = route
        self._answers = house.answers

    async def settled(self, conversation: str, said: Said) -> Burst:
        """The open rows, once the burst they belong to has come to rest.

        ``said``: what is known of them already: each is parsed once.
        """
        ahead: Ahead | None = None
        while True:
            rows, held = await self._store.read(lambda r: self._open(r, conversation))
            said = {row.seq: said.get(row.seq) or self._parsed(row) for row in rows}
            if not rows:
                return Burst(rows, said)
            if await self._comes_after_a_move(rows[0]):
                await self._nap(self._clock.now() + MOVE_S)
                continue
            quiet = self._quiet_after([said[row.seq] for row in rows], held)
            longest = rows[0].received_at + self._answers.longest_burst_seconds
            until = min(rows[-1].received_at + quiet, longest)
            if self._clock.now() >= until:
                return Burst(rows, said, ahead)
            suspect = any(row in self._suspects for row in rows)  # it may kill us: counted first
            ahead = None if held or suspect else await self._read_ahead(Burst(rows, said))
            await self._nap(until)

    def _open(self, records: Records, conversation: str) -> tuple[list[InboxRow], bool]:
        """The open rows, and whether staff hold what they say."""
        rows = records.inbox.pending(conversation, MOST_ROWS)
        return rows, bool(rows) and self._route.held(records, rows[0])

    async def _read_ahead(self, burst: Burst) -> Ahead | None:
        try:
            heard, seen = self.heard(burst), burst.rows[-1].seq
            work = await self._store.read(lambda r: self._route.work(r, heard, seen))
        except Exception:
            return None  # what is wrong with it is found, and counted, when its turn has come
        if work.reads is None:
            return None
        return work.reads, asyncio.create_task(self._understand.read(work.reads))

    async def _comes_after_a_move(self, row: InboxRow) -> bool:
        """Of a group that we do not know yet, while a group that we know is being moved?"""
        elsewhere = row.side is Side.ELSEWHERE
        return elsewhere and await self._store.read(lambda r: r.inbox.move_is_open())

    def _quiet_after(self, said: Sequence[Incoming | Exception], held: bool) -> float:
        heard = [one for one in said if not isinstance(one, Exception)]
        if isinstance(said[0], Pressed) or any(map(self._orders, heard)):
            return 0.0
        last = None if isinstance(said[-1], Exception) else as_it_is_now(said[-1])
        album = ALBUM_S if last is not None and last.album is not None else 0.0
        return album if held else max(album, self._answers.quiet_seconds)

    def _parsed(self, row: InboxRow) -> Incoming | Exception:
        try:
            return self._parse(row.body, row.received_at)
        except Exception as error:
            return error  # it is found, and counted, when its turn has come

    def heard(self, burst: Burst) -> Heard:
        """As far as the rows can be parsed; a bad first row raises, a later one waits its turn."""
        heard: list[tuple[InboxRow, Incoming]] = []
        for row in burst.rows:
            said = burst.said[row.seq]
            if isinstance(said, Exception):
                if not heard:
                    raise said
                break
            if heard and self._route.alone(said) is not None:
                break  # no words of a turn
            heard.append((row, said))
        return heard

    def _orders(self, said: Incoming) -> bool:
        """Is it a command that waits for no burst to end?"""
        wrote = as_it_is_now(said)
        return (
            wrote is not None
            and bool(command(wrote.text)[0])
            and self._route.alone(said) is not None
        )
