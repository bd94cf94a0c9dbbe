"""Who is erased leaves no byte behind; without each of the guards, some are found."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pytest

from bot.store import copies, own_data
from bot.store.engine import Store
from bot.store.records import Records
from bot.store.whose import HELD
from bot.upkeep import DAY_S

from .faults import SHORT, Report, Scale, erasure
from .faults.world import open_world, scratch
from .test_sabotage import Sabotage, replaced


async def found(scale: Scale = SHORT) -> list[str]:
    report = Report("erasure")
    await erasure.run(scale, 1, report)
    return [one.what for one in report.violations]


async def test_who_is_erased_leaves_no_byte_in_any_file_of_the_store() -> None:
    assert await found() == []


async def leaves_it(*_: Any) -> None:
    """Instead of what would take words away."""


def without(*tables: str) -> Sabotage:
    held = tuple(one for one in HELD if one.table not in tables)
    return replaced(own_data, "HELD", held)


@pytest.mark.parametrize(
    ("sabotage", "where"),
    [
        (replaced(Store, "wipe_log", leaves_it), "write-ahead log"),
        (without("held_replies"), "held_replies"),
        (without("outbox"), "outbox"),
    ],
    ids=["wiping_the_log", "a_table", "what_was_sent"],
)
async def test_it_is_seen_when_there_is_no_more(
    sabotage: Sabotage, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sabotage(monkeypatch)
    assert any(where in what for what in await found())


# ------------------------------------------------------------------------------- free space


def rows_that_grow(records: Records, dice: Random) -> None:
    """Rows of every length, some doubled later: SQLite moves them from page to page."""
    for number in range(300):
        words = ("erased " if number % 3 else "kept ") * dice.choice((1, 4, 20, 60, 120, 400))
        records._do(
            "INSERT INTO outbox (queue, chat_id, lane, repeat, purpose, kind, payload, created_at) "
            "VALUES ('q', ?, 'lane', 'never', 'tell', 'SendText', ?, 0)",
            (number % 3, words),
        )
        doubled = "payload = payload || payload WHERE id = ? AND length (payload) < 3000"
        records._do(f"UPDATE outbox SET {doubled}", (dice.randint(1, number + 1),))


def how_often(folder: Path, seed: int) -> int:
    return sum(file.read_bytes().count(b"erased ") for file in folder.glob(f"{seed}.*"))


async def left_in(folder: Path, seed: int) -> tuple[int, int]:
    """How often a deleted word stands in the files of a store: wiped, and written anew."""
    store = Store(folder / f"{seed}.sqlite3")
    await store.open()
    await store.write(lambda records: rows_that_grow(records, Random(seed)))
    await store.write(lambda records: records._do("DELETE FROM outbox WHERE chat_id <> 0"))
    counts = []
    for step in (store.wipe_log, store.compact):
        await step()
        await store.wipe_log()
        counts.append(how_often(folder, seed))
    await store.close()
    return counts[0], counts[1]


async def test_what_sqlite_leaves_of_moved_rows_goes_when_the_database_is_written_anew() -> None:
    with scratch() as folder:
        counts = [await left_in(folder, seed) for seed in range(6)]
    assert sum(wiped for wiped, _ in counts) > 0, "secure_delete alone would do"
    assert sum(anew for _, anew in counts) == 0


async def test_a_database_that_has_no_room_to_be_written_anew_is_tried_a_day_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with scratch() as folder:
        async with open_world(folder) as world:
            monkeypatch.setattr(copies, "ROOM", 10**12)
            await erasure.daily_upkeep(world)
            [(due,)] = world.rows("SELECT due_at FROM chores WHERE name = 'compact'")
            assert due == world.clock.now() + DAY_S
            assert not world.rows("SELECT 1 FROM chores WHERE name = 'wipe'")
