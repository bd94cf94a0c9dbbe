"""Business hours: open or not, when next, and time that counts only while people are there.

A window is in minutes after midnight, as clocks on the wall show them. When the clocks change, a
window lasts from the first time its start is shown to the last time its end is; a time that is
skipped is the moment of the change.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from ..toml_file import Table

Windows = tuple[tuple[int, int], ...]
"""``(start, end)`` in minutes after midnight, in order, apart; an end of 1440 is midnight."""

DAY = 24 * 60
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True)
class Hours:
    """When people are there. Without any window on any weekday: always.

    ``time_zone``: an IANA name; empty: this machine's. ``holidays``: days that are different,
    with the windows of that day, if it has any. Times are seconds since the epoch.
    """

    time_zone: str = ""
    monday: Windows = ()
    tuesday: Windows = ()
    wednesday: Windows = ()
    thursday: Windows = ()
    friday: Windows = ()
    saturday: Windows = ()
    sunday: Windows = ()
    holidays: Mapping[date, Windows] = field(default_factory=dict)

    @cached_property
    def _zone(self) -> ZoneInfo | None:
        return ZoneInfo(self.time_zone) if self.time_zone else None

    @cached_property
    def _week(self) -> tuple[Windows, ...]:
        return tuple(getattr(self, day) for day in WEEK)

    @property
    def always(self) -> bool:
        return not any(self._week)

    def local(self, moment: float) -> datetime:
        """What the clock on the wall shows then."""
        return datetime.fromtimestamp(moment, self._zone)

    def is_open(self, moment: float) -> bool:
        return self.next_opening(moment) == moment

    def next_opening(self, moment: float) -> float:
        """``moment`` itself when people are there, else when they are next."""
        return max(moment, next(self._spans(moment))[0])

    def after(self, moment: float, seconds: float) -> float:
        """When ``seconds`` of open time have passed since ``moment``."""
        if seconds <= 0:
            return moment
        for start, end in self._spans(moment):
            start = max(start, moment)
            if seconds <= end - start:
                return start + seconds
            seconds -= end - start
        raise AssertionError("unreachable: spans have no end")

    def between(self, moment: float, later: float) -> float:
        """How many seconds people were there from one moment to a later one; never negative."""
        total = 0.0
        for start, end in self._spans(moment):
            if start >= later:
                return total
            total += max(0.0, min(end, later) - max(start, moment))
        return total

    def _spans(self, moment: float) -> Iterator[tuple[float, float]]:
        """The open spans that end after ``moment``, in order, apart, without end."""
        if self.always:
            yield float("-inf"), float("inf")
            return
        day = self.local(moment).date() - timedelta(days=1)
        opened_until = float("-inf")
        while True:
            for first, last in self.holidays.get(day, self._week[day.weekday()]):
                start = max(self._moment(day, first), opened_until)
                end = self._moment(day, last, again=last < DAY)
                if end > max(start, moment):
                    yield start, end
                opened_until = max(end, opened_until)
            day += timedelta(days=1)

    def _moment(self, day: date, minute: int, again: bool = False) -> float:
        """When the wall shows this time; the second time, if it is shown twice, with ``again``."""
        wall = datetime(day.year, day.month, day.day) + timedelta(minutes=minute)
        one, two = (wall.replace(tzinfo=self._zone, fold=fold).timestamp() for fold in (0, 1))
        if one <= two:
            return two if again else one
        skipped = range(int(two), int(one) + 1)  # the clocks were put forward somewhere in here
        return float(
            skipped[bisect_left(skipped, wall, key=lambda s: self.local(s).replace(tzinfo=None))]
        )


# --------------------------------------------------------------------------- read from a file


def read_hours(table: Table) -> Hours:
    """The ``[hours]`` of the config; what must be mended is added to the table's problems."""
    week = {day: _day(table, day) for day in WEEK}
    hours = Hours(_time_zone(table), **week, holidays=_holidays(table))
    if any(week.values()) and not table.text("time_zone", ""):
        mend = 'Write the name of your time zone, like "America/Toronto".'
        table.problem("time_zone", "is missing, and there are opening hours.", mend)
    if hours.holidays and not any(week.values()):
        mend = "Write the hours of the week too; without them people are always there."
        table.problem("holidays", "has days, but no weekday has hours.", mend)
    return hours


def _time_zone(table: Table) -> str:
    name = table.text("time_zone", "")
    try:
        if name:
            ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        mend = 'Write the name of a place of the IANA list, like "America/Toronto".'
        table.problem("time_zone", f'is "{name}", which is no time zone.', mend)
        return ""
    return name


def _day(table: Table, day: str) -> Windows:
    windows: Windows = ()
    for number, text in table.texts(day).items():
        windows = _joined(table, day, number, windows, [text])
    return windows


def _holidays(table: Table) -> dict[date, Windows]:
    holidays: dict[date, Windows] = {}
    for number, text in table.texts("holidays").items():
        day, *windows = text.split() or [""]
        try:
            on = date.fromisoformat(day)
        except ValueError:
            mend = 'Write "2026-12-25", or "2026-12-24 09:00-12:00" for a day with its own hours.'
            table.problem("holidays", f'has "{text}".', mend, item=number)
            continue
        if on in holidays:
            mend = "Put its windows behind one date."
            table.problem("holidays", f"has {day} twice.", mend, item=number)
        holidays[on] = _joined(table, "holidays", number, (), windows)
    return holidays


def _joined(table: Table, key: str, item: int, windows: Windows, texts: list[str]) -> Windows:
    """``windows`` and these, which must come after them."""
    for text in texts:
        found = re.fullmatch(r"(\d\d):([0-5]\d)\s*-\s*(\d\d):([0-5]\d)", text)
        a, b, c, d = (int(part) for part in found.groups()) if found else (0, 0, 0, 0)
        start, end = a * 60 + b, c * 60 + d
        what = ""
        if not found or end > DAY:
            what, mend = f'has "{text}".', 'Write it like "09:00-12:00"; midnight is 24:00.'
        elif start >= end:
            what = f'has "{text}", which ends before it begins.'
            mend = 'A night is two windows: "22:00-24:00", and "00:00-06:00" on the next day.'
        elif windows and start < windows[-1][1]:
            what, mend = f'has "{text}" before the end of the one before it.', "Put them in order."
        if what:
            table.problem(key, what, mend, item=item)
        else:
            windows = (*windows, (start, end))
    return windows
