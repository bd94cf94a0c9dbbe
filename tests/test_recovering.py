"""Each loss finds another road, and staff are told: a topic, a right, the group, a customer."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot import detour
from bot.desk.desk_words import words
from bot.ledger import Ledger
from bot.promises.terms import PromiseSettings
from bot.sandbox import Fault

from .shop import CLAIM, RELEASE, Shop, open_shop


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


async def a_photo_waits_for_the_group(shop: Shop) -> None:
    """It could be copied again once the bot is back: it is not given up for a line of text."""
    camille = shop.customer()
    thread = await shop.claimed(camille)
    await shop.quiet()
    shop.sandbox.set_bot(shop.staff, "kicked")
    await camille.sends_photo(b"photo", "la couture")
    tried = "SELECT 1 FROM outbox WHERE kind = 'Copy' AND chat_id < 0 AND tries > 1"
    await shop.until(lambda: shop.rows(tried))
    shop.sandbox.set_bot(shop.staff, "administrator")
    await shop.until(lambda: any(message.media for message in shop.topic(thread)))


async def test_a_photo_for_a_group_that_is_lost_waits_for_it(shop: Shop) -> None:
    await a_photo_waits_for_the_group(shop)


async def test_a_photo_that_is_given_up_at_once_never_arrives(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(detour, "_NOT_THERE", ())
    shop.patience = 4.0
    with pytest.raises((AssertionError, TimeoutError)):
        await a_photo_waits_for_the_group(shop)


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


async def test_a_bot_that_lost_the_right_to_make_topics_says_so_and_uses_general(
    shop: Shop,
) -> None:
    shop.sandbox.set_bot(shop.staff, "administrator", ())
    told = await shop.staff_see("Je ne peux plus créer de sujets")
    assert told.thread is None
    camille = shop.customer()
    await camille.says("mon chien a mangé la tente")
    assert (await shop.brief_of(camille)).thread is None


async def test_a_bot_that_may_not_even_write_in_general_writes_to_its_people(shop: Shop) -> None:
    """General is hidden, so closed, and the bot manages no topics: nothing of the group is left."""
    await shop.lead.starts()
    shop.sandbox.set_bot(shop.staff, "administrator", ())
    await shop.staff_see("Je ne peux plus créer de sujets")
    shop.staff.general_closed = shop.staff.general_hidden = True
    camille = shop.customer()
    await camille.says("mon chien a mangé la tente")
    await shop.hears(shop.lead, "mon chien a mangé la tente")
    shop.staff.general_closed = shop.staff.general_hidden = False
    shop.sandbox.set_bot(shop.staff, "administrator")
    await shop.brief_of(camille)


# ----------------------------------------------------------------------------- the topics


async def closed_by_hand(shop: Shop, thread: int) -> None:
    """The lead closes the topic in the app."""
    topic = shop.staff.topics[thread]
    topic.closed = True
    world = shop.sandbox.world
    world.tell_topic(shop.staff, topic, shop.lead.user, {"forum_topic_closed": {}})


async def a_topic_closed_by_hand_is_open_again(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    await closed_by_hand(shop, thread)
    await shop.staff_see("fermé à la main")
    await shop.until(lambda: not shop.staff.topics[thread].closed)
    await shop.answers(camille, "Je m’en occupe.")


async def test_a_topic_closed_by_hand_is_open_again_while_its_case_is(shop: Shop) -> None:
    await a_topic_closed_by_hand_is_open_again(shop)


async def test_a_closed_topic_is_opened_by_a_bot_without_rights_who_made_it(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    shop.sandbox.set_bot(shop.staff, "administrator", ())
    shop.staff.topics[thread].closed = True
    await camille.says("alors?")
    await shop.until(lambda: any(m.text == "alors?" for m in shop.topic(thread)))


async def test_a_topic_renamed_by_hand_goes_on(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    topic = shop.staff.topics[thread]
    topic.name = "à revoir"
    change = {"forum_topic_edited": {"name": topic.name}}
    shop.sandbox.world.tell_topic(shop.staff, topic, shop.lead.user, change)
    await shop.answers(camille, "Je m’en occupe.")


# ---------------------------------------------------------------------------- the upgrade


async def an_agents_words_in_the_batch_of_the_upgrade_arrive(shop: Shop) -> None:
    """Both are fetched at once; the group's new number is not known when they are stored."""
    camille = shop.customer()
    await camille.says("mon chien a mangé la tente")
    await shop.agent.presses(await shop.brief_of(camille), CLAIM)
    await shop.case_of(camille, "claimed")
    await shop.quiet()
    old = shop.staff
    held = Fault("getUpdates", delay=0.3)
    shop.sandbox.faults.add(held)
    await camille.says("vite")
    shop.staff = shop.sandbox.upgrade_group(old)
    await shop.agent.says("Je vous lis", chat=shop.staff)
    wanted = "SELECT 1 FROM events WHERE kind = 'refused_elsewhere'"
    await shop.until(lambda: not len(shop.sandbox.world.updates))
    await shop.quiet()
    assert not shop.rows(wanted)


async def test_an_agents_words_in_the_batch_of_the_upgrade_are_not_refused(
    plain_shop: Shop,
) -> None:
    await an_agents_words_in_the_batch_of_the_upgrade_arrive(plain_shop)


async def test_words_written_just_before_the_upgrade_arrive_as_text(plain_shop: Shop) -> None:
    shop = plain_shop
    camille = shop.customer()
    await camille.says("mon chien a mangé la tente")
    brief = await shop.brief_of(camille)
    await shop.agent.presses(brief, CLAIM)
    await shop.case_of(camille, "claimed")
    await shop.quiet()
    await shop.agent.says("Je vous lis", chat=shop.staff, reply_to=brief)
    shop.staff = shop.sandbox.upgrade_group(shop.staff)
    await shop.hears(camille, "Je vous lis")


# --------------------------------------------------------------------------- the customer


async def the_clock_stands_still_while_the_customer_is_gone(shop: Shop) -> None:
    camille = shop.customer()
    await shop.with_staff(camille)
    await camille.blocks()
    await shop.staff_see("son horloge est arrêtée")
    case = await shop.case_of(camille, "waiting")
    assert case.due_at is None
    running = "SELECT 1 FROM timers WHERE case_id = ? AND fired_at IS NULL"
    assert not shop.rows(running, case.id)
    await camille.unblocks()
    await shop.staff_see("L’horloge repart")
    assert (await shop.case_where(camille, lambda case: case.due_at is not None)).owner_id is None
    assert shop.rows(running, case.id)


async def test_the_clock_stands_still_while_the_customer_is_gone(shop: Shop) -> None:
    await the_clock_stands_still_while_the_customer_is_gone(shop)


async def let_go_while_the_customer_is_gone(shop: Shop) -> None:
    """Nobody can be answered: the clock waits for them to be back."""
    camille = shop.customer()
    await shop.claimed(camille)
    await shop.answers(camille, "Je regarde ça.")
    await shop.case_where(camille, lambda case: case.due_at is None)
    await camille.blocks()
    await shop.staff_see("son horloge est arrêtée")
    await shop.agent.presses(await shop.brief_of(camille), RELEASE)
    assert (await shop.case_of(camille, "waiting")).due_at is None
    await camille.unblocks()
    await shop.case_where(camille, lambda case: case.due_at is not None)


async def test_a_case_let_go_while_the_customer_is_gone_has_no_clock(shop: Shop) -> None:
    await let_go_while_the_customer_is_gone(shop)


async def test_a_clock_for_who_is_gone_would_ring_for_nothing(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Ledger, "owe_again", lambda self, case: self.owe(case, since=self.now))
    with pytest.raises(AssertionError):
        await let_go_while_the_customer_is_gone(shop)


async def test_staff_are_told_of_a_deleted_account_and_keep_the_case(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    camille.is_deactivated = True
    await shop.agent.says("Vous êtes là?", chat=shop.staff, thread=thread)
    await shop.staff_see("son compte n’existe plus")
    case = await shop.case_of(camille, "claimed")
    assert case.owner_id == shop.agent.id and case.due_at is None


# ------------------------------------------------------------------------- the bot itself


async def test_staff_hear_once_that_the_bot_was_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.receive.POLL_S", 1.0)
    async with open_shop(tmp_path / "away") as shop:
        camille = shop.customer()
        await shop.until(lambda: shop.rows("SELECT 1 FROM presence"))
        await shop.closes()
        with contextlib.closing(sqlite3.connect(shop.settings.store.path)) as db, db:
            db.execute("UPDATE presence SET at = at - 3600")
        await camille.says("mon chien a mangé la tente")
        async with open_shop(
            tmp_path / "away", sandbox=shop.sandbox, settings=shop.settings
        ) as again:
            told = await again.staff_see("Le robot était absent de")
            assert told.thread is None and "repris : 1." in (told.text or "")
            await asyncio.sleep(2.2)  # two more polls that bring nothing
            assert sum("absent de" in (m.text or "") for m in again.in_topics()) == 1
