"""The webhook: each update once, none dropped, nobody kept waiting by strangers or slow senders."""

from __future__ import annotations

import asyncio
import json
import logging
import random
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bot import webhook
from bot.errors import TwoInstances
from bot.incoming import Calls
from bot.sandbox import Fault, Person
from bot.sandbox.webhook import Webhook
from bot.telegram.edge import TelegramEdge
from bot.webhook import MOST_BODY, SECRET_HEADER

from .faults import SHORT, Report
from .faults import webhook as theme
from .faults.webhook import (
    FORGED,
    QUESTION,
    SECRET,
    Caller,
    Found,
    Slow,
    called,
    nonsense,
    question,
)
from .shop import Shop, open_shop
from .test_receiving import webhook_shop
from .test_sabotage import RED

IN_TIME_S = 0.3
"""How long this door waits for a head or a body."""


async def test_the_short_programme_finds_nothing() -> None:
    out = Report("webhook")
    await theme.run(SHORT, 2, out)
    assert not out.violations
    assert out.figures["updates"] == 30


async def an_update_delivered_again_after_its_answer_is_not_answered_again(tmp_path: Path) -> None:
    """The answer 200 was lost: Telegram delivers once more, minutes later."""
    async with called(tmp_path, Found()) as (shop, _, caller):
        camille = await an_honest_one(shop, caller)
        body = json.dumps(question(camille, 77)).encode()
        assert await caller.post("honest", body) == 200
        await shop.quiet()
        answer = shop.answer_to("store-hours", "fr").strip()
        assert sum(answer in text for text in shop.heard(camille)) == 1
        assert not shop.rows("SELECT 1 FROM decisions WHERE kind = 'hand_over'"), "asked twice?"


async def test_an_update_delivered_again_after_its_answer_is_not_answered_again(
    tmp_path: Path,
) -> None:
    await an_update_delivered_again_after_its_answer_is_not_answered_again(tmp_path)


async def what_makes_no_sense_is_never_answered_500(tmp_path: Path) -> None:
    found = Found()
    async with called(tmp_path, found) as (shop, _, caller):
        for kind, body, headers in nonsense(random.Random(5)):
            assert await caller.post(kind, body, **headers) in (200, 400), kind
        await an_honest_one(shop, caller)


async def test_what_makes_no_sense_is_never_answered_500(tmp_path: Path) -> None:
    await what_makes_no_sense_is_never_answered_500(tmp_path)


async def a_body_damaged_on_its_way_is_not_answered_500(tmp_path: Path) -> None:
    async with called(tmp_path, Found()) as (shop, url, caller):
        host, port = url.removeprefix("http://").removesuffix("/hook").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        head = f"POST /hook HTTP/1.1\r\nHost: x\r\n{SECRET_HEADER}: {SECRET}\r\n"
        writer.write(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode())
        await asyncio.sleep(0.05)
        writer.write(b"zz\r\n{}\r\n")
        assert b" 500 " not in await reader.readline()
        writer.close()
        await an_honest_one(shop, caller)


async def test_a_body_damaged_on_its_way_is_not_answered_500(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.webhook.BODY_S", IN_TIME_S)
    await a_body_damaged_on_its_way_is_not_answered_500(tmp_path)


async def what_is_no_http_is_one_line_of_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with called(tmp_path, Found()) as (shop, url, caller):
        host, port = url.removeprefix("http://").removesuffix("/hook").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"POST /hook HTTP/1.1\r\nPrivate words: x\r\n\r\n")
        assert b" 400 " in await reader.readline()
        writer.close()
        await an_honest_one(shop, caller)
    assert caplog.text.count("heard no HTTP") == 1
    assert "Traceback" not in caplog.text and "rivate" not in caplog.text


async def test_what_is_no_http_is_one_line_of_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    await what_is_no_http_is_one_line_of_the_log(tmp_path, caplog)


async def test_a_door_that_says_all_it_heard_is_found_out(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "_door", logging.getLogger("aiohttp.server"))
    with pytest.raises(RED):
        await what_is_no_http_is_one_line_of_the_log(tmp_path, caplog)


async def what_is_forged_is_not_stored(tmp_path: Path) -> None:
    async with called(tmp_path, Found()) as (shop, _, caller):
        forged = json.dumps(question(shop.customer(), 77)).encode()
        for secret in FORGED:
            assert await caller.post("forged", forged, secret) == 403, secret
        assert not shop.rows("SELECT 1 FROM inbox")


async def test_what_is_forged_is_not_stored(tmp_path: Path) -> None:
    await what_is_forged_is_not_stored(tmp_path)


async def a_body_longer_than_any_update_is_dropped(tmp_path: Path) -> None:
    async with called(tmp_path, Found()) as (shop, _, caller):
        long = json.dumps({"update_id": 78, "poll": {"question": "y" * MOST_BODY}}).encode()
        assert await caller.post("too long", long) == 200
        await an_honest_one(shop, caller)
        assert not shop.rows("SELECT 1 FROM inbox WHERE update_id = 78")


async def test_a_body_longer_than_any_update_is_dropped(tmp_path: Path) -> None:
    await a_body_longer_than_any_update_is_dropped(tmp_path)


async def an_honest_one(shop: Shop, caller: Caller) -> Person:
    camille = shop.customer()
    await camille.starts()
    body = json.dumps(question(camille, 77)).encode()
    assert await caller.post("honest", body) == 200
    await shop.hears(camille, shop.answer_to("store-hours", "fr").strip())
    return camille


async def slow_senders_are_sent_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.webhook.HEAD_S", IN_TIME_S)
    monkeypatch.setattr("bot.webhook.BODY_S", IN_TIME_S)
    async with called(tmp_path, Found()) as (shop, url, caller), Slow(url, 40) as slow:
        await an_honest_one(shop, caller)
        await shop.until(lambda: None not in slow.heard)
        assert not any(b" 200 " in (answer or b"") for answer in slow.heard)


async def test_slow_senders_are_sent_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await slow_senders_are_sent_away(tmp_path, monkeypatch)


# ---------------------------------------------------------------------- whom Telegram calls


async def a_bot_that_telegram_calls_no_more_stops_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process has set its own webhook, or fetches updates: this one would wait for ever."""
    monkeypatch.setattr("bot.receive.LISTENING_S", 0.05)
    async with webhook_shop(tmp_path) as (shop, _):
        await shop.until(lambda: shop.sandbox.calls_of("getWebhookInfo"))
        await shop.sandbox.api.answer("setWebhook", {"url": "http://127.0.0.1:9/s3cr3t"})
        assert shop.receiving is not None
        with pytest.raises(TwoInstances, match=r"calls 127\.0\.0\.1:9 now") as said:
            await asyncio.wait_for(asyncio.shield(shop.receiving), shop.patience)
        assert "s3cr3t" not in str(said.value)


async def test_a_bot_that_telegram_calls_no_more_stops_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_bot_that_telegram_calls_no_more_stops_and_says_so(tmp_path, monkeypatch)


async def a_telegram_that_does_not_reach_us_is_silence(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    patience: float = 30.0,
) -> None:
    """A certificate ran out: Telegram answers us and cannot deliver. That is no touch with it."""
    monkeypatch.setattr("bot.receive.LISTENING_S", 0.05)

    async def refused(self: Webhook, _update: object, delay: float) -> float:
        self._failed("SSL error: certificate has expired")
        return delay

    async with webhook_shop(tmp_path) as (shop, _):
        camille, shop.patience = shop.customer(), patience
        with monkeypatch.context() as patched:
            patched.setattr(Webhook, "_post", refused)
            await camille.says("vous êtes ouvert le dimanche?")
            await shop.until(lambda: "certificate has expired" in caplog.text)
            whole = shop.settings.telegram.webhook_url
            assert urlsplit(whole).netloc in caplog.text and whole not in caplog.text
            [(before,)] = shop.rows("SELECT at FROM presence")
            await asyncio.sleep(0.4)
            assert shop.rows("SELECT at FROM presence") == [(before,)]
        await shop.hears(camille, shop.answer_to("store-hours", "fr").strip())
        await shop.until(lambda: shop.rows("SELECT at FROM presence") != [(before,)])


async def test_a_telegram_that_does_not_reach_us_is_silence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await a_telegram_that_does_not_reach_us_is_silence(tmp_path, monkeypatch, caplog)


async def test_deliveries_that_fail_unheard_look_like_quiet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def only_whom(self: TelegramEdge) -> Calls:
        return Calls((await self._bot.get_webhook_info()).url)

    monkeypatch.setattr(TelegramEdge, "calls", only_whom)
    with pytest.raises(RED):
        await a_telegram_that_does_not_reach_us_is_silence(tmp_path, monkeypatch, caplog, 4.0)


async def a_telegram_out_of_reach_at_the_start_is_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.receive.RETRY_S", 0.02)
    monkeypatch.setattr("bot.telegram.outcome.AGAIN_S", 0.02)
    async with webhook_shop(tmp_path) as (shop, _):
        await shop.closes()
        await shop.sandbox.api.webhook.remove()
        shop.sandbox.faults.add(Fault("setWebhook", code=502, times=2))
        shop.sandbox.faults.add(Fault("getWebhookInfo", cut=True))
        async with open_shop(tmp_path, sandbox=shop.sandbox, settings=shop.settings) as again:
            camille = again.customer()
            await camille.says(QUESTION)
            await again.hears(camille, again.answer_to("store-hours", "fr").strip())


async def test_a_telegram_out_of_reach_at_the_start_is_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_telegram_out_of_reach_at_the_start_is_asked_again(tmp_path, monkeypatch)
