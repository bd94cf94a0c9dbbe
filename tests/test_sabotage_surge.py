"""Each guard of a surge taken away on purpose: the story that was green must go red."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path

import pytest

from bot import detour, ledger, outbox
from bot.conversation import Priority
from bot.desk import board, lists
from bot.effects import Refusal
from bot.errand import Errand, Purpose
from bot.ledger import Ledger
from bot.staff import StaffSide
from bot.store import errands, listings

from . import shop as shops
from . import test_surging as surging
from .shop import open_shop
from .test_sabotage import RED, Sabotage, Story, nothing, replaced


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shops, "PATIENCE_S", 1.5)


async def test_first_come_first_served_lets_a_flooder_delay_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(errands, "TURN", ":now")
    with pytest.raises(RED):
        await surging.who_had_least_goes_first(tmp_path)


async def test_listing_by_arrival_puts_the_angry_behind_the_calm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    everybody = tuple(Priority)
    monkeypatch.setattr(listings, "PRESSING_FIRST", "c.id")
    monkeypatch.setattr(lists, "KINDS", {Purpose.DIGEST: everybody, Purpose.LIST: everybody})
    with pytest.raises(RED):
        await surging.the_angry_come_first(tmp_path)


async def test_a_full_digest_that_waits_for_its_minute_is_found_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "FULL_EVERY_S", lists.EVERY_S[Purpose.DIGEST])
    with pytest.raises(RED):
        await surging.forty_calm_people_are_seen_soon(tmp_path)


async def test_a_list_that_drops_a_case_is_found_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = lists._drawn
    monkeypatch.setattr(lists, "_drawn", lambda a, b, ids: whole(a, b, ids[:-1]))
    with pytest.raises(RED):
        await surging.everybody_is_seen(tmp_path)


async def test_a_claim_that_does_not_open_the_topic_is_found_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listings.Listings, "unpark", lambda *_: None)
    with pytest.raises(RED):
        await surging.a_claim_in_the_list_opens_the_topic(tmp_path)


# ------------------------------------------------------------------- the board, the other roads


def _forgotten(whole: Callable[..., None], ledger: Ledger, errand: Errand, _: Refusal) -> None:
    whole(ledger, errand, Refusal.BAD_REQUEST)


BOARD: dict[str, tuple[Sabotage, Story]] = {
    "drawing the board": (
        replaced(Ledger, "draw_board", nothing),
        surging.test_the_board_says_what_waits_and_who_holds_what,
    ),
    "editing the board that is there": (
        replaced(listings.Listings, "board", lambda *_: (None, 0.0)),
        surging.test_there_is_one_board_edited_in_place_and_pinned,
    ),
    "noticing that the board was deleted": (
        replaced(board, "failed", nothing),
        surging.test_a_board_that_was_deleted_comes_back,
    ),
    "keeping the board of a group that is lost": (
        replaced(board, "failed", functools.partial(_forgotten, board.failed)),
        surging.a_group_that_was_lost_keeps_its_board,
    ),
}


@pytest.mark.parametrize("guard", BOARD, ids=lambda guard: guard.replace(" ", "_"))
async def test_a_story_of_the_board_goes_red_without(
    guard: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sabotage, story = BOARD[guard]
    monkeypatch.setattr(ledger, "SETTLING_S", 0.0)
    monkeypatch.setattr(ledger, "BOARD_EVERY_S", 0.05)
    sabotage(monkeypatch)
    async with open_shop(tmp_path) as shop:
        with pytest.raises(RED):
            await story(shop)


def only_parked(patch: pytest.MonkeyPatch) -> None:
    """A list takes whose topic is parked, whoever it goes to."""
    whole = listings.Listings.pool
    patch.setattr(listings.Listings, "pool", lambda self, which, most, _: whole(self, which, most))


ROADS: dict[str, tuple[Sabotage, Story]] = {
    "noticing that a pressing case was not shown": (
        replaced(lists, "unseen", nothing),
        surging.test_an_angry_case_the_group_does_not_take_reaches_somebody_on_duty,
    ),
    "the private road": (
        replaced(lists, "_in_private", lambda _: []),
        surging.test_an_angry_case_the_group_does_not_take_reaches_somebody_on_duty,
    ),
    "the private road where nothing is joined": (
        only_parked,
        surging.pressing_where_nothing_is_joined,
    ),
    "topics for whom the config wants no lists": (
        replaced(lists, "begin", nothing),
        surging.a_config_that_gives_up_lists,
    ),
    "a claim in private": (
        replaced(StaffSide, "_may_press", lambda *_: False),
        surging.test_an_angry_case_the_group_does_not_take_reaches_somebody_on_duty,
    ),
    "the further groups": (
        replaced(Ledger, "overflow_chats", lambda _: []),
        surging.test_a_further_group_shows_what_the_first_cannot_take,
    ),
    "telling a full group from one that keeps silence": (
        replaced(outbox, "MAKERS", ()),
        surging.a_claim_shows_in_a_full_group,
    ),
    "letting go of whom a list that waits had in it": (
        replaced(lists, "unsent", nothing),
        functools.partial(
            surging.what_the_group_postpones_goes_another_way, refused=surging.SLOWED
        ),
    ),
    "the same when we were removed from the group": (
        replaced(lists, "unsent", nothing),
        functools.partial(
            surging.what_the_group_postpones_goes_another_way, refused=surging.REMOVED
        ),
    ),
    "the private road beside a further group": (
        replaced(lists, "unsent", lambda ledger, e: ledger.records.listings.empty(e.ref)),
        surging.a_further_group_that_cannot_be_written_to_hides_nobody,
    ),
    "knowing a further group from the first": (
        replaced(detour, "_must_be_seen", lambda _, errand, __: (errand.chat_id or 0) < 0),
        surging.a_further_group_that_cannot_be_written_to_hides_nobody,
    ),
    "the check of authority in a further group": (
        replaced(StaffSide, "_may_press", lambda *_: True),
        surging.test_a_further_group_shows_what_the_first_cannot_take,
    ),
}


@pytest.mark.parametrize("guard", ROADS, ids=lambda guard: guard.replace(" ", "_"))
async def test_a_story_of_the_other_roads_goes_red_without(
    guard: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sabotage, story = ROADS[guard]
    monkeypatch.setattr(lists, "UNSEEN_S", 0.3)
    sabotage(monkeypatch)
    with pytest.raises(RED):
        await story(tmp_path)
