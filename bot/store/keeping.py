"""What is kept for how long, as rows: each verb takes out a small batch whose time is up."""

from __future__ import annotations

import json
import sqlite3

from .whose import NOBODY, TO_ERASE

_FRONT = 500
"""How many of the oldest rows of a queue are looked at in one batch."""
_CASES = 25
"""Cases taken in one batch: some hundreds of rows."""

OF_A_CASE = (
    "messages",
    "decisions",
    "timers",
    "keyboards",
    "posts",
    "listed",
    "held_replies",
    "ratings",
    "drafts",
    "promises",
    "pages",
    "outbox",
    "inbox",
)
"""The tables whose rows belong to a case and go with it; a test compares with the schema."""


class Keeping:
    """The retention, in small batches: each verb returns True while there is more to do."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._do = connection.execute

    # ---------------------------------------------------------------------------- chores

    def chore(self, name: str, due_at: float) -> None:
        """Something is to be done at a time; asked for again, the sooner one counts."""
        self._do(
            "INSERT INTO chores (name, due_at) VALUES (?, ?) ON CONFLICT (name) "
            "DO UPDATE SET due_at = min(due_at, excluded.due_at)",
            (name, due_at),
        )

    def chores(self) -> list[tuple[str, float]]:
        """``(name, due_at)``, the next one first."""
        return self._do("SELECT name, due_at FROM chores ORDER BY due_at, name").fetchall()

    def chore_done(self, name: str, due_at: float, again_at: float | None = None) -> None:
        """It was done as it stood then; what was asked for meanwhile stays."""
        self._do("DELETE FROM chores WHERE name = ? AND due_at = ?", (name, due_at))
        if again_at is not None:
            self.chore(name, again_at)

    # ------------------------------------------------------------------------- the batches

    def drop_inbox(self, before: float) -> bool:
        """Updates that have an outcome."""
        return self._drop_front("inbox", "seq", "state <> 'new' AND received_at < ?", before)

    def drop_outbox(self, before: float) -> bool:
        """Effects that are settled, and what the bot was about to say in them and never said."""
        old = "state NOT IN ('new', 'claimed') AND created_at < ?"
        self._do(
            "DELETE FROM messages WHERE author = 'bot' AND message_id IS NULL AND (id, case_id) IN "
            f"(SELECT ref, case_id FROM {_front('outbox', 'id')} WHERE {old} "
            "AND state = 'withdrawn' AND purpose NOT IN ('question', 'given'))",
            (before,),
        )
        return self._drop_front("outbox", "id", old, before)

    def drop_events(self, before: float) -> bool:
        return self._drop_front("events", "id", "at < ?", before)

    def drop_buttons(self, before: float) -> bool:
        """Buttons about a person; those of a case go with its words."""
        gone = self._do(
            "DELETE FROM keyboards WHERE token IN (SELECT token FROM keyboards "
            "WHERE case_id IS NULL AND made_at < ? LIMIT ?)",
            (before, _FRONT),
        )
        return gone.rowcount > 0

    def cases_to_empty(self, before: float) -> list[int]:
        """Closed cases whose words are to go now; empty when there are none."""
        rows = self._do(
            "SELECT id FROM cases WHERE state = 'closed' AND emptied_at IS NULL "
            "AND closed_at < ? ORDER BY closed_at LIMIT ?",
            (before, _CASES),
        )
        return [row[0] for row in rows]

    def drop_cases(self, before: float) -> bool:
        """Whole cases with all that belongs to them; they are counted by month first.

        One whose words are still to be taken away in the staff group stays until that is done.
        """
        rows = self._do(
            "SELECT id FROM cases WHERE state = 'closed' AND closed_at < ? "
            f"AND id NOT IN (SELECT case_id FROM outbox WHERE {TO_ERASE} AND case_id NOT NULL) "
            "ORDER BY closed_at LIMIT ?",
            (before, _CASES),
        ).fetchall()
        cases = json.dumps([row[0] for row in rows])
        self._tally(cases)
        theirs = "(SELECT value FROM json_each(?))"
        for table in OF_A_CASE:
            self._do(f"DELETE FROM {table} WHERE case_id IN {theirs}", (cases,))
        self._do(f"DELETE FROM cases WHERE id IN {theirs}", (cases,))
        return len(rows) > 0

    def drop_customers(self, before: float) -> bool:
        """People of whom nothing is left but their name; a block outlives their last case."""
        gone = self._do(
            "DELETE FROM customers WHERE id IN (SELECT id FROM customers c WHERE id <> ? "
            "AND NOT EXISTS (SELECT 1 FROM cases WHERE customer_id = c.id) "
            "AND barred_at IS NULL "
            "AND max(coalesce(met_at, 0), coalesce(chosen_at, 0)) < ? LIMIT ?)",
            (NOBODY, before, _FRONT),
        )
        return gone.rowcount > 0

    def _tally(self, cases: str) -> None:
        for what in ("'cases'", "reason", "subject", "tone", "language"):
            name = what.strip("'")
            self._do(
                "INSERT INTO tallies (month, what, of, n) "
                f"SELECT strftime('%Y-%m', opened_at, 'unixepoch'), '{name}', {what}, count(*) "
                f"FROM cases WHERE id IN (SELECT value FROM json_each(?)) AND {what} IS NOT NULL "
                "GROUP BY 1, 3 ON CONFLICT (month, what, of) DO UPDATE SET n = n + excluded.n",
                (cases,),
            )

    def _drop_front(self, table: str, key: str, old: str, before: float) -> bool:
        """Delete the old ones among the first rows: the oldest come first, nothing is scanned."""
        gone = self._do(
            f"DELETE FROM {table} WHERE {key} IN "
            f"(SELECT {key} FROM {_front(table, key)} WHERE {old})",
            (before,),
        )
        return gone.rowcount > 0


def _front(table: str, key: str) -> str:
    return f"(SELECT * FROM {table} ORDER BY {key} LIMIT {_FRONT})"
