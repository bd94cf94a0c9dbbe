"""Updates that cannot be processed: counted, after the last try set aside and shown to people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from .conversation import Person
from .customer import CustomerSide
from .effects import Purpose, SendText
from .incoming import Edited, InboxRow, Incoming
from .ledger import Ledger
from .store.queues import POISON_AFTER
from .store.records import Records


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
        why = f"Update {bad.update_id} could not be processed."
        if bad.conversation.startswith("c:"):
            who = self._who(records, bad)
            case = self._customers.poison(ledger, who, [bad.seq], why)
            case_id = None if case is None else case.id
        elif bad.conversation.startswith("s:"):  # perhaps an agent's words: they must know
            ledger.send(SendText(ledger.staff_chat_id, f"⚠ {why}"), Purpose.TELL, None)
        records.inbox.quarantine([bad.seq], ledger.now, case_id)
        ledger.note("poison", case_id, None, str(bad.seq))

    def _who(self, records: Records, bad: InboxRow) -> Person:
        customer_id = int(bad.conversation.partition(":")[2])
        known = records.customer(customer_id)
        if known is not None:
            return Person(known.id, known.name, known.username)
        try:
            said = self._parse(bad.body, bad.received_at)
            who = said.now.who if isinstance(said, Edited) else getattr(said, "who", None)
            if isinstance(who, Person):
                return replace(who, id=customer_id)
        except ValueError:
            pass
        return Person(customer_id, "?")
