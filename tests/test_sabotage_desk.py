"""The brief, the queue and the places of a case with each guard taken away: the story goes red."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import detour, pass_on
from bot.conversation import Case
from bot.desk import brief, overview, snooze
from bot.ledger import Ledger
from bot.store.records import Records
from bot.store.team import Team

from . import test_brief as briefs
from . import test_drafts as drafts
from . import test_handing_over as handing_over
from . import test_orders as orders
from . import test_relaying as relaying
from . import test_snoozing as snoozing
from .test_sabotage import Twin, green_and_red, nothing, replaced


def tone_alone(case: Case, language: str) -> str:
    """The tone without the words that show it."""
    return f"{case.tone} {language}"


TWINS = (
    Twin(
        "the words that show the tone",
        replaced(brief, "_tone", tone_alone),
        briefs.test_the_brief_quotes_the_words_that_show_anger,
    ),
    Twin(
        "the customer's last cases",
        replaced(Records, "cases_before", lambda *_: []),
        briefs.test_the_brief_names_the_customers_last_cases_and_who_settled_them,
    ),
    Twin(
        "a draft",
        replaced(pass_on, "_could_answer", lambda *_: []),
        drafts.test_the_approved_answer_to_the_likely_subject_is_proposed,
    ),
    Twin(
        "bringing the brief up to date",
        replaced(Ledger, "card", nothing),
        handing_over.test_the_buttons_follow_the_state,
    ),
    Twin(
        "the order of the queue",
        replaced(overview, "most_pressing_first", lambda entries: entries[::-1]),
        orders.test_the_queue_is_by_priority_then_age_with_links_to_the_topics,
    ),
    Twin(
        "going off duty",
        replaced(Team, "go_off", nothing),
        orders.test_duty_is_said_with_on_and_off,
    ),
    Twin(
        "the clock of a snooze",
        replaced(snooze, "ran_out", nothing),
        snoozing.until_the_time_comes,
    ),
    Twin(
        "making a deleted topic again",
        replaced(detour, "start_over", nothing),
        relaying.test_a_deleted_topic_is_made_again_with_the_brief_and_nothing_is_lost,
    ),
)


@pytest.mark.parametrize("twin", TWINS, ids=lambda twin: twin.without.replace(" ", "_"))
async def test_a_story_of_the_desk_goes_red_without(
    twin: Twin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await green_and_red(twin, tmp_path, monkeypatch)
