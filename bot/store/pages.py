"""Which overdue cases each lead is still to be told of in private, and in which message."""

from __future__ import annotations

import sqlite3


class Pages:
    """The rows of `pages`. A row goes once the message that tells of it has been sent."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._do = connection.execute

    def add(self, lead: int, case_id: int) -> None:
        """To be told, also of a case that a message on its way tells of: it rang again since."""
        self._do("INSERT OR REPLACE INTO pages (lead_id, case_id) VALUES (?, ?)", (lead, case_id))

    def take(self, lead: int, outbox_id: int) -> list[int]:
        """The cases that this message tells of: all that are left."""
        self._do("UPDATE pages SET told_in = ? WHERE lead_id = ?", (outbox_id, lead))
        rows = self._do(
            "SELECT case_id FROM pages WHERE told_in = ? ORDER BY case_id", (outbox_id,)
        )
        return [row[0] for row in rows]

    def done(self, outbox_id: int) -> None:
        """The message was sent, or never will be."""
        self._do("DELETE FROM pages WHERE told_in = ?", (outbox_id,))
