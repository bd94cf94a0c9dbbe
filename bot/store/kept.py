"""Every promise as a row: how long the queue was when it was made, and when it was kept."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection

from ..conversation import Priority
from ..promises.wait import Wait

_AT_LEAST = {one: tuple(Priority)[: place + 1] for place, one in enumerate(Priority)}
"""Each priority, and those as pressing as it or more."""


class Promises:
    """The rows of `promises`, and the clocks in `timers` that ring while one is open."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._do = connection.execute

    def made(
        self, case_id: int, priority: Priority, since: float, due_at: float, on_duty: int
    ) -> None:
        """A person will have replied by ``due_at``; said again of the same wait, it is moved."""
        self._do(
            "INSERT INTO promises (case_id, priority, since, due_at, ahead, on_duty) "
            "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (case_id, since) "
            "DO UPDATE SET priority = excluded.priority, due_at = excluded.due_at",
            (case_id, priority, since, due_at, self.ahead(case_id, priority), on_duty),
        )

    def keep(self, case_id: int, now: float) -> None:
        """A person's words have arrived."""
        self._do(
            "UPDATE promises SET kept_at = ? WHERE kept_at IS NULL AND id = "
            "(SELECT max(id) FROM promises WHERE case_id = ?)",
            (now, case_id),
        )

    def ahead(self, case_id: int, priority: Priority) -> int:
        """How many other cases a person owes a reply that are at least as pressing."""
        return int(self._owed("count(*)", case_id, priority) or 0)

    def oldest(self, case_id: int, priority: Priority) -> float | None:
        """Since when the one of them that nobody has taken up waits longest."""
        return self._owed("min(waiting_since)", case_id, priority, "AND state = 'waiting'")

    def recent(self, priority: Priority, since: float, most: int) -> list[Wait]:
        """How long people waited lately, by promises kept after ``since``; the last first."""
        rows = self._do(
            "SELECT since, kept_at, ahead, on_duty FROM promises "
            "WHERE priority = ? AND kept_at >= ? ORDER BY kept_at DESC LIMIT ?",
            (priority, since, most),
        )
        return [Wait(*row) for row in rows]

    # --------------------------------------------------------------------------- its clocks

    def stop_clocks(self, case_id: int, kinds: Collection[str]) -> None:
        """Neither will they ring, nor is it remembered that they did."""
        self._do(
            "DELETE FROM timers WHERE case_id = ? AND kind IN (SELECT value FROM json_each(?))",
            (case_id, json.dumps(list(kinds))),
        )

    def clocks_by(self, case_id: int, now: float) -> set[str]:
        """The clocks of a case whose time has come, whether they have rung yet or not."""
        rows = self._do("SELECT kind FROM timers WHERE case_id = ? AND due_at <= ?", (case_id, now))
        return {row[0] for row in rows}

    def acts_since(self, case_id: int, marks: Collection[str], people: Collection[int]) -> set[str]:
        """What these people have done with the case since the last of ``marks`` in its audit."""
        rows = self._do(
            "SELECT DISTINCT kind FROM events WHERE case_id = ?1 AND id > "
            "(SELECT coalesce(max(id), 0) FROM events WHERE case_id = ?1 "
            "AND kind IN (SELECT value FROM json_each(?2))) "
            "AND actor_id IN (SELECT value FROM json_each(?3))",
            (case_id, json.dumps(list(marks)), json.dumps(list(people))),
        )
        return {row[0] for row in rows}

    def _owed(self, what: str, case_id: int, priority: Priority, such: str = "") -> float | None:
        """Read from the index alone: this is asked at every hand-over of a crowd."""
        row = self._do(
            f"SELECT {what} FROM cases INDEXED BY cases_owed "
            "WHERE state IN ('waiting', 'claimed') AND due_at IS NOT NULL "
            f"AND priority IN (SELECT value FROM json_each(?)) {such} AND id <> ?",
            (json.dumps(_AT_LEAST[priority]), case_id),
        ).fetchone()
        return None if row[0] is None else float(row[0])
