"""Each guard of a surge taken away on purpose: the story that was green must go red."""

from __future__ import annotations

import functools
from dataclasses import replace
from pathlib import Path

import pytest

from bot import detour, ledger, outbox
from bot.conversation import Priority
from bot.desk import listed, lists
from bot.desk.board import Board
from bot.desk.lists import Listing
from bot.effects import Refusal, Refused
from bot.errand import OutboxRow, Purpose
from bot.ledger import Ledger
from bot.staff import StaffSide
from bot.store import errands, listings
from bot.store.fairness import TURN
from bot.store.rows import PRIORITY_ORDER

from . import test_surging as surging
from .test_sabotage import Twin, green_and_red, nothing, replaced


def board_is_forgotten(patch: pytest.MonkeyPatch) -> None:
    """Whatever was refused, the board is taken for deleted."""
    whole = Board.refused

    def refused(board: Board, ledger: Ledger, row: OutboxRow, outcome: Refused) -> None:
        whole(board, ledger, row, replace(outcome, refusal=Refusal.BAD_REQUEST))

    patch.setattr(Board, "refused", refused)


def only_parked(patch: pytest.MonkeyPatch) -> None:
    """A list takes whose topic is parked, whoever it goes to."""
    whole = listings.Listings.pool
    patch.setattr(listings.Listings, "pool", lambda self, which, most, _: whole(self, which, most))


def without_the_last(patch: pytest.MonkeyPatch) -> None:
    """A list drops a case."""
    whole = listed.drawn
    patch.setattr(lists, "drawn", lambda a, b, ids: whole(a, b, ids[:-1]))


def only_emptied(_: Listing, ledger: Ledger, row: OutboxRow) -> None:
    """A list that a further group did not take is left to that group."""
    ledger.records.listings.empty(row.errand.ref or 0)


CROWD = (
    Twin(
        "whoever had least going first",
        replaced(errands, "TURN", ":now"),
        surging.who_had_least_goes_first,
        red_at="assert found == [2, 1]",
    ),
    Twin(
        "those who press in front",
        replaced(listings, "PRESSING_FIRST", "c.id"),
        surging.who_presses_stands_in_front,
        red_at="assert shown ==",
    ),
    Twin(
        "the turn of those who press",
        replaced(errands, "TURN", TURN.replace(PRIORITY_ORDER, "0")),
        surging.the_most_pressing_topic_is_made_first,
        red_at="assert [topic.name",
    ),
    Twin(
        "lists of those who press alone",
        replaced(lists, "KINDS", dict.fromkeys((Purpose.DIGEST, Purpose.LIST), tuple(Priority))),
        surging.the_angry_come_first,
    ),
    Twin(
        "sending a full digest before its minute",
        replaced(lists, "FULL_EVERY_S", lists.EVERY_S[Purpose.DIGEST]),
        surging.forty_calm_people_are_seen_soon,
        red_at="assert shop.rows(",
    ),
    Twin("listing every case", without_the_last, surging.everybody_is_seen),
    Twin(
        "opening the topic with a claim",
        replaced(listings.Listings, "unpark", nothing),
        surging.a_claim_in_the_list_opens_the_topic,
    ),
    Twin(
        "letting go of whom a list that waits had in it",
        replaced(Listing, "unsent", nothing),
        functools.partial(
            surging.what_the_group_postpones_goes_another_way, refused=surging.SLOWED
        ),
        red_at="shop.hears(shop.agent, LIST)",
    ),
    Twin(
        "the same when we were removed from the group",
        replaced(Listing, "unsent", nothing),
        functools.partial(
            surging.what_the_group_postpones_goes_another_way, refused=surging.REMOVED
        ),
        red_at="shop.hears(shop.agent, LIST)",
    ),
)


@pytest.mark.parametrize("twin", CROWD, ids=lambda twin: twin.without.replace(" ", "_"))
async def test_a_story_of_a_crowd_goes_red_without(
    twin: Twin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await green_and_red(twin, tmp_path, monkeypatch)


# ------------------------------------------------------------------- the board, the other roads

BOARD = (
    Twin(
        "drawing the board",
        replaced(Ledger, "draw_board", nothing),
        surging.test_the_board_says_what_waits_and_who_holds_what,
    ),
    Twin(
        "editing the board that is there",
        replaced(listings.Listings, "board", lambda *_: (None, 0.0)),
        surging.test_there_is_one_board_edited_in_place_and_pinned,
    ),
    Twin(
        "noticing that the board was deleted",
        replaced(Board, "refused", nothing),
        surging.test_a_board_that_was_deleted_comes_back,
    ),
    Twin(
        "keeping the board of a group that is lost",
        board_is_forgotten,
        surging.a_group_that_was_lost_keeps_its_board,
    ),
)


@pytest.mark.parametrize("twin", BOARD, ids=lambda twin: twin.without.replace(" ", "_"))
async def test_a_story_of_the_board_goes_red_without(
    twin: Twin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "SETTLING_S", 0.0)
    monkeypatch.setattr(ledger, "BOARD_EVERY_S", 0.05)
    await green_and_red(twin, tmp_path, monkeypatch)


ROADS = (
    Twin(
        "noticing that a pressing case was not shown",
        replaced(lists, "unseen", nothing),
        surging.test_an_angry_case_the_group_does_not_take_reaches_somebody_on_duty,
    ),
    Twin(
        "the private road",
        replaced(lists, "_in_private", lambda _: []),
        surging.test_an_angry_case_the_group_does_not_take_reaches_somebody_on_duty,
    ),
    Twin(
        "the private road where nothing is joined",
        only_parked,
        surging.pressing_where_nothing_is_joined,
    ),
    Twin(
        "topics for whom the config wants no lists",
        replaced(lists, "begin", nothing),
        surging.a_config_that_gives_up_lists,
    ),
    Twin(
        "a claim in private",
        replaced(StaffSide, "_may_press", lambda *_: False),
        surging.test_an_angry_case_the_group_does_not_take_reaches_somebody_on_duty,
    ),
    Twin(
        "the further groups",
        replaced(Ledger, "overflow_chats", lambda _: []),
        surging.test_a_further_group_shows_what_the_first_cannot_take,
    ),
    Twin(
        "telling a full group from one that keeps silence",
        replaced(outbox, "MAKERS", ()),
        surging.a_claim_shows_in_a_full_group,
    ),
    Twin(
        "the private road beside a further group",
        replaced(Listing, "unsent", only_emptied),
        surging.a_further_group_that_cannot_be_written_to_hides_nobody,
    ),
    Twin(
        "knowing a further group from the first",
        replaced(detour, "_must_be_seen", lambda _, errand, __: (errand.chat_id or 0) < 0),
        surging.a_further_group_that_cannot_be_written_to_hides_nobody,
    ),
    Twin(
        "the check of authority in a further group",
        replaced(StaffSide, "_may_press", lambda *_: True),
        surging.test_a_further_group_shows_what_the_first_cannot_take,
    ),
)


@pytest.mark.parametrize("twin", ROADS, ids=lambda twin: twin.without.replace(" ", "_"))
async def test_a_story_of_the_other_roads_goes_red_without(
    twin: Twin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "UNSEEN_S", 0.3)
    await green_and_red(twin, tmp_path, monkeypatch)
