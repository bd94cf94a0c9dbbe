"""A small surge in virtual time: everybody angry is seen within two minutes, killed or not."""

from __future__ import annotations

from pathlib import Path

import pytest

from .load.surge import Surge, overtaken
from .load.uproar import arrivals

CROWD = arrivals(people=24, angry=12, seconds=60.0, seed=7)


@pytest.mark.parametrize("restart_at", [None, 30.0], ids=["undisturbed", "killed in the middle"])
async def test_everybody_angry_is_seen_and_answered(
    tmp_path: Path, restart_at: float | None
) -> None:
    fates = await Surge(tmp_path, CROWD, restart_at=restart_at).run()
    angry = [fate for fate in fates if fate.angry]
    assert len(angry) == 12
    assert all(fate.seen is not None and fate.seen < 120.0 for fate in angry)
    assert all(fate.answered is not None for fate in fates if not fate.by_bot)
    assert overtaken(fates) == 0
