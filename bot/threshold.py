"""The probability from which the bot answers by itself, so that few answers are wrong.

Evidence: what the model said of each example when it had not seen it (``Known``), and of each
example when its whole subject was taken away (then whatever it answers is wrong). Customers are
assumed to ask about what is not covered in ``UNKNOWN_SHARE`` of their turns.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, exp, floor, lgamma, log

import numpy as np
from numpy.typing import NDArray

UNKNOWN_SHARE = 0.3
"""Of all turns, those that nothing in the knowledge base answers. A guess until turns are seen."""
CONFIDENCE = 0.95
"""How sure the promise is: the bound holds in this share of all draws of such examples."""
STEPS = 200
"""Thresholds tried, from the surest answers down."""
FEWEST = 20
"""Below this many answers even a point estimate says nothing."""
NEVER = 0.995
"""The threshold when nothing supports a lower one: hardly anything is answered."""

Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Evidence:
    """``known``: the probability of the best subject for covered examples, and ``right``, whether
    it was theirs. ``unknown``: the same probability where the true subject was taken away."""

    known: Doubles
    right: NDArray[np.bool_]
    unknown: Doubles

    def counts(self, threshold: float) -> tuple[float, float]:
        """(answers, wrong answers) at a threshold, unknown turns weighted to their share."""
        each = UNKNOWN_SHARE / (1 - UNKNOWN_SHARE) * len(self.known) / max(1, len(self.unknown))
        answered = self.known >= threshold
        uncovered = each * float((self.unknown >= threshold).sum())
        wrong = float((answered & ~self.right).sum()) + uncovered
        return float(answered.sum()) + uncovered, wrong


@dataclass(frozen=True, slots=True)
class Threshold:
    """``coverage``: covered examples that are answered; ``wrong_share``: of the answers, measured;
    ``bound``: the share that is not exceeded with CONFIDENCE; ``kept``: it is low enough."""

    at: float
    coverage: float
    wrong_share: float
    bound: float
    kept: bool


def choose(evidence: Evidence, max_wrong: float) -> Threshold:
    """The lowest threshold that keeps the promise, going down from the surest answers.

    Going down and stopping at the first failure keeps the bound valid although many thresholds
    are tried (fixed-sequence testing). Too few examples for any bound: the lowest threshold
    above which the measured share is low enough, and ``kept`` is False.
    """
    least = ceil(log(1 - CONFIDENCE) / log(1 - max_wrong))
    promised = _lowest(evidence, max_wrong, fewest=least, bounded=True)
    if promised is not None:
        return _measured(evidence, promised, max_wrong)
    careful = _lowest(evidence, max_wrong, fewest=FEWEST, bounded=False)
    return _measured(evidence, NEVER if careful is None else careful, max_wrong)


def _lowest(evidence: Evidence, max_wrong: float, *, fewest: int, bounded: bool) -> float | None:
    found: float | None = None
    for threshold in np.linspace(NEVER, 0.0, STEPS, endpoint=False):
        answers, wrong = evidence.counts(float(threshold))
        if answers < fewest:
            continue
        share = upper_bound(wrong, answers) if bounded else wrong / answers
        if share > max_wrong:
            break
        found = float(threshold)
    return found


def _measured(evidence: Evidence, threshold: float, max_wrong: float) -> Threshold:
    answers, wrong = evidence.counts(threshold)
    bound = upper_bound(wrong, answers)
    return Threshold(
        at=round(threshold, 4),
        coverage=float((evidence.known >= threshold).mean()),
        wrong_share=wrong / answers if answers else 0.0,
        bound=bound,
        kept=bound <= max_wrong,
    )


def upper_bound(wrong: float, answers: float, confidence: float = CONFIDENCE) -> float:
    """Clopper and Pearson's upper limit of a share, from counts (fractions rounded for safety)."""
    events, trials = ceil(wrong - 1e-9), floor(answers + 1e-9)
    if events >= trials:
        return 1.0
    low, high = 0.0, 1.0
    for _ in range(50):
        middle = (low + high) / 2
        if _at_most(events, trials, middle) > 1 - confidence:
            low = middle
        else:
            high = middle
    return high


def _at_most(events: int, trials: int, share: float) -> float:
    """The probability of at most ``events`` in ``trials`` draws."""
    ways = [lgamma(trials + 1) - lgamma(k + 1) - lgamma(trials - k + 1) for k in range(events + 1)]
    return sum(
        exp(way + k * log(share) + (trials - k) * log(1 - share)) for k, way in enumerate(ways)
    )
