"""What staff do with a case: claim, release, resolve, hand back. Commands on the current state.

A press may come late, twice, or after an outage; so each act looks at the state as it is now, does
what still makes sense, and says in a few words what holds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Protocol

from .conversation import Case, Person, State, Tone
from .desk_words import CLAIM, HAND_BACK, RELEASE, RESOLVE
from .effects import CloseTopic, Effect, Purpose
from .reply import Rows, person_row
from .safe_text import shown_name

SAID: Mapping[str, Mapping[str, str]] = {
    "fr": {
        "yours": "C’est à vous.",
        "taken": "Déjà pris par {owner}.",
        "freed": "Libéré.",
        "not_held": "Personne ne le tient.",
        "resolved": "Fermé. Le client est prévenu.",
        "handed_back": "Rendu au robot. Le client est prévenu.",
        "over": "Ce cas n’est plus entre les mains de l’équipe.",
    },
    "en": {
        "yours": "It is yours.",
        "taken": "Already claimed by {owner}.",
        "freed": "Released.",
        "not_held": "Nobody holds it.",
        "resolved": "Closed. The customer has been told.",
        "handed_back": "Back with the bot. The customer has been told.",
        "over": "This case is no longer with staff.",
    },
}


class Pen(Protocol):
    """What this step may do with a case, inside the transaction."""

    @property
    def now(self) -> float: ...
    @property
    def newest_seq(self) -> int:
        """The last inbox row of the customer: the boundary of a case handed back."""

    def save(self, case: Case) -> Case: ...
    def hush(self, case: Case) -> None:
        """Take back what the bot has still to say in this case."""

    def say(self, case: Case, text: str, rows: Rows = (), purpose: Purpose = ...) -> None: ...
    def send(self, effect: Effect, purpose: Purpose, case: Case) -> None: ...
    def card(self, case: Case) -> None:
        """Bring the brief and its buttons up to date with the case."""

    def clear_timers(self, case_id: int) -> None: ...
    def set_timer(self, case_id: int, kind: str, due_at: float) -> None: ...
    def note(self, kind: str, case_id: int, actor_id: int) -> None: ...
    def phrase(self, language: str, key: str, **values: object) -> str:
        """A fixed phrase for the customer."""


def said(language: str, key: str, **values: object) -> str:
    return SAID.get(language, SAID["en"])[key].format(**values)


def act(pen: Pen, case: Case, agent: Person, name: str, language: str, quiet_s: float) -> str:
    """Do ``name`` (one of ACTS) on ``case`` as ``agent``; returns the words for the presser."""
    if not case.state.with_staff:
        pen.card(case)
        return said(language, "over")
    pen.note(name, case.id, agent.id)
    return ACTS[name](pen, case, agent, language, quiet_s)


def claim(pen: Pen, case: Case, agent: Person, language: str, _quiet_s: float = 0.0) -> str:
    """The case is theirs, and visibly so."""
    if case.owner_id is not None and case.owner_id != agent.id:
        pen.card(case)
        return said(language, "taken", owner=shown_name(case.owner_name or "?"))
    if case.state is State.WAITING:
        pen.hush(case)
        case = pen.save(
            replace(case, state=State.CLAIMED, owner_id=agent.id, owner_name=agent.name)
        )
    pen.card(case)
    return said(language, "yours")


def release(pen: Pen, case: Case, _agent: Person, language: str, _quiet_s: float) -> str:
    """Whoever holds it lets go; any agent may, since people go home."""
    if case.state is not State.CLAIMED:
        pen.card(case)
        return said(language, "not_held")
    case = pen.save(replace(case, state=State.WAITING, owner_id=None, owner_name=None))
    pen.card(case)
    return said(language, "freed")


def resolve(pen: Pen, case: Case, agent: Person, language: str, _quiet_s: float) -> str:
    """Close the case and say so to the customer. Whoever resolves it has held it."""
    pen.hush(case)
    if case.owner_id is None:
        case = replace(case, owner_id=agent.id, owner_name=agent.name)
    case = pen.save(replace(case, state=State.CLOSED, closed_at=pen.now))
    pen.clear_timers(case.id)
    pen.say(case, pen.phrase(case.language or "en", "resolved"), purpose=Purpose.FAREWELL)
    pen.card(case)
    if case.staff_chat_id is not None:
        pen.send(CloseTopic(case.staff_chat_id, case.thread_id or 0), Purpose.MARK, case)
    return said(language, "resolved")


def hand_back(pen: Pen, case: Case, _agent: Person, language: str, quiet_s: float) -> str:
    """The bot answers again, from here on: what was said before the boundary is not read again."""
    pen.hush(case)
    case = pen.save(
        replace(
            case,
            state=State.WITH_BOT,
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
    pen.set_timer(case.id, "quiet", pen.now + quiet_s)
    code = case.language or "en"
    words, rows = pen.phrase(code, "handed_back"), person_row(pen, code)
    pen.say(case, words, rows, purpose=Purpose.FAREWELL)
    pen.card(case)
    return said(language, "handed_back")


ACTS: Mapping[str, Callable[[Pen, Case, Person, str, float], str]] = {
    CLAIM: claim,
    RELEASE: release,
    RESOLVE: resolve,
    HAND_BACK: hand_back,
}
