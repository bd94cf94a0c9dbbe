"""Thousands of generated schedules: no alarm early, late by more than a tick, or twice.

The rungs run on real rows of a real database and through `promise.ran_out`; what they are compared
with counts open time on the wall by itself, step by step.
"""

from __future__ import annotations

import os
import random
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import pairwise
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest

from bot import promise
from bot.conversation import Case, Person, Priority, State
from bot.desk.desk_words import RANG
from bot.promises.hours import DAY, WEEK, Hours, Windows
from bot.promises.terms import RUNGS, LadderSettings, PromiseSettings, Terms
from bot.store.kept import Promises
from bot.store.records import Records

SCHEDULES = int(os.environ.get("SCHEDULES", "2000"))
"""`make schedules` lives through 10,000."""
TICK_S = 60.0
STEP = 5
"""Minutes: hours begin and end, and customers begin to wait, at multiples of it."""
SPRING = datetime(2026, 3, 5, tzinfo=ZoneInfo("UTC")).timestamp()
"""The weekend after it the clocks change in Toronto, three weeks later in Dublin and Beirut."""
ZONES = ("America/Toronto", "UTC", "Europe/Dublin", "Asia/Beirut")

TIMERS = """
CREATE TABLE timers (id INTEGER PRIMARY KEY, case_id INTEGER, kind TEXT, due_at REAL,
                     fired_at REAL, UNIQUE (case_id, kind));
CREATE TABLE events (id INTEGER PRIMARY KEY, at REAL, kind TEXT, case_id INTEGER,
                     actor_id INTEGER, detail TEXT);
"""


@dataclass
class Schedule:
    """One brand's hours, one case, and when somebody claims it (None: never)."""

    terms: Terms
    priority: Priority
    since: float
    until: float


@dataclass
class Pen:
    """What the step writes with: clocks go to rows, alarms are counted."""

    records: Records
    terms: Terms
    now: float
    rang: list[tuple[float, str]]
    staff_chat_id: int = -1
    staff_ids: tuple[int, ...] = (7,)
    promises: Promises = field(init=False)

    def __post_init__(self) -> None:
        self.promises = self.records.promises

    def set_timer(self, case_id: int, kind: str, due_at: float) -> None:
        self.records.timers.set(case_id, kind, due_at)

    def note(self, kind: str, case_id: int, actor: int | None, detail: str | None = None) -> None:
        self.records.note(kind, self.now, case_id, actor, detail)
        if kind == RANG:
            self.rang.append((self.now, str(detail)))

    def on_duty(self) -> list[Person]:
        return [Person(7, "Anne")]

    def leads(self) -> list[Person]:
        return []

    def is_parked(self, _case: Case) -> bool:
        return False

    def tell(self, *_: object) -> None: ...
    def page_leads(self, _case: Case) -> None: ...
    def wall(self, moment: float | None) -> str:
        return str(moment)


def windows(dice: random.Random) -> Windows:
    edges = sorted(dice.sample(range(0, DAY + 1, STEP), 2 * dice.choice((0, 1, 1, 2, 2, 3))))
    return tuple(zip(edges[::2], edges[1::2], strict=True))


def schedule(dice: random.Random) -> Schedule:
    week = {day: windows(dice) for day in WEEK}
    holidays = {date(2026, 3, dice.randint(4, 12)): windows(dice)} if any(week.values()) else {}
    remind, duty, lead = sorted(dice.choice((10, 25, 50, 75, 100, 150)) for _ in range(3))
    night = ("urgent",) if dice.random() < 0.5 else ()
    urgent, high, normal = sorted(dice.randint(1, 240) for _ in range(3))
    terms = Terms(
        PromiseSettings(urgent, high, normal, night),
        LadderSettings(remind, duty, lead, dice.choice((0, 120, 360))),
        Hours(dice.choice(ZONES), **week, holidays=holidays),
    )
    since = SPRING + dice.randrange(0, 5 * DAY, STEP) * 60.0
    return Schedule(terms, dice.choice(list(Priority)), since, since + dice.randrange(3 * DAY) * 60)


def alarms(one: Schedule, records: Records, dice: random.Random) -> list[tuple[float, str]]:
    """Live through a schedule: sleep until the next clock, wake up to a tick late, ring."""
    case = Case(1, 1, State.WAITING, one.since, one.since, "fr", priority=one.priority)
    case = replace(case, due_at=one.terms.due_at(one.priority, one.since))
    pen = Pen(records, one.terms, one.since, [])
    records.promises.stop_clocks(1, RUNGS)
    for rung, ringing in one.terms.rungs(one.priority, one.since).items():
        records.timers.set(1, rung, ringing)
    while (moment := records.timers.next_at()) is not None and moment < one.until:
        pen.now = max(pen.now, moment + dice.choice((0.0, 0.0, 0.4, 20.0)))
        for _, kind in records.timers.fire(pen.now):
            promise.ran_out(cast(Any, pen), case, kind, "en")
    return pen.rang


def expected(one: Schedule) -> Iterator[tuple[float, set[str]]]:
    """By the wall: the moments something is due, and which rungs are due then."""
    ladder, whole = one.terms.ladder, one.terms.promise.seconds(one.priority)
    shares = (ladder.reminder_percent, ladder.duty_percent, ladder.lead_percent)
    due: dict[float, set[str]] = {}
    steps = walk(one)
    counted, reached = 0, one.since
    for rung, share in zip(RUNGS, shares, strict=False):
        wanted = share * whole / 100.0 / 60.0
        while counted < wanted:
            counted, reached = counted + STEP, next(steps) + STEP * 60.0
        due.setdefault(reached - (counted - wanted) * 60.0, set()).add(rung)
    yield from due.items()


def walk(one: Schedule) -> Iterator[float]:
    """The steps in which it counts, each by the clock on the wall."""
    hours = one.terms.hours_for(one.priority)
    zone = ZoneInfo(hours.time_zone or "UTC")
    moment = one.since
    while True:
        local = datetime.fromtimestamp(moment, zone)
        of_day = hours.holidays.get(local.date(), getattr(hours, WEEK[local.weekday()]))
        minute = local.hour * 60 + local.minute
        if hours.always or any(first <= minute < last for first, last in of_day):
            yield moment
        moment += STEP * 60.0


def check(one: Schedule, rang: list[tuple[float, str]]) -> None:
    first = [(moment, rung) for moment, rung in rang if rung != "repeat"]
    wanted = [(at, max(due, key=RUNGS.index)) for at, due in expected(one)]
    wanted = [(moment, rung) for moment, rung in wanted if moment < one.until - TICK_S]
    named = {rung: moment for moment, rung in first}
    assert len(named) == len(first), "an alarm rang twice"
    assert len({moment for moment, _ in rang}) == len(rang), "two rungs rang at once"
    for moment, rung in wanted:
        later = [m for m, other in wanted if RUNGS.index(other) > RUNGS.index(rung)]
        if rung not in named:  # the next one was due before this one could ring
            assert any(m - moment <= TICK_S for m in later), f"{rung} never rang"
            continue
        assert moment - 0.001 <= named[rung] <= moment + TICK_S, rung
    repeats = [moment for moment, rung in rang if rung == "repeat"]
    pause = one.terms.ladder.repeat_minutes * 60.0
    hours = one.terms.hours_for(one.priority)
    begun = [named["lead"], *repeats] if "lead" in named else []
    assert pause or not repeats
    for before, after in pairwise(begun):
        assert pause - 0.001 <= hours.between(before, after) <= pause + TICK_S
    for moment, _ in rang:
        assert hours.is_open(moment) or hours.is_open(moment - TICK_S), "it rang at night"


def test_no_alarm_is_early_late_or_double_in_thousands_of_schedules() -> None:
    dice = random.Random(20260308)
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.executescript(TIMERS)
    records = Records(connection)
    rungs = repeats = 0
    for number in range(SCHEDULES):
        connection.execute("DELETE FROM timers")
        connection.execute("DELETE FROM events")
        one = schedule(dice)
        rang = alarms(one, records, dice)
        try:
            check(one, rang)
        except AssertionError as error:
            pytest.fail(f"schedule {number}: {error}\n{one}\n{rang}")
        rungs += sum(rung != "repeat" for _, rung in rang)
        repeats += sum(rung == "repeat" for _, rung in rang)
    assert rungs > SCHEDULES and repeats > SCHEDULES, "hardly anything rang"
