"""What keeps a store from storing: a full disk, a disk that fails, somebody else who holds it."""

from __future__ import annotations

import contextlib
import errno
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from .sqlite_disk import IO_ERROR_FSYNC, IO_ERROR_WRITE, OK, Asked, Disk, Synced, Wrote

_HOLD = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)
for statement in sys.argv[2:]:
    db.execute(statement).fetchall()
print("held", flush=True)
sys.stdin.read()
"""


class NoSmallDisk(Exception):
    """This machine lets us make no file system; the message says why."""


@contextlib.contextmanager
def small_disk(folder: Path, mebibytes: int) -> Iterator[Path]:
    """A file system of this size in place of the folder. Raises `NoSmallDisk`."""
    command = ("mount", "-t", "tmpfs", "-o", f"size={mebibytes}m", "tmpfs", str(folder))
    try:
        made = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise NoSmallDisk(f"no small file system: {error}") from error
    if made.returncode:
        raise NoSmallDisk(f"no small file system: {made.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(("umount", "--lazy", str(folder)), check=True)


@contextlib.contextmanager
def filled(folder: Path) -> Iterator[None]:
    """Somebody else's file takes the last byte; afterwards it is deleted."""
    ballast = folder / "ballast"
    try:
        with ballast.open("wb", buffering=0) as file:
            for size in (1 << 16, 1 << 12, 1):
                with contextlib.suppress(_Full):
                    while True:
                        _write(file, bytes(size))
        yield
    finally:
        ballast.unlink()


class _Full(Exception):
    pass


def _write(file: object, data: bytes) -> None:
    try:
        file.write(data)  # type: ignore[attr-defined]
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise _Full from error


@contextlib.contextmanager
def failing(disk: Disk, asked: type[Asked]) -> Iterator[None]:
    """The disk fails at every write, or at every sync, as with EIO."""
    code = {Wrote: IO_ERROR_WRITE, Synced: IO_ERROR_FSYNC}[asked]
    before, disk.refuse = disk.refuse, lambda what, _: code if what is asked else OK
    try:
        yield
    finally:
        disk.refuse = before


@contextlib.contextmanager
def held(store: Path, *statements: str) -> Iterator[None]:
    """Another process has done this to the database and does not let go."""
    command = (sys.executable, "-c", _HOLD, str(store), *statements)
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdin is not None and other.stdout is not None
        if other.stdout.readline() != b"held\n":
            raise RuntimeError("the other process could not take hold of the database")
        try:
            yield
        finally:
            other.stdin.close()
            other.wait(10)
