"""A crowd in true time: open loop against the bot's own process, with Telegram's limits on."""

from __future__ import annotations

import asyncio
import contextlib
import random
import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.load.figures import Meter, Spent, peak_mb
from tests.load.stage import Stage, open_stage

from .ages import Ages, Written, judge, note_acknowledgements
from .flood import ANGRY, KINDS, SHARES

JOIN_FROM = 4
"""The default of [staff] join_from; a stage without limits joins nothing."""
LEFT = (
    "SELECT (SELECT count(*) FROM inbox WHERE state = 'new') + "
    "(SELECT count(*) FROM cases WHERE state = 'waiting' AND seen_at IS NULL) + "
    "(SELECT count(*) FROM outbox WHERE state IN ('new', 'claimed') AND chat_id > 0)"
)
"""Turns without an outcome, cases not shown to staff, words to customers that wait."""
DRAINS_WITHIN_S = 900.0
MIB = 1024 * 1024


@dataclass(frozen=True)
class Crush:
    """``rate`` messages a second for ``seconds``, each by somebody else, come what may."""

    rate: float
    seconds: int
    seed: int
    forked: bool = False


@dataclass
class Crushed:
    """``drain_s``: from the last message until nothing was left; ``store_mib``: the store's files
    then; ``foreign``: cores that others kept busy meanwhile."""

    ages: Ages = field(default_factory=Ages)
    messages: int = 0
    drained: bool = False
    drain_s: float = 0.0
    peak_mib: float = 0.0
    store_mib: float = 0.0
    cpu_s: float = 0.0
    foreign: float = 0.0


async def live(crush: Crush, folder: Path) -> Crushed:
    found = Crushed()
    async with open_stage(folder) as stage:
        stage.sandbox.limits.enabled = True
        bot = stage.bot("--scripted", join_from=JOIN_FROM, forked=crush.forked)
        await bot.start()
        try:
            note_acknowledgements(stage.sandbox, found.ages.acknowledged)
            meter = Meter(bot.pid)
            written = await _write(stage, crush)
            found.messages, found.drain_s = len(written), await _drained(stage)
            found.drained = found.drain_s < DRAINS_WITHIN_S
            _measured(found, meter.spent(), peak_mb(bot.pid), stage.store)
        finally:
            bot.kill()
        judge(found.ages, stage.sandbox, stage.staff, written, _cases(stage.store))
    return found


async def _write(stage: Stage, crush: Crush) -> list[Written]:
    """Open loop: late arrivals are made up for, whatever the bot does meanwhile."""
    rng, written = random.Random(crush.seed), list[Written]()
    began = due = time.monotonic()
    while (due := due + rng.expovariate(crush.rate)) < began + crush.seconds:
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        person, text = stage.customer(), rng.choices(KINDS, SHARES)[0]
        message = await person.says(text)
        written.append(Written(person.id, message.id, stage.now(), text == ANGRY))
    return written


async def _drained(stage: Stage) -> float:
    """Seconds until nothing is left to do, or the limit."""
    began = time.monotonic()
    while (took := time.monotonic() - began) < DRAINS_WITHIN_S:
        if not len(stage.sandbox.world.updates) and not _asked(stage.store, LEFT)[0][0]:
            return took
        await asyncio.sleep(0.2)
    return DRAINS_WITHIN_S


def _measured(found: Crushed, spent: Spent, peak_mib: float, store: Path) -> None:
    found.cpu_s, found.foreign, found.peak_mib = spent.cpu, spent.foreign, peak_mib
    found.store_mib = sum(one.stat().st_size for one in store.parent.glob(f"{store.name}*")) / MIB


def _cases(store: Path) -> dict[int, int]:
    return dict(_asked(store, "SELECT customer_id, min(id) FROM cases GROUP BY customer_id"))


def _asked(store: Path, question: str) -> Sequence[tuple[int, int]]:
    with contextlib.closing(sqlite3.connect(f"{store.as_uri()}?mode=ro", uri=True)) as db:
        return db.execute(question).fetchall()
