"""Stopped or killed anywhere, started again: nothing is lost and nothing is said twice."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

from bot.desk.desk_words import words
from bot.promises.terms import PromiseSettings
from bot.sandbox import Fault
from bot.store.inbox import POISON_AFTER

from .shop import QUICK, SLOW, Shop, open_shop

QUESTION = "vous êtes ouvert le dimanche?"


@contextlib.asynccontextmanager
async def opened_again(shop: Shop, folder: Path) -> AsyncIterator[Shop]:
    """The same Telegram, the same people, the same database; a new run of the program."""
    settings = replace(shop.settings, answers=QUICK)
    async with open_shop(folder, sandbox=shop.sandbox, settings=settings) as again:
        yield again


async def answered_once(again: Shop, person_id: int) -> None:
    person = again.sandbox.person(person_id)
    await again.hears(person, again.answer_to("store-hours", "fr").strip())
    await again.quiet()
    assert len(again.heard(person)) == 1


async def test_a_turn_that_waits_for_its_burst_to_end_is_taken_up_again(
    slow_shop: Shop, tmp_path: Path
) -> None:
    camille = slow_shop.customer()
    await camille.says(QUESTION)
    await slow_shop.until(lambda: slow_shop.rows("SELECT 1 FROM inbox"))
    await slow_shop.closes()
    async with opened_again(slow_shop, tmp_path) as again:
        await answered_once(again, camille.id)


async def test_a_turn_the_model_was_reading_is_taken_up_again(
    slow_shop: Shop, tmp_path: Path
) -> None:
    slow_shop.reader.go.clear()
    camille = slow_shop.customer()
    await camille.says(QUESTION)
    await slow_shop.until(lambda: slow_shop.reader.asked)
    await slow_shop.dies()
    async with opened_again(slow_shop, tmp_path) as again:
        await answered_once(again, camille.id)


async def test_an_answer_that_was_decided_and_not_sent_is_sent_once(
    shop: Shop, tmp_path: Path
) -> None:
    camille = shop.customer()
    slow = {"retry_after": 1}
    shop.sandbox.faults.add(Fault("sendMessage", camille.id, code=429, parameters=slow))
    await camille.says(QUESTION)
    await shop.until(lambda: shop.sandbox.calls_of("sendMessage", done=False))
    await shop.closes()
    async with opened_again(shop, tmp_path) as again:
        await answered_once(again, camille.id)


async def killed_while_sending_the_answer(shop: Shop, folder: Path) -> None:
    """The request was on its way: nobody knows. Staff are told, the customer is not told twice."""
    camille = shop.customer()
    held_up = shop.sandbox.faults.add(Fault("sendMessage", camille.id, delay=0.3))
    await camille.says(QUESTION)
    await shop.until(lambda: not held_up.times)
    await shop.dies()
    async with opened_again(shop, folder) as again:
        again.patience = shop.patience
        await again.staff_see("envoi non confirmé")
        await again.quiet()
        assert len(again.heard(camille)) <= 1


async def test_an_answer_that_was_on_its_way_when_the_program_died_is_not_sent_again(
    shop: Shop, tmp_path: Path
) -> None:
    await killed_while_sending_the_answer(shop, tmp_path)
    assert ("uncertain",) in shop.rows("SELECT state FROM outbox WHERE purpose = 'answer'")


async def test_a_brief_that_was_on_its_way_when_the_program_died_arrives(
    shop: Shop, tmp_path: Path
) -> None:
    camille = shop.customer()
    shop.sandbox.faults.add(Fault("sendMessage", shop.staff.id, delay=0.3))
    await camille.says("mon chien a mangé la tente")
    claimed = "SELECT 1 FROM outbox WHERE state = 'claimed' AND purpose = 'brief'"
    await shop.until(lambda: shop.rows(claimed))
    await shop.dies()
    async with opened_again(shop, tmp_path) as again:
        assert "#1 ·" in ((await again.brief_of(camille)).text or "")


async def test_a_case_in_the_hands_of_staff_goes_on_after_a_restart(
    shop: Shop, tmp_path: Path
) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    await shop.closes()
    await camille.says("vous êtes là?")
    await shop.agent.says("Oui!", chat=shop.staff, thread=thread)
    async with opened_again(shop, tmp_path) as again:
        await again.hears(camille, "Oui!")
        await again.staff_see("vous êtes là?")


async def test_a_promise_made_before_a_restart_is_called_out_after_it(tmp_path: Path) -> None:
    soon = PromiseSettings(urgent_minutes=0.01, high_minutes=0.01, normal_minutes=0.01)
    async with open_shop(tmp_path, promise=soon) as shop:
        camille = shop.customer()
        await shop.with_staff(camille)
        await shop.closes()
        async with opened_again(shop, tmp_path) as again:
            await again.staff_see("cas nº 1, la réponse attendue avant")


async def test_a_turn_that_ends_the_program_each_time_is_set_aside_for_staff(
    tmp_path: Path,
) -> None:
    """Out of memory on one message must not keep the bot from ever starting."""
    async with open_shop(tmp_path, answers=replace(SLOW, quiet_seconds=0.05)) as shop:
        shop.reader.go.clear()
        camille = shop.customer()
        await camille.says(QUESTION)
        await shop.until(lambda: shop.reader.asked)
        await shop.dies()
        for run in range(1, POISON_AFTER):
            async with open_shop(
                tmp_path, sandbox=shop.sandbox, settings=shop.settings, reader=shop.reader
            ) as again:
                tried = f"SELECT 1 FROM inbox WHERE tries >= {run}"
                await again.until(lambda tried=tried: again.rows(tried))  # type: ignore[misc]
                await again.dies()
        async with opened_again(shop, tmp_path) as last:
            assert words("fr", "poison") in ((await last.brief_of(camille)).text or "")
        shop.reader.go.set()


async def whoever_waits_is_not_to_blame(folder: Path) -> None:
    """The program dies of something else, again and again, while the model reads."""
    people = 3
    async with open_shop(folder, answers=replace(SLOW, quiet_seconds=0.05)) as shop:
        shop.reader.go.clear()
        waiting = [shop.customer(f"Camille {number}") for number in range(people)]
        for person in waiting:
            await person.says(QUESTION)
        await shop.until(lambda: len(shop.rows("SELECT 1 FROM inbox")) == people)
        await shop.dies()
        for _ in range(POISON_AFTER):
            asked = len(shop.reader.asked)
            async with open_shop(
                folder, sandbox=shop.sandbox, settings=shop.settings, reader=shop.reader
            ) as again:
                await again.until(lambda asked=asked: len(again.reader.asked) > asked)  # type: ignore[misc]
                await again.dies()
        shop.reader.go.set()
        async with opened_again(shop, folder) as last:
            for person in waiting:
                await last.hears(person, last.answer_to("store-hours", "fr").strip())
            assert not last.rows("SELECT 1 FROM inbox WHERE state = 'poison'")


async def test_a_program_that_dies_of_something_else_sets_nobody_aside(tmp_path: Path) -> None:
    await whoever_waits_is_not_to_blame(tmp_path)


async def test_what_arrived_while_the_program_was_down_is_answered_in_order(
    shop: Shop, tmp_path: Path
) -> None:
    camille, jack = shop.customer(), shop.customer("Jack", "en")
    await shop.closes()
    await camille.says(QUESTION)
    await jack.says("are you open on sunday?")
    async with opened_again(shop, tmp_path) as again:
        await again.hears(camille, again.answer_to("store-hours", "fr").strip())
        await again.hears(jack, again.answer_to("store-hours", "en").strip())
