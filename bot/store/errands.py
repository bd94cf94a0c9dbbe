"""What must go out, as rows, and what became of each."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence

from ..effects import MAKERS, Effect
from ..errand import COMPOSED, POLICY, Errand, OutboxRow, Purpose
from .fairness import HEADS, LATELY_S, MANY, TURN
from .written import decode, encode

_MAKERS = tuple(kind.__name__ for kind in MAKERS)


class Outbox:
    """Effects before they are done, and what became of them."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._do = connection.execute

    def add(self, errand: Errand, now: float) -> int:
        lane, repeat = POLICY[errand.purpose]
        row = self._do(
            "INSERT INTO outbox (case_id, queue, chat_id, lane, repeat, purpose, ref, kind, "
            "payload, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                errand.case_id,
                errand.queue,
                errand.chat_id,
                lane,
                repeat,
                errand.purpose,
                errand.ref,
                type(errand.effect).__name__,
                encode(errand.effect),
                now,
            ),
        )
        return int(row.lastrowid or 0)

    def due(
        self,
        now: float,
        silent: Iterable[int] = (),
        limit: int = 64,
        full: Iterable[int] = (),
    ) -> list[OutboxRow]:
        """The heads of the queues that may go now, most pressing first.

        By lane; then what staff must see by the priority of its case, everything else by how
        much its queue had lately, so that nobody who writes a lot delays the others; then by
        age. ``silent``: chats that may get nothing; ``full``: that may get no message, but edits.
        Behind a head that waits, its queue waits too.
        A conversation that fills a busy group rests between its words (`MANY`, `REST_S`, `BUSY`).
        """
        rows = self._do(
            f"{HEADS} SELECT o.id, o.case_id, o.purpose, o.ref, o.kind, o.payload, o.tries "
            "FROM heads o WHERE o.goes_at <= :now "
            "AND (o.chat_id IS NULL OR o.chat_id NOT IN (SELECT value FROM json_each(:silent))) "
            "AND (o.chat_id IS NULL OR o.chat_id NOT IN (SELECT value FROM json_each(:full)) "
            f"OR o.kind NOT IN {_MAKERS}) ORDER BY o.lane, {TURN}, o.id LIMIT :limit",
            {
                "now": now,
                "silent": json.dumps(list(silent)),
                "full": json.dumps(list(full)),
                "limit": limit,
            },
        )
        return [_row(*row) for row in rows]

    def next_due_at(self, now: float) -> float | None:
        """When the next head may go that waits for a moment; None when none does."""
        found = self._do(
            f"{HEADS} SELECT min(goes_at) FROM heads WHERE goes_at > :now", {"now": now}
        ).fetchone()[0]
        return None if found is None else float(found)

    def anew(self, row: OutboxRow) -> OutboxRow | None:
        """A row that was due, as it is now: it may have been reworded. None: it waits no more."""
        found = self.get(row.id)
        return found[0] if found is not None and found[1] == "new" else None

    def claim(self, row: OutboxRow, effect: Effect, worker: str, now: float) -> bool:
        """Take a row for this worker, with the effect as it will be done. False: taken already."""
        changed = effect != row.errand.effect and row.errand.purpose not in COMPOSED
        taken = self._do(
            "UPDATE outbox SET state = 'claimed', worker = ?, claimed_at = ?, "
            "kind = coalesce(?, kind), payload = coalesce(?, payload), tries = tries + 1 "
            "WHERE id = ? AND state = 'new'",
            (
                worker,
                now,
                type(effect).__name__ if changed else None,
                encode(effect) if changed else None,
                row.id,
            ),
        )
        return taken.rowcount == 1

    def settle(self, row_id: int, state: str, now: float, result: object = None) -> None:
        """Record what became of it: sent, failed, uncertain or withdrawn."""
        self._do(
            "UPDATE outbox SET state = ?, done_at = ?, result = ? WHERE id = ?",
            (state, now, json.dumps(result, ensure_ascii=False), row_id),
        )

    def postpone(self, row_id: int, until: float, effect: Effect | None = None) -> None:
        """Try again from ``until`` on, with ``effect`` in place of the one stored."""
        self._do(
            "UPDATE outbox SET state = 'new', worker = NULL, not_before = ?, "
            "kind = coalesce(?, kind), payload = coalesce(?, payload) WHERE id = ?",
            (
                until,
                None if effect is None else type(effect).__name__,
                None if effect is None else encode(effect),
                row_id,
            ),
        )

    def had_many(self, row: OutboxRow, now: float) -> bool:
        """Has the queue of ``row`` had its words' share of a group for now?"""
        found = self._do(
            f"SELECT count(*) >= {MANY} FROM outbox o JOIN outbox d ON d.queue = o.queue "
            f"AND d.lane = o.lane AND d.claimed_at > ? - {LATELY_S} WHERE o.id = ?",
            (now, row.id),
        )
        return bool(found.fetchone()[0])

    def carried_by(self, row: OutboxRow) -> list[int]:
        """The lines whose words went with those of ``row``, in order."""
        rows = self._do(
            "SELECT ref FROM outbox WHERE case_id = ? AND state = 'withdrawn' AND result = ? "
            "ORDER BY id",
            (row.errand.case_id, json.dumps(row.id)),
        )
        return [ref for (ref,) in rows]

    def album_of(self, case_id: int, chat_id: int, message_id: int) -> list[int]:
        """An agent's messages that were copied together with this one; none: it is not known."""
        rows = self._do(
            "SELECT DISTINCT j.value FROM outbox o, json_each(o.payload, '$.message_ids') j "
            "WHERE o.case_id = ?1 AND o.purpose = 'words' AND o.kind = 'Copy' "
            "AND json_extract(o.payload, '$.from_chat_id') = ?2 AND EXISTS (SELECT 1 FROM "
            "json_each(o.payload, '$.message_ids') k WHERE k.value = ?3) ORDER BY 1",
            (case_id, chat_id, message_id),
        )
        return [message for (message,) in rows]

    def arrived_as(self, case_id: int, refs: Sequence[int]) -> list[int]:
        """The messages that an agent's words of these lines arrived as."""
        rows = self._do(
            "SELECT j.value FROM outbox o, json_each(o.result) j WHERE o.case_id = ? "
            "AND o.purpose = 'words' AND o.state = 'sent' "
            "AND o.ref IN (SELECT value FROM json_each(?)) ORDER BY o.id, j.key",
            (case_id, json.dumps(list(refs))),
        )
        return [message for (message,) in rows]

    def is_unsure_of(self, case_id: int, refs: Sequence[int]) -> bool:
        """Are an agent's words of these lines on their way, or did nobody learn what became of
        them?"""
        row = self._do(
            "SELECT 1 FROM outbox WHERE case_id = ? AND purpose = 'words' "
            "AND state IN ('claimed', 'uncertain') AND ref IN (SELECT value FROM json_each(?))",
            (case_id, json.dumps(list(refs))),
        )
        return row.fetchone() is not None

    def recall(self, ref: int, now: float) -> bool:
        """Words of an agent that nobody claimed yet are not to go. False: they went."""
        row = self._do(
            "UPDATE outbox SET state = 'withdrawn', done_at = ? "
            "WHERE ref = ? AND purpose = 'words' AND state = 'new'",
            (now, ref),
        )
        return row.rowcount > 0

    def reword(self, case_id: int, ref: int, effect: Effect) -> bool:
        """An agent's line that may yet go (again) is to go so. True: nobody has claimed it."""
        rows = self._do(
            "UPDATE outbox SET kind = ?, payload = ? WHERE case_id = ? AND ref = ? "
            "AND purpose = 'words' AND state IN ('new', 'claimed', 'uncertain') RETURNING state",
            (type(effect).__name__, encode(effect), case_id, ref),
        ).fetchall()
        return bool(rows) and all(state == "new" for (state,) in rows)

    def hasten(self, chat_id: int) -> None:
        """What was postponed in a chat may go now: it can be written to again."""
        self._do("UPDATE outbox SET not_before = 0 WHERE chat_id = ? AND state = 'new'", (chat_id,))

    def withdraw(self, case_id: int, purpose: Purpose, now: float, ref: int | None = None) -> None:
        """Nothing of this purpose (about ``ref``) that still waits is wanted any more."""
        self._do(
            "UPDATE outbox SET state = 'withdrawn', done_at = ?1 WHERE case_id = ?2 "
            "AND purpose = ?3 AND state = 'new' AND (?4 IS NULL OR ref = ?4)",
            (now, case_id, purpose, ref),
        )

    def last_alarm(self, case_id: int) -> tuple[int, Effect] | None:
        """The message of the alarm that a case's topic got last, as it was sent; None once it was
        struck out."""
        row = self._do(
            "SELECT json_extract(a.result, '$[0]'), a.kind, a.payload, EXISTS ("
            "SELECT 1 FROM outbox m WHERE m.case_id = a.case_id AND m.id > a.id "
            "AND m.purpose = 'mark' AND m.kind = 'EditText' AND m.chat_id = a.chat_id AND "
            "json_extract(m.payload, '$.message_id') = json_extract(a.result, '$[0]')) "
            "FROM outbox a WHERE a.case_id = ? AND a.purpose = 'alarm' AND a.state = 'sent' "
            "ORDER BY a.id DESC LIMIT 1",
            (case_id,),
        ).fetchone()
        return None if row is None or row[3] else (row[0], decode(row[1], row[2]))

    def awaits(self, queue: str, ref: int | None = None) -> bool:
        """Does something of a queue (for this very ``ref``) still wait to be claimed?"""
        row = self._do(
            "SELECT 1 FROM outbox WHERE queue = ?1 AND state IN ('new', 'claimed') "
            "AND state = 'new' AND (?2 IS NULL OR ref = ?2)",
            (queue, ref),
        )
        return row.fetchone() is not None

    def last_at(self, queue: str) -> float:
        """When the last effect of a queue went; 0.0: never."""
        row = self._do(
            "SELECT coalesce(max(claimed_at), 0.0) FROM outbox "
            "WHERE queue = ? AND claimed_at IS NOT NULL",
            (queue,),
        )
        return float(row.fetchone()[0])

    def no_later(self, queue: str, moment: float) -> bool:
        """What waits in a queue may go at ``moment`` at the latest. False: nothing waits there."""
        row = self._do(
            "UPDATE outbox SET not_before = min(not_before, ?) WHERE queue = ? "
            "AND state IN ('new', 'claimed') AND state = 'new'",
            (moment, queue),
        )
        return row.rowcount > 0

    def topic_made(self, chat_id: int, thread_id: int, name: str) -> tuple[OutboxRow, str] | None:
        """What made a topic, and its state: it says so, or its outcome is unknown and the name
        is the one it asked for."""
        row = self._do(
            "SELECT id, case_id, purpose, ref, kind, payload, tries, state "
            "FROM outbox INDEXED BY outbox_made WHERE purpose = 'topic' AND chat_id = ?1 "
            "AND (state = 'sent' AND result = ?2 "
            "OR state IN ('claimed', 'uncertain') AND json_extract(payload, '$.name') = ?3) "
            "ORDER BY id DESC LIMIT 1",
            (chat_id, json.dumps([thread_id]), name),
        ).fetchone()
        return None if row is None else (_row(*row[:-1]), row[-1])

    def waiting(self, queue: str, limit: int = -1) -> list[OutboxRow]:
        """The rows of a queue that nobody has claimed, in order."""
        rows = self._do(
            "SELECT id, case_id, purpose, ref, kind, payload, tries FROM outbox "
            "WHERE queue = ? AND state IN ('new', 'claimed') AND state = 'new' ORDER BY id LIMIT ?",
            (queue, limit),
        )
        return [_row(*one) for one in rows]

    def left_behind(self, worker: str) -> list[OutboxRow]:
        """Rows that another run had claimed and never settled: nobody knows what became of them."""
        rows = self._do(
            "SELECT id, case_id, purpose, ref, kind, payload, tries FROM outbox "
            "INDEXED BY outbox_claimed WHERE state = 'claimed' AND worker <> ? ORDER BY id",
            (worker,),
        )
        return [_row(*row) for row in rows]

    def unfinished(self, case_id: int, purpose: Purpose) -> list[tuple[OutboxRow, str]]:
        """What of a case and purpose is to be done yet, or was refused for good: with its state."""
        rows = self._do(
            "SELECT id, case_id, purpose, ref, kind, payload, tries, state FROM outbox "
            "WHERE case_id = ? AND purpose = ? AND state IN ('new', 'claimed', 'failed') "
            "ORDER BY id",
            (case_id, purpose),
        )
        return [(_row(*row[:-1]), row[-1]) for row in rows]

    def forget(self, row_id: int) -> None:
        """The row goes once it is done: it was about a person's data, and of no case."""
        self._do("DELETE FROM outbox WHERE id = ? AND state NOT IN ('new', 'claimed')", (row_id,))

    def has(self, row_id: int) -> bool:
        """Is the row there still? Not so when its person was erased."""
        return self._do("SELECT 1 FROM outbox WHERE id = ?", (row_id,)).fetchone() is not None

    def get(self, row_id: int) -> tuple[OutboxRow, str] | None:
        """A row and its state."""
        row = self._do(
            "SELECT id, case_id, purpose, ref, kind, payload, tries, state FROM outbox "
            "WHERE id = ?",
            (row_id,),
        ).fetchone()
        return None if row is None else (_row(*row[:-1]), row[-1])


def _row(
    row_id: int,
    case_id: int | None,
    purpose: str,
    ref: int | None,
    kind: str,
    payload: str,
    tries: int,
) -> OutboxRow:
    return OutboxRow(row_id, Errand(decode(kind, payload), Purpose(purpose), case_id, ref), tries)
