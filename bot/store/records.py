"""The verbs on the rows: cases, decisions and the audit here, the others a file each.

One `Records` belongs to one connection and is used inside a closure handed to the store. It knows
SQL and rows, and decides nothing.
"""

from __future__ import annotations

import sqlite3
from dataclasses import replace

from ..conversation import MOVES, Case, Decision, Reading, State
from ..errors import CaseConflict
from .backlog import Backlog
from .copies import Copied
from .customers import Customers
from .drafts import Drafts
from .errands import Outbox
from .group import Group
from .held_replies import HeldReplies
from .inbox import Inbox
from .keeping import Keeping
from .kept import Promises
from .keyboards import Keyboards
from .listings import Listings
from .own_data import OwnData
from .pages import Pages
from .presence import Presence
from .ratings import Ratings
from .rows import (
    CASE_COLUMNS,
    PRIORITY_ORDER,
    SAVE_CASE,
    case_of_row,
    decision_columns,
    reading_json,
    row_of,
)
from .team import Team
from .timers import Timers
from .transcript import Transcript

MOST_PAST = 3
"""Earlier cases that a brief tells of."""


class Records:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._do = connection.execute
        self.inbox = Inbox(connection)
        self.outbox = Outbox(connection)
        self.customers = Customers(connection)
        self.timers = Timers(connection)
        self.keyboards = Keyboards(connection)
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
        """Their open case, else the one that was closed last, whichever began first."""
        return self._one_case(
            "customer_id = ? ORDER BY state = 'closed', closed_at DESC, id DESC LIMIT 1",
            customer_id,
        )

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

    def cases_before(self, case: Case) -> list[Case]:
        """The customer's last closed cases before this one, the newest first."""
        rows = self._do(
            f"SELECT {CASE_COLUMNS} FROM cases WHERE customer_id = ? AND id < ? "
            f"AND state = 'closed' ORDER BY id DESC LIMIT {MOST_PAST}",
            (case.customer_id, case.id),
        )
        return [case_of_row(row) for row in rows]

    def waiting_cases(self) -> list[Case]:
        """Cases that wait for a person, the most pressing first."""
        rows = self._do(
            f"SELECT {CASE_COLUMNS} FROM cases "
            "WHERE state <> 'closed' AND state IN ('waiting', 'claimed') "  # as its index says
            f"ORDER BY state DESC, {PRIORITY_ORDER}, due_at IS NULL, due_at, id"
        )
        return [case_of_row(row) for row in rows]

    def new_case(self, customer_id: int, now: float, boundary: int, language: str) -> Case:
        row = self._do(
            "INSERT INTO cases (customer_id, state, opened_at, changed_at, language, boundary) "
            "VALUES (?, 'new', ?, ?, ?, ?)",
            (customer_id, now, now, language, boundary),
        )
        number = int(row.lastrowid or 0)
        return Case(number, customer_id, State.NEW, now, now, language, boundary=boundary)

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
        self._do(SAVE_CASE, row_of(changed))
        if case.state is not was:
            self.note("moved", now, case.id, by, f"{was} > {case.state}")
        return changed

    def _one_case(self, where: str, *values: object) -> Case | None:
        row = self._do(f"SELECT {CASE_COLUMNS} FROM cases WHERE {where}", values).fetchone()
        return None if row is None else case_of_row(row)

    # ------------------------------------------------------------------------ decisions

    def add_decision(
        self, case_id: int, turn: tuple[int, int], decision: Decision, reading: Reading, now: float
    ) -> None:
        """Record what was understood and decided about the inbox rows ``turn`` (first, last)."""
        kind, subject, reason = decision_columns(decision)
        self._do(
            "INSERT INTO decisions (case_id, at, first_seq, last_seq, kind, subject, reason, why, "
            "reading) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (case_id, now, *turn, kind, subject, reason, decision.why, reading_json(reading)),
        )

    def last_decided(self, case_id: int) -> tuple[str, str | None]:
        """What was last decided in a case: the kind, and the subject or small talk; ("", None):
        nothing yet."""
        row: tuple[str, str | None] | None = self._do(
            "SELECT kind, subject FROM decisions WHERE case_id = ? ORDER BY id DESC LIMIT 1",
            (case_id,),
        ).fetchone()
        return row or ("", None)

    def last_why(self, case_id: int) -> str:
        """Why the case last went to staff, in words; empty when it never did."""
        row = self._do(
            "SELECT why FROM decisions WHERE case_id = ? AND kind = 'hand_over' "
            "ORDER BY id DESC LIMIT 1",
            (case_id,),
        ).fetchone()
        return "" if row is None else str(row[0])

    # ------------------------------------------------------------------- groups and audit

    def chat_now(self, chat_id: int) -> int:
        """The id a group answers to today."""
        row = self._do("SELECT new_id FROM moved_chats WHERE old_id = ?", (chat_id,)).fetchone()
        return chat_id if row is None else int(row[0])

    def move_chat(self, old_id: int, new_id: int) -> None:
        """A group was upgraded: rewrite its id wherever it stands."""
        self._do("INSERT OR REPLACE INTO moved_chats VALUES (?, ?)", (old_id, new_id))
        self._do("UPDATE moved_chats SET new_id = ? WHERE new_id = ?", (new_id, old_id))
        self._rehouse(new_id, "staff_chat_id = ?", old_id)
        self.listings.move_chat(old_id, new_id)
        self._do("UPDATE keyboards SET chat_id = ? WHERE chat_id = ?", (new_id, old_id))

    def bring_home(self, chat_id: int) -> list[Case]:
        """Open cases that live in another group live in this one from now on; they are returned."""
        rows = self._do(
            "SELECT id FROM cases WHERE state <> 'closed' AND staff_chat_id <> ?", (chat_id,)
        ).fetchall()
        for (number,) in rows:
            self._rehouse(chat_id, "id = ?", number)
        found = (self.case(number) for (number,) in rows)
        return [case for case in found if case is not None]

    def _rehouse(self, chat_id: int, which: str, value: int) -> None:
        """Topics and message numbers of one group mean nothing in another."""
        moved = self._do(
            "UPDATE cases SET staff_chat_id = ?, thread_id = NULL, card_id = NULL "
            f"WHERE {which} RETURNING id",
            (chat_id, value),
        ).fetchall()
        self.held.unask(case_id for (case_id,) in moved)

    def noted_since(self, kind: str, detail: str, since: float) -> bool:
        """Is exactly this in the audit of what belongs to no case, after that moment?"""
        row = self._do(
            "SELECT 1 FROM events WHERE case_id IS NULL AND kind = ? AND detail = ? AND at > ? "
            "LIMIT 1",
            (kind, detail, since),
        )
        return row.fetchone() is not None

    def noted(self, kind: str, case_id: int, detail: str) -> bool:
        """Is exactly this in the audit of the case?"""
        row = self._do(
            "SELECT 1 FROM events WHERE case_id = ? AND kind = ? AND detail = ? LIMIT 1",
            (case_id, kind, detail),
        )
        return row.fetchone() is not None

    def count_notes(self, kind: str, case_id: int | None) -> int:
        """How often it is in the audit of a case; None: of what belongs to no case."""
        row = self._do(
            "SELECT count(*) FROM events WHERE kind = ? AND case_id IS ?", (kind, case_id)
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
