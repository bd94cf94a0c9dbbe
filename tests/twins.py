"""A twin tells its story twice: as the program is, and with one guard removed, waiting longer than
the whole green story took. A story that stays green without its guard proves nothing.
"""

from __future__ import annotations

import contextlib
import inspect
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from . import shop as shops
from .shop import HASTY, PATIENCE_S, QUICK, SLOW, open_shop
from .virtual import open_day

RED = (AssertionError, TimeoutError, ValueError, IndexError, pytest.fail.Exception)
"""How a story fails; it also does by taking the only one of several, or the last of none."""

SHOPS = {"shop": QUICK, "slow_shop": SLOW, "hasty_shop": HASTY}

Sabotage = Callable[[pytest.MonkeyPatch], None]
Story = Callable[..., Awaitable[Any]]


@dataclass(frozen=True)
class Twin:
    """A promise, the guard that keeps it (taken away by ``sabotage``), and the story it tells."""

    without: str
    sabotage: Sabotage
    story: Story
    red_at: str = ""
    """A piece of a line in the story: there it fails. Empty: anywhere."""


def replaced(place: Any, name: str, by: object) -> Sabotage:
    return lambda patch: patch.setattr(place, name, by)


def nothing(*_: object, **__: object) -> None:
    """Stands in for a guard."""


async def told(
    story: Story, folder: Path, patch: pytest.MonkeyPatch, patience: float = PATIENCE_S
) -> None:
    """Tell one story, in the shop or on the day that it asks for."""
    patch.setattr(shops, "PATIENCE_S", patience)
    given = {"monkeypatch": patch, "patience": patience, "tmp_path": folder, "folder": folder}
    asked = set(inspect.signature(story).parameters)
    async with contextlib.AsyncExitStack() as stack:
        if "day" in asked:
            given["day"] = await stack.enter_async_context(open_day(folder))
        for name in asked & set(SHOPS):
            shop = await stack.enter_async_context(open_shop(folder, answers=SHOPS[name]))
            stack.callback(shop.reader.go.set)
            given[name] = shop
        await story(**{name: given[name] for name in asked & set(given)})


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


async def green_and_red(twin: Twin, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The story holds; with the guard taken away it does not, given half as long again."""
    began = time.monotonic()
    with monkeypatch.context() as patch:
        await told(twin.story, _made(folder / "green"), patch)
    patience = max(0.6, 1.5 * (time.monotonic() - began))
    with monkeypatch.context() as patch:
        twin.sabotage(patch)
        with pytest.raises(RED) as red:
            await told(twin.story, _made(folder / "red"), patch, patience)
    lines = [str(frame.statement) for frame in red.traceback]
    assert any(twin.red_at in line for line in lines), f"red, but elsewhere: {lines}"


async def goes_red(
    story: Story,
    sabotage: Sabotage,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    red_at: str = "",
) -> None:
    """The twin of a story that has no other."""
    await green_and_red(Twin("", sabotage, story, red_at), folder, monkeypatch)
