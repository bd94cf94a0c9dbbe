"""The guards of the store taken away: the same stories of outages and copies go red."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.aloud import Aloud
from bot.errors import StoreError
from bot.outage import Outage
from bot.receive import Receiver
from bot.store import copies, opening
from bot.store.copies import Copied
from bot.store.engine import Store

from . import test_outage as outages
from . import test_restoring as restoring
from .test_outage import soon  # noqa: F401 - what every story of an outage starts from
from .test_sabotage import Twin, acknowledged_early, green_and_red, nothing, replaced


async def _deaf(_: Outage) -> None:
    """Nobody hears that the store refuses."""


async def _looked_up(self: Aloud) -> int:
    """The alarm needs the store that it warns of."""
    return await self._store.read(lambda records: records.chat_now(self._desk.chat_id))


def listens_until_refused(patch: pytest.MonkeyPatch) -> None:
    """What ends when the presence cannot be written ends the program."""
    whole = Receiver.listen

    async def listen(self: Receiver, *door: Any) -> None:
        in_touch = self._in_touch
        assert in_touch is not None

        async def or_ends(updates: int) -> None:
            try:
                await in_touch(updates)
            except StoreError as error:
                raise RuntimeError("the store refuses") from error

        self._in_touch = or_ends
        await whole(self, *door)

    patch.setattr(Receiver, "listen", listen)


def unlimited_log(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(opening.PRAGMAS, "journal_size_limit", -1)


TWINS = (
    Twin(
        "the watch on the store",
        replaced(Outage, "run", _deaf),
        outages.staff_are_told_while_it_lasts_and_when_it_is_over,
    ),
    Twin(
        "noticing that the store cannot be read",
        replaced(Store, "_note_reading", nothing),
        outages.staff_are_told_of_a_store_that_cannot_be_read,
    ),
    Twin(
        "the id in the config when no other can be looked up",
        replaced(Aloud, "_group", _looked_up),
        outages.staff_are_told_of_a_store_that_can_be_neither_read_nor_written,
    ),
    Twin(
        "storing before confirming, in an outage",
        acknowledged_early,
        outages.staff_are_told_while_it_lasts_and_when_it_is_over,
    ),
    Twin(
        "going on listening while nothing can be stored",
        listens_until_refused,
        outages.by_webhook_telegram_is_asked_to_come_again,
        red_at='calls_of("getWebhookInfo")) > info + 1',
    ),
    Twin(
        "the limit of the log",
        unlimited_log,
        outages.a_log_that_a_long_reader_made_grow_shrinks_again,
    ),
    Twin(
        "knowing that a store is a copy",
        replaced(Copied, "at", lambda _: None),
        restoring.what_went_out_since_the_copy_is_not_sent_again,
    ),
    Twin(
        "the numbers that the original gave since",
        replaced(copies, "NUMBERS_LEFT_OUT", 0),
        restoring.what_went_out_since_the_copy_is_not_sent_again,
    ),
)


@pytest.mark.parametrize("twin", TWINS, ids=lambda twin: twin.without.replace(" ", "_"))
async def test_a_story_of_the_store_goes_red_without(
    twin: Twin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await green_and_red(twin, tmp_path, monkeypatch)
