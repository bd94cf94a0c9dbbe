"""What says how the bot is: what waits and since when, and how its parts are. Nouns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from ..errand import Lane


@dataclass(frozen=True, slots=True)
class Waiting:
    """So many wait, the oldest of them since then; None: nothing waits."""

    count: int = 0
    since: float | None = None

    def age(self, now: float) -> float:
        """Seconds that the oldest has waited; 0.0 when nothing waits."""
        return 0.0 if self.since is None else max(0.0, now - self.since)


@dataclass(frozen=True, slots=True)
class Backlog:
    """What the rows say, so that it is as true after a restart as before it.

    ``turns``: what customers did and has no outcome yet. ``pressing``, ``calm``: cases that wait
    for a person and of which staff have been shown nothing; the first are angry or urgent.
    ``heard_at``: when Telegram last answered or was listened for; ``update_at``: its last update.
    """

    turns: Waiting
    pressing: Waiting
    calm: Waiting
    outbox: Mapping[Lane, Waiting]
    uncertain: int
    quarantined: int
    heard_at: float | None
    update_at: float | None


class ModelState(StrEnum):
    READY = "ready"
    FAILING = "failing"
    """Its last pass failed, or has not come back in time."""
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Passes:
    """The model's passes since the start, how many failed, and the seconds of all of them."""

    count: int = 0
    failed: int = 0
    seconds: float = 0.0
    last_failed: bool = False

    def and_one(self, seconds: float, failed: bool) -> Passes:
        return Passes(self.count + 1, self.failed + failed, self.seconds + seconds, failed)


@dataclass(frozen=True, slots=True)
class Vitals:
    """Everything a monitor is told, at one moment.

    ``refuses``: the store takes nothing at the moment; ``refused``: so many writes since the start.
    """

    now: float
    started_at: float
    backlog: Backlog
    model: ModelState
    passes: Passes
    refuses: bool
    refused: int
