"""Whose data stands in which column: what of a person is exported, and what is left of it erased.

Every text column of the store is named here, in `HELD` or `NOBODYS`; a test walks the schema and
fails for one that is not, so that no table is forgotten when somebody wants to be.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from ..effects import DeleteMessages, DeleteTopic, EditText
from ..errand import Errand, Purpose
from .transcript import CARRIES

NOBODY = 0
"""The customer to whom a case belongs once its person is erased; nobody can be told apart."""
MOST_IN_ONE_DELETE = 100
"""Messages that one deleteMessages takes."""


@dataclass(frozen=True, slots=True)
class Held:
    """What one table holds about a person.

    ``of``: SQL that finds their rows by ``:person`` (0: nobody's), ``:cases`` (JSON list) and
    ``:upto`` (the last inbox row that is meant). ``emptied``: column -> SQL for what is left of
    it; without any, the row goes. ``kept``: texts in a row that stays and tell of nobody, or of
    staff.
    """

    table: str
    of: str
    emptied: Mapping[str, str] = field(default_factory=dict)
    kept: tuple[str, ...] = ()


_AMONG = "IN (SELECT value FROM json_each(:cases))"
_THEIRS = f"case_id {_AMONG}"
_LOOSE = "case_id IS NULL AND state NOT IN ('new', 'claimed')"
_NOT_OF_STAFF = ":person NOT IN (SELECT id FROM staff)"
_ACTS = f"actor_id = :person AND ({_THEIRS} OR kind LIKE 'asked%' OR {_NOT_OF_STAFF})"
"""What they did as a customer. What somebody of staff did with the cases of others is the brand's
audit, and what was said to them in private about those cases is the brand's too."""
TO_ERASE = "purpose = 'erase' AND state IN ('new', 'claimed')"
"""Orders in `outbox` to take words away in the staff group; nothing else knows where they lie."""

HELD = (
    Held(
        "inbox",
        "conversation = 'c:' || :person AND seq <= :upto",
        {
            "conversation": "'erased'",
            "body": "''",
            "state": "CASE state WHEN 'poison' THEN state ELSE 'done' END",
            "outcome": "coalesce(outcome, 'erased')",
            "done_at": "coalesce(done_at, :now)",
        },
    ),
    # Words of staff that could not be processed: nobody knows whom they are about.
    Held("inbox", "state = 'poison' AND :person <> 0", {"body": "''"}),
    # Of no case and done: a list that staff asked for, a board; it may name anybody.
    Held(
        "outbox",
        f"({_THEIRS} OR (chat_id = :person AND (purpose = 'own' OR {_NOT_OF_STAFF})) "
        f"OR (:person <> 0 AND {_LOOSE})) AND NOT ({TO_ERASE})",
    ),
    # What was shown to staff of other cases may quote how theirs was settled, as a draft.
    Held(
        "outbox",
        "purpose IN ('brief', 'card') AND state NOT IN ('new', 'claimed') AND :person <> 0",
        {"payload": "json_set(payload, '$.text', '')"},
    ),
    Held("outbox", f"purpose = 'given' AND ref {_AMONG}"),
    Held("posts", f"{_THEIRS} OR quotes {_AMONG}"),
    Held("listed", _THEIRS),
    Held("pages", _THEIRS),
    Held("keyboards", f"{_THEIRS} OR (chat_id = :person AND role = 'customer')"),
    Held("timers", _THEIRS),
    Held("drafts", f"{_THEIRS} OR source {_AMONG}"),
    Held(
        "held_replies",
        _THEIRS,
        {
            "messages": "'[]'",
            "found": "'[]'",
            "asked_id": "NULL",
            "state": "CASE WHEN state IN ('asked', 'behind') THEN 'over' ELSE state END",
        },
        kept=("agent_name",),
    ),
    Held(
        "messages",
        _THEIRS,
        {
            "text": "''",
            "was": "NULL",
            "media": "NULL",
            "chat_id": "NULL",
            "message_id": "NULL",
            "copy_chat_id": "NULL",
            "copy_id": "NULL",
        },
        kept=("author", "name"),
    ),
    Held(
        "decisions",
        _THEIRS,
        {"why": "''", "reading": "'{}'"},
        kept=("kind", "subject", "reason"),
    ),
    Held(
        "events",
        f":person <> 0 AND ({_THEIRS} OR ({_ACTS}))",
        {"actor_id": "nullif(actor_id, :person)", "detail": "NULL"},
        kept=("kind",),
    ),
    Held(
        "cases",
        f"id {_AMONG}",
        {
            "customer_id": f"CASE customer_id WHEN :person THEN {NOBODY} ELSE customer_id END",
            "telling": "'[]'",
            "thread_id": "NULL",
            "card_id": "NULL",
            "version": "version + 1",
            "emptied_at": ":now",
        },
        kept=(
            *("state", "language", "subject", "answered", "choices", "reason", "priority"),
            *("tone", "owner_name"),
        ),
    ),
    Held("customers", "id = :person AND id <> 0 AND barred_at IS NULL"),
    # An erasure is no way around a block: the number and since when stay, and nothing else.
    Held(
        "customers",
        "id = :person AND barred_at IS NOT NULL",
        {
            "name": "''",
            **dict.fromkeys(
                ("username", "language", "met_at", "intro_ref", "chosen", "chosen_at"), "NULL"
            ),
            **dict.fromkeys(("barred_why", "barred_by"), "NULL"),
            "blocked": "0",
        },
    ),
)
"""In this order: `cases` and `customers` come after whatever refers to them."""

NOBODYS: Mapping[str, str] = {
    "staff": "names of people who work for the brand",
    "lost_groups": "Telegram's words",
    "lists": "kinds of lists",
    "ratings": "scores; the words stand in messages",
    "promises": "how long cases waited",
    "chores": "names of chores",
    "tallies": "counts",
}
"""Tables with texts that tell of no customer."""


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
            f'SELECT at, kind, case_id AS "case" FROM events WHERE {_ACTS} ORDER BY id',
            {"person": person, "cases": json.dumps(self.cases_of(person))},
        )
        return _named(found)

    def _set_aside(self, person: int) -> list[dict[str, Any]]:
        """What Telegram sent of theirs and nobody could read: as it came."""
        return self._rows(
            "SELECT received_at, body FROM inbox WHERE conversation = 'c:' || ? "
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


def texts_named(tables: Iterable[Held] = HELD) -> dict[str, set[str]]:
    """Table -> the columns named here; a table whose rows go whole names all of them (``*``)."""
    named: dict[str, set[str]] = {}
    for held in tables:
        named.setdefault(held.table, set()).update(held.emptied or {"*"}, held.kept)
    return named
