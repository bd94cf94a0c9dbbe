"""A person's data, wherever it stands: told to them, or taken out of every table and the group.

Which column holds whose: whose.py.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from ..effects import DeleteMessages, DeleteTopic, EditText
from ..errand import Errand, Purpose
from .transcript import CARRIES
from .whose import ACTS, HELD, NOBODY

MOST_IN_ONE_DELETE = 100
"""Messages that one deleteMessages takes."""


class OwnData:
    """A person's data as rows. ``person``: Telegram's id of a customer."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._do = connection.execute

    def cases_of(self, person: int) -> list[int]:
        rows = self._do("SELECT id FROM cases WHERE customer_id = ? ORDER BY id", (person,))
        return [row[0] for row in rows]

    def count_acts(self, person: int, kind: str, since: float) -> int:
        """How many events of this kind are theirs since then."""
        row = self._do(
            "SELECT count(*) FROM events WHERE actor_id = ? AND at > ? AND kind = ?",
            (person, since, kind),
        ).fetchone()
        return int(row[0])

    # -------------------------------------------------------------------------- erasing

    def erase(self, person: int, upto: int, now: float) -> None:
        """Take a person out of every table; their cases stay, of nobody, to be counted.

        ``upto``: what they sent after this inbox row is a new conversation and is left alone.
        """
        self._do(
            "INSERT INTO customers (id, name) VALUES (?, '') ON CONFLICT DO NOTHING", (NOBODY,)
        )
        self._empty(person, self.cases_of(person), upto, now)

    def is_of_nobody(self, case_id: int) -> bool:
        """Did its customer ask to be erased?"""
        question = "SELECT 1 FROM cases WHERE id = ? AND customer_id = ?"
        return self._do(question, (case_id, NOBODY)).fetchone() is not None

    def empty(self, cases: Sequence[int], now: float) -> None:
        """Take the words out of closed cases; whose they are is kept."""
        self._empty(NOBODY, cases, 0, now)

    def _empty(self, person: int, cases: Sequence[int], upto: int, now: float) -> None:
        whose = {"person": person, "cases": json.dumps(list(cases)), "upto": upto, "now": now}
        for held in HELD:
            if held.emptied:
                changes = ", ".join(f"{column} = {left}" for column, left in held.emptied.items())
                self._do(f"UPDATE {held.table} SET {changes} WHERE {held.of}", whose)
            else:
                self._do(f"DELETE FROM {held.table} WHERE {held.of}", whose)

    def traces(self, cases: Sequence[int]) -> list[Errand]:
        """What takes away the copies in the staff group: whole topics, else single messages."""
        own = json.dumps(list(cases))
        topics = self._do(
            "SELECT id, staff_chat_id, thread_id FROM cases c WHERE id IN "
            "(SELECT value FROM json_each(?1)) AND thread_id IS NOT NULL AND NOT EXISTS "
            "(SELECT 1 FROM cases o WHERE o.staff_chat_id = c.staff_chat_id AND "
            "o.thread_id = c.thread_id AND (o.id > c.id OR o.customer_id <> c.customer_id))",
            (own,),
        ).fetchall()
        whole = {(case, chat) for case, chat, _ in topics}
        errands = [
            Errand(DeleteTopic(chat, thread), Purpose.ERASE, case) for case, chat, thread in topics
        ]
        for (case, chat), found in groupby(self._copies(own), key=lambda row: row[:2]):
            numbers = [] if (case, chat) in whole else [number for _, _, number in found]
            errands.extend(
                Errand(DeleteMessages(chat, part), Purpose.ERASE, case) for part in _parts(numbers)
            )
        return errands + self._lists(own)

    def _lists(self, cases: str) -> list[Errand]:
        """Lists that show one of these cases among others are drawn again without it."""
        rows = self._do(
            "SELECT DISTINCT t.id, t.chat_id, coalesce(t.message_id, 0) FROM lists t "
            "JOIN listed l ON l.list_id = t.id WHERE l.case_id IN "
            "(SELECT value FROM json_each(?))",
            (cases,),
        )
        return [
            Errand(EditText(chat, message, "", html=True), Purpose.LISTED, ref=number)
            for number, chat, message in rows
        ]

    def _copies(self, cases: str) -> list[tuple[int, int, int]]:
        """``(case, chat, message)`` of what lies with staff, as far as rows tell."""
        rows = self._do(
            "WITH own AS (SELECT value AS id FROM json_each(?1)), seen (case_id, chat, number) AS ("
            "SELECT case_id, chat_id, message_id FROM messages WHERE case_id IN own "
            "UNION SELECT case_id, copy_chat_id, copy_id FROM messages WHERE case_id IN own "
            "UNION SELECT id, staff_chat_id, card_id FROM cases WHERE id IN own "
            "UNION SELECT case_id, chat_id, message_id FROM posts WHERE case_id IN own "
            "UNION SELECT case_id, chat_id, message_id FROM posts WHERE quotes IN own "
            "UNION SELECT o.case_id, o.chat_id, j.value FROM outbox o, json_each(o.result) j "
            "WHERE o.case_id IN own AND o.state = 'sent' AND o.kind <> 'CreateTopic') "
            "SELECT s.case_id, s.chat, s.number FROM seen s JOIN cases c ON c.id = s.case_id "
            "WHERE s.chat <> c.customer_id AND s.number IS NOT NULL ORDER BY 1, 2, 3",
            (cases,),
        )
        return rows.fetchall()

    # ------------------------------------------------------------------------- exporting

    def export(self, person: int, *, notes: bool) -> dict[str, Any]:
        """Everything that is known of a person, as plain values; empty for a stranger.

        ``notes``: with what may be about others too: what staff wrote among themselves, the reason
        of a block included, and what they took back.
        """
        known = self._rows(
            "SELECT id, name, username, language, chosen AS chosen_language, met_at, "
            "blocked AS blocked_the_bot, barred_at AS blocked_by_staff_at, "
            "iif(?2, barred_why, NULL) AS blocked_because FROM customers WHERE id = ?1",
            person,
            notes,
        )
        if not known:
            return {}
        cases = self._rows(
            "SELECT id AS number, state, opened_at, closed_at, language, subject, tone, priority, "
            "reason AS went_to_a_person_because FROM cases WHERE customer_id = ? ORDER BY id",
            person,
        )
        hidden: Counter[str] = Counter()
        for case in cases:
            lines = self._lines(case["number"])
            case["messages"] = [line for line in lines if notes or not _of_staff_alone(line)]
            case["decisions"] = self._decisions(case["number"])
            hidden.update(_of_staff_alone(line) for line in lines)
        return {
            "person": known[0],
            "cases": cases,
            "acts": self._acts(person),
            "could_not_be_processed": self._set_aside(person),
            "internal_notes_not_shown": 0 if notes else hidden["note"],
            "taken_back_not_shown": 0 if notes else hidden["taken back"],
        }

    def _acts(self, person: int) -> list[dict[str, Any]]:
        """What they did, as the audit has it."""
        found = self._do(
            f'SELECT at, kind, case_id AS "case" FROM events WHERE {ACTS} ORDER BY id',
            {"person": person, "cases": json.dumps(self.cases_of(person))},
        )
        return _named(found)

    def _set_aside(self, person: int) -> list[dict[str, Any]]:
        """What Telegram sent of theirs and nobody could read: as it came."""
        return self._rows(
            "SELECT received_at, body FROM inbox WHERE conversation IN ('c:' || ?1, 'h:' || ?1) "
            "AND state = 'poison' AND body <> '' ORDER BY seq",
            person,
        )

    def _lines(self, case: int) -> list[dict[str, Any]]:
        """What was said in a case. What the bot was about to say and did not, was never said."""
        return self._rows(
            "SELECT author, text, was AS before_it_was_edited, media, at, taken_back_at "
            "FROM messages m "
            "WHERE case_id = ? AND NOT (author = 'bot' AND "
            f"EXISTS ({CARRIES} AND o.state = 'withdrawn')) ORDER BY id",
            case,
        )

    def _decisions(self, case: int) -> list[dict[str, Any]]:
        """What the machine decided and why: a person may ask for that, and for another look."""
        rows = self._rows(
            "SELECT at, kind, subject, reason, why, reading FROM decisions WHERE case_id = ? "
            "ORDER BY id",
            case,
        )
        return [row | {"reading": json.loads(row["reading"])} for row in rows]

    def _rows(self, question: str, *values: object) -> list[dict[str, Any]]:
        return _named(self._do(question, values))


def _named(found: sqlite3.Cursor) -> list[dict[str, Any]]:
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found]


def _of_staff_alone(line: Mapping[str, Any]) -> str:
    """Why a line may be about somebody else, so that a person must read it before it is handed
    out; empty: it was said between customer and brand."""
    if line["author"] == "note":
        return "note"
    return "taken back" if line["taken_back_at"] is not None else ""


def _parts(numbers: Sequence[int]) -> Iterator[tuple[int, ...]]:
    for start in range(0, len(numbers), MOST_IN_ONE_DELETE):
        yield tuple(numbers[start : start + MOST_IN_ONE_DELETE])
