"""A customer is blocked by staff, for a reason, until somebody lets them in again.

This suspends the rule that a person is always reachable. So it takes a lead and a reason, and the
record says who did it and when. What the customer writes meanwhile is kept with their last case
and goes nowhere: no brief, no alarm, no reply. The rights to their own data stand all the same.
"""

from __future__ import annotations

from dataclasses import replace

from .. import relay
from ..conversation import Author, Case, State
from ..effects import CloseTopic
from ..errand import Purpose
from ..incoming import Turn, Wrote
from ..ledger import Ledger
from .desk_words import BLOCK, UNBLOCK
from .order import Order, Said


def block(ledger: Ledger, case: Case, order: Order, command: Wrote) -> Said:
    """Nothing of theirs goes anywhere from now on; the case they have open ends, in silence."""
    why, customer = order.what, ledger.records.customers.get(case.customer_id)
    if not why:
        return order.said("block_why")
    if customer is None or customer.barred_at is not None:
        return order.said("blocked_before")
    ledger.records.customers.bar(customer.id, ledger.now, why, order.agent.id)
    line = relay.line_of(Author.NOTE, command, ledger.now, order.agent.name)
    ledger.hear(case, line, command)  # the audit carries no words: the reason stands here
    ledger.note(BLOCK, case.id, order.agent.id)
    still_open = ledger.records.open_case(customer.id)
    ledger.card(case if still_open is None else _ended(ledger, still_open))
    return order.said("blocked")


def unblock(ledger: Ledger, case: Case, order: Order) -> Said:
    """They are a customer like any; what they wrote meanwhile shows on the brief."""
    customer = ledger.records.customers.get(case.customer_id)
    if customer is None or customer.barred_at is None:
        return order.said("not_blocked")
    let_in(ledger, customer.id, order.agent.id, case.id)
    ledger.card(case)
    return order.said("unblocked")


def let_in(ledger: Ledger, customer_id: int, agent: int, case_id: int | None = None) -> None:
    """They are not blocked any more; without a case when they were erased meanwhile."""
    ledger.records.customers.let_in(customer_id)
    ledger.note(UNBLOCK, case_id, agent)


def is_barred(ledger: Ledger, customer_id: int) -> bool:
    customer = ledger.records.customers.get(customer_id)
    return customer is not None and customer.barred_at is not None


def kept(ledger: Ledger, turn: Turn) -> None:
    """What a blocked customer wrote, in the record of their last case, if that has words still."""
    case = ledger.records.last_case_with_words(turn.messages[0].who.id)
    if case is not None:
        relay.write_down(ledger, case, turn)


def _ended(ledger: Ledger, case: Case) -> Case:
    ledger.hush(case)
    case = replace(case, state=State.CLOSED, closed_at=ledger.now, snoozed_until=None)
    case = ledger.save(case)
    ledger.clear_timers(case.id)
    if case.staff_chat_id is not None:
        topic = CloseTopic(case.staff_chat_id, case.thread_id or 0)
        ledger.send(topic, Purpose.MARK, case)
    return case
