"""Each guard of a surge taken away on purpose: the story that was green must go red."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.conversation import Priority
from bot.desk import lists
from bot.effects import Purpose
from bot.store import listings, queues

from . import shop as shops
from . import test_surging as surging
from .test_sabotage import RED


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shops, "PATIENCE_S", 1.5)


async def test_first_come_first_served_lets_a_flooder_delay_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queues, "_TURN", "?4")
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
