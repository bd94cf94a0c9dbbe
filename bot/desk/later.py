"""Until when something is put off: what a person types, as a moment of their wall clock."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

LONGEST = timedelta(days=90)

MORNING = "09", "00"

_UNITS = {"m": "minutes", "min": "minutes", "h": "hours", "d": "days", "j": "days"}
_LENGTH = re.compile(r"(\d{1,4}) ?(m|min|h|d|j)")
_TIME = r"(\d{1,2}) ?[:h] ?(\d{2})"
_CLOCK = re.compile(_TIME)
_TOMORROW = re.compile(rf"(?:tomorrow|demain)(?: (?:à |at )?{_TIME})?")
_DATE = re.compile(rf"(\d{{4}})-(\d{{1,2}})-(\d{{1,2}})(?:[ t](?:à |at )?{_TIME})?")


def until(words: str, now: datetime) -> datetime | None:
    """The moment that is meant, after ``now`` and within LONGEST; None: there is no such moment.

    ``now`` and the moment are as the clock on the wall shows them.
    ``2h`` (30m, 3d, 3j), ``14:30`` (14h30: today, or tomorrow once it is past), ``tomorrow 9:00``
    (demain), ``2026-11-25 09:00``; a day without a time begins in the morning.
    """
    text = " ".join(words.lower().split())
    try:
        moment = _meant(text, now)
    except ValueError:  # 25:70, 31 February
        return None
    if moment is None or not 0 < moment.timestamp() - now.timestamp() <= LONGEST.total_seconds():
        return None
    return moment


def _meant(text: str, now: datetime) -> datetime | None:
    if found := _LENGTH.fullmatch(text):
        # Time that passes: added to what the wall shows, it would trip over a change of hour.
        later = now.timestamp() + timedelta(**{_UNITS[found[2]]: int(found[1])}).total_seconds()
        return datetime.fromtimestamp(later, now.tzinfo)
    if found := _CLOCK.fullmatch(text):
        today = _at(now, found[1], found[2])
        return today if today > now else _at(now + timedelta(days=1), found[1], found[2])
    if found := _TOMORROW.fullmatch(text):
        return _at(now + timedelta(days=1), found[1], found[2])
    if found := _DATE.fullmatch(text):
        day = now.replace(year=int(found[1]), month=int(found[2]), day=int(found[3]))
        return _at(day, found[4], found[5])
    return None


def _at(day: datetime, hour: str | None, minute: str | None) -> datetime:
    if hour is None or minute is None:
        hour, minute = MORNING
    return day.replace(hour=int(hour), minute=int(minute), second=0, microsecond=0)
