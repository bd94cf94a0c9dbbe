"""The clocks of cases, as rows: what is due when, and what has rung."""

from __future__ import annotations

import sqlite3

MOST_AT_ONCE = 100
"""Clocks that run out in one transaction; the others in the next."""


class Timers:
    """The rows of `timers`: one a case and kind."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._do = connection.execute

    def set(self, case_id: int, kind: str, due_at: float) -> None:
        """Set a clock, or move it."""
        self._do(
            "INSERT INTO timers (case_id, kind, due_at) VALUES (?, ?, ?) ON CONFLICT "
            "(case_id, kind) DO UPDATE SET due_at = excluded.due_at, fired_at = NULL",
            (case_id, kind, due_at),
        )

    def moment(self, case_id: int, kind: str) -> float | None:
        """When a clock rings, or rang; None: there is none."""
        row = self._do(
            "SELECT due_at FROM timers WHERE case_id = ? AND kind = ?", (case_id, kind)
        ).fetchone()
        return None if row is None else float(row[0])

    def clear(self, case_id: int) -> None:
        """The case's own clocks; a question about a held reply keeps its clock."""
        self._do(
            "DELETE FROM timers WHERE case_id = ? AND fired_at IS NULL AND kind NOT LIKE 'held:%'",
            (case_id,),
        )

    def next_at(self) -> float | None:
        found = self._do("SELECT min(due_at) FROM timers WHERE fired_at IS NULL").fetchone()[0]
        return None if found is None else float(found)

    def due(self, now: float) -> list[tuple[int, str]]:
        """``(case, kind)`` of the clocks that ran out, the longest ago first."""
        rows = self._do(
            "SELECT case_id, kind FROM timers WHERE fired_at IS NULL AND due_at <= ? "
            f"ORDER BY due_at LIMIT {MOST_AT_ONCE}",
            (now,),
        )
        return [(case_id, kind) for case_id, kind in rows]

    def fire(self, now: float, only: tuple[int, str] | None = None) -> list[tuple[int, str]]:
        """The clocks that ran out (``only`` this one, if it did); each is given out once."""
        return [clock for clock in ([only] if only else self.due(now)) if self._stop(clock, now)]

    def _stop(self, clock: tuple[int, str], now: float) -> bool:
        row = self._do(
            "UPDATE timers SET fired_at = ?1 WHERE case_id = ?2 AND kind = ?3 "
            "AND fired_at IS NULL AND due_at <= ?1",
            (now, *clock),
        )
        return row.rowcount == 1
