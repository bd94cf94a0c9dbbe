"""Each loss finds another road, and staff are told: a topic, a right, the group, a customer."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot import app, delivery, leftovers
from bot.conversation import Case
from bot.desk import reach
from bot.desk.desk_words import words
from bot.desk.place import in_todays_group
from bot.effects import Copy, Effect
from bot.errand import Errand
from bot.ledger import Ledger
from bot.promises.terms import PromiseSettings
from bot.sandbox import Fault
from bot.store import presence
from bot.store.records import Records
from bot.telegram import outcome
from bot.upkeep import DAY_S

from .shop import CLAIM, HAND_BACK, RELEASE, RESOLVE, Shop, open_shop
from .test_own_rights import erase_by_staff
from .twins import RED, goes_red, nothing, replaced
from .virtual import open_day


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
    assert "Proposition · réponse approuvée" in (brief.text or ""), "they were never told it"
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
        assert "#" in (brief.text or "") and brief.buttons == [CLAIM]
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


async def an_answer_below_a_brief_in_private(shop: Shop) -> None:
    """It can reach no customer, and opens no case of the agent's own, whom the bot would greet."""
    await shop.agent.starts()
    await shop.quiet()
    shop.sandbox.set_bot(shop.staff, "kicked")
    camille = shop.customer()
    await camille.says("mon chien a mangé la tente")
    brief = await shop.hears(shop.agent, "mon chien a mangé la tente")
    said = await shop.agent.says("Bonjour Camille, je regarde.", reply_to=brief)
    await shop.quiet()
    await shop.agent.edits(said, "Bonjour Camille!")
    await shop.agent.says("/off")
    await shop.quiet()
    told = [m for m in shop.from_bot(shop.agent) if "Rien n’est parti" in (m.text or "")]
    assert [m.reply_to for m in told][:2] == [said.id, said.id] and len(told) == 3
    assert not any("je regarde" in text for text in shop.heard(camille))
    assert shop.rows("SELECT DISTINCT customer_id FROM cases") == [(camille.id,)]
    assert not shop.rows("SELECT 1 FROM staff WHERE off_since IS NOT NULL")
    await shop.agent.presses(brief, CLAIM)
    assert (await shop.case_of(camille, "claimed")).owner_id == shop.agent.id


async def test_an_answer_below_a_brief_in_private_is_told_where_it_works(shop: Shop) -> None:
    await an_answer_below_a_brief_in_private(shop)


async def test_an_agents_words_below_their_own_answer_are_a_customers(shop: Shop) -> None:
    await shop.agent.says("vous êtes ouvert le dimanche?")
    answer = await shop.next_from_bot(shop.agent)
    await shop.agent.says("je veux quelqu'un", reply_to=answer)
    await shop.case_of(shop.agent, "waiting")


@pytest.mark.parametrize("plea", ["/person", "/personne svp"])
@pytest.mark.parametrize("below", [True, False])
async def test_an_agent_who_asks_for_a_person_in_private_gets_one(
    shop: Shop, plea: str, below: bool
) -> None:
    """What they write there is read as from a customer, whatever it answers."""
    await shop.agent.says("vous êtes ouvert le dimanche?")
    answer = await shop.next_from_bot(shop.agent)
    await shop.agent.says(plea, reply_to=answer if below else None)
    assert (await shop.case_of(shop.agent, "waiting")).reason == "asked"
    assert "demande une personne" in ((await shop.brief_of(shop.agent)).text or "")
    assert not any("Rien n’est parti" in text for text in shop.heard(shop.agent))


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
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await goes_red(
        a_photo_waits_for_the_group, replaced(outcome, "NOT_THERE", ()), tmp_path, monkeypatch
    )


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


async def put_back_without_rights(shop: Shop) -> None:
    """As a plain member it is back, and makes no topics: both are said."""
    shop.sandbox.set_bot(shop.staff, "kicked")
    camille = shop.customer()
    await camille.says("mon chien a mangé la tente")
    await shop.recorded("group_lost")
    shop.sandbox.set_bot(shop.staff, "member")
    await shop.staff_see("De nouveau dans le groupe")
    await shop.staff_see("Je ne peux plus créer de sujets")
    shop.sandbox.set_bot(shop.staff, "administrator")
    await shop.recorded("topics_back")
    shop.sandbox.set_bot(shop.staff, "administrator", ())
    told = "Je ne peux plus créer de sujets"
    await shop.until(lambda: sum(told in (m.text or "") for m in shop.in_topics()) == 2)


async def test_a_bot_that_is_put_back_without_rights_says_so(shop: Shop) -> None:
    await put_back_without_rights(shop)


async def test_a_bot_put_back_without_rights_that_says_nothing_is_not_understood(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reach, "no_topics", nothing)
    shop.patience = 2.0
    with pytest.raises(RED):
        await put_back_without_rights(shop)


async def topics_are_refused(shop: Shop) -> None:
    """Nobody told the bot that its right is gone; the first refusal does, and is told once."""
    shop.sandbox.faults.add(
        Fault(
            "createForumTopic",
            code=400,
            description="Bad Request: not enough rights to create a topic",
            times=None,
        )
    )
    for name in ("Camille", "Jack"):
        person = shop.customer(name)
        await person.says("mon chien a mangé la tente")
        assert (await shop.brief_of(person)).thread is None
    await shop.staff_see("Je ne peux plus créer de sujets")
    await shop.quiet()
    assert sum("créer de sujets" in (m.text or "") for m in shop.in_topics()) == 1


async def test_that_a_topic_is_refused_is_told_once(shop: Shop) -> None:
    await topics_are_refused(shop)


async def topics_are_off(shop: Shop) -> None:
    """Told once; a reply to the brief works, as it says."""
    shop.staff.is_forum = False
    for name in ("Camille", "Jack"):
        person = shop.customer(name)
        await person.says("mon chien a mangé la tente")
        brief = await shop.brief_of(person)
    told = await shop.staff_see("Ce groupe n’a pas de sujets")
    assert "en répondant à sa fiche" in (told.text or "")
    await shop.agent.says("Je m’en occupe.", chat=shop.staff, reply_to=brief)
    await shop.hears(person, "Je m’en occupe.")
    await shop.quiet()
    assert sum("n’a pas de sujets" in (m.text or "") for m in shop.in_topics()) == 1


async def test_that_a_group_has_no_topics_is_told_once(shop: Shop) -> None:
    await topics_are_off(shop)


async def test_a_group_without_topics_that_is_told_nothing_is_not_understood(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await goes_red(topics_are_off, replaced(reach, "no_forum", nothing), tmp_path, monkeypatch)


async def test_that_a_person_of_staff_was_not_reached_is_an_error(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody of staff has started the bot, and the group cannot be written to."""
    shop.sandbox.set_bot(shop.staff, "kicked")
    await shop.customer().says("mon chien a mangé la tente")
    told = f"{shop.lead.id} of staff was not reached"
    await shop.until(lambda: told in caplog.text)
    (record,) = {r.levelname for r in caplog.records if told in r.getMessage()}
    assert record == "ERROR"


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
    """Both are fetched at once; the group's new number is not known when they are stored.

    Nothing of ours is there yet that they could answer: they are an order.
    """
    camille = shop.customer()
    await camille.says("mon chien a mangé la tente")
    await shop.agent.presses(await shop.brief_of(camille), CLAIM)
    await shop.case_of(camille, "claimed")
    await shop.quiet()
    shop.sandbox.faults.add(Fault("getUpdates", delay=0.3))
    await camille.says("vite")
    shop.staff = shop.sandbox.upgrade_group(shop.staff)
    await shop.agent.says("/queue", chat=shop.staff)
    await shop.staff_see("Pris (1)")
    assert not shop.rows("SELECT 1 FROM events WHERE kind = 'refused_elsewhere'")


async def test_an_agents_words_in_the_batch_of_the_upgrade_arrive(
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


async def test_words_from_before_the_upgrade_are_no_others(plain_shop: Shop) -> None:
    """In the new group the same number is another message's: what somebody else wrote."""
    shop = plain_shop
    camille = shop.customer()
    await camille.says("mon chien a mangé la tente")
    brief = await shop.brief_of(camille)
    await shop.agent.presses(brief, CLAIM)
    await shop.case_of(camille, "claimed")
    await shop.quiet()
    with shop.silent(camille):
        said = await shop.agent.says("Je vous lis", chat=shop.staff, reply_to=brief)
        await shop.until(lambda: shop.rows("SELECT 1 FROM outbox WHERE purpose = 'words'"))
        shop.staff = shop.sandbox.upgrade_group(shop.staff)
        while max(shop.staff.messages) < said.id:
            await shop.lead.says("Jack a perdu sa carte", chat=shop.staff)
        await shop.brief_of(camille)
    await shop.until(lambda: len(shop.heard(camille)) == 2)
    assert "Je vous lis" in shop.heard(camille)[-1]


async def a_photo_from_before_the_upgrade_does_not_go(shop: Shop) -> None:
    """In the new group its number is another message's; its caption alone is not what the agent
    sent. They are told that it did not go, and the record keeps why."""
    camille = shop.customer()
    await camille.says("mon chien a mangé la tente")
    brief = await shop.brief_of(camille)
    await shop.agent.presses(brief, CLAIM)
    await shop.case_of(camille, "claimed")
    await shop.quiet()
    heard = shop.heard(camille)
    with shop.silent(camille):
        said = await shop.agent.sends_photo(b"a tent", "Ceci", chat=shop.staff, reply_to=brief)
        await shop.until(lambda: shop.rows("SELECT 1 FROM outbox WHERE purpose = 'words'"))
        shop.staff = shop.sandbox.upgrade_group(shop.staff)
        while max(shop.staff.messages) < said.id:
            await shop.lead.says("Jack a perdu sa carte", chat=shop.staff)
    await shop.staff_see("the group was upgraded")
    await shop.quiet()
    assert shop.heard(camille) == heard
    became = shop.rows("SELECT state, result FROM outbox WHERE purpose = 'words'")
    assert became == [("failed", '"the group was upgraded"')]


async def test_a_photo_from_before_the_upgrade_does_not_go(plain_shop: Shop) -> None:
    await a_photo_from_before_the_upgrade_does_not_go(plain_shop)


async def an_erasure_after_the_upgrade_takes_nothing_of_others(shop: Shop) -> None:
    """Numbers begin at 1 again in the new group; what lay in the old one, people must delete."""
    camille, jack = shop.customer("Camille"), shop.customer("Jack")
    await camille.says("mon chien a mangé la tente")
    await shop.agent.presses(await shop.brief_of(camille), RESOLVE)
    await shop.case_of(camille, "closed")
    await shop.quiet()
    shop.staff = shop.sandbox.upgrade_group(shop.staff)
    for number in range(10):
        await jack.says(f"mon chat a mangé la tente {number}")
    await shop.brief_of(jack)
    await shop.quiet()
    before = [m for m in shop.in_topics() if "chat a mangé" in (m.text or "")]
    await erase_by_staff(shop, camille)
    await shop.staff_see("Effacez-le à la main")
    await shop.quiet()
    assert before and not any(message.deleted for message in before)


async def test_an_erasure_after_the_upgrade_takes_nothing_of_others(plain_shop: Shop) -> None:
    await an_erasure_after_the_upgrade_takes_nothing_of_others(plain_shop)


async def what_is_old_in_the_group_before_is_asked_for_once(folder: Path) -> None:
    """And not case by case, for months: the numbers of its messages lead nowhere any more."""
    async with open_day(folder, group="group") as day:
        shop, people = day.shop, [day.shop.customer(name) for name in ("Camille", "Jack", "Ana")]
        for person in people:
            await person.says("mon chien a mangé la tente")
            await day.passes(0.2)
            await shop.agent.presses(await shop.brief_of(person), RESOLVE)
            await day.passes(1)
        shop.staff = shop.sandbox.upgrade_group(shop.staff)
        later = day.clock.now() + (shop.settings.retention.messages_days + 2) * DAY_S
        day.clock.advance(later)
        emptied = "SELECT 1 FROM cases WHERE emptied_at IS NOT NULL"
        await shop.until(lambda: len(shop.rows(emptied)) == len(people))
        await day.calm()
        assert len(day.rung("à la main")) == 1
        assert len(day.rung("avant sa conversion")) == 1


async def test_what_is_old_in_the_group_before_is_asked_for_once(tmp_path: Path) -> None:
    await what_is_old_in_the_group_before_is_asked_for_once(tmp_path)


async def test_if_each_old_case_were_named_staff_would_be_asked_for_months(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin."""

    def named(ledger: Ledger, errand: Errand) -> None:
        leftovers.named(ledger, errand.case_id, [errand.effect])

    monkeypatch.setattr(leftovers, "left_behind", named)
    with pytest.raises(AssertionError):
        await what_is_old_in_the_group_before_is_asked_for_once(tmp_path)


async def a_reaction_to_words_from_before_the_upgrade_marks_nothing_else(shop: Shop) -> None:
    camille = shop.customer()
    await camille.says("mon chien a mangé la tente")
    brief = await shop.brief_of(camille)
    await shop.agent.presses(brief, CLAIM)
    await shop.agent.says("Je vous lis", chat=shop.staff, reply_to=brief)
    copy = await shop.hears(camille, "Je vous lis")
    await shop.quiet()
    shop.staff = shop.sandbox.upgrade_group(shop.staff)
    for number in range(10):
        await camille.says(f"et aussi {number}")
    await shop.staff_see("et aussi 9")
    await camille.reacts(copy, "❤")
    await shop.quiet()
    assert not any("❤" in str(message.reactions) for message in shop.in_topics())


async def test_a_reaction_to_words_from_before_the_upgrade_marks_nothing_else(
    plain_shop: Shop,
) -> None:
    await a_reaction_to_words_from_before_the_upgrade_marks_nothing_else(plain_shop)


async def test_a_photo_from_before_the_upgrade_is_taken_for_what_another_wrote(
    plain_shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: they are looked for in the new group."""

    def where_it_is_now(records: Records, effect: Effect) -> Effect:
        if isinstance(effect, Copy):
            effect = replace(effect, from_chat_id=records.chat_now(effect.from_chat_id))
        return in_todays_group(records, effect)

    monkeypatch.setattr(delivery, "copies_what_is_left_behind", lambda *_: False)
    monkeypatch.setattr(delivery, "in_todays_group", where_it_is_now)
    plain_shop.patience = 2.0
    with pytest.raises(RED):
        await a_photo_from_before_the_upgrade_does_not_go(plain_shop)


@pytest.mark.parametrize(
    "story",
    [
        an_erasure_after_the_upgrade_takes_nothing_of_others,
        a_reaction_to_words_from_before_the_upgrade_marks_nothing_else,
    ],
)
async def test_what_stood_in_the_old_group_is_taken_for_what_stands_in_the_new(
    plain_shop: Shop, monkeypatch: pytest.MonkeyPatch, story: Callable[[Shop], Awaitable[None]]
) -> None:
    monkeypatch.setattr(delivery, "is_left_behind", lambda *_: False)
    plain_shop.patience = 4.0
    with pytest.raises(RED):
        await story(plain_shop)


# ------------------------------------------------------------------ another group in the config


@contextlib.asynccontextmanager
async def in_another_group(shop: Shop) -> AsyncIterator[Shop]:
    """The shop closes, and opens again with another staff group in its config."""
    members = {one: member.status for one, member in shop.staff.members.items()}
    del members[shop.sandbox.bot.id]
    other = shop.sandbox.add_group("Équipe 2", forum=True, members=members)
    staff = replace(shop.settings.staff, chat_id=other.id)
    settings, folder = replace(shop.settings, staff=staff), shop.settings.store.path.parent
    await shop.closes()
    async with open_shop(folder, sandbox=shop.sandbox, settings=settings) as again:
        again.patience = 6.0
        yield again


async def open_cases_go_on_in_the_group_that_the_config_names_now(folder: Path) -> None:
    async with open_shop(folder) as shop:
        camille, jeanne = shop.customer("Camille"), shop.customer("Jeanne")
        await shop.claimed(camille)
        await shop.claimed(jeanne)
        await shop.agent.presses(await shop.brief_of(jeanne), HAND_BACK)
        await shop.case_of(jeanne, "with_bot")
        await shop.quiet()
        async with in_another_group(shop) as shop:
            told = await shop.staff_see("La configuration nomme maintenant ce groupe")
            assert "#1" in (told.text or "") and "#2" not in (told.text or "")
            await shop.answers(camille, "Je m’en occupe.")
            thread = await shop.with_staff(jeanne, "je veux une personne")
            assert any("#2" in (m.text or "") for m in shop.topic(thread))
            await shop.answers(jeanne, "Moi aussi.")


async def test_open_cases_go_on_in_the_group_that_the_config_names_now(tmp_path: Path) -> None:
    await open_cases_go_on_in_the_group_that_the_config_names_now(tmp_path)


async def test_open_cases_of_the_group_before_are_heard_by_nobody_without_a_move(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "move_house", nothing)
    with pytest.raises(RED):
        await open_cases_go_on_in_the_group_that_the_config_names_now(tmp_path)


async def a_case_closed_in_the_group_before_is_taken_up_in_this_one(folder: Path) -> None:
    async with open_shop(folder) as shop:
        camille = shop.customer()
        await shop.with_staff(camille)
        await shop.agent.presses(await shop.brief_of(camille), RESOLVE)
        await shop.case_of(camille, "closed")
        await shop.quiet()
        old = (await shop.case_of(camille)).thread_id
        async with in_another_group(shop) as shop:
            jack = shop.customer("Jack")
            assert await shop.with_staff(jack) == old, "numbers begin anew in each group"
            await camille.says("mon chien a encore mangé la tente")
            thread = await shop.topic_of(camille)
            assert thread != old
            assert any("mon chien a encore" in (m.text or "") for m in shop.topic(thread))
            await shop.answers(camille, "Je m’en occupe.")


async def test_a_case_closed_in_the_group_before_is_taken_up_in_this_one(tmp_path: Path) -> None:
    await a_case_closed_in_the_group_before_is_taken_up_in_this_one(tmp_path)


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


async def away_twice(shop: Shop) -> None:
    """What was owed when they were first away has been answered since."""
    camille = shop.customer()
    thread = await shop.claimed(camille)
    await camille.blocks()
    await shop.topic_shows(thread, "son horloge est arrêtée")
    await shop.agent.presses(await shop.brief_of(camille), RELEASE)
    await shop.case_of(camille, "waiting")
    await camille.unblocks()
    await shop.case_where(camille, lambda case: case.due_at is not None)
    await shop.answers(camille, "Je regarde ça.")
    await shop.case_where(camille, lambda case: case.due_at is None)
    blocked = "SELECT blocked FROM customers"
    await camille.blocks()
    await shop.until(lambda: shop.rows(blocked) == [(1,)])
    await camille.unblocks()
    await shop.until(lambda: shop.rows(blocked) == [(0,)])
    await shop.quiet()
    assert (await shop.case_of(camille)).due_at is None


async def test_a_clock_that_stood_still_begins_again_once(shop: Shop) -> None:
    await away_twice(shop)


async def test_a_clock_stopped_twice_would_begin_again_for_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def each_time(self: Ledger, case: Case) -> None:
        self.note("clock_stopped", case.id, None)

    guard = replaced(Ledger, "_stop_clock", each_time)
    await goes_red(away_twice, guard, tmp_path, monkeypatch, "case_of(camille)).due_at is None")


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
    monkeypatch.setattr("bot.receive.POLL_S", 0.1)
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
            told = await again.staff_see("Le robot était absent")
            assert told.thread is None and "repris : 1." in (told.text or "")
            polls = len(again.sandbox.calls_of("getUpdates"))
            await again.until(lambda: len(again.sandbox.calls_of("getUpdates")) > polls + 2)
            assert again.events("was_away") == 1
            assert sum("était absent" in (m.text or "") for m in again.in_topics()) == 1


async def what_came_after_the_return_was_not_taken_up(shop: Shop) -> None:
    """Back for half a minute; Camille had written meanwhile, Jack writes now."""
    for name in ("Camille", "Jack"):
        await shop.with_staff(shop.customer(name))
    await shop.quiet()
    back = shop.app.clock.now() - 30.0
    with contextlib.closing(sqlite3.connect(shop.settings.store.path)) as db, db:
        db.execute("UPDATE inbox SET received_at = ? WHERE seq = 1", (back - 600.0,))
        db.execute("UPDATE presence SET away_from = ?, back_at = ?", (back - 3600.0, back))
    await shop.app.away.in_touch(0)
    told = await shop.staff_see("Le robot était absent")
    assert "repris : 1." in (told.text or ""), told.text


async def test_what_came_after_the_return_was_not_taken_up(shop: Shop) -> None:
    await what_came_after_the_return_was_not_taken_up(shop)


async def test_without_a_bound_what_came_after_the_return_counts_as_taken_up(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin."""
    monkeypatch.setattr(presence, "FETCHED_S", 3600.0)
    with pytest.raises(AssertionError, match="repris : 2"):
        await what_came_after_the_return_was_not_taken_up(shop)
