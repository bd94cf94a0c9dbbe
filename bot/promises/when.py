"""Spans and moments in words, a customer's and the desk's: “30 minutes”, “tomorrow at 9:00”."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Protocol

from ..desk.desk_words import words

MINUTE_S, HOUR_S = 60.0, 3600.0


class Phrases(Protocol):
    def phrase(self, language: str, key: str, **values: object) -> str: ...


class Say(Protocol):
    """A phrase in the language of whoever reads it."""

    def __call__(self, key: str, **values: object) -> str: ...


def span(pen: Phrases, language: str, seconds: float) -> str:
    """``seconds``, whole minutes up to an hour, then whole hours."""
    if seconds < HOUR_S:
        return pen.phrase(language, "minutes", n=round(seconds / MINUTE_S))
    hours = round(seconds / HOUR_S)
    return pen.phrase(language, "hour") if hours == 1 else pen.phrase(language, "hours", n=hours)


def moment(pen: Phrases, language: str, then: datetime, now: datetime) -> str:
    """A moment to come, as somebody would say it ``now``; both on the brand's wall clock."""
    say = partial(pen.phrase, language)
    time, days = _time(say, then), (then.date() - now.date()).days
    if days <= 1:
        return say("tomorrow_at" if days else "today_at", time=time)
    day = say("weekdays").split()[then.weekday()]
    if days < 7:
        return say("weekday_at", day=day, time=time)
    return say("date_at", day=day, time=time, **_date(say, then))


def clock_time(desk: str, then: datetime, now: datetime) -> str:
    """A moment as staff read it ``now``, both on their clock; with its day if that is not today.

    It reads well after "since" and "by" (depuis, avant), and after a colon.
    """
    say = partial(words, desk)
    time, days = _time(say, then), (then.date() - now.date()).days
    if abs(days) <= 1:
        return say(("yesterday", "today", "tomorrow")[days + 1], time=time)
    key = "date" if then.year == now.year else "date_of_year"
    return say(key, year=then.year, time=time, **_date(say, then))


def _time(say: Say, then: datetime) -> str:
    return say("clock" if then.minute else "on_the_hour", h=then.hour, m=f"{then.minute:02}")


def _date(say: Say, then: datetime) -> Mapping[str, object]:
    """Month and day ``n`` of it."""
    month = say("months").split()[then.month - 1]
    return {"month": month, "n": say("first_of_month") if then.day == 1 else then.day}
