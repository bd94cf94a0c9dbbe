"""How stories are told: patience is in seconds, and a twin is red for the reason that it names."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import replace
from pathlib import Path

import pytest

from .shop import Shop
from .test_sabotage import RED, Twin, green_and_red, nothing, replaced
from .walls import Walls


async def the_world_is_busy(shop: Shop) -> None:
    """Something changes at every turn of the loop."""
    while True:
        shop.sandbox.world.changes.wake()
        await asyncio.sleep(0)


async def test_a_busy_world_makes_no_story_impatient(shop: Shop) -> None:
    busy = asyncio.create_task(the_world_is_busy(shop))
    it_happens = asyncio.Event()
    asyncio.get_running_loop().call_later(0.3, it_happens.set)
    shop.patience = 5.0
    await shop.until(it_happens.is_set)
    busy.cancel()


class Shelf:
    """A guard, for a story to lose."""

    is_there = is_full = True


async def the_shelf_is_full() -> None:
    assert Shelf.is_there
    assert Shelf.is_full


NAMED = Twin(
    "the shelf", replaced(Shelf, "is_full", False), the_shelf_is_full, red_at="Shelf.is_full"
)


async def test_a_twin_that_is_red_where_it_says_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await green_and_red(NAMED, tmp_path, monkeypatch)


@pytest.mark.parametrize(
    "twin",
    [
        replace(NAMED, sabotage=replaced(Shelf, "is_there", False)),
        replace(NAMED, sabotage=nothing),
    ],
    ids=["red elsewhere", "not red at all"],
)
async def test_a_twin_that_proves_nothing_is_found_out(
    twin: Twin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(RED):
        await green_and_red(twin, tmp_path, monkeypatch)


async def test_walls_know_an_address_without_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    walls = Walls(monkeypatch)
    with socket.socket() as sock, pytest.raises(OSError, match="192"):
        sock.connect(("192.0.2.7", 443))
    assert walls.asked == ["192.0.2.7"]
