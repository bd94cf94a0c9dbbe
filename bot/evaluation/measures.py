"""Figures from probabilities and truths: accuracy, separation, calibration, coverage against risk.

None stands for a figure that cannot be had, for want of messages of one kind.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]
Marks = NDArray[np.bool_]

BINS = 10
"""Equal parts of 0 to 1 in which probabilities are compared with what came true."""


@dataclass(frozen=True, slots=True)
class Point:
    """If everything from ``probability`` on were answered: the share of covered messages that
    get an answer, and the share of answers that are wrong."""

    probability: float
    coverage: float
    risk: float


@dataclass(frozen=True, slots=True)
class Bin:
    """Messages whose best subject has ``low`` <= probability < ``high`` (the last one: <= 1)."""

    low: float
    high: float
    messages: int
    mean_probability: float | None
    right: float | None


def share(marks: Iterable[bool]) -> float | None:
    """How many of these are true, 0 to 1."""
    found = list(marks)
    return sum(found) / len(found) if found else None


def auroc(high: Doubles, low: Doubles) -> float | None:
    """How often one of ``high`` is above one of ``low``; a tie counts half."""
    if not len(high) or not len(low):
        return None
    ordered = np.sort(low)
    below = np.searchsorted(ordered, high, "left") + np.searchsorted(ordered, high, "right")
    return float(below.mean() / 2 / len(low))


def macro_f1(truth: Sequence[str], read: Sequence[str]) -> float | None:
    """The mean of each name's F1, over the names that are true or were read at least once."""
    hits = Counter(a for a, b in zip(truth, read, strict=True) if a == b)
    true, said = Counter(truth), Counter(read)
    names = sorted(true.keys() | said.keys())  # sorted: sums round the same every time
    return sum(2 * hits[n] / (true[n] + said[n]) for n in names) / len(names) if names else None


def curve(sure: Doubles, right: Marks, covered: Marks) -> list[Point]:
    """Coverage against risk, from the surest message down; equally sure ones come together.

    ``sure``: the probability of the best subject; ``right``: it is the true one.
    """
    order = np.argsort(-sure, kind="stable")
    last = np.flatnonzero(np.diff(sure[order], append=-1.0))
    wrong = np.cumsum(~right[order])[last]
    reached = np.cumsum(covered[order])[last]
    whole = max(1, int(covered.sum()))
    return [
        Point(float(sure[order[n]]), float(c / whole), float(w / (n + 1)))
        for n, c, w in zip(last, reached, wrong, strict=True)
    ]


def most_covered(points: Sequence[Point], max_wrong: float) -> Point | None:
    """The point that covers most with at most ``max_wrong`` of the answers wrong."""
    fits = [point for point in points if point.risk <= max_wrong]
    return max(fits, key=lambda point: point.coverage, default=None)


def thinned(points: Sequence[Point], most: int) -> list[Point]:
    """At most ``most`` of the points, evenly spread, the first and the last among them."""
    if len(points) <= most:
        return list(points)
    places = np.linspace(0, len(points) - 1, most).round().astype(int)
    return [points[place] for place in places]


def bins(sure: Doubles, right: Marks) -> list[Bin]:
    """Probabilities beside what came true, in BINS equal parts."""
    place = np.minimum((sure * BINS).astype(int), BINS - 1)
    found = []
    for number in range(BINS):
        here = place == number
        some = bool(here.any())
        found.append(
            Bin(
                low=number / BINS,
                high=(number + 1) / BINS,
                messages=int(here.sum()),
                mean_probability=float(sure[here].mean()) if some else None,
                right=float(right[here].mean()) if some else None,
            )
        )
    return found


def calibration_error(parts: Sequence[Bin]) -> float | None:
    """Expected calibration error: how far from the truth a probability is, on average."""
    total = sum(part.messages for part in parts)
    off = sum(
        part.messages * abs(part.mean_probability - part.right)
        for part in parts
        if part.mean_probability is not None and part.right is not None
    )
    return off / total if total else None


def found_at(wanted: Doubles, others: Doubles, flagged: float) -> float | None:
    """The share of ``wanted`` above the lowest limit that at most ``flagged`` of others exceed."""
    if not len(wanted) or not len(others):
        return None
    limit = np.sort(others)[::-1][int(flagged * len(others) + 1e-9)]
    return float((wanted > limit).mean())
