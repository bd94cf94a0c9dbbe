"""Budgets and scripted faults of the loopback Telegram, as the real client meets them."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import httpx
import pytest
from telegram import InputMediaPhoto
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TimedOut

from bot.sandbox import Fault, Sandbox

from .loopback import PNG, Town, open_town, refused


def seconds(error: BaseException) -> int:
    assert isinstance(error, RetryAfter)
    wait = error.retry_after
    return int(wait.total_seconds()) if isinstance(wait, timedelta) else wait


# ── budgets ───────────────────────────────────────────────────────────────────────────────────


async def test_there_are_no_limits_until_they_are_switched_on(town: Town) -> None:
    for _ in range(40):
        await town.bot.send_message(town.staff.id, "x")


async def test_a_group_takes_twenty_sends_a_minute_topics_included(town: Town) -> None:
    town.sandbox.limits.enabled = True
    thread = await town.topic()
    for _ in range(19):
        await town.bot.send_message(town.staff.id, "x", message_thread_id=thread)
        town.clock.now += 1
    async with refused("Flood control exceeded", kind=RetryAfter) as refusal:
        await town.bot.send_message(town.staff.id, "x")
    assert seconds(refusal.error) == 41
    error = town.sandbox.calls[-1].error
    assert error and error.description == "Too Many Requests: retry after 41"
    town.clock.now += 41  # the topic and the first word are a minute old: room for two
    await town.bot.send_message(town.staff.id, "x")
    await town.topic("Another")
    async with refused("Flood control exceeded", kind=RetryAfter):
        await town.topic("One too many")


async def test_one_person_takes_a_small_burst_then_one_a_second(town: Town) -> None:
    town.sandbox.limits.enabled = True
    for _ in range(3):
        await town.message()
    async with refused("Flood control exceeded", kind=RetryAfter):
        await town.message()
    for _ in range(10):
        town.clock.now += 1
        await town.message()
    with pytest.raises(RetryAfter):
        for _ in range(3):
            await town.message()


async def test_all_chats_together_take_thirty_a_second(town: Town) -> None:
    people = [town.sandbox.add_person(f"P{number}") for number in range(31)]
    for person in people:
        await person.starts()
    town.sandbox.limits.enabled = True
    for person in people[:30]:
        await town.bot.send_message(person.id, "x")
    async with refused("Flood control exceeded", kind=RetryAfter) as refusal:
        await town.bot.send_message(people[30].id, "x")
    assert seconds(refusal.error) == 1
    town.clock.now += 1
    await town.bot.send_message(people[30].id, "x")


async def test_an_album_costs_what_it_holds_and_other_calls_cost_nothing(town: Town) -> None:
    town.sandbox.limits.enabled = True
    sent = await town.bot.send_message(town.staff.id, "x")
    await town.bot.send_media_group(town.staff.id, [InputMediaPhoto(PNG)] * 10)
    for number in range(30):
        await sent.edit_text(f"board {number}")
        await town.bot.send_chat_action(town.staff.id, "typing")
    for _ in range(9):
        await town.bot.send_message(town.staff.id, "x")
    with pytest.raises(RetryAfter):
        await town.bot.send_message(town.staff.id, "x")


# ── faults ────────────────────────────────────────────────────────────────────────────────────


async def test_a_fault_hits_its_method_and_chat_so_many_times(town: Town) -> None:
    town.sandbox.faults.add(
        Fault(
            "sendMessage",
            town.alice.id,
            code=403,
            description="Forbidden: user is deactivated",
            times=2,
        )
    )
    await town.bot.send_message(town.staff.id, "elsewhere")
    await town.bot.send_chat_action(town.alice.id, "typing")
    for _ in range(2):
        async with refused("user is deactivated", kind=Forbidden):
            await town.message()
    await town.message()


async def test_faults_carry_parameters_and_usual_words(town: Town) -> None:
    town.sandbox.faults.add(Fault(code=429, parameters={"retry_after": 7}))
    async with refused("Retry in 7 seconds", kind=RetryAfter):
        await town.message()
    town.sandbox.faults.add(Fault(code=502))
    async with refused("Bad Gateway", kind=NetworkError):
        await town.message()
    town.sandbox.faults.add(Fault(code=400, description="Bad Request: custom"))
    async with refused("custom", kind=BadRequest):
        await town.message()


async def test_a_fault_without_times_lasts_until_it_is_removed(town: Town) -> None:
    fault = town.sandbox.faults.add(Fault("sendMessage", code=500, times=None))
    for _ in range(3):
        with pytest.raises(NetworkError):
            await town.message()
    town.sandbox.faults.remove(fault)
    await town.message()


@pytest.mark.parametrize("fault", [Fault(cut=True), Fault(code=502)])
async def test_a_fault_before_the_effect_leaves_nothing_done(town: Town, fault: Fault) -> None:
    town.sandbox.faults.add(fault)
    with pytest.raises(NetworkError):
        await town.message("lost")
    assert [m.text for m in town.sandbox.history(town.alice)] == ["/start"]
    assert not town.sandbox.calls[-1].done and town.sandbox.calls_of("sendMessage") == []


@pytest.mark.parametrize(
    "fault", [Fault(cut=True, after_effect=True), Fault(code=502, after_effect=True)]
)
async def test_a_fault_after_the_effect_hides_what_was_done(town: Town, fault: Fault) -> None:
    town.sandbox.faults.add(fault)
    with pytest.raises(NetworkError) as caught:
        await town.message("delivered")
    if fault.cut:
        assert isinstance(caught.value.__cause__, httpx.RemoteProtocolError)
    assert [m.text for m in town.sandbox.history(town.alice)] == ["/start", "delivered"]
    (call,) = town.sandbox.calls
    assert call.done and call.error is not None and call.result is None


async def test_a_delayed_call_times_out_at_the_client_and_is_done_all_the_same(town: Town) -> None:
    town.sandbox.faults.add(Fault("sendMessage", delay=0.5))
    with pytest.raises(TimedOut):
        await town.bot.send_message(town.alice.id, "late", read_timeout=0.1)
    await town.sandbox.wait_for(lambda s: s.calls_of("sendMessage"))
    assert town.sandbox.history(town.alice)[-1].text == "late"


async def test_a_call_held_up_after_its_effect_is_done_at_once(town: Town) -> None:
    town.sandbox.faults.add(Fault("sendMessage", delay=0.5, after_effect=True))
    with pytest.raises(TimedOut):
        await town.bot.send_message(town.alice.id, "there", read_timeout=0.1)
    assert town.sandbox.history(town.alice)[-1].text == "there"


# ── waiting, and keeping it light ─────────────────────────────────────────────────────────────


async def test_wait_for_wakes_at_the_change_and_gives_up_in_time(town: Town) -> None:
    waiting = asyncio.create_task(
        town.sandbox.wait_for(lambda s: len(s.history(town.alice)) > 1, timeout=5)
    )
    await asyncio.sleep(0)
    await town.alice.says("a person's doing")
    assert await asyncio.wait_for(waiting, 1) is True
    waiting = asyncio.create_task(town.sandbox.wait_for(lambda s: s.calls, timeout=5))
    await asyncio.sleep(0)
    await town.bot.get_me()
    assert await asyncio.wait_for(waiting, 1)
    with pytest.raises(TimeoutError):
        await town.sandbox.wait_for(lambda _: False, timeout=0.05)


async def test_a_light_sandbox_forgets_polls_results_and_old_messages() -> None:
    async with open_town(light=True, memory=10) as town:
        for number in range(20):
            await town.message(str(number))
        await town.updates()
        assert {call.method for call in town.sandbox.calls} == {"sendMessage"}
        assert [call.result for call in town.sandbox.calls] == [None] * 20
        assert [m.text for m in town.sandbox.history(town.alice)] == [str(n) for n in range(10, 20)]


async def test_two_sandboxes_share_nothing() -> None:
    async with Sandbox() as one, Sandbox() as other:
        await one.add_person("Alice").starts()
        assert other.world.chats == {} and one.page_url != other.page_url
