"""A hundred times the usual rate for ten minutes, and one customer with ten thousand messages
beside two hundred others: what Telegram delivers is acknowledged within a second (p99), an angry
case is before staff within two minutes (p99), nobody is left without words, and what the others
wait for at most doubles (p99) because of the flooder.

Usual is what a busy brand has: one message in ten seconds. The crowd is met in true time by the
bot's own process on the scripted reader, so its ages, memory and files are this machine's; the
flood is lived in virtual time, so its ages are the same on any. Telegram's limits are on in both.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from . import Report, Scale, crush, flood
from .ages import HEAD, row
from .crush import Crush
from .flood import Flood, Flooded

USUAL_S = 10.0
TIMES = 100
ACKNOWLEDGED_S, ANGRY_SEEN_S, WORSE = 1.0, 120.0, 2.0
ENOUGH = 100
"""The p99 of fewer ages is one person's luck."""


async def run(scale: Scale, seed: int, out: Report) -> None:
    seconds = scale.count("load_seconds", short=4, long=600)
    with tempfile.TemporaryDirectory(prefix="crush-") as folder:
        wanted = Crush(TIMES / USUAL_S, seconds, seed, forked=not scale.is_long)
        found = await crush.live(wanted, Path(folder))
    _judge_crush(found, seed, out)
    people = scale.count("flood_people", short=30, long=200)
    messages = scale.count("flood_messages", short=200, long=10_000)
    within = scale.count("flood_seconds", short=90, long=600)
    floods = scale.count("floods", short=1, long=5)
    await _flood([Flood(people, messages, within, seed + n) for n in range(floods)], out)


def _judge_crush(found: crush.Crushed, seed: int, out: Report) -> None:
    ages = found.ages
    out.table(
        HEAD,
        [
            row("crowd, true time: acknowledged", ages.acknowledged),
            row("first words", ages.replied),
            row("escalation before staff", ages.seen),
            row("angry escalation before staff", ages.angry_seen),
        ],
    )
    out.figure("messages", found.messages)
    out.figure("drain_s", found.drain_s)
    out.figure("peak_mib", found.peak_mib)
    out.figure("store_mib", found.store_mib)
    out.figure("cpu_s", found.cpu_s)
    out.figure("foreign_cores", found.foreign)
    where = f"seed {seed}, the crowd"
    if ages.unheard:
        out.violation(f"{ages.unheard} people were left without a word", where)
    if not found.drained:
        out.violation("what the crowd left was not done in time", where)
    _no_more_than(out, ages.acknowledged, ACKNOWLEDGED_S, "acknowledged too late", where)
    _no_more_than(out, ages.angry_seen, ANGRY_SEEN_S, "angry cases seen too late", where)


async def _flood(days: Sequence[Flood], out: Report) -> None:
    """Several days are one sample: the p99 of one day is the luck of two people."""
    wanted = days[0]
    alone = await _lived([replace(day, messages=0) for day in days])
    beside = await _lived(days)
    kinds = {
        "first words": "replied",
        "escalation before staff": "seen",
        "words carried to staff": "carried",
        "all of these": "of_people",
    }
    out.table(
        (f"{len(days)} x {wanted.messages:,}, virtual time: {HEAD[0]}", *HEAD[1:]),
        [
            row(f"{name}, {beside_whom}", getattr(found.ages, kind))
            for name, kind in kinds.items()
            for beside_whom, found in (("alone", alone), ("beside the flooder", beside))
        ],
    )
    worse = row("", beside.ages.of_people)[-1] / row("", alone.ages.of_people)[-1]
    out.figure("others_p99_ratio", worse)
    out.figure("flooder_left", beside.left)
    where = f"seed {wanted.seed}, the flood"
    if worse > WORSE and len(alone.ages.of_people) >= ENOUGH:
        out.violation(f"the others wait {worse:.1f} times as long (p99)", where)
    if beside.ages.unheard > alone.ages.unheard:
        out.violation("somebody was left without words", where)


async def _lived(days: Sequence[Flood]) -> Flooded:
    found = Flooded()
    for day in days:
        with tempfile.TemporaryDirectory(prefix="flood-") as folder:
            found.add(await flood.live(day, Path(folder)))
    return found


def _no_more_than(out: Report, ages: list[float], most: float, what: str, where: str) -> None:
    p99 = row("", ages)[-1]
    if p99 > most:
        out.violation(f"{what}: p99 {p99:.1f} s", where)
