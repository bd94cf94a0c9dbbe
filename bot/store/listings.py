"""Which briefs wait to be joined, in which list each case stands, and what staff have not seen."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence

from ..conversation import Priority
from ..errand import Lane, Purpose, queue_of_case
from .rows import PRIORITY_ORDER

PRESSING_FIRST = f"{PRIORITY_ORDER}, c.waiting_since, c.id"

_UNSHOWN = (
    "FROM cases c JOIN outbox o ON o.case_id = c.id "
    "WHERE o.purpose = 'topic' AND o.state = 'new' AND o.parked >= ? "
    "AND c.state = 'waiting' AND c.seen_at IS NULL "
    "AND c.priority IN (SELECT value FROM json_each(?)) "
    "AND NOT EXISTS (SELECT 1 FROM listed l JOIN lists t ON t.id = l.list_id "
    "WHERE l.case_id = c.id AND t.message_id IS NULL)"
)
"""Cases that wait in no topic and no list, parked or (0) not, of given priorities."""


class Listings:
    """The rows of `lists` and `listed`, and the topics in `outbox` that are parked for them.

    A parked topic is not made until somebody claims the case; its brief and whatever else the
    topic will hold wait behind it, in order. Meanwhile staff see the case in a list.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._do = connection.execute

    # ---------------------------------------------------------------- topics made or parked

    def unbegun(self, chat_id: int) -> list[int]:
        """Cases whose topic waits to be made in this group.

        The index is named, or else SQLite reads the whole outbox: it is in the order asked for.
        Parked topics are not in it, however large the crowd.
        """
        rows = self._do(
            "SELECT o.case_id FROM outbox o INDEXED BY outbox_unbegun "
            "JOIN cases c ON c.id = o.case_id "
            "WHERE o.purpose = 'topic' AND o.state = 'new' AND o.parked = 0 AND o.chat_id = ? "
            "AND c.state = 'waiting' ORDER BY o.id",
            (chat_id,),
        )
        return [row[0] for row in rows]

    def briefs_wait(self, chat_id: int) -> bool:
        """Is there a brief, or a topic for one, that this group has still to take?"""
        row = self._do(
            "SELECT 1 FROM outbox o WHERE o.lane = ? AND o.state = 'new' AND o.chat_id = ? "
            "AND o.purpose IN ('topic', 'brief', 'list') AND NOT EXISTS (SELECT 1 FROM outbox t "
            "WHERE t.queue = o.queue AND t.state = 'new' AND t.parked = 1)",
            (Lane.STAFF, chat_id),
        )
        return row.fetchone() is not None

    def park(self, cases: Iterable[int]) -> None:
        self._do(
            "UPDATE outbox SET parked = 1 WHERE purpose = 'topic' AND state = 'new' "
            "AND case_id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(cases)),),
        )

    def is_parked(self, case_id: int) -> bool:
        row = self._do(
            "SELECT 1 FROM outbox WHERE purpose = 'topic' AND state = 'new' AND parked = 1 "
            "AND case_id = ?",
            (case_id,),
        )
        return row.fetchone() is not None

    def unpark(self, case_id: int) -> None:
        """Make the topic after all, with all that waits behind it."""
        self._do(
            "UPDATE outbox SET parked = 0 WHERE purpose = 'topic' AND state = 'new' "
            "AND case_id = ?",
            (case_id,),
        )

    def unpark_all(self) -> None:
        self._do(
            "UPDATE outbox SET parked = 0 WHERE purpose = 'topic' AND state = 'new' AND parked = 1"
        )

    def drop(self, case_id: int, now: float) -> None:
        """The topic will not be needed, nor what it would have held."""
        self._do(
            "UPDATE outbox SET state = 'withdrawn', done_at = ? WHERE queue = ? AND state = 'new'",
            (now, queue_of_case(case_id)),
        )

    # -------------------------------------------------------------------------- the lists

    def pool(self, priorities: Sequence[Priority], limit: int, parked: bool = True) -> list[int]:
        """Cases that no list has shown or is about to show, the most pressing first.

        ``parked``: only those whose topic is.
        """
        rows = self._do(
            f"SELECT c.id {_UNSHOWN} ORDER BY {PRESSING_FIRST} LIMIT ?",
            (int(parked), json.dumps(priorities), limit),
        )
        return [row[0] for row in rows]

    def pooled(self, priorities: Sequence[Priority], most: int) -> int:
        """How many parked ones there are; not counted beyond ``most``."""
        row = self._do(
            f"SELECT count(*) FROM (SELECT 1 {_UNSHOWN} LIMIT ?)",
            (1, json.dumps(priorities), most),
        )
        return int(row.fetchone()[0])

    def new(self, purpose: Purpose, chat_id: int) -> int:
        """A list that is still empty; returns its row."""
        row = self._do("INSERT INTO lists (purpose, chat_id) VALUES (?, ?)", (purpose, chat_id))
        return int(row.lastrowid or 0)

    def fill(self, list_id: int, cases: Iterable[int], now: float) -> None:
        self._do("UPDATE lists SET made_at = ? WHERE id = ?", (now, list_id))
        self._do(
            "INSERT OR IGNORE INTO listed (list_id, case_id) SELECT ?, value FROM json_each(?)",
            (list_id, json.dumps(list(cases))),
        )

    def empty(self, list_id: int) -> None:
        """It could not be sent: nobody stands in it."""
        self._do("DELETE FROM listed WHERE list_id = ?", (list_id,))

    def rang(self, chat_id: int, message_id: int, cases: Iterable[int]) -> int:
        """An alarm that was sent, which shows these cases as a list does; returns its row."""
        list_id = self.new(Purpose.LIST, chat_id)
        self._do("UPDATE lists SET rings = 1, message_id = ? WHERE id = ?", (message_id, list_id))
        self._do(
            "INSERT INTO listed (list_id, case_id) SELECT ?, value FROM json_each(?)",
            (list_id, json.dumps(list(cases))),
        )
        return list_id

    def rings(self, list_id: int) -> bool:
        """Is it an alarm?"""
        row = self._do("SELECT rings FROM lists WHERE id = ?", (list_id,)).fetchone()
        return row is not None and bool(row[0])

    def sent(self, list_id: int, message_id: int) -> None:
        self._do("UPDATE lists SET message_id = ? WHERE id = ?", (message_id, list_id))

    def move_chat(self, old_id: int, new_id: int) -> None:
        """The group was upgraded: its lists are out of reach, those on their way go to the new."""
        sent = "SELECT id FROM lists WHERE chat_id = ? AND message_id IS NOT NULL"
        self._do(f"DELETE FROM listed WHERE list_id IN ({sent})", (old_id,))
        self._do("DELETE FROM lists WHERE chat_id = ? AND message_id IS NOT NULL", (old_id,))
        self._do("UPDATE lists SET chat_id = ? WHERE chat_id = ?", (new_id, old_id))

    def cases(self, list_id: int) -> list[int]:
        """The cases in a list, the most pressing first."""
        rows = self._do(
            "SELECT c.id FROM cases c JOIN listed l ON l.case_id = c.id WHERE l.list_id = ? "
            f"ORDER BY {PRESSING_FIRST}",
            (list_id,),
        )
        return [row[0] for row in rows]

    def showing(self, case_id: int) -> list[tuple[int, int, int]]:
        """``(list, chat, message)`` of the lists in which staff can see a case."""
        return self._do(
            "SELECT t.id, t.chat_id, t.message_id FROM lists t JOIN listed l ON l.list_id = t.id "
            "WHERE l.case_id = ? AND t.message_id IS NOT NULL",
            (case_id,),
        ).fetchall()

    def place(self, list_id: int) -> tuple[int, int] | None:
        """``(chat, message)`` of a list that was sent."""
        row: tuple[int, int] | None = self._do(
            "SELECT chat_id, message_id FROM lists WHERE id = ? AND message_id IS NOT NULL",
            (list_id,),
        ).fetchone()
        return row

    def made_last(self, chat_id: int, *purposes: Purpose) -> float:
        """When the last list of these kinds was made for a chat; 0.0: never."""
        row = self._do(
            "SELECT coalesce(max(made_at), 0.0) FROM lists WHERE chat_id = ? "
            "AND purpose IN (SELECT value FROM json_each(?))",
            (chat_id, json.dumps(purposes)),
        )
        return float(row.fetchone()[0])

    # -------------------------------------------------------------------------- the board

    def board(self, chat_id: int) -> tuple[int | None, float]:
        """``(message, time)`` of a group's board: None: there is none; 0.0: never drawn."""
        row: tuple[int | None, float] | None = self._do(
            "SELECT message_id, drawn_at FROM boards WHERE chat_id = ?", (chat_id,)
        ).fetchone()
        return row or (None, 0.0)

    def board_drawn(self, chat_id: int, now: float) -> None:
        self._do(
            "INSERT INTO boards (chat_id, drawn_at) VALUES (?1, ?2) "
            "ON CONFLICT (chat_id) DO UPDATE SET drawn_at = ?2",
            (chat_id, now),
        )

    def board_is(self, chat_id: int, message_id: int | None) -> None:
        """Where the board lies from now on; None: it is lost."""
        self._do("UPDATE boards SET message_id = ? WHERE chat_id = ?", (message_id, chat_id))

    def unseen_since(self) -> float | None:
        """Since when the oldest angry or urgent case waits of which staff have seen nothing."""
        row = self._do(
            "SELECT min(waiting_since) FROM cases WHERE state = 'waiting' AND seen_at IS NULL "
            "AND (priority = 'urgent' OR tone = 'angry')"
        ).fetchone()
        return None if row[0] is None else float(row[0])
