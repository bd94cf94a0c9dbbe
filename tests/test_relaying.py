"""While staff hold a case, words go both ways: text, media, albums, replies, edits, reactions."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.sandbox import Fault, Person
from bot.store.fairness import HEADS, MANY

from .shop import CLAIM, RELEASE, RESOLVE, Shop, open_shop


async def test_words_go_both_ways_and_the_bot_is_silent(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    await camille.says("vous êtes ouvert le dimanche?")
    await shop.quiet()
    assert not any(shop.answer_to("store-hours", "fr")[:40] in t for t in shop.heard(camille))
    await shop.topic_shows(thread, "vous êtes ouvert le dimanche?")
    await shop.answers(camille, "Oui, de 10 h à 17 h.")


async def test_what_the_customer_writes_while_the_case_waits_arrives_behind_the_brief(
    shop: Shop,
) -> None:
    camille = shop.customer()
    thread = await shop.with_staff(camille)
    for number in range(5):
        await camille.says(f"suite {number}")
    await shop.topic_shows(thread, "suite 4")
    texts = [m.text for m in shop.topic(thread) if m.text and m.text.startswith("suite")]
    assert texts == [f"suite {number}" for number in range(5)]


async def test_formatting_is_carried_over(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    bold = {"text": "très urgent", "entities": [{"type": "bold", "offset": 0, "length": 4}]}
    shop.sandbox.world.post(shop.sandbox.world.private_chat(camille.user), camille.user, bold)
    copy = await shop.topic_shows(thread, "très urgent")
    assert copy.wire["entities"] == bold["entities"]


async def test_media_goes_both_ways(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    await camille.sends_photo(b"tente", caption="la voici")
    await camille.sends_voice(b"allo")
    await camille.sends_document(b"facture", "facture.pdf")
    await camille.sends_sticker("😢")
    await shop.until(lambda: [m.media for m in shop.topic(thread) if m.media].count("sticker"))
    there = [m.media for m in shop.topic(thread) if m.media]
    assert there == ["photo", "voice", "document", "sticker"]
    await shop.agent.sends_photo(b"plan", caption="le plan", chat=shop.staff, thread=thread)
    await shop.agent.sends_voice(b"bonjour", chat=shop.staff, thread=thread)
    await shop.until(
        lambda: [m.media for m in shop.from_bot(camille) if m.media] == ["photo", "voice"]
    )


async def test_an_album_of_the_customer_stays_together(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    await camille.sends_album([b"1", b"2", b"3"], caption="les piquets")
    await shop.until(lambda: len([m for m in shop.topic(thread) if m.media]) == 3)
    albums = {m.wire.get("media_group_id") for m in shop.topic(thread) if m.media}
    assert len(albums) == 1 and None not in albums
    assert len(shop.sandbox.calls_of("copyMessages")) == 1


async def test_an_album_of_the_agent_stays_together(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    await shop.agent.sends_album([b"1", b"2"], chat=shop.staff, thread=thread)
    await shop.until(lambda: len([m for m in shop.from_bot(camille) if m.media]) == 2)
    albums = {m.wire.get("media_group_id") for m in shop.from_bot(camille) if m.media}
    assert len(albums) == 1 and None not in albums


async def test_a_reply_to_a_certain_message_answers_the_same_message_on_the_other_side(
    shop: Shop,
) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    asked = await camille.says("et la housse?")
    await camille.says("et les piquets?")
    copy = await shop.topic_shows(thread, "et la housse?")
    await shop.topic_shows(thread, "et les piquets?")
    said = await shop.agent.says("Incluse!", chat=shop.staff, thread=thread, reply_to=copy)
    there = await shop.hears(camille, "Incluse!")
    assert there.reply_to == asked.id
    await camille.says("super", reply_to=there)
    assert (await shop.topic_shows(thread, "super")).reply_to == said.id


async def test_a_reply_to_the_second_photo_of_an_album_finds_it(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    photos = await camille.sends_album([b"1", b"2"])
    await shop.until(lambda: len([m for m in shop.topic(thread) if m.media]) == 2)
    await shop.quiet()
    second = [m for m in shop.topic(thread) if m.media][1]
    await shop.agent.says("Celle-ci?", chat=shop.staff, thread=thread, reply_to=second)
    assert (await shop.hears(camille, "Celle-ci?")).reply_to == photos[1].id


async def test_reactions_show_on_the_other_side(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    asked = await camille.says("et la housse?")
    copy = await shop.topic_shows(thread, "et la housse?")
    await shop.quiet()
    await shop.agent.reacts(copy, "👀")
    bot = shop.sandbox.bot.id
    await shop.until(lambda: asked.reactions.get(bot) == ["👀"])
    await shop.agent.reacts(copy, None)
    await shop.until(lambda: not asked.reactions.get(bot))
    said = await shop.agent.says("Incluse!", chat=shop.staff, thread=thread)
    there = await shop.hears(camille, "Incluse!")
    await shop.quiet()
    await camille.reacts(there, "❤")
    await shop.until(lambda: said.reactions.get(bot) == ["❤"])


async def test_an_edit_of_the_customer_is_shown_below_the_original(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    asked = await camille.says("commande 12")
    copy = await shop.topic_shows(thread, "commande 12")
    await shop.quiet()
    await camille.edits(asked, "commande <13>")
    shown = await shop.topic_shows(thread, "commande <13>")
    assert shown.reply_to == copy.id and "✏️" in (shown.text or "")
    assert copy.text == "commande 12"


async def test_an_edit_of_the_question_after_the_hand_over_reaches_staff(shop: Shop) -> None:
    camille = shop.customer()
    asked = await camille.says("mon chien a mangé la tente")
    thread = await shop.topic_of(camille)
    await camille.edits(asked, "mon chien a mangé la tente et la housse")
    await shop.topic_shows(thread, "et la housse")
    await shop.quiet()
    assert len(shop.heard(camille)) == 1


async def test_an_edit_of_the_agent_changes_the_customers_copy(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    said = await shop.agent.says("Demain 9 h", chat=shop.staff, thread=thread)
    there = await shop.hears(camille, "Demain 9 h")
    await shop.quiet()
    await shop.agent.edits(said, "Demain 10 h")
    await shop.until(lambda: there.text == "Demain 10 h")


async def test_an_edit_of_a_caption_changes_the_caption_of_the_customers_copy(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    said = await shop.agent.sends_photo(
        b"photo", caption="la bleue", chat=shop.staff, thread=thread
    )
    there = await shop.hears(camille, "la bleue")
    await shop.quiet()
    await shop.agent.edits(said, "la rouge")
    await shop.until(lambda: there.text == "la rouge")


async def test_an_internal_note_never_reaches_the_customer(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    note = await shop.agent.says("// client difficile", chat=shop.staff, thread=thread)
    await shop.agent.edits(note, "// client très difficile")
    await shop.agent.sends_photo(b"x", caption="// preuve", chat=shop.staff, thread=thread)
    await shop.agent.sends_album([b"1", b"2"], caption="// deux", chat=shop.staff, thread=thread)
    await shop.answers(camille, "Bonjour!")
    await shop.quiet()
    assert not any("difficile" in text or "//" in text for text in shop.heard(camille))
    assert not any(m.media for m in shop.from_bot(camille))
    assert ("note",) in shop.rows("SELECT author FROM messages")


async def test_a_note_does_not_claim_the_case(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.with_staff(camille)
    await shop.agent.says("// qui connaît?", chat=shop.staff, thread=thread)
    await shop.quiet()
    assert (await shop.case_of(camille)).state == "waiting"


async def test_delivery_is_ticked_on_the_agents_own_message(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    said = await shop.agent.says("Bonjour!", chat=shop.staff, thread=thread)
    await shop.until(lambda: said.reactions.get(shop.sandbox.bot.id) == ["👌"])


async def test_writing_in_the_topic_claims_the_case(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.with_staff(camille)
    await shop.agent.says("Je m’en occupe", chat=shop.staff, thread=thread)
    case = await shop.case_of(camille, "claimed")
    assert case.owner_id == shop.agent.id
    await shop.hears(camille, "Je m’en occupe")


async def test_staff_are_told_when_the_customer_blocked_the_bot(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    await camille.blocks()
    await shop.topic_shows(thread, "a bloqué le robot")
    said = await shop.agent.says("Vous êtes là?", chat=shop.staff, thread=thread)
    told = await shop.topic_shows(thread, "pas envoyé au client")
    assert told.reply_to == said.id
    assert not said.reactions
    await camille.unblocks()
    await shop.topic_shows(thread, "a débloqué le robot")
    await shop.answers(camille, "Re-bonjour!")


async def test_words_in_the_topic_of_a_closed_case_are_not_swallowed(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    await shop.agent.presses(await shop.brief_of(camille), RESOLVE)
    await shop.case_of(camille, "closed")
    await shop.until(lambda: shop.staff.topics[thread].closed)
    said = await shop.lead.says("Une dernière chose", chat=shop.staff, thread=thread)
    told = await shop.topic_shows(thread, "n’est plus entre les mains")
    assert told.reply_to == said.id
    assert not any("dernière chose" in text for text in shop.heard(camille))


async def an_answer_on_its_way_is_withdrawn(shop: Shop) -> None:
    """Telegram holds the answer up; a person claims meanwhile; the answer never arrives."""
    camille = shop.customer()
    held_up = Fault("sendMessage", camille.id, code=429, parameters={"retry_after": 1}, delay=0.4)
    shop.sandbox.faults.add(held_up)
    await camille.says("vous êtes ouvert le dimanche?")
    await shop.case_of(camille, "with_customer")
    await camille.says("je veux quelqu'un")
    await claims_at_once(shop, camille)
    refused = shop.sandbox.calls_of
    await shop.until(lambda: any(call.error for call in refused("sendMessage", done=False)))
    unsettled = "SELECT 1 FROM outbox WHERE state IN ('new', 'claimed') AND chat_id = ?"
    await shop.until(lambda: not shop.rows(unsettled, camille.id))
    assert shop.heard(camille) == []


async def claims_at_once(shop: Shop, camille: Person) -> None:
    await shop.agent.presses(await shop.brief_of(camille), CLAIM)
    await shop.case_of(camille, "claimed")


async def test_a_reply_already_on_its_way_is_withdrawn_by_a_claim(shop: Shop) -> None:
    await an_answer_on_its_way_is_withdrawn(shop)
    assert "withdrawn" in str(shop.rows("SELECT state FROM outbox WHERE purpose = 'answer'"))


async def test_what_the_bot_did_not_say_is_not_in_the_brief(shop: Shop) -> None:
    await an_answer_on_its_way_is_withdrawn(shop)
    brief = next(m for m in shop.in_topics() if "#1 " in (m.text or ""))
    await shop.agent.presses(brief, RELEASE)
    await shop.until(lambda: "En attente" in (brief.text or ""))
    assert "Robot :" not in (brief.text or "")


async def test_a_withdrawn_reply_does_not_come_back_with_the_hand_back(shop: Shop) -> None:
    camille = shop.customer()
    quiet = Fault("sendMessage", camille.id, code=429, parameters={"retry_after": 1})
    shop.sandbox.faults.add(quiet)
    await camille.says("vous êtes ouvert le dimanche?")
    await shop.case_of(camille, "with_customer")
    await camille.says("je veux quelqu'un")
    await claims_at_once(shop, camille)
    await shop.agent.presses(await shop.brief_of(camille), "🤖 Rendre au robot")
    await shop.hears(camille, "est de retour")
    await shop.quiet()
    assert len(shop.heard(camille)) == 1


async def test_a_released_case_waits_and_the_bot_stays_silent(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    await shop.agent.presses(await shop.brief_of(camille), RELEASE)
    await shop.case_of(camille, "waiting")
    await camille.says("vous êtes ouvert le dimanche?")
    await shop.topic_shows(thread, "vous êtes ouvert le dimanche?")
    await shop.quiet()
    assert not any(shop.answer_to("store-hours", "fr")[:40] in t for t in shop.heard(camille))


async def test_a_deleted_topic_is_made_again_with_the_brief_and_nothing_is_lost(
    shop: Shop,
) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    shop.sandbox.world.delete_topic(shop.staff, shop.staff.topics[thread])
    for number in range(4):
        await camille.says(f"suite {number}")
    await shop.until(lambda: any(m.text == "suite 3" for m in shop.in_topics()))
    again = (await shop.case_of(camille)).thread_id
    assert again is not None and again != thread
    texts = [m.text or "" for m in shop.topic(again) if m.text]
    assert "#1 " in texts[0]
    assert texts[1:] == [f"suite {number}" for number in range(4)]
    await shop.agent.says("Je vous lis", chat=shop.staff, thread=again)
    await shop.hears(camille, "Je vous lis")


async def test_a_topic_deleted_again_and_again_leaves_the_case_in_general(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After three times somebody does it on purpose; the words are seen all the same."""
    restless = HEADS.replace(f"lately >= {MANY}", "0")  # words that came twice may follow at once
    monkeypatch.setattr("bot.store.errands.HEADS", restless)
    camille = shop.customer()
    thread = await shop.claimed(camille)
    for number in range(4):
        if thread is not None:
            shop.sandbox.world.delete_topic(shop.staff, shop.staff.topics[thread])
        await camille.says(f"suite {number}")
        await shop.staff_see(f"suite {number}")
        thread = (await shop.case_of(camille)).thread_id or 0
    assert thread == 0


async def test_without_topics_a_case_lives_in_general_and_words_are_replies_to_its_brief(
    tmp_path: Path,
) -> None:
    """A group without topics still works: staff see whose words they are, and answer by reply."""
    async with open_shop(tmp_path, group="group") as shop:
        camille, jack = shop.customer(), shop.customer("Jack")
        for person in (camille, jack):
            await person.says("mon chien a mangé la tente")
        briefs = {p.id: await shop.brief_of(p) for p in (camille, jack)}
        await camille.says("et la housse")
        await jack.says("et les piquets")
        assert (await shop.staff_see("et la housse")).reply_to == briefs[camille.id].id
        copy = await shop.staff_see("et les piquets")
        assert copy.reply_to == briefs[jack.id].id
        await shop.quiet()
        await shop.agent.says("Bonjour Jack", chat=shop.staff, reply_to=copy)
        await shop.agent.says("Bonjour Camille", chat=shop.staff, reply_to=briefs[camille.id])
        await shop.agent.says("On dîne?", chat=shop.staff)
        await shop.hears(jack, "Bonjour Jack")
        await shop.hears(camille, "Bonjour Camille")
        await shop.quiet()
        assert len(shop.heard(jack)) == len(shop.heard(camille)) == 2


async def test_without_topics_an_album_is_followed_by_whose_it_is(tmp_path: Path) -> None:
    async with open_shop(tmp_path, group="group") as shop:
        camille = shop.customer()
        await camille.says("mon chien a mangé la tente")
        await shop.brief_of(camille)
        await camille.sends_album([b"1", b"2"])
        whose = await shop.staff_see("⬆ #1 Camille")
        photos = [m.id for m in shop.in_topics() if m.media]
        assert whose.reply_to == photos[0]


async def test_a_group_upgraded_in_the_middle_of_a_case_goes_on_under_its_new_id(
    tmp_path: Path,
) -> None:
    async with open_shop(tmp_path, group="group") as shop:
        camille = shop.customer()
        await camille.says("mon chien a mangé la tente")
        await shop.agent.presses(await shop.brief_of(camille), CLAIM)
        await shop.case_of(camille, "claimed")
        shop.staff = shop.sandbox.upgrade_group(shop.staff)
        await shop.staff_see("#1 ")
        await camille.says("suite")
        copy = await shop.staff_see("suite")
        await shop.agent.says("Je vous lis", chat=shop.staff, reply_to=copy)
        await shop.hears(camille, "Je vous lis")
        await shop.agent.presses(await shop.brief_of(camille), RESOLVE)
        await shop.case_of(camille, "closed")
        jack = shop.customer("Jack")
        await jack.says("mon chien a mangé la tente")
        await shop.staff_see("#2 ")


async def test_an_upgrade_first_noticed_while_sending_loses_nothing(tmp_path: Path) -> None:
    """The refusal of a send names the new id before the service message is read."""
    async with open_shop(tmp_path, group="group") as shop:
        shop.sandbox.world.updates.allow(["message", "callback_query"])
        world = shop.sandbox.world
        new = world.add_chat("supergroup", "Équipe", is_forum=True)
        new.members |= shop.staff.members
        shop.staff.migrated_to = new.id
        camille = shop.customer()
        await camille.says("mon chien a mangé la tente")
        await camille.says("et la housse")
        shop.staff = new
        brief = await shop.brief_of(camille)
        assert brief.thread is not None
        await shop.agent.presses(brief, CLAIM)
        await shop.case_of(camille, "claimed")
