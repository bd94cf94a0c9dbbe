"""The verbs on the rows: customers, cases, transcript, decisions, timers, buttons, events.

One `Records` belongs to one connection and is used inside a closure handed to the store. It knows
SQL and rows, and decides nothing.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

from ..conversation import (
    MOVES,
    Case,
    Clarify,
    Customer,
    Decision,
    HandOver,
    Person,
    Priority,
    Reading,
    Reason,
    Reply,
    State,
    Tone,
)
from ..errors import CaseConflict
from .backlog import Backlog
from .copies import Copied
from .drafts import Drafts
from .errands import Outbox
from .group import Group
from .held_replies import HeldReplies
from .inbox import Inbox
from .keeping import Keeping
from .kept import Promises
from .listings import Listings
from .own_data import OwnData
from .pages import Pages
from .presence import Presence
from .ratings import Ratings
from .team import Team
from .transcript import Transcript

_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
"""As `json.dumps` with these options, which would build an encoder anew for each call."""

_CASE = tuple(f.name for f in fields(Case))
_LISTS = ("answered", "choices", "telling")
"""Columns of a case that hold JSON."""
_CUSTOMER = tuple(f.name for f in fields(Customer))
_CASE_COLUMNS = ", ".join(_CASE)
_FIXED = ("id", "customer_id", "opened_at")
_CUSTOMER_COLUMNS = ", ".join(_CUSTOMER)
_SAVE_CASE = (  # without what never changes: SQLite would write its index entries anew
    f"UPDATE cases SET {', '.join(f'{c} = :{c}' for c in _CASE if c not in _FIXED)} WHERE id = :id"
)


class Records:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._do = connection.execute
        self.inbox = Inbox(connection)
        self.outbox = Outbox(connection)
        self.held = HeldReplies(connection)
        self.transcript = Transcript(connection)
        self.own_data = OwnData(connection)
        self.keeping = Keeping(connection)
        self.team = Team(connection)
        self.group = Group(connection)
        self.presence = Presence(connection)
        self.promises = Promises(connection)
        self.listings = Listings(connection)
        self.ratings = Ratings(connection)
        self.drafts = Drafts(connection)
        self.copied = Copied(connection)
        self.backlog = Backlog(connection)
        self.pages = Pages(connection)

    def close(self) -> None:
        self._connection.close()

    def compact(self) -> None:
        """Write every page anew; not inside a transaction."""
        self._do("VACUUM")

    # ------------------------------------------------------------------------ customers

    def customer(self, customer_id: int) -> Customer | None:
        row = self._do(
            f"SELECT {_CUSTOMER_COLUMNS} FROM customers WHERE id = ?", (customer_id,)
        ).fetchone()
        return None if row is None else _customer(row)

    def remember(self, person: Person, language: str | None = None) -> Customer:
        """Write down who a customer is now; keeps the language when none is given."""
        (row,) = self._do(
            "INSERT INTO customers (id, name, username, language) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (id) DO UPDATE SET name = excluded.name, username = excluded.username, "
            f"language = coalesce(excluded.language, language) RETURNING {_CUSTOMER_COLUMNS}",
            (person.id, person.name, person.username, language),
        ).fetchall()
        return _customer(row)

    def choose_language(self, customer_id: int, language: str | None, now: float) -> None:
        """They asked for a language; None: for the one they write in."""
        self._do(
            "UPDATE customers SET chosen = ?, chosen_at = ? WHERE id = ?",
            (language, now, customer_id),
        )

    def introduces(self, customer_id: int, line: int) -> None:
        """This line of the transcript will tell them that a machine answers."""
        self._do("UPDATE customers SET intro_ref = ? WHERE id = ?", (line, customer_id))

    def introduction_is_under_way(self, customer_id: int) -> bool:
        row = self._do(
            "SELECT 1 FROM outbox o JOIN customers c ON c.intro_ref = o.ref WHERE c.id = ?1 "
            "AND o.queue = 'chat:' || ?1 AND o.state IN ('new', 'claimed')",
            (customer_id,),
        )
        return row.fetchone() is not None

    def introduced(self, customer_id: int, line: int, now: float) -> None:
        """This line has arrived: if it is the one that introduces the bot, they have met."""
        self._do(
            "UPDATE customers SET met_at = ? WHERE id = ? AND intro_ref = ? AND met_at IS NULL",
            (now, customer_id, line),
        )

    def set_blocked(self, customer_id: int, blocked: bool) -> None:
        self._do("UPDATE customers SET blocked = ? WHERE id = ?", (int(blocked), customer_id))

    def bar(self, customer_id: int, now: float, why: str, by: int) -> None:
        """Staff block them."""
        self._do(
            "UPDATE customers SET barred_at = ?, barred_why = ?, barred_by = ? WHERE id = ?",
            (now, why, by, customer_id),
        )

    def let_in(self, customer_id: int) -> None:
        """Staff block them no more."""
        self._do(
            "UPDATE customers SET barred_at = NULL, barred_why = NULL, barred_by = NULL "
            "WHERE id = ?",
            (customer_id,),
        )

    # ---------------------------------------------------------------------------- cases

    def case(self, case_id: int) -> Case | None:
        return self._one_case("id = ?", case_id)

    def open_case(self, customer_id: int) -> Case | None:
        return self._one_case("customer_id = ? AND state <> 'closed'", customer_id)

    def open_state(self, customer_id: int) -> State | None:
        """Who must act next for a customer; None: no case of theirs is open."""
        row = self._do(
            "SELECT state FROM cases WHERE customer_id = ? AND state <> 'closed'", (customer_id,)
        ).fetchone()
        return None if row is None else State(row[0])

    def last_case(self, customer_id: int) -> Case | None:
        return self._one_case("customer_id = ? ORDER BY id DESC LIMIT 1", customer_id)

    def last_case_with_words(self, customer_id: int) -> Case | None:
        """Their last case, unless retention has taken its words out: it is told of no more."""
        return self._one_case(
            "customer_id = ? AND emptied_at IS NULL ORDER BY id DESC LIMIT 1", customer_id
        )

    def case_in_topic(self, chat_id: int, thread_id: int) -> Case | None:
        """The case a topic belongs to, the newest if a topic was used again."""
        return self._one_case(
            "staff_chat_id = ? AND thread_id = ? ORDER BY id DESC LIMIT 1", chat_id, thread_id
        )

    def count_cases(self, customer_id: int) -> int:
        row = self._do("SELECT count(*) FROM cases WHERE customer_id = ?", (customer_id,))
        return int(row.fetchone()[0])

    def cases_before(self, case: Case, limit: int = 3) -> list[Case]:
        """The customer's last closed cases before this one, the newest first."""
        rows = self._do(
            f"SELECT {_CASE_COLUMNS} FROM cases WHERE customer_id = ? AND id < ? "
            "AND state = 'closed' ORDER BY id DESC LIMIT ?",
            (case.customer_id, case.id, limit),
        )
        return [_case(row) for row in rows]

    def waiting_cases(self) -> list[Case]:
        """Cases that wait for a person, the most pressing first."""
        rows = self._do(
            f"SELECT {_CASE_COLUMNS} FROM cases WHERE state IN ('waiting', 'claimed') "
            "ORDER BY state DESC, CASE priority WHEN 'urgent' THEN 0 WHEN 'high' THEN 1 ELSE 2 "
            "END, due_at IS NULL, due_at, id"
        )
        return [_case(row) for row in rows]

    def new_case(self, customer_id: int, now: float, boundary: int) -> Case:
        row = self._do(
            "INSERT INTO cases (customer_id, state, opened_at, changed_at, boundary) "
            "VALUES (?, 'new', ?, ?, ?)",
            (customer_id, now, now, boundary),
        )
        number = int(row.lastrowid or 0)
        return Case(number, customer_id, State.NEW, now, now, boundary=boundary)

    def save(self, case: Case, now: float, by: int | None = None) -> Case:
        """Store a changed case; a move of its state goes to the audit, with who made it.

        Raises CaseConflict: changed meanwhile, or no such move.
        """
        before = self._do("SELECT version, state FROM cases WHERE id = ?", (case.id,)).fetchone()
        if before is None or before[0] != case.version:
            raise CaseConflict(f"Case {case.id} was changed meanwhile; read it again.")
        was = State(before[1])
        if case.state is not was and case.state not in MOVES[was]:
            raise CaseConflict(f"Case {case.id} cannot go from {was} to {case.state}.")
        changed = replace(case, version=case.version + 1, changed_at=now)
        values: dict[str, Any] = {name: getattr(changed, name) for name in _CASE}
        for name in _LISTS:
            values[name] = _json(values[name]) if values[name] else "[]"
        self._do(_SAVE_CASE, values)
        if case.state is not was:
            self.note("moved", now, case.id, by, f"{was} > {case.state}")
        return changed

    def _one_case(self, where: str, *values: object) -> Case | None:
        row = self._do(f"SELECT {_CASE_COLUMNS} FROM cases WHERE {where}", values).fetchone()
        return None if row is None else _case(row)

    # ------------------------------------------------------------------------ decisions

    def add_decision(
        self, case_id: int, turn: tuple[int, int], decision: Decision, reading: Reading, now: float
    ) -> None:
        """Record what was understood and decided about the inbox rows ``turn`` (first, last)."""
        kind, subject, reason = _decision_columns(decision)
        self._do(
            "INSERT INTO decisions (case_id, at, first_seq, last_seq, kind, subject, reason, why, "
            "reading) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (case_id, now, *turn, kind, subject, reason, decision.why, reading_json(reading)),
        )

    def last_why(self, case_id: int) -> str:
        """Why the case last went to staff, in words; empty when it never did."""
        row = self._do(
            "SELECT why FROM decisions WHERE case_id = ? AND kind = 'hand_over' "
            "ORDER BY id DESC LIMIT 1",
            (case_id,),
        ).fetchone()
        return "" if row is None else str(row[0])

    # --------------------------------------------------------------------------- timers

    def set_timer(self, case_id: int, kind: str, due_at: float) -> None:
        """Set a clock, or move it."""
        self._do(
            "INSERT INTO timers (case_id, kind, due_at) VALUES (?, ?, ?) ON CONFLICT "
            "(case_id, kind) DO UPDATE SET due_at = excluded.due_at, fired_at = NULL",
            (case_id, kind, due_at),
        )

    def clear_timers(self, case_id: int) -> None:
        """The case's own clocks; a question about a held reply keeps its clock."""
        self._do(
            "DELETE FROM timers WHERE case_id = ? AND fired_at IS NULL AND kind NOT LIKE 'held:%'",
            (case_id,),
        )

    def next_timer_at(self) -> float | None:
        found = self._do("SELECT min(due_at) FROM timers WHERE fired_at IS NULL").fetchone()[0]
        return None if found is None else float(found)

    def fire_timers(self, now: float, limit: int = 100) -> list[tuple[int, str]]:
        """``(case, kind)`` of the clocks that ran out; each is given out once."""
        rows = self._do(
            "SELECT id, case_id, kind FROM timers WHERE fired_at IS NULL AND due_at <= ? "
            "ORDER BY due_at LIMIT ?",
            (now, limit),
        ).fetchall()
        self._connection.executemany(
            "UPDATE timers SET fired_at = ? WHERE id = ?", [(now, row[0]) for row in rows]
        )
        return [(row[1], row[2]) for row in rows]

    # -------------------------------------------------------------------------- buttons

    def add_keyboard(
        self, case_id: int | None, chat_id: int, role: str, acts: Sequence[str], now: float
    ) -> list[str]:
        """Store what a row of buttons means; returns the opaque data for each.

        Without a case they are about the person whose chat it is.
        """
        token = secrets.token_urlsafe(12)
        self._do(
            "INSERT INTO keyboards (token, case_id, chat_id, role, acts, made_at) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            (token, case_id, chat_id, role, json.dumps(list(acts)), now),
        )
        return [f"{token}.{index}" for index in range(len(acts))]

    def act_of(self, data: str, chat_id: int) -> tuple[int, str, str] | None:
        """``(case, role, act)`` of a pressed button; None when it was never ours, or not here."""
        case_id, role, act = self._pressed(data, chat_id) or (None, "", "")
        return None if case_id is None else (case_id, role, act)

    def own_act_of(self, data: str, chat_id: int) -> str | None:
        """The act of a button about the person whose chat it is; None when it is no such."""
        case_id, _, act = self._pressed(data, chat_id) or (0, "", "")
        return act if case_id is None else None

    def _pressed(self, data: str, chat_id: int) -> tuple[int | None, str, str] | None:
        token, _, index = data.rpartition(".")
        row = self._do(
            "SELECT case_id, role, acts FROM keyboards WHERE token = ? AND chat_id = ?",
            (token, chat_id),
        ).fetchone()
        if row is None or not (index.isascii() and index.isdigit()):
            return None
        acts: list[str] = json.loads(row[2])
        return (row[0], row[1], acts[int(index)]) if int(index) < len(acts) else None

    # ------------------------------------------------------------------- groups and audit

    def chat_now(self, chat_id: int) -> int:
        """The id a group answers to today."""
        row = self._do("SELECT new_id FROM moved_chats WHERE old_id = ?", (chat_id,)).fetchone()
        return chat_id if row is None else int(row[0])

    def move_chat(self, old_id: int, new_id: int) -> None:
        """A group was upgraded: rewrite its id wherever it stands."""
        self._do("INSERT OR REPLACE INTO moved_chats VALUES (?, ?)", (old_id, new_id))
        self._do("UPDATE moved_chats SET new_id = ? WHERE new_id = ?", (new_id, old_id))
        # Topics and message numbers of the old group mean nothing in the new one.
        self._do(
            "UPDATE cases SET staff_chat_id = ?, thread_id = NULL, card_id = NULL "
            "WHERE staff_chat_id = ?",
            (new_id, old_id),
        )
        self._do("UPDATE keyboards SET chat_id = ? WHERE chat_id = ?", (new_id, old_id))

    def count_kind(self, kind: str) -> int:
        return int(self._do("SELECT count(*) FROM events WHERE kind = ?", (kind,)).fetchone()[0])

    def noted(self, kind: str, case_id: int, detail: str) -> bool:
        """Is exactly this in the audit of the case?"""
        row = self._do(
            "SELECT 1 FROM events WHERE case_id = ? AND kind = ? AND detail = ? LIMIT 1",
            (case_id, kind, detail),
        )
        return row.fetchone() is not None

    def count_notes(self, kind: str, case_id: int) -> int:
        row = self._do(
            "SELECT count(*) FROM events WHERE kind = ? AND case_id = ?", (kind, case_id)
        ).fetchone()
        return int(row[0])

    def note(
        self,
        kind: str,
        now: float,
        case_id: int | None = None,
        actor_id: int | None = None,
        detail: str | None = None,
    ) -> None:
        """Add to the audit. Ids and kinds only: never anybody's words."""
        self._do(
            "INSERT INTO events (at, kind, case_id, actor_id, detail) VALUES (?, ?, ?, ?, ?)",
            (now, kind, case_id, actor_id, detail),
        )


def reading_json(reading: Reading) -> str:
    """A reading as it is kept: nobody's words, and no subject under one in a thousand."""
    kept: dict[str, Any] = {f.name: getattr(reading, f.name) for f in fields(reading)}
    del kept["telling"]
    kept["probabilities"] = {
        name: round(p, 4) for name, p in reading.probabilities.items() if p >= 0.001
    }
    return _json(kept)


def _decision_columns(decision: Decision) -> tuple[str, str | None, str | None]:
    match decision:
        case Reply(to=subject):
            return "reply", subject, None
        case Clarify(subjects=subjects):
            return "clarify", ",".join(subjects) or None, None
        case HandOver(reason=reason):
            return "hand_over", None, reason
        case _:
            return "stay_quiet", None, None


def _customer(row: tuple[Any, ...]) -> Customer:
    values = dict(zip(_CUSTOMER, row, strict=True))
    return Customer(**values | {"blocked": bool(values["blocked"])})


def _case(row: tuple[Any, ...]) -> Case:
    values = dict(zip(_CASE, row, strict=True))
    values["state"] = State(values["state"])
    for name in _LISTS:
        values[name] = () if values[name] == "[]" else tuple(json.loads(values[name]))
    values["clarified"] = bool(values["clarified"])
    values["reason"] = None if values["reason"] is None else Reason(values["reason"])
    values["priority"] = Priority(values["priority"])
    values["tone"] = Tone(values["tone"])
    return Case(**values)
