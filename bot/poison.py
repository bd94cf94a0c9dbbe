"""Updates that cannot be processed: counted, after the last try set aside and shown to people."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

from .conversation import Person
from .customer import CustomerSide
from .desk.desk_words import words
from .effects import SendText
from .errand import Purpose
from .incoming import Edited, InboxRow, Incoming, Side, Wrote
from .ledger import Ledger
from .store.engine import Store
from .store.inbox import POISON_AFTER
from .store.records import Records

ALONE_AFTER = 2
"""Tries of a row that was open at one start after the other, until it is worked on alone."""


class Suspects:
    """The rows that were open at the start: one of them may be what ended the last run.

    Nobody is left to count a death afterwards, so the try is counted before the work. A death
    counts against every row that was being worked on; so a row that was there more than once is
    worked on alone, the least suspected first: a process that dies of something else blames one
    row at a time, each time another. What arrives while we run costs nothing of this.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._seqs: set[int] = set()
        self._alone = asyncio.Lock()

    async def remember(self) -> None:
        """At start: whatever has no outcome yet."""
        self._seqs = set(await self._store.read(lambda r: r.inbox.open_seqs()))

    def __contains__(self, row: InboxRow) -> bool:
        """Was it open at the start, and has not been worked on since?"""
        return row.seq in self._seqs

    @contextlib.asynccontextmanager
    async def tried(self, row: InboxRow) -> AsyncIterator[None]:
        """Work on a row, which counts as a try from now on if it was open at the start.

        Raises RuntimeError, without any work, when it was open at the start of too many runs.
        """
        if row not in self:
            yield
            return
        fatal = row.tries + 1 >= POISON_AFTER
        waits = ALONE_AFTER <= row.tries < POISON_AFTER - 1
        async with self._alone if waits else contextlib.nullcontext():
            await self._store.write(lambda records: records.inbox.count_try([row.seq]))
            self._seqs.discard(row.seq)
            if fatal:
                raise RuntimeError("open at the start of too many runs")
            yield


class Poison:
    """``parse``: an update's JSON and when it came -> the noun; ``ledger``: of a transaction."""

    def __init__(
        self,
        customers: CustomerSide,
        parse: Callable[[str, float], Incoming],
        ledger: Callable[[Records], Ledger],
    ) -> None:
        self._customers = customers
        self._parse = parse
        self._ledger = ledger

    def count(self, records: Records, bad: InboxRow) -> None:
        """One more failure of a row; after the last try people get it, and the chat goes on."""
        if not records.inbox.are_open([bad.seq]):
            return
        if bad.tries + 1 < POISON_AFTER:
            records.inbox.count_try([bad.seq])
            return
        ledger = self._ledger(records)
        case_id = None
        why = words(ledger.desk_language, "customer_poison", n=bad.update_id)
        if bad.side is Side.CUSTOMER:
            who = self._who(records, bad)
            case = self._customers.poison(ledger, who, [bad.seq], why)
            case_id = None if case is None else case.id
        elif bad.side is Side.STAFF:  # perhaps an agent's words: they must know
            self._tell(ledger, bad)
        records.inbox.quarantine([bad.seq], ledger.now, case_id)
        ledger.note("poison", case_id, None, str(bad.seq))

    def _tell(self, ledger: Ledger, bad: InboxRow) -> None:
        """Right below the words, where they can be read so far; else in General."""
        text = words(ledger.desk_language, "staff_poison", n=bad.update_id)
        try:
            said = self._parse(bad.body, bad.received_at)
        except ValueError:
            said = None
        wrote = said.now if isinstance(said, Edited) else said
        if isinstance(wrote, Wrote):
            ledger.answer(wrote, text)
        else:
            ledger.send(SendText(ledger.staff_chat_id, text), Purpose.TELL, None)

    def _who(self, records: Records, bad: InboxRow) -> Person:
        known = records.customers.get(bad.customer_id)
        if known is not None:
            return Person(known.id, known.name, known.username)
        try:
            said = self._parse(bad.body, bad.received_at)
            who = said.now.who if isinstance(said, Edited) else getattr(said, "who", None)
            if isinstance(who, Person):
                return replace(who, id=bad.customer_id)
        except ValueError:
            pass
        return Person(bad.customer_id, "?")
