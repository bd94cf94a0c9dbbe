"""Spans and moments in the words a customer reads: “30 minutes”, “tomorrow at 9:00”."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

MINUTE_S, HOUR_S = 60.0, 3600.0


class Phrases(Protocol):
    def phrase(self, language: str, key: str, **values: object) -> str: ...


def span(pen: Phrases, language: str, seconds: float) -> str:
    """``seconds``, whole minutes up to an hour, then whole hours."""
    if seconds < HOUR_S:
        return pen.phrase(language, "minutes", n=round(seconds / MINUTE_S))
    hours = round(seconds / HOUR_S)
    return pen.phrase(language, "hour") if hours == 1 else pen.phrase(language, "hours", n=hours)


def moment(pen: Phrases, language: str, then: datetime, now: datetime) -> str:
    """A moment to come, as somebody would say it ``now``; both on the brand's wall clock."""
    key = "clock" if then.minute else "on_the_hour"
    time = pen.phrase(language, key, h=then.hour, m=f"{then.minute:02}")
    days = (then.date() - now.date()).days
    if days <= 1:
        return pen.phrase(language, "tomorrow_at" if days else "today_at", time=time)
    day = pen.phrase(language, "weekdays").split()[then.weekday()]
    if days < 7:
        return pen.phrase(language, "weekday_at", day=day, time=time)
    month = pen.phrase(language, "months").split()[then.month - 1]
    number = pen.phrase(language, "first_of_month") if then.day == 1 else then.day
    return pen.phrase(language, "date_at", day=day, n=number, month=month, time=time)
