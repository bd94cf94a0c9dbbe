"""The customer's own words that show the tone: the clause without which it reads calmest."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

MOST_CLAUSES = 8
"""Of one text; a longer one is told by its first and last clauses."""
MOST_READ = 24
"""Texts read again in one pass of the model, so that the others in it hardly wait for this."""

_END = re.compile(r"(?<=[.!?…;,])\s+|\n+")

Heat = Callable[[Sequence[str]], Sequence[float]]
"""Texts -> how far each is from calm, in log-odds."""


def clauses(text: str) -> list[str]:
    """The text cut where a reader would take breath; at most `MOST_CLAUSES`."""
    found = [part.strip() for part in _END.split(text) if re.search(r"\w", part)]
    half = MOST_CLAUSES // 2
    return found if len(found) <= MOST_CLAUSES else found[:half] + found[-half:]


def telling(texts: Sequence[str], heat: Heat) -> list[str]:
    """For each text, the clause that heats it most; "" where there was no time to look.

    Each clause is left out in turn and the rest read again: the one whose absence calms the text
    most is what shows the tone. One clause alone shows it without being read again.
    """
    cut = [clauses(text) for text in texts]
    told = ["" if len(parts) != 1 else parts[0] for parts in cut]
    room = MOST_READ
    variants: list[str] = []
    places: list[int] = []
    for place, parts in enumerate(cut):
        if 1 < len(parts) <= room:
            room -= len(parts)
            variants += [" ".join(parts[:i] + parts[i + 1 :]) for i in range(len(parts))]
            places.append(place)
    left = iter(heat(variants) if variants else ())
    for place in places:
        without = [next(left) for _ in cut[place]]
        told[place] = cut[place][without.index(min(without))]
    return told
