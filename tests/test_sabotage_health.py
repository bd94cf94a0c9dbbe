"""What tells a monitor the truth, taken away: the same stories go red."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.app import App
from bot.store.backlog import Backlog
from bot.store.engine import Store
from bot.watch import health
from bot.watch.health_settings import host_and_port
from bot.watch.vitals import Passes, Waiting
from bot.webhook import serve

from . import test_health as stories
from .test_sabotage import RED, Twin, green_and_red, replaced


async def _served_or_dead(app: App) -> None:
    """What cannot listen ends the program, as is common."""
    await serve([], *host_and_port(app.settings.health.listen))


TWINS = (
    Twin(
        "looking in the rows",
        replaced(Backlog, "_unseen", lambda *_: Waiting()),
        stories.an_angry_case_that_staff_have_not_been_shown_is_told_after_a_restart_too,
    ),
    Twin(
        "counting what the store refuses",
        replaced(Store, "_note_health", lambda *_: None),
        stories.a_turn_without_an_outcome_and_a_store_that_takes_nothing_are_told,
    ),
    Twin(
        "a limit to silence",
        replaced(health, "_too_long", lambda *_: ""),
        stories.a_telegram_that_answers_no_poll_is_told,
    ),
    Twin(
        "noting how the model's last pass went",
        replaced(Passes, "and_one", lambda passes, *_: passes),
        stories.a_model_that_fails_is_told_until_it_reads_again,
    ),
    Twin(
        "counting what is not known or not readable",
        replaced(Backlog, "_count", lambda *_: 0),
        stories.what_nobody_knows_and_what_nobody_can_read_is_counted,
    ),
    Twin(
        "customers before monitors",
        replaced(App, "_serve_health", _served_or_dead),
        stories.customers_are_served_when_the_place_is_taken,
    ),
)


@pytest.mark.parametrize("twin", TWINS, ids=lambda twin: twin.without.replace(" ", "_"))
async def test_a_story_of_health_goes_red_without(
    twin: Twin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.twins.RED", (*RED, OSError))
    await green_and_red(twin, tmp_path, monkeypatch)
