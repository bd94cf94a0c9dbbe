"""The guards of the promise taken away one by one: the same story must go red."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot import delivery, ledger, promise, staff, voice
from bot.conversation import Case
from bot.delivery import Ordinary
from bot.desk.desk_words import RANG
from bot.desk.overdue import Overdue
from bot.ledger import Ledger
from bot.promises import terms
from bot.promises.hours import Hours
from bot.store.errands import Outbox
from bot.store.kept import Promises
from bot.store.timers import Timers
from bot.store.transcript import Transcript
from bot.voice import Voice

from . import test_ladder_clocks as clocks
from . import test_promise as stories
from .test_sabotage import RED, Sabotage, Twin, green_and_red, nothing, replaced


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


TWINS = (
    Twin(
        "striking out an alarm that is true no more",
        replaced(Voice, "quieten", nothing),
        stories.test_an_alarm_in_its_topic_follows_the_case,
    ),
    Twin(
        "one alarm at a time",
        replaced(Voice, "_strike_out", nothing),
        stories.test_an_alarm_in_its_topic_follows_the_case,
    ),
    Twin(
        "counting a reply when it has arrived",
        counts_when_written,
        stories.test_a_reply_counts_when_it_has_arrived_not_when_it_is_written,
    ),
    Twin(
        "stopping the clocks when it has",
        replaced(Ordinary, "_kept", nothing),
        stories.test_a_customer_who_writes_again_starts_a_new_clock,
    ),
    Twin(
        "a new clock for who writes again",
        replaced(promise, "wrote_again", nothing),
        stories.test_a_customer_who_writes_again_starts_a_new_clock,
    ),
    Twin(
        "looking at what was written since",
        replaced(Transcript, "customer_wrote_after", nothing),
        stories.test_what_a_customer_wrote_after_the_reply_was_written_still_waits,
    ),
    Twin(
        "hearing an acknowledgement",
        replaced(Promises, "acts_since", lambda *_: set()),
        stories.test_whoever_holds_the_case_is_called_and_acknowledges,
    ),
    Twin(
        "coming back after it was only seen",
        replaced(promise, "_was_heard", heard_for_good),
        stories.test_what_was_only_seen_comes_back_until_somebody_takes_the_case,
    ),
    Twin(
        "a new alarm in the place of one that still waits",
        replaced(Outbox, "withdraw", nothing),
        stories.a_slow_group,
    ),
    Twin(
        "saying that nobody is on duty",
        replaced(Ledger, "tell_all_off", nothing),
        stories.test_when_all_are_off_duty_general_is_told,
    ),
    Twin(
        "saying once that nobody is on duty",
        replaced(voice, "ALL_OFF_EVERY_S", 0.0),
        stories.nobody_there,
    ),
    Twin(
        "calling the others where nobody leads",
        replaced(Ledger, "leads", lambda self: [self.team.person(1)]),
        stories.nobody_leads,
    ),
    Twin(
        "one message for many promises",
        replaced(voice, "LEADS_EVERY_S", 0.0),
        stories.overdue_together,
    ),
    Twin(
        "taking back the alarms of a case that is taken",
        replaced(Ledger, "hush", nothing),
        stories.test_who_takes_a_case_takes_its_alarms_back_that_have_not_been_sent,
    ),
    Twin(
        "ringing again for a case that is let go",
        replaced(Ledger, "ring_again", nothing),
        stories.test_an_overdue_case_that_is_let_go_rings_again,
    ),
    Twin(
        "ringing as soon as that, whatever was done before",
        replaced(ledger, "RESTS", "something_else"),
        stories.test_an_overdue_case_that_is_let_go_rings_again,
    ),
    Twin(
        "owning up for a case that is let go",
        replaced(Ledger, "ring_again", nothing),
        stories.it_owns_up_once_a_case_is_let_go,
    ),
    Twin(
        "forgetting what was owned up to",
        replaced(Promises, "stop_clocks", nothing),
        stories.it_owns_up_once_a_case_is_let_go,
    ),
    Twin(
        "showing staff what the customer was told",
        replaced(Timers, "moment", nothing),
        stories.test_the_wait_that_is_told_grows_with_the_queue,
    ),
    Twin(
        "ringing again for a case of who goes home",
        replaced(Ledger, "ring_again", nothing),
        stories.who_holds_it_goes_home,
    ),
    Twin(
        "looking at start who has left",
        replaced(promise, "go_on", nothing),
        stories.who_holds_it_leaves_the_team,
    ),
    Twin(
        "an urgent promise that can still be kept",
        replaced(Ledger, "owe_anew", from_its_beginning),
        stories.made_urgent_by_hand,
    ),
    Twin(
        "what a claim asks in private",
        replaced(staff, "TAKE_OVER", "something_else"),
        stories.a_lead_takes_over_in_private,
    ),
    Twin(
        "the other road to a lead",
        replaced(Overdue, "refused", nothing),
        stories.test_a_lead_who_cannot_be_written_to_is_called_in_general,
    ),
    Twin(
        "the highest rung ringing for all",
        replaced(Promises, "clocks_by", lambda *_: set()),
        stories.test_after_an_outage_the_highest_rung_rings_for_all,
    ),
    Twin(
        "quiet at night",
        replaced(Hours, "is_open", lambda *_: True),
        stories.test_what_came_due_while_we_were_down_does_not_ring_at_night,
    ),
    Twin(
        "minutes that count only while people are there",
        replaced(terms.Terms, "hours_for", lambda *_: terms.ALWAYS),
        stories.test_nothing_rings_at_night,
    ),
    Twin(
        "silence while a person holds the case",
        speaks_up,
        stories.test_while_a_person_holds_the_case_the_bot_owns_up_to_nothing,
    ),
    Twin(
        "saying once when people are back",
        replaced(Ledger, "noted", lambda *_: False),
        stories.test_outside_hours_it_says_once_when_people_are_back,
    ),
    Twin(
        "looking at the queue",
        replaced(Promises, "ahead", lambda *_: 0),
        stories.test_the_wait_that_is_told_grows_with_the_queue,
    ),
)


@pytest.mark.parametrize("twin", TWINS, ids=lambda twin: twin.without.replace(" ", "_"))
async def test_a_story_of_the_promise_goes_red_without(
    twin: Twin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await green_and_red(twin, tmp_path, monkeypatch)


@pytest.mark.parametrize(
    "sabotage",
    [
        replaced(Promises, "clocks_by", lambda *_: set()),
        replaced(Hours, "after", lambda _, moment, seconds: moment + seconds),
    ],
    ids=["every_rung_rings", "all_minutes_count"],
)
def test_the_schedules_go_red_replaced(sabotage: Sabotage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clocks, "SCHEDULES", 300)
    sabotage(monkeypatch)
    with pytest.raises(RED):
        clocks.test_no_alarm_is_early_late_or_double_in_thousands_of_schedules()
