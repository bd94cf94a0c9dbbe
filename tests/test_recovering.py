"""Each loss finds another road, and staff are told: a topic, a right, the group, a customer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.desk_words import words
from bot.sandbox import Fault
from bot.terms import PromiseSettings

from .shop import CLAIM, Shop, open_shop


@pytest.fixture(autouse=True)
def tries_again_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """A road that is closed is looked at again after a fiftieth of a second, not a minute."""
    monkeypatch.setattr("bot.detour.LONGEST_PAUSE_S", 0.02)


@pytest.fixture
async def plain_shop(tmp_path: Path) -> AsyncIterator[Shop]:
    """A shop whose staff group has no topics."""
    async with open_shop(tmp_path, group="group") as shop:
        yield shop


# ------------------------------------------------------------------------ the bot's own posts


async def test_a_reply_in_general_to_a_notice_of_the_clock_finds_its_case(tmp_path: Path) -> None:
    promise = PromiseSettings(normal_minutes=0.02)
    async with open_shop(tmp_path, group="group", promise=promise) as shop:
        camille, jack = shop.customer(), shop.customer("Jack")
        for person in (camille, jack):
            await person.says("mon chien a mangé la tente")
            await shop.brief_of(person)
        number = (await shop.case_of(jack)).id
        notice = await shop.staff_see(f"⏰ Cas nº {number} :")
        await shop.agent.says("Bonjour Jack", chat=shop.staff, reply_to=notice)
        await shop.hears(jack, "Bonjour Jack")
        assert not any("Jack" in text for text in shop.heard(camille))


# --------------------------------------------------------------------------- the bot's answer


async def an_answer_that_telegram_refuses(shop: Shop) -> None:
    camille = shop.customer()
    why = "Bad Request: wrong something"
    shop.sandbox.faults.add(Fault("sendMessage", camille.id, code=400, description=why))
    await camille.says("vous êtes ouvert le dimanche?")
    brief = await shop.brief_of(camille)
    case = await shop.case_of(camille, "waiting")
    assert words("fr", "undelivered") in (brief.text or "")
    assert case.due_at is not None
    assert shop.rows("SELECT kind FROM timers WHERE case_id = ? AND kind = 'lead'", case.id)
    await shop.hears(camille, "Je passe votre message")


async def test_an_answer_that_telegram_refuses_becomes_a_hand_over_with_a_clock(
    shop: Shop,
) -> None:
    await an_answer_that_telegram_refuses(shop)


# ------------------------------------------------------------------------------ the group


async def the_people_of_staff_get_the_brief_themselves(shop: Shop) -> None:
    await shop.agent.starts()
    await shop.lead.starts()
    await shop.quiet()
    shop.sandbox.set_bot(shop.staff, "kicked")
    camille = shop.customer()
    await camille.says("mon chien a mangé la tente")
    for person in (shop.agent, shop.lead):
        await shop.hears(person, "Je ne peux plus écrire dans le groupe")
        brief = await shop.hears(person, "mon chien a mangé la tente")
        assert "#" in (brief.text or "") and not brief.buttons
    tried = "SELECT 1 FROM outbox WHERE purpose = 'brief' AND tries > 3"
    await shop.until(lambda: shop.rows(tried))
    assert sum("mon chien" in text for text in shop.heard(shop.agent)) == 1
    shop.sandbox.set_bot(shop.staff, "administrator")
    await shop.brief_of(camille)
    await shop.staff_see("De nouveau dans le groupe")
    await shop.agent.presses(await shop.brief_of(camille), CLAIM)
    await shop.case_of(camille, "claimed")


async def test_a_bot_removed_from_the_group_writes_to_its_people_until_it_is_back(
    shop: Shop,
) -> None:
    await the_people_of_staff_get_the_brief_themselves(shop)
    assert shop.rows("SELECT count(*) FROM lost_groups") == [(0,)]


async def test_whoever_is_off_duty_is_not_written_to_but_a_lead_is(shop: Shop) -> None:
    from bot.conversation import Person

    await shop.agent.starts()
    await shop.lead.starts()
    off = Person(shop.agent.id, "Noémie")
    await shop.app.store.write(lambda records: records.team.go_off(off, 1.0))
    await shop.quiet()
    shop.sandbox.set_bot(shop.staff, "kicked")
    await shop.customer().says("mon chien a mangé la tente")
    await shop.hears(shop.lead, "mon chien a mangé la tente")
    assert not any("mon chien" in text for text in shop.heard(shop.agent))
