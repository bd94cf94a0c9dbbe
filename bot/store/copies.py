"""Copies of the database file, made while it is in use; and how a bot goes on that starts on one.

A copy carries the moment it was made in the header of its file (``user_version``, minutes since
1970; 0: it is no copy). The original went on after that, so nobody knows which of the effects and
turns that stand open in the copy have been done since: nothing of it is done again by itself.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path

from ..crash_points import Point, passing
from ..errors import StoreError
from ..incoming import Side

ROOM = 3
"""So many times its size a database needs to be written anew: beside itself, and in the log."""
NUMBERS_LEFT_OUT = 1000
"""Case numbers that the original may have given to others since; no case gets one of them."""


class Copied:
    """Is this database a copy, and what of it stood open when it was made?"""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._do = connection.execute

    def at(self) -> float | None:
        """When the copy was made; None when this is no copy, or is one no longer."""
        minutes = int(self._do("PRAGMA user_version").fetchone()[0])
        return minutes * 60.0 if minutes else None

    def becomes_the_original(self, last_try: int) -> tuple[int, int]:
        """Go on from here: how many effects and turns stood open.

        The effects are another run's from now on, claimed and never settled; the turns are at their
        ``last_try``, so that people get them; what people have is heard once more.
        """
        effects = self._do(
            "UPDATE outbox SET state = 'claimed', worker = 'the original', "
            "claimed_at = created_at WHERE state = 'new'"
        ).rowcount
        turns = self._do(
            "UPDATE inbox SET tries = ? WHERE state = 'new' AND conversation NOT GLOB ?",
            (last_try, Side.LISTENED.key("*")),
        ).rowcount
        self._do(
            "UPDATE sqlite_sequence SET seq = seq + ? WHERE name = 'cases'", (NUMBERS_LEFT_OUT,)
        )
        self._do("PRAGMA user_version = 0")
        return effects, turns

    def wipe_log(self) -> None:
        """Empty the write-ahead log, in no transaction. Raises `StoreError` while somebody reads,
        or sqlite3.Error when the disk refuses."""
        if self._do("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
            raise StoreError("Somebody is reading; the write-ahead log is not wiped yet.")


def copy(source: Path, to: Path, at: float) -> None:
    """Write a checked copy to ``to``, readable by its owner only: the old one is replaced last.

    ``at``: the time. Raises `StoreError`, OSError or sqlite3.Error; ``to`` is as it was then.
    """
    if to.exists() and to.samefile(source):
        raise StoreError(f"{to}: this is the database itself. Name another file for its copy.")
    if to.exists() and not to.is_file():  # a device would be gone, with a database in its place
        raise StoreError(f"{to}: this is no file. Name one for the copy.")
    to.parent.mkdir(parents=True, exist_ok=True)
    draft = to.with_name(to.name + ".part")
    draft.unlink(missing_ok=True)
    os.close(os.open(draft, os.O_CREAT | os.O_EXCL, 0o600))
    try:
        _write(source, draft, at)
        _sync(draft)
        passing(Point.BACKING_UP)
        draft.replace(to)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    _sync(to.parent)  # the new name, too, is there after a power cut


def _write(source: Path, draft: Path, at: float) -> None:
    reader = sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)
    copied = sqlite3.connect(draft)
    try:
        passing(Point.BACKING_UP)
        reader.backup(copied)
        passing(Point.BACKING_UP)
        copied.execute("PRAGMA journal_mode = delete")
        copied.execute(f"PRAGMA user_version = {int(at // 60)}")
        verdict = copied.execute("PRAGMA integrity_check").fetchone()[0]
    finally:
        copied.close()
        reader.close()
    if verdict != "ok":
        raise StoreError(f"{source}: its copy is damaged ({verdict}). The database needs care.")


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def check_room(path: Path) -> None:
    """Is there room to write a database anew? Raises `StoreError`, before any of it is taken."""
    needed, free = ROOM * path.stat().st_size, shutil.disk_usage(path.parent).free
    if free < needed:
        what = f"{free:,} bytes are free where {needed:,} are needed to write it anew."
        raise StoreError(f"{path}: {what}")
