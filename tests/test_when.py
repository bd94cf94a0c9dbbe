"""Moments as people say them, in both languages."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.customers.customer_words import CustomerWords
from bot.promises import when

NOW = datetime(2026, 12, 21, 16, 50)


@pytest.mark.parametrize(
    ("then", "french", "english"),
    [
        (datetime(2026, 12, 21, 17), "à 17 h", "17:00 today"),
        (datetime(2026, 12, 22, 8, 5), "demain à 8 h 05", "tomorrow at 8:05"),
        (datetime(2026, 12, 25, 9), "vendredi à 9 h", "Friday at 9:00"),
        (datetime(2026, 12, 27, 9), "dimanche à 9 h", "Sunday at 9:00"),
        (datetime(2026, 12, 28, 9), "le lundi 28 décembre à 9 h", "Monday, December 28, at 9:00"),
        (datetime(2027, 1, 1, 9), "le vendredi 1er janvier à 9 h", "Friday, January 1, at 9:00"),
        (datetime(2027, 1, 4, 9), "le lundi 4 janvier à 9 h", "Monday, January 4, at 9:00"),
    ],
)
def test_a_moment_in_words(then: datetime, french: str, english: str) -> None:
    assert when.moment(CustomerWords(), "fr", then, NOW) == french
    assert when.moment(CustomerWords(), "en", then, NOW) == english


@pytest.mark.parametrize(
    ("then", "french", "english"),
    [
        (datetime(2026, 12, 21, 9), "9 h", "9:00"),
        (datetime(2026, 12, 20, 23, 59), "hier 23 h 59", "yesterday at 23:59"),
        (datetime(2026, 12, 22), "demain 0 h", "tomorrow at 0:00"),
        (datetime(2026, 12, 1, 9), "le 1er déc. à 9 h", "Dec 1 at 9:00"),
        (datetime(2026, 8, 25, 16, 30), "le 25 août à 16 h 30", "Aug 25 at 16:30"),
        (datetime(2027, 1, 4, 9), "le 4 janv. 2027 à 9 h", "Jan 4, 2027, at 9:00"),
    ],
)
def test_a_moment_as_staff_read_it(then: datetime, french: str, english: str) -> None:
    assert when.clock_time("fr", then, NOW) == french
    assert when.clock_time("en", then, NOW) == english


@pytest.mark.parametrize(
    ("then", "told"),
    [
        (datetime(2026, 12, 21, 17), "17:00 today"),
        (datetime(2026, 12, 22, 8, 5), "tomorrow at 8:05"),
        (datetime(2026, 12, 25, 9), "Friday at 9:00"),
    ],
)
def test_a_moment_fits_the_english_sentences_it_stands_in(then: datetime, told: str) -> None:
    words = CustomerWords()
    moment = when.moment(words, "en", then, NOW)
    by = words.phrase("en", "by", moment=moment)
    notice = words.phrase("en", "handed_calm", wait=by)
    assert notice.endswith(f"You will get a reply right here by {told}.")
    away = words.phrase("en", "away_calm", back=moment)
    assert away.endswith(f"The team is here again from {told} and will reply right here.")


@pytest.mark.parametrize(
    ("minutes", "french", "english"),
    [
        (5, "5 minutes", "5 minutes"),
        (60, "une heure", "an hour"),
        (180, "3 heures", "3 hours"),
    ],
)
def test_a_span_in_words(minutes: int, french: str, english: str) -> None:
    assert when.span(CustomerWords(), "fr", minutes * 60.0) == french
    assert when.span(CustomerWords(), "en", minutes * 60.0) == english
