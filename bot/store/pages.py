"""Which cases each lead in private, and all of staff in General, are still to be told of."""

from __future__ import annotations

import sqlite3

_ALL = 0
"""In the place of a lead's id: all of staff, who read General."""


class Pages:
    """The rows of `pages`. A row goes once the message that tells of it has been sent.

    ``lead``: whose private chat with the bot it is told in; None: it is told in General.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._do = connection.execute

    def add(self, lead: int | None, case_id: int) -> None:
        """To be told, also of a case that a message on its way tells of: it rang again since."""
        self._do(
            "INSERT OR REPLACE INTO pages (lead_id, case_id) VALUES (?, ?)", (lead or _ALL, case_id)
        )

    def take(self, lead: int | None, outbox_id: int) -> list[int]:
        """The cases that this message tells of: all that are left."""
        self._do("UPDATE pages SET told_in = ? WHERE lead_id = ?", (outbox_id, lead or _ALL))
        rows = self._do(
            "SELECT case_id FROM pages WHERE told_in = ? ORDER BY case_id", (outbox_id,)
        )
        return [row[0] for row in rows]

    def done(self, outbox_id: int) -> list[int]:
        """The message was sent, or never will be: the cases that it was to tell of."""
        rows = self._do("DELETE FROM pages WHERE told_in = ? RETURNING case_id", (outbox_id,))
        return [row[0] for row in rows]
