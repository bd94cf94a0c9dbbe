"""The loopback Telegram hands out updates as Telegram does: polls, offsets, conflicts, webhooks."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import pytest
from aiohttp import ClientSession, web
from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest, Conflict, InvalidToken

from .loopback import Town, open_town, refused, strays

BUTTON = InlineKeyboardMarkup([[InlineKeyboardButton("Yes", callback_data="yes")]])


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    async with open_town(first_retry=0.02) as town:
        yield town


async def test_an_update_is_kept_until_an_offset_past_it_confirms_it(town: Town) -> None:
    await town.alice.says("one")
    await town.alice.says("two")
    first = await town.bot.get_updates()
    again = await town.bot.get_updates(offset=first[0].update_id)
    assert [update.message.text for update in again if update.message] == ["one", "two"]
    rest = await town.bot.get_updates(offset=first[1].update_id)
    assert [update.update_id for update in rest] == [first[1].update_id]
    assert await town.bot.get_updates(offset=first[1].update_id + 1) == ()


async def test_updates_survive_a_bot_that_restarts_without_confirming(town: Town) -> None:
    await town.alice.says("do not lose me")
    before = await town.bot.get_updates()
    async with type(town.bot)(town.sandbox.token, base_url=town.sandbox.base_url) as reborn:
        assert await reborn.get_updates() == before


async def test_limit_cuts_the_batch_and_a_negative_offset_keeps_only_the_last(town: Town) -> None:
    for text in "abc":
        await town.alice.says(text)
    assert len(await town.bot.get_updates(limit=2)) == 2
    last = await town.bot.get_updates(offset=-1)
    assert [update.message.text for update in last if update.message] == ["c"]
    assert len(await town.bot.get_updates()) == 1


async def test_a_poll_is_held_until_someone_writes(town: Town) -> None:
    poll = asyncio.create_task(town.bot.get_updates(timeout=20))
    await asyncio.sleep(0.1)
    assert not poll.done()
    await town.alice.says("hello")
    (update,) = await asyncio.wait_for(poll, 2)
    assert update.message and update.message.text == "hello"


async def test_a_held_poll_ends_empty_after_its_timeout(town: Town) -> None:
    assert await asyncio.wait_for(town.bot.get_updates(timeout=1), 3) == ()


async def test_the_older_of_two_pollers_is_turned_away(town: Town) -> None:
    older = asyncio.create_task(town.bot.get_updates(timeout=20))
    await asyncio.sleep(0.1)
    async with type(town.bot)(town.sandbox.token, base_url=town.sandbox.base_url) as other:
        newer = asyncio.create_task(other.get_updates(timeout=20))
        async with refused("terminated by other getUpdates request", kind=Conflict):
            await older
        await town.alice.says("for the newer one")
        assert len(await newer) == 1


async def test_polling_is_refused_while_a_webhook_is_set(town: Town) -> None:
    await town.bot.set_webhook("http://127.0.0.1:9/hook")
    async with refused("can't use getUpdates method while webhook is active", kind=Conflict):
        await town.bot.get_updates()
    await town.bot.delete_webhook()
    assert await town.bot.get_updates() == ()


async def test_setting_a_webhook_ends_a_held_poll(town: Town) -> None:
    poll = asyncio.create_task(town.bot.get_updates(timeout=20))
    await asyncio.sleep(0.1)
    await town.bot.set_webhook("http://127.0.0.1:9/hook")
    async with refused("terminated by setWebhook request", kind=Conflict):
        await poll


async def test_allowed_updates_stick_until_they_are_named_again(town: Town) -> None:
    await town.bot.get_updates(allowed_updates=["callback_query"])
    await town.alice.says("unheard")
    assert await town.bot.get_updates() == ()
    await town.alice.says("still unheard")
    assert await town.bot.get_updates() == ()
    await town.bot.get_updates(allowed_updates=["message"])
    await town.alice.says("heard")
    assert [u.message.text for u in await town.updates() if u.message] == ["heard"]


async def test_an_empty_list_of_allowed_updates_is_all_but_three_kinds(town: Town) -> None:
    await town.bot.get_updates(allowed_updates=["callback_query"])
    await town.bot.get_updates(allowed_updates=[])
    said = await town.alice.says("heard again")
    await town.alice.reacts(said, "👍")
    assert [u.message.text for u in await town.updates() if u.message] == ["heard again"]


async def test_messages_nobody_fetched_are_gone_after_a_day_and_presses_sooner(town: Town) -> None:
    await town.alice.says("old")
    town.clock.now += 24 * 3600 - 150
    sent = await town.bot.send_message(town.alice.id, "?", reply_markup=BUTTON)
    await town.alice.presses(town.sandbox.history(town.alice)[-1], "Yes")
    assert sent.reply_markup == BUTTON
    assert len(await town.bot.get_updates()) == 2
    town.clock.now += 151
    await town.alice.says("young")
    assert [u.message and u.message.text for u in await town.updates()] == ["young"]


async def test_what_is_fed_comes_out_as_it_is_even_late_or_twice(town: Town) -> None:
    await town.alice.says("first")
    (first,) = await town.updates()
    town.sandbox.feed(first.to_dict())
    town.sandbox.feed({"message": {"nonsense": True}})
    town.sandbox.feed({})
    url = f"{town.sandbox.base_url}{town.sandbox.token}/getUpdates"
    async with (
        ClientSession() as http,
        http.get(url, params={"offset": first.update_id + 1}) as answer,
    ):
        late, odd, empty = (await answer.json())["result"]
    assert late["update_id"] == first.update_id
    assert odd["message"] == {"nonsense": True}
    assert list(empty) == ["update_id"]


async def test_a_wrong_token_and_an_unknown_method_are_refused(town: Town) -> None:
    with pytest.raises(InvalidToken):
        await type(town.bot)("1:wrong", base_url=town.sandbox.base_url).initialize()
    async with refused("Not Found"):
        await town.bot.do_api_request("inventChat")
    assert town.sandbox.calls[-1].method == "inventChat"


Answer = Callable[[], web.Response]


def status(code: int, **headers: str) -> Answer:
    return lambda: web.Response(status=code, headers=headers)


@dataclass
class Hook:
    """A web server that receives updates and answers as scripted."""

    url: str = ""
    bodies: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    answers: dict[str, list[Answer]] = field(default_factory=dict)
    """For the update with this text: how to answer its deliveries, in turn; then 200."""
    inflight: int = 0
    most_inflight: int = 0
    hold: asyncio.Event = field(default_factory=asyncio.Event)
    came: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.hold.set()

    @property
    def texts(self) -> list[object]:
        return [body["message"]["text"] for body in self.bodies if "message" in body]

    async def take(self, request: web.BaseRequest) -> web.Response:
        self.inflight += 1
        self.most_inflight = max(self.most_inflight, self.inflight)
        body = json.loads(await request.read())
        self.bodies.append(body)
        self.came.set()
        self.headers.append(dict(request.headers))
        await self.hold.wait()
        self.inflight -= 1
        scripted = self.answers.get(body["message"]["text"])
        return scripted.pop(0)() if scripted else web.Response()

    async def count(self, number: int) -> None:
        async with asyncio.timeout(5):
            while len(self.bodies) < number:
                self.came.clear()
                await self.came.wait()


@pytest.fixture
async def hook() -> AsyncIterator[Hook]:
    hook = Hook()
    runner = web.ServerRunner(web.Server(hook.take))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    hook.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield hook
    hook.hold.set()
    await runner.cleanup()


async def test_a_webhook_gets_what_waited_and_what_comes_with_its_secret(
    town: Town, hook: Hook
) -> None:
    await town.alice.says("waited")
    await town.bot.set_webhook(hook.url, secret_token="s3cret")
    await town.alice.says("came")
    await hook.count(2)
    assert hook.texts == ["waited", "came"]
    assert hook.headers[0]["X-Telegram-Bot-Api-Secret-Token"] == "s3cret"
    info = await town.bot.get_webhook_info()
    assert (info.url, info.pending_update_count, strays(info)) == (hook.url, 0, [])


async def test_a_failing_head_is_retried_and_blocks_its_own_queue_only(
    town: Town, hook: Hook
) -> None:
    await town.carol.starts()
    await town.updates()
    hook.answers["a1"] = [status(500), status(410), status(503, **{"Retry-After": "1"})]
    await town.bot.set_webhook(hook.url)
    await town.alice.says("a1")
    await town.alice.says("a2")
    await hook.count(3)
    await town.carol.says("c1")
    await hook.count(6)
    assert hook.texts == ["a1", "a1", "a1", "c1", "a1", "a2"]
    info = await town.bot.get_webhook_info()
    assert info.last_error_message and "Wrong response from the webhook" in info.last_error_message


async def test_a_queue_has_one_update_in_flight_and_all_have_max_connections(
    town: Town, hook: Hook
) -> None:
    people = [town.sandbox.add_person(f"P{number}") for number in range(5)]
    hook.hold.clear()
    await town.bot.set_webhook(hook.url, max_connections=3)
    for person in people:
        await person.says("one")
        await person.says("two")
    await hook.count(3)
    await asyncio.sleep(0.1)
    assert len(hook.bodies) == 3
    hook.hold.set()
    await hook.count(10)
    assert hook.most_inflight == 3
    for person in people:
        mine = [
            b["message"]["text"] for b in hook.bodies if b["message"]["from"]["id"] == person.id
        ]
        assert mine == ["one", "two"]


async def test_retries_wait_longer_each_time_and_obey_retry_after(town: Town, hook: Hook) -> None:
    loop = asyncio.get_running_loop()
    hook.answers["again"] = [status(503)] * 3 + [status(503, **{"Retry-After": "1"})]
    times: list[float] = []
    await town.bot.set_webhook(hook.url)
    await town.alice.says("again")
    for number in range(1, 6):
        await hook.count(number)
        times.append(loop.time())
    waits = [after - before for before, after in pairwise(times)]
    assert waits[2] >= 4 * 0.02
    assert waits[3] > 0.9


async def test_deleting_the_webhook_keeps_what_is_pending_unless_told_to_drop_it(
    town: Town, hook: Hook
) -> None:
    hook.answers["unaccepted"] = [status(500)] * 1000
    await town.bot.set_webhook(hook.url)
    await town.alice.says("unaccepted")
    await hook.count(1)
    await town.bot.delete_webhook()
    assert [u.message.text for u in await town.bot.get_updates() if u.message] == ["unaccepted"]
    await town.bot.delete_webhook(drop_pending_updates=True)
    assert await town.bot.get_updates() == ()


async def test_a_webhook_may_answer_with_one_method(town: Town, hook: Hook) -> None:
    call = {"method": "sendMessage", "chat_id": town.alice.id, "text": "by the response"}
    hook.answers["hello"] = [lambda: web.json_response(call)]
    await town.bot.set_webhook(hook.url)
    await town.alice.says("hello")
    await town.sandbox.wait_for(lambda s: s.calls_of("sendMessage"))
    assert town.sandbox.history(town.alice)[-1].text == "by the response"


async def test_a_webhook_outside_the_machine_or_with_an_odd_secret_is_refused(town: Town) -> None:
    async with refused("An HTTPS URL must be provided for webhook", kind=BadRequest):
        await town.bot.set_webhook("http://example.com/hook")
    async with refused("secret token contains unallowed characters", kind=BadRequest):
        await town.bot.set_webhook("http://127.0.0.1:9/", secret_token="é")
