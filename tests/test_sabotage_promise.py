"""The guards of the promise taken away one by one: the same story must go red."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from bot import delivery, ledger, promise, staff, voice
from bot.conversation import Case
from bot.delivery import Delivery
from bot.desk import overdue
from bot.desk.desk_words import RANG
from bot.ledger import Ledger
from bot.promises import terms
from bot.promises.hours import Hours
from bot.store.errands import Outbox
from bot.store.kept import Promises
from bot.store.timers import Timers
from bot.store.transcript import Transcript

from . import shop as shops
from . import test_ladder_clocks as clocks
from . import test_promise as stories
from .virtual import open_day

Sabotage = Callable[[pytest.MonkeyPatch], None]
RED = (AssertionError, ValueError, IndexError, pytest.fail.Exception)


def without(place: Any, name: str, by: object = lambda *_, **__: None) -> Sabotage:
    return lambda patch: patch.setattr(place, name, by)


def counts_when_written(patch: pytest.MonkeyPatch) -> None:
    """The promise is kept as soon as a reply is handed to the outbox."""
    whole = Ledger.send

    def send(self: Ledger, effect: Any, purpose: Any, case: Any, ref: int | None = None) -> None:
        whole(self, effect, purpose, case, ref)
        if purpose == "words" and case is not None and case.due_at is not None:
            self.owe_no_more(self.records.case(case.id) or case)

    patch.setattr(Ledger, "send", send)


def speaks_up(patch: pytest.MonkeyPatch) -> None:
    """The bot owns up, whoever holds the case: neither of the two guards is there."""

    def own_up(pen: Any, case: Any) -> None:
        pen.say(case, pen.phrase("fr", "missed"))

    patch.setattr(promise, "_own_up", own_up)
    patch.setattr(delivery, "_held_by_a_person", lambda _: False)


def heard_for_good(pen: Any, case: Any) -> bool:
    """Whoever presses Seen has silenced it, whether anybody takes the case or not."""
    return bool(pen.promises.acts_since(case.id, (RANG,), pen.staff_ids))


def from_its_beginning(self: Ledger, case: Case) -> Case:
    """However long it has waited by now."""
    return self.owe(case, since=case.waiting_since or self.now)


TWINS: dict[str, tuple[Sabotage, Callable[..., Awaitable[None]]]] = {
    "counting a reply when it has arrived": (
        counts_when_written,
        stories.test_a_reply_counts_when_it_has_arrived_not_when_it_is_written,
    ),
    "stopping the clocks when it has": (
        without(Delivery, "_kept"),
        stories.test_a_customer_who_writes_again_starts_a_new_clock,
    ),
    "a new clock for who writes again": (
        without(promise, "wrote_again"),
        stories.test_a_customer_who_writes_again_starts_a_new_clock,
    ),
    "looking at what was written since": (
        without(Transcript, "customer_wrote_after"),
        stories.test_what_a_customer_wrote_after_the_reply_was_written_still_waits,
    ),
    "hearing an acknowledgement": (
        without(Promises, "acts_since", lambda *_: set()),
        stories.test_whoever_holds_the_case_is_called_and_acknowledges,
    ),
    "coming back after it was only seen": (
        without(promise, "_was_heard", heard_for_good),
        stories.test_what_was_only_seen_comes_back_until_somebody_takes_the_case,
    ),
    "a new alarm in the place of one that still waits": (
        without(Outbox, "withdraw"),
        stories.a_slow_group,
    ),
    "saying that nobody is on duty": (
        without(Ledger, "tell_all_off"),
        stories.test_when_all_are_off_duty_general_is_told,
    ),
    "saying once that nobody is on duty": (
        without(voice, "ALL_OFF_EVERY_S", 0.0),
        stories.nobody_there,
    ),
    "calling the others where nobody leads": (
        without(Ledger, "leads", lambda self: [self.team.person(1)]),
        stories.nobody_leads,
    ),
    "one message for many promises": (
        without(voice, "LEADS_EVERY_S", 0.0),
        stories.overdue_together,
    ),
    "taking back the alarms of a case that is taken": (
        without(Ledger, "hush"),
        stories.test_who_takes_a_case_takes_its_alarms_back_that_have_not_been_sent,
    ),
    "ringing again for a case that is let go": (
        without(Ledger, "ring_again"),
        stories.test_an_overdue_case_that_is_let_go_rings_again,
    ),
    "ringing as soon as that, whatever was done before": (
        without(ledger, "RESTS", "something_else"),
        stories.test_an_overdue_case_that_is_let_go_rings_again,
    ),
    "owning up for a case that is let go": (
        without(Ledger, "ring_again"),
        stories.it_owns_up_once_a_case_is_let_go,
    ),
    "forgetting what was owned up to": (
        without(Promises, "stop_clocks"),
        stories.it_owns_up_once_a_case_is_let_go,
    ),
    "showing staff what the customer was told": (
        without(Timers, "moment"),
        stories.test_the_wait_that_is_told_grows_with_the_queue,
    ),
    "ringing again for a case of who goes home": (
        without(Ledger, "ring_again"),
        stories.who_holds_it_goes_home,
    ),
    "looking at start who has left": (
        without(promise, "go_on"),
        stories.who_holds_it_leaves_the_team,
    ),
    "an urgent promise that can still be kept": (
        without(Ledger, "owe_anew", from_its_beginning),
        stories.made_urgent_by_hand,
    ),
    "what a claim asks in private": (
        without(staff, "TAKE_OVER", "something_else"),
        stories.a_lead_takes_over_in_private,
    ),
    "the other road to a lead": (
        without(overdue, "refused"),
        stories.test_a_lead_who_cannot_be_written_to_is_called_in_general,
    ),
    "the highest rung ringing for all": (
        without(Promises, "clocks_by", lambda *_: set()),
        stories.test_after_an_outage_the_highest_rung_rings_for_all,
    ),
    "quiet at night": (
        without(Hours, "is_open", lambda *_: True),
        stories.test_what_came_due_while_we_were_down_does_not_ring_at_night,
    ),
    "minutes that count only while people are there": (
        without(terms.Terms, "hours_for", lambda *_: terms.ALWAYS),
        stories.test_nothing_rings_at_night,
    ),
    "silence while a person holds the case": (
        speaks_up,
        stories.test_while_a_person_holds_the_case_the_bot_owns_up_to_nothing,
    ),
    "saying once when people are back": (
        without(Ledger, "noted", lambda *_: False),
        stories.test_outside_hours_it_says_once_when_people_are_back,
    ),
    "looking at the queue": (
        without(Promises, "ahead", lambda *_: 0),
        stories.test_the_wait_that_is_told_grows_with_the_queue,
    ),
}


@pytest.mark.parametrize("guard", TWINS, ids=lambda guard: guard.replace(" ", "_"))
async def test_a_story_of_the_promise_goes_red_without(
    guard: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sabotage, story = TWINS[guard]
    sabotage(monkeypatch)
    monkeypatch.setattr(shops, "PATIENCE_S", 1.0)
    with pytest.raises(RED):
        if "day" in story.__code__.co_varnames[: story.__code__.co_argcount]:
            async with open_day(tmp_path) as day:
                await story(day)
        else:
            await story(tmp_path)


@pytest.mark.parametrize(
    "sabotage",
    [
        without(Promises, "clocks_by", lambda *_: set()),
        without(Hours, "after", lambda _, moment, seconds: moment + seconds),
    ],
    ids=["every_rung_rings", "all_minutes_count"],
)
def test_the_schedules_go_red_without(sabotage: Sabotage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clocks, "SCHEDULES", 300)
    sabotage(monkeypatch)
    with pytest.raises(RED):
        clocks.test_no_alarm_is_early_late_or_double_in_thousands_of_schedules()
