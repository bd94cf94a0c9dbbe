"""What is known of the staff group: whose our posts are, and since when it is out of reach."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence


class Group:
    """The rows of `posts` and `lost_groups`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._do = connection.execute
        self._do_each = connection.executemany

    def posted(
        self, case_id: int, chat_id: int, message_ids: Sequence[int], quoted: int | None = None
    ) -> None:
        """The bot's own messages about a case: a reply to one of them is about that case.

        ``quoted``: another case, whose answer they show.
        """
        self._do_each(
            "INSERT OR REPLACE INTO posts (chat_id, message_id, case_id, quotes) "
            "VALUES (?, ?, ?, ?)",
            [(chat_id, message, case_id, quoted) for message in message_ids],
        )

    def lose(self, chat_id: int, now: float, why: str) -> bool:
        """The group cannot be written to. True the first time."""
        row = self._do(
            "INSERT INTO lost_groups (chat_id, since, why) VALUES (?, ?, ?) "
            "ON CONFLICT (chat_id) DO NOTHING",
            (chat_id, now, why),
        )
        return row.rowcount == 1

    def lost_since(self, chat_id: int) -> float | None:
        row = self._do("SELECT since FROM lost_groups WHERE chat_id = ?", (chat_id,)).fetchone()
        return None if row is None else float(row[0])

    def found(self, chat_id: int) -> None:
        self._do("DELETE FROM lost_groups WHERE chat_id = ?", (chat_id,))
