"""Killed at any point of a message's way, or at any moment: nothing is lost, nothing is said twice.

`kill -9` at each crash point of `bot/crash_points.py`, at a passing chosen by chance, and at random
moments, while 60 people write 30 messages a second and an agent closes what reaches staff; after
each death Telegram also delivers some updates again. Every fourth life is left alone until it has
said something to a customer: that is what a restart costs. The judge is what the loopback Telegram
saw, held against what was written.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from bot.crash_points import Point
from tests.load.figures import percentile

from . import Report, Scale
from .copies import Copies
from .lives import ANYWHERE, EVERY, OFTEN, Crowded, Tally, killed, lived

HEAD = (
    "killed",
    "kills",
    "at the point",
    "messages",
    "lost",
    "answered twice",
    "out of order",
    "outcome unknown",
    "told to staff",
    "repeated to staff",
    "restart to first words, s: p50",
    "p95",
)
SHARES = {"migrating": 0.08, "backups": 0.04, "random": 0.12, "model": 0.04}
"""Of all kills; the crash points under load share the rest evenly."""


async def run(scale: Scale, seed: int, out: Report) -> None:
    count = scale.count("kills", short=14, long=1000)
    rng = random.Random(seed)
    tallies = await (_each_by_itself if scale.is_long else _all_in_one)(count, rng)
    report(tallies, seed, out)


async def _all_in_one(count: int, rng: random.Random) -> list[Tally]:
    """One bot dies at every point in turn, in its first migration too."""
    tally = Tally("each point in turn")
    await killed(tally, [*OFTEN, ANYWHERE], count, rng)
    tallies = [tally, Tally(title(Point.BACKING_UP))]
    await backups(tallies[1], EVERY + 1, rng)
    return tallies


async def backups(tally: Tally, count: int, rng: random.Random, *options: str) -> None:
    """Backups die beside a bot at work; ``options`` are those of the backup's process."""
    await lived(tally, lambda stage: Copies(stage, rng, tally, options), count, rng, Crowded())


async def _each_by_itself(count: int, rng: random.Random) -> list[Tally]:
    """Every point its own Telegram and store, so that what goes wrong is known by its place."""
    under_load = [point for point in OFTEN if point is not Point.MIGRATING]
    share = round(count * (1 - sum(SHARES.values())) / len(under_load))
    tallies = []
    for point in under_load:
        tallies.append(tally := Tally(title(point)))
        await killed(tally, [point], share, rng)
    tallies.append(tally := Tally(title(Point.MIGRATING)))
    for _ in range(round(count * SHARES["migrating"] / EVERY)):
        await killed(tally, [Point.MIGRATING], EVERY, rng, Crowded(people=10))
    tallies.append(tally := Tally(title(Point.BACKING_UP)))
    await backups(tally, round(count * SHARES["backups"]), rng)
    tallies.append(tally := Tally("at random"))
    await killed(tally, [ANYWHERE], round(count * SHARES["random"]), rng)
    tallies.append(tally := Tally("at random, real model, start from nothing"))
    await killed(tally, [ANYWHERE], round(count * SHARES["model"]), rng, Crowded(model=True))
    return tallies


def title(point: Point) -> str:
    return f"{point} {point.name.lower().replace('_', ' ')}"


def report(tallies: Sequence[Tally], seed: int, out: Report) -> None:
    out.table(HEAD, [_row(tally) for tally in tallies])
    for name, what in (
        ("lost", "messages without an outcome"),
        ("doubled", "answered twice"),
        ("disordered", "out of order"),
    ):
        for tally in tallies:
            if wrong := tally.sum(name):
                out.violation(f"{wrong} {what}", f"{tally.name}, --seed {seed}")
    for tally in tallies:
        if untold := tally.sum("uncertain") - tally.sum("told_to_staff"):
            out.violation(f"{untold} unknown outcomes not told", f"{tally.name}, --seed {seed}")
        for what in tally.broken:
            out.violation(what, f"{tally.name}, --seed {seed}")
    out.figure("kills", sum(tally.deaths.total() for tally in tallies))
    for name in ("sent", "lost", "doubled", "disordered", "uncertain", "told_to_staff"):
        out.figure(name, sum(tally.sum(name) for tally in tallies))


def _row(tally: Tally) -> list[str | int | float]:
    counts = ("sent", "lost", "doubled", "disordered", "uncertain", "told_to_staff")
    return [
        tally.name,
        tally.deaths.total(),
        tally.at_point,
        *map(tally.sum, counts),
        tally.sum("repeated_to_staff"),
        percentile(tally.recovered_s, 0.5),
        percentile(tally.recovered_s, 0.95),
    ]
