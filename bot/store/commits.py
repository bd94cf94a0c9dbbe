"""Group commit: whatever queued up during one flush of the disk is the next transaction."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..errors import StoreError
from .records import Records


@dataclass(slots=True)
class Job:
    """Work on the rows, whoever waits for it, and what came of it."""

    work: Callable[[Records], Any]
    done: asyncio.Future[Any]
    alone: bool = False
    """After the commit, in no transaction."""
    result: Any = None
    error: BaseException | None = None


def commit(connection: sqlite3.Connection, records: Records, batch: list[Job]) -> None:
    """The whole batch in one transaction; work that fails is undone alone and keeps its error.

    Raises what the disk says, or `StoreError`: nothing of the batch is stored then.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        for job in batch:
            if job.alone:
                continue
            connection.execute("SAVEPOINT job")
            if not try_it(job, records):
                if not connection.in_transaction:  # SQLite has undone the whole batch by itself
                    raise StoreError(str(job.error))
                connection.execute("ROLLBACK TO job")
            connection.execute("RELEASE job")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def try_it(job: Job, records: Records) -> bool:
    """Did it work? Its result, or its error, is in the job."""
    try:
        job.result = job.work(records)
    except Exception as error:
        refused = is_refusal(error)
        job.error = StoreError(f"nothing was stored ({error})") if refused else error
    return job.error is None


def is_refusal(error: Exception) -> bool:
    """Is it the disk's or a lock's doing, and not a mistake in what was asked of the rows?"""
    if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR:
        return False
    return type(error) in (sqlite3.OperationalError, sqlite3.DatabaseError)


def tell(batch: list[Job]) -> None:
    """Resolve the futures on their loops; one wake-up a batch, not one a job."""
    loops = {job.done.get_loop() for job in batch}
    for loop in loops:
        own = [job for job in batch if job.done.get_loop() is loop]
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(_resolve, own)


def _resolve(batch: list[Job]) -> None:
    for job in batch:
        if job.done.done():
            continue
        if job.error is not None:
            job.done.set_exception(job.error)
        else:
            job.done.set_result(job.result)
