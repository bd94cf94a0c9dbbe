"""Keeps the store to what was promised: the daily retention, and wiping what was erased for good.

An erasure takes words out of every row at once, and out of the write-ahead log right after it. What
SQLite left in free space when it moved rows goes once a day, when the database is written anew.
All are rows of `chores`, so no restart forgets them. Batches are small, and others' work goes in
between; only writing anew holds the writer for some seconds.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from .clock import Clock, wait_until
from .config import RetentionSettings
from .errors import StoreError
from .store.engine import Store
from .store.records import Records

log = logging.getLogger(__name__)

RETENTION, COMPACT, WIPE = "retention", "compact", "wipe"
DAY_S = 86_400.0
RETRY_S = 60.0

Batch = Callable[[Records], bool]
"""Does a little; True while there is more."""


class Upkeep:
    """``on_change``: something was committed that the outbox should know of."""

    def __init__(
        self, store: Store, clock: Clock, kept: RetentionSettings, on_change: Callable[[], None]
    ) -> None:
        self._store = store
        self._clock = clock
        self._kept = kept
        self._on_change = on_change
        self.changed = asyncio.Event()

    async def start(self) -> None:
        """The first retention of a store runs within a day; later starts change nothing."""
        due_at = self._clock.now() + DAY_S
        await self._store.write(lambda records: records.keeping.chore(RETENTION, due_at))

    async def run(self) -> None:
        while True:
            moment: float | None = self._clock.now() + RETRY_S
            try:
                moment = await self._do_what_is_due()
            except StoreError as error:  # `outage` says it aloud
                log.debug("the store refuses, upkeep waits: %s", error)
            except Exception:
                log.exception("upkeep failed; trying again")
            await wait_until(self._clock, moment, self.changed)

    async def _do_what_is_due(self) -> float | None:
        """Do the chores whose time has come; when the next one is due."""
        while True:
            chores = await self._store.read(lambda records: records.keeping.chores())
            if not chores or chores[0][1] > self._clock.now():
                return chores[0][1] if chores else None
            await self._do(*chores[0])

    async def _do(self, name: str, due_at: float) -> None:
        again_at = None
        if name == WIPE:
            await self._store.wipe_log()
        elif name == COMPACT:
            again_at = await self._compact()
        else:
            again_at = self._clock.now() + DAY_S
            await self._keep()
        await self._store.write(lambda r: r.keeping.chore_done(name, due_at, again_at))

    async def _keep(self) -> None:
        """Run every batch until nothing is left whose time is up."""
        now = self._clock.now()
        for batch in batches(self._kept, now):
            while await self._store.write(batch):
                self._on_change()
        for name in (COMPACT, WIPE):
            await self._store.write(lambda r, name=name: r.keeping.chore(name, now))  # type: ignore[misc]

    async def _compact(self) -> float | None:
        """Daily, after the retention; when it must be tried again, or None."""
        now = self._clock.now()
        try:
            await self._store.compact()
        except StoreError as error:
            log.warning("what was erased may stand in free space for a day more: %s", error)
            return now + DAY_S
        await self._store.write(lambda records: records.keeping.chore(WIPE, now))
        return None


def batches(kept: RetentionSettings, now: float) -> list[Batch]:
    """One per table, what refers to others first."""

    def before(days: float) -> float:
        return now - days * DAY_S

    def words(records: Records) -> bool:
        cases = records.keeping.cases_to_empty(before(kept.messages_days))
        traces = records.own_data.traces(cases)
        records.own_data.empty(cases, now)
        for trace in traces:
            records.outbox.add(trace, now)
        return bool(cases)

    return [
        lambda r: r.keeping.drop_inbox(before(kept.inbox_days)),
        lambda r: r.keeping.drop_outbox(before(kept.outbox_days)),
        lambda r: r.keeping.drop_buttons(before(kept.keyboards_days)),
        words,
        lambda r: r.keeping.drop_cases(before(kept.cases_days)),
        lambda r: r.keeping.drop_customers(before(kept.customers_days)),
        lambda r: r.keeping.drop_events(before(kept.events_days)),
    ]
