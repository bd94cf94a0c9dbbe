"""A power cut at any moment loses nothing that was acknowledged: the store opens, is whole, holds
every update that Telegram was told of, and its outbox says at least what was claimed and done.

The running bot works through a busy hour (`busy_hour.py`) while every write and sync of its store
is written down (`sqlite_disk.py`), and so is what others were told meanwhile: Telegram (an offset
that confirms), the sender (a claim, an outcome), whoever waited for a commit. Then the power is cut
again and again: a moment of the record, one of the states that the disk may be in (`platter.py`),
and the bot's own store opened on it. What is found must be what stood there after one of the
commits, and none that was promised before may be missing.

Not covered: a disk that says it has synced and has not.
"""

from __future__ import annotations

import contextlib
import os
import random
import sqlite3
import tempfile
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.errors import StoreError
from bot.store.engine import Store
from bot.store.records import Records

from . import Report, Scale
from .busy_hour import TRACE, Committed, Effected, Received, Trace, record
from .platter import Platter
from .sqlite_disk import Cut, Disk, Gone, Made, Synced, Wrote

ASKED = (Made, Wrote, Cut, Synced, Gone)
FAR = {"new": 0, "claimed": 1, "sent": 2, "failed": 2, "uncertain": 2, "withdrawn": 2}
"""How far an effect is, by the state of its row."""


@dataclass
class _Promised:
    """What had been told to others up to a moment of the record."""

    received: set[int] = field(default_factory=set)
    effects: dict[int, str] = field(default_factory=dict)
    commits: int = 0

    def take(self, event: object) -> None:
        match event:
            case Received(updates):
                self.received.update(updates)
            case Effected(row, state):
                self.effects[row] = state
            case Committed():
                self.commits += 1

    def broken_by(self, found: _Found, record: _Commits) -> Iterator[str]:
        """What was promised and is not found, in words."""
        if found.error:
            yield found.error
            return
        if lost := self.received - found.received:
            yield f"acknowledged and gone: {len(lost)} updates, {min(lost)} first"
        behind = [
            row
            for row, state in self.effects.items()
            if FAR[found.effects.get(row, "new")] < FAR[state]
        ]
        if behind:
            yield f"the outbox says less than was done: {len(behind)} rows, {behind[0]} first"
        if not record.explains(found.trace, self.commits):
            yield f"not what stood there after commit {self.commits} or a later one"


class _Commits:
    """The commits of a record: what stood there after each, and which one was tried twice."""

    def __init__(self, log: Sequence[object]) -> None:
        self._traces = [told.trace for told in log if isinstance(told, Committed)]
        self._refused = set()
        done = 0
        for event in log:
            done += isinstance(event, Committed)
            if isinstance(event, Synced) and not event.ok:
                self._refused.add(done)

    def explains(self, found: Trace, done: int) -> bool:
        """Is it what stood there after commit ``done``, or a later one? What was refused next,
        because a sync failed, may be there as well; nobody was told so."""
        return not done or done in self._refused or found in self._traces[done - 1 :]


@dataclass(frozen=True, slots=True)
class _Found:
    received: set[int] = field(default_factory=set)
    effects: dict[int, str] = field(default_factory=dict)
    trace: Trace = ()
    error: str = ""


async def _found(path: Path) -> _Found:
    """What the bot's own store makes of the files."""
    store = Store(path)
    try:
        await store.open()
        return await store.read(_look)
    except (StoreError, sqlite3.Error) as error:
        return _Found(error=f"the store cannot be used: {error}")
    finally:
        await store.close()


def _look(records: Records) -> _Found:
    verdict = records._do("PRAGMA integrity_check").fetchone()[0]
    if verdict != "ok":
        return _Found(error=f"damaged: {verdict}")
    if astray := records._do("PRAGMA foreign_key_check").fetchall():
        return _Found(error=f"rows that refer to nothing: {astray[:3]}")
    return _Found(
        {row[0] for row in records._do("SELECT update_id FROM inbox")},
        dict(records._do("SELECT id, state FROM outbox").fetchall()),
        records._do(TRACE).fetchone(),
    )


@dataclass
class Cuts:
    """What the power cuts came to. Counted are different states, by what was in doubt."""

    states: Counter[str] = field(default_factory=Counter)
    found_broken: Counter[str] = field(default_factory=Counter)
    broken: list[tuple[str, int]] = field(default_factory=list)
    """What was promised and is not there, and after which event of the record."""


async def cut_the_power(disk: Disk, count: int, seed: int) -> Cuts:
    """Cut it ``count`` times, at moments spread over the record, and look at what is left; a state
    that comes twice at one moment counts once."""
    rng = random.Random(seed)
    moments = Counter(rng.randrange(len(disk.log)) for _ in range(count))
    commits = _Commits(disk.log)
    platter, promised, result = Platter(rng), _Promised(), Cuts()
    seen: set[tuple[int, int]] = set()
    with _fast_folder() as folder:
        for moment, event in enumerate(disk.log):
            promised.take(event)
            if isinstance(event, ASKED):
                platter.take(event)
            for _ in range(moments[moment]):
                files = platter.after_a_cut()
                state, kind = _checksum(files), _kind(platter.in_doubt, disk)
                if (state, moment) in seen:
                    continue
                seen.add((state, moment))
                found = await _found(_laid_out(files, folder / "cut", disk))
                broken = list(promised.broken_by(found, commits))
                result.states[kind] += 1
                result.found_broken[kind] += bool(broken)
                result.broken += [(what, moment) for what in broken]
    return result


@contextlib.contextmanager
def _fast_folder() -> Iterator[Path]:
    """In memory where there is such a place: the power has been cut already."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as name:
        yield Path(name)


def _laid_out(files: dict[str, bytes], folder: Path, disk: Disk) -> Path:
    folder.mkdir(exist_ok=True)
    for left in folder.iterdir():
        left.unlink()
    for name, content in files.items():
        (folder / Path(name).name).write_bytes(content)
    return folder / disk.database.name


def _checksum(files: dict[str, bytes]) -> int:
    total = 0
    for name in sorted(files):
        total = zlib.crc32(files[name], zlib.crc32(name.encode(), total))
    return total


def _kind(in_doubt: set[str], disk: Disk) -> str:
    ends = {name.removeprefix(str(disk.database)) for name in in_doubt}
    if "-journal" in ends:
        return "while the database is made"
    if ends == {"", "-wal"}:
        return "database and log"
    return {"": "database (log being copied)", "-wal": "log"}.get("".join(ends), "nothing in doubt")


# ------------------------------------------------------------------------------- the theme


async def run(scale: Scale, seed: int, out: Report) -> None:
    count = scale.count("powercuts", short=60, long=12_000)
    rows = []
    for name, failing, share in (("works", 0.0, 0.75), ("fails one sync in 25", 0.04, 0.25)):
        with tempfile.TemporaryDirectory() as folder:
            messages = scale.count("messages", short=24, long=300)
            disk = await record(Path(folder), messages, seed, failing=failing)
        result = await cut_the_power(disk, int(count * share), seed)
        asked = Counter(type(event).__name__ for event in disk.log)
        rows += [
            (f"{kind}; the disk {name}", asked["Committed"], states, result.found_broken[kind])
            for kind, states in result.states.most_common()
        ]
        for what, moment in result.broken:
            out.violation(what, f"seed {seed}, a disk that {name}, event {moment} of the record")
    out.table(("what was in doubt when the power went", "commits", "states", "broken"), rows)
    out.figure("powercuts", sum(int(row[2]) for row in rows))
