"""Business hours, by table and by an oracle that reads the clock on the wall minute by minute."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import config
from bot.promises.hours import DAY, WEEK, Hours, Windows

TORONTO = "America/Toronto"
MORNING, AFTERNOON = (9 * 60, 12 * 60), (13 * 60, 17 * 60)
TWICE = (MORNING, AFTERNOON)
SHOP = Hours(
    TORONTO,
    *(TWICE,) * 5,
    saturday=((10 * 60, 14 * 60),),
    holidays={date(2026, 12, 25): (), date(2026, 12, 24): (MORNING,)},
)
MIN = 60.0


def at(text: str, zone: str = TORONTO, fold: int = 0) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).timestamp()


# A week: Monday 21 December 2026 to Monday 28; two windows, short Saturday, two holidays.
@pytest.mark.parametrize(
    ("moment", "opening"),
    [
        ("2026-12-21 08:59", "2026-12-21 09:00"),
        ("2026-12-21 09:00", "2026-12-21 09:00"),
        ("2026-12-21 11:59", "2026-12-21 11:59"),
        ("2026-12-21 12:00", "2026-12-21 13:00"),  # at noon they have just left
        ("2026-12-21 17:00", "2026-12-22 09:00"),
        ("2026-12-23 23:30", "2026-12-24 09:00"),
        ("2026-12-24 12:00", "2026-12-26 10:00"),  # a holiday of half a day, a whole one, Saturday
        ("2026-12-26 14:00", "2026-12-28 09:00"),
        ("2026-12-27 03:00", "2026-12-28 09:00"),
    ],
)
def test_a_week_with_windows_and_holidays(moment: str, opening: str) -> None:
    assert SHOP.next_opening(at(moment)) == at(opening)
    assert SHOP.is_open(at(moment)) == (moment == opening)


@pytest.mark.parametrize(
    ("moment", "minutes", "due"),
    [
        ("2026-12-21 09:00", 30, "2026-12-21 09:30"),
        ("2026-12-21 11:50", 30, "2026-12-21 13:20"),
        ("2026-12-21 11:50", 10, "2026-12-21 12:00"),  # due when they leave, not an hour later
        ("2026-12-21 16:55", 15, "2026-12-22 09:10"),
        ("2026-12-21 03:00", 5, "2026-12-21 09:05"),
        ("2026-12-24 11:30", 60, "2026-12-26 10:30"),
        ("2026-12-26 13:45", 30, "2026-12-28 09:15"),
        ("2026-12-21 09:00", 5 * 60, "2026-12-21 15:00"),
        ("2026-12-21 09:00", 29 * 60, "2026-12-28 10:00"),  # 21, 3, 4 and 1 hours
    ],
)
def test_minutes_count_only_while_people_are_there(moment: str, minutes: int, due: str) -> None:
    assert SHOP.after(at(moment), minutes * MIN) == at(due)
    assert SHOP.between(at(moment), at(due)) == minutes * MIN


NIGHTS = Hours(TORONTO, *(((0, 3 * 60), (20 * 60, DAY)),) * 7)
EDGE = Hours(TORONTO, *(((90, 150),),) * 7)  # 01:30-02:30


@pytest.mark.parametrize(
    ("hours", "moment", "minutes", "due", "fold"),
    [
        # In spring the clocks go from 02:00 to 03:00: a night of two hours less one.
        (NIGHTS, "2026-03-08 00:00", 120, "2026-03-08 03:00", 0),
        (NIGHTS, "2026-03-07 23:30", 60, "2026-03-08 00:30", 0),
        # In autumn 01:00 to 02:00 comes twice.
        (NIGHTS, "2026-11-01 00:00", 90, "2026-11-01 01:30", 0),
        (NIGHTS, "2026-11-01 00:00", 150, "2026-11-01 01:30", 1),
        (NIGHTS, "2026-11-01 00:00", 240, "2026-11-01 03:00", 0),
        # An end that is skipped is the moment of the change; one that comes twice, the last.
        (EDGE, "2026-03-08 01:00", 30, "2026-03-08 03:00", 0),
        (EDGE, "2026-11-01 01:30", 120, "2026-11-01 02:30", 0),
    ],
)
def test_the_change_of_hour(hours: Hours, moment: str, minutes: int, due: str, fold: int) -> None:
    assert hours.after(at(moment), minutes * MIN) == at(due, fold=fold)
    assert hours.between(at(moment), at(due, fold=fold)) == minutes * MIN


def test_an_opening_that_is_skipped_is_the_moment_of_the_change() -> None:
    hours = Hours(TORONTO, sunday=((150, 300),))  # 02:30, which 8 March 2026 does not have
    assert hours.next_opening(at("2026-03-07 12:00")) == at("2026-03-08 03:00")


def test_a_day_that_never_was_is_passed_over() -> None:
    apia = Hours("Pacific/Apia", *(((9 * 60, 17 * 60),),) * 7)  # it had no 30 December 2011
    evening = at("2011-12-29 17:00", "Pacific/Apia")
    assert apia.next_opening(evening) == at("2011-12-31 09:00", "Pacific/Apia")


def test_without_any_hours_people_are_always_there() -> None:
    always = Hours()
    assert always.is_open(12.5) and always.next_opening(12.5) == 12.5
    assert always.after(12.5, 90.0) == 102.5 and always.between(12.5, 102.5) == 90.0


def test_hours_are_read_from_the_config(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    days = "\n".join(f'{day} = ["09:00-12:00", "13:00-17:00"]' for day in WEEK[:5])
    file.write_text(
        f'[hours]\ntime_zone = "{TORONTO}"\n{days}\nsaturday = ["10:00-14:00"]\n'
        'holidays = ["2026-12-25", "2026-12-24 09:00-12:00"]\n'
    )
    assert config.load(file, {}).hours == SHOP


# ------------------------------------------------------------------------- by generated weeks

ZONES = (TORONTO, "UTC", "Europe/Dublin", "Australia/Lord_Howe", "America/Santiago", "Asia/Beirut")


@st.composite
def windows(draw: st.DrawFn, most: int = 3) -> Windows:
    edges = sorted(draw(st.sets(st.integers(0, DAY), max_size=2 * most)))
    return tuple(zip(edges[::2], edges[1::2], strict=False))


@st.composite
def schedules(draw: st.DrawFn) -> Hours:
    week = {day: draw(windows()) for day in WEEK}
    day = st.dates(date(2026, 2, 20), date(2026, 4, 20))
    holidays = draw(st.dictionaries(day, windows(1), max_size=3)) if any(week.values()) else {}
    return Hours(draw(st.sampled_from(ZONES)), **week, holidays=holidays)


SPRING = at("2026-03-01 00:00", "UTC")
moments = st.floats(0, 40 * 86400.0).map(lambda s: SPRING + s)


@settings(max_examples=500, deadline=None)
@given(schedules(), moments, st.floats(0.1, 3 * 86400.0))
def test_what_is_added_is_what_has_passed(hours: Hours, moment: float, seconds: float) -> None:
    due = hours.after(moment, seconds)
    assert due >= moment + seconds - 0.001
    assert hours.between(moment, due) == pytest.approx(seconds, abs=0.001)
    assert hours.between(moment, due - 1.0) < seconds, "it was due before"
    opening = hours.next_opening(moment)
    assert hours.is_open(opening) and hours.between(moment, opening) == 0.0
    assert hours.is_open(due - 0.0005), "nobody is there when it is due"


@settings(max_examples=100, deadline=None)
@given(schedules(), moments, st.integers(1, 3 * DAY))
def test_it_agrees_with_the_clock_on_the_wall(hours: Hours, moment: float, minutes: int) -> None:
    """The zones here skip and repeat an hour only in spring: nothing on the wall is twice."""
    if hours.time_zone in ("Australia/Lord_Howe", "America/Santiago"):
        hours = replace(hours, time_zone="UTC")
    start = moment // 60 * 60
    zone = ZoneInfo(hours.time_zone)

    def wall_says_open(moment: float) -> bool:
        local = datetime.fromtimestamp(moment, zone)
        if hours.always:
            return True
        of_day = hours.holidays.get(local.date(), getattr(hours, WEEK[local.weekday()]))
        minute = local.hour * 60 + local.minute
        return any(first <= minute < last for first, last in of_day)

    counted = sum(wall_says_open(start + n * 60.0) for n in range(minutes))
    assert hours.between(start, start + minutes * 60.0) == counted * 60.0
    assert hours.is_open(start) == wall_says_open(start)
