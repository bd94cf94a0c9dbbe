"""Promises broken on purpose in a `child`: each names a guard, and a run must miss it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.delivery import Delivery
from bot.errand import OutboxRow
from bot.ledger import Ledger
from bot.receive import Receiver
from bot.respond import Responder
from bot.store import copies, opening
from bot.store.errands import Outbox
from bot.store.inbox import Inbox

LATE_S = 0.3
"""How long the saboteur keeps acknowledged updates in memory only."""

LATER: set[asyncio.Task[None]] = set()


def acknowledge_early() -> None:
    """Updates are confirmed while they are in memory only: what bot frameworks do."""

    async def accept(
        self: Receiver, updates: Sequence[Mapping[str, object]], next_offset: int | None = None
    ) -> None:
        await honest(self, [], next_offset)

        async def later() -> None:
            await asyncio.sleep(LATE_S)
            await honest(self, updates)

        task = asyncio.create_task(later())
        LATER.add(task)
        task.add_done_callback(LATER.discard)

    honest = Receiver.accept
    Receiver.accept = accept  # type: ignore[method-assign]


def forget_unique() -> None:
    """An update that comes again is taken for a new one."""

    def add(
        self: Inbox, bot_id: int, updates: Sequence[tuple[int, str, str]], now: float
    ) -> dict[str, int]:
        fresh: dict[str, int] = {}
        for update_id, conversation, body in updates:
            self._do(
                "INSERT INTO inbox (bot_id, update_id, conversation, body, received_at) "
                "VALUES (?, ?, ?, ?, ?)",
                (bot_id, update_id, conversation, body, now),
            )
            fresh[conversation] = fresh.get(conversation, 0) + 1
        return fresh

    schema = (Path(opening.__file__).parent / "schema.sql").read_text("utf-8")
    unguarded = schema.replace("UNIQUE (bot_id, update_id)", "spare INTEGER")
    assert unguarded != schema, "the schema has changed: this sabotage removes nothing"
    vars(opening)["MIGRATIONS"] = opening._steps(unguarded)
    Inbox.add = add  # type: ignore[assignment, method-assign]


def forget_turns() -> None:
    """What was open when the process died is not taken up again."""

    async def resume(_: Responder) -> int:
        return 0

    Responder.resume = resume  # type: ignore[assignment, method-assign]


def forget_claims() -> None:
    """What a dead run was sending goes out as if nobody had begun: a claim made too late."""

    def left_behind(self: Outbox, _: str) -> list[OutboxRow]:
        self._do("UPDATE outbox SET state = 'new' WHERE state = 'claimed'")
        return []

    Outbox.left_behind = left_behind  # type: ignore[assignment, method-assign]


def keep_unknown_to_itself() -> None:
    """An outcome that nobody can know is written down, and no person is told."""

    def unsure(_: Delivery, ledger: Ledger, row: OutboxRow, why: str) -> None:
        ledger.records.outbox.settle(row.id, "uncertain", ledger.now, why)

    Delivery._unsure = unsure  # type: ignore[assignment, method-assign]


def migrate_in_pieces() -> None:
    """Each statement of a migration is a transaction of its own, and the step is noted last."""

    def steps(script: str) -> dict[str, Callable[[Any], None]]:
        return {name: in_pieces(step) for name, step in whole(script).items()}

    def in_pieces(step: Callable[[Any], None]) -> Callable[[Any], None]:
        class Pieces:
            def __init__(self, db: Any) -> None:
                self._db = db

            def execute(self, statement: str) -> None:
                self._db.execute(statement)
                self._db.conn.execute("COMMIT")
                self._db.conn.execute("BEGIN")

        return lambda db: step(Pieces(db))

    whole = opening._steps
    schema = (Path(opening.__file__).parent / "schema.sql").read_text("utf-8")
    vars(opening)["MIGRATIONS"] = steps(schema)


def copy_into_place() -> None:
    """A backup is written straight over the earlier one."""

    class InPlace(type(Path())):  # type: ignore[misc]
        def with_name(self, _: str) -> Path:
            return Path(self)

    whole = copies.copy
    vars(copies)["copy"] = lambda source, to, at: whole(source, InPlace(to), at)


SABOTAGE: Mapping[str, Callable[[], None]] = {
    "ack-early": acknowledge_early,
    "no-unique": forget_unique,
    "forget-turns": forget_turns,
    "forget-claims": forget_claims,
    "untold": keep_unknown_to_itself,
    "migrate-in-pieces": migrate_in_pieces,
    "copy-into-place": copy_into_place,
}
