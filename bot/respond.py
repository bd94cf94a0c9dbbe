"""The path of a message on one page. Keeps the promises; decides nothing.

    receive ─> understand ─> decide ─┬─> reply ──────────┐
    (inbox)    (Reading)     (why)   ├─> clarify ────────┤
                                     ├─> hand_over ──────┼─> outbox ─> telegram
                                     └─> stay quiet      │
            staff ─> relay, claim, resolve, hand back ───┘

The unit of work is ``drain(conversation)``: take its inbox rows in order, run the path, commit
state and effects in one transaction. A turn is open until that commit, and is taken up again at
start. Nothing here raises: what fails five times is set aside and shown to staff.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence

from .awake import Awake
from .burst import Ahead, Bursts, Parse, Said
from .clock import Clock
from .conversation import Failure, Reading
from .crash_points import Point, passing
from .errors import StoreError, where
from .incoming import InboxRow, Incoming, Side
from .ledger import Ledger
from .poison import Poison, Suspects
from .route import Ended, Route, Work
from .store.engine import Store
from .store.inbox import POISON_AFTER, Inbox
from .store.records import Records
from .turns import Heard
from .understand import Understand
from .voice import Desk

log = logging.getLogger(__name__)

MOST_AT_ONCE = 64
UNREAD = Reading(failed=Failure.EMPTY)
"""Of what the model is not asked to read."""
STORE_RETRY_S = 1.0
TRY_AGAIN_S = 0.05
"""After a failure on a row; twice as long after each further one."""


class Responder:
    def __init__(
        self,
        store: Store,
        clock: Clock,
        understand: Understand,
        parse: Parse,
        route: Route,
        desk: Desk,
        on_commit: Callable[[], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._understand = understand
        self._route = route
        self._desk = desk
        self._poison = Poison(route.customers, parse, self._ledger)
        self._suspects = Suspects(store)
        self._on_commit = on_commit
        self.awake = Awake(self.drain, clock)
        house = route.customers.house
        self.bursts = Bursts(
            store, clock, self.awake.nap, understand, parse, self._suspects, route, house
        )
        self._slots = asyncio.Semaphore(MOST_AT_ONCE)

    async def resume(self) -> int:
        """At start: take up every turn that has no outcome yet; returns how many."""
        conversations = await self._store.read(lambda r: r.inbox.open_conversations())
        await self._suspects.remember()
        self.awake.wake(conversations)
        return len(conversations)

    # -------------------------------------------------------------------------- one drain

    async def drain(self, conversation: str) -> None:
        """Run the path until no row of the conversation is open. Never raises."""
        said: Said = {}
        while True:
            rows: Sequence[InboxRow] = ()
            try:
                burst = await self.bursts.settled(conversation, said)
                rows, said = burst.rows, burst.said
                if not rows:
                    return
                passing(Point.TAKEN_UP)
                async with self._suspects.tried(rows[0]), self._slot(rows[0]):
                    heard = self.bursts.heard(burst)
                    await self._once(heard, rows[-1].seq, burst.ahead)
                passing(Point.DECIDED)
                self._on_commit()
            except StoreError as error:  # nothing is lost; `outage` says it aloud
                log.debug("%s: the store refuses, trying again: %s", conversation, error)
                await self.awake.nap(self._clock.now() + STORE_RETRY_S)
            except Exception as error:
                log.error("%s: could not be processed: %s", conversation, where(error))
                await self._failed(conversation, rows)
                said = {}  # the next try is one from the start

    def _slot(self, row: InboxRow) -> contextlib.AbstractAsyncContextManager[object]:
        """What people have already keeps nobody's words from them while the model hears it."""
        return contextlib.nullcontext() if row.side is Side.LISTENED else self._slots

    async def _once(self, heard: Heard, seen: int, ahead: Ahead | None) -> None:
        """Do what the first row asks for (`route`), together with the rows that belong to it.

        ``seen``: the last row that was there when we looked, whether it could be heard or not.
        """
        work = await self._store.read(lambda r: self._route.work(r, heard, seen))
        reading = await self._reading(work, ahead)

        def commit(records: Records) -> bool:
            if not records.inbox.are_open(work.seqs):
                return False  # the person was erased meanwhile, and these words with them
            ledger = self._ledger(records, work.said)
            ended = work.step(ledger, reading)
            if ended is None:
                return False
            _close(records.inbox, work, ended, ledger.now)
            return work.listens

        if await self._store.write(commit):
            self.awake.wake([Side.LISTENED.key(work.rows[0].customer_id)])

    async def _reading(self, work: Work, ahead: Ahead | None) -> Reading:
        if work.reads is None:
            return UNREAD
        if work.held:
            return self._understand.at_a_glance(work.reads)
        if ahead is not None and ahead[0] == work.reads:
            return await ahead[1]
        return await self._understand.read(work.reads)

    # ------------------------------------------------------------------------- when it fails

    async def _failed(self, conversation: str, rows: Sequence[InboxRow]) -> None:
        """Count the failure of the first row; after the last try set it aside, visibly."""
        if not rows:
            await self.awake.nap(self._clock.now() + STORE_RETRY_S)
            return
        bad, tries = rows[0], rows[0].tries + 1
        try:
            await self._store.write(lambda records: self._poison.count(records, bad))
        except Exception as error:
            log.error("%s: the failure is not recorded yet: %s", conversation, where(error))
            await self.awake.nap(self._clock.now() + STORE_RETRY_S)
        self._on_commit()
        if tries < POISON_AFTER:
            await self.awake.nap(self._clock.now() + TRY_AGAIN_S * 2.0**tries)

    def _ledger(self, records: Records, said: Incoming | None = None) -> Ledger:
        who = getattr(said, "who", None)
        return Ledger(records, self._clock.now(), self._desk, who.id if who else None)


def _close(inbox: Inbox, work: Work, ended: Ended, now: float) -> None:
    """The rows have an outcome; those that the model has still to hear stay open for it."""
    if work.rows[0].side is Side.LISTENED:
        inbox.heard(work.seqs)
    elif work.listens:
        inbox.listen(work.seqs, ended.outcome, now, ended.case_id)
    else:
        inbox.finish(work.seqs, ended.outcome, now, ended.case_id)
