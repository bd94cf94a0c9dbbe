"""Killed at any moment, the bot loses nothing and says nothing twice; unguarded it does both."""

from __future__ import annotations

import random
from pathlib import Path

from .load import messages
from .load.kills import Run, kills, table
from .load.stage import open_stage


async def killed(folder: Path, count: int, *options: str) -> Run:
    """A short run with a reader that costs nothing; the same for the same number of kills."""
    rng = random.Random(count)
    async with open_stage(folder) as stage:
        return await kills(
            stage,
            stage.bot("--no-budget", "--scripted", *options, quiet_seconds=0.3),
            count,
            messages.forever(messages.SCRIPTED, rng),
            rng,
            people=60,
            lives_s=(0.05, 1.2),
            still_s=1.0,
        )


async def test_six_kills_under_load_lose_nothing_and_repeat_nothing(tmp_path: Path) -> None:
    """0 lost, 0 answered twice, order kept, and staff see every delivery that is in doubt."""
    run = await killed(tmp_path, 6)
    assert run.verdict.sent > 100
    assert len(run.restart_to_reply_s) >= 3, "the bot hardly ever got to speak"
    assert run.verdict.is_clean, table(run)


async def test_a_bot_that_confirms_before_it_stores_loses_messages(tmp_path: Path) -> None:
    """The sabotage twin of "stored first": what the runs above rest on is really seen."""
    run = await killed(tmp_path, 4, "--sabotage", "ack-early")
    assert run.verdict.lost > 0


async def test_a_bot_that_does_not_know_an_update_again_answers_twice(tmp_path: Path) -> None:
    """The sabotage twin of UNIQUE (bot_id, update_id): Telegram does deliver updates again."""
    run = await killed(tmp_path, 4, "--sabotage", "no-unique")
    assert run.verdict.doubled > 0
