"""Updates are stored first, then acknowledged; by polling and by webhook; once each."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.config import Settings
from bot.errors import ConfigError, StoreError, TelegramError, TwoInstances
from bot.incoming import Incoming
from bot.receive import RETRY_S
from bot.sandbox import Fault, Person, Sandbox
from bot.store.inbox import Inbox
from bot.telegram import parse
from bot.telegram.telegram_settings import TelegramSettings
from bot.webhook import SECRET_HEADER, routes

from .free_port import free_port
from .shop import QUICK, Shop, afternoon, open_shop
from .virtual import open_day

QUESTION = "vous êtes ouvert le dimanche?"


def question(camille: Person, update_id: int) -> dict[str, Any]:
    """A raw update: the person's question."""
    chat = {"id": camille.id, "type": "private", "first_name": "Camille"}
    message = {"message_id": 901, "date": 1, "chat": chat, "from": camille.user.wire}
    return {"update_id": update_id, "message": {**message, "text": QUESTION}}


# ------------------------------------------------------------------------------- polling


async def an_update_delivered_twice_is_answered_once(shop: Shop) -> None:
    camille = shop.customer()
    await camille.says(QUESTION)
    await shop.next_from_bot(camille)
    ((update_id,),) = shop.rows("SELECT update_id FROM inbox")
    assert isinstance(update_id, int)
    shop.sandbox.feed(question(camille, update_id))
    await shop.quiet()
    assert len(shop.heard(camille)) == 1
    assert shop.rows("SELECT count(*) FROM inbox") == [(1,)]


async def test_an_update_delivered_twice_is_answered_once(shop: Shop) -> None:
    await an_update_delivered_twice_is_answered_once(shop)


async def test_an_update_is_parsed_once(slow_shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also while its burst goes on, and the model reads it meanwhile."""
    shop, parsed, whole = slow_shop, list[str](), parse.parse

    def counted(body: str, *, received_at: float) -> Incoming:
        parsed.append(body)
        return whole(body, received_at=received_at)

    monkeypatch.setattr(parse, "parse", counted)
    camille = shop.customer()
    for words in ("bonjour", QUESTION, "/privacy"):
        await camille.says(words)
    await shop.next_from_bot(camille)
    await shop.quiet()
    assert len(parsed) == len(set(parsed)) == 3


async def test_a_late_update_with_a_lower_number_is_not_dropped(shop: Shop) -> None:
    camille, jack = shop.customer(), shop.customer("Jack", "en")
    await jack.says("are you open on sunday?")
    await shop.next_from_bot(jack)
    await camille.starts()
    await shop.next_from_bot(camille)
    shop.sandbox.feed(question(camille, update_id=17))
    await shop.hears(camille, shop.answer_to("store-hours", "fr").strip())


async def stored_before_acknowledged(shop: Shop) -> None:
    """At the moment Telegram is told (a poll with a higher offset), the row is on disk."""
    camille = shop.customer()
    seen: list[bool] = []
    confirm = shop.sandbox.world.updates._confirm_before

    def watched(offset: int) -> None:
        told = [u.id for u in shop.sandbox.world.updates.pending() if u.id < offset]
        kept = {row[0] for row in shop.rows("SELECT update_id FROM inbox")}
        seen.extend(update in kept for update in told)
        confirm(offset)

    shop.sandbox.world.updates._confirm_before = watched  # type: ignore[method-assign]
    await camille.says(QUESTION)
    await shop.until(lambda: seen)
    assert all(seen)
    await shop.next_from_bot(camille)


async def test_an_update_is_on_disk_before_telegram_is_told(shop: Shop) -> None:
    await stored_before_acknowledged(shop)


OTHER_RECEIVES = "Un autre programme reçoit"


async def the_loser_of_two_instances_tells_staff(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Told once, though whatever runs the bot starts it again at once, and again for nothing."""
    monkeypatch.setattr("bot.receive.RETRY_S", 0.02)
    shop.sandbox.faults.add(Fault("getUpdates", code=409, times=None))
    camille = shop.customer()
    await camille.says(QUESTION)
    assert shop.receiving is not None
    for receiving in (shop.receiving, shop.app.receive()):
        with pytest.raises(TwoInstances, match="Another process"):
            await asyncio.wait_for(receiving, shop.patience)
    assert [m.thread for m in shop.in_topics() if OTHER_RECEIVES in (m.text or "")] == [None]


async def test_the_loser_of_two_instances_stops_and_tells_staff_once(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    await the_loser_of_two_instances_tells_staff(shop, monkeypatch)


async def test_the_loser_tells_a_lead_when_the_group_cannot_be_written_to(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.receive.RETRY_S", 0.02)
    await shop.lead.starts()
    shop.sandbox.faults.add(Fault("sendMessage", shop.staff.id, code=403, times=None))
    shop.sandbox.faults.add(Fault("getUpdates", code=409, times=None))
    camille = shop.customer()
    await camille.says(QUESTION)
    await shop.hears(shop.lead, OTHER_RECEIVES)


async def who_looks_with_get_updates_ends_no_bot(folder: Path) -> None:
    """Twice at once, and again some minutes later: each time the bot goes on."""
    async with open_day(folder) as day:
        shop, updates = day.shop, day.shop.sandbox.world.updates

        def asks_again() -> bool:
            wake = day.clock.next_wake()
            if wake is not None and wake <= day.clock.now() + RETRY_S:
                day.clock.advance(wake)
            return updates._poll is not None and not updates._poll.done()

        for _ in range(3):
            for _ in range(2):
                await shop.until(asks_again)
                await shop.sandbox.api.answer("getUpdates", {})
            await shop.until(asks_again)
            await day.passes(2)
        camille = shop.customer()
        await camille.says(QUESTION)
        await day.passes(1)
        await shop.hears(camille, shop.answer_to("store-hours", "fr").strip())
        assert not [m for m in shop.in_topics() if OTHER_RECEIVES in (m.text or "")]


async def test_who_looks_with_get_updates_ends_no_bot(tmp_path: Path) -> None:
    await who_looks_with_get_updates_ends_no_bot(tmp_path)


async def test_an_update_without_a_number_is_dropped_and_the_rest_is_kept(shop: Shop) -> None:
    camille = shop.customer()
    await camille.starts()
    await shop.next_from_bot(camille)
    odd: list[Mapping[str, object]] = [{"message": {}}, {"update_id": True}, {"update_id": 2**70}]
    await shop.app.receiver.accept([*odd, {"update_id": -1}, question(camille, 18)])
    await shop.hears(camille, shop.answer_to("store-hours", "fr").strip())


# ------------------------------------------------------------------------------- webhook


@contextlib.asynccontextmanager
async def webhook_shop(folder: Path) -> AsyncIterator[tuple[Shop, str]]:
    """A shop that receives by webhook; also the address."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/hook"
    telegram_there = Sandbox(first_retry=0.05, clock=afternoon)
    async with telegram_there as sandbox, open_shop(folder) as model:
        staff = sandbox.add_group("Équipe", forum=True, members={model.lead.id: "administrator"})
        for person in (model.agent, model.other_agent, model.lead):
            sandbox.add_person(person.user.first_name, id=person.id)
        telegram = TelegramSettings(
            mode="webhook", webhook_url=url, webhook_listen=f"127.0.0.1:{port}"
        )
        settings: Settings = replace(
            model.settings,
            telegram=replace(telegram, webhook_secret="s3cret-s3cret"),
            staff=replace(model.settings.staff, chat_id=staff.id),
            store=replace(model.settings.store, path=folder / "hook.sqlite3"),
            answers=QUICK,
        )
        await model.closes()
        async with open_shop(folder, sandbox=sandbox, settings=settings) as shop:
            await shop.until(lambda: sandbox.api.webhook.info()["url"] == url)
            yield shop, url


async def test_a_place_that_somebody_else_listens_at_is_told_with_its_mend(shop: Shop) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        place = f"127.0.0.1:{taken.getsockname()[1]}"
        telegram = TelegramSettings(
            mode="webhook", webhook_url="http://127.0.0.1/hook", webhook_listen=place
        )
        telegram = replace(telegram, webhook_secret="s3cret-s3cret")
        shop.app.settings = replace(shop.settings, telegram=telegram)
        with pytest.raises(ConfigError, match=f"webhook_listen: {place} cannot be had"):
            await shop.app.receive()


async def post(url: str, body: bytes, secret: str | None = "s3cret-s3cret") -> tuple[int, str]:
    """What the webhook says: status and Retry-After."""
    headers = {} if secret is None else {SECRET_HEADER: secret}
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, data=body, headers=headers) as response,
    ):
        return response.status, response.headers.get("Retry-After", "")


async def test_by_webhook_a_question_is_answered_too(tmp_path: Path) -> None:
    async with webhook_shop(tmp_path) as (shop, _):
        camille = shop.customer()
        await camille.says(QUESTION)
        await shop.hears(camille, shop.answer_to("store-hours", "fr").strip())


@pytest.mark.parametrize("secret", [None, "", "S3CRET-S3CRET", "s3cret-s3cret2", "é" * 13])
async def test_a_webhook_without_the_secret_is_refused_unread(
    tmp_path: Path, secret: str | None
) -> None:
    async with webhook_shop(tmp_path) as (shop, url):
        forged = json.dumps(question(shop.customer(), 5)).encode()
        assert await post(url, forged, secret) == (403, "")
        assert shop.rows("SELECT count(*) FROM inbox") == [(0,)]


async def test_a_secret_that_is_no_text_is_refused_too(tmp_path: Path) -> None:
    async with webhook_shop(tmp_path) as (_, url):
        host, port = url.removeprefix("http://").removesuffix("/hook").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"POST /hook HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n")
        writer.write(SECRET_HEADER.encode() + b": \xff\xfe\r\n\r\n{}")
        assert b" 403 " in await reader.readline()
        writer.close()


async def test_what_is_not_an_update_is_acknowledged_so_that_it_blocks_nobody(
    tmp_path: Path,
) -> None:
    async with webhook_shop(tmp_path) as (shop, url):
        nested = b"[" * 100_000
        for body in (
            b"",
            b"\xff\xfe",
            b"null",
            b"[]",
            b'"x"',
            b"{}",
            b'{"update_id": "x"}',
            nested,
        ):
            assert await post(url, body) == (200, "")
        assert shop.rows("SELECT count(*) FROM inbox") == [(0,)]


async def test_a_replayed_webhook_is_answered_once(tmp_path: Path) -> None:
    async with webhook_shop(tmp_path) as (shop, url):
        camille = shop.customer()
        await camille.starts()
        await shop.next_from_bot(camille)
        body = json.dumps(question(camille, 5)).encode()
        for _ in range(3):
            assert await post(url, body) == (200, "")
        await shop.next_from_bot(camille)
        await shop.quiet()
        assert len(shop.heard(camille)) == 2


async def test_a_store_that_refuses_answers_503_and_the_update_comes_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with webhook_shop(tmp_path) as (shop, url):
        camille = shop.customer()
        with monkeypatch.context() as patched:

            def full(*_: object) -> dict[str, int]:
                raise StoreError("database or disk is full")

            patched.setattr(Inbox, "add", full)
            assert await post(url, json.dumps(question(camille, 5)).encode()) == (503, "2")
            await camille.says(QUESTION)
            await shop.until(lambda: shop.sandbox.api.webhook.last_error)
        await shop.hears(camille, shop.answer_to("store-hours", "fr").strip())


async def test_a_webhook_needs_a_secret(shop: Shop) -> None:
    with pytest.raises(TelegramError, match="without a secret"):
        routes("/hook", "", shop.app.receiver.accept)
