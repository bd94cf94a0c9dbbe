"""The database engine: one writer thread with group commit, and read-only eyes beside it.

SQLite (WAL, synchronous=FULL) because Telegram is told "received" on commit: with NORMAL a power
cut may take back what was acknowledged. One row a commit costs a disk flush (302 rows/s measured);
so whatever piles up while one flush runs is committed by the next one (5,120 rows/s at 20 a flush).

What the rows mean is in `schema.sql`; the questions and changes are verbs in `records.py`.
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from ..errors import StoreError
from . import commits, copies, opening
from .records import Records

T = TypeVar("T")
Work = Callable[[Records], T]

MOST_IN_ONE_COMMIT = 256


class Store:
    """The one place that opens the database.

    ``write`` runs a closure inside the writer's transaction and returns when it is on disk;
    ``read`` runs one on a read-only connection. Both hand the closure a `Records`.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self._jobs: queue.SimpleQueue[commits.Job | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._reader: Records | None = None
        self._writer: sqlite3.Connection | None = None
        self._unwritten = self._unread = ""
        self.refused = 0
        """So many writes since the start."""
        self.changed = asyncio.Event()
        """The store began to refuse, to be written or to be read, or no longer does."""

    @property
    def refusal(self) -> str:
        """Why nothing can be stored, or read, at the moment; empty while the store does both."""
        return self._unwritten or self._unread

    async def open(self) -> None:
        """Open, check and migrate. Raises `StoreError` with the mend."""
        if self._thread is not None:
            return
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._writer = await asyncio.to_thread(opening.writer, self.path)
            self._reader = Records(opening.reader(self.path))
        except (sqlite3.Error, OSError) as error:
            raise StoreError(
                f"{self.path}: the database cannot be opened ({error}). "
                "Check that the folder exists, is writable and has space, or restore a backup."
            ) from error
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    async def close(self) -> None:
        """Finish the queued work, then close."""
        if self._thread is None:
            return
        self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)
        self._thread = None
        if self._reader is not None:
            self._reader.close()
        if self._writer is not None:
            self._writer.close()

    async def write(self, work: Work[T]) -> T:
        """Run ``work`` in a transaction; return its result once it is on disk.

        If ``work`` raises, its own changes are undone and the error is raised here; the others
        in the same commit are untouched. If the commit fails, `StoreError` is raised.
        """
        return await self._queued(work)

    async def _queued(self, work: Work[T], *, alone: bool = False) -> T:
        if self._thread is None:
            raise StoreError(f"{self.path}: the database is not open.")
        job = commits.Job(work, asyncio.get_running_loop().create_future(), alone)
        self._jobs.put(job)
        result: T = await job.done
        return result

    async def read(self, work: Work[T]) -> T:
        """Run ``work`` on the read-only connection. Short, indexed questions only.

        It runs on the event loop's own thread: such a question takes tens of microseconds, a
        thread switch as long. It is a coroutine so that a network database can take its place.
        """
        if self._reader is None:
            raise StoreError(f"{self.path}: the database is not open.")
        refusal = ""
        try:
            return work(self._reader)
        except sqlite3.DatabaseError as error:
            if not commits.is_refusal(error):
                raise
            refusal = f"cannot be read ({error})"
            raise StoreError(f"{self.path}: {refusal}.") from error
        finally:
            self._note_reading(refusal)

    def _note_reading(self, refusal: str) -> None:
        """Is the store read? Most that is to be stored is looked up first, and fails there."""
        if bool(refusal) != bool(self._unread):
            self.changed.set()
        self._unread = refusal

    async def backup(self, to: Path, at: float) -> None:
        """Write a checked copy to ``to``, which says that it was made ``at`` this time.

        What lay there is replaced by a whole copy or not at all. Raises `StoreError`.
        """
        try:
            await asyncio.to_thread(copies.copy, self.path, to, at)
        except (sqlite3.Error, OSError) as error:
            raise StoreError(f"{to}: no backup was made ({error}).") from error

    async def wipe_log(self) -> None:
        """Empty the write-ahead log, in which erased words stand until then.

        In the database itself, secure_delete has overwritten their rows. Raises `StoreError`
        while somebody else reads; then ask again later. The writer does it, as every checkpoint:
        of two connections that do, SQLite before 3.51.3 may damage the log.
        """
        await self._queued(lambda records: records.copied.wipe_log(), alone=True)

    async def compact(self) -> None:
        """Write the whole database anew, without what is erased; others' writes wait meanwhile.

        When rows move to another page SQLite leaves what they said in the free space of the old
        one, where secure_delete cannot find it. Raises `StoreError` when there is no room.
        """
        copies.check_room(self.path)
        await self._queued(lambda records: records.compact(), alone=True)

    # ------------------------------------------------------------------ the writer thread

    def _run(self) -> None:
        assert self._writer is not None
        records = Records(self._writer)
        while (first := self._jobs.get()) is not None:
            batch, last = self._gather(first)
            changes = self._writer.total_changes
            try:
                commits.commit(self._writer, records, batch)
            except Exception as error:  # whatever it was: nobody may wait for ever
                for job in batch:
                    job.error = StoreError(f"{self.path}: nothing was stored ({error}).")
            self._note_health(batch, self._writer.total_changes > changes)
            commits.tell([job for job in batch if not job.alone])
            for job in (alone := [job for job in batch if job.alone]):
                if job.error is None:
                    commits.try_it(job, records)
            commits.tell(alone)
            if last:
                return

    def _note_health(self, batch: list[commits.Job], wrote: bool) -> None:
        """Does the store take what it is given? A commit without a change proves nothing."""
        refused = [job.error for job in batch if isinstance(job.error, StoreError)]
        if not refused and not wrote:
            return
        self.refused += len(refused)
        was_refusing, self._unwritten = bool(self._unwritten), str(refused[0]) if refused else ""
        if was_refusing != bool(refused):
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody asks any more
                batch[0].done.get_loop().call_soon_threadsafe(self.changed.set)

    def _gather(self, first: commits.Job) -> tuple[list[commits.Job], bool]:
        """Everything that queued up while the last commit ran. True: it is the last batch."""
        batch = [first]
        while len(batch) < MOST_IN_ONE_COMMIT:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                return batch, False
            if job is None:
                return batch, True
            batch.append(job)
        return batch, False
