"""What the config says arrives in the running bot: keys whose default would do as well, unseen."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest

from bot.config import RetentionSettings
from bot.desk.tact_settings import TactSettings

from .shop import open_shop
from .test_second_look import asked_about, writes
from .virtual import open_day

DAY_MINUTES = 24 * 60.0


async def test_words_are_kept_for_as_long_as_the_config_says(tmp_path: Path) -> None:
    kept = RetentionSettings(inbox_days=3.0, outbox_days=3.0, messages_days=3.0)
    async with open_day(tmp_path, retention=kept) as day:
        shop, camille = day.shop, day.shop.customer()
        words = "SELECT 1 FROM messages WHERE text LIKE '%dimanche%'"
        words += " UNION SELECT 1 FROM inbox WHERE body LIKE '%dimanche%'"
        await camille.says("/confidentialite")
        await camille.says("vous êtes ouvert le dimanche?")
        await day.passes(0.1)
        assert "3 jours" in shop.heard(camille)[0]
        assert shop.rows(words)
        await day.passes(5 * DAY_MINUTES)
        await shop.until(lambda: not shop.rows(words))


@pytest.mark.parametrize(("hours_away", "told"), [(1, 0), (3, 1)])
async def test_staff_are_told_of_absences_that_are_longer_than_the_config_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hours_away: int, told: int
) -> None:
    monkeypatch.setattr("bot.receive.POLL_S", 0.1)
    async with open_shop(tmp_path, staff_given={"away_minutes": 120.0}) as shop:
        await shop.until(lambda: shop.rows("SELECT 1 FROM presence"))
        await shop.closes()
        with contextlib.closing(sqlite3.connect(shop.settings.store.path)) as db, db:
            db.execute("UPDATE presence SET at = at - ?", (3600.0 * hours_away,))
        polls = len(shop.sandbox.calls_of("getUpdates"))
        async with open_shop(tmp_path, sandbox=shop.sandbox, settings=shop.settings) as again:
            await again.until(lambda: len(again.sandbox.calls_of("getUpdates")) > polls + 2)
            assert again.events("was_away") == told


async def test_a_reply_may_name_what_the_config_calls_ours_and_no_internal_host(
    tmp_path: Path,
) -> None:
    ours = TactSettings(
        internal_hosts=("outils.boreal.ca",), ours=("Écrire à luc.tremblay@exemple.ca",)
    )
    async with open_shop(tmp_path, tact=ours) as shop:
        camille = shop.customer()
        thread = await shop.claimed(camille)
        await shop.answers(camille, "Voici l’adresse : luc.tremblay@exemple.ca.")
        said = await writes(shop, thread, "Tout est là : https://wiki.outils.boreal.ca/colis")
        assert "lien interne" in ((await asked_about(shop, said)).text or "")
