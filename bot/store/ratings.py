"""How closed cases went, as their customers said: one tap, and the words they added."""

from __future__ import annotations

import sqlite3

from ..conversation import Rating, Score


class Ratings:
    """The rows of `ratings`: one a case, by the customer of that case."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._do = connection.execute

    def of(self, case_id: int) -> Rating | None:
        row = self._do(
            "SELECT case_id, score, at, comment_ref IS NOT NULL FROM ratings WHERE case_id = ?",
            (case_id,),
        ).fetchone()
        return None if row is None else _rating(row)

    def add(self, case_id: int, score: Score, now: float) -> bool:
        """Count a tap. False: this case was rated before, and the first tap stands."""
        row = self._do(
            "INSERT INTO ratings (case_id, score, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            (case_id, score, now),
        )
        return row.rowcount == 1

    def awaiting_words(self, customer_id: int, since: float) -> list[Rating]:
        """The customer's ratings from ``since`` on, the last first, to which no words were added.

        Not of a case that was taken up again and closed since: there a person has heard them.
        """
        rows = self._do(
            "SELECT r.case_id, r.score, r.at, 0 FROM ratings r JOIN cases c ON c.id = r.case_id "
            "WHERE c.customer_id = ? AND r.at >= ? AND r.comment_ref IS NULL "
            "AND r.at >= coalesce(c.closed_at, r.at) ORDER BY r.at DESC",
            (customer_id, since),
        )
        return [_rating(row) for row in rows]

    def comment(self, case_id: int, ref: int) -> None:
        """The words that were added are this row of the transcript."""
        self._do("UPDATE ratings SET comment_ref = ? WHERE case_id = ?", (ref, case_id))


def _rating(row: tuple[int, str, float, int]) -> Rating:
    case_id, score, at, commented = row
    return Rating(case_id, Score(score), at, bool(commented))
