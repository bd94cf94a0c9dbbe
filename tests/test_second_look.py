"""Before a person's reply goes out: held with one question, and everything that may follow."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.clock import VirtualClock
from bot.config import Settings
from bot.conversation import Reading, Tone
from bot.desk.tact_settings import TactSettings
from bot.incoming import Turn
from bot.sandbox import Fault, Message, Person
from bot.understand import Understand

from .shop import CLAIM, RELEASE, RESOLVE, Shop, open_shop
from .test_authority import a_stranger

SEND, DROP = "📤 Envoyer tel quel", "🗑 Ne pas envoyer"
SHOUTED = "VOTRE COLIS EST EN ROUTE, ARRÊTEZ DE NOUS ÉCRIRE CENT FOIS"
HELD = "Pas encore envoyé"


async def writes(shop: Shop, thread: int, words: str, by: Person | None = None) -> Message:
    return await (by or shop.agent).says(words, chat=shop.staff, thread=thread)


async def asked_about(shop: Shop, said: Message) -> Message:
    """The question below a message, once it is there."""

    def there() -> Message | None:
        return next((m for m in shop.in_topics() if m.reply_to == said.id and m.buttons), None)

    await shop.until(there)
    question = there()
    assert question is not None
    return question


async def becomes(shop: Shop, question: Message, words: str) -> None:
    await shop.until(lambda: words in (question.text or ""))


async def test_a_shouted_reply_is_held_with_one_question_below_it(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    said = await writes(shop, thread, SHOUTED)
    question = await asked_about(shop, said)
    assert HELD in (question.text or "") and "en majuscules" in (question.text or "")
    await shop.quiet()
    assert SHOUTED not in shop.heard(camille)
    await shop.agent.presses(question, SEND)
    await shop.hears(camille, SHOUTED)
    await becomes(shop, question, "Envoyé.")
    assert not question.buttons


async def test_an_ordinary_reply_goes_out_without_a_question(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    await shop.answers(camille, "Bonjour Camille, je regarde ça tout de suite et je vous reviens.")
    assert not [m for m in shop.topic(thread) if HELD in (m.text or "")]


async def test_a_reply_that_is_discarded_is_never_heard(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    question = await asked_about(shop, await writes(shop, thread, SHOUTED))
    await shop.agent.presses(question, DROP)
    await becomes(shop, question, "Pas envoyé.")
    await shop.quiet()
    assert SHOUTED not in shop.heard(camille)
    assert not shop.rows("SELECT 1 FROM messages WHERE text = ?", SHOUTED)
    assert shop.rows("SELECT messages, found FROM held_replies") == [("[]", "[]")]


async def test_a_corrected_reply_goes_out_by_itself(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    said = await writes(shop, thread, SHOUTED)
    question = await asked_about(shop, said)
    await shop.agent.edits(said, "Je vous répète que votre numéro est le t.me/c/1234/5")
    await becomes(shop, question, "lien interne")
    await shop.agent.edits(said, "Votre colis est en route, il arrive demain.")
    await shop.hears(camille, "Votre colis est en route, il arrive demain.")
    await becomes(shop, question, "Envoyé.")
    assert SHOUTED not in shop.heard(camille)


async def test_a_reply_corrected_into_a_note_stays_inside(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    said = await writes(shop, thread, "à vérifier avec Marc avant de rembourser")
    question = await asked_about(shop, said)
    assert "note interne" in (question.text or "")
    await shop.agent.edits(said, "// à vérifier avec Marc avant de rembourser")
    await shop.until(lambda: not question.buttons)
    await shop.quiet()
    assert not any("Marc" in text for text in shop.heard(camille))
    assert shop.rows("SELECT count(*) FROM messages WHERE author = 'note'") == [(1,)]


async def test_what_is_written_behind_a_held_reply_keeps_its_order(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    question = await asked_about(shop, await writes(shop, thread, SHOUTED))
    await writes(shop, thread, "Il arrive demain.")
    await writes(shop, thread, "Bonne journée!")
    await shop.quiet()
    assert not {"Il arrive demain.", "Bonne journée!"} & set(shop.heard(camille))
    await shop.agent.presses(question, SEND)
    await shop.hears(camille, "Bonne journée!")
    assert shop.heard(camille)[-3:] == [SHOUTED, "Il arrive demain.", "Bonne journée!"]


async def test_what_waits_behind_goes_out_when_the_held_one_is_discarded(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    question = await asked_about(shop, await writes(shop, thread, SHOUTED))
    await writes(shop, thread, "Votre colis est en route.")
    second = await writes(shop, thread, "LE LIVREUR SERA CHEZ VOUS DEMAIN SANS FAUTE, PROMIS")
    await writes(shop, thread, "Bonne journée!")
    await shop.quiet()
    await shop.agent.presses(question, DROP)
    await shop.hears(camille, "Votre colis est en route.")
    another = await asked_about(shop, second)
    await shop.agent.presses(another, DROP)
    await shop.hears(camille, "Bonne journée!")
    assert shop.heard(camille)[-2:] == ["Votre colis est en route.", "Bonne journée!"]


async def what_waits_behind_is_told_of_when_the_case_ends(shop: Shop) -> None:
    """Each of the words that did not go has its answer below it, not the first alone."""
    camille = shop.customer()
    thread = await shop.claimed(camille)
    question = await asked_about(shop, await writes(shop, thread, SHOUTED))
    second = await writes(shop, thread, "Il arrive demain.")
    await shop.quiet()
    await shop.agent.says("/resolve", shop.staff, thread=thread)
    await becomes(shop, question, "Pas envoyé")
    await shop.until(
        lambda: any(
            m.reply_to == second.id and "Pas envoyé" in (m.text or "") for m in shop.topic(thread)
        )
    )
    assert "Il arrive demain." not in shop.heard(camille)


async def test_what_waits_behind_is_told_of_when_the_case_ends(shop: Shop) -> None:
    await what_waits_behind_is_told_of_when_the_case_ends(shop)


async def test_the_question_can_be_answered_after_a_restart(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        camille = shop.customer()
        thread = await shop.claimed(camille)
        question = await asked_about(shop, await writes(shop, thread, SHOUTED))
        await shop.closes()
        await shop.agent.presses(question, SEND)
        async with open_shop(tmp_path, sandbox=shop.sandbox, settings=shop.settings) as again:
            await again.hears(camille, SHOUTED)
            await again.quiet()
            assert again.heard(camille).count(SHOUTED) == 1


async def test_a_second_press_sends_nothing_more(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    question = await asked_about(shop, await writes(shop, thread, SHOUTED))
    stuck = Fault("editMessageText", code=400, description="Bad Request: no", times=None)
    shop.sandbox.faults.add(stuck)
    await shop.agent.presses(question, SEND)
    await shop.other_agent.presses(question, SEND)
    await shop.hears(camille, SHOUTED)
    await shop.quiet()
    assert shop.heard(camille).count(SHOUTED) == 1


async def test_only_staff_decide_about_a_held_reply(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    question = await asked_about(shop, await writes(shop, thread, SHOUTED))
    stranger = a_stranger(shop)
    await stranger.presses(question, SEND)
    await shop.recorded("refused_staff", stranger)
    await shop.quiet()
    assert SHOUTED not in shop.heard(camille)


async def test_a_resolved_case_takes_its_held_replies_with_it(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    brief = await shop.brief_of(camille)
    question = await asked_about(shop, await writes(shop, thread, SHOUTED))
    await shop.agent.presses(brief, RESOLVE)
    await becomes(shop, question, "n’est plus entre les mains")
    await shop.quiet()
    assert not question.buttons and SHOUTED not in shop.heard(camille)


async def test_a_released_case_is_claimed_again_by_whoever_sends_the_held_reply(
    shop: Shop,
) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    brief = await shop.brief_of(camille)
    question = await asked_about(shop, await writes(shop, thread, SHOUTED))
    await shop.agent.presses(brief, RELEASE)
    await shop.case_of(camille, "waiting")
    await shop.agent.presses(question, SEND)
    await shop.hears(camille, SHOUTED)
    assert (await shop.case_of(camille, "claimed")).owner_id == shop.agent.id


async def test_a_held_reply_claims_nothing_before_it_goes_out(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.with_staff(camille)
    await asked_about(shop, await writes(shop, thread, "fyi le client est déjà venu hier"))
    await shop.quiet()
    assert (await shop.case_of(camille)).state == "waiting"


async def test_a_question_nobody_answers_is_void_and_the_promise_runs_on(tmp_path: Path) -> None:
    clock = VirtualClock(1_700_000_000.0)
    async with open_shop(tmp_path, clock=clock) as shop:
        camille = shop.customer()
        thread = await handed_over(shop, clock, camille)
        question = await asked_about(shop, await writes(shop, thread, SHOUTED))
        await writes(shop, thread, "Il arrive demain.")
        await shop.quiet()
        await passes(shop, clock, 14 * 60)
        assert question.buttons
        await passes(shop, clock, 2 * 60)
        await becomes(shop, question, "Pas envoyé")
        assert "1" in (question.text or "")
        assert not {SHOUTED, "Il arrive demain."} & set(shop.heard(camille))
        await passes(shop, clock, 30 * 60)
        await shop.until(lambda: shop.rows("SELECT 1 FROM outbox WHERE purpose = 'alarm'"))


async def an_edit_that_comes_too_late(folder: Path) -> None:
    """The question promised that a corrected message goes by itself; it has lapsed since."""
    clock = VirtualClock(1_700_000_000.0)
    async with open_shop(folder, clock=clock) as shop:
        camille = shop.customer()
        thread = await handed_over(shop, clock, camille)
        said = await writes(shop, thread, SHOUTED)
        question = await asked_about(shop, said)
        assert "d’ici 15 minutes" in (question.text or "")
        await passes(shop, clock, 16 * 60)
        await becomes(shop, question, "Pas envoyé")
        await shop.agent.edits(said, "Votre colis est en route.")
        told = await shop.staff_see("Ce message n’est jamais parti")
        assert told.reply_to == said.id and told.thread == thread
        assert "Votre colis est en route." not in shop.heard(camille)


async def test_an_edit_after_the_question_has_lapsed_is_answered(tmp_path: Path) -> None:
    await an_edit_that_comes_too_late(tmp_path)


async def an_edit_in_a_closed_case(shop: Shop) -> None:
    """Nobody can be asked any more: what raises a doubt does not reach the customer."""
    camille = shop.customer()
    thread = await shop.claimed(camille)
    await shop.answers(camille, "Votre colis est en route.")
    said = next(m for m in shop.topic(thread) if m.text == "Votre colis est en route.")
    await shop.agent.presses(await shop.brief_of(camille), RESOLVE)
    await shop.case_of(camille, "closed")
    await shop.agent.edits(said, SHOUTED)
    told = await shop.staff_see("n’est plus entre les mains")
    await shop.quiet()
    assert told.reply_to == said.id and SHOUTED not in shop.heard(camille)


async def test_an_edit_in_a_closed_case_gets_the_second_look_too(shop: Shop) -> None:
    await an_edit_in_a_closed_case(shop)


async def test_a_question_outlives_the_promise_that_somebody_else_kept(tmp_path: Path) -> None:
    clock = VirtualClock(1_700_000_000.0)
    async with open_shop(tmp_path, clock=clock) as shop:
        camille = shop.customer()
        thread = await handed_over(shop, clock, camille)
        question = await asked_about(shop, await writes(shop, thread, SHOUTED))
        await writes(shop, thread, "Bonjour, c’est Olivier.", by=shop.other_agent)
        await shop.hears(camille, "Bonjour, c’est Olivier.")
        await passes(shop, clock, 16 * 60)
        await becomes(shop, question, "Pas envoyé")


async def handed_over(shop: Shop, clock: VirtualClock, person: Person) -> int:
    """The topic of a case in a shop where time only passes when told."""
    await person.says("mon chien a mangé la tente")
    await shop.until(lambda: shop.rows("SELECT 1 FROM inbox"))
    await asyncio.sleep(0.1)
    clock.advance(clock.now() + 1)
    return await shop.topic_of(person)


async def passes(shop: Shop, clock: VirtualClock, seconds: float) -> None:
    """So much time goes by, as far as the bot can tell."""
    await shop.quiet()
    clock.advance(clock.now() + seconds)
    await shop.quiet()


async def test_a_late_reply_by_another_is_asked_to_confirm_and_only_once(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    said = await writes(shop, thread, "Bonjour, je regarde ça.", by=shop.other_agent)
    question = await asked_about(shop, said)
    assert "Noémie" in (question.text or "")
    await shop.quiet()
    assert "Bonjour, je regarde ça." not in shop.heard(camille)
    await shop.agent.says("Je m’en occupe.", chat=shop.staff, thread=thread)
    await shop.hears(camille, "Je m’en occupe.")
    await shop.other_agent.presses(question, SEND)
    await shop.hears(camille, "Bonjour, je regarde ça.")
    await writes(shop, thread, "C’est fait!", by=shop.other_agent)
    await shop.hears(camille, "C’est fait!")
    assert (await shop.case_of(camille)).owner_id == shop.agent.id


async def test_a_case_claimed_by_another_meanwhile_is_asked_about_again(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.with_staff(camille)
    question = await asked_about(shop, await writes(shop, thread, SHOUTED))
    brief = await shop.brief_of(camille)
    await shop.other_agent.presses(brief, CLAIM)
    await shop.case_of(camille, "claimed")
    await shop.agent.presses(question, SEND)
    await becomes(shop, question, "Olivier")
    await shop.quiet()
    assert SHOUTED not in shop.heard(camille)
    await shop.agent.presses(question, SEND)
    await shop.hears(camille, SHOUTED)


async def test_an_angry_reply_is_held(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    question = await asked_about(shop, await writes(shop, thread, "grr, relisez mon message!"))
    assert "semble fâché" in (question.text or "")


async def a_model_that_fails_blocks_no_reply(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever else a failed reading holds counts for nothing."""
    whole = Understand.read

    async def read(self: Understand, turn: Turn) -> Reading:
        found = await whole(self, turn)
        assert found.failed is not None
        return replace(found, tone=Tone.ANGRY, tone_probabilities={Tone.ANGRY: 1.0})

    camille = shop.customer()
    await shop.claimed(camille)
    shop.reader.breaks = RuntimeError("no weights")
    monkeypatch.setattr(Understand, "read", read)
    await shop.answers(camille, "grr, relisez mon message!")


async def test_a_model_that_fails_blocks_no_reply(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_model_that_fails_blocks_no_reply(shop, monkeypatch)


async def test_a_model_that_hangs_blocks_no_reply(shop: Shop) -> None:
    camille = shop.customer()
    await shop.claimed(camille)
    shop.reader.go.clear()
    try:
        await shop.answers(camille, "grr, relisez mon message!")
    finally:
        shop.reader.go.set()


async def test_a_reply_in_the_other_language_is_held(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    words = "Hello, your parcel is on the way and it will be with you on Friday."
    question = await asked_about(shop, await writes(shop, thread, words))
    assert "est en anglais" in (question.text or "")


async def test_what_the_customer_wrote_may_be_repeated_to_them(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    await camille.says("mon courriel est camille.roy@exemple.ca")
    await shop.until(lambda: any("camille.roy" in (m.text or "") for m in shop.topic(thread)))
    await shop.answers(camille, "Merci! J’écris à camille.roy@exemple.ca.")
    other = await writes(shop, thread, "Voici le dossier de luc.tremblay@exemple.ca.")
    question = await asked_about(shop, other)
    assert "luc.tremblay@exemple.ca" in (question.text or "")


async def test_the_caption_of_an_album_is_looked_at_and_the_album_stays_whole(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    photos = await shop.agent.sends_album(
        [b"1", b"2"], caption=SHOUTED, chat=shop.staff, thread=thread
    )
    question = await asked_about(shop, photos[0])
    await shop.quiet()
    assert not [m for m in shop.from_bot(camille) if m.media]
    await shop.agent.presses(question, SEND)
    await shop.until(lambda: len([m for m in shop.from_bot(camille) if m.media]) == 2)
    albums = {m.wire.get("media_group_id") for m in shop.from_bot(camille) if m.media}
    assert len(albums) == 1 and None not in albums


async def test_an_edit_of_delivered_words_gets_the_same_second_look(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    said = await writes(shop, thread, "Votre colis est en route.")
    there = await shop.hears(camille, "Votre colis est en route.")
    await shop.quiet()
    await shop.agent.edits(said, SHOUTED)
    question = await asked_about(shop, said)
    await shop.quiet()
    assert there.text == "Votre colis est en route."
    await shop.agent.presses(question, SEND)
    await shop.until(lambda: there.text == SHOUTED)


async def test_the_second_look_can_be_switched_off_but_collisions_are_still_asked_about(
    tmp_path: Path,
) -> None:
    async with open_shop(tmp_path) as shop:
        off: Settings = replace(shop.settings, tact=TactSettings(check_replies=False))
        await shop.closes()
        async with open_shop(tmp_path, sandbox=shop.sandbox, settings=off) as again:
            camille = again.customer()
            thread = await again.claimed(camille)
            await again.answers(camille, SHOUTED)
            said = await writes(again, thread, "Bonjour!", by=again.other_agent)
            await asked_about(again, said)
            assert not [text for text in again.reader.asked if SHOUTED in text]


def posted(shop: Shop, thread: int, content: Mapping[str, Any]) -> Message:
    """Noémie writes words with formatting in a topic."""
    topic = shop.staff.topics[thread]
    return shop.sandbox.world.post(shop.staff, shop.agent.user, dict(content), topic=topic)


async def a_link_under_words(shop: Shop) -> None:
    """The words look harmless; the address behind them leads into the staff group."""
    camille = shop.customer()
    thread = await shop.claimed(camille)
    inside = {"type": "text_link", "offset": 16, "length": 3, "url": "https://t.me/c/1234567/89"}
    content = {"text": "Tout est écrit, ici.", "entities": [inside]}
    said = posted(shop, thread, content)
    question = await asked_about(shop, said)
    assert "lien interne" in (question.text or "")
    await shop.quiet()
    assert not any("Tout est écrit" in text for text in shop.heard(camille))


async def test_a_link_to_the_staff_group_hidden_under_words_is_held(shop: Shop) -> None:
    await a_link_under_words(shop)


async def test_a_public_link_under_words_goes_out_without_a_question(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    outside = {"type": "text_link", "offset": 16, "length": 3, "url": "https://example.com/aide"}
    content = {"text": "Tout est écrit, ici.", "entities": [outside]}
    posted(shop, thread, content)
    await shop.hears(camille, "Tout est écrit, ici.")
