"""Twins of the fault programme at the edge: the clock, the wire to Telegram, the webhook."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from bot import receive
from bot.aloud import Aloud
from bot.budget import Budget
from bot.clock import SystemClock
from bot.delivery import Delivery
from bot.errand import OutboxRow, Purpose, Repeat
from bot.incoming import Calls
from bot.ledger import Ledger
from bot.promises.hours import Hours
from bot.receive import Receiver
from bot.telegram import outcome
from bot.telegram.edge import TelegramEdge

from . import test_faults_clocks as clocks
from . import test_faults_telegram as telegram
from . import test_faults_webhook as webhook
from . import test_hours as business_hours
from . import test_receiving as receiving
from .test_sabotage import Twin, green_and_red, nothing, policy, replaced


def the_wall(patch: pytest.MonkeyPatch) -> None:
    """The computer's time of day is taken for the time, as is commonly done."""
    patch.setattr(SystemClock, "now", lambda self: self._wall())


deaf = replaced(SystemClock, "told", nothing)


def once(patch: pytest.MonkeyPatch) -> None:
    """Telegram is asked once, and what it says is taken for ever."""

    async def reached(_: Receiver, ask: Any) -> Any:
        return await ask()

    patch.setattr(Receiver, "_reached", reached)


def never_looks(patch: pytest.MonkeyPatch) -> None:
    """Telegram is asked whom it calls, and what it says is not looked at."""
    whole = TelegramEdge.calls

    async def calls(self: TelegramEdge) -> Calls:
        await whole(self)
        return Calls("always the same")

    patch.setattr(TelegramEdge, "calls", calls)


def asks_on(patch: pytest.MonkeyPatch) -> None:
    """A 409 is taken for a network that fails, and asked again for ever."""
    patch.setattr(outcome, "Conflict", ZeroDivisionError)


async def _says_nothing(*_: object) -> None:
    """The bot ends, and its log alone knows why."""


def keeps_it_to_itself(_: Delivery, ledger: Ledger, row: OutboxRow, why: str) -> None:
    """An outcome that nobody can know is written down, and no person is told."""
    ledger.records.outbox.settle(row.id, "uncertain", ledger.now, why)


def after_midnight(hours: Hours, day: date, minute: int, **_: bool) -> float:
    """The clocks are never changed: noon is twelve hours after midnight on every day."""
    return datetime(day.year, day.month, day.day, tzinfo=hours._zone).timestamp() + 60.0 * minute


async def the_night_with_an_hour_twice() -> None:
    night = (business_hours.NIGHTS, "2026-11-01 00:00", 240, "2026-11-01 03:00", 0)
    business_hours.test_the_change_of_hour(*night)


TWINS = (
    Twin("seconds that nobody sets, forwards", the_wall, clocks.set_forwards),
    Twin("seconds that nobody sets, back", the_wall, clocks.set_back),
    Twin("seconds that nobody sets, frozen", the_wall, clocks.a_frozen_clock),
    Twin("seconds that nobody sets, racing", the_wall, clocks.a_racing_clock),
    Twin(
        "looking when the clocks are changed",
        replaced(Hours, "_moment", after_midnight),
        the_night_with_an_hour_twice,
    ),
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
    Twin(
        "at most once on a wire that is cut",
        policy(Purpose.ANSWER, Repeat.AT_LEAST_ONCE),
        telegram.an_answer_cut_off_goes_out_once,
    ),
    Twin(
        "telling staff of what nobody knows",
        replaced(Delivery, "_unsure", keeps_it_to_itself),
        telegram.staff_hear_of_an_answer_that_was_cut_off,
    ),
    Twin(
        "not knowing what a 502 means",
        replaced(outcome, "never_left", lambda _: True),
        telegram.an_answer_behind_a_502_goes_out_once,
    ),
    Twin(
        "knowing a press that is too old",
        replaced(outcome, "ALREADY", ()),
        telegram.a_press_too_old_to_be_answered_still_counts,
    ),
    Twin(
        "keeping the silence of a 429",
        replaced(Budget, "hold", nothing),
        telegram.an_hour_of_storms,
    ),
    Twin(
        "stopping when another asks",
        asks_on,
        telegram.of_two_instances_one_stops_and_each_answer_is_given_once,
    ),
    Twin(
        "patience with one who looks",
        replaced(receive, "CONFLICTS", 1),
        receiving.who_looks_with_get_updates_ends_no_bot,
    ),
    Twin(
        "saying that it ends",
        replaced(Aloud, "say_that_it_ends", _says_nothing),
        receiving.the_loser_of_two_instances_tells_staff,
        red_at="OTHER_RECEIVES",
    ),
    Twin(
        "stopping at a webhook that was left",
        asks_on,
        telegram.test_a_leftover_webhook_is_named_with_its_mend,
    ),
    Twin(
        "a limit to a sender's time",
        replaced(webhook, "IN_TIME_S", 1000.0),
        webhook.slow_senders_are_sent_away,
    ),
    Twin(
        "looking whom Telegram calls",
        never_looks,
        webhook.a_bot_that_telegram_calls_no_more_stops_and_says_so,
        red_at="asyncio.wait_for(asyncio.shield(shop.receiving)",
    ),
    Twin(
        "asking Telegram again at the start",
        once,
        webhook.a_telegram_out_of_reach_at_the_start_is_asked_again,
    ),
)


@pytest.mark.parametrize("twin", TWINS, ids=lambda twin: twin.without.replace(" ", "_"))
async def test_a_story_goes_red_without(
    twin: Twin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await green_and_red(twin, tmp_path, monkeypatch)
