"""The guards of what staff do, each taken away on purpose: the story that was green goes red."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import commands, snooze
from bot.staff import StaffSide

from . import test_authority as authority
from . import test_orders as orders
from . import test_snoozing as snoozing
from .test_sabotage import RED, Twin, nothing, replaced, told

TWINS = (
    Twin(
        "the check of a command's authority",
        replaced(StaffSide, "_may", lambda *_, **__: True),
        authority.a_stranger_types_commands,
    ),
    Twin(
        "hearing a slash as a command",
        replaced(commands, "typed", nothing),
        orders.an_unknown_command,
    ),
    Twin(
        "waking a case when its customer writes",
        replaced(snooze, "come_back", lambda _pen, case, *_: case),
        snoozing.until_the_customer_writes,
    ),
)


@pytest.mark.parametrize("twin", TWINS, ids=lambda twin: twin.without.replace(" ", "_"))
async def test_a_story_goes_red_without(
    twin: Twin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        await told(twin.story, tmp_path / "green", patch)
    with monkeypatch.context() as patch:
        twin.sabotage(patch)
        with pytest.raises(RED):
            await told(twin.story, tmp_path / "red", patch, 1.5)
