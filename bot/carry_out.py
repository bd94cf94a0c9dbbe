"""What was decided is done: the case is taken up, and the step runs that the decision names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from . import hand_over, reply
from .conversation import (
    UNKNOWN,
    Case,
    Clarify,
    Decision,
    HandOver,
    Person,
    Priority,
    Reading,
    Reason,
    Reply,
    State,
    StayQuiet,
)
from .desk.barring import is_barred
from .house import House
from .ledger import Ledger
from .pass_on import pass_on


def case_of(ledger: Ledger, house: House, who: Person, language: str | None, seq: int) -> Case:
    """The customer's open case, or a new one that begins here, at the inbox row ``seq``."""
    served = house.served(language)
    known = ledger.meet(who, served)
    case = ledger.records.open_case(who.id)
    if case is None:
        wish = house.language_for(known.chosen, served, known.language, who.language_code)
        case = ledger.records.new_case(who.id, ledger.now, seq, wish)
    return case


def carry_out(
    ledger: Ledger,
    house: House,
    case: Case,
    decision: Decision,
    reading: Reading,
    seqs: Sequence[int],
) -> Case:
    """Do it, and record it about the inbox rows ``seqs``; returns the case as it is then."""
    case = do(ledger, house, case, decision, reading)
    ledger.records.add_decision(case.id, (seqs[0], seqs[-1]), decision, reading, ledger.now)
    return case


def do(ledger: Ledger, house: House, case: Case, decision: Decision, reading: Reading) -> Case:
    """The bot must act now, wherever the case stood before: the step that answers."""
    case = ledger.save(replace(case, state=State.WITH_BOT))
    language = case.language
    match decision:
        case Reply(to=kind, small_talk=True):
            case = replace(case, tone=reading.tone, telling=reading.telling)
            return reply.small_talk(ledger, case, house.brand, kind, house.quiet_s)
        case Reply(subjects=subjects):
            case = replace(case, tone=reading.tone, telling=reading.telling)
            answers = {subject: house.answer(subject, language) for subject in subjects}
            return reply.answer(ledger, case, house.brand, answers, house.quiet_s)
        case Clarify(subjects=subjects):
            titles = house.titles(subjects, language)
            case = as_read(case, reading)
            return reply.clarify(ledger, case, house.brand, titles, house.quiet_s)
        case HandOver():
            subject, probability = reading.best
            known = probability > reading.probabilities.get(UNKNOWN, 0.0)
            case = replace(as_read(case, reading), subject=subject if known else case.subject)
            heard = reading.sounds if reading.tone_probabilities else None  # else as they sounded
            return pass_on(ledger, house, case, decision, tone=heard)
        case StayQuiet():  # what was asked back stays open
            return ledger.save(replace(case, state=reply.with_customer(case)))


def as_read(case: Case, reading: Reading) -> Case:
    """With how it sounds by now, and the words that show it."""
    tone = hand_over.tone_of(reading.sounds, case.tone)
    return replace(case, tone=tone, telling=reading.telling or case.telling)


def undelivered(ledger: Ledger, house: House, case: Case, why: str) -> None:
    """Telegram refused the bot's words to them: a person looks after the case, in time."""
    if not is_barred(ledger, case.customer_id):
        decision = HandOver(Reason.UNDELIVERED, Priority.NORMAL, why)
        carry_out(ledger, house, case, decision, Reading(), [case.boundary])
