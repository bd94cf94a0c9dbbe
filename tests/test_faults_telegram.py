"""A Telegram that fails: nothing twice, nothing lost, what nobody knows is shown to staff."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest

from bot.errors import TwoInstances

from .faults import SHORT, Report, telegram_faults
from .faults.cutting import Cutting, Fate
from .faults.telegram_faults import Found, one_hour
from .faults.weather import GIVES_UP_S
from .shop import CLAIM, RELEASE, Shop, open_shop

QUESTION = "vous êtes ouvert le dimanche?"


async def test_the_short_programme_finds_nothing() -> None:
    out = Report("telegram_faults")
    await telegram_faults.run(SHORT, 2, out)
    assert not out.violations
    assert out.figures["escalations_delivered_percent"] == 100.0


async def an_hour_of_storms() -> None:
    """What Telegram asks to wait for is waited for; then all of it goes out."""
    found = Found()
    await one_hour(3, 0.0, 2, found, places=False)
    assert not found.wrong
    assert found.refused_429


# --------------------------------------------------------------------------- one request each


async def each_answer_goes_out_once(shop: Shop, tmp_path: Path, fate: Fate) -> None:
    """The customer hears it once or not at all; when nobody knows, staff are told."""
    await shop.closes()
    async with Cutting(shop.sandbox.base_url, random.Random(1)) as proxy:
        given = {"base_url": proxy.base_url, "read_timeout": GIVES_UP_S}
        async with open_shop(
            tmp_path, sandbox=shop.sandbox, settings=shop.settings, edge_given=given
        ) as own:
            camille = own.customer()
            proxy.fates, proxy.only, proxy.share = (fate,), "sendMessage", 1.0
            await camille.says(QUESTION)
            await own.until(lambda: proxy.met)
            proxy.share = 0.0
            await settled(own)
            answer = own.answer_to("store-hours", "fr").strip()
            heard = [text for text in own.heard(camille) if answer in text]
            assert len(heard) <= 1
            doubted = "envoi non confirmé"
            if fate is not Fate.BUSY:
                await own.until(lambda: any(doubted in (m.text or "") for m in own.in_topics()))
            told = [m for m in own.in_topics() if doubted in (m.text or "")]
            assert len(told) == (fate is not Fate.BUSY)
            if fate is Fate.BUSY:
                assert heard


async def settled(shop: Shop) -> None:
    """The answer's row has its outcome, and staff know it if they must."""
    done = "SELECT 1 FROM outbox WHERE purpose = 'answer' AND state IN ('sent', 'uncertain')"
    await shop.until(lambda: shop.rows(done))
    await shop.quiet()


async def an_answer_cut_off_goes_out_once(shop: Shop, tmp_path: Path) -> None:
    await each_answer_goes_out_once(shop, tmp_path, Fate.AFTER)


async def staff_hear_of_an_answer_that_was_cut_off(shop: Shop, tmp_path: Path) -> None:
    await each_answer_goes_out_once(shop, tmp_path, Fate.BEFORE)


async def an_answer_behind_a_502_goes_out_once(shop: Shop, tmp_path: Path) -> None:
    await each_answer_goes_out_once(shop, tmp_path, Fate.BAD_AFTER)


@pytest.mark.parametrize("fate", [fate for fate in Fate if fate is not Fate.PASSES])
async def test_each_answer_goes_out_once(shop: Shop, tmp_path: Path, fate: Fate) -> None:
    await each_answer_goes_out_once(shop, tmp_path, fate)


# --------------------------------------------------------------------------- two instances


async def of_two_instances_one_stops_and_each_answer_is_given_once(
    shop: Shop, tmp_path: Path
) -> None:
    """The second opens the same store while customers write; one of the two says why it ends."""
    people = [shop.customer(f"Cliente {n}") for n in range(6)]
    for person in people[:3]:
        await person.says(QUESTION)
    async with open_shop(tmp_path, sandbox=shop.sandbox, settings=shop.settings) as second:
        both = {one.receiving for one in (shop, second) if one.receiving is not None}
        ended, goes_on = await asyncio.wait(
            both, timeout=shop.patience, return_when=asyncio.FIRST_COMPLETED
        )
        assert ended, "both go on"
        with pytest.raises(TwoInstances, match="Another process"):
            await ended.pop()
        for person in people[3:]:
            await person.says(QUESTION)
        for person in people:
            await second.hears(person, second.answer_to("store-hours", "fr").strip())
        await second.quiet()
        assert len(goes_on) == 1 and not goes_on.pop().done()
        assert [len(second.heard(person)) for person in people] == [1] * 6


async def test_of_two_instances_one_stops_and_each_answer_is_given_once(
    shop: Shop, tmp_path: Path
) -> None:
    await of_two_instances_one_stops_and_each_answer_is_given_once(shop, tmp_path)


async def test_a_leftover_webhook_is_named_with_its_mend(shop: Shop, tmp_path: Path) -> None:
    await shop.closes()
    await shop.sandbox.api.answer("setWebhook", {"url": "http://127.0.0.1:9/hook"})
    async with open_shop(tmp_path, sandbox=shop.sandbox, settings=shop.settings) as again:
        assert again.receiving is not None
        with pytest.raises(TwoInstances, match=r"webhook is still set.*--forget-webhook"):
            await asyncio.wait_for(asyncio.shield(again.receiving), shop.patience)


# ------------------------------------------------------------------------- presses that expired


async def a_press_too_old_to_be_answered_still_counts(shop: Shop) -> None:
    camille = shop.customer()
    await shop.with_staff(camille)
    brief = await shop.brief_of(camille)
    await shop.agent.presses(brief, CLAIM)
    shop.sandbox.world.queries.clear()  # Telegram has forgotten it
    await shop.until(lambda: RELEASE in brief.buttons)
    await shop.quiet()
    tried = [c for c in shop.sandbox.calls if c.method == "answerCallbackQuery"]
    assert len(tried) <= 1
    assert not shop.rows("SELECT 1 FROM outbox WHERE state IN ('uncertain', 'failed')")


async def test_a_press_too_old_to_be_answered_still_counts_and_is_not_tried_again(
    shop: Shop,
) -> None:
    await a_press_too_old_to_be_answered_still_counts(shop)
