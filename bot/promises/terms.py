"""What is promised and who is told, and when: [promise], [ladder] and [hours] taken together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from ..conversation import Priority
from ..toml_file import Table
from .hours import Hours

LONGEST_MIN = 7 * 24 * 60

REMIND, DUTY, LEAD, REPEAT = "remind", "duty", "lead", "repeat"
RUNGS = (REMIND, DUTY, LEAD, REPEAT)
"""Who is told, in order; each is a clock of the case while a reply is owed."""
MISSED = "missed"
"""The clock of what the customer was told."""
REDRAW = "redraw"
"""No promise: the case's card shows what is no more, and is drawn anew at once."""
ALWAYS = Hours()


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

    ``repeat_minutes``: how often the last rung rings again; 0: it rings once. ``seen_minutes``: how
    long it rests when somebody has seen it and nobody has taken the case; 0: it rings no more.
    """

    reminder_percent: float = 50.0
    duty_percent: float = 75.0
    lead_percent: float = 100.0
    repeat_minutes: float = 10.0
    seen_minutes: float = 30.0


@dataclass(frozen=True, slots=True)
class Terms:
    """The promise, the ladder and the hours of one brand. Times are seconds since the epoch."""

    promise: PromiseSettings = field(default_factory=PromiseSettings)
    ladder: LadderSettings = field(default_factory=LadderSettings)
    hours: Hours = ALWAYS

    def hours_for(self, priority: Priority) -> Hours:
        """When the minutes of this priority count, and when it may ring."""
        return ALWAYS if priority in self.promise.round_the_clock else self.hours

    def due_at(self, priority: Priority, since: float) -> float:
        return self.hours_for(priority).after(since, self.promise.seconds(priority))

    def rungs(self, priority: Priority, since: float) -> dict[str, float]:
        """When each rung rings for a reply owed ``since`` then; the repeats come one by one."""
        ladder, whole = self.ladder, self.promise.seconds(priority) / 100.0
        shares = {
            REMIND: ladder.reminder_percent,
            DUTY: ladder.duty_percent,
            LEAD: ladder.lead_percent,
        }
        hours = self.hours_for(priority)
        return {rung: hours.after(since, share * whole) for rung, share in shares.items()}

    def again_at(self, priority: Priority, now: float, minutes: float) -> float | None:
        """When the last rung rings the next time, ``minutes`` of its hours from now; 0: never."""
        return self.hours_for(priority).after(now, minutes * 60.0) if minutes else None


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
        seen_minutes=table.number("seen_minutes", base.seen_minutes, 0, LONGEST_MIN),
    )
    _refuse_sooner(table, ladder, ("reminder_percent", "duty_percent", "lead_percent"))
    return ladder


def _refuse_sooner(table: Table, settings: object, keys: Sequence[str]) -> None:
    """Each of these comes no sooner than the one before it."""
    for before, key in pairwise(keys):
        if getattr(settings, key) < getattr(settings, before):
            table.problem(key, f"is sooner than {before}.", "Write a larger number.")
