"""Every word of a case, whoever wrote it, and where its copy lies on the other side."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from .conversation import Author, Line
from .incoming import Wrote


class Transcript:
    """The rows of `messages`. A row is one line; ``ref`` is its number."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._do = connection.execute
        self._do_each = connection.executemany

    def add(
        self,
        case_id: int,
        line: Line,
        chat_id: int | None = None,
        message_id: int | None = None,
    ) -> int:
        """Write down one message; returns its row. ``message_id`` None: not sent yet."""
        row = self._do(
            "INSERT INTO messages (case_id, author, name, text, media, at, chat_id, message_id) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (case_id, line.author, line.name, line.text, line.media, line.at, chat_id, message_id),
        )
        return int(row.lastrowid or 0)

    def sent(self, ref: int, chat_id: int, message_id: int) -> None:
        """The bot's or an agent's line has been delivered as this message."""
        self._do(
            "UPDATE messages SET message_id = coalesce(message_id, ?), chat_id = "
            "coalesce(chat_id, ?) WHERE id = ?",
            (message_id, chat_id, ref),
        )

    def copied(self, ref: int, chat_id: int, message_ids: Sequence[int]) -> None:
        """The copies of lines that were written down one after the other, ``ref`` first."""
        self._do_each(
            "UPDATE messages SET copy_chat_id = ?, copy_id = ? WHERE id = ?",
            [(chat_id, copy, ref + number) for number, copy in enumerate(message_ids)],
        )

    def get(self, ref: int) -> Line | None:
        """One line of a transcript."""
        row = self._do(
            "SELECT author, text, at, media, name FROM messages WHERE id = ?", (ref,)
        ).fetchone()
        if row is None:
            return None
        author, text, at, media, name = row
        return Line(Author(author), text, at, media, name=name)

    def find(self, chat_id: int, message_id: int) -> tuple[int, int] | None:
        """``(row, case)`` of the message written there."""
        row: tuple[int, int] | None = self._do(
            "SELECT id, case_id FROM messages WHERE chat_id = ? AND message_id = ? "
            "ORDER BY id DESC LIMIT 1",
            (chat_id, message_id),
        ).fetchone()
        return row

    def of_message(self, message: Wrote) -> tuple[int, int] | None:
        """``(row, case)`` of a message that was written down before."""
        return self.find(message.chat_id, message.message_id)

    def case_of(self, chat_id: int, message_id: int) -> int | None:
        """The case of a message: written there, copied there, or the bot's post about it."""
        row = self._do(
            "SELECT case_id FROM messages WHERE chat_id = ?1 AND message_id = ?2 "
            "UNION ALL SELECT case_id FROM messages WHERE copy_chat_id = ?1 AND copy_id = ?2 "
            "UNION ALL SELECT id FROM cases WHERE staff_chat_id = ?1 AND card_id = ?2 "
            "UNION ALL SELECT case_id FROM posts WHERE chat_id = ?1 AND message_id = ?2 LIMIT 1",
            (chat_id, message_id),
        ).fetchone()
        return None if row is None else int(row[0])

    def counterpart(self, chat_id: int, message_id: int) -> tuple[int, int] | None:
        """Where the same words lie on the other side: ``(chat, message)``, both ways."""
        row: tuple[int | None, int | None] | None = self._do(
            "SELECT copy_chat_id, copy_id FROM messages WHERE chat_id = ?1 AND message_id = ?2 "
            "UNION ALL SELECT chat_id, message_id FROM messages "
            "WHERE copy_chat_id = ?1 AND copy_id = ?2 LIMIT 1",
            (chat_id, message_id),
        ).fetchone()
        return None if row is None or row[0] is None or row[1] is None else (row[0], row[1])

    def all_said(self, case_id: int) -> str:
        """Every word that went between customer and brand; notes of staff are no part of it."""
        rows = self._do(
            "SELECT text, was FROM messages WHERE case_id = ? AND author <> 'note'", (case_id,)
        )
        return "\n".join(words for row in rows for words in row if words)

    def customer_wrote_after(self, case_id: int, ref: int) -> float | None:
        """When the customer first wrote again after the line ``ref``; None: not yet."""
        row = self._do(
            "SELECT min(at) FROM messages WHERE case_id = ? AND id > ? AND author = 'customer'",
            (case_id, ref),
        ).fetchone()
        return None if row[0] is None else float(row[0])

    def edit(self, ref: int, text: str) -> None:
        """Keep the new words, and the original beside them."""
        self._do(
            "UPDATE messages SET was = coalesce(was, text), text = ? WHERE id = ?", (text, ref)
        )

    def last(self, case_id: int, limit: int = 12) -> list[Line]:
        """The last lines of a case, oldest first; what may not have arrived is marked.

        What the bot was about to say and did not, because a person took over, was never said.
        """
        rows = self._do(
            "SELECT m.author, m.text, m.at, m.media, m.was IS NOT NULL, m.name, "
            "EXISTS (SELECT 1 FROM outbox o WHERE o.case_id = m.case_id AND o.ref = m.id "
            "AND o.state = 'uncertain') FROM messages m WHERE m.case_id = ? "
            "AND NOT (m.author = 'bot' AND EXISTS (SELECT 1 FROM outbox o "
            "WHERE o.case_id = m.case_id AND o.ref = m.id AND o.state = 'withdrawn')) "
            "ORDER BY m.id DESC LIMIT ?",
            (case_id, limit),
        ).fetchall()
        return [
            Line(Author(a), text, at, media, bool(edited), name, bool(unconfirmed))
            for a, text, at, media, edited, name, unconfirmed in reversed(rows)
        ]
