"""What a customer gets at once: the approved answer, small talk, the first words, silence."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot import decide, route, understand
from bot.config import AnswerSettings
from bot.customers import bare_words
from bot.sandbox import Fault

from .shop import CLAIM, HELPED, NOT_HELPED, PERSON, Shop, open_shop
from .twins import goes_red, replaced

INTRO = "ici l’assistant automatique"


async def test_the_first_words_say_that_a_machine_answers_and_how_to_reach_a_person(
    shop: Shop,
) -> None:
    camille = shop.customer()
    await camille.says("vous êtes ouvert le dimanche?")
    first = await shop.next_from_bot(camille)
    intro, _, rest = (first.text or "").partition("Pour parler à une personne")
    assert INTRO in intro and shop.answer_to("store-hours", "fr").strip() in rest
    assert PERSON in first.buttons


async def test_the_assistant_introduces_itself_only_once(shop: Shop) -> None:
    camille = shop.customer()
    await camille.says("vous êtes ouvert le dimanche?")
    await shop.next_from_bot(camille)
    await camille.says("c'est quoi le délai?")
    second = await shop.next_from_bot(camille)
    assert INTRO not in (second.text or "")
    assert shop.answer_to("delivery-delay", "fr").strip() in (second.text or "")


async def introduced_by_what_arrives(shop: Shop) -> None:
    """The first answer is taken back before it arrives: the next words to them introduce it."""
    camille = shop.customer()
    held_up = {"retry_after": 1}
    shop.sandbox.faults.add(Fault("sendMessage", camille.id, code=429, parameters=held_up))
    await camille.says("vous êtes ouvert le dimanche?")
    await shop.case_of(camille, "with_customer")
    assert shop.rows("SELECT met_at FROM customers") == [(None,)]
    await camille.says("je veux quelqu'un")
    brief = await shop.brief_of(camille)
    await shop.agent.presses(brief, CLAIM)
    await shop.case_of(camille, "claimed")
    await shop.until(lambda: "🤖 Rendre au robot" in brief.buttons)
    await shop.agent.presses(brief, "🤖 Rendre au robot")
    await shop.hears(camille, "est de retour")
    assert not any(INTRO in text for text in shop.heard(camille))
    await camille.says("c'est quoi le délai?")
    await shop.hears(camille, shop.answer_to("delivery-delay", "fr").strip())
    assert INTRO in shop.heard(camille)[-1]
    await shop.quiet()
    assert shop.rows("SELECT 1 FROM customers WHERE met_at IS NOT NULL")


async def test_a_customer_is_introduced_to_the_bot_by_words_that_arrive(shop: Shop) -> None:
    await introduced_by_what_arrives(shop)


async def test_every_answer_carries_the_three_buttons(shop: Shop) -> None:
    camille = shop.customer()
    await camille.says("vous êtes ouvert le dimanche?")
    answer = await shop.next_from_bot(camille)
    assert answer.buttons == [HELPED, NOT_HELPED, PERSON]


async def test_messages_sent_in_a_burst_are_read_together_and_answered_once(
    slow_shop: Shop,
) -> None:
    """They come one by one; the bot waits until nothing more comes for a moment."""
    camille = slow_shop.customer()
    for number, words in enumerate(("bonjour", "je voulais savoir", "vous êtes ouvert?"), start=1):
        await camille.says(words)
        stored = f"SELECT 1 FROM inbox WHERE seq = {number}"
        await slow_shop.until(lambda stored=stored: slow_shop.rows(stored))  # type: ignore[misc]
    await slow_shop.next_from_bot(camille)
    await slow_shop.quiet()
    assert len(slow_shop.heard(camille)) == 1
    assert slow_shop.reader.asked[-1] == "bonjour\nje voulais savoir\nvous êtes ouvert?"


async def test_an_answer_in_preparation_is_dropped_when_more_arrives(shop: Shop) -> None:
    """The model was already reading; the whole turn is read again, one answer goes out."""
    shop.reader.go.clear()
    camille = shop.customer()
    await camille.says("vous êtes ouvert?")
    awake = shop.app.responder.awake  # the burst is over: nothing waits but for the model
    await shop.until(lambda: shop.reader.asked and not awake._napping)
    await camille.says("non je voulais dire: le délai?")
    await asyncio.sleep(0.1)
    shop.reader.knows("vous êtes ouvert?\nnon", "delivery-delay")
    shop.reader.subjects.pop("ouvert")
    shop.reader.go.set()
    answer = await shop.next_from_bot(camille)
    assert shop.answer_to("delivery-delay", "fr").strip() in (answer.text or "")
    await shop.quiet()
    assert len(shop.heard(camille)) == 1


async def test_who_never_stops_typing_is_answered_all_the_same(tmp_path: Path) -> None:
    """A burst ends after ``longest_burst_seconds`` even when no pause comes."""
    patience = AnswerSettings(
        quiet_seconds=0.25, longest_burst_seconds=0.6, model_timeout_seconds=1.0
    )
    async with open_shop(tmp_path, answers=patience) as shop:
        camille = shop.customer()
        for _ in range(30):
            await camille.says("vous êtes ouvert?")
            if shop.heard(camille):
                break
            await asyncio.sleep(0.1)
        assert shop.heard(camille)


async def test_a_greeting_is_returned_with_a_person_one_press_away(shop: Shop) -> None:
    camille = shop.customer()
    await camille.says("bonjour")
    hello = await shop.next_from_bot(camille)
    assert "Posez votre question" in (hello.text or "")
    assert hello.buttons == [PERSON]


async def test_thanks_are_answered_and_nobody_is_called(shop: Shop) -> None:
    camille = shop.customer()
    await camille.says("vous êtes ouvert le dimanche?")
    await shop.next_from_bot(camille)
    await camille.says("merci!")
    assert "Avec plaisir" in ((await shop.next_from_bot(camille)).text or "")
    assert not shop.in_topics()


async def test_a_hello_does_not_swallow_a_short_question(shop: Shop) -> None:
    camille = shop.customer()
    await camille.says("bonjour ouvert quand?")
    assert shop.answer_to("store-hours", "fr").strip() in (
        (await shop.next_from_bot(camille)).text or ""
    )


async def a_question_mark_behind_politeness(shop: Shop, said: str) -> None:
    """Not sure of one subject, but of none still less: it is asked about, not greeted away."""
    camille = shop.customer()
    await camille.says(said)
    asked = await shop.next_from_bot(camille)
    choices = {
        shop.knowledge.subjects[one].titles["fr"] for one in ("delivery-cost", "return-policy")
    }
    assert choices < set(asked.buttons)
    assert not shop.in_topics()


@pytest.mark.parametrize("polite", ["bonjour", "merci"])
async def test_a_question_mark_behind_politeness_is_asked_about(shop: Shop, polite: str) -> None:
    await a_question_mark_behind_politeness(shop, f"{polite} livraison ou retour?")


async def test_a_question_mark_behind_a_bare_hello_is_a_hello(shop: Shop) -> None:
    camille = shop.customer()
    await camille.says("bonjour ça va?")
    assert "Posez votre question" in ((await shop.next_from_bot(camille)).text or "")


async def a_clear_question_with_a_number(shop: Shop) -> None:
    camille = shop.customer()
    await camille.says("vous êtes ouvert le dimanche?")
    await shop.next_from_bot(camille)
    await camille.says("je veux savoir le délai pour ma commande 77120")
    answer = await shop.next_from_bot(camille)
    assert shop.answer_to("delivery-delay", "fr").strip() in (answer.text or "")
    assert not shop.in_topics()


async def test_a_clear_question_with_an_order_number_is_answered(shop: Shop) -> None:
    await a_clear_question_with_a_number(shop)


async def a_number_with_hardly_a_word(shop: Shop, said: str = "délai commande nº 77120") -> None:
    """However sure the subject is: only a person can look it up."""
    camille = shop.customer()
    await camille.says("vous êtes ouvert le dimanche?")
    await shop.next_from_bot(camille)
    await camille.says(said)
    brief = (await shop.brief_of(camille)).text or ""
    assert "complète ce qui a eu sa réponse" in brief and "77120" in brief


@pytest.mark.parametrize("said", ["77120", "délai commande nº 77120", "le délai pour ma 77120"])
async def test_a_number_with_hardly_a_word_goes_to_a_person(shop: Shop, said: str) -> None:
    await a_number_with_hardly_a_word(shop, said)


async def a_gif_after_an_answer(shop: Shop) -> None:
    """It says no more than a sticker does: nothing is asked back, and nobody is called."""
    camille = shop.customer()
    await camille.says("vous êtes ouvert le dimanche?")
    await shop.next_from_bot(camille)
    await camille.sends(camille._media("animation", b"gif", None))
    await shop.until(lambda: len(shop.rows("SELECT 1 FROM decisions")) == 2)
    await shop.quiet()
    assert shop.rows("SELECT kind FROM decisions ORDER BY id DESC LIMIT 1") == [("stay_quiet",)]
    assert len(shop.heard(camille)) == 1
    assert not shop.in_topics()


async def test_a_gif_after_an_answer_is_met_in_silence(shop: Shop) -> None:
    await a_gif_after_an_answer(shop)


async def test_thanks_that_name_what_was_answered_are_thanks(shop: Shop) -> None:
    camille = shop.customer()
    await camille.says("vous êtes ouvert le dimanche?")
    await shop.next_from_bot(camille)
    await camille.says("merci ouvert dimanche!")
    assert "Avec plaisir" in ((await shop.next_from_bot(camille)).text or "")
    assert not shop.in_topics()


@pytest.mark.parametrize("said", ["hmm j'y pense", "😂"])
async def test_a_remark_after_an_answer_is_taken_note_of_and_nobody_is_called(
    shop: Shop, said: str
) -> None:
    camille = shop.customer()
    await camille.says("vous êtes ouvert le dimanche?")
    await shop.next_from_bot(camille)
    await camille.says(said)
    noted = await shop.next_from_bot(camille)
    assert (noted.text, noted.buttons) == ("D’accord. Autre chose?", [PERSON])
    assert not shop.in_topics()


async def who_answers(shop: Shop) -> None:
    """They are told, as often as they ask, and answered afterwards; a plea is still one."""
    camille = shop.customer()
    for _ in range(2):
        await camille.says("is this a person?")
        told = await shop.next_from_bot(camille)
        assert "automatic assistant" in (told.text or "")
        assert "To talk to a person" in (told.text or "")
        assert "🙋 Talk to a person" in told.buttons
    await camille.says("when are you open")
    answer = await shop.next_from_bot(camille)
    assert shop.answer_to("store-hours", "en").strip() in (answer.text or "")
    assert not shop.in_topics()
    await camille.says("can i talk to a person")
    assert (await shop.case_of(camille, "waiting")).reason == "asked"


async def test_who_asks_who_answers_is_told_and_stays_with_the_bot(shop: Shop) -> None:
    await who_answers(shop)


async def test_who_asks_who_answers_is_taken_for_a_plea(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await goes_red(
        who_answers,
        replaced(decide, "asks_who_answers", lambda _: False),
        tmp_path,
        monkeypatch,
        red_at="To talk to a person",
    )


async def test_a_remark_out_of_the_blue_goes_to_a_person(shop: Shop) -> None:
    """Nothing was answered yet: what looks like a remark may be all of a need."""
    camille = shop.customer()
    await camille.says("hmm j'y pense")
    await shop.brief_of(camille)


@pytest.mark.parametrize("said", ["😎", "🥳🥳"])
async def test_delight_in_an_emoji_is_thanks(shop: Shop, said: str) -> None:
    camille = shop.customer()
    await camille.says("vous êtes ouvert le dimanche?")
    await shop.next_from_bot(camille)
    await camille.says(said)
    assert "Avec plaisir" in ((await shop.next_from_bot(camille)).text or "")


@pytest.mark.parametrize("mark", ["🙏", "👍", "❤️", "🙏🙏 👍"])
async def test_a_kind_emoji_alone_is_thanks_and_asks_no_model(shop: Shop, mark: str) -> None:
    camille = shop.customer()
    await camille.says(mark)
    assert "Posez votre question" in ((await shop.next_from_bot(camille)).text or "")
    assert not shop.reader.asked
    assert not shop.in_topics()


async def test_an_angry_emoji_alone_goes_to_a_person_and_presses(shop: Shop) -> None:
    camille = shop.customer()
    await camille.says("😡")
    assert "🔴 URGENT" in ((await shop.brief_of(camille)).text or "")


@pytest.mark.parametrize("payload", [None, "promo-42"])
async def test_start_greets_opens_no_topic_and_ignores_the_payload(
    shop: Shop, payload: str | None
) -> None:
    camille = shop.customer()
    await camille.starts(payload)
    hello = await shop.next_from_bot(camille)
    assert INTRO in (hello.text or "") and PERSON in hello.buttons
    await shop.quiet()
    assert not shop.in_topics()
    assert not shop.reader.asked


async def test_a_question_sent_right_after_start_is_answered(shop: Shop) -> None:
    """A deep link, then the question in the same breath: the payload is no word of theirs."""
    camille = shop.customer()
    await camille.starts("promo-42")
    await camille.says("vous êtes ouvert le dimanche?")
    await shop.hears(camille, shop.answer_to("store-hours", "fr").strip())
    assert shop.reader.asked == ["vous êtes ouvert le dimanche?"]


async def test_help_greets_and_help_with_words_is_a_question(shop: Shop) -> None:
    camille, jack = shop.customer(), shop.customer("Jack", "en")
    await camille.says("/help")
    assert INTRO in ((await shop.next_from_bot(camille)).text or "")
    await jack.says("/help are you open on sunday?")
    await shop.hears(jack, shop.answer_to("store-hours", "en").strip())


@pytest.mark.parametrize("words", ["/person", "/personne", "je veux parler à quelqu'un"])
async def test_a_person_can_be_asked_for_in_words_at_any_time(shop: Shop, words: str) -> None:
    camille = shop.customer()
    await camille.says(words)
    assert "Je passe votre message" in ((await shop.next_from_bot(camille)).text or "")
    assert "demande une personne" in ((await shop.brief_of(camille)).text or "")


async def test_a_repeated_plea_for_a_person_is_never_refused(shop: Shop) -> None:
    """Three times around, hand-back included: every plea brings the case to staff."""
    camille = shop.customer()
    for _ in range(3):
        await camille.says("je veux parler à quelqu'un")
        assert "Je passe votre message" in ((await shop.next_from_bot(camille)).text or "")
        await shop.agent.presses(await shop.brief_of(camille), "🤖 Rendre au robot")
        assert "est de retour" in ((await shop.next_from_bot(camille)).text or "")


async def test_helped_closes_the_case_and_takes_the_buttons_away(shop: Shop) -> None:
    camille = shop.customer()
    await camille.says("vous êtes ouvert le dimanche?")
    answer = await shop.next_from_bot(camille)
    await camille.presses(answer, HELPED)
    await shop.case_of(camille, "closed")
    await shop.until(lambda: not answer.buttons)
    assert not shop.in_topics()


async def test_a_message_after_closing_opens_a_new_case_and_the_bot_answers(shop: Shop) -> None:
    camille = shop.customer()
    await camille.says("vous êtes ouvert le dimanche?")
    await camille.presses(await shop.next_from_bot(camille), HELPED)
    first = await shop.case_of(camille, "closed")
    await camille.says("vous êtes ouvert le dimanche?")
    assert shop.answer_to("store-hours", "fr").strip() in (
        (await shop.next_from_bot(camille)).text or ""
    )
    assert (await shop.case_of(camille, "with_customer")).id > first.id


async def test_an_edit_before_the_answer_replaces_the_words(shop: Shop) -> None:
    camille = shop.customer()
    question = await camille.says("vous êtes ouvert?")
    await camille.edits(question, "c'est quoi le délai?")
    answer = await shop.next_from_bot(camille)
    assert shop.answer_to("delivery-delay", "fr").strip() in (answer.text or "")
    await shop.quiet()
    assert len(shop.heard(camille)) == 1
    assert shop.reader.asked == ["c'est quoi le délai?"]


async def test_an_edit_after_the_answer_that_asks_something_else_is_answered(shop: Shop) -> None:
    camille = shop.customer()
    question = await camille.says("vous êtes ouvert?")
    await shop.next_from_bot(camille)
    await camille.edits(question, "c'est quoi le délai?")
    second = await shop.next_from_bot(camille)
    assert shop.answer_to("delivery-delay", "fr").strip() in (second.text or "")
    assert shop.rows("SELECT text, was FROM messages WHERE author = 'customer'") == [
        ("c'est quoi le délai?", "vous êtes ouvert?")
    ]


async def test_an_edit_after_the_answer_that_asks_the_same_needs_no_word(shop: Shop) -> None:
    camille = shop.customer()
    question = await camille.says("vous êtes ouver ouvert?")
    await shop.next_from_bot(camille)
    await camille.edits(question, "vous êtes ouvert?")
    await shop.quiet()
    assert len(shop.heard(camille)) == 1
    assert not shop.in_topics()


async def test_an_edit_of_a_message_of_an_old_case_is_kept_and_nothing_more(shop: Shop) -> None:
    camille = shop.customer()
    question = await camille.says("vous êtes ouvert?")
    await camille.presses(await shop.next_from_bot(camille), HELPED)
    await shop.case_of(camille, "closed")
    await camille.edits(question, "c'est quoi le délai?")
    await shop.quiet()
    assert len(shop.heard(camille)) == 1
    assert shop.rows("SELECT count(*) FROM cases") == [(1,)]


async def test_an_annoyed_customer_gets_a_word_of_regret_with_the_answer(shop: Shop) -> None:
    camille = shop.customer()
    await camille.says("pfff vous êtes ouvert ou non le dimanche?")
    said = (await shop.next_from_bot(camille)).text or ""
    assert INTRO in said and "Désolé pour ce désagrément." in said


async def test_an_annoyed_customer_is_not_met_with_a_hello(shop: Shop) -> None:
    camille = shop.customer()
    await camille.says("pfff vous êtes ouvert ou non le dimanche?")
    answer = await shop.next_from_bot(camille)
    assert "Bonjour" not in (answer.text or "") and PERSON in answer.buttons


async def test_the_same_customer_is_answered_in_the_language_of_each_turn(shop: Shop) -> None:
    camille = shop.customer()
    await camille.says("vous êtes ouvert le dimanche?")
    await shop.next_from_bot(camille)
    await camille.says("how long until it gets here?")
    second = await shop.next_from_bot(camille)
    assert shop.answer_to("delivery-delay", "en").strip() in (second.text or "")


@pytest.mark.parametrize(
    ("said", "heard"), [("thanks là", "Avec plaisir"), ("lol", "D’accord"), ("shipping cost?", "")]
)
async def test_a_word_of_another_language_does_not_change_the_one_that_is_spoken(
    shop: Shop, said: str, heard: str
) -> None:
    shop.reader.knows("shipping cost", "delivery-cost")
    camille = shop.customer()
    await camille.says("vous êtes ouvert le dimanche?")
    await shop.next_from_bot(camille)
    await camille.says(said)
    words = heard or shop.answer_to("delivery-cost", "fr").strip()
    assert words in ((await shop.next_from_bot(camille)).text or "")


async def test_a_longer_no_is_answered_in_its_own_language(shop: Shop) -> None:
    camille = shop.customer()
    await camille.says("vous êtes ouvert le dimanche?")
    await shop.next_from_bot(camille)
    await camille.says("no that's not it")
    assert "I am passing" in ((await shop.next_from_bot(camille)).text or "")


async def nothing_else_is_wanted(shop: Shop, said: str = "non merci") -> None:
    """After an answer, and its thanks: a no to what else is no complaint, and calls nobody."""
    camille = shop.customer()
    await camille.says("vous êtes ouvert le dimanche?")
    await shop.next_from_bot(camille)
    await camille.says("hmm j'y pense")
    await shop.hears(camille, "Autre chose?")
    await camille.says(said)
    await shop.hears(camille, "Avec plaisir")
    assert not shop.in_topics()


@pytest.mark.parametrize("said", ["non merci", "non", "No, that's all."])
async def test_a_no_to_what_else_is_no_complaint(shop: Shop, said: str) -> None:
    await nothing_else_is_wanted(shop, said)


@pytest.mark.parametrize("said", ["non", "non merci"])
async def test_a_no_that_is_read_alone_is_a_complaint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    async def story(shop: Shop) -> None:
        await nothing_else_is_wanted(shop, said)

    guard = (
        replaced(route, "in_place", lambda _, turn: turn)
        if said == "non"
        else replaced(understand, "declines", lambda *_: False)
    )
    await goes_red(story, guard, tmp_path, monkeypatch, red_at="nothing_else_is_wanted")


async def a_no_in_anger(shop: Shop) -> None:
    """Words that want nothing more, and an emoji that does: nobody is wished a good day for it."""
    camille = shop.customer()
    await camille.says("vous êtes ouvert le dimanche?")
    await shop.next_from_bot(camille)
    await camille.says("no thanks 🤬")
    await shop.case_of(camille, "waiting")
    assert not any("Avec plaisir" in text for text in shop.heard(camille))


async def test_a_no_beside_an_angry_emoji_is_no_thanks(shop: Shop) -> None:
    await a_no_in_anger(shop)


async def test_a_no_read_without_its_emoji_is_wished_a_good_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await goes_red(
        a_no_in_anger, replaced(bare_words, "emoji_in", lambda _: set()), tmp_path, monkeypatch
    )


async def a_question_mark_first(shop: Shop) -> None:
    """They are asked what it is about; nobody is called, and no subject is guessed."""
    shop.reader.knows("?", "jobs")
    jack = shop.customer("Jack", "en")
    await jack.says("?")
    await shop.hears(jack, "Ask your question")
    await jack.says("??")
    await shop.hears(jack, "How can I help")
    assert not shop.in_topics()


async def test_a_question_mark_alone_is_a_hello(shop: Shop) -> None:
    await a_question_mark_first(shop)


async def test_a_question_mark_alone_would_be_guessed_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await goes_red(
        a_question_mark_first,
        replaced(decide, "is_puzzled", lambda _: False),
        tmp_path,
        monkeypatch,
        red_at="Ask your question",
    )


async def test_who_has_not_understood_an_answer_gets_a_person(shop: Shop) -> None:
    camille = shop.customer()
    await camille.says("vous êtes ouvert le dimanche?")
    await shop.next_from_bot(camille)
    await camille.says("hein?")
    assert "n’a pas compris" in ((await shop.brief_of(camille)).text or "")


async def test_a_quiet_case_is_closed(tmp_path: Path) -> None:
    soon = AnswerSettings(
        quiet_seconds=0.05,
        longest_burst_seconds=3.0,
        model_timeout_seconds=1.0,
        close_after_hours=0.3 / 3600,
    )
    async with open_shop(tmp_path, answers=soon) as shop:
        camille = shop.customer()
        await camille.says("vous êtes ouvert le dimanche?")
        await shop.next_from_bot(camille)
        await shop.case_of(camille, "with_customer")
        await shop.case_of(camille, "closed")
        await shop.quiet()
        assert len(shop.heard(camille)) == 1
