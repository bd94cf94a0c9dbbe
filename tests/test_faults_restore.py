"""The drill with a copy put back, short; and its twin, a bot that does not know a copy."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.store.copies import Copied

from .faults import SHORT, Report, restore


async def test_a_copy_made_under_load_is_put_back_and_nothing_is_said_twice() -> None:
    out = Report("restore")
    await restore.run(SHORT, 1, out)
    assert not out.violations, out.violations


async def test_a_bot_that_does_not_know_that_it_is_on_a_copy_answers_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sabotage twin. Whether an answer is under way as the copy is made is a matter of
    milliseconds, so several copies are tried."""
    monkeypatch.setattr(Copied, "at", lambda _: None)
    for seed in range(1, 6):
        seen = await restore.drill(tmp_path / str(seed), 20, seed)
        assert not seen.staff_told
        if seen.doubled:
            return
    raise AssertionError("no copy was made while an answer was under way")
