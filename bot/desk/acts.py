"""What staff do with a case: claim, assign, release, resolve, hand back. Orders on its state now.

A press may come late, twice, or after an outage; so each act looks at the state as it is now, does
what still makes sense, and says in a few words what holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from html import escape
from typing import Protocol

from ..conversation import Case, Person, State, Tone
from ..effects import CloseTopic, Effect
from ..errand import Purpose
from ..reply import Rows, person_row, rating_rows
from ..safe_text import mention, shown_name
from . import snooze
from .desk_words import (
    ACK,
    AMONG,
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


class Team(Protocol):
    def on_duty(self, ids: Iterable[int]) -> list[Person]: ...
    def person(self, who: int) -> Person: ...
    def called(self, words: str, ids: Iterable[int]) -> list[Person]:
        """Who of these is meant by an @username, an id, or the beginning of a name."""


class Pen(Protocol):
    """What this step may do with a case, inside the transaction."""

    @property
    def now(self) -> float: ...
    @property
    def newest_seq(self) -> int:
        """The last inbox row of the customer: the boundary of a case handed back."""

    @property
    def team(self) -> Team: ...
    def save(self, case: Case) -> Case: ...
    def hush(self, case: Case) -> None:
        """Take back what the bot has still to say in this case."""

    def say(self, case: Case, text: str, rows: Rows = (), purpose: Purpose = ...) -> None: ...
    def tell(self, case: Case, html: str, *, purpose: Purpose = ...) -> None: ...
    def is_parked(self, case: Case) -> bool:
        """Is there no topic, because too many cases wait at once?"""

    def send(self, effect: Effect, purpose: Purpose, case: Case) -> None: ...
    def owe_anew(self, case: Case) -> Case:
        """Store a case whose priority has changed, and the clock of the reply that is owed."""

    def owe_again(self, case: Case) -> Case:
        """Store a case that nobody holds any more: a reply is owed from now on."""

    def ring_again(self, case: Case) -> None:
        """If its promise ran out, the alarm that a claim had silenced comes back."""

    def rated(self, case: Case) -> bool:
        """Has the customer said already how it went?"""

    def card(self, case: Case) -> None:
        """Bring the brief and its buttons up to date with the case."""

    def clear_timers(self, case_id: int) -> None: ...
    def wall(self, moment: float | None) -> str: ...
    def set_timer(self, case_id: int, kind: str, due_at: float) -> None: ...
    def note(
        self, kind: str, case_id: int, actor_id: int | None, detail: str | None = None
    ) -> None: ...
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


def claim(pen: Pen, case: Case, order: Order) -> Said:
    """The case is theirs, and visibly so. Somebody else's is taken over only when they confirm."""
    agent = order.agent
    if case.owner_id is not None and case.owner_id != agent.id:
        if order.what == AMONG:  # a question would take the place of other cases' buttons
            return order.said("taken_by", owner=_owner(case))
        confirm = f"{TAKE_OVER}:{agent.id}:{case.owner_id}"
        rows = (((said(order.rules.language, "take_over"), confirm),),)
        return order.asked("taken", rows, owner=_owner(case))
    if case.state is State.WAITING:
        case = _held_by(pen, case, agent, CLAIM, agent)
    pen.card(case)
    return order.said("yours")


def take_over(pen: Pen, case: Case, order: Order) -> Said:
    """They were asked, and said yes: to the same person, about the same holder."""
    agent, before = order.agent, case.owner_id
    if order.what != f"{agent.id}:{before}" or before is None:
        return claim(pen, case, order)
    told = said(
        order.rules.language,
        "took_over",
        agent=escape(shown_name(agent.name)),
        owner=mention(pen.team.person(before)),
    )
    pen.card(_held_by(pen, case, agent, TAKE_OVER, agent, str(before)))
    pen.tell(case, told)
    return order.said("yours")


def release(pen: Pen, case: Case, order: Order) -> Said:
    """Whoever holds it lets go; any agent may, since people go home."""
    if case.state is not State.CLAIMED:
        pen.card(case)
        return order.said("not_held")
    pen.note(RELEASE, case.id, order.agent.id)
    case = replace(case, state=State.WAITING, owner_id=None, owner_name=None)
    if case.due_at is None:
        case = pen.owe_again(case)
    else:
        case = pen.save(case)
        pen.ring_again(case)
    pen.card(case)
    return order.said("freed")


def assign(pen: Pen, case: Case, order: Order) -> Said:
    """Give the case to somebody by name, who is told; without a name, ask among those on duty."""
    ids = order.rules.staff.everybody
    if not order.what:
        people = [one for one in pen.team.on_duty(ids) if one.id != case.owner_id]
        rows = tuple(((shown_name(one.name), f"{ASSIGN}:{one.id}"),) for one in people)
        return order.asked("assign_whom" if rows else "nobody_on_duty", rows)
    found = pen.team.called(order.what, ids)
    if len(found) != 1:
        names = ", ".join(shown_name(one.name) for one in found)
        return order.said("which_one" if found else "not_staff", who=order.what, names=names)
    chosen = found[0]
    if chosen.id == order.agent.id:
        return claim(pen, case, order)
    if chosen.id != case.owner_id:
        before = case.owner_id
        key = "assigned_note" if before in (None, order.agent.id) else "assigned_from"
        told = said(
            order.rules.language,
            key,
            owner=mention(chosen),
            agent=escape(shown_name(order.agent.name)),
            before="" if before is None else mention(pen.team.person(before)),
        )
        case = _held_by(pen, case, chosen, ASSIGN, order.agent, str(chosen.id))
        pen.tell(case, told)
    pen.card(case)
    return order.said("assigned", owner=shown_name(chosen.name))


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
    code = case.language or "en"
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
    code = case.language or "en"
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
    CLAIM: claim,
    TAKE_OVER: take_over,
    RELEASE: release,
    ASSIGN: assign,
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


def _owner(case: Case) -> str:
    return shown_name(case.owner_name or str(case.owner_id))


def _held_by(
    pen: Pen, case: Case, holder: Person, how: str, by: Person, detail: str | None = None
) -> Case:
    """The case is somebody's: the bot is silent in it from here on."""
    pen.hush(case)
    pen.note(how, case.id, by.id, detail)
    held = replace(case, state=State.CLAIMED, owner_id=holder.id, owner_name=holder.name)
    return pen.save(replace(held, snoozed_until=None))
