"""A copy of the store is put back: nothing is said twice, people get what was under way, and learn
what is missing."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.config import Settings
from bot.conversation import Priority
from bot.desk.desk_words import words
from bot.errors import StoreError
from bot.sandbox import Person
from bot.store.copies import NUMBERS_LEFT_OUT
from bot.store.engine import Store

from .reader import DESPAIR
from .shop import ManyASecond, Shop, open_shop

QUESTION = "vous êtes ouvert le dimanche?"
NOW = 1_800_000_000.0


def put_back(copy: Path, settings: Settings) -> None:
    """As docs/backup.md says: the copy in place of the store, without the store's log."""
    store = settings.store.path
    for name in (store, Path(f"{store}-wal"), Path(f"{store}-shm")):
        name.unlink(missing_ok=True)
    shutil.copy(copy, store)


async def the_answer_of(shop: Shop, person: Person) -> None:
    await shop.hears(person, shop.answer_to("store-hours", "fr").strip())


async def what_went_out_since_the_copy_is_not_sent_again(slow_shop: Shop, folder: Path) -> Shop:
    """When the copy is made, Camille's answer waits to be sent, Jack's words wait to be read."""
    await slow_shop.closes()
    copy, limits = folder / "copies" / "shop.sqlite3", ManyASecond()
    async with open_shop(
        folder, sandbox=slow_shop.sandbox, settings=slow_shop.settings, limits=limits
    ) as shop:
        camille, jack = shop.customer(), shop.customer("Jack")
        limits.hold(camille.id, shop.app.clock.now() + 600.0)
        await camille.says(QUESTION)
        await shop.until(lambda: shop.rows("SELECT 1 FROM outbox WHERE purpose = 'answer'"))
        await jack.says(QUESTION)
        await shop.until(lambda: shop.rows("SELECT 1 FROM inbox WHERE state = 'new'"))
        await shop.app.store.backup(copy, shop.app.clock.now())
        limits.release(camille.id)
        shop.app.sender.changed.set()
        for person in (camille, jack):
            await the_answer_of(shop, person)
    put_back(copy, shop.settings)
    async with open_shop(folder, sandbox=shop.sandbox, settings=shop.settings) as again:
        await again.staff_see("repart d’une copie")
        await again.staff_see("envoi non confirmé")
        assert words("fr", "poison") in ((await again.brief_of(jack)).text or "")
        await again.quiet()
        answer = shop.answer_to("store-hours", "fr").strip()
        for person in (camille, jack):
            assert sum(answer in text for text in again.heard(person)) == 1
        assert (await again.case_of(jack)).id > NUMBERS_LEFT_OUT
    return shop


async def test_what_went_out_since_the_copy_is_not_sent_again(
    slow_shop: Shop, tmp_path: Path
) -> None:
    shop = await what_went_out_since_the_copy_is_not_sent_again(slow_shop, tmp_path)
    async with open_shop(tmp_path, sandbox=shop.sandbox, settings=shop.settings) as once_more:
        await once_more.quiet()
        said = [m.text for m in once_more.in_topics() if "repart d’une copie" in (m.text or "")]
        assert len(said) == 1, "it is a copy no longer"


async def test_danger_that_was_not_heard_when_the_copy_was_made_is_heard_after_it(
    slow_shop: Shop, tmp_path: Path
) -> None:
    """It is with people already: it need not go to them as something that nobody could read."""
    copy, camille = tmp_path / "copies" / "shop.sqlite3", slow_shop.customer()
    await slow_shop.claimed(camille)
    slow_shop.reader.go.clear()
    await camille.says(DESPAIR)
    await slow_shop.staff_see(DESPAIR)
    await slow_shop.until(lambda: slow_shop.rows("SELECT 1 FROM inbox WHERE conversation > 'h:'"))
    await slow_shop.app.store.backup(copy, slow_shop.app.clock.now())
    await slow_shop.dies()
    slow_shop.reader.go.set()
    put_back(copy, slow_shop.settings)
    async with open_shop(tmp_path, sandbox=slow_shop.sandbox, settings=slow_shop.settings) as again:
        await again.case_where(camille, lambda case: case.priority is Priority.URGENT)
        assert not again.rows("SELECT 1 FROM inbox WHERE state = 'poison'")


async def test_a_copy_is_whole_says_when_it_was_made_and_is_its_owners_only(
    shop: Shop, tmp_path: Path
) -> None:
    await shop.customer().says(QUESTION)
    await shop.until(lambda: shop.rows("SELECT 1 FROM decisions"))
    copy = tmp_path / "copies" / "shop.sqlite3"
    for _ in range(2):
        await shop.app.store.backup(copy, NOW)
    assert [path.name for path in copy.parent.iterdir()] == [copy.name]
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    with closing(sqlite3.connect(copy)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert db.execute("PRAGMA user_version").fetchone() == (NOW // 60,)
        assert db.execute("SELECT count(*) FROM inbox").fetchone() == (1,)
    assert shop.rows("PRAGMA user_version") == [(0,)]


async def test_a_store_whose_bot_was_killed_is_copied_with_what_stands_in_its_log(
    tmp_path: Path,
) -> None:
    async with open_shop(tmp_path) as shop:
        await shop.customer().says(QUESTION)
        await shop.until(lambda: shop.rows("SELECT 1 FROM decisions"))
        left = tmp_path / "left.sqlite3"
        for end in ("", "-wal"):
            shutil.copy(f"{shop.settings.store.path}{end}", f"{left}{end}")
    await Store(left).backup(tmp_path / "copy.sqlite3", NOW)
    with closing(sqlite3.connect(tmp_path / "copy.sqlite3")) as db:
        assert db.execute("SELECT count(*) FROM decisions").fetchone() == (1,)


async def test_the_store_is_never_copied_over_itself(shop: Shop, tmp_path: Path) -> None:
    store = shop.settings.store.path
    os.link(store, tmp_path / "same")
    for same in (store, tmp_path / "same"):
        with pytest.raises(StoreError, match="the database itself"):
            await shop.app.store.backup(same, NOW)


async def test_what_is_no_file_is_never_replaced_by_a_copy(shop: Shop, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for there in (tmp_path / "pipe", tmp_path):
        with pytest.raises(StoreError, match="this is no file"):
            await shop.app.store.backup(there, NOW)
    assert (tmp_path / "pipe").is_fifo()


async def test_a_copy_that_cannot_be_made_leaves_the_last_one(shop: Shop, tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite3"
    await shop.app.store.backup(copy, NOW)
    before = copy.read_bytes()
    copy.with_name("copy.sqlite3.part").mkdir()
    with pytest.raises(StoreError, match="no backup was made"):
        await shop.app.store.backup(copy, NOW)
    assert copy.read_bytes() == before


def test_the_command_says_what_it_wrote_and_names_a_store_that_is_not_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[store]\npath = "shop.sqlite3"\n', encoding="utf-8")
    to = tmp_path / "copy.sqlite3"
    assert main(["backup", "--config", str(config), "--to", str(to)]) == 1
    assert "is not here" in capsys.readouterr().err
    with closing(sqlite3.connect(tmp_path / "shop.sqlite3")) as db:
        db.execute("CREATE TABLE inbox (x)")
    assert main(["backup", "--config", str(config), "--to", str(to)]) == 0
    assert f"✓ {to}: " in capsys.readouterr().out
