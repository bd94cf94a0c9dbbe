"""What a person could answer: texts proposed under a brief, kept while staff have the case."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable

from ..conversation import Draft, Settled


class Drafts:
    """The rows of `drafts`. The first that was neither sent nor put aside is the one shown."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._do = connection.execute

    def propose(self, case_id: int, texts: Iterable[tuple[str, int | None]]) -> None:
        """``(text, case it answered before)``, the best first, in place of what there was."""
        self.forget(case_id)
        for text, source in texts:
            self._do(
                "INSERT INTO drafts (case_id, text, source) VALUES (?, ?, ?)",
                (case_id, text, source),
            )

    def shown(self, case_id: int) -> Draft | None:
        """The draft that stands under the brief now; None: there is none (left)."""
        row = self._do(
            "SELECT id, text, source, count(*) OVER () FROM drafts WHERE case_id = ? "
            "AND sent_at IS NULL ORDER BY put_aside, id LIMIT 1",
            (case_id,),
        ).fetchone()
        return None if row is None else Draft(*row)

    def get(self, draft_id: int, case_id: int) -> Draft | None:
        """One that can still be sent."""
        row = self._do(
            "SELECT id, text, source, 1 FROM drafts WHERE id = ? AND case_id = ? "
            "AND sent_at IS NULL",
            (draft_id, case_id),
        ).fetchone()
        return None if row is None else Draft(*row)

    def put_aside(self, draft_id: int) -> None:
        """Not this one: the others come first now."""
        self._do("UPDATE drafts SET put_aside = put_aside + 1 WHERE id = ?", (draft_id,))

    def sent(self, draft_id: int, now: float) -> None:
        self._do("UPDATE drafts SET sent_at = ? WHERE id = ?", (now, draft_id))

    def put_back(self, draft_id: int) -> None:
        """It did not go: it is proposed again."""
        self._do("UPDATE drafts SET sent_at = NULL WHERE id = ?", (draft_id,))

    def forget(self, case_id: int) -> None:
        """Copies of others' words live no longer than the case needs them."""
        self._do("DELETE FROM drafts WHERE case_id = ?", (case_id,))

    def made_of(self, cases: Iterable[int]) -> list[int]:
        """The other cases to which an answer that was given in these is proposed."""
        rows = self._do(
            "WITH theirs AS (SELECT value AS id FROM json_each(?)) SELECT DISTINCT case_id "
            "FROM drafts WHERE source IN theirs AND case_id NOT IN theirs",
            (json.dumps(list(cases)),),
        )
        return [case for (case,) in rows]

    def settled(self, language: str, limit: int = 200, but: int = 0) -> list[Settled]:
        """The last cases that people resolved in this language, but for those rated badly, and
        for the case ``but``.

        The answer is the longest text of an agent that arrived there and was left: a greeting is
        shorter.
        """
        rows = self._do(
            "SELECT c.id, c.subject, "
            "(SELECT group_concat(m.text, ' ') FROM messages m WHERE m.case_id = c.id "
            "AND m.author = 'customer') AS asked, "
            "(SELECT m.text FROM messages m WHERE m.case_id = c.id AND m.author = 'agent' "
            "AND m.media IS NULL AND m.copy_id IS NOT NULL AND m.taken_back_at IS NULL "
            "ORDER BY length(m.text) DESC LIMIT 1) AS answer "
            "FROM cases c LEFT JOIN ratings r ON r.case_id = c.id "
            "WHERE c.state = 'closed' AND c.owner_id IS NOT NULL AND c.language = ? "
            "AND coalesce(r.score, '') <> 'bad' AND c.id <> ? ORDER BY c.closed_at DESC LIMIT ?",
            (language, but, limit),
        )
        return [Settled(*row) for row in rows if row[2] and row[3]]
