"""What staff read of a case, gathered from the rows: its brief, and its line among others."""

from __future__ import annotations

from ..conversation import Case, Customer
from ..customers.customer_words import FACES
from ..promises.terms import MISSED
from ..voice import Voice
from .brief import Brief, Past
from .desk_words import BLOCK, words
from .overview import Entry


def brief_of(voice: Voice, case: Case, why: str) -> Brief:
    """``why`` it is with staff, in words."""
    records = voice.records
    customer = records.customers.get(case.customer_id)
    assert customer is not None
    return Brief(
        case=case,
        customer=customer,
        cases=records.count_cases(case.customer_id),
        lines=records.transcript.last(case.id),
        why=why,
        since=voice.wall(case.waiting_since),
        due=voice.wall(case.due_at),
        draft=records.drafts.shown(case.id),
        asleep_until=None if case.snoozed_until is None else voice.wall(case.snoozed_until),
        barred=_barred(voice, customer),
        told=_told(voice, case),
        past=[_past(voice, one) for one in records.cases_before(case)],
    )


def entry_of(voice: Voice, case: Case) -> Entry:
    customer = voice.records.customers.get(case.customer_id)
    return Entry(case, "?" if customer is None else customer.name, _about(voice, case))


def _told(voice: Voice, case: Case) -> str | None:
    told = voice.records.timers.moment(case.id, MISSED)
    by = None if told is None else voice.wall(told)
    return None if by == voice.wall(case.due_at) else by


def _past(voice: Voice, case: Case) -> Past:
    when = voice.wall(case.closed_at or case.changed_at)
    rating = voice.records.ratings.of(case.id)
    rated = FACES[rating.score] if rating else ""
    barred = voice.records.count_notes(BLOCK, case.id) > 0
    return Past(_about(voice, case), when, case.owner_name, rated, barred)


def _barred(voice: Voice, customer: Customer) -> str | None:
    if customer.barred_at is None:
        return None
    who = voice.records.team.person(customer.barred_by).name if customer.barred_by else "?"
    at, why = voice.wall(customer.barred_at), customer.barred_why or ""
    return words(voice.desk.language, "barred", who=who, at=at, why=why)


def _about(voice: Voice, case: Case) -> str:
    """Its subject, or why it is with staff."""
    if case.subject is not None:
        return voice.desk.title(case.subject)
    return words(voice.desk.language, case.reason) if case.reason else "?"
