"""What staff type after a slash: the act or the list that it names, and what goes with it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ..incoming import Wrote
from .desk_words import (
    ASSIGN,
    BLOCK,
    CANNED,
    CLAIM,
    HAND_BACK,
    PRIORITY,
    RELEASE,
    RESOLVE,
    SNOOZE,
    UNBLOCK,
    WAKE,
)

QUEUE, MINE, ON, OFF, HELP = "queue", "mine", "on", "off", "help"
UNSEND = "unsend"

COMMANDS: Mapping[str, tuple[str, ...]] = {
    QUEUE: ("queue", "file"),
    MINE: ("mine", "miens"),
    CLAIM: ("claim", "prendre"),
    RELEASE: ("release", "liberer"),
    ASSIGN: ("assign", "confier"),
    CANNED: ("r", "reponse"),
    PRIORITY: ("priority", "priorite"),
    SNOOZE: ("snooze", "reporter"),
    WAKE: ("wake", "reprendre"),
    RESOLVE: ("resolve", "regler"),
    HAND_BACK: ("handback", "robot"),
    UNSEND: ("unsend", "retirer"),
    BLOCK: ("block", "bloquer"),
    UNBLOCK: ("unblock", "debloquer"),
    ON: ("on",),
    OFF: ("off",),
    HELP: ("help", "aide"),
}
"""Act or list -> how it may be typed: in English, then in French where that has its own word."""

_BY_WORD = {word: name for name, typed in COMMANDS.items() for word in typed}

LEADS_ONLY = frozenset({BLOCK, UNBLOCK})
"""They take a lead: a blocked customer reaches nobody."""


def word_of(name: str, language: str) -> str:
    """The command as the desk's language shows it, without its slash."""
    typed = COMMANDS[name]
    return typed[-1] if language == "fr" else typed[0]


@dataclass(frozen=True, slots=True)
class Typed:
    """A message that begins with a slash. ``name``: of COMMANDS; None when there is no such."""

    name: str | None
    word: str
    what: str


def is_below(message: Wrote, username: str) -> bool:
    """Does it answer words of ours, or stand in a topic that we made? ``username``: ours."""
    return message.below_bot.casefold() == username.casefold()


def typed(message: Wrote, username: str) -> Typed | None:
    """The command in a message; None when it is meant for people, or for another bot.

    Whatever begins with one slash is never meant for a customer, known command or not: a slip of
    the finger would reach them. ``username``: ours, which may follow the word after an @. What
    somebody else wrote is no order because it is forwarded here.
    """
    found = re.match(r"\s*/(?!/)([^\s@]*)(?:@(\S*))?\s*", message.text)
    if found is None:
        return None
    word, addressee = found[1].lower(), found[2]
    ours = addressee is None or addressee.casefold() == username.casefold()
    own = ours and message.media is None and not message.forwarded
    name = _BY_WORD.get(word) if own else None
    return Typed(name, f"/{found[1]}", message.text[found.end() :].strip())
