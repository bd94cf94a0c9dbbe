"""Cases in a list or digest ring like any other, can be claimed, and what is lost comes back."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.budget import Budget
from bot.config import AnswerSettings
from bot.desk import holding, lists
from bot.ledger import Ledger
from bot.sandbox import Message
from bot.store.listings import Listings

from . import shop as shops
from .shop import CLAIM, RESOLVE
from .test_own_rights import ERASE
from .test_promise import called
from .test_sabotage import RED
from .test_surging import ANGRY, CALM, DIGEST, LIST, crowded, numbers, the_list
from .virtual import Day, open_day


async def eight_calm_people(day: Day) -> Message:
    """They write in one breath: most of them stand in a digest, which is returned."""
    for n in range(8):
        await day.shop.customer(f"Camille {n}").says(CALM)
    await day.passes(2)
    (digest,) = day.rung(DIGEST)
    assert len(numbers(digest)) >= 4
    return digest


def joined(day: Day) -> list[Message]:
    """The alarms of those in a list, in General."""
    return day.rung("toujours sans réponse")


async def those_in_a_digest_ring(folder: Path) -> None:
    """Reminded, then called by name, in one message each time, with what claims them there."""
    async with open_day(folder, limits=Budget(), answers=AnswerSettings()) as day:
        shop, digest = day.shop, await eight_calm_people(day)
        await day.passes(13.5)
        first = joined(day)
        assert first and all(called(one) == [] for one in first)
        assert sorted(n for one in first for n in numbers(one)) == sorted(numbers(digest))
        await day.passes(7.5)
        then = joined(day)[len(first) :]
        assert then and all(called(one) == [shop.agent.id, shop.other_agent.id] for one in then)
        assert sorted(n for one in then for n in numbers(one)) == sorted(numbers(digest))
        assert all(one.thread is None for one in joined(day))
        pressed = numbers(then[0])[0]
        await shop.agent.presses(then[0], then[0].buttons[0])
        await day.passes(1)
        claimed = shop.rows("SELECT id, owner_id FROM cases WHERE state = 'claimed'")
        assert claimed == [(pressed, shop.agent.id)]


async def an_alarm_follows_its_cases(folder: Path) -> None:
    """Who was claimed stands in it no more, wherever that was done; at the end, nobody does."""
    async with open_day(folder, limits=Budget(), answers=AnswerSettings()) as day:
        digest = await eight_calm_people(day)
        await day.passes(13.5)
        (alarm,) = joined(day)
        first, *rest = numbers(alarm)
        await day.shop.agent.presses(digest, f"✋ nº {first}")
        await day.passes(1)
        assert alarm.buttons == [f"✋ nº {number}" for number in rest]
        assert f"#{first} " not in (alarm.text or "") and f"({len(rest)})" in (alarm.text or "")
        for number in rest:
            await day.shop.agent.presses(alarm, f"✋ nº {number}")
            await day.passes(0.2)
        await day.passes(1)
        assert alarm.buttons == []
        assert "Plus personne n’attend" in (alarm.text or "")


async def test_an_alarm_of_cases_in_a_list_follows_them(tmp_path: Path) -> None:
    await an_alarm_follows_its_cases(tmp_path)


async def test_an_alarm_that_follows_nothing_keeps_what_claims_a_case_that_is_claimed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin."""
    monkeypatch.setattr(Listings, "rang", lambda *_: 0)
    with pytest.raises(AssertionError):
        await an_alarm_follows_its_cases(tmp_path)


async def test_an_alarm_of_several_is_rewritten_without_whoever_was_erased(tmp_path: Path) -> None:
    async with open_day(tmp_path, limits=Budget(), answers=AnswerSettings()) as day:
        shop = day.shop
        people = [shop.customer(f"Zébulon {n}") for n in range(8)]
        for person in people:
            await person.says(CALM)
        await day.passes(13.5 + 2)
        (alarm,) = joined(day)
        there, gone = alarm.text or "", people[numbers(alarm)[0] - 1]
        assert gone.user.first_name in there
        await gone.says("/effacer")
        await day.passes(0.2)
        await gone.presses(shop.from_bot(gone)[-1], ERASE)
        await day.passes(1)
        assert alarm.text != there and gone.user.first_name not in (alarm.text or "")
        assert "Zébulon" in (alarm.text or "")


async def test_cases_in_a_digest_are_called_by_name_too(tmp_path: Path) -> None:
    await those_in_a_digest_ring(tmp_path)


async def test_cases_in_a_digest_whose_alarms_are_dropped_ring_for_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Ledger, "ring_together", lambda *_: None)
    monkeypatch.setattr(shops, "PATIENCE_S", 2.0)
    with pytest.raises(RED):
        await those_in_a_digest_ring(tmp_path)


async def test_who_was_claimed_in_the_meantime_rings_no_more_in_general(tmp_path: Path) -> None:
    async with open_day(tmp_path, limits=Budget(), answers=AnswerSettings()) as day:
        digest = await eight_calm_people(day)
        for number in numbers(digest):
            await day.shop.agent.presses(digest, f"✋ nº {number}")
            await day.passes(0.2)
        await day.passes(26)
        assert not joined(day)


# ------------------------------------------------------------------------- a list that is lost


async def a_deleted_list_comes_again(folder: Path) -> None:
    """Somebody tidies General up: at the next change of the list it is found to be gone."""
    async with crowded(folder, *[ANGRY] * 5) as (shop, people):
        lost = await the_list(shop)
        await shop.quiet()
        data = lost.keyboard[0][0]["callback_data"]
        await shop.lead.deletes(lost)
        shop.sandbox.world.press(lost, shop.agent.user, data)
        await shop.case_of(people[0], "claimed")
        await shop.until(lambda: len(shop.rows("SELECT 1 FROM lists")) == 2)
        shop.app.clocks.changed.set()
        again = await the_list(shop)
        assert again.id != lost.id
        assert numbers(again) == [2, 3, 4, 5]
        await shop.agent.presses(again, "✋ nº 2")
        await shop.case_of(people[1], "claimed")


async def test_who_waits_in_a_deleted_list_stands_in_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "EVERY_S", dict.fromkeys(lists.KINDS, 0.0))
    await a_deleted_list_comes_again(tmp_path)


async def test_who_waits_in_a_deleted_list_that_nobody_misses_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "EVERY_S", dict.fromkeys(lists.KINDS, 0.0))
    monkeypatch.setattr(lists.Listed, "refused", lambda *_: None)
    monkeypatch.setattr(shops, "PATIENCE_S", 3.0)
    with pytest.raises(RED):
        await a_deleted_list_comes_again(tmp_path)


async def a_lead_claims_one_of_many(day: Day) -> None:
    shop = day.shop
    await shop.lead.starts()
    people = [shop.customer(f"Camille {n}") for n in range(4)]
    for person in people:
        await person.says(CALM)
        await day.passes(0.1)
    await day.passes(31.5)
    page = shop.from_bot(shop.lead)[-1]
    assert page.buttons[:2] == ["✋ nº 2", "👀 nº 2"]
    await shop.agent.presses(await shop.brief_of(people[1]), CLAIM)
    await day.passes(0.1)
    await shop.lead.presses(page, "✋ nº 2")
    await day.passes(0.1)
    assert any("Déjà pris par Noémie." in told for told in shop.toasts())
    await shop.lead.presses(page, "✋ nº 3")
    await day.passes(0.1)
    assert (await shop.case_of(people[2])).owner_id == shop.lead.id
    assert len(page.buttons) == 6


async def test_a_lead_claims_one_of_many_overdue_cases_in_private(tmp_path: Path) -> None:
    async with open_day(tmp_path) as day:
        await a_lead_claims_one_of_many(day)


# ------------------------------------------------------------------------------ what it says


async def test_a_list_says_how_many_of_it_still_wait(tmp_path: Path) -> None:
    async with crowded(tmp_path, *[ANGRY] * 5) as (shop, people):
        shown = await the_list(shop)
        assert "5 personnes attendent" in (shown.text or "")
        for number, person in enumerate(people, 1):
            await shop.agent.presses(shown, f"✋ nº {number}")
            await shop.agent.presses(await shop.brief_of(person), RESOLVE)
            await shop.case_of(person, "closed")
            await shop.quiet()
            if number == 4:
                assert "🔴 Une personne attend une réponse" in (shown.text or "")
        assert LIST not in (shown.text or "")
        assert "Plus personne n’attend dans cette liste" in (shown.text or "")


async def slower_of_two(folder: Path) -> None:
    """The list has no room for a question: its buttons belong to others too."""
    async with crowded(folder, *[ANGRY] * 5) as (shop, people):
        shown = await the_list(shop)
        await shop.quiet()
        data = shown.keyboard[0][1]["callback_data"]
        for agent in (shop.agent, shop.other_agent):
            shop.sandbox.world.press(shown, agent.user, data)
        await shop.quiet()
        assert any("Déjà pris par Noémie. Pour le reprendre" in told for told in shop.toasts())
        assert not any("quand même?" in told for told in shop.toasts())
        assert (await shop.case_of(people[1])).owner_id == shop.agent.id


async def test_the_slower_of_two_in_a_list_is_told_where_to_take_it_over(tmp_path: Path) -> None:
    await slower_of_two(tmp_path)


async def test_a_question_in_a_list_cannot_be_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holding, "AMONG", "something else")
    with pytest.raises(RED):
        await slower_of_two(tmp_path)
