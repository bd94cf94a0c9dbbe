"""Killed at every crash point, the bot loses nothing and says nothing twice; unguarded it does."""

from __future__ import annotations

import itertools
import json
import random
import signal
import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from bot.crash_points import VARIABLE, Point
from bot.store import opening
from bot.store.engine import Store
from tests.faults import SHORT, Report
from tests.faults.copies import copying
from tests.faults.document import as_text
from tests.faults.kills import report, run
from tests.faults.lives import OFTEN, Crowded, dying, happens, killed
from tests.load.stage import BotDied, Stage, open_stage

SEED = 5
PATIENCE_S = 30.0


async def test_killed_at_each_point_it_loses_nothing_says_nothing_twice_and_tells_all_doubts() -> (
    None
):
    """Backups included, in which it is the copy that may not be lost."""
    out = Report("kills")
    await run(SHORT, SEED, out)
    assert not out.violations, as_text(out)
    assert out.figures["sent"] > 0 and out.figures["words"] > 0
    reached = {row[0]: row[2] for row in out.tables[0].rows}
    assert reached == {"each point in turn": len(OFTEN), "K10 backing up": 4}


@pytest.mark.parametrize(
    ("without", "point", "found"),
    [
        ("ack-early", Point.RECEIVED, "without an outcome"),
        ("ack-early", Point.STORED, "without an outcome"),
        ("forget-turns", Point.TAKEN_UP, "without an outcome"),
        ("forget-turns", Point.READING, "without an outcome"),
        ("forget-turns", Point.STOPPING, "without an outcome"),
        ("no-unique", Point.DECIDED, "answered twice"),
        ("forget-claims", Point.SENDING, "answered twice"),
        ("forget-claims", Point.SENT, "answered twice"),
        ("untold", Point.CLAIMED, "not told"),
    ],
)
async def test_without_a_guard_the_same_kills_find_it_out(
    without: str, point: Point, found: str
) -> None:
    unguarded = Crowded(options=("--sabotage", without), rests_within_s=6.0)
    out = Report("kills")
    for again in range(3):  # a death may come a moment too late to do harm
        rng = random.Random(SEED + again)
        report([await killed(without, dying(point), 3, rng, unguarded)], SEED, out)
        if any(found in violation.what for violation in out.violations):
            break
    assert any(found in violation.what for violation in out.violations), as_text(out)


async def test_a_migration_that_is_no_transaction_is_stuck_after_a_kill() -> None:
    unguarded = Crowded(people=5, options=("--sabotage", "migrate-in-pieces"))
    with pytest.raises(BotDied, match="already exists"):
        await killed("in pieces", dying(Point.MIGRATING), 1, random.Random(SEED), unguarded)


async def test_a_backup_written_over_the_last_one_leaves_none_after_a_kill() -> None:
    in_place = copying("--sabotage", "copy-into-place")
    for again in range(3):  # a death may come before the copy is begun, or when it is whole
        if (await killed("in place", in_place, 5, random.Random(SEED + again))).broken:
            return
    pytest.fail("every copy outlived the kills, though it was written over the last one")


def stored_by_an_older_version(stage: Stage, steps: int) -> None:
    """A store after the first steps of the schema; what waits at Telegram is in its inbox."""
    stage.store.parent.mkdir(parents=True, exist_ok=True)
    migrations = Migrations("first-responder")
    for name, step in itertools.islice(opening.MIGRATIONS.items(), steps):
        migrations(name=name)(step)
    with closing(sqlite3.connect(stage.store, isolation_level=None)) as connection:
        migrations.apply(Database(connection, execute_plugins=False))
        for update in stage.sandbox.world.updates.pending():
            message = json.loads(update.body)["message"]
            connection.execute(
                "INSERT INTO inbox (bot_id, update_id, conversation, body, received_at) "
                "VALUES (?, ?, ?, ?, ?)",
                (
                    stage.sandbox.bot.id,
                    update.id,
                    f"c:{message['from']['id']}",
                    update.body.decode(),
                    stage.now(),
                ),
            )
        stage.sandbox.world.updates.drop()


def schema(store: Path) -> set[str]:
    with closing(sqlite3.connect(store)) as connection:
        return {sql for (sql,) in connection.execute("SELECT sql FROM sqlite_master") if sql}


async def test_a_question_that_an_older_version_stored_outlives_migrations_that_die(
    tmp_path: Path,
) -> None:
    async with open_stage(tmp_path) as stage:
        camille = stage.customer()
        await camille.says("vous êtes ouvert dimanche?")
        stored_by_an_older_version(stage, steps=2)
        bot = stage.bot("--no-budget", "--scripted", quiet_seconds=0.0, forked=True)
        for passing in (1, 6, 9, 9):
            bot.env[VARIABLE] = f"{Point.MIGRATING}:{passing}"
            bot.launch()
            assert await happens(lambda: bot.has_ended, PATIENCE_S)
            assert bot.kill() == -signal.SIGKILL
        del bot.env[VARIABLE]
        await bot.start()
        try:
            said = partial(stage.sandbox.calls_of, "sendMessage")
            assert await happens(lambda: bool(said()), PATIENCE_S)
        finally:
            bot.kill()
        assert [call.params["chat_id"] for call in said()] == [camille.id]
        store = Store(tmp_path / "new.sqlite3")
        await store.open()
        await store.close()
        assert schema(stage.store) == schema(tmp_path / "new.sqlite3")
