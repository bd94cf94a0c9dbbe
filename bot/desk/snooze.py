"""Putting a case off: it leaves the queue until a moment comes or the customer writes.

A snooze hides a case from those who look for work. It never stops the clock of a promise: who was
told when a person would reply is still owed that reply, and the ladder rings as if nobody slept.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from ..conversation import Case, Person
from ..effects import Rows
from ..errand import Purpose
from ..safe_text import mention
from .desk_words import SNOOZE, WAKE
from .later import until
from .order import Order, Said
from .order_words import said

KIND = "snooze"
"""The clock that brings the case back."""

CHOICES = (
    ("snooze_hour", "1h"),
    ("snooze_afternoon", "today 13:00"),
    ("snooze_morning", "tomorrow"),
)


class Pen(Protocol):
    """What this step may do with a case, inside the transaction."""

    @property
    def now(self) -> float: ...
    def save(self, case: Case) -> Case: ...
    def card(self, case: Case) -> None: ...
    def tell(self, case: Case, html: str, *, purpose: Purpose) -> None: ...
    def is_parked(self, case: Case) -> bool:
        """Is there no topic, because too many cases wait at once?"""

    def wall(self, moment: float | None) -> str: ...
    def set_timer(self, case_id: int, kind: str, due_at: float) -> None: ...
    def note(
        self, kind: str, case_id: int, actor_id: int | None, detail: str | None = None
    ) -> None: ...


def snooze(pen: Pen, case: Case, order: Order) -> Said:
    """Put it off until the time given; without one, ask until when."""
    language = order.rules.language
    local = order.rules.local(pen.now)
    if not order.what:
        rows: Rows = tuple(
            ((said(language, key), f"{SNOOZE}:{when}"),)
            for key, when in CHOICES
            if key != "snooze_afternoon" or local.hour < 12
        )
        return order.asked("snooze_until", rows)
    moment = until(order.what, local, language)
    if moment is None:
        late = order.what == dict(CHOICES)["snooze_afternoon"]  # an old button
        return order.said("snooze_late" if late else "snooze_unknown", what=order.what)
    pen.note(SNOOZE, case.id, order.agent.id, f"{moment.timestamp():.0f}")
    case = pen.save(replace(case, snoozed_until=moment.timestamp()))
    pen.set_timer(case.id, KIND, moment.timestamp())
    pen.card(case)
    key = "snoozed" if case.due_at is None or case.due_at > moment.timestamp() else "snoozed_owed"
    return order.said(key, until=pen.wall(moment.timestamp()), due=pen.wall(case.due_at))


def wake(pen: Pen, case: Case, order: Order) -> Said:
    """Somebody wants it back now."""
    if case.snoozed_until is None:
        pen.card(case)
        return order.said("not_snoozed")
    pen.note(WAKE, case.id, order.agent.id)
    pen.card(pen.save(replace(case, snoozed_until=None)))
    return order.said("woken")


def ran_out(pen: Pen, case: Case, language: str) -> None:
    """The time has come; unless it was put off again, or is nobody's matter any more."""
    if case.snoozed_until is not None and case.snoozed_until <= pen.now:
        come_back(pen, case, language, "snooze_over")


def come_back(pen: Pen, case: Case, language: str, why: str) -> Case:
    """Back on top, visibly: a new message in its topic, which rings for whoever holds it."""
    put_off, case = case.snoozed_until, pen.save(replace(case, snoozed_until=None))
    if not case.state.with_staff:
        return case
    pen.card(case)
    owner = ""
    if case.owner_id is not None:
        owner = mention(Person(case.owner_id, case.owner_name or str(case.owner_id)))
    pen.note(why, case.id, None)
    if not pen.is_parked(case):  # else its brief is still to come, and says it all
        text = said(language, why, n=case.id, at=pen.wall(put_off), owner=owner).strip()
        pen.tell(case, text, purpose=Purpose.BACK)
    return case
