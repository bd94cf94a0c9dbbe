"""The computer's time of day is set two hours forwards or back, stands still, races, is wrong when
the program starts; the computer itself stands still: no alarm is early, none is later than a tick,
none rings twice, nobody waits longer for first words, and nothing is said twice.

Time is virtual, Telegram and the program are whole. Each schedule is a few customers whose cases
wait for staff, and what befalls the computer meanwhile; what counts is when Telegram was called.
"""

from __future__ import annotations

import random
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from bot.sandbox import Call, Person
from tests.shop import Shop
from tests.virtual import Day, at

from . import Report, Scale
from .computer import Computer, open_computer, started_again

TICK_S = 60.0
EARLY_S = 6.0
"""Telegram tells whole seconds, and is believed against a clock that is more than 5 s off."""
RUNGS_S = {"remind": 900.0, "duty": 1350.0, "lead": 1800.0}
"""The defaults: 50, 75 and 100 % of thirty minutes."""
WORDS = {
    "remind": "personne ne le tient",
    "duty": "attend une réponse, due avant",
    "lead": "n’est pas partie",
}
HOUR_S = 3600.0
BEGINS = ("2026-12-21 09:00", "2026-03-08 00:40", "2026-11-01 00:20")
"""A Monday, and the two nights in which Toronto changes its clocks."""


@dataclass
class Lived:
    """One schedule, as people lived through it. Moments are true time."""

    wrote: dict[int, float] = field(default_factory=dict)
    """Customer -> when they wrote."""
    replied: dict[int, float] = field(default_factory=dict)
    """Customer -> when a person of staff answered them."""
    stood_still: list[tuple[float, float]] = field(default_factory=list)


@dataclass
class Found:
    """What was wrong, and how near to it the rest came."""

    alarms: int = 0
    early: int = 0
    late: int = 0
    twice: int = 0
    missing: int = 0
    slow_words: int = 0
    said_twice: int = 0
    earliest_s: float = 0.0
    latest_s: float = 0.0
    wrong: list[str] = field(default_factory=list)

    def is_wrong(self, name: str, what: str) -> None:
        setattr(self, name, getattr(self, name) + 1)
        self.wrong.append(f"{name}: {what}")


# --------------------------------------------------------------------------- what befalls it


def set_forwards(computer: Computer, _: random.Random) -> None:
    computer.is_set(2 * HOUR_S)


def set_back(computer: Computer, _: random.Random) -> None:
    computer.is_set(-2 * HOUR_S)


def stopped(computer: Computer, _: random.Random) -> None:
    computer.runs_at(0.0)


def raced(computer: Computer, dice: random.Random) -> None:
    computer.runs_at(dice.choice((1.5, 10.0, 100.0)))


def put_right(computer: Computer, _: random.Random) -> None:
    computer.is_set(0.0)


MISHAPS: tuple[Callable[[Computer, random.Random], None], ...] = (
    set_forwards,
    set_back,
    stopped,
    raced,
    put_right,
)


class Schedule:
    """Two hours in which three customers wait, and the computer is not to be trusted."""

    def __init__(self, seed: int, folder: Path) -> None:
        self._dice = random.Random(seed)
        self._folder = folder
        self.computer = Computer(at(BEGINS[seed % len(BEGINS)]))
        self.lived = Lived()
        self.befell: Counter[str] = Counter()

    async def live(self) -> Shop:
        """Returns the shop as it was in the end; its Telegram keeps the record."""
        begins = self.computer.truth.now()
        async with AsyncExitStack() as stack:
            day = await stack.enter_async_context(open_computer(self._folder, self.computer))
            await day.shop.lead.starts()
            for minute, act, person in self._acts(day.shop):
                await day.until(begins + minute * 60.0)
                self.befell[act] += act != "mishap"
                if act == "starts again":
                    day = await stack.enter_async_context(
                        started_again(day.shop, self._folder, self.computer)
                    )
                else:
                    await self._befalls(day, act, person)
            await day.until(begins + 4 * HOUR_S)
            return day.shop

    def _acts(self, shop: Shop) -> Iterable[tuple[float, str, Person | None]]:
        dice, acts = self._dice, list[tuple[float, str, Person | None]]()
        for name in ("Camille", "Mathilde", "Jeanne"):
            person, wrote = shop.customer(name), dice.uniform(1, 100)
            acts.append((wrote, "writes", person))
            if dice.random() < 0.3:
                acts.append((wrote + dice.uniform(2, 45), "is answered", person))
        acts += [(dice.uniform(0, 130), "mishap", None) for _ in range(dice.randint(2, 5))]
        acts += [(dice.uniform(0, 130), "starts again", None) for _ in range(dice.randint(0, 2))]
        if dice.random() < 0.25:
            acts.append((dice.uniform(0, 130), "stands still", None))
        return sorted(acts, key=lambda one: one[0])

    async def _befalls(self, day: Day, act: str, person: Person | None) -> None:
        now = self.computer.truth.now
        if act == "writes" and person is not None:
            self.lived.wrote[person.id] = now()
            await person.says("mon chien a mangé la tente")
            await day.passes(0.05)
        elif act == "is answered" and person is not None:
            thread = await day.shop.topic_of(person)
            await day.shop.agent.says("On regarde ça.", chat=day.shop.staff, thread=thread)
            self.lived.replied[person.id] = now()
        elif act == "stands still":
            began = now()
            self.computer.stands_still(self._dice.uniform(300, 3000))
            stranger = day.shop.customer("Passante")
            for _ in range(2):  # each makes Telegram answer a poll, and so tell the time
                await stranger.says("bonjour")
                await day.calm()
            self.lived.stood_still.append((began, now()))
        else:
            mishap = self._dice.choice(MISHAPS)
            self.befell[mishap.__name__] += 1
            mishap(self.computer, self._dice)
        await day.calm()


# ------------------------------------------------------------------------------- the oracle


def judge(lived: Lived, shop: Shop, found: Found) -> None:
    """Hold what Telegram saw against what was promised."""
    for person, wrote in lived.wrote.items():
        said = [c for c in shop.sandbox.calls_of("sendMessage") if c.params["chat_id"] == person]
        _first_words(wrote, said, found, lived)
        handed_over = next((c.at for c in said if "une personne" in c.params["text"]), None)
        if handed_over is None:
            found.is_wrong("missing", f"no person was called for {person}")
            continue
        ((case,),) = shop.rows("SELECT id FROM cases WHERE customer_id = ?", person)
        _alarms(int(str(case)), handed_over, lived.replied.get(person), lived, shop, found)


def _first_words(wrote: float, said: list[Call], found: Found, lived: Lived) -> None:
    if not said or said[0].at > _awake(wrote + TICK_S, lived):
        found.is_wrong("slow_words", f"wrote at {wrote:.0f}, heard at {[c.at for c in said][:1]}")
    texts = Counter(call.params["text"] for call in said)
    if twice := [text for text, times in texts.items() if times > 1]:
        found.is_wrong("said_twice", repr(twice[0][:60]))


def _alarms(
    case: int, since: float, replied: float | None, lived: Lived, shop: Shop, found: Found
) -> None:
    rung = _rung(case, shop)
    for name, after in RUNGS_S.items():
        due, times = since + after, rung[name]
        if replied is not None and due >= replied - TICK_S:
            for moment in times:
                if moment > replied + TICK_S:
                    found.is_wrong("late", f"case {case} {name}: rang after the reply")
            continue
        if len(times) > 1 and name != "lead":  # the last rings again until somebody acts
            found.is_wrong("twice", f"case {case} {name}: {times}")
        if not times:
            if not any(begin <= due <= end for begin, end in lived.stood_still):
                found.is_wrong("missing", f"case {case} {name}: due at {due:.0f}")
            continue
        found.alarms += 1
        off = times[0] - due
        found.earliest_s = min(found.earliest_s, off)
        if off < -EARLY_S:
            found.is_wrong("early", f"case {case} {name}: {-off:.0f} s too early")
        elif times[0] > _awake(due, lived) + TICK_S:
            found.is_wrong("late", f"case {case} {name}: {off:.0f} s too late")
        elif _awake(due, lived) == due:
            found.latest_s = max(found.latest_s, off)
    _repeats(case, rung["lead"], lived, found)


def _repeats(case: int, times: list[float], lived: Lived, found: Found) -> None:
    """The last rung rings again ten minutes later, and no sooner."""
    for before, after in pairwise(times):
        if after - before < 600.0 - EARLY_S:
            found.is_wrong("twice", f"case {case} lead: after {after - before:.0f} s")
        elif after > _awake(before + 600.0, lived) + TICK_S:
            found.is_wrong("late", f"case {case} lead: again after {after - before:.0f} s")


def _rung(case: int, shop: Shop) -> dict[str, list[float]]:
    """When each rung rang in the case's topic."""
    number = re.compile(rf"[Cc]as nº {case}\b")
    calls = [
        call
        for call in shop.sandbox.calls_of("sendMessage")
        if call.params["chat_id"] == shop.staff.id and number.search(call.params["text"])
    ]
    return {
        name: [call.at for call in calls if words in call.params["text"]]
        for name, words in WORDS.items()
    }


def _awake(moment: float, lived: Lived) -> float:
    """That moment, or when the computer went on if it stood still then."""
    return next((end for begin, end in lived.stood_still if begin <= moment <= end), moment)


# ---------------------------------------------------------------------------------- the theme


async def run(scale: Scale, seed: int, out: Report) -> None:
    found, befell = Found(), Counter[str]()
    schedules = scale.count("schedules", short=1, long=200)
    for number in range(schedules):
        one, before = seed * 1000 + number, len(found.wrong)
        with tempfile.TemporaryDirectory(prefix="clocks-") as folder:
            schedule = Schedule(one, Path(folder))
            judge(schedule.lived, await schedule.live(), found)
        befell.update(schedule.befell)
        for what in found.wrong[before:]:
            out.violation(what, f"schedule {one}")
    out.table(("what befell the computer", "times"), sorted(befell.items()))
    for name in ("alarms", "early", "late", "twice", "missing", "slow_words", "said_twice"):
        out.figure(name, getattr(found, name))
    out.figure("earliest_s", found.earliest_s)
    out.figure("latest_s", found.latest_s)
