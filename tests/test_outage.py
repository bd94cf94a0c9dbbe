"""Nothing can be stored: nothing is confirmed, staff are told past the outbox, and it goes on."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import outage, receive, respond, ringing, upkeep
from bot.errors import StoreError
from bot.store import opening
from bot.store.engine import Store
from bot.store.records import Records

from .shop import Shop
from .test_receiving import post, question, webhook_shop
from .test_store import log_of

QUESTION = "vous êtes ouvert le dimanche?"


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Staff are told at once, and the store is asked again at once."""
    monkeypatch.setattr(outage, "PATIENCE_S", 0.05)
    monkeypatch.setattr(receive, "RETRY_S", 0.05)
    monkeypatch.setattr(receive, "LISTENING_S", 0.05)
    for module in (ringing, upkeep):
        monkeypatch.setattr(module, "RETRY_S", 0.05)
    monkeypatch.setattr(respond, "STORE_RETRY_S", 0.05)
    monkeypatch.setitem(opening.PRAGMAS, "busy_timeout", 50)


@contextlib.contextmanager
def locked(store: Path) -> Iterator[None]:
    """Somebody else writes for a long time."""
    with contextlib.closing(sqlite3.connect(store, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


async def staff_are_told_while_it_lasts_and_when_it_is_over(shop: Shop) -> None:
    camille = shop.customer()
    with locked(shop.settings.store.path):
        await camille.says(QUESTION)
        told = await shop.staff_see("le robot ne peut rien enregistrer")
        assert "database is locked" in (told.text or "")
        assert len(shop.sandbox.world.updates) > 0, "confirmed, and not stored"
        assert not await shop.app.store.read(lambda records: records.inbox.open_seqs())
    await shop.hears(camille, shop.answer_to("store-hours", "fr").strip())
    await shop.staff_see("Le robot enregistre de nouveau")
    await shop.quiet()
    assert sum("ne peut rien" in (m.text or "") for m in shop.in_topics()) == 1
    assert shop.rows("SELECT count(*) FROM events WHERE kind = 'store_refused'") == [(1,)]


async def test_staff_are_told_while_it_lasts_and_when_it_is_over(shop: Shop) -> None:
    await staff_are_told_while_it_lasts_and_when_it_is_over(shop)


class Unreadable:
    """What is left of the rows when the disk cannot be read."""

    def __getattr__(self, _: str) -> object:
        raise sqlite3.OperationalError("disk I/O error")


@contextlib.contextmanager
def unreadable(store: Store) -> Iterator[None]:
    """The disk can be read no more, until it can again."""
    whole, store._reader = store._reader, Unreadable()  # type: ignore[assignment]
    try:
        yield
    finally:
        store._reader = whole


async def staff_are_told_of_a_store_that_cannot_be_read(shop: Shop) -> None:
    """Whatever comes is looked up first, so nothing is tried to be stored."""
    camille = shop.customer()
    await shop.quiet()
    with unreadable(shop.app.store):
        await camille.says(QUESTION)
        told = await shop.staff_see("le robot ne peut rien enregistrer")
        assert "disk I/O error" in (told.text or "")
    await shop.hears(camille, shop.answer_to("store-hours", "fr").strip())
    await shop.staff_see("Le robot enregistre de nouveau")


async def test_staff_are_told_of_a_store_that_cannot_be_read(shop: Shop) -> None:
    await staff_are_told_of_a_store_that_cannot_be_read(shop)


async def staff_are_told_of_a_store_that_can_be_neither_read_nor_written(shop: Shop) -> None:
    """Not even where the group is now can be looked up: the id in the config is taken."""
    camille = shop.customer()
    await shop.quiet()
    with locked(shop.settings.store.path):
        await camille.says(QUESTION)
        await shop.until(lambda: shop.app.store.refusal)
        with unreadable(shop.app.store):
            await shop.staff_see("le robot ne peut rien enregistrer")
    await shop.hears(camille, shop.answer_to("store-hours", "fr").strip())
    await shop.staff_see("Le robot enregistre de nouveau")


async def test_staff_are_told_of_a_store_that_can_be_neither_read_nor_written(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outage, "PATIENCE_S", 0.5)
    await staff_are_told_of_a_store_that_can_be_neither_read_nor_written(shop)


async def the_end_of_a_refusal_is_said_although_it_could_not_be_stored_at_once(
    shop: Shop,
) -> None:
    camille, whole, tries = shop.customer(), outage.Outage._over, []

    def refused_once(self: outage.Outage, records: Records, *rest: object) -> None:
        tries.append(records)
        if len(tries) == 1:
            raise sqlite3.OperationalError("database or disk is full")
        whole(self, records, *rest)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(outage.Outage, "_over", refused_once)
        with locked(shop.settings.store.path):
            await camille.says(QUESTION)
            await shop.staff_see("le robot ne peut rien enregistrer")
        await shop.staff_see("Le robot enregistre de nouveau")


async def test_the_end_of_a_refusal_is_said_although_it_could_not_be_stored_at_once(
    shop: Shop,
) -> None:
    await the_end_of_a_refusal_is_said_although_it_could_not_be_stored_at_once(shop)


async def test_a_moment_in_which_nothing_could_be_stored_is_no_alarm(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outage, "PATIENCE_S", 30.0)
    camille = shop.customer()
    with locked(shop.settings.store.path):
        await camille.says(QUESTION)
        await shop.until(lambda: shop.app.store.refusal)
    await shop.hears(camille, shop.answer_to("store-hours", "fr").strip())
    await shop.recorded("store_refused")
    await shop.quiet()
    assert not shop.in_topics()


async def the_leads_are_told_when_the_group_cannot_be_written_to(shop: Shop) -> None:
    await shop.lead.starts()
    await shop.quiet()
    shop.sandbox.set_bot(shop.staff, "kicked")
    await shop.quiet()
    with locked(shop.settings.store.path):
        await shop.customer().says(QUESTION)
        await shop.hears(shop.lead, "le robot ne peut rien enregistrer")


async def test_the_leads_are_told_when_the_group_cannot_be_written_to(shop: Shop) -> None:
    await the_leads_are_told_when_the_group_cannot_be_written_to(shop)


async def by_webhook_telegram_is_asked_to_come_again(folder: Path) -> None:
    async with webhook_shop(folder / "hook") as (shop, url):
        camille = shop.customer()
        with locked(shop.settings.store.path):
            asked = json.dumps(question(camille, 7)).encode()
            assert await post(url, asked) == (503, "2"), "confirmed, and not stored"
            await shop.until(lambda: shop.app.store.refusal)
            info = len(shop.sandbox.calls_of("getWebhookInfo"))
            await shop.until(lambda: len(shop.sandbox.calls_of("getWebhookInfo")) > info + 1)
        await shop.until(lambda: not shop.app.store.refusal)
        assert shop.receiving is not None and not shop.receiving.done(), "it stopped receiving"
        await camille.says(QUESTION)
        await shop.hears(camille, shop.answer_to("store-hours", "fr").strip())


async def test_by_webhook_telegram_is_asked_to_come_again(tmp_path: Path) -> None:
    await by_webhook_telegram_is_asked_to_come_again(tmp_path)


async def test_a_log_on_a_full_disk_is_not_filled_by_the_refusals(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    people = [shop.customer(f"Client {number}") for number in range(5)]
    for person in people:
        await person.says(QUESTION)
    case = await shop.case_of(people[0])

    def is_due(records: Records) -> None:
        records.timers.set(case.id, "quiet", shop.app.clock.now() + 0.2)
        records.keeping.chore("retention", shop.app.clock.now() + 0.2)

    await shop.app.store.write(is_due)
    with locked(shop.settings.store.path):
        for loop in (shop.app.clocks, shop.app.upkeep):
            loop.changed.set()
        await people[0].says(QUESTION)
        await shop.staff_see("le robot ne peut rien enregistrer")
        await asyncio.sleep(0.5)
    await shop.staff_see("Le robot enregistre de nouveau")
    said = [record for record in caplog.records if record.levelno > logging.INFO]
    assert len(said) <= 3 and not any(record.exc_info for record in said)


async def test_a_mistake_in_a_question_to_the_rows_is_no_refusal_of_the_store(
    tmp_path: Path,
) -> None:
    """It is somebody's case that fails, and a person gets it; the store is fine."""
    store = Store(tmp_path / "s.sqlite3")
    await store.open()
    with pytest.raises(sqlite3.OperationalError, match="no such column"):
        await store.write(lambda records: records._do("SELECT colour FROM inbox"))
    assert not store.refusal
    await store.close()


async def test_a_damaged_database_is_a_refusal_of_the_store(tmp_path: Path) -> None:
    store = Store(tmp_path / "s.sqlite3")
    await store.open()

    def finds_damage(_: Records) -> None:
        raise sqlite3.DatabaseError("database disk image is malformed")

    with pytest.raises(StoreError, match="malformed"):
        await store.write(finds_damage)
    assert "malformed" in store.refusal
    await store.write(lambda records: records.inbox.move_offset(1, 2))
    assert not store.refusal
    await store.close()


async def test_a_commit_without_a_change_does_not_end_a_refusal(tmp_path: Path) -> None:
    store = Store(tmp_path / "s.sqlite3")
    await store.open()
    with pytest.raises(StoreError):
        await store.write(lambda _: (_ for _ in ()).throw(StoreError("database or disk is full")))
    await store.write(lambda _: None)
    assert store.refusal
    await store.close()


async def a_log_that_a_long_reader_made_grow_shrinks_again(folder: Path) -> None:
    store = Store(folder / "s.sqlite3")
    await store.open()
    big = "x" * 100_000

    def add(records: Records) -> None:
        number = records.inbox.newest_of_all()
        records.inbox.add(1, [(number, "c", big)], 1.0)

    with contextlib.closing(sqlite3.connect(store.path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM inbox").fetchone()
        for _ in range(100):
            await store.write(add)
        grown = log_of(store)
    for _ in range(2):
        await store.write(add)
    assert grown > 8 * 1024 * 1024
    assert log_of(store) <= 4 * 1024 * 1024
    await store.close()


async def test_a_log_that_a_long_reader_made_grow_shrinks_again(tmp_path: Path) -> None:
    await a_log_that_a_long_reader_made_grow_shrinks_again(tmp_path)
