"""Killed at any point of a message's way, or at any moment: nothing is lost, nothing is said twice.

`kill -9` at each crash point of `bot/crash_points.py`, at a passing chosen by chance, and at random
moments, while 60 people write 12 messages a second and an agent closes what reaches staff; after
each death Telegram also delivers some updates again; the agent's words to customers count too.
Every fourth life is left alone until it has
said something to a customer: that is what a restart costs. The judge is what the loopback Telegram
saw, held against what was written.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.crash_points import Point
from tests.load.figures import percentile
from tests.load.stage import BotDied

from . import Report, Scale
from .copies import copying
from .lives import ANYWHERE, EVERY, OFTEN, Crowded, Dying, Tally, dying, killed

HEAD = (
    "killed",
    "kills",
    "at the point",
    "messages",
    "words of staff",
    "lost",
    "answered twice",
    "out of order",
    "outcome unknown",
    "told to staff",
    "repeated to staff",
    "restart to first words, s: p50",
    "p95",
)
COUNTS = (
    *("sent", "words", "lost", "doubled", "disordered"),
    *("uncertain", "told_to_staff", "repeated_to_staff"),
)
WRONG = {
    "lost": "messages without an outcome",
    "doubled": "answered twice",
    "disordered": "out of order",
}
MOST_SHOWN = 5
"""Of the single messages behind a violation, for each place."""


USUAL = Crowded()
AT_ONCE = 3
"""Runs beside each other: a bot that is killed a lot waits a lot."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where processes die, and which share of all kills that is; after ``round`` kills Telegram
    and the store are new."""

    name: str
    share: float
    dying: Dying
    run: Crowded = USUAL
    round: int = 12


def title(point: Point) -> str:
    return f"{point} {point.name.lower().replace('_', ' ')}"


def places() -> list[Place]:
    """Each by itself, so that what goes wrong is known by its place."""
    calls = Crowded(webhook=True)
    under_load = [point for point in OFTEN if point is not Point.MIGRATING]
    return [
        *(Place(title(point), 0.065, dying(point)) for point in under_load),
        *(Place(f"{title(p)}, webhook", 0.04, dying(p), calls) for p in under_load[:3]),
        Place(title(Point.MIGRATING), 0.08, dying(Point.MIGRATING), Crowded(10), EVERY),
        Place(title(Point.BACKING_UP), 0.04, copying()),
        Place("at random", 0.135, dying(ANYWHERE)),
        Place("at random, real model", 0.04, dying(ANYWHERE), Crowded(model=True), 40),
    ]


def in_short() -> list[Place]:
    """Every point once, with a life that is left alone now and then."""
    return [
        Place("each point in turn", 1.0, dying(*OFTEN, ANYWHERE), round=14),
        Place(title(Point.BACKING_UP), 0.36, copying()),
    ]


async def run(scale: Scale, seed: int, out: Report) -> None:
    """As many kills as asked for, or as the minutes allow: places take turns, round by round."""
    count = scale.count("kills", short=14, long=1030)  # shares are rounded down: 1,019
    tallies: dict[Place, Tally] = {}
    chosen = places() if scale.is_long else in_short()
    todo = rounds(chosen, count)

    async def work() -> None:
        for place, first, kills in todo:
            rng = random.Random(f"{seed} {place.name} {first}")
            tally = tallies.setdefault(place, Tally(place.name))
            try:
                tally.add(await killed(place.name, place.dying, kills, rng, place.run))
            except BotDied as error:  # by itself; the other places go on
                tally.broken.append(f"the bot fell: {error}")
            print(f"{place.name}: {first + kills} kills", file=sys.stderr, flush=True)

    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(60 * scale.count("minutes", short=10, long=120)):
            await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    done = [tallies[place] for place in chosen if place in tallies]
    report([tally for tally in done if tally.verdicts or tally.broken], seed, out)


def rounds(chosen: Sequence[Place], count: int) -> Iterator[tuple[Place, int, int]]:
    """What to do: place, how many kills it has had, how many follow; all advance alike."""
    shares = [(place, round(count * place.share)) for place in chosen]
    todo = [
        (first / of, place, first, min(place.round, of - first))
        for place, of in shares
        for first in range(0, of, place.round)
    ]
    return ((place, first, n) for _, place, first, n in sorted(todo, key=lambda one: one[0]))


def report(tallies: Sequence[Tally], seed: int, out: Report) -> None:
    out.table(HEAD, [_row(tally) for tally in tallies])
    for tally in tallies:
        wrong = [f"{n} {what}" for name, what in WRONG.items() if (n := tally.sum(name))]
        if untold := tally.sum("uncertain") - tally.sum("told_to_staff"):
            wrong.append(f"{untold} unknown outcomes that staff were not told")
        for what in wrong + tally.broken[:MOST_SHOWN]:
            out.violation(what, f"{tally.name}, --seed {seed}")
    kills = sum(tally.deaths.total() for tally in tallies)
    if not kills:
        out.violation("nothing was killed in the time there was", "count minutes")
    out.figure("kills", kills)
    for name in COUNTS:
        out.figure(name, sum(tally.sum(name) for tally in tallies))


def _row(tally: Tally) -> list[str | int | float]:
    return [
        tally.name,
        tally.deaths.total(),
        tally.at_point,
        *map(tally.sum, COUNTS),
        percentile(tally.recovered_s, 0.5),
        percentile(tally.recovered_s, 0.95),
    ]
