"""Each guard of the brief and the closing taken away on purpose: the green story must go red."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.conversation import Score
from bot.customers import closing
from bot.customers.comeback import Comeback
from bot.desk import brief
from bot.desk.second_look import SecondLook
from bot.store.drafts import Drafts
from bot.store.ratings import Ratings
from bot.store.team import Team

from . import test_brief as briefs
from . import test_closing as closings
from . import test_drafts as drafts
from .test_sabotage import Twin, green_and_red, nothing, replaced


def the_last_tap_wins(self: Ratings, case_id: int, score: Score, now: float) -> bool:
    self._do(
        "INSERT OR REPLACE INTO ratings (case_id, score, at) VALUES (?, ?, ?)",
        (case_id, score, now),
    )
    return True


def everybody(self: Team, ids: tuple[int, ...]) -> list[object]:
    return [self.person(who) for who in ids]


def is_news_however_asked_for(patch: pytest.MonkeyPatch) -> None:
    whole = closing._heated
    patch.setattr(closing, "_heated", lambda turn, reading, *_: whole(turn, reading))


TWINS = (
    Twin(
        "letting the first tap stand",
        replaced(Ratings, "add", the_last_tap_wins),
        closings.test_a_second_tap_changes_nothing,
    ),
    Twin(
        "hearing thanks as thanks",
        replaced(closing, "_says_thanks", lambda *_: False),
        closings.test_thanks_after_the_closing_are_liked_and_open_nothing,
    ),
    Twin(
        "taking a closed case up again",
        replaced(Comeback, "wrote", nothing),
        closings.test_a_case_taken_up_again_goes_back_to_the_same_person_in_the_same_topic,
    ),
    Twin(
        "knowing a comment from a request",
        replaced(closing, "is_comment", lambda *_: False),
        closings.test_words_after_the_tap_are_kept_with_it_and_open_nothing,
    ),
    Twin(
        "bearing the critique that was asked for",
        is_news_however_asked_for,
        closings.test_what_would_have_been_better_may_be_said_with_annoyance,
    ),
    Twin(
        "asking who is on duty",
        replaced(Team, "on_duty", everybody),
        closings.test_it_waits_for_anybody_when_that_person_is_off_duty,
    ),
    Twin(
        "measuring the brief",
        replaced(brief, "MESSAGE_UNITS", 10**6),
        briefs.test_a_long_case_keeps_its_newest_exchanges_in_its_card,
    ),
    Twin(
        "remembering that a draft was sent",
        replaced(Drafts, "sent", nothing),
        drafts.test_two_people_who_press_send_at_once_send_it_once,
    ),
    Twin(
        "a second look at drafts",
        replaced(SecondLook, "_doubts", lambda *_: ()),
        drafts.test_a_draft_with_somebody_elses_number_is_asked_about_first,
    ),
)


@pytest.mark.parametrize("twin", TWINS, ids=lambda twin: twin.without.replace(" ", "_"))
async def test_a_story_goes_red_without(
    twin: Twin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await green_and_red(twin, tmp_path, monkeypatch)
