"""The questions of one message, where there are several: cut where a further one begins."""

from __future__ import annotations

import re

MOST = 4
"""Parts of one message; what has more is a story rather than a list of questions."""

_CUT = re.compile(
    r"(?<=\?)\s+|\n+|[,;.]?\s+(?=(?:et|pis|puis|aussi|sinon|and|also|plus)\s)", re.IGNORECASE
)
"""After a question mark, at a new line (of a burst, a new message), before a word that adds on."""

_ASKS = re.compile(
    r"\?|\b(?:how|what|when|where|who|which|why"
    r"|comment|combien|quand|où|quel\w*|pourquoi|est-ce|est ce que|c'?(?:est)? quoi"
    r"|pouvez|peut|peux|faut|y a[- ]t|avez[- ]vous|\w+[- ]tu)\b",
    re.IGNORECASE,
)
"""Worded as a question, wherever in the part."""
_BEGINS = re.compile(
    r"(?:(?:et|pis|puis|aussi|sinon|and|also|plus)\W+)?"
    r"(?:can|could|may|do|does|is|are|will|would|should|ou|qui|tu|avez)\b",
    re.IGNORECASE,
)
"""A question where a part begins so; further on, these words tell as often as they ask."""


_LITTLE = (
    "et pis puis aussi sinon and also plus c ce ça ca cela le la les l de d du en y est a à ai t "
    "il ils elle on je vous tu me m moi mon un une que qu quel quelle combien comment quand coûte "
    "coute coûter couter prend prendre temps dure durer longtemps gratuit payant cher heure jours "
    "finit commence expire faut va the an it its is s that this of for to do does did i you they "
    "we will would can be how much many long when what take takes cost costs free pay pays paid "
    "get back have got time price expensive end ends start starts expires"
)
_NAMES_NOTHING = frozenset(_LITTLE.split())
"""What a part that says only this asks about stands in another part."""


def questions(text: str) -> list[str]:
    """The parts of ``text`` that may each ask something; none unless there are two to MOST.

    Every part after the first is worded as a question, in French or English or by its mark: what
    only tells more about the first is no question of its own.
    """
    first, *more = [part.strip() for part in _CUT.split(text) if says_something(part)] or [""]
    asked = [first, *(part for part in more if _ASKS.search(part) or _BEGINS.match(part))]
    return asked if len(asked) > 1 and len(more) < MOST else []


def names_something(part: str) -> bool:
    """Does it say what it asks about, or only how much, how long, when?"""
    return not {word.casefold() for word in re.findall(r"\w+", part)} <= _NAMES_NOTHING


def says_something(part: str) -> bool:
    """More than a word, as "Hi," or "please" are."""
    return len(re.findall(r"\w+", part)) > 1
