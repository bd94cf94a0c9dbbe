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
    r"\?|\b(?:how|what|when|where|who|which|why|can|could|may|do|does|is|are|will|would|should"
    r"|comment|combien|quand|où|ou|qui|quel\w*|pourquoi|est-ce|c'est quoi|peut|peux|faut"
    r"|y a[- ]t|avez|tu)\b",
    re.IGNORECASE,
)


def questions(text: str) -> list[str]:
    """The parts of ``text`` that may each ask something; none unless there are two to MOST.

    Every part after the first is worded as a question, in French or English or by its mark: what
    only tells more about the first is no question of its own.
    """
    first, *more = [part.strip() for part in _CUT.split(text) if says_something(part)] or [""]
    asked = [first, *(part for part in more if _ASKS.search(part))]
    return asked if len(asked) > 1 and len(more) < MOST else []


def says_something(part: str) -> bool:
    """More than a word, as "Hi," or "please" are."""
    return len(re.findall(r"\w+", part)) > 1
