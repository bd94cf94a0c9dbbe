"""The store takes nothing: the log is told at once, staff soon, past the outbox; and the end of it.

What waits in the outbox cannot be claimed then, so the alarm goes past it (`aloud.py`). The disk
may fill up with the log, too: whoever is refused stays quiet, and what there is to say is said
here, once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from .aloud import Aloud
from .clock import Clock, wait_until
from .desk.store_words import words
from .effects import SendText
from .errand import Purpose
from .errors import StoreError
from .ledger import Ledger
from .store.engine import Store
from .store.records import Records
from .voice import Desk

log = logging.getLogger(__name__)

PATIENCE_S = 10.0
"""Staff are told of a refusal that lasts longer; a lock held for a moment is none of theirs."""
AGAIN_S = 1800.0
RETRY_S = 30.0
"""Until the alarm is tried again when it could not be sent."""


class Outage:
    def __init__(
        self,
        store: Store,
        clock: Clock,
        aloud: Aloud,
        desk: Desk,
        on_commit: Callable[[], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._aloud = aloud
        self._desk = desk
        self._on_commit = on_commit

    async def run(self) -> None:
        while True:
            await wait_until(self._clock, None, self._store.changed)
            if self._store.refusal:
                await self._until_it_is_over(self._clock.now())

    async def _until_it_is_over(self, since: float) -> None:
        log.error("NOTHING CAN BE STORED, nothing is confirmed: %s", self._store.refusal)
        told, next_at = False, since + PATIENCE_S
        while self._store.refusal or not await self._is_over(since, told):
            if self._clock.now() >= next_at:
                told = await self._alarm(since) or told
                next_at = self._clock.now() + (AGAIN_S if told else RETRY_S)
            await wait_until(self._clock, next_at, self._store.changed)

    async def _is_over(self, since: float, told: bool) -> bool:
        """The store seems to take again: it is over once that much is stored."""
        until = self._clock.now()
        try:
            await self._store.write(lambda records: self._over(records, since, until, told))
        except StoreError:
            return False
        log.error("The store takes again; it refused for %.1f s.", until - since)
        self._on_commit()
        return True

    async def _alarm(self, since: float) -> bool:
        """Tell the group, or else the leads; True when somebody was told."""
        wall = self._desk.wall(since, self._clock.now())
        text = words(self._desk.language, "refuses", since=wall, why=self._store.refusal)
        return await self._aloud.say(text)

    def _over(self, records: Records, since: float, until: float, told: bool) -> None:
        ledger = Ledger(records, self._clock.now(), self._desk)
        ledger.note("store_refused", None, None, f"{until - since:.0f} s")
        if told:
            wall = {"since": ledger.wall(since), "until": ledger.wall(until)}
            text = words(ledger.desk_language, "takes", **wall)
            ledger.send(SendText(ledger.staff_chat_id, text), Purpose.TELL, None)
