"""Customers' own rights: what is kept, a copy of it, an end to it, and the language they choose."""

from __future__ import annotations

import asyncio
import json
import re
import stat
from pathlib import Path
from types import SimpleNamespace

import pytest

from bot.__main__ import main
from bot.config import RetentionSettings
from bot.customers.own_rights import MOST_AN_HOUR, Group, erase
from bot.desk import drafting
from bot.desk.desk_words import RELEASE as RELEASE_ACT
from bot.effects import SendText
from bot.errand import Errand, Purpose
from bot.sandbox import Fault, Message, Person
from bot.sandbox.wire import GROUP_RIGHTS
from bot.store.drafts import Drafts
from bot.store.records import Records
from bot.upkeep import DAY_S, batches

from .shop import CLAIM, RELEASE, RESOLVE, Shop
from .test_drafts import EDIT, TENT, settled
from .test_surging import crowded
from .test_taking_back import takes_back
from .twins import goes_red, replaced

ERASE, KEEP = "🗑 Oui, tout effacer", "Non, garder"
SECRET = "mon chien Zébulon a mangé la tente"


def document(shop: Shop, person: Person) -> Message | None:
    return next((m for m in shop.from_bot(person) if "document" in m.wire), None)


async def exported(shop: Shop, person: Person) -> dict[str, object]:
    """What the file holds that a person gets for /export."""
    await person.says("/export")
    await shop.until(lambda: document(shop, person))
    message = document(shop, person)
    assert message is not None
    file = shop.sandbox.world.files.get(message.wire["document"]["file_id"])
    assert file is not None
    found: dict[str, object] = json.loads(file.data)
    return found


async def erases(shop: Shop, person: Person, command: str = "/delete_me") -> None:
    """The person asks to be erased, confirms, and it is done."""
    await person.says(command)
    question = await shop.hears(person, "C’est définitif")
    await person.presses(question, ERASE)
    await shop.hears(person, "C’est fait")
    await shop.quiet()


def bytes_of_the_store(shop: Shop) -> bytes:
    """Every file of the database: itself, its write-ahead log, its shared memory."""
    path = shop.settings.store.path
    return b"".join(file.read_bytes() for file in path.parent.glob(path.name + "*"))


# --------------------------------------------------------------------------------- privacy


@pytest.mark.parametrize(
    ("command", "language", "words"),
    [("/privacy", "en", "90 days"), ("/confidentialite", "fr", "90 jours")],
)
async def test_privacy_says_what_is_kept_how_long_who_reads_and_whom_to_write_to(
    shop: Shop, command: str, language: str, words: str
) -> None:
    camille = shop.customer(language=language)
    await camille.says(command)
    text = (await shop.next_from_bot(camille)).text or ""
    assert words in text and "395" in text
    assert shop.knowledge.brand.name in text
    assert shop.knowledge.brand.contact[language] in text
    assert "automati" in text
    assert shop.reader.asked == [] and shop.rows("SELECT 1 FROM cases") == []


async def test_a_right_is_answered_while_a_person_holds_the_case_and_staff_see_nothing(
    shop: Shop,
) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    before = len(shop.topic(thread))
    await camille.says("/privacy")
    await shop.hears(camille, "Vos données chez")
    await shop.quiet()
    assert len(shop.topic(thread)) == before


async def test_a_right_asked_for_in_a_burst_is_no_part_of_the_turn(shop: Shop) -> None:
    camille = shop.customer()
    await camille.says("vous êtes ouvert le dimanche?")
    await camille.says("/privacy@boreal_bot")
    await shop.hears(camille, shop.answer_to("store-hours", "fr").strip())
    await shop.hears(camille, "Vos données chez")
    await shop.quiet()
    assert shop.reader.asked == ["vous êtes ouvert le dimanche?"]


async def test_who_asks_over_and_over_is_told_once_and_may_still_ask_questions(shop: Shop) -> None:
    camille = shop.customer()
    for _ in range(MOST_AN_HOUR + 5):
        await camille.says("/privacy")
    await shop.quiet()
    heard = shop.heard(camille)
    assert sum("Vos données chez" in text for text in heard) == MOST_AN_HOUR
    assert sum("réessayez dans une heure" in text for text in heard) == 1
    await camille.says("vous êtes ouvert le dimanche?")
    await shop.hears(camille, shop.answer_to("store-hours", "fr").strip())


# ---------------------------------------------------------------------------------- export


async def test_an_export_holds_everything_said_and_decided_but_no_internal_notes(
    shop: Shop,
) -> None:
    camille = shop.customer("Camille")
    await shop.claimed(camille)
    await shop.answers(camille, "On vous rembourse.")
    thread = await shop.topic_of(camille)
    await shop.agent.says("// sa voisine Gisèle a appelé", chat=shop.staff, thread=thread)
    await shop.quiet()
    data = await exported(shop, camille)
    text = json.dumps(data, ensure_ascii=False)
    assert "mon chien a mangé la tente" in text and "On vous rembourse." in text
    assert "Gisèle" not in text and data["internal_notes_not_shown"] == 1
    assert data["person"]["name"] == "Camille"  # type: ignore[index]
    decision = data["cases"][0]["decisions"][0]  # type: ignore[index]
    assert decision["kind"] == "hand_over" and decision["why"]


async def what_was_taken_back_is_not_handed_out(shop: Shop) -> None:
    """It may be about somebody else: staff read it first, and the export says that it is there."""
    camille = shop.customer()
    thread = await shop.claimed(camille)
    said = await shop.agent.says("Gisèle habite au 12, rue du Lac", chat=shop.staff, thread=thread)
    await shop.hears(camille, "Gisèle")
    await shop.quiet()
    await takes_back(shop, thread, said)
    await shop.recorded("taken_back")
    data = await exported(shop, camille)
    assert "rue du Lac" not in json.dumps(data, ensure_ascii=False)
    assert data["taken_back_not_shown"] == 1
    by_hand = await shop.app.store.read(lambda r: r.own_data.export(camille.id, notes=True))
    lines = by_hand["cases"][0]["messages"]
    [line] = [line for line in lines if "rue du Lac" in line["text"]]
    assert line["taken_back_at"] and by_hand["taken_back_not_shown"] == 0


async def test_what_was_taken_back_is_not_handed_out(shop: Shop) -> None:
    await what_was_taken_back_is_not_handed_out(shop)


async def test_what_was_taken_back_before_it_left_is_not_handed_out_either(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    shop.app.sender._budget.hold(camille.id, shop.app.clock.now() + 3600)
    said = await shop.agent.says("Gisèle habite au 12, rue du Lac", chat=shop.staff, thread=thread)
    await takes_back(shop, thread, said)
    await shop.until(lambda: shop.rows("SELECT 1 FROM messages WHERE taken_back_at IS NOT NULL"))
    shop.app.sender._budget.release(camille.id)  # type: ignore[attr-defined]
    assert "rue du Lac" not in json.dumps(await exported(shop, camille), ensure_ascii=False)


async def test_an_export_holds_what_they_did_and_what_could_not_be_processed(shop: Shop) -> None:
    camille, jack = shop.customer("Camille"), shop.customer("Jack")
    await shop.claimed(camille)
    await shop.agent.presses(await shop.brief_of(camille), RELEASE)
    await shop.with_staff(jack)

    def set_aside(records: Records) -> None:
        for number, person in ((90_001, camille), (90_002, jack)):
            records.inbox.add(1, [(number, f"c:{person.id}", f"odd {person.id}")], 1.0)
        seqs = (records.inbox.newest_of_all() - 1, records.inbox.newest_of_all())
        records.inbox.quarantine(seqs, 2.0, None)

    await shop.app.store.write(set_aside)
    data = await exported(shop, camille)
    kinds = {act["kind"] for act in data["acts"]}  # type: ignore[attr-defined]
    assert "asked_export" in kinds and RELEASE_ACT not in kinds
    assert [odd["body"] for odd in data["could_not_be_processed"]] == [f"odd {camille.id}"]  # type: ignore[attr-defined]


async def test_a_stranger_is_told_that_nothing_is_kept_but_that_they_asked(shop: Shop) -> None:
    camille = shop.customer()
    await camille.says("/exporter")
    assert "numéro Telegram" in ((await shop.hears(camille, "Rien n’est gardé")).text or "")
    await shop.quiet()
    assert columns_that_hold(shop, camille.id) == ["inbox.conversation", "events.actor_id"]


async def test_nobody_gets_another_persons_data(shop: Shop) -> None:
    camille, jack = shop.customer("Camille"), shop.customer("Jack")
    await camille.says(SECRET)
    await jack.says("vous êtes ouvert le dimanche?")
    await shop.quiet()
    assert "Zébulon" not in json.dumps(await exported(shop, jack), ensure_ascii=False)


# --------------------------------------------------------------------------------- erasing


async def test_after_an_erasure_no_file_of_the_store_holds_the_words(shop: Shop) -> None:
    camille = shop.customer("Camille Zébulonne")
    await camille.says("vous êtes ouvert le dimanche, cher Zébulon?")
    await shop.quiet()
    said = await camille.says(SECRET)
    thread = await shop.topic_of(camille)
    await camille.edits(said, SECRET + ", Zébulon le retour")
    await shop.agent.presses(await shop.brief_of(camille), CLAIM)
    await shop.answers(camille, "Pauvre Zébulon!")
    await shop.agent.says("// Zébulon, encore lui", chat=shop.staff, thread=thread)
    await camille.sends_photo(b"\x89PNG photo", caption="voici Zébulon")
    await camille.says("@noemie, dites à Zébulon de m’écrire")  # sent on as words, not copied
    await shop.agent.sends_photo(b"la tente", "La tente, Zébulon", chat=shop.staff, thread=thread)
    await shop.quiet()
    assert "Zébulon".encode() in bytes_of_the_store(shop)
    await erases(shop, camille)
    await shop.until(lambda: "Zébulon".encode() not in bytes_of_the_store(shop))


async def test_after_an_erasure_no_column_holds_the_persons_number(shop: Shop) -> None:
    camille = shop.customer()
    await shop.claimed(camille)
    await shop.answers(camille, "On regarde ça.")
    await erases(shop, camille)
    await camille.says("/language en")  # of somebody new, and forgotten in its turn
    await shop.hears(camille, "in English")
    await erases_in_english(shop, camille)
    assert columns_that_hold(shop, camille.id) == []


async def erases_in_english(shop: Shop, person: Person) -> None:
    await person.says("/delete_me")
    question = await shop.hears(person, "cannot be undone")
    await person.presses(question, "🗑 Yes, erase everything")
    await shop.hears(person, "Done:")
    await shop.quiet()


def columns_that_hold(shop: Shop, number: int) -> list[str]:
    """``table.column`` wherever a value is, or holds, this number."""
    found = []
    for (table,) in shop.rows("SELECT name FROM sqlite_master WHERE type = 'table'"):
        for column in shop.rows(f"SELECT name FROM pragma_table_info('{table}')"):
            where = f"instr(CAST({column[0]} AS TEXT), ?) > 0"
            if shop.rows(f"SELECT 1 FROM {table} WHERE {where}", str(number)):
                found.append(f"{table}.{column[0]}")
    return found


async def what_staff_did_stays_in_the_audit(shop: Shop) -> None:
    """Somebody of staff writes to the brand as well, and asks to be forgotten: as a customer."""
    camille, agent = shop.customer(), shop.agent
    await shop.claimed(camille)
    await agent.says("vous êtes ouvert le dimanche?")
    await shop.hears(agent, shop.answer_to("store-hours", "fr").strip())
    await shop.quiet()
    theirs = "SELECT count(*) FROM events WHERE actor_id = ? AND case_id = ?"
    of_camille = shop.rows(theirs, agent.id, 1)
    assert of_camille != [(0,)]
    shop.app.sender._budget.hold(agent.id, shop.app.clock.now() + 3600)
    paged = Errand(SendText(agent.id, "Cas nº 1 : en retard"), Purpose.PAGE, 1)
    await shop.app.store.write(lambda r: r.outbox.add(paged, shop.app.clock.now()))
    await erase_by_staff(shop, agent)
    assert shop.rows(theirs, agent.id, 1) == of_camille
    assert shop.rows(theirs, agent.id, 2) == [(0,)]
    assert shop.rows("SELECT state FROM outbox WHERE purpose = 'page'") == [("new",)]


async def test_what_staff_did_stays_in_the_audit(shop: Shop) -> None:
    await what_staff_did_stays_in_the_audit(shop)


async def an_order_to_take_away_words_outlives_an_erasure(shop: Shop) -> None:
    """The retention has ordered it, and it waits; then their person asks to be forgotten."""
    camille = shop.customer()
    thread = await shop.with_staff(camille)
    await shop.agent.presses(await shop.brief_of(camille), RESOLVE)
    await shop.case_of(camille, "closed")
    await shop.quiet()
    shop.app.sender._budget.hold(shop.staff.id, shop.app.clock.now() + 3600)
    due = RetentionSettings(messages_days=2)
    words = batches(due, shop.app.clock.now() + 3 * DAY_S)[3]
    while await shop.app.store.write(words):
        pass
    await erase_by_staff(shop, camille)
    shop.app.sender._budget.release(shop.staff.id)  # type: ignore[attr-defined]
    shop.app._changed()
    await shop.until(lambda: shop.staff.topics[thread].deleted)


async def test_an_order_to_take_away_words_outlives_an_erasure(shop: Shop) -> None:
    await an_order_to_take_away_words_outlives_an_erasure(shop)


async def test_an_erased_persons_cases_are_still_counted(shop: Shop) -> None:
    camille = shop.customer()
    await camille.says("vous êtes ouvert le dimanche?")
    await shop.quiet()
    await erases(shop, camille)
    assert shop.rows("SELECT customer_id, state, subject FROM cases") == [
        (0, "closed", "store-hours")
    ]
    assert shop.rows("SELECT kind, subject FROM decisions") == [("reply", "store-hours")]


async def test_staff_are_told_and_the_topic_disappears(shop: Shop) -> None:
    camille = shop.customer("Camille")
    thread = await shop.claimed(camille)
    await camille.says("/delete_me")
    question = await shop.hears(camille, "Votre demande est entre les mains")
    await camille.presses(question, ERASE)
    await shop.hears(camille, "C’est fait")
    told = await shop.staff_see("les données d’un client sont effacées (#1)")
    assert told.thread is None and "Camille" not in (told.text or "")
    await shop.until(lambda: shop.staff.topics[thread].deleted)
    assert shop.topic(thread) == []


async def test_without_a_topic_each_copy_in_general_is_deleted(shop: Shop) -> None:
    camille = shop.customer()
    rights = set(GROUP_RIGHTS) - {"can_manage_topics"}
    shop.sandbox.set_bot(shop.staff, "administrator", rights)
    await camille.says(SECRET)
    await shop.staff_see("Zébulon")
    await shop.quiet()
    await erases(shop, camille)
    await shop.until(lambda: not any("Zébulon" in (m.text or "") for m in shop.in_topics()))


async def test_when_the_bot_may_not_delete_staff_are_asked_to(shop: Shop) -> None:
    camille = shop.customer()
    await shop.with_staff(camille)
    rights = set(GROUP_RIGHTS) - {"can_delete_messages"}
    shop.sandbox.set_bot(shop.staff, "administrator", rights)
    await erases(shop, camille)
    await shop.staff_see("Effacez-le à la main")


def days_pass(shop: Shop) -> None:
    """What stands in the group is older than what Telegram lets a bot delete."""
    for message in shop.staff.messages.values():
        message.wire = {**message.wire, "date": message.wire["date"] - 3 * 86400}


async def what_may_not_be_deleted_any_more_is_erased(shop: Shop) -> None:
    """The bot's words by an edit, whatever is new as ever; the rest is named to staff, once."""
    camille = shop.customer()
    rights = set(GROUP_RIGHTS) - {"can_manage_topics"}
    shop.sandbox.set_bot(shop.staff, "administrator", rights)
    await camille.says(SECRET)
    brief = await shop.staff_see("Zébulon")
    await camille.sends_photo(b"\x89PNG photo", caption="voici Zébulon")
    photo = await shop.staff_see("voici Zébulon")
    reply = await shop.agent.says("Pauvre Zébulon!", chat=shop.staff, reply_to=brief)
    await shop.hears(camille, "Pauvre Zébulon!")
    await shop.quiet()
    days_pass(shop)
    await camille.says("Zébulon va mieux")
    new = await shop.staff_see("va mieux")
    await shop.quiet()
    await erases(shop, camille)
    told = await shop.staff_see("Effacez-le à la main")
    await shop.quiet()
    assert new.deleted and not brief.deleted and brief.text == "🗑 Effacé."
    assert [m.id for m in shop.in_topics() if "Zébulon" in (m.text or "")] == [photo.id, reply.id]
    place = f"https://t.me/c/{str(shop.staff.id).removeprefix('-100')}"
    assert (told.text or "").splitlines()[1:] == [f"{place}/{photo.id}", f"{place}/{reply.id}"]
    assert sum("à la main" in (m.text or "") for m in shop.in_topics()) == 1
    assert shop.rows("SELECT state FROM outbox WHERE purpose = 'erase' AND state = 'failed'") == []


async def test_what_may_not_be_deleted_any_more_is_erased(shop: Shop) -> None:
    await what_may_not_be_deleted_any_more_is_erased(shop)


async def test_keeping_it_after_all_erases_nothing(shop: Shop) -> None:
    camille = shop.customer()
    await camille.says(SECRET)
    await shop.topic_of(camille)
    await camille.says("/delete_me")
    await camille.presses(await shop.hears(camille, "C’est définitif"), KEEP)
    await shop.hears(camille, "Rien n’a été effacé")
    assert (await shop.case_of(camille)).state == "waiting"


async def test_a_stranger_cannot_press_another_persons_erase(shop: Shop) -> None:
    camille, jack = shop.customer("Camille"), shop.customer("Jack")
    await camille.says(SECRET)
    await camille.says("/delete_me")
    question = await shop.hears(camille, "C’est définitif")
    other = await shop.with_staff(jack)
    assert other
    data = question.keyboard[0][0]["callback_data"]
    shop.sandbox.world.press(shop.from_bot(jack)[0], jack.user, data)
    await shop.recorded("refused_press", jack)
    assert shop.rows("SELECT count(*) FROM customers") == [(2,)]


async def test_who_writes_again_after_an_erasure_begins_anew(shop: Shop) -> None:
    camille = shop.customer()
    await camille.says("vous êtes ouvert le dimanche?")
    await shop.quiet()
    await erases(shop, camille)
    await camille.says("vous êtes ouvert le dimanche?")
    await shop.until(lambda: sum("l’assistant automatique" in t for t in shop.heard(camille)) == 2)


@pytest.mark.parametrize("barred", [False, True])
async def test_who_blocks_the_bot_after_an_erasure_stays_erased(shop: Shop, barred: bool) -> None:
    await blocks_the_bot_after_an_erasure(shop, barred=barred)


async def blocks_the_bot_after_an_erasure(shop: Shop, *, barred: bool = False) -> None:
    """Telegram says who blocked the bot, by name; nobody asked for it."""
    camille = shop.customer("Camille Tremblay")
    thread = await shop.claimed(camille)
    if barred:
        await shop.lead.says("/block insultes", chat=shop.staff, thread=thread)
        await shop.recorded("block", shop.lead)
    await erases(shop, camille)
    await camille.blocks()
    await shop.quiet()
    assert not [name for (name,) in shop.rows("SELECT name FROM customers") if name]


async def test_an_erasure_in_the_middle_of_a_drain_takes_those_words_too(slow_shop: Shop) -> None:
    """The model is reading the words when their person is erased: they are not written down."""
    shop = slow_shop
    camille = shop.customer()
    shop.reader.go.clear()
    await camille.says(SECRET)
    awake = shop.app.responder.awake  # the burst is over: the words wait but for the model
    await shop.until(lambda: shop.reader.asked and not awake._napping)
    await erase_by_staff(shop, camille)
    shop.reader.go.set()
    await shop.quiet()
    assert shop.rows("SELECT 1 FROM messages") == []
    assert shop.rows("SELECT outcome FROM inbox") == [("erased",)]


async def erased_before_the_model_has_heard_what_people_have(slow_shop: Shop) -> None:
    shop, camille = slow_shop, slow_shop.customer()
    await shop.claimed(camille)
    shop.reader.go.clear()
    await camille.says(SECRET)
    await shop.until(lambda: SECRET in shop.reader.asked)
    await erase_by_staff(shop, camille)
    left = shop.rows("SELECT 1 FROM inbox WHERE body <> '' OR conversation GLOB '[ch]:*'")
    shop.reader.go.set()
    assert not left


async def test_what_people_have_and_the_model_still_hears_is_erased_too(slow_shop: Shop) -> None:
    await erased_before_the_model_has_heard_what_people_have(slow_shop)


async def test_what_was_on_its_way_to_staff_is_taken_back(shop: Shop) -> None:
    """Their topic is being made when they are erased: it is deleted as soon as it is known."""
    camille = shop.customer("Camille")
    shop.sandbox.faults.add(Fault("createForumTopic", delay=0.3))
    await camille.says(SECRET)
    await shop.hears(camille, "Je passe votre message")
    await erase_by_staff(shop, camille)
    await shop.until(lambda: shop.staff.topics)
    await shop.until(lambda: all(topic.deleted for topic in shop.staff.topics.values()))


async def an_erased_person_leaves_the_list(folder: Path) -> None:
    """When many wait they stand in one message together; the others stay in it."""
    async with crowded(folder, *["grr vous êtes jamais ouvert"] * 5) as (shop, people):
        listed = await shop.staff_see("personnes attendent")
        assert "Camille 2" in (listed.text or "") and "Camille 3" in (listed.text or "")
        await shop.quiet()
        await erase_by_staff(shop, people[1])
        await shop.until(lambda: "Camille 2" not in (listed.text or ""))
        assert "Camille 3" in (listed.text or "")


async def test_an_erased_person_leaves_the_list_in_which_they_stood(tmp_path: Path) -> None:
    await an_erased_person_leaves_the_list(tmp_path)


async def who_is_erased_while_a_list_is_on_its_way_leaves_it(folder: Path) -> None:
    """It arrives with what they wrote, and is drawn again without."""
    late = Fault("sendMessage", delay=0.6)
    async with crowded(folder, *["grr vous êtes jamais ouvert"] * 5, fault=late) as (shop, people):
        going = "SELECT 1 FROM outbox WHERE purpose = 'list' AND state = 'claimed'"
        await shop.until(lambda: shop.rows(going))
        await erase_by_staff(shop, people[1])
        listed = await shop.staff_see("Camille 3")
        await shop.until(lambda: "Camille 2" not in (listed.text or ""))
        assert "Camille 3" in (listed.text or "")


async def test_who_is_erased_while_a_list_is_on_its_way_leaves_it(tmp_path: Path) -> None:
    await who_is_erased_while_a_list_is_on_its_way_leaves_it(tmp_path)


SLOWED = Fault("sendMessage", code=429, parameters={"retry_after": 3600})
UNSURE = Fault("sendMessage", cut=True, after_effect=True)


async def a_list_that_waits_holds_nobodys_words(folder: Path, fault: Fault) -> None:
    """Telegram postponed it, or did not say whether it took it; whoever stood in it is erased."""
    said = ["grr jamais ouvert, ma cousine s’appelle Zénobie"] * 5
    async with crowded(folder, *said, fault=fault) as (shop, people):
        tried = "SELECT 1 FROM outbox WHERE purpose = 'list' AND tries > 0 AND state <> 'claimed'"
        await shop.until(lambda: shop.rows(tried))
        for person in people:
            await erase_by_staff(shop, person)
        assert not shop.rows("SELECT 1 FROM outbox WHERE payload LIKE '%Zénobie%'")


async def a_list_that_was_postponed_holds_nobodys_words(folder: Path) -> None:
    await a_list_that_waits_holds_nobodys_words(folder, SLOWED)


async def test_a_list_that_was_postponed_holds_nobodys_words(tmp_path: Path) -> None:
    await a_list_that_was_postponed_holds_nobodys_words(tmp_path)


async def test_a_list_that_may_have_arrived_and_waits_holds_nobodys_words(tmp_path: Path) -> None:
    await a_list_that_waits_holds_nobodys_words(tmp_path, UNSURE)


async def test_a_list_whose_people_are_all_erased_names_nobody_however_old_it_is(
    tmp_path: Path,
) -> None:
    async with crowded(tmp_path, *["grr vous êtes jamais ouvert"] * 5) as (shop, people):
        listed = await shop.staff_see("personnes attendent")
        await shop.quiet()
        days_pass(shop)
        for person in people:
            await erase_by_staff(shop, person)
        await shop.until(lambda: "Camille" not in (listed.text or ""))
        await shop.until(lambda: listed.text == "🗑 Effacé.")
        assert listed.buttons == []


async def an_erased_persons_answer_leaves_the_drafts_of_others(shop: Shop) -> None:
    """What settled their case was proposed in another's: the card is drawn again without it."""
    jeanne = await settled(shop, "Jeanne", "la couture de ma tente a lâché", TENT)
    camille = shop.customer()
    await camille.says("le toit de ma tente a une couture qui lâche")
    brief = await shop.brief_of(camille)
    assert TENT in (brief.text or "")
    await erase_by_staff(shop, jeanne)
    await shop.until(lambda: TENT not in (brief.text or ""))
    assert "couture qui lâche" in (brief.text or "")
    assert (await shop.case_of(camille, "waiting")).due_at is not None


async def test_an_erased_persons_answer_leaves_the_drafts_of_others(shop: Shop) -> None:
    await an_erased_persons_answer_leaves_the_drafts_of_others(shop)


async def test_a_draft_of_an_erased_case_that_nobody_looks_for_stays_on_the_card(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await goes_red(
        an_erased_persons_answer_leaves_the_drafts_of_others,
        replaced(Drafts, "made_of", lambda *_: []),
        tmp_path,
        monkeypatch,
    )


async def an_erased_persons_answer_that_was_given_to_be_copied_goes(shop: Shop) -> None:
    """It stands in the topic of another's case; what was said about that case stays there."""
    jeanne = await settled(shop, "Jeanne", "la couture de ma tente a lâché", TENT)
    camille = shop.customer()
    await camille.says("le toit de ma tente a une couture qui lâche")
    brief = await shop.brief_of(camille)
    await shop.agent.presses(brief, EDIT)
    given = await shop.staff_see("Touchez le texte")
    assert TENT in (given.text or "")
    case = await shop.case_of(camille)
    await erase_by_staff(shop, jeanne)
    await shop.until(lambda: given.deleted)
    await shop.quiet()
    kept = shop.rows("SELECT count(*) FROM outbox WHERE payload LIKE '%couture de tente%'")
    assert kept == [(0,)]
    assert shop.rows("SELECT count(*) FROM posts WHERE message_id = ?", given.message_id) == [(0,)]
    assert not brief.deleted
    assert (await shop.case_of(camille)).id == case.id


async def test_an_erased_persons_answer_that_was_given_to_be_copied_goes(shop: Shop) -> None:
    await an_erased_persons_answer_that_was_given_to_be_copied_goes(shop)


async def test_a_given_draft_that_does_not_say_whose_it_was_stays_in_the_topic(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await goes_red(
        an_erased_persons_answer_that_was_given_to_be_copied_goes,
        replaced(drafting, "Purpose", SimpleNamespace(GIVEN=Purpose.TELL)),
        tmp_path,
        monkeypatch,
    )


async def erase_by_staff(shop: Shop, person: Person) -> None:
    """With the command of staff, while the bot runs."""

    def work(records: Records) -> None:
        group, now = Group(shop.staff.id, "fr"), shop.app.clock.now()
        erase(records, person.id, records.inbox.newest_of_all(), now, group)

    await shop.app.store.write(work)
    shop.app._changed()


# -------------------------------------------------------------------------------- language


async def test_a_chosen_language_stays_whatever_they_write_in(shop: Shop) -> None:
    camille = shop.customer()
    await camille.says("/language en")
    await shop.hears(camille, "the answers will be in English")
    await camille.says("vous êtes ouvert le dimanche?")
    await shop.hears(camille, shop.answer_to("store-hours", "en").strip())


async def test_the_language_is_chosen_with_buttons_and_given_back(shop: Shop) -> None:
    camille = shop.customer()
    await camille.says("/langue")
    question = await shop.hears(camille, "Dans quelle langue")
    assert question.buttons == ["Français", "English", "Comme j’écris"]
    await camille.presses(question, "English")
    await shop.hears(camille, "the answers will be in English")
    await camille.says("/language auto")
    await shop.hears(camille, "dans la langue de vos messages")
    await camille.says("vous êtes ouvert le dimanche?")
    await shop.hears(camille, shop.answer_to("store-hours", "fr").strip())


async def test_an_open_case_changes_its_language_at_once(shop: Shop) -> None:
    camille = shop.customer()
    await shop.with_staff(camille)
    await camille.says("/language en")
    await shop.hears(camille, "the answers will be in English")
    assert (await shop.case_of(camille)).language == "en"


# ---------------------------------------------------------------------------------- person


@pytest.mark.parametrize("words", ["/person", "/humain", "/personne", "je veux quelqu'un"])
async def test_a_person_is_reached_at_any_time(shop: Shop, words: str) -> None:
    camille = shop.customer()
    await camille.says(words)
    await shop.case_of(camille, "waiting")


# --------------------------------------------------------------------------------- by hand


def config_of(shop: Shop, folder: Path) -> str:
    """A config.toml for the store of a running shop."""
    file = folder / "config.toml"
    file.write_text(
        f'[store]\npath = "{shop.settings.store.path}"\n[staff]\nchat_id = {shop.staff.id}\n',
        "utf-8",
    )
    return str(file)


async def test_staff_export_a_customer_with_the_notes_that_they_must_read_first(
    shop: Shop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    camille = shop.customer()
    await shop.claimed(camille)
    thread = await shop.topic_of(camille)
    await shop.agent.says("// sa voisine Gisèle a appelé", chat=shop.staff, thread=thread)
    await shop.quiet()
    config = config_of(shop, tmp_path)
    assert await asyncio.to_thread(main, ["export", str(camille.id), "--config", config]) == 0
    printed = capsys.readouterr()
    data = json.loads(printed.out)
    assert data["internal_notes_not_shown"] == 0 and "Gisèle" in printed.out
    out = tmp_path / "camille.json"
    out.touch()
    out.chmod(0o644)
    command = ["export", str(camille.id), "--out", str(out), "--config", config]
    assert await asyncio.to_thread(main, command) == 0
    assert json.loads(out.read_text("utf-8")).keys() == data.keys()
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert "read them first" in printed.err
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", data["cases"][0]["opened_at"])


async def test_staff_erase_a_customer_while_the_bot_runs_and_only_with_a_yes(
    shop: Shop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    camille = shop.customer("Camille")
    await camille.says(SECRET)
    thread = await shop.topic_of(camille)
    await shop.quiet()
    command = ["erase", str(camille.id), "--config", config_of(shop, tmp_path)]
    assert await asyncio.to_thread(main, command) == 1
    assert "Camille: cases #1" in capsys.readouterr().out
    assert "Zébulon".encode() in bytes_of_the_store(shop)
    assert await asyncio.to_thread(main, [*command, "--yes"]) == 0
    assert "Zébulon".encode() not in bytes_of_the_store(shop)
    await shop.app.away.in_touch(0)  # as after a poll that brought nothing, once a minute at least
    await shop.until(lambda: shop.staff.topics[thread].deleted)


@pytest.mark.parametrize("command", [["export", "42"], ["erase", "42", "--yes"]])
async def test_a_number_that_nobody_has_is_told_with_its_mend(
    shop: Shop, tmp_path: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    given = [*command, "--config", config_of(shop, tmp_path)]
    assert await asyncio.to_thread(main, given) == 1
    assert "customer 42: is not known here. Check the number" in capsys.readouterr().err


def test_a_store_that_is_not_there_is_not_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[store]\npath = "nowhere.sqlite3"\n', "utf-8")
    assert main(["erase", "42", "--yes", "--config", str(config)]) == 1
    assert "is not here" in capsys.readouterr().err
    assert not (tmp_path / "nowhere.sqlite3").exists()
