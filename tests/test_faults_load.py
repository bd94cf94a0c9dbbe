"""A crowd and a flooder: everybody hears something, and a flooder leaves others their places."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import delivery
from bot.store import errands, fairness
from tests.faults import SHORT, Report, load
from tests.faults.document import as_text
from tests.faults.flood import Flood, live

SEED = 1


async def test_in_a_crowd_and_beside_a_flooder_nobody_is_forgotten() -> None:
    """How long true seconds are is the machine's affair: only virtual ones are judged here."""
    out = Report("load")
    await load.run(SHORT, SEED, out)
    machine = ("acknowledged too late", "angry cases seen too late")
    found = [one for one in out.violations if not one.what.startswith(machine)]
    assert not found, as_text(out)
    assert out.figures["messages"] > 10 and out.figures["flooder_left"] == 0


async def test_a_flooder_whose_words_do_not_rest_makes_the_others_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flood = Flood(people=40, messages=300, seconds=120, seed=SEED)
    guarded = await live(flood, tmp_path / "guarded")
    monkeypatch.setattr(errands, "HEADS", fairness.HEADS.replace("latest + ", "0 * "))
    monkeypatch.setattr(delivery, "joined", lambda _, row, __: row.errand.effect)
    unguarded = await live(flood, tmp_path / "unguarded")
    assert sum(unguarded.ages.seen) > 1.5 * sum(guarded.ages.seen)
    assert unguarded.left > guarded.left == 0
