"""Case -> Brief -> staff: a person gets the case, everything needed to act, and a clock."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from .conversation import Case, Draft, Person, Priority, Reason, State, Tone
from .desk.brief import Brief, brief_html, topic_name
from .desk.desk_words import (
    CLAIM,
    EDIT_DRAFT,
    HAND_BACK,
    MORE,
    OTHER_DRAFT,
    RELEASE,
    RESOLVE,
    SEND_DRAFT,
    words,
)
from .effects import CreateTopic, EditButtons, Effect, Rows
from .errand import Purpose
from .promises.terms import MISSED


class Pen(Protocol):
    """What this step may do with a case, inside the transaction."""

    @property
    def now(self) -> float: ...
    @property
    def staff_chat_id(self) -> int: ...
    def send(self, effect: Effect, purpose: Purpose, case: Case) -> None: ...
    def tell(self, case: Case, html: str, rows: Rows = (), purpose: Purpose = ...) -> None: ...
    def brief(self, case: Case, why: str) -> Brief: ...
    def enclose(self, case: Case) -> None:
        """Put behind the brief what of the customer's it can only mention."""

    def clear_timers(self, case_id: int) -> None: ...
    def set_timer(self, case_id: int, kind: str, due_at: float) -> None: ...
    def owe(self, case: Case, since: float) -> Case:
        """Store the case, and the clock that runs until a person has replied."""


def hand_over(
    pen: Pen,
    case: Case,
    reason: Reason,
    priority: Priority,
    why: str,
    desk_language: str,
    told_by: float,
    owner: Person | None = None,
) -> Case:
    """State, topic, brief and clocks, together; the customer's notice is written by the caller.

    ``told_by``: by when that notice says that a reply has likely come. ``owner``: who takes it up
    again; without one it waits. Returns the case as it is then.
    """
    old_chat, old_card = case.staff_chat_id, case.card_id
    handed = replace(
        case,
        state=State.CLAIMED if owner else State.WAITING,
        reason=reason,
        priority=priority,
        owner_id=None if owner is None else owner.id,
        owner_name=None if owner is None else owner.name,
        snoozed_until=None,
        closed_at=None,
        staff_chat_id=pen.staff_chat_id,
        thread_id=case.thread_id if case.staff_chat_id == pen.staff_chat_id else None,
        card_id=None,
        seen_at=None,
    )
    pen.clear_timers(case.id)
    pen.set_timer(case.id, MISSED, told_by)
    case = pen.owe(handed, since=pen.now)
    brief = pen.brief(case, why)
    if case.thread_id is None:
        pen.send(CreateTopic(pen.staff_chat_id, topic_name(brief)), Purpose.TOPIC, case)
    rows = desk_rows(case, desk_language, brief.draft)
    pen.tell(case, brief_html(brief, desk_language), rows, Purpose.BRIEF)
    pen.enclose(case)
    if old_chat is not None and old_card is not None:
        pen.send(EditButtons(old_chat, old_card), Purpose.MARK, case)
    return case


def desk_rows(case: Case, language: str, draft: Draft | None = None) -> Rows:
    """The buttons that make sense in this state, those of the draft under the brief first."""
    acts: dict[State, tuple[str, ...]] = {
        State.WAITING: (CLAIM, MORE, RESOLVE, HAND_BACK),
        State.CLAIMED: (RELEASE, MORE, RESOLVE, HAND_BACK),
    }
    labelled = [(words(language, act), act) for act in acts.get(case.state, ())]
    rows = tuple(row for row in (tuple(labelled[at : at + 2]) for at in (0, 2)) if row)
    if draft is None or not case.state.with_staff:
        return rows
    offered = (SEND_DRAFT, EDIT_DRAFT, OTHER_DRAFT)[: 3 if draft.of > 1 else 2]
    return (tuple((words(language, act), f"{act}:{draft.id}") for act in offered), *rows)


def tone_of(reading_tone: Tone, before: Tone) -> Tone:
    """The tone a case carries: a calm word later does not hide that it began in anger."""
    order = (Tone.CALM, Tone.ANNOYED, Tone.ANGRY)
    return max(reading_tone, before, key=order.index)
