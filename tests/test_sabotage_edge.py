"""Twins of the fault programme at the edge: the clock, the wire to Telegram, the webhook."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.clock import SystemClock

from . import test_faults_clocks as clocks
from .test_sabotage import Twin, green_and_red, nothing, replaced


def the_wall(patch: pytest.MonkeyPatch) -> None:
    """The computer's time of day is taken for the time, as is commonly done."""
    patch.setattr(SystemClock, "now", lambda self: self._wall())


deaf = replaced(SystemClock, "told", nothing)

TWINS = (
    Twin("seconds that nobody sets, forwards", the_wall, clocks.set_forwards),
    Twin("seconds that nobody sets, back", the_wall, clocks.set_back),
    Twin(
        "Telegram's word for the time",
        deaf,
        clocks.a_computer_that_stood_still_rings_when_it_goes_on,
    ),
    Twin(
        "Telegram's word at the start",
        deaf,
        clocks.a_computer_that_starts_with_the_wrong_time_rings_when_it_is_due,
    ),
    Twin(
        "a burst that ends by seconds that nobody sets",
        the_wall,
        clocks.a_burst_ends_though_the_computer_is_set_back_in_it,
    ),
    Twin(
        "a model given up by seconds that nobody sets",
        the_wall,
        clocks.a_model_that_hangs_is_given_up_though_the_computer_is_set_back,
    ),
)


@pytest.mark.parametrize("twin", TWINS, ids=lambda twin: twin.without.replace(" ", "_"))
async def test_a_story_goes_red_without(
    twin: Twin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await green_and_red(twin, tmp_path, monkeypatch)
