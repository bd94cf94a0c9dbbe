"""A case passes to people: state, brief, clock and the customer's notice, in one transaction."""

from __future__ import annotations

from dataclasses import replace
from html import escape

from . import hand_over, promise, reply
from .conversation import Case, HandOver, Person, Reason, State, Tone
from .desk import lists
from .desk.desk_words import words
from .desk.similar import similar
from .errand import Purpose
from .house import House
from .ledger import Ledger


def pass_on(
    ledger: Ledger,
    house: House,
    case: Case,
    decision: HandOver,
    owner: Person | None = None,
    tone: Tone | None = None,
) -> Case:
    """Give the case to staff: to ``owner`` when they take it up again, else it waits.

    Who may be at risk waits for whoever is quickest: all who can are called.
    ``tone``: of the words that the notice answers; None: the case's.
    """
    owner = None if decision.reason is Reason.RISK else owner
    ledger.records.drafts.propose(case.id, _could_answer(ledger, house, case, decision))
    expected = promise.expected(ledger, replace(case, priority=decision.priority))
    case = hand_over.hand_over(
        ledger,
        case,
        decision.reason,
        decision.priority,
        decision.why,
        house.desk_language,
        expected.by,
        owner,
    )
    # With an owner the bot is silent in the case, but this is still the customer's notice.
    purpose = Purpose.ANSWER if owner is None else Purpose.FAREWELL
    tone = tone or case.tone
    reply.notice(ledger, case, tone, house.brand, expected, ledger.terms.hours, purpose)
    if expected.back is not None:
        ledger.note("told_away", case.id, None, f"{expected.back:.0f}")
    lists.watch(ledger, case)
    lists.join(ledger)
    return case


def make_urgent(ledger: Ledger, house: House, case: Case, decision: HandOver) -> Case:
    """What the customer wrote while people have the case cannot wait: clock, card and lists."""
    seen_at = None if ledger.is_parked(case) else case.seen_at  # it is to stand in a list again
    case = replace(case, priority=decision.priority, reason=decision.reason, seen_at=seen_at)
    ledger.note("made_urgent", case.id, None, decision.reason)
    case = ledger.owe_anew(case)
    ledger.card(case)
    ledger.tell(case, words(house.desk_language, "now_urgent", why=escape(decision.why)))
    if case.state is State.WAITING:
        lists.watch(ledger, case)
        lists.join(ledger)
    return case


def _could_answer(
    ledger: Ledger, house: House, case: Case, decision: HandOver
) -> list[tuple[str, int | None]]:
    """The approved answer to the likely subject, and what settled the cases most like this one.

    Not what the customer has been told in this case already: it did not help.
    """
    language, subject = case.language, case.subject
    told = () if decision.reason is Reason.UNDELIVERED else case.answered
    asked = ledger.records.transcript.said_by_customer(case.id)
    alike = similar(asked, subject, ledger.records.drafts.settled(language, but=case.id))
    found: list[tuple[str, int | None]] = [(one.answer, one.case_id) for one in alike]
    if subject is not None and subject in house.knowledge.subjects and subject not in told:
        found.insert(0, (house.answer(subject, language), None))
    return found
