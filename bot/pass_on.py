"""A case passes to people: state, brief, clock and the customer's notice, in one transaction."""

from __future__ import annotations

from . import hand_over, promise, reply
from .conversation import Case, HandOver, Person
from .desk import lists
from .desk.similar import similar
from .errand import Purpose
from .house import House
from .ledger import Ledger
from .promises.terms import MISSED


def pass_on(
    ledger: Ledger, house: House, case: Case, decision: HandOver, owner: Person | None = None
) -> Case:
    """Give the case to staff: to ``owner`` when they take it up again, else it waits."""
    ledger.records.drafts.propose(case.id, _could_answer(ledger, house, case))
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
    lists.watch(ledger, case)
    lists.join(ledger)
    return case


def _could_answer(ledger: Ledger, house: House, case: Case) -> list[tuple[str, int | None]]:
    """The approved answer to the likely subject, and what settled the cases most like this one.

    What the customer has been answered already comes last: it did not help.
    """
    language = case.language or house.desk_language
    asked = ledger.records.transcript.said_by_customer(case.id)
    alike = similar(asked, case.subject, ledger.records.drafts.settled(language))
    found: list[tuple[str, int | None]] = [(one.answer, one.case_id) for one in alike]
    if case.subject is not None and case.subject in house.knowledge.subjects:
        approved = (house.answer(case.subject, language), None)
        found.insert(len(found) if case.subject in case.answered else 0, approved)
    return found
