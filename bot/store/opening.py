"""Opening the database: settings that must hold, the steps that bring its tables up to date."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from ..crash_points import Point, passing
from ..errors import StoreError, StoreTooNew

PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": 2,  # FULL
    "foreign_keys": 1,
    "busy_timeout": 5000,
    "trusted_schema": 0,
    "secure_delete": 1,
    "journal_size_limit": 4 * 1024 * 1024,  # a log that had to grow shrinks again
}


def _steps(script: str) -> dict[str, Callable[[Any], None]]:
    """The steps of `schema.sql` by name: each begins at its line ``-- step: name``."""

    def step(sql: str) -> Callable[[Any], None]:
        def apply(db: Any) -> None:
            for statement in _statements(sql):
                db.execute(statement)
                passing(Point.MIGRATING)

        return apply

    _, *parts = re.split(r"^-- step: (\w+)$", script, flags=re.MULTILINE)
    return {name: step(sql) for name, sql in zip(parts[::2], parts[1::2], strict=True)}


MIGRATIONS = _steps((Path(__file__).parent / "schema.sql").read_text("utf-8"))
"""Name -> step. Each step and its record are one transaction; steps are only ever added."""


def writer(path: Path) -> sqlite3.Connection:
    """The connection that writes, its tables brought up to date; a new file is its owner's alone.

    Raises `StoreError` when a setting does not hold, `StoreTooNew`, sqlite3.Error, OSError.
    """
    os.close(os.open(path, os.O_CREAT, 0o600))  # a new one: the log beside it gets the same rights
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    for name, value in PRAGMAS.items():
        connection.execute(f"PRAGMA {name} = {value}")
    _check_pragmas(connection, path)
    db = Database(connection, execute_plugins=False)
    migrations = Migrations("first-responder")
    for name, step in MIGRATIONS.items():
        migrations(name=name)(step)
    newer = {applied.name for applied in migrations.applied(db)} - set(MIGRATIONS)
    if newer:
        connection.close()
        raise StoreTooNew(
            f"{path}: written by a newer version (it knows {', '.join(sorted(newer))}). "
            "Install that version, or restore a backup made by this one."
        )
    migrations.apply(db)
    return connection


def _check_pragmas(connection: sqlite3.Connection, path: Path) -> None:
    for name, wanted in PRAGMAS.items():
        is_now = connection.execute(f"PRAGMA {name}").fetchone()[0]
        if is_now != wanted:
            raise StoreError(
                f"{path}: SQLite refuses {name}={wanted} (it says {is_now}). "
                "The file system may lack locks or shared memory; use a local disk."
            )


def reader(path: Path) -> sqlite3.Connection:
    """A connection that can change nothing."""
    uri = f"{path.resolve().as_uri()}?mode=ro"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA busy_timeout = 5000")
    connection.execute("PRAGMA query_only = 1")
    return connection


def _statements(script: str) -> Iterator[str]:
    """Split a script at the statement ends that SQLite itself sees."""
    part = ""
    for line in script.splitlines(keepends=True):
        part += line
        if sqlite3.complete_statement(part):
            yield part
            part = ""
