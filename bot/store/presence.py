"""When the bot last heard from Telegram, as a row; and what came while it was away."""

from __future__ import annotations

import sqlite3

FETCHED_S = 10.0
"""So long after the return, the last batch of what had waited at Telegram is here."""


class Presence:
    """The one row of `presence`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._do = connection.execute

    def seen(self, now: float, longest_s: float) -> None:
        """In touch now. After a silence longer than that, the absence is kept until it is told."""
        self._do(
            "INSERT INTO presence (id, at) VALUES (1, ?1) ON CONFLICT (id) DO UPDATE SET "
            "away_from = CASE WHEN ?1 - at > ?2 THEN coalesce(away_from, at) ELSE away_from END, "
            "back_at = CASE WHEN ?1 - at > ?2 THEN ?1 ELSE back_at END, at = ?1",
            (now, longest_s),
        )

    def absence(self) -> tuple[float, float] | None:
        """``(from, until)`` of an absence that staff have not been told of."""
        row = self._do("SELECT away_from, back_at FROM presence WHERE away_from IS NOT NULL")
        found: tuple[float, float] | None = row.fetchone()
        return found

    def told(self) -> None:
        self._do("UPDATE presence SET away_from = NULL, back_at = NULL")

    def taken_up(self, back_at: float) -> int:
        """How much of customers' was taken up since: it had waited here, or at Telegram.

        The first batch is stored just before its return is noticed; nothing was done for minutes
        before that. What came later than the last batch is news.
        """
        row = self._do(
            "SELECT count(*) FROM inbox WHERE conversation GLOB '[ch]:*' "
            f"AND received_at <= ?1 + {FETCHED_S} AND (state = 'new' OR done_at > ?1 - 60)",
            (back_at,),
        )
        return int(row.fetchone()[0])
