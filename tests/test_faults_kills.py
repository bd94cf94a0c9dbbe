"""Killed at every crash point, the bot loses nothing and says nothing twice; unguarded it does."""

from __future__ import annotations

import random

import pytest

from bot.crash_points import Point
from tests.faults import SHORT, Report
from tests.faults.copies import copying
from tests.faults.document import as_text
from tests.faults.kills import report, run
from tests.faults.lives import OFTEN, Crowded, dying, killed
from tests.load.stage import BotDied

SEED = 5


async def test_killed_at_each_point_it_loses_nothing_says_nothing_twice_and_tells_all_doubts() -> (
    None
):
    """Backups included, in which it is the copy that may not be lost."""
    out = Report("kills")
    await run(SHORT, SEED, out)
    assert not out.violations, as_text(out)
    assert out.figures["sent"] > 100
    reached = {row[0]: row[2] for row in out.tables[0].rows}
    assert reached == {"each point in turn": len(OFTEN), "K10 backing up": 4}


@pytest.mark.parametrize(
    ("without", "point", "found"),
    [
        ("ack-early", Point.STORED, "without an outcome"),
        ("forget-turns", Point.TAKEN_UP, "without an outcome"),
        ("no-unique", Point.DECIDED, "answered twice"),
        ("forget-claims", Point.SENT, "answered twice"),
        ("untold", Point.CLAIMED, "not told"),
    ],
)
async def test_without_a_guard_the_same_kills_find_it_out(
    without: str, point: Point, found: str
) -> None:
    unguarded = Crowded(options=("--sabotage", without), rests_within_s=6.0)
    tally, out = (
        await killed(without, dying(point), 3, random.Random(SEED), unguarded),
        Report("kills"),
    )
    report([tally], SEED, out)
    assert any(found in violation.what for violation in out.violations), as_text(out)


async def test_a_migration_that_is_no_transaction_is_stuck_after_a_kill() -> None:
    unguarded = Crowded(people=5, options=("--sabotage", "migrate-in-pieces"))
    with pytest.raises(BotDied, match="already exists"):
        await killed("in pieces", dying(Point.MIGRATING), 1, random.Random(SEED), unguarded)


async def test_a_backup_written_over_the_last_one_leaves_none_after_a_kill() -> None:
    in_place = copying("--sabotage", "copy-into-place")
    assert (await killed("in place", in_place, 5, random.Random(SEED))).broken
