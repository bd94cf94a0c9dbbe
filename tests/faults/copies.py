"""Backups killed while the bot works: an earlier copy stays whole, and the next succeeds."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bot.crash_points import VARIABLE, Point
from tests.load.stage import BotDied, BotProcess, Stage

from .lives import EVERY, Dying, Tally, happens

PASSINGS = 3
"""Before the copy, before its check, before it takes its place."""
WITHIN_S = 30.0


@dataclass
class Copies:
    """In place of a life: the bot goes on, a backup beside it dies. Every fourth may finish.

    Adds to the tally's ``broken`` whatever is found wrong; its seconds are those of a backup.
    """

    stage: Stage
    rng: random.Random
    tally: Tally
    options: Sequence[str] = ()
    _number: int = 0
    _kept: int | None = None
    """How many updates the last copy held that was finished."""

    @property
    def copy(self) -> Path:
        return self.stage.folder / "copies" / "store.sqlite3"

    async def __call__(self, bot: BotProcess) -> None:
        if bot.has_ended:
            await bot.start()
        await asyncio.sleep(self.rng.uniform(0.0, 0.3))
        self._number += 1
        backup = self.stage.child(*self.options, "backup", "--to", str(self.copy), forked=True)
        if self._number % EVERY == 0:
            await self._finishes(backup)
        else:
            await self._dies(backup)
        bot.must_live()

    async def _dies(self, backup: BotProcess) -> None:
        backup.env[VARIABLE] = f"{Point.BACKING_UP}:{self.rng.randint(1, PASSINGS)}"
        backup.launch()
        died = await happens(lambda: backup.has_ended, WITHIN_S)
        backup.kill()
        self.tally.deaths[Point.BACKING_UP if died else None] += 1
        if self._kept is not None and (held := updates_in(self.copy)) != self._kept:
            self.tally.broken.append(f"the copy of {self._kept} updates now has {held}")

    async def _finishes(self, backup: BotProcess) -> None:
        at, before = time.time(), updates_in(self.stage.store)
        backup.launch()
        await happens(lambda: backup.has_ended, WITHIN_S)
        if status := backup.kill():
            raise BotDied(f"backup: exit status {status}: {backup.end_of_log()}")
        self.tally.recovered_s.append(time.time() - at)
        self._kept = updates_in(self.copy)
        if self._kept is None or self._kept < (before or 0):
            self.tally.broken.append(f"of {before} updates a copy has {self._kept}")


def copying(*options: str) -> Dying:
    """The bot of a run works on, and backups beside it die; ``options``: of their processes."""
    return lambda stage, rng, tally: Copies(stage, rng, tally, options)


def updates_in(store: Path) -> int | None:
    """How many updates a whole store has received; None: it is not there, or not whole."""
    if not store.exists():
        return None
    with closing(sqlite3.connect(f"{store.resolve().as_uri()}?mode=ro", uri=True)) as db:
        try:
            if db.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
                return None
            return int(db.execute("SELECT coalesce(max(seq), 0) FROM inbox").fetchone()[0])
        except sqlite3.DatabaseError:
            return None
