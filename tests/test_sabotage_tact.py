"""The guards of the second look taken away on purpose: the same stories must go red."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot import relay, route, staff
from bot.conversation import Case, Reading
from bot.desk import second_look, tact
from bot.desk.doubt import Found
from bot.desk.second_look import SecondLook
from bot.incoming import Wrote
from bot.ledger import Ledger
from bot.staff import StaffSide
from bot.store.held_replies import HeldReplies
from bot.store.kept import Promises

from . import test_edited_before_arrival as edited
from . import test_second_look as stories
from .test_sabotage import Twin, green_and_red, nothing, replaced


def no_order(patch: pytest.MonkeyPatch) -> None:
    """Nothing waits behind a held reply of the same agent."""
    whole = HeldReplies.open_in

    def open_in(self: HeldReplies, case_id: int, agent_id: int | None = None) -> Any:
        return [] if agent_id is not None else whole(self, case_id)

    patch.setattr(HeldReplies, "open_in", open_in)


def believing(text: str, facts: tact.Facts, reading: Reading | None) -> tuple[Found, ...]:
    """What a failed reading says is taken for what was read."""
    return tact.doubts(text, facts, reading and replace(reading, failed=None))


def carried_at_once(_: SecondLook, ledger: Ledger, case: Case, edit: Wrote, *__: object) -> None:
    relay.edit_to_customer(ledger, case, edit)


def stays_asked(self: HeldReplies, held_id: int, state: str) -> None:
    """The row of a decided reply stays open."""


def all_of_them(self: Promises, case_id: int, _kinds: Collection[str]) -> None:
    """A kept promise stops every clock of its case."""
    self._do("DELETE FROM timers WHERE case_id = ?", (case_id,))


TWINS = (
    Twin(
        "looking for shouts",
        replaced(tact, "_capitals", lambda _: ()),
        stories.test_a_shouted_reply_is_held_with_one_question_below_it,
    ),
    Twin(
        "looking again at what was edited",
        replaced(SecondLook, "edited", nothing),
        stories.test_a_corrected_reply_goes_out_by_itself,
    ),
    Twin(
        "keeping the order behind a held reply",
        no_order,
        stories.test_what_is_written_behind_a_held_reply_keeps_its_order,
    ),
    Twin(
        "settling a decided reply",
        replaced(HeldReplies, "settle", stays_asked),
        stories.test_a_second_press_sends_nothing_more,
    ),
    Twin(
        "the check of who decides",
        replaced(StaffSide, "_may", lambda *_, **__: True),
        stories.test_only_staff_decide_about_a_held_reply,
    ),
    Twin(
        "voiding what is held when the case leaves staff",
        replaced(SecondLook, "over", nothing),
        stories.test_a_resolved_case_takes_its_held_replies_with_it,
    ),
    Twin(
        "asking whoever does not hold the case",
        replaced(second_look, "_holder", lambda *_: None),
        stories.test_a_late_reply_by_another_is_asked_to_confirm_and_only_once,
    ),
    Twin(
        "reading the owner again when the question is answered",
        replaced(second_look, "_holder", lambda *_: None),
        stories.test_a_case_claimed_by_another_meanwhile_is_asked_about_again,
    ),
    Twin(
        "remembering that a collision was confirmed",
        replaced(HeldReplies, "confirmed", lambda *_: False),
        stories.test_a_late_reply_by_another_is_asked_to_confirm_and_only_once,
    ),
    Twin(
        "letting a reply pass that the model could not read",
        replaced(second_look, "doubts", believing),
        stories.a_model_that_fails_blocks_no_reply,
        red_at="shop.answers(camille,",
    ),
    Twin(
        "knowing what the customer wrote",
        replaced(second_look, "Facts", lambda **facts: tact.Facts(**facts | {"said": ""})),
        stories.test_what_the_customer_wrote_may_be_repeated_to_them,
    ),
    Twin(
        "having the model read a reply",
        replaced(SecondLook, "unread", lambda *_: ()),
        stories.test_an_angry_reply_is_held,
    ),
    Twin(
        "hearing a reply as its author left it",
        replaced(route, "reply_of", lambda heard: heard[:1]),
        edited.edited_while_the_bot_was_away,
    ),
    Twin(
        "the second look at edits of words that have not left",
        replaced(SecondLook, "_edit_before_arrival", lambda *_: False),
        edited.edited_into_a_shout_before_it_left,
    ),
    Twin(
        "keeping inside what becomes a note before it left",
        replaced(SecondLook, "_edit_before_arrival", lambda *_: False),
        edited.edited_into_a_note_before_it_left,
    ),
    Twin(
        "looking at what becomes a command before it left",
        replaced(staff, "_may_yet_arrive", lambda *_: False),
        edited.edited_into_a_command_before_it_left,
    ),
    Twin(
        "sending again only what was looked at",
        replaced(Ledger, "noted", lambda *_: False),
        edited.a_note_in_the_place_of_what_may_have_arrived,
    ),
    Twin(
        "the second look at edits of delivered words",
        replaced(SecondLook, "_edit_of_delivered", carried_at_once),
        stories.test_an_edit_of_delivered_words_gets_the_same_second_look,
        red_at="await asked_about(shop, said)",
    ),
    Twin(
        "the clock of a question",
        replaced(Ledger, "set_timer", nothing),
        stories.test_a_question_nobody_answers_is_void_and_the_promise_runs_on,
    ),
    Twin(
        "a question's clock outliving the promise's",
        replaced(Promises, "stop_clocks", all_of_them),
        stories.test_a_question_outlives_the_promise_that_somebody_else_kept,
    ),
)


@pytest.mark.parametrize("twin", TWINS, ids=lambda twin: twin.without.replace(" ", "_"))
async def test_a_story_goes_red_without(
    twin: Twin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await green_and_red(twin, tmp_path, monkeypatch)
