"""Who holds a case: staff claim it, take it over, give it to somebody, or let it go."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from html import escape
from typing import Protocol

from ..conversation import Case, Person, State
from ..errand import Purpose
from ..safe_text import mention, shown_name
from .desk_words import AMONG, ASSIGN, CLAIM, RELEASE, TAKE_OVER
from .order import Order, Said
from .order_words import said


class Team(Protocol):
    def on_duty(self, ids: Iterable[int]) -> list[Person]: ...
    def person(self, who: int) -> Person: ...
    def called(self, words: str, ids: Iterable[int]) -> list[Person]:
        """Who of these is meant by an @username, an id, or the beginning of a name."""


class Pen(Protocol):
    """What this step may do with a case, inside the transaction."""

    @property
    def team(self) -> Team: ...
    def save(self, case: Case) -> Case: ...
    def hush(self, case: Case) -> None:
        """Take back what the bot has still to say in this case."""

    def tell(self, case: Case, html: str, *, purpose: Purpose = ...) -> None: ...
    def owe_again(self, case: Case) -> Case:
        """Store a case that nobody holds any more: a reply is owed from now on."""

    def ring_again(self, case: Case) -> None:
        """If its promise ran out, the alarm that a claim had silenced comes back."""

    def card(self, case: Case) -> None:
        """Bring the brief and its buttons up to date with the case."""

    def note(
        self, kind: str, case_id: int, actor_id: int | None, detail: str | None = None
    ) -> None: ...


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
