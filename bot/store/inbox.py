"""What came in, as rows: open until an outcome is recorded."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence

from ..incoming import InboxRow, Side

POISON_AFTER = 5
"""So many failures on one row, and it is set aside and shown to staff."""


class Inbox:
    """Updates as they came. A row is open until an outcome is recorded."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._do = connection.execute

    def add(
        self, bot_id: int, updates: Iterable[tuple[int, str, str]], now: float
    ) -> dict[str, int]:
        """Store ``(update_id, conversation, body)``; what is there already is left alone.

        Returns how many new rows each conversation got.
        """
        fresh: dict[str, int] = {}
        for update_id, conversation, body in updates:
            row = self._do(
                "INSERT INTO inbox (bot_id, update_id, conversation, body, received_at) "
                "VALUES (?, ?, ?, ?, ?) ON CONFLICT (bot_id, update_id) DO NOTHING",
                (bot_id, update_id, conversation, body, now),
            )
            if row.rowcount:
                fresh[conversation] = fresh.get(conversation, 0) + 1
        return fresh

    def offset(self, bot_id: int) -> int | None:
        row = self._do("SELECT next FROM offsets WHERE bot_id = ?", (bot_id,)).fetchone()
        return None if row is None else int(row[0])

    def move_offset(self, bot_id: int, next_id: int) -> None:
        self._do(
            "INSERT INTO offsets (bot_id, next) VALUES (?, ?) ON CONFLICT (bot_id) "
            "DO UPDATE SET next = max(next, excluded.next)",
            (bot_id, next_id),
        )

    def pending(self, conversation: str, limit: int = 50) -> list[InboxRow]:
        """The open rows of a conversation, oldest first."""
        rows = self._do(
            "SELECT seq, update_id, conversation, body, received_at, tries FROM inbox "
            "WHERE conversation = ? AND state = 'new' ORDER BY seq LIMIT ?",
            (conversation, limit),
        )
        return [InboxRow(*row) for row in rows]

    def newest_after(self, conversation: str, seq: int) -> int:
        """The highest open row of a conversation after ``seq``; 0 when there is none."""
        row = self._do(
            "SELECT max(seq) FROM inbox WHERE conversation = ? AND state = 'new' AND seq > ?",
            (conversation, seq),
        ).fetchone()
        return int(row[0] or 0)

    def newest_of_all(self) -> int:
        """The highest ``seq`` there is."""
        return int(self._do("SELECT coalesce(max(seq), 0) FROM inbox").fetchone()[0])

    def open_conversations(self) -> list[str]:
        """The conversations with open rows: those first whose oldest one failed least often."""
        rows = self._do(
            "SELECT conversation, tries, min(seq) AS first FROM inbox WHERE state = 'new' "
            "GROUP BY conversation ORDER BY tries, first"  # tries: those of the first row
        )
        return [row[0] for row in rows]

    def open_seqs(self) -> list[int]:
        return [row[0] for row in self._do("SELECT seq FROM inbox WHERE state = 'new'")]

    def move_is_open(self) -> bool:
        """Does an upgrade of a group wait to be taken up?"""
        row = self._do(
            "SELECT 1 FROM inbox WHERE state = 'new' AND conversation LIKE 's:%' "
            "AND body LIKE '%\"migrate\\_%' ESCAPE '\\' LIMIT 1"
        ).fetchone()
        return row is not None

    def finish(
        self, seqs: Sequence[int], outcome: str, now: float, case_id: int | None = None
    ) -> None:
        """Record the outcome: only now is the turn no longer open.

        What of its words is needed stands in the case by now; here they are not kept twice.
        """
        self._do(
            "UPDATE inbox SET state = 'done', outcome = ?, done_at = ?, case_id = ?, body = '' "
            "WHERE state = 'new' AND seq IN (SELECT value FROM json_each(?))",
            (outcome, now, case_id, json.dumps(list(seqs))),
        )

    def listen(
        self, seqs: Sequence[int], outcome: str, now: float, case_id: int | None = None
    ) -> None:
        """The outcome is that people have these words; the model has still to hear them.

        Until `heard` they stay open, in a queue of their own: no further words wait behind it.
        """
        self._do(
            "UPDATE inbox SET conversation = ? || substr(conversation, 3), outcome = ?, "
            "done_at = ?, case_id = ? "
            "WHERE state = 'new' AND seq IN (SELECT value FROM json_each(?))",
            (Side.LISTENED.key(""), outcome, now, case_id, json.dumps(list(seqs))),
        )

    def heard(self, seqs: Sequence[int]) -> None:
        """The model has heard them: they are what they were, and not kept twice."""
        self._do(
            "UPDATE inbox SET conversation = 'c:' || substr(conversation, 3), state = 'done', "
            "body = '' WHERE state = 'new' AND seq IN (SELECT value FROM json_each(?))",
            (json.dumps(list(seqs)),),
        )

    def are_open(self, seqs: Sequence[int]) -> bool:
        """Are all of these rows still to be worked? Not so when their person was erased."""
        row = self._do(
            "SELECT count(*) FROM inbox WHERE state = 'new' "
            "AND seq IN (SELECT value FROM json_each(?))",
            (json.dumps(list(seqs)),),
        ).fetchone()
        return int(row[0]) == len(set(seqs))

    def count_try(self, seqs: Sequence[int]) -> None:
        self._do(
            "UPDATE inbox SET tries = tries + 1 WHERE seq IN (SELECT value FROM json_each(?))",
            (json.dumps(list(seqs)),),
        )

    def quarantine(self, seqs: Sequence[int], now: float, case_id: int | None) -> None:
        """Set poison rows aside: kept as they are, never tried again."""
        self._do(
            "UPDATE inbox SET state = 'poison', outcome = 'poison', done_at = ?, case_id = ? "
            "WHERE seq IN (SELECT value FROM json_each(?))",
            (now, case_id, json.dumps(list(seqs))),
        )
