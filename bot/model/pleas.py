"""Pleas in a turn, for a person or for help: heard in the whole of it, and in each clause."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from .encoder import Vectors
from .general import RISKS, GeneralHeads
from .questions import says_something
from .telling import clauses

LONGEST = 160
"""Characters of a clause: a plea is short, and a letter must not take as long as ten messages."""


@dataclass(frozen=True, slots=True)
class Plea:
    """``whole``, ``beside``: how probably the turn, or one of several clauses, asks for a person.
    ``alarm``: how probably somebody is in danger, and ``risk``: the likeliest mark of it;
    ``words``: the turn, or the clause of it, that sounds most like it."""

    whole: float
    beside: float
    alarm: float
    risk: str
    words: str


def pleas(
    general: GeneralHeads,
    encode: Callable[[Sequence[str]], Vectors],
    texts: Sequence[str],
    vectors: Vectors,
) -> list[Plea]:
    """For each text; ``vectors``: theirs. What stands beside a question has little weight in the
    vector of the whole, so of several clauses that say something each is encoded by itself."""
    told = [[p[:LONGEST] for p in clauses(text) if says_something(p)] for text in texts]
    cut = [parts if len(parts) > 1 else [] for parts in told]
    every = [*texts, *(part for parts in cut for part in parts)]
    rows = np.concatenate([vectors, encode(every[len(texts) :])])
    persons = general.person.probabilities(rows)[:, 1]
    risks = general.risk_shares(every, rows)
    found, at = [], len(texts)
    for place, parts in enumerate(cut):
        beside = range(at, at := at + len(parts))
        worst = min((place, *beside), key=lambda row: float(risks[row, 0]))
        asks = max((float(persons[row]) for row in beside), default=0.0)
        alarm, mark = 1 - float(risks[worst, 0]), RISKS[1 + int(risks[worst, 1:].argmax())]
        found.append(Plea(float(persons[place]), asks, alarm, mark, every[worst]))
    return found
