"""A case passes to people: state, brief, clock and the customer's notice, in one transaction."""

from __future__ import annotations

from . import hand_over, lists, promise, reply
from .conversation import Case, HandOver, Person
from .effects import Purpose
from .house import House
from .ledger import Ledger
from .terms import MISSED


def pass_on(
    ledger: Ledger, house: House, case: Case, decision: HandOver, owner: Person | None = None
) -> Case:
    """Give the case to staff: to ``owner`` when they take it up again, else it waits."""
    case = hand_over.hand_over(
        ledger,
        case,
        decision.reason,
        decision.priority,
        decision.why,
        house.desk_language,
        owner,
    )
    expected = promise.expected(ledger, case)
    # With an owner the bot is silent in the case, but this is still the customer's notice.
    purpose = Purpose.ANSWER if owner is None else Purpose.FAREWELL
    reply.notice(ledger, case, house.brand, expected, ledger.terms.hours, purpose)
    ledger.set_timer(case.id, MISSED, expected.by)
    if expected.back is not None:
        ledger.note("told_away", case.id, None, f"{expected.back:.0f}")
    lists.join(ledger)
    return case
