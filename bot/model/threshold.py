"""The probability from which the bot answers by itself, so that few answers are wrong.

Two witnesses. Elsewhere: real messages of other brands, near misses among them; they came with the
model, and say from where on it can be believed. The brand's own examples: what the model said of
each when it had not seen it, and of each when its whole subject was taken away (then whatever it
answers is wrong). They raise the threshold where they contradict, and lower it where they alone
are enough to promise more. Customers are assumed to ask about what is not covered in
``UNKNOWN_SHARE`` of their turns.
"""

from __future__ import annotations

from collections.abc import Callable
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
FEWEST = 50
"""Below this many answers even a point estimate says nothing."""
NEWTON_STEPS = 25
RIDGE = 1e-3
FAR = 30.0
"""Log-odds beyond which a share is 0 or 1 for all that counts here."""
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
class Elsewhere:
    """Messages of other brands: the probability of the best subject (n,), and whether it was the
    true one (n,); never so when the brand did not cover the message."""

    sure: Doubles
    right: NDArray[np.bool_]

    def doubts(self) -> Doubles:
        """For each message the chance that its answer would be wrong, (n,).

        Read from a curve through all messages (Platt's: a logistic regression on the log-odds):
        counted among the few surest alone, one slip more or less would decide it.
        """
        odds = _log_odds(self.sure)
        offset, slope = _logistic(odds, self.right)
        doubts: Doubles = 1 / (1 + np.exp(np.minimum(offset + slope * odds, FAR)))
        return doubts


@dataclass(frozen=True, slots=True)
class Threshold:
    """``coverage``: covered examples that are answered; ``wrong_share``: of the answers, measured
    on the brand's own examples; ``bound``: the share that is not exceeded with CONFIDENCE;
    ``kept``: it is low enough, so that the brand's own examples alone keep the promise."""

    at: float
    coverage: float
    wrong_share: float
    bound: float
    kept: bool


def choose(own: Evidence, elsewhere: Elsewhere, max_wrong: float) -> Threshold:
    """The lowest threshold that either witness supports and neither contradicts.

    For a promise on the brand's own examples the thresholds are tried going down, and the first
    failure ends it: so the bound stays valid although many are tried (fixed-sequence testing).
    """
    careful = _contradicted(own, _believed(elsewhere, max_wrong), max_wrong)
    promised = _promised(own, max_wrong)
    return _measured(own, careful if promised is None else min(promised, careful), max_wrong)


def _believed(elsewhere: Elsewhere, max_wrong: float) -> float:
    """The lowest threshold above which few enough answers would be wrong elsewhere, by the curve
    and by the count: among many answers the curve can be too kind, as one line must fit them all.
    """
    found, doubts = NEVER, elsewhere.doubts()
    for threshold in _downwards():
        above = elsewhere.sure >= threshold
        if above.sum() < FEWEST:
            continue
        if max(doubts[above].mean(), 1 - elsewhere.right[above].mean()) <= max_wrong:
            found = threshold
    return found


def _contradicted(own: Evidence, threshold: float, max_wrong: float) -> float:
    """Raised until the brand's own covered examples no longer speak against it."""
    for higher in (threshold, *(t for t in reversed(_downwards()) if t > threshold)):
        answered = own.known >= higher
        wrong, answers = int((answered & ~own.right).sum()), int(answered.sum())
        if answers == 0 or lower_bound(wrong, answers) <= max_wrong:
            return higher
    return NEVER


def _promised(own: Evidence, max_wrong: float) -> float | None:
    least = ceil(log(1 - CONFIDENCE) / log(1 - max_wrong))
    found: float | None = None
    for threshold in _downwards():
        answers, wrong = own.counts(threshold)
        if answers < least:
            continue
        if upper_bound(wrong, answers) > max_wrong:
            break
        found = threshold
    return found


def _downwards() -> list[float]:
    return [float(threshold) for threshold in np.linspace(NEVER, 0.0, STEPS, endpoint=False)]


def _log_odds(shares: Doubles) -> Doubles:
    clipped = np.clip(shares, 1e-6, 1 - 1e-6)
    odds: Doubles = np.log(clipped / (1 - clipped))
    return odds


def _logistic(odds: Doubles, right: NDArray[np.bool_]) -> Doubles:
    """Offset and slope of the likeliest logistic curve (Newton's method, a trace of a penalty)."""
    inputs = np.stack([np.ones_like(odds), odds], axis=1)
    curve = np.array([0.0, 1.0])
    for _ in range(NEWTON_STEPS):
        shares = 1 / (1 + np.exp(-np.clip(inputs @ curve, -FAR, FAR)))
        slope = inputs.T @ (right - shares) - RIDGE * curve
        bend = (inputs * (shares * (1 - shares))[:, None]).T @ inputs + RIDGE * np.eye(2)
        curve = curve + np.linalg.solve(bend, slope)
    return curve


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


def upper_bound(wrong: float, answers: float) -> float:
    """Clopper and Pearson's upper limit of a share, from counts (fractions rounded for safety)."""
    events, trials = ceil(wrong - 1e-9), floor(answers + 1e-9)
    if events >= trials:
        return 1.0
    return _where(lambda share: _at_most(events, trials, share) > 1 - CONFIDENCE)


def lower_bound(wrong: int, answers: int) -> float:
    """Clopper and Pearson's lower limit of a share, from counts."""
    if wrong == 0:
        return 0.0
    return _where(lambda share: 1 - _at_most(wrong - 1, answers, share) < 1 - CONFIDENCE)


def _where(below: Callable[[float], bool]) -> float:
    """The share up to which ``below`` holds, by halving."""
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if below(middle) else (low, middle)
    return high


def _at_most(events: int, trials: int, share: float) -> float:
    """The probability of at most ``events`` in ``trials`` draws."""
    ways = [lgamma(trials + 1) - lgamma(k + 1) - lgamma(trials - k + 1) for k in range(events + 1)]
    return sum(
        exp(way + k * log(share) + (trials - k) * log(1 - share)) for k, way in enumerate(ways)
    )
