"""What staff do with a case: claim, assign, release, resolve, hand back. Orders on its state now.

A press may come late, twice, or after an outage; so each act looks at the state as it is now, does
what still makes sense, and says in a few words what holds. Who holds a case: holding.py; until when
it is put off: snooze.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Protocol

from ..conversation import Case, State, Tone
from ..effects import CloseTopic, Effect, Rows
from ..errand import Purpose
from ..reply import person_row, rating_rows
from . import holding, snooze
from .desk_words import (
    ACK,
    ASSIGN,
    BACK,
    CANNED,
    CLAIM,
    HAND_BACK,
    MORE,
    PRIORITY,
    RELEASE,
    RESOLVE,
    SNOOZE,
    TAKE_OVER,
    WAKE,
)
from .order import Order, Said
from .order_words import PRIORITIES, said

MOST_CANNED = 20
"""Replies offered as buttons; the others are sent by name."""


class Pen(holding.Pen, snooze.Pen, Protocol):
    """What these may do with a case, inside the transaction."""

    @property
    def newest_seq(self) -> int:
        """The last inbox row of the customer: the boundary of a case handed back."""

    def say(self, case: Case, text: str, rows: Rows = (), purpose: Purpose = ...) -> None: ...
    def send(self, effect: Effect, purpose: Purpose, case: Case) -> None: ...
    def owe_anew(self, case: Case) -> Case:
        """Store a case whose priority has changed, and the clock of the reply that is owed."""

    def rated(self, case: Case) -> bool:
        """Has the customer said already how it went?"""

    def clear_timers(self, case_id: int) -> None: ...
    def phrase(self, language: str, key: str, **values: object) -> str:
        """A fixed phrase for the customer."""


def act(pen: Pen, case: Case, name: str, order: Order) -> Said:
    """Do ``name`` (one of ACTS) on ``case``; returns the words for whoever ordered it."""
    if not case.state.with_staff:
        pen.card(case)
        return order.said("over")
    if name not in ACTS:
        return order.said("no_such_act")
    return ACTS[name](pen, case, order)


def canned(_pen: Pen, _case: Case, order: Order) -> Said:
    """Which reply? One that is named goes the way of typed replies instead (`prepared`)."""
    names = list(order.rules.canned)
    if not names:
        return order.said("canned_none")
    rows: Rows = tuple(((name, f"{CANNED}:{name}"),) for name in names[:MOST_CANNED])
    asked = order.asked("canned_unknown" if order.what else "canned_which", rows, what=order.what)
    others = names[MOST_CANNED:]
    more = order.said("canned_more", names=", ".join(others)).words if others else ""
    return replace(asked, words=f"{asked.words} {more}".strip())


def prioritise(pen: Pen, case: Case, order: Order) -> Said:
    """What presses goes up in every list; without a word, ask which."""
    language = order.rules.language
    if not order.what:
        pairs = [(said(language, one), f"{PRIORITY}:{one}") for one in ("urgent", "high", "normal")]
        return order.asked("priority_which", (tuple(pairs),))
    priority = PRIORITIES.get(order.what.lower())
    if priority is None:
        return order.said("priority_unknown", what=order.what)
    if priority is not case.priority:
        pen.note(PRIORITY, case.id, order.agent.id, priority)
        case = replace(case, priority=priority)
        owed = case.due_at is not None and case.waiting_since is not None
        case = pen.owe_anew(case) if owed else pen.save(case)
    pen.card(case)
    return order.said("priority_set", priority=said(language, priority))


def resolve(pen: Pen, case: Case, order: Order) -> Said:
    """Close the case and say so to the customer. Whoever resolves it has held it."""
    pen.note(RESOLVE, case.id, order.agent.id)
    pen.hush(case)
    if case.owner_id is None:
        case = replace(case, owner_id=order.agent.id, owner_name=order.agent.name)
    case = pen.save(replace(case, state=State.CLOSED, closed_at=pen.now, snoozed_until=None))
    pen.clear_timers(case.id)
    code = case.language
    text, rows = pen.phrase(code, "resolved"), rating_rows()
    if pen.rated(case):  # it was closed before, and they said how it went
        rows = ()
    else:
        text = f"{text}\n\n{pen.phrase(code, 'how_was_it')}"
    pen.say(case, text, rows, purpose=Purpose.FAREWELL)
    pen.card(case)
    if case.staff_chat_id is not None:
        pen.send(CloseTopic(case.staff_chat_id, case.thread_id or 0), Purpose.MARK, case)
    return order.said("resolved")


def hand_back(pen: Pen, case: Case, order: Order) -> Said:
    """The bot answers again, from here on: what was said before the boundary is not read again."""
    pen.note(HAND_BACK, case.id, order.agent.id)
    pen.hush(case)
    case = pen.save(
        replace(
            case,
            state=State.WITH_BOT,
            snoozed_until=None,
            owner_id=None,
            owner_name=None,
            answered=(),
            choices=(),
            clarified=False,
            tone=Tone.CALM,
            telling=(),
            boundary=pen.newest_seq,
        )
    )
    pen.clear_timers(case.id)
    pen.set_timer(case.id, "quiet", pen.now + order.rules.quiet_s)
    code = case.language
    words, rows = pen.phrase(code, "handed_back"), person_row(pen, code)
    pen.say(case, words, rows, purpose=Purpose.FAREWELL)
    pen.card(case)
    return order.said("handed_back")


def acknowledge(pen: Pen, case: Case, order: Order) -> Said:
    """Whoever holds the case has heard the alarm: it does not ring again."""
    pen.note(ACK, case.id, order.agent.id)
    return order.said("noted")


def more(_pen: Pen, case: Case, order: Order) -> Said:
    """The acts that are needed less often."""
    language = order.rules.language
    later = SNOOZE if case.snoozed_until is None else WAKE
    acts = (ASSIGN, PRIORITY), (later,)
    rows = tuple(tuple((said(language, act), act) for act in row) for row in acts)
    return order.asked("menu", rows)


def back(pen: Pen, case: Case, _order: Order) -> Said:
    """The question is dropped: the card shows its own buttons again."""
    pen.card(case)
    return Said("")


ACTS: Mapping[str, Callable[[Pen, Case, Order], Said]] = {
    CLAIM: holding.claim,
    TAKE_OVER: holding.take_over,
    RELEASE: holding.release,
    ASSIGN: holding.assign,
    PRIORITY: prioritise,
    RESOLVE: resolve,
    HAND_BACK: hand_back,
    ACK: acknowledge,
    CANNED: canned,
    SNOOZE: snooze.snooze,
    WAKE: snooze.wake,
    MORE: more,
    BACK: back,
}
