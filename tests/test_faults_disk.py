"""A disk that is full or fails, and a store that somebody else holds: the theme, short."""

from __future__ import annotations

from pathlib import Path

import pytest

from .faults import SHORT, Report, disk
from .faults.sqlite_disk import NoView
from .faults.troubles import NoSmallDisk
from .test_sabotage import acknowledged_early


@pytest.mark.parametrize("name", [name for name in disk.TROUBLES if "process, web" not in name])
async def test_nothing_is_confirmed_that_is_not_stored_and_it_recovers(
    name: str, tmp_path: Path
) -> None:
    out = Report("disk")
    with disk.in_haste():
        try:
            seen = await disk.TROUBLES[name](tmp_path, 0.0, 3)
        except (NoSmallDisk, NoView) as error:
            pytest.skip(str(error))
    disk._judge(out, name, seen)
    assert not out.violations, out.violations


async def test_a_bot_that_confirms_early_is_caught_by_a_failing_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sabotage twin: without storing first, a disk that fails loses what was confirmed."""
    acknowledged_early(monkeypatch)
    monkeypatch.setattr(disk, "WITHIN_S", 3.0)
    with disk.in_haste():
        seen = await disk.locked(tmp_path, 0.0, 3)
    assert seen.early > 0


async def test_the_log_shrinks_again_when_a_long_reader_leaves() -> None:
    out = Report("disk")
    await disk._grow(SHORT, out)
    assert not out.violations
