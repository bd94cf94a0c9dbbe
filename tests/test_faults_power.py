"""The power goes at any moment: what was acknowledged is there; with a weaker sync it is not."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from .faults import SHORT, Report, power
from .faults.busy_hour import record
from .faults.platter import SECTOR, Platter
from .faults.sqlite_disk import Cut, Gone, Made, NoView, Synced, Wrote, watched

NEW, OLD = b"n" * 4 * SECTOR, b"o" * 4 * SECTOR


@pytest.fixture(autouse=True)
def _can_be_seen(tmp_path: Path) -> None:
    try:
        with watched(tmp_path / "x"):
            pass
    except NoView as error:
        pytest.skip(str(error))


async def test_whatever_was_acknowledged_is_there_after_a_power_cut() -> None:
    """Also on a disk of which a sync fails now and then."""
    out = Report("power")
    await power.run(SHORT, 1, out)
    assert out.figures["powercuts"] > 40
    assert not out.violations, out.violations[:3]


async def test_with_a_sync_less_acknowledged_updates_are_gone(tmp_path: Path) -> None:
    """The sabotage twin of synchronous=FULL: with NORMAL, what a commit wrote may not be there."""
    disk = await record(tmp_path, 16, 1, synchronous=1)
    result = await power.cut_the_power(disk, 20, 1)
    assert any("acknowledged and gone" in what for what, _ in result.broken)
    assert any("the outbox says less" in what for what, _ in result.broken)


def found(*asked: Made | Wrote | Cut | Synced | Gone) -> set[bytes | None]:
    """Everything that `a` was found to hold after these; None: it was not there."""
    states = set()
    for seed in range(200):
        platter = Platter(random.Random(seed))
        for one in asked:
            platter.take(one)
        states.add(platter.after_a_cut().get("a"))
    return states


def test_what_was_synced_is_there_and_what_was_not_may_be_there_in_part() -> None:
    whole = (Made("a", syncs_folder=True), Wrote("a", 0, OLD), Synced("a"))
    assert found(*whole) == {OLD}
    after = found(*whole, Wrote("a", 0, NEW))
    assert {OLD, NEW} <= after and len(after) > 50
    assert any(state and state[:SECTOR].strip(b"n").strip(b"o") == b"" for state in after)


def test_a_name_that_was_not_synced_may_be_missing_and_a_deleted_file_may_be_back() -> None:
    assert found(Made("a", syncs_folder=False), Wrote("a", 0, OLD), Synced("a")) == {None, OLD}
    made = (Made("a", syncs_folder=True), Wrote("a", 0, OLD), Synced("a"))
    assert found(*made, Gone("a", syncs_folder=False)) == {None, OLD}
    assert found(*made, Gone("a", syncs_folder=True)) == {None}


def test_after_a_sync_that_failed_the_next_one_makes_nothing_good() -> None:
    made = (Made("a", syncs_folder=True), Wrote("a", 0, OLD), Synced("a"), Wrote("a", 0, NEW))
    assert OLD in found(*made, Synced("a", ok=False), Synced("a"))
    assert found(*made, Synced("a")) == {NEW}
