"""Which settled cases are like this one, by subject and by the words they share. Values only."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from math import log, sqrt

from ..conversation import Settled

ALIKE_AT = 0.35
SAME_SUBJECT = 0.3
"""A subject in common is not enough by itself: some words must be shared, too."""
MOST = 3
SHORTEST_ANSWER = 20
"""Characters; "I am looking into it" is nobody's answer."""


def similar(asked: str, subject: str | None, settled: Sequence[Settled]) -> list[Settled]:
    """The settled cases most like a customer's words, the likest first; one of each answer."""
    words = {one.case_id: _words(one.asked) for one in settled}
    rare = _rarity(words.values())
    mine = _words(asked)
    scored = [(_likeness(mine, words[s.case_id], rare) + _bonus(subject, s), s) for s in settled]
    scored.sort(key=lambda pair: -pair[0])
    found: dict[str, Settled] = {}
    for score, one in scored:
        if score >= ALIKE_AT and len(one.answer) >= SHORTEST_ANSWER:
            found.setdefault(one.answer, one)
    return list(found.values())[:MOST]


def _bonus(subject: str | None, one: Settled) -> float:
    return SAME_SUBJECT if subject is not None and subject == one.subject else 0.0


def _likeness(a: set[str], b: set[str], rare: Mapping[str, float]) -> float:
    """0 to 1: the cosine of two texts, rare words counting more."""
    shared = sum(rare.get(word, 0.0) for word in a & b)
    whole = sqrt(sum(rare.get(w, 1.0) for w in a) * sum(rare.get(w, 1.0) for w in b))
    return shared / whole if whole else 0.0


def _rarity(texts: Iterable[set[str]]) -> dict[str, float]:
    """Word -> how telling it is: what everybody writes tells little."""
    every = list(texts)
    counts = Counter(word for text in every for word in text)
    return {word: log(1 + len(every) / count) for word, count in counts.items()}


def _words(text: str) -> set[str]:
    """The words of four letters and more, without accents and capitals."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    return set(re.findall(r"\w{4,}", letters))
