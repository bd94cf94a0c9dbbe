"""What every story starts from."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import settings

from .loopback import Town, open_town
from .shop import HASTY, SLOW, Shop, open_shop

settings.register_profile("untimed", deadline=None)  # how long an example takes proves nothing
settings.load_profile("untimed")


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    async with open_shop(tmp_path) as shop:
        yield shop


@pytest.fixture
async def slow_shop(tmp_path: Path) -> AsyncIterator[Shop]:
    """A shop that waits longer for a burst to end, and long for its model."""
    async with open_shop(tmp_path, answers=SLOW) as shop:
        yield shop
        shop.reader.go.set()


@pytest.fixture
async def hasty_shop(tmp_path: Path) -> AsyncIterator[Shop]:
    """A shop that soon gives up a model that hangs."""
    async with open_shop(tmp_path, answers=HASTY) as shop:
        yield shop
        shop.reader.go.set()


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    """A loopback Telegram with people and a bot of its own, without ours."""
    async with open_town() as town:
        yield town
