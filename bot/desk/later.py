"""Until when something is put off: what a person types, as a moment of their wall clock."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

LONGEST = timedelta(days=90)

MORNING = "09", "00"

_UNITS = {"m": "minutes", "min": "minutes", "h": "hours", "d": "days", "j": "days"}
_LENGTH = re.compile(r"(?:dans |in )?(\d{1,4}) ?(m|min|h|d|j)")
_CLOCK = re.compile(r"(?:(?:à|at) )?(\d{1,2}) ?[:h] ?(\d{2})|(?:à|at) (\d{1,2})(?: ?h)?")
_HOUR = re.compile(r"(\d{1,2}) ?h")
_THEN = r"(?:(?:à|at) )?(\d{1,2})(?: ?[:h] ?(\d{2})?)?"
"""The time of a day that was named; its minutes may be left out."""
_DAY = re.compile(rf"(today|aujourd['’]hui|tomorrow|demain)(?: {_THEN})?")
_DATE = re.compile(rf"(\d{{4}})-(\d{{1,2}})-(\d{{1,2}})(?:[ t]{_THEN})?")
_TODAY = ("today", "aujourd'hui", "aujourd’hui")
CLOCK_FROM = 7
"""In French ``14h`` is what a clock shows; below this many hours it is a length all the same."""


def until(words: str, now: datetime, language: str = "en") -> datetime | None:
    """The moment that is meant, after ``now`` and within LONGEST; None: there is no such moment.

    ``now`` and the moment are as the clock on the wall shows them.
    ``2h`` (30m, 3d, 3j), ``14:30`` (14h30: today, or tomorrow once it is past), ``tomorrow 9:00``
    (demain à 9 h, today), ``2026-11-25 09:00``; a day without a time begins in the morning. In
    French a bare hour is one of the clock, 14h or 8h, from CLOCK_FROM on; ``dans 8h`` is not.
    """
    text = " ".join(words.lower().split())
    try:
        moment = _meant(text, now, language)
    except ValueError:  # 25:70, 31 February
        return None
    if moment is None or not 0 < moment.timestamp() - now.timestamp() <= LONGEST.total_seconds():
        return None
    return moment


def _meant(text: str, now: datetime, language: str) -> datetime | None:
    hour = _HOUR.fullmatch(text)
    if hour and language == "fr" and CLOCK_FROM <= int(hour[1]) < 24:
        return _next(now, hour[1], "00")
    if found := _LENGTH.fullmatch(text):
        # Time that passes: added to what the wall shows, it would trip over a change of hour.
        later = now.timestamp() + timedelta(**{_UNITS[found[2]]: int(found[1])}).total_seconds()
        return datetime.fromtimestamp(later, now.tzinfo)
    if found := _CLOCK.fullmatch(text):
        return _next(now, found[1] or found[3], found[2])
    if found := _DAY.fullmatch(text):
        day = now if found[1] in _TODAY else now + timedelta(days=1)
        return _at(day, found[2], found[3])
    if found := _DATE.fullmatch(text):
        day = now.replace(year=int(found[1]), month=int(found[2]), day=int(found[3]))
        return _at(day, found[4], found[5])
    return None


def _next(now: datetime, hour: str, minute: str | None) -> datetime:
    """When the clock shows this the next time."""
    today = _at(now, hour, minute)
    return today if today > now else _at(now + timedelta(days=1), hour, minute)


def _at(day: datetime, hour: str | None, minute: str | None) -> datetime:
    if hour is None:
        hour, minute = MORNING
    return day.replace(hour=int(hour), minute=int(minute or 0), second=0, microsecond=0)
