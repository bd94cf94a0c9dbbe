"""A monitor that asks is told the truth: what waits, what failed, what is broken; and no words."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import re
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.conversation import Policy
from bot.errand import Lane
from bot.reader import Brain
from bot.sandbox import Fault
from bot.store import opening
from bot.watch.health_settings import HealthSettings
from bot.watch.metrics import exposition
from bot.watch.vitals import Backlog, ModelState, Passes, Vitals, Waiting

from .free_port import free_port
from .shop import Shop, open_shop
from .test_failures import unreadable
from .test_outage import locked
from .virtual import Day, open_day

QUESTION = "vous êtes ouvert le dimanche?"
ANGRY = "grr ma tente secrète est trouée"
HOUR_S = 3600.0
GUIDE = Path(__file__).parent.parent / "docs" / "operating.md"


def a_place() -> str:
    """An address on which nobody listens."""
    return f"127.0.0.1:{free_port()}"


@dataclass(frozen=True)
class Monitor:
    place: str

    async def get(self, path: str) -> tuple[int, str]:
        """Status and body, once the bot that is starting listens."""
        async with aiohttp.ClientSession() as http:
            for _ in range(500):
                with contextlib.suppress(aiohttp.ClientConnectorError):
                    async with http.get(f"http://{self.place}{path}") as got:
                        return got.status, await got.text()
                await asyncio.sleep(0.02)
        raise AssertionError(f"nobody listens on {self.place}")

    async def health(self) -> tuple[int, dict[str, str]]:
        """The status, and what is wrong."""
        status, body = await self.get("/healthz")
        told: dict[str, Any] = json.loads(body)
        assert told["well"] is (status == 200) and told["version"]
        wrong: dict[str, str] = told["wrong"]
        return status, wrong

    async def figures(self) -> dict[str, float]:
        """``name`` or ``name:label`` -> value, without the prefix of ours."""
        status, body = await self.get("/metrics")
        assert status == 200, body
        return {
            ":".join((one.name.removeprefix("first_responder_"), *one.labels.values())): one.value
            for family in text_string_to_metric_families(body)
            for one in family.samples
        }


@contextlib.asynccontextmanager
async def watched_day(
    folder: Path, silent_s: float = 24 * HOUR_S
) -> AsyncIterator[tuple[Day, Monitor]]:
    """``silent_s``: hours, unless it matters: a poll that waits takes true seconds, not these."""
    health = HealthSettings(a_place(), silent_seconds=silent_s)
    async with open_day(folder, health=health) as day:
        yield day, Monitor(health.listen)


@contextlib.asynccontextmanager
async def watched(folder: Path, **given: Any) -> AsyncIterator[tuple[Shop, Monitor]]:
    health = HealthSettings(a_place())
    async with open_shop(folder, health=health, **given) as shop:
        yield shop, Monitor(health.listen)


# ----------------------------------------------------------------------------- all is well


async def test_a_bot_at_work_is_well_and_nothing_waits(tmp_path: Path) -> None:
    async with watched(tmp_path) as (shop, monitor):
        camille = shop.customer()
        await camille.says(QUESTION)
        await shop.next_from_bot(camille)
        await shop.quiet()
        assert await monitor.health() == (200, {})
        seen = await monitor.figures()
        assert seen["unanswered_turns"] == seen["unseen_escalations:yes"] == 0
        assert {seen[f"outbox_waiting:{lane}"] for lane in ("press", "staff", "bot")} == {0}
        assert seen["model:ready"] == 1 and seen["model:missing"] == 0
        assert seen["model_pass_seconds_count"] == 1
        assert seen["store_writable"] == 1 and seen["store_write_errors_total"] == 0
        assert 0 <= shop.app.clock.now() - seen["last_update_timestamp_seconds"] < 60
        assert seen["process_resident_memory_bytes"] > 0


async def test_nothing_listens_unless_the_config_says_where(shop: Shop) -> None:
    assert shop.settings.health.listen == "" and not shop.app._runners


# ------------------------------------------------------------------------ each thing wrong


async def an_angry_case_that_staff_have_not_been_shown_is_told_after_a_restart_too(
    folder: Path,
) -> None:
    async with watched_day(folder / "own") as (day, monitor):
        day.shop.sandbox.faults.add(
            refusing := Fault(chat_id=day.shop.staff.id, code=502, times=None)
        )
        await day.shop.customer().says(ANGRY)
        await day.shop.customer("Jack").says("mon chien a mangé la tente")
        await day.passes(4)
        seen = await monitor.figures()
        assert seen["unseen_escalations:yes"] == seen["unseen_escalations:no"] == 1
        assert seen["unseen_escalations_oldest_seconds:yes"] == pytest.approx(240, abs=15)
        assert seen["outbox_waiting:staff"] >= 2
        assert seen["outbox_waiting_oldest_seconds:staff"] == pytest.approx(240, abs=15)
        status, wrong = await monitor.health()
        assert (status, set(wrong)) == (503, {"escalations"})
        sandbox, settings = day.shop.sandbox, day.shop.settings
        await day.shop.closes()
        async with open_day(
            folder, "2026-12-21 10:00", sandbox=sandbox, settings=settings
        ) as later:
            seen = await monitor.figures()
            assert seen["unseen_escalations_oldest_seconds:yes"] == pytest.approx(HOUR_S, abs=15)
            sandbox.faults.remove(refusing)
            await later.passes(5)
            assert (await monitor.figures())["unseen_escalations:yes"] == 0
            assert await monitor.health() == (200, {})


async def test_an_angry_case_that_staff_have_not_been_shown_is_told_after_a_restart_too(
    tmp_path: Path,
) -> None:
    await an_angry_case_that_staff_have_not_been_shown_is_told_after_a_restart_too(tmp_path)


async def a_turn_without_an_outcome_and_a_store_that_takes_nothing_are_told(
    folder: Path,
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(opening.PRAGMAS, "busy_timeout", 20)
        async with watched_day(folder / "own") as (day, monitor):
            await day.shop.customer().says(QUESTION)
            await day.calm()
            with locked(day.shop.settings.store.path):
                day.clock.advance(day.clock.now() + 90.0)
                await day.shop.until(lambda: day.shop.app.store.refusal)
                status, wrong = await monitor.health()
                assert status == 503 and wrong["store"] == "takes nothing"
                assert wrong["turns"] == "the oldest unanswered for 90 s"
                seen = await monitor.figures()
                assert seen["unanswered_turns"] == 1
                assert seen["unanswered_turns_oldest_seconds"] == pytest.approx(90, abs=2)
                assert seen["store_writable"] == 0 and seen["store_write_errors_total"] > 0
            await day.passes(0.2)
            await day.shop.until(lambda: not day.shop.app.store.refusal)
            assert await monitor.health() == (200, {})


async def test_a_turn_without_an_outcome_and_a_store_that_takes_nothing_are_told(
    tmp_path: Path,
) -> None:
    await a_turn_without_an_outcome_and_a_store_that_takes_nothing_are_told(tmp_path)


async def a_telegram_that_answers_no_poll_is_told(folder: Path) -> None:
    """A poll that Telegram holds takes true seconds; the bot's clock goes on meanwhile."""
    async with watched_day(folder / "own", silent_s=120.0) as (day, monitor):
        await day.shop.customer().says(QUESTION)
        await day.passes(1.5)
        assert await monitor.health() == (200, {})
        await day.passes(1)
        assert await monitor.health() == (503, {"telegram": "silent for 150 s"})
        await day.shop.customer("Jack").says(QUESTION)
        await day.passes(0.5)
        assert await monitor.health() == (200, {})


async def test_a_telegram_that_answers_no_poll_is_told(tmp_path: Path) -> None:
    await a_telegram_that_answers_no_poll_is_told(tmp_path)


async def a_model_that_fails_is_told_until_it_reads_again(folder: Path) -> None:
    async with watched(folder / "own") as (shop, monitor):
        shop.reader.breaks = RuntimeError("out of memory")
        await shop.with_staff(shop.customer(), QUESTION)
        assert await monitor.health() == (503, {"model": "failing"})
        seen = await monitor.figures()
        assert seen["model:failing"] == seen["model_failures_total"] == 1
        shop.reader.breaks = None
        jack = shop.customer("Jack")
        await jack.says(QUESTION)
        await shop.next_from_bot(jack)
        assert await monitor.health() == (200, {})


async def test_a_model_that_fails_is_told_until_it_reads_again(tmp_path: Path) -> None:
    await a_model_that_fails_is_told_until_it_reads_again(tmp_path)


async def test_a_missing_model_is_told(tmp_path: Path) -> None:
    brain = Brain(None, Policy(reply_at=0.9, answerable=frozenset()), "No model.")
    async with watched(tmp_path, brain=brain) as (_, monitor):
        assert await monitor.health() == (503, {"model": "missing"})
        assert (await monitor.figures())["model:missing"] == 1


async def what_nobody_knows_and_what_nobody_can_read_is_counted(folder: Path) -> None:
    async with watched(folder / "own") as (shop, monitor):
        camille, jack = shop.customer(), shop.customer("Jack")
        shop.sandbox.faults.add(Fault("sendMessage", camille.id, cut=True, after_effect=True))
        await camille.says(QUESTION)
        await shop.recorded("uncertain")
        shop.sandbox.feed(unreadable(jack))
        await shop.topic_of(jack)
        seen = await monitor.figures()
        assert seen["unknown_outcomes"] == seen["quarantined_updates"] == 1


async def test_what_nobody_knows_and_what_nobody_can_read_is_counted(tmp_path: Path) -> None:
    await what_nobody_knows_and_what_nobody_can_read_is_counted(tmp_path)


# ---------------------------------------------------------------------------- around it


async def customers_are_served_when_the_place_is_taken(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        place = HealthSettings(f"127.0.0.1:{taken.getsockname()[1]}")
        async with open_shop(folder / "own", health=place) as shop:
            camille = shop.customer()
            await camille.says(QUESTION)
            await shop.hears(camille, shop.answer_to("store-hours", "fr").strip())


async def test_customers_are_served_when_the_place_is_taken(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    await customers_are_served_when_the_place_is_taken(tmp_path)
    assert "[health] listen" in caplog.text


async def test_no_words_no_names_and_no_token_are_in_what_a_monitor_is_told(
    tmp_path: Path,
) -> None:
    async with watched(tmp_path) as (shop, monitor):
        shop.sandbox.faults.add(Fault("sendMessage", shop.staff.id, cut=True, after_effect=True))
        camille = shop.customer("Camille Zébulon")
        await shop.with_staff(camille, ANGRY)
        shop.sandbox.feed(unreadable(shop.customer("Jack")))
        await shop.answers(camille, "on vous rappelle demain")
        shop.reader.breaks = RuntimeError(ANGRY)
        await shop.customer("Léa").says("où est ma tente")
        await shop.until(lambda: shop.app.understand.state == "failing")
        told = (await monitor.get("/healthz"))[1] + (await monitor.get("/metrics"))[1]
        secrets = (shop.sandbox.token, "Zébulon", "Noémie", "tente", "rappelle", "grr")
        assert not [one for one in (*secrets, str(camille.id)) if one in told]


def test_the_guide_names_every_figure_and_no_other() -> None:
    none = Waiting()
    rows = Backlog(none, none, none, dict.fromkeys(Lane, none), 0, 0, 1.0, 1.0)
    vitals = Vitals(2.0, 1.0, rows, ModelState.READY, Passes(), False, 0)
    told = set(re.findall(r"^(first_responder_\w+)", exposition(vitals, "1", "")[0].decode(), re.M))
    text = GUIDE.read_text("utf-8")
    named = set(re.findall(r"first_responder_\w+", text))
    for whole, ending in re.findall(r"`(first_responder_\w+)(?:{\w+})?`, `…(_\w+)`", text):
        named.add(whole.removesuffix("_sum") + ending)
    assert named == told
