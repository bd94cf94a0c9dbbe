"""Whatever keeps the store from storing, no update is confirmed before it is stored, readers go on,
staff are told while it lasts, and the bot recovers by itself: a full disk, a disk whose writes or
syncs fail, a lock that another process holds. A log that a long reader made grow shrinks again.

The disk is full for real: a small file system with somebody else's file in it. Times are of the
machine: from the moment at which the cause is gone to the first and the last answer.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from bot import outage, outbox, receive, respond, webhook
from bot.sandbox import Person
from bot.store import opening

from ..shop import Shop, open_shop
from ..test_receiving import post, webhook_shop
from . import Cell, Report, Scale
from .sqlite_disk import NoView, Synced, Wrote, watched
from .troubles import NoSmallDisk, failing, filled, held, small_disk

QUESTION = "vous êtes ouvert le dimanche?"
ALARM = "le robot ne peut rien enregistrer"
WITHIN_S = 60.0
MIB = 1024 * 1024
LOG_LIMIT_MIB = 4

Trouble = Callable[[], AbstractContextManager[None]]


@dataclass
class Endured:
    """One trouble lived through. Seconds; ``refused``: answers 503 of the webhook."""

    asked: int
    told_s: float = math.nan
    early: int = 0
    unread: int = 0
    refused: int = 0
    first_s: float = math.nan
    last_s: float = math.nan
    lost: int = 0
    doubled: int = 0
    whole: bool = False


# ------------------------------------------------------------------------- living through it


async def endure(
    shop: Shop, trouble: Trouble, seconds: float, people: int, url: str = ""
) -> Endured:
    """So many people ask while it lasts; what became of them.

    ``url``: of the webhook, which is then asked as well.
    """
    customers = [shop.customer(f"Client {number}") for number in range(people)]
    result = Endured(people)
    _count_early_confirmations(shop, result)
    began = time.monotonic()
    with trouble():
        for person in customers:
            await person.says(QUESTION)
        while time.monotonic() < began + seconds or math.isnan(result.told_s):
            await _look(shop, result, began, url)
            await asyncio.sleep(0.05)
            if time.monotonic() > began + seconds + WITHIN_S:
                break
    over = time.monotonic()
    answer = shop.answer_to("store-hours", "fr").strip()
    while time.monotonic() < over + WITHIN_S:
        answered = sum(_times(shop, person, answer) > 0 for person in customers)
        if answered and math.isnan(result.first_s):
            result.first_s = time.monotonic() - over
        if answered == people:
            result.last_s = time.monotonic() - over
            break
        await asyncio.sleep(0.01)
    with contextlib.suppress(AssertionError):
        await shop.quiet()
    result.lost = sum(_times(shop, person, answer) == 0 for person in customers)
    result.doubled = sum(_times(shop, person, answer) > 1 for person in customers)
    result.whole = shop.rows("PRAGMA integrity_check") == [("ok",)]
    return result


async def _look(shop: Shop, result: Endured, began: float, url: str) -> None:
    try:
        await shop.app.store.read(lambda records: records.inbox.open_seqs())
    except Exception:
        result.unread += 1
    if math.isnan(result.told_s) and any(ALARM in (m.text or "") for m in shop.in_topics()):
        result.told_s = time.monotonic() - began
    if url and shop.app.store.refusal:
        status, again = await post(url, b'{"update_id": 5}')
        result.refused += status == 503 and again == webhook.COME_AGAIN_S


def _times(shop: Shop, person: Person, words: str) -> int:
    return sum(words in text for text in shop.heard(person))


def _count_early_confirmations(shop: Shop, result: Endured) -> None:
    """Updates that Telegram was told of while they were not in the store."""
    updates = shop.sandbox.world.updates
    by_offset, by_number = updates._confirm_before, updates.confirm

    def check(ids: set[int]) -> None:
        kept = {row[0] for row in shop.rows("SELECT update_id FROM inbox")} if ids else set()
        result.early += len(ids - kept)

    def before(offset: int) -> None:
        check({update.id for update in updates.pending() if update.id < offset})
        by_offset(offset)

    def one(id: int) -> None:
        check({id})
        by_number(id)

    updates._confirm_before = before  # type: ignore[method-assign]
    updates.confirm = one  # type: ignore[method-assign]


@contextlib.contextmanager
def in_haste() -> Iterator[None]:
    """Everybody asks again at once, and staff are told at once."""
    with (
        mock.patch.object(receive, "RETRY_S", 0.05),
        mock.patch.object(respond, "STORE_RETRY_S", 0.05),
        mock.patch.object(outbox, "RETRY_S", 0.05),
        mock.patch.object(outage, "PATIENCE_S", 0.2),
        mock.patch.dict(opening.PRAGMAS, busy_timeout=50),
    ):
        yield


# ------------------------------------------------------------------------------ the troubles


async def full(folder: Path, seconds: float, people: int) -> Endured:
    """Raises `NoSmallDisk`."""
    with small_disk(folder, 16):
        async with open_shop(folder) as shop:
            return await endure(shop, lambda: filled(folder), seconds, people)


async def full_by_webhook(folder: Path, seconds: float, people: int) -> Endured:
    """Raises `NoSmallDisk`."""
    with small_disk(folder, 16):
        async with webhook_shop(folder) as (shop, url):
            return await endure(shop, lambda: filled(folder), seconds, people, url)


async def failing_writes(folder: Path, seconds: float, people: int) -> Endured:
    """Raises `NoView`."""
    with watched(folder / "shop.sqlite3") as disk:
        async with open_shop(folder) as shop:
            return await endure(shop, lambda: failing(disk, Wrote), seconds, people)


async def failing_syncs(folder: Path, seconds: float, people: int) -> Endured:
    """Raises `NoView`."""
    with watched(folder / "shop.sqlite3") as disk:
        async with open_shop(folder) as shop:
            return await endure(shop, lambda: failing(disk, Synced), seconds, people)


async def locked(folder: Path, seconds: float, people: int) -> Endured:
    async with open_shop(folder) as shop:
        lock = (shop.settings.store.path, "BEGIN IMMEDIATE")
        return await endure(shop, lambda: held(*lock), seconds, people)


async def locked_by_webhook(folder: Path, seconds: float, people: int) -> Endured:
    async with webhook_shop(folder) as (shop, url):
        lock = (shop.settings.store.path, "BEGIN IMMEDIATE")
        return await endure(shop, lambda: held(*lock), seconds, people, url)


TROUBLES = {
    "disk full": full,
    "disk full, webhook": full_by_webhook,
    "writes fail (EIO)": failing_writes,
    "syncs fail (EIO)": failing_syncs,
    "locked by another process": locked,
    "locked by another process, webhook": locked_by_webhook,
}


async def a_long_reader(folder: Path, people: int) -> tuple[int, int, int]:
    """The bytes of the log before a reader came, while it stayed, and after it left."""
    async with open_shop(folder) as shop:
        log = Path(f"{shop.settings.store.path}-wal")
        sizes = [_size(log)]
        for reading in (("BEGIN", "SELECT count(*) FROM inbox"), ("SELECT 1",)):
            with held(shop.settings.store.path, *reading):
                customers = [shop.customer(f"Client {number}") for number in range(people)]
                for person in customers:
                    await person.says(QUESTION)
                for person in customers:
                    await shop.hears(person, shop.answer_to("store-hours", "fr").strip())
                sizes.append(_size(log))
        return sizes[0], sizes[1], sizes[2]


def _size(file: Path) -> int:
    return file.stat().st_size


# ------------------------------------------------------------------------------- the theme


async def run(scale: Scale, seed: int, out: Report) -> None:  # noqa: ARG001
    seconds = float(scale.count("trouble_seconds", short=0, long=30))
    people = scale.count("people_in_trouble", short=3, long=20)
    rows: list[tuple[Cell, ...]] = []
    lost = 0
    for name, trouble in TROUBLES.items():
        with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
            if not scale.is_long:
                stack.enter_context(in_haste())
            try:
                seen = await trouble(Path(folder), seconds, people)
            except (NoSmallDisk, NoView) as error:
                rows.append((f"{name}: SKIPPED, {error}", *("",) * 6))
                continue
        lost += seen.lost
        rows.append(
            (name, seen.asked, seen.early, seen.lost, seen.told_s, seen.first_s, seen.last_s)
        )
        _judge(out, name, seen)
    head = ("cause", "asked", "confirmed early", "lost")
    out.table((*head, "staff told, s", "first answer, s", "last answer, s"), rows)
    out.figure("lost", lost)
    out.figure("trouble_seconds", seconds)
    await _grow(scale, out)


async def _grow(scale: Scale, out: Report) -> None:
    with tempfile.TemporaryDirectory() as folder:
        readers = scale.count("people_while_reading", short=5, long=300)
        before, grown, after = await a_long_reader(Path(folder), readers)
    for name, size in (("before", before), ("under_a_long_reader", grown), ("after", after)):
        out.figure(f"log_{name}_mib", size / MIB)
    if after > max(LOG_LIMIT_MIB * MIB, before) + MIB:
        out.violation("the log did not shrink again", f"{grown} bytes, then {after}")


def _judge(out: Report, name: str, seen: Endured) -> None:
    broken = {
        "confirmed before it was stored": seen.early,
        "lost": seen.lost,
        "answered twice": seen.doubled,
        "readers were refused": seen.unread,
        "staff were not told": math.isnan(seen.told_s),
        "damaged": not seen.whole,
        "the webhook never answered 503 with Retry-After": "webhook" in name and not seen.refused,
    }
    for what, found in broken.items():
        if found:
            out.violation(what, f"{name}: {seen}")
