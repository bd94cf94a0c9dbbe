"""How long a customer will likely wait for a person, from the live queue and recent waits.

Values only. The answer errs on the long side: a wait that turns out shorter annoys nobody.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

ENOUGH = 5
"""Fewer recent waits say nothing; the brand's own target stands in for them."""
MOST_WAITS = 50
LOOK_BACK_S = 24 * 3600.0
SHARE = 0.8
"""So many of the recent waits were no longer than the pace we reckon with."""
STEP_S, HOUR_S = 300.0, 3600.0


@dataclass(frozen=True, slots=True)
class Wait:
    """One promise that was kept: from when to when, how many were ahead, who was on duty."""

    since: float
    kept_at: float
    ahead: int
    on_duty: int


@dataclass(frozen=True, slots=True)
class Queue:
    """What is ahead now: how many, since when the first of them waits, who is on duty."""

    ahead: int
    oldest: float | None
    on_duty: int


@dataclass(frozen=True, slots=True)
class Expected:
    """``seconds`` of business time, so ``by`` then a reply has likely come.

    ``back``: when people are back, if they are away.
    """

    seconds: float
    by: float
    back: float | None = None


def likely_seconds(
    target_s: float,
    queue: Queue,
    recent: Sequence[Wait],
    now: float,
    between: Callable[[float, float], float],
) -> float:
    """Seconds of business time until a person has likely replied.

    Each recent wait gives a pace: its seconds for each place in the queue, a place being shorter
    the more people are on duty. ``between``: business seconds from one moment to another.
    """
    pace = target_s
    if len(recent) >= ENOUGH:
        paces = sorted(between(w.since, w.kept_at) / _places(w.ahead, w.on_duty) for w in recent)
        pace = paces[math.ceil(SHARE * len(paces)) - 1]
        likely = pace * _places(queue.ahead, queue.on_duty)
    else:
        likely = pace * max(1.0, _places(queue.ahead, queue.on_duty))
    waited = 0.0 if queue.oldest is None else between(queue.oldest, now)
    return max(likely, waited)


def rounded_up(seconds: float) -> float:
    """Up to the next five minutes, beyond an hour to the next hour: what a person would say."""
    step = STEP_S if seconds <= HOUR_S else HOUR_S
    return max(1, math.ceil(seconds / step - 1e-9)) * step


def _places(ahead: int, on_duty: int) -> float:
    return (ahead + 1) / max(1, on_duty)
