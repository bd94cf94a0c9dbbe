"""Every word of a case, whoever wrote it, and where its copy lies on the other side."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import NamedTuple

from ..conversation import Author, Line
from ..incoming import Wrote

CARRIES = (
    "SELECT 1 FROM outbox o WHERE o.case_id = m.case_id AND o.ref = m.id "
    "AND o.purpose NOT IN ('question', 'given')"
)
"""What carries a line ``m`` of the transcript; of these two, ``ref`` is something else."""

LAST_LINES = 12
THANKED = "thanked"
"""How the audit calls a line of the customer that only gives thanks to whoever holds the case."""


class Beyond(NamedTuple):
    """A customer's line that a brief can only mention; ``message``: its number in their chat."""

    ref: int
    message: int
    text: str
    media: bool


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

    def beyond_brief(self, case_id: int, longest: int, most: int, copied: bool) -> list[Beyond]:
        """What a brief can only mention: media, and long texts.

        The customer's last ``most``, in order. ``copied``: those that staff had a copy of, else
        those they never had.
        """
        rows = self._do(
            "SELECT id, message_id, text, media IS NOT NULL FROM messages "
            "WHERE case_id = ? AND author = 'customer' "
            "AND message_id IS NOT NULL AND (media IS NOT NULL OR length(text) > ?) "
            "AND (copy_id IS NOT NULL) = ? ORDER BY id DESC LIMIT ?",
            (case_id, longest, copied, most),
        ).fetchall()
        return [
            Beyond(ref, message, text, bool(media)) for ref, message, text, media in reversed(rows)
        ]

    def sent(self, ref: int, chat_id: int, message_id: int) -> None:
        """The bot's or an agent's line has been delivered as this message."""
        self._do(
            "UPDATE messages SET message_id = coalesce(message_id, ?), chat_id = "
            "coalesce(chat_id, ?) WHERE id = ?",
            (message_id, chat_id, ref),
        )

    def copied(
        self, case_id: int, from_staff: bool, chat_id: int, copies: Iterable[tuple[int, int]]
    ) -> None:
        """``copies``: the number of a message of the case, and of its copy in ``chat_id``.

        The group may have been upgraded meanwhile, so its messages are known by their side.
        """
        self._do_each(
            "UPDATE messages SET copy_chat_id = ?, copy_id = ? WHERE case_id = ? "
            "AND message_id = ? AND (chat_id < 0) = ?",
            [(chat_id, copy, case_id, message, from_staff) for message, copy in copies],
        )

    def copied_as(self, ref: int, chat_id: int, copy_id: int) -> None:
        """What stands for one line on the other side."""
        self._do(
            "UPDATE messages SET copy_chat_id = ?, copy_id = ? WHERE id = ?",
            (chat_id, copy_id, ref),
        )

    def copy_of(self, ref: int) -> int | None:
        """The number of a line's copy on the other side, once it is there."""
        row = self._do("SELECT copy_id FROM messages WHERE id = ?", (ref,)).fetchone()
        return None if row is None else row[0]

    def last_pressed(self, case_id: int) -> int | None:
        """The last line of staff that was written nowhere, but sent by a button."""
        row = self._do(
            "SELECT max(id) FROM messages WHERE case_id = ? AND author = 'agent' "
            "AND message_id IS NULL AND taken_back_at IS NULL",
            (case_id,),
        ).fetchone()
        return None if row[0] is None else int(row[0])

    def take_back(self, ref: int, now: float) -> None:
        """The line was taken back: it stays in the record, marked."""
        self._do("UPDATE messages SET taken_back_at = ? WHERE id = ?", (now, ref))

    def get(self, ref: int) -> Line | None:
        """One line of a transcript."""
        row = self._do(
            "SELECT author, text, at, media, name FROM messages WHERE id = ?", (ref,)
        ).fetchone()
        if row is None:
            return None
        author, text, at, media, name = row
        return Line(Author(author), text, at, media, name=name)

    def line_at(self, chat_id: int, message_id: int) -> tuple[int, Line] | None:
        """The row and line (the last) of a message that was written, or copied, there."""
        row = self._do(
            "SELECT coalesce("
            "(SELECT max(id) FROM messages WHERE chat_id = ?1 AND message_id = ?2), "
            "(SELECT max(id) FROM messages WHERE copy_chat_id = ?1 AND copy_id = ?2))",
            (chat_id, message_id),
        ).fetchone()
        line = None if row[0] is None else self.get(row[0])
        return None if line is None else (int(row[0]), line)

    def place(self, ref: int) -> tuple[int, int] | None:
        """The message a line was written as: ``(chat, message)``."""
        row: tuple[int, int] | None = self._do(
            "SELECT chat_id, message_id FROM messages WHERE id = ? AND message_id IS NOT NULL",
            (ref,),
        ).fetchone()
        return row

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

    def was_replied_to(self, case_id: int, ref: int | None = None) -> bool:
        """Do words of an agent that arrived stand after the line ``ref``, or, without one, after
        what the customer wrote last?"""
        row = self._do(
            "SELECT 1 FROM messages WHERE case_id = ?1 AND author = 'agent' "
            "AND copy_id IS NOT NULL AND taken_back_at IS NULL AND id > coalesce(?2, "
            "(SELECT max(id) FROM messages WHERE case_id = ?1 AND author = 'customer'), 0) LIMIT 1",
            (case_id, ref),
        )
        return row.fetchone() is not None

    def all_said(self, case_id: int) -> str:
        """Every word that went between customer and brand; notes of staff are no part of it."""
        rows = self._do(
            "SELECT text, was FROM messages WHERE case_id = ? AND author <> 'note'", (case_id,)
        )
        return "\n".join(words for row in rows for words in row if words)

    def customer_wrote_after(self, case_id: int, ref: int) -> float | None:
        """When the customer first wrote again, after the line ``ref``, what wants a reply; None:
        not yet. A press does not, which was written nowhere; nor do thanks, unless changed since.
        """
        row = self._do(
            "SELECT min(at) FROM messages m WHERE case_id = ? AND id > ? AND author = 'customer' "
            "AND message_id IS NOT NULL AND (was IS NOT NULL OR NOT EXISTS ("
            "SELECT 1 FROM events e WHERE e.case_id = m.case_id AND e.kind = ? AND detail = m.id))",
            (case_id, ref, THANKED),
        ).fetchone()
        return None if row[0] is None else float(row[0])

    def edit(self, ref: int, text: str) -> None:
        """Keep the new words, and the original beside them."""
        self._do(
            "UPDATE messages SET was = coalesce(was, text), text = ? WHERE id = ?", (text, ref)
        )

    def said_by_customer(self, case_id: int) -> str:
        """All that the customer wrote in a case."""
        row = self._do(
            "SELECT coalesce(group_concat(text, ' '), '') FROM messages "
            "WHERE case_id = ? AND author = 'customer'",
            (case_id,),
        ).fetchone()
        return str(row[0])

    def before_bot(self, case_id: int) -> str:
        """What the customer wrote just before the bot's last words in a case."""
        rows = self._do(
            "WITH bot AS (SELECT id FROM messages WHERE case_id = ?1 AND author = 'bot' "
            "ORDER BY id DESC LIMIT 1), before AS (SELECT coalesce(max(m.id), 0) AS id "
            "FROM messages m, bot WHERE case_id = ?1 AND author <> 'customer' AND m.id < bot.id) "
            "SELECT m.text FROM messages m, bot, before WHERE case_id = ?1 AND m.text <> '' "
            "AND m.id > before.id AND m.id < bot.id ORDER BY m.id",
            (case_id,),
        )
        return "\n".join(text for (text,) in rows)

    def last(self, case_id: int) -> list[Line]:
        """The last lines of a case, oldest first; what may not have arrived is marked.

        What the bot was about to say and did not, because a person took over, was never said.
        """
        rows = self._do(
            "SELECT m.author, m.text, m.at, m.media, m.was, m.name, m.taken_back_at, "
            f"EXISTS ({CARRIES} AND o.state = 'uncertain') FROM messages m WHERE m.case_id = ? "
            f"AND NOT (m.author = 'bot' AND EXISTS ({CARRIES} AND o.state = 'withdrawn')) "
            f"ORDER BY m.id DESC LIMIT {LAST_LINES}",
            (case_id,),
        ).fetchall()
        return [
            Line(
                Author(author),
                text,
                at,
                media,
                was is not None,
                name,
                bool(unconfirmed),
                was,
                taken_back is not None,
            )
            for author, text, at, media, was, name, taken_back, unconfirmed in reversed(rows)
        ]
