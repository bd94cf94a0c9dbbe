"""The clocks: by when a person will have replied, and who is told as the time runs out.

The ladder, while a reply is owed: the case's topic is reminded; those on duty are called by name
(or whoever holds the case); the leads are told in private, again and again until somebody of staff
acts. A reply counts when it has arrived. Nothing rings while nobody is there to hear it.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Protocol

from .conversation import Case, Person, Priority, State
from .desk.desk_words import ACK, CLAIM, HOLDING, RANG, RESTS, words
from .desk.overview import link_html
from .effects import Rows
from .errand import Purpose
from .promises import when
from .promises.terms import DUTY, LEAD, MISSED, REDRAW, REMIND, REPEAT, RUNGS, Terms
from .promises.wait import (
    LOOK_BACK_S,
    MOST_WAITS,
    STEP_S,
    Expected,
    Queue,
    Wait,
    likely_seconds,
    rounded_up,
)
from .safe_text import mention

TICK_S = 60.0
"""A clock that is due as people leave rings as they leave."""


class Promises(Protocol):
    def ahead(self, case_id: int, priority: Priority) -> int: ...
    def oldest(self, case_id: int, priority: Priority) -> float | None: ...
    def recent(self, priority: Priority, since: float, most: int) -> list[Wait]: ...
    def clocks_by(self, case_id: int, now: float) -> set[str]:
        """The clocks of a case whose time has come."""

    def stop_clocks(self, case_id: int, kinds: Collection[str]) -> None: ...
    def acts_since(self, case_id: int, marks: Collection[str], people: Collection[int]) -> set[str]:
        """What these people have done with the case since the last of ``marks`` in its audit."""


class Pen(Protocol):
    """What this step may do with a case, inside the transaction."""

    @property
    def now(self) -> float: ...
    @property
    def terms(self) -> Terms: ...
    @property
    def staff_ids(self) -> Sequence[int]: ...
    @property
    def promises(self) -> Promises: ...
    def save(self, case: Case) -> Case: ...
    def owe(self, case: Case, since: float) -> Case:
        """Store the case, and the clock that runs until a person has replied."""

    def is_parked(self, case: Case) -> bool:
        """Is there no topic, because too many cases wait at once?"""

    def on_duty(self) -> list[Person]: ...
    def is_on_duty(self, person: int) -> bool: ...
    def leads(self) -> list[Person]: ...
    def tell_all_off(self, html: str) -> None:
        """Say where everybody reads that nobody is on duty; not for each case again."""

    def ring_together(self, case: Case) -> None:
        """Tell of it in General, in one message with other cases that have no topic."""

    def page_leads(self, case: Case) -> None:
        """Tell each lead in private that the promise ran out, in one message with other cases."""

    def wall(self, moment: float | None) -> str: ...
    def card(self, case: Case) -> None: ...
    def say(self, case: Case, text: str) -> None: ...
    def phrase(self, language: str, key: str, **values: object) -> str: ...
    def tell(self, case: Case, html: str, rows: Rows = (), purpose: Purpose = ...) -> None: ...
    def ring_again(self, case: Case) -> None:
        """If its promise ran out, the alarm that a claim had silenced comes back."""

    def set_timer(self, case_id: int, kind: str, due_at: float) -> None: ...
    def note(
        self, kind: str, case_id: int, actor_id: int | None, detail: str | None = None
    ) -> None: ...
    def noted(self, kind: str, case_id: int, detail: str) -> bool: ...


# ---------------------------------------------------------------------- what a customer is told


def expected(pen: Pen, case: Case) -> Expected:
    """When a person will likely have replied to a case that has just begun to wait."""
    hours, now = pen.terms.hours_for(case.priority), pen.now
    queue = Queue(
        pen.promises.ahead(case.id, case.priority),
        pen.promises.oldest(case.id, case.priority),
        len(pen.on_duty()),
    )
    recent = pen.promises.recent(case.priority, now - LOOK_BACK_S, MOST_WAITS)
    target_s = pen.terms.promise.seconds(case.priority)
    seconds = rounded_up(likely_seconds(target_s, queue, recent, now, hours.between))
    back = hours.next_opening(now)
    by = hours.after(back, seconds)
    if by > now + seconds:  # a moment is told then, and nobody says 13:17
        by = math.ceil(by / STEP_S) * STEP_S
    return Expected(seconds, by, back if back > now else None)


def wrote_again(pen: Pen, case: Case) -> None:
    """A customer wrote while staff hold the case: a reply is owed, from now on if none was."""
    if case.due_at is None:
        case = pen.owe(case, since=pen.now)
        pen.card(case)
    hours = pen.terms.hours_for(case.priority)
    back = hours.next_opening(pen.now)
    if case.state is not State.WAITING or back <= pen.now:
        return
    if not pen.noted("told_away", case.id, f"{back:.0f}"):
        pen.note("told_away", case.id, None, f"{back:.0f}")
        language, local = case.language, pen.terms.hours.local
        told = when.moment(pen, language, local(back), local(pen.now))
        pen.say(case, pen.phrase(language, "away_again", back=told))


# --------------------------------------------------------------------------- when a clock rings


def ran_out(pen: Pen, case: Case, kind: str, desk_language: str) -> None:
    """What a clock that ran out means for the case as it is now."""
    if kind == "quiet":
        if case.state in (State.WITH_CUSTOMER, State.CLARIFYING, State.WITH_BOT):
            pen.card(pen.save(replace(case, state=State.CLOSED, closed_at=pen.now)))
        return
    if kind == REDRAW:
        pen.card(case)
        return
    if kind not in (*RUNGS, MISSED) or not case.state.with_staff or case.due_at is None:
        return
    hours = pen.terms.hours_for(case.priority)
    if not hours.is_open(pen.now) and not hours.is_open(pen.now - TICK_S):
        pen.set_timer(case.id, kind, hours.next_opening(pen.now))  # we were not running then
    elif kind == MISSED:
        _own_up(pen, case)
    else:
        _ring(pen, case, kind, desk_language)


def _own_up(pen: Pen, case: Case) -> None:
    """What the customer was told did not happen. While a person holds the case, they speak; the
    clock stays, as run out, for whoever lets go of it (`ring_again`)."""
    if case.state is State.WAITING:
        pen.promises.stop_clocks(case.id, (MISSED,))
        pen.note("told_missed", case.id, None)
        pen.say(case, pen.phrase(case.language, "missed"))


def _ring(pen: Pen, case: Case, rung: str, language: str) -> None:
    higher = set(RUNGS[RUNGS.index(rung) + 1 :])
    if higher & pen.promises.clocks_by(case.id, pen.now):
        return  # several are due at once, after an outage: the highest rings for all
    if rung == REPEAT and _was_heard(pen, case):
        return
    if rung == REMIND:
        if case.state is not State.WAITING:
            return  # whoever took it knows
        _in_topic(
            pen, case, words(language, REMIND, n=case.id, due=pen.wall(case.due_at)), language
        )
    elif rung == DUTY:
        _call(pen, case, DUTY, language)
    else:
        _call(pen, case, LEAD, language)
        pen.page_leads(case)
        _again(pen, case, pen.terms.ladder.repeat_minutes)
    pen.note(RANG, case.id, None, rung)


def _was_heard(pen: Pen, case: Case) -> bool:
    """Has somebody of staff acted since it rang? Who took the case is trusted with it; what was
    only seen comes back after a while, until somebody takes the case or a reply arrives."""
    acts = pen.promises.acts_since(case.id, (RANG, RESTS), pen.staff_ids)
    if acts and not (case.state is State.CLAIMED and acts & HOLDING):
        pen.note(RESTS, case.id, None)
        _again(pen, case, pen.terms.ladder.seen_minutes)
    return bool(acts)


def _again(pen: Pen, case: Case, minutes: float) -> None:
    again = pen.terms.again_at(case.priority, pen.now, minutes)
    if again is not None:
        pen.set_timer(case.id, REPEAT, again)


def _call(pen: Pen, case: Case, key: str, language: str) -> None:
    """By name, in the topic: whoever holds the case and is there, else whoever is on duty; both
    where the last rung has no lead to tell."""
    holder = _holder(pen, case)
    people = [] if holder is None else [holder]
    if holder is None or (key == LEAD and not pen.leads()):
        people += [person for person in pen.on_duty() if person.id != case.owner_id]
    called = ", ".join(map(mention, people)) or words(language, "nobody")
    text = words(language, key, n=case.id, due=pen.wall(case.due_at), people=called)
    _in_topic(pen, case, text, language, repeats=key == LEAD)
    if not people:
        leads = ", ".join(map(mention, pen.leads()))
        text = f"{words(language, 'all_off', n=case.id)} {leads} {link_html(case, language)}"
        pen.tell_all_off(text)


def _holder(pen: Pen, case: Case) -> Person | None:
    owner = case.owner_id
    if owner is None or owner not in pen.staff_ids or not pen.is_on_duty(owner):
        return None
    return Person(owner, case.owner_name or str(owner))


def _in_topic(pen: Pen, case: Case, html: str, language: str, repeats: bool = False) -> None:
    if pen.is_parked(case):  # it stands in a list, and its topic is made when somebody claims it
        pen.ring_together(case)
        return
    acts = [CLAIM] if _holder(pen, case) is None else []
    acts += [ACK] if repeats or not acts else []
    pen.tell(case, html, (tuple((words(language, act), act) for act in acts),), Purpose.ALARM)


def go_on(pen: Pen, cases: Sequence[Case]) -> None:
    """At start: who holds a case may be of staff no more, and is trusted with it no longer."""
    for case in cases:
        if case.owner_id is None or case.owner_id in pen.staff_ids:
            continue
        if pen.promises.acts_since(case.id, (RANG, RESTS), (*pen.staff_ids, case.owner_id)):
            pen.ring_again(case)
