"""A staff group that is upgraded while the desk is at work: what stood in it points nowhere now."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import delivery
from bot.sandbox import Message
from bot.store.held_replies import HeldReplies
from bot.store.listings import Listings

from . import shop as shops
from .shop import CLAIM, ManyASecond, afternoon, open_shop
from .test_sabotage import RED
from .test_second_look import SHOUTED, asked_about
from .test_surging import ANGRY, CALM, the_list
from .virtual import open_day


async def a_list_of_the_old_group(folder: Path) -> None:
    """Nobody edits it any more: Telegram would refuse that without end."""
    limits = ManyASecond()
    async with open_shop(folder, limits=limits, group="group") as shop:
        limits.hold(shop.staff.id, afternoon() + 3600.0)
        people = [shop.customer(f"Camille {n}") for n in range(1, 6)]
        for person in people:
            await person.says(ANGRY)
            await shop.case_of(person, "waiting")
        limits.release(shop.staff.id)
        shop.app.sender.changed.set()
        await the_list(shop)
        await shop.quiet()
        shop.staff = shop.sandbox.upgrade_group(shop.staff)
        again = await the_list(shop)
        await shop.agent.presses(again, "✋ nº 1")
        await shop.case_of(people[0], "claimed")
        await shop.until(lambda: "Pris par Noémie" in (again.text or ""))
        await shop.quiet()
        tried = "purpose = 'listed' AND state = 'new' AND tries > 0"
        assert not shop.rows(f"SELECT 1 FROM outbox WHERE {tried}")


async def test_a_list_of_a_group_that_was_upgraded_is_left_alone(tmp_path: Path) -> None:
    await a_list_of_the_old_group(tmp_path)


async def test_a_list_of_the_old_group_that_is_kept_is_edited_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Listings, "move_chat", lambda *_: None)
    monkeypatch.setattr(delivery, "is_left_behind", lambda *_: False)  # each would do
    monkeypatch.setattr(shops, "PATIENCE_S", 3.0)
    with pytest.raises(RED):
        await a_list_of_the_old_group(tmp_path)


async def a_question_of_the_old_group(folder: Path) -> None:
    """Its number belongs to another message now: what became of the reply stands in a new one."""
    async with open_day(folder, group="group") as day:
        shop = day.shop
        camille = shop.customer()
        await camille.says(CALM)
        await day.passes(0.1)
        brief = await shop.brief_of(camille)
        await shop.agent.presses(brief, CLAIM)
        await day.passes(0.1)
        said = await shop.agent.says(SHOUTED, chat=shop.staff, reply_to=brief)
        await day.passes(0.2)
        await asked_about(shop, said)
        shop.staff = shop.sandbox.upgrade_group(shop.staff)
        for number in range(4):
            await shop.customer(f"Jack {number}").says(CALM)
            await day.passes(1)
        before = {m.id: first_line(m) for m in shop.in_topics()}
        await day.passes(15)
        changed = [m for m in shop.in_topics() if before.get(m.id, first_line(m)) != first_line(m)]
        assert not [m.text for m in changed if "📋" not in (m.text or "")]
        (told,) = day.rung("⌛ Pas envoyé")
        assert told.reply_to != said.id


def first_line(message: Message) -> str:
    return (message.text or "").partition("\n")[0]


async def test_a_question_of_the_old_group_overwrites_nothing_in_the_new(tmp_path: Path) -> None:
    await a_question_of_the_old_group(tmp_path)


async def test_a_question_whose_place_is_believed_overwrites_another_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(HeldReplies, "unask", lambda *_: None)
    monkeypatch.setattr(shops, "PATIENCE_S", 3.0)
    with pytest.raises(RED):
        await a_question_of_the_old_group(tmp_path)
