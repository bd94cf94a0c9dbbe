"""Each guard of what customers change, press and are promised taken away: the story goes red."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot import carry_out, decide, reply, route, turns
from bot.conversation import Case, HandOver, Reading, State, Tone
from bot.customer import CustomerSide
from bot.customers import closing, comeback
from bot.customers.buttons import Buttons
from bot.house import House
from bot.incoming import InboxRow, Reachability, Turn, Wrote
from bot.ledger import Ledger
from bot.pass_on import pass_on

from . import test_clarifying as clarifying
from . import test_coming_back as coming_back
from . import test_editing as editing
from . import test_own_rights as own
from . import test_pressing as pressing
from .test_sabotage import Sabotage, Twin, green_and_red, replaced


def taking_every_row(patch: pytest.MonkeyPatch) -> None:
    """Whatever stands in the burst is done with, whether the turn has it or not."""
    whole = turns.turn_of

    def turn_of(heard: turns.Heard, known: object) -> tuple[Turn, list[InboxRow]]:
        turn, _ = whole(heard, known)  # type: ignore[arg-type]
        return turn, [row for row, _ in heard]

    patch.setattr(route, "turn_of", turn_of)


def after(side: type, name: str, first: object) -> Sabotage:
    """A verb of the customer's side does something else before it does what it does."""
    whole = getattr(side, name)

    def both(self: object, ledger: Ledger, *given: object) -> object:
        changed = first(ledger, *given)  # type: ignore[operator]
        return whole(self, ledger, *(given if changed is None else (changed,)))

    return replaced(side, name, both)


def writes_the_name_down(ledger: Ledger, change: Reachability) -> None:
    ledger.records.customers.remember(change.who)


def takes_no_question_for_open(_: Ledger, case: Case) -> Case:
    return replace(case, state=State.WITH_CUSTOMER)


def without_a_reading(patch: pytest.MonkeyPatch) -> None:
    whole = CustomerSide.old_edit

    def old_edit(self: CustomerSide, ledger: Ledger, message: Wrote, _: Reading) -> bool:
        return whole(self, ledger, message, Reading())

    patch.setattr(CustomerSide, "old_edit", old_edit)


def a_press_is_calm(patch: pytest.MonkeyPatch) -> None:
    """Who says nothing is spoken to as calm, however they sounded before."""

    def calmly(
        ledger: Ledger, house: House, case: Case, decision: HandOver, tone: Tone | None
    ) -> Case:
        return pass_on(ledger, house, case, decision, None, tone or Tone.CALM)

    patch.setattr(carry_out, "pass_on", calmly)


TWINS = (
    Twin(
        "leaving the rows of the next turn",
        taking_every_row,
        editing.two_edits_in_one_burst,
    ),
    Twin(
        "writing no name down when the bot is blocked",
        after(CustomerSide, "reachability", writes_the_name_down),
        lambda shop: own.blocks_the_bot_after_an_erasure(shop),
    ),
    Twin(
        "knowing a place that moves",
        replaced(decide, "MOVING", frozenset()),
        editing.a_live_location_moves,
    ),
    Twin(
        "reading what is edited into an old question",
        without_a_reading,
        editing.danger_edited_into_a_question_that_was_closed,
    ),
    Twin(
        "waiting longer for the words that were promised a person",
        replaced(closing, "words_wanted_s", lambda *_: closing.COMMENT_S),
        coming_back.a_bad_tap_is_no_promise_of_an_hour,
    ),
    Twin(
        "knowing a problem from a comment",
        replaced(closing, "is_comment", lambda *_: True),
        coming_back.a_new_problem_is_no_comment,
    ),
    Twin(
        "leaving open what was asked back",
        replaced(reply, "with_customer", lambda _: State.WITH_CUSTOMER),
        lambda shop: clarifying.politeness_between_question_and_press(shop),
    ),
    Twin(
        "closing no open question for an older answer",
        after(Buttons, "_helped", takes_no_question_for_open),
        clarifying.an_older_answer_helped,
    ),
    Twin(
        "telling staff what is pressed while they have the case",
        replaced(Buttons, "_already", lambda *given: ("", given[2])),
        lambda shop: pressing.a_press_while_people_have_the_case(shop),
    ),
    Twin(
        "the tone of who presses a button",
        a_press_is_calm,
        pressing.annoyed_and_a_press_later,
        red_at="désolé",
    ),
    Twin(
        "the language of the case behind a word after its closing",
        replaced(comeback, "says_little", lambda *_: False),
        lambda shop: coming_back.an_english_word_after_a_french_case(shop),
    ),
    Twin(
        "saying that a button does nothing any more",
        replaced(Buttons, "_refused", lambda *_, **__: None),
        pressing.a_button_whose_meaning_is_gone,
    ),
)


@pytest.mark.parametrize("twin", TWINS, ids=lambda twin: twin.without.replace(" ", "_"))
async def test_a_story_goes_red_without(
    twin: Twin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await green_and_red(twin, tmp_path, monkeypatch)
