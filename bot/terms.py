"""What is promised and who is told: the sections [promise] and [ladder] of the config."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from .conversation import Priority
from .toml_file import Table

LONGEST_MIN = 7 * 24 * 60


@dataclass(frozen=True, slots=True)
class PromiseSettings:
    """Within how many minutes of business hours a person replies, per priority.

    ``round_the_clock``: priorities whose minutes count, and ring, day and night.
    """

    urgent_minutes: float = 5.0
    high_minutes: float = 15.0
    normal_minutes: float = 30.0
    round_the_clock: tuple[str, ...] = ()

    def seconds(self, priority: Priority) -> float:
        minutes = {
            Priority.URGENT: self.urgent_minutes,
            Priority.HIGH: self.high_minutes,
            Priority.NORMAL: self.normal_minutes,
        }
        return float(minutes[priority]) * 60.0


@dataclass(frozen=True, slots=True)
class LadderSettings:
    """Who is told, after what share of the promised time (in percent), until somebody acts.

    ``repeat_minutes``: how often the last rung rings again; 0: it rings once.
    """

    reminder_percent: float = 50.0
    duty_percent: float = 75.0
    lead_percent: float = 100.0
    repeat_minutes: float = 10.0


def read_promise(table: Table) -> PromiseSettings:
    base = PromiseSettings()
    promise = PromiseSettings(
        urgent_minutes=table.number("urgent_minutes", base.urgent_minutes, 1, LONGEST_MIN),
        high_minutes=table.number("high_minutes", base.high_minutes, 1, LONGEST_MIN),
        normal_minutes=table.number("normal_minutes", base.normal_minutes, 1, LONGEST_MIN),
        round_the_clock=tuple(table.texts("round_the_clock").values()),
    )
    _refuse_sooner(table, promise, ("urgent_minutes", "high_minutes", "normal_minutes"))
    known = [str(priority) for priority in Priority]
    for number, name in table.texts("round_the_clock").items():
        if name not in known:
            what, mend = f'holds "{name}".', f"Write some of {', '.join(known)}."
            table.problem("round_the_clock", what, mend, item=number)
    return promise


def read_ladder(table: Table) -> LadderSettings:
    base = LadderSettings()
    ladder = LadderSettings(
        reminder_percent=table.number("reminder_percent", base.reminder_percent, 1, 1000),
        duty_percent=table.number("duty_percent", base.duty_percent, 1, 1000),
        lead_percent=table.number("lead_percent", base.lead_percent, 1, 1000),
        repeat_minutes=table.number("repeat_minutes", base.repeat_minutes, 0, LONGEST_MIN),
    )
    _refuse_sooner(table, ladder, ("reminder_percent", "duty_percent", "lead_percent"))
    return ladder


def _refuse_sooner(table: Table, settings: object, keys: Sequence[str]) -> None:
    """Each of these comes no sooner than the one before it."""
    for before, key in pairwise(keys):
        if getattr(settings, key) < getattr(settings, before):
            table.problem(key, f"is sooner than {before}.", "Write a larger number.")
