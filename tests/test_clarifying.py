"""What is ambiguous is asked once, with buttons; the second time a person takes over."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot import decide, hand_over, reply, route
from bot.conversation import UNKNOWN, Reading, State, Tone
from bot.incoming import Turn
from bot.sandbox.nouns import as_read

from .reader import ScriptedReader
from .shop import (
    HELPED,
    NOT_HELPED,
    PERSON,
    SOMETHING_ELSE,
    Shop,
    open_shop,
    reader_of_the_shop,
)
from .twins import goes_red, replaced

TORN = "je voulais savoir: livraison ou retour?"


def title(shop: Shop, subject: str) -> str:
    return shop.knowledge.subjects[subject].titles["fr"]


async def test_a_torn_question_is_clarified_with_a_button_per_subject(shop: Shop) -> None:
    camille = shop.customer()
    await camille.says(TORN)
    question = await shop.next_from_bot(camille)
    assert set(question.buttons) == {
        title(shop, "delivery-cost"),
        title(shop, "return-policy"),
        SOMETHING_ELSE,
        PERSON,
    }
    assert not shop.in_topics()


async def test_the_picked_subject_is_answered(shop: Shop) -> None:
    camille = shop.customer()
    await camille.says(TORN)
    question = await shop.next_from_bot(camille)
    await camille.presses(question, title(shop, "return-policy"))
    answer = await shop.next_from_bot(camille)
    assert shop.answer_to("return-policy", "fr").strip() in (answer.text or "")
    await shop.until(lambda: not question.buttons)
    assert f"[{title(shop, 'return-policy')}]" in str(shop.rows("SELECT text FROM messages"))


async def test_a_choice_pressed_twice_is_answered_once(shop: Shop) -> None:
    camille = shop.customer()
    await camille.says(TORN)
    question = await shop.next_from_bot(camille)
    button = title(shop, "return-policy")
    await camille.presses(question, button)
    await camille.presses(question, button)
    await shop.next_from_bot(camille)
    await shop.quiet()
    assert len(shop.heard(camille)) == 2
    assert all(query.answered for query in shop.sandbox.world.queries.values())


async def test_what_was_answered_is_not_offered_again(shop: Shop) -> None:
    """Near it again, though not surely: the answer has not helped, so a person is next."""
    camille = shop.customer()
    await camille.says("je veux faire un retour")
    await shop.hears(camille, shop.answer_to("return-policy", "fr").strip())
    await camille.says("mon retour: vous êtes ouvert?")
    brief = await shop.brief_of(camille)
    assert "repose une question qui a déjà eu sa réponse" in (brief.text or "")
    await shop.quiet()
    assert len(shop.heard(camille)) == 2


async def they_were_annoyed_when_they_were_asked_back(shop: Shop) -> None:
    """What they press is calm; how they began is not forgotten, neither by staff nor by the bot."""
    camille, jack = shop.customer(), shop.customer("Jack")
    for person in (camille, jack):
        await person.says(f"pfff, {TORN}")
    await camille.presses(await shop.next_from_bot(camille), SOMETHING_ELSE)
    case = await shop.case_of(camille, "waiting")
    assert case.tone is Tone.ANNOYED and "pfff" in str(case.telling)
    await jack.presses(await shop.next_from_bot(jack), title(shop, "return-policy"))
    await shop.case_where(jack, lambda case: case.state is State.WITH_CUSTOMER)
    assert (await shop.case_of(jack)).tone is Tone.ANNOYED


async def test_who_was_annoyed_when_asked_back_is_not_calm_afterwards(shop: Shop) -> None:
    await they_were_annoyed_when_they_were_asked_back(shop)


async def test_a_tone_that_asking_back_forgets_is_calm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await goes_red(
        they_were_annoyed_when_they_were_asked_back,
        replaced(hand_over, "tone_of", lambda *_: Tone.CALM),
        tmp_path,
        monkeypatch,
    )


async def a_sticker_between_question_and_press(shop: Shop) -> None:
    """It says nothing, and closes nothing: what was asked back can still be answered."""
    camille = shop.customer()
    await camille.says("vous êtes ouvert le dimanche?")
    await shop.next_from_bot(camille)
    await camille.says(TORN)
    question = await shop.hears(camille, "Votre question porte sur")
    await camille.sends_sticker("🤔")
    await shop.until(lambda: shop.rows("SELECT 1 FROM decisions WHERE kind = 'stay_quiet'"))
    await shop.quiet()
    await camille.presses(question, title(shop, "return-policy"))
    await shop.hears(camille, shop.answer_to("return-policy", "fr").strip())


async def test_a_sticker_leaves_what_was_asked_back_open(shop: Shop) -> None:
    await a_sticker_between_question_and_press(shop)


async def test_a_sticker_that_closes_the_question_leaves_a_dead_button(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await goes_red(
        a_sticker_between_question_and_press,
        replaced(reply, "with_customer", lambda _: State.WITH_CUSTOMER),
        tmp_path,
        monkeypatch,
        red_at='shop.answer_to("return-policy", "fr")',
    )


async def politeness_between_question_and_press(shop: Shop, words: str = "merci") -> None:
    """They are polite before they press: the buttons still stand there, and still do something."""
    camille = shop.customer()
    await camille.says(TORN)
    question = await shop.next_from_bot(camille)
    await camille.says(words)
    await shop.next_from_bot(camille)
    waits = "SELECT t.due_at - c.changed_at > 3600 FROM cases c, timers t WHERE t.kind = 'quiet'"
    assert shop.rows(waits) == [(1,)], "thanks do not end an open question"
    await camille.presses(question, title(shop, "return-policy"))
    await shop.hears(camille, shop.answer_to("return-policy", "fr").strip())


@pytest.mark.parametrize("words", ["merci", "bonjour", "/start", "👍"])
async def test_politeness_leaves_what_was_asked_back_open(shop: Shop, words: str) -> None:
    await politeness_between_question_and_press(shop, words)


async def an_older_answer_helped(shop: Shop) -> None:
    """That settles what it was about, not what they have been asked back since."""
    camille = shop.customer()
    await camille.says("vous êtes ouvert le dimanche?")
    answer = await shop.next_from_bot(camille)
    await camille.says(TORN)
    question = await shop.hears(camille, "Votre question porte sur")
    await camille.presses(answer, HELPED)
    await shop.until(lambda: not answer.buttons)
    await camille.presses(question, title(shop, "return-policy"))
    await shop.hears(camille, shop.answer_to("return-policy", "fr").strip())
    assert shop.rows("SELECT count(*) FROM cases") == [(1,)]


async def test_helped_under_an_older_answer_closes_no_open_question(shop: Shop) -> None:
    await an_older_answer_helped(shop)


async def a_double_tap(shop: Shop) -> None:
    camille = shop.customer()
    await camille.says(TORN)
    question = await shop.next_from_bot(camille)
    chosen = title(shop, "return-policy")
    row = next(row for row in question.keyboard if row[0]["text"] == chosen)
    for _ in range(2):
        shop.sandbox.world.press(question, camille.user, row[0]["callback_data"])
    await shop.next_from_bot(camille)
    await shop.quiet()
    pressed = shop.sandbox.world.queries.values()
    assert [query.text or "" for query in pressed] == ["", ""]


async def test_a_choice_tapped_twice_is_not_called_closed(shop: Shop) -> None:
    await a_double_tap(shop)


async def test_only_what_was_not_answered_is_asked_back(shop: Shop) -> None:
    """As near as what was answered: a press gives nobody the same text twice."""
    camille = shop.customer()
    await camille.says("je parle du retour")
    await shop.next_from_bot(camille)
    await camille.says(TORN)
    question = await shop.hears(camille, "Votre question porte sur")
    assert set(question.buttons) == {title(shop, "delivery-cost"), SOMETHING_ELSE, PERSON}
    await camille.presses(question, title(shop, "delivery-cost"))
    await shop.hears(camille, shop.answer_to("delivery-cost", "fr").strip())


async def test_words_instead_of_a_press_are_read_as_ever(shop: Shop) -> None:
    camille = shop.customer()
    await camille.says(TORN)
    await shop.next_from_bot(camille)
    await camille.says("je parle du retour")
    answer = await shop.next_from_bot(camille)
    assert shop.answer_to("return-policy", "fr").strip() in (answer.text or "")


@pytest.mark.parametrize(
    ("words", "subjects"),
    [
        ("le premier", [0]),
        ("la 2e svp", [1]),
        ("les deux", [0, 1]),
    ],
)
async def test_a_choice_is_picked_in_so_many_words(
    shop: Shop, words: str, subjects: list[int]
) -> None:
    camille = shop.customer()
    await camille.says(TORN)
    await shop.next_from_bot(camille)
    choices = (await shop.case_of(camille, "clarifying")).choices
    await camille.says(words)
    answer = (await shop.next_from_bot(camille)).text or ""
    texts = [shop.knowledge.subjects[one].answers.values() for one in choices]
    told = [
        n for n, each in enumerate(texts) if any(as_read(text).strip() in answer for text in each)
    ]
    assert told == subjects


async def yes_to_the_only_choice(shop: Shop) -> None:
    """The words by which the model hears thanks are an answer to what the bot has asked."""
    camille = shop.customer()
    await camille.says("je parle du retour")
    await shop.next_from_bot(camille)
    await camille.says(TORN)
    await shop.hears(camille, "Votre question porte sur")
    await camille.says("oui merci!")
    await shop.hears(camille, shop.answer_to("delivery-cost", "fr").strip())


async def test_yes_to_the_only_choice_picks_it(shop: Shop) -> None:
    await yes_to_the_only_choice(shop)


async def test_without_its_place_in_the_case_a_yes_says_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await goes_red(
        yes_to_the_only_choice,
        replaced(decide, "chosen", lambda *_: ()),
        tmp_path,
        monkeypatch,
        red_at='shop.answer_to("delivery-cost", "fr")',
    )


async def a_few_words_to_the_bots_question(shop: Shop, said: str = "le prix") -> None:
    """By themselves they say nothing; behind the words that were asked back about, they do."""
    camille = shop.customer()
    await camille.says(TORN)
    await shop.next_from_bot(camille)
    shop.reader.subjects.clear()
    shop.reader.knows(f"{TORN}\n{said}", "delivery-delay")
    await camille.says(said)
    await shop.hears(camille, shop.answer_to("delivery-delay", "fr").strip())


@pytest.mark.parametrize("said", ["le prix", "bonjour le prix"])
async def test_a_few_words_to_the_bots_question_are_read_behind_it(shop: Shop, said: str) -> None:
    await a_few_words_to_the_bots_question(shop, said)


@pytest.mark.parametrize("without", [(decide, "_in_place"), (route, "in_place")])
async def test_read_alone_a_few_words_to_the_bots_question_say_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, without: tuple[object, str]
) -> None:
    def alone(*given: object) -> object:
        return next(one for one in given if isinstance(one, Reading | Turn))

    await goes_red(
        a_few_words_to_the_bots_question,
        replaced(*without, alone),
        tmp_path,
        monkeypatch,
        red_at='shop.answer_to("delivery-delay", "fr")',
    )


async def test_more_than_a_few_words_are_read_by_themselves(shop: Shop) -> None:
    camille = shop.customer()
    await camille.says(TORN)
    await shop.next_from_bot(camille)
    await camille.says("en fait je parle du retour")
    await shop.hears(camille, shop.answer_to("return-policy", "fr").strip())
    assert not any("\n" in text for text in shop.reader.asked)


class Unsure(ScriptedReader):
    """Of a return likelier than not, and no more."""

    def _one(self, text: str) -> Reading:
        heard = super()._one(text)
        likely = {"return-policy": 0.6, UNKNOWN: 0.4}
        return replace(heard, probabilities=likely) if "deuxième fois" in text else heard


async def a_complaint_instead_of_a_press(
    folder: Path, said: str = "pfff c'est la deuxième fois"
) -> None:
    """It picks nothing, however near one of the choices it is."""
    reader = Unsure()
    reader.subjects = reader_of_the_shop().subjects
    async with open_shop(folder, reader=reader) as shop:
        camille = shop.customer()
        await camille.says(TORN)
        await shop.hears(camille, "Votre question porte sur")
        await camille.says(said)
        await shop.case_of(camille, "waiting")
        answer = shop.answer_to("return-policy", "fr").strip()
        assert not any(answer in text for text in shop.heard(camille))


@pytest.mark.parametrize("said", ["pfff c'est la deuxième fois", "non la deuxième fois"])
async def test_a_complaint_or_a_no_picks_none_of_the_choices(tmp_path: Path, said: str) -> None:
    await a_complaint_instead_of_a_press(tmp_path, said)


async def test_a_complaint_that_picks_is_answered_by_a_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await goes_red(
        a_complaint_instead_of_a_press,
        replaced(decide, "_needed", lambda _turn, _reading, _case, policy: policy.pick_at),
        tmp_path,
        monkeypatch,
        red_at="shop.case_of",
    )


async def a_number_after_an_answer(shop: Shop, words: str = "mon retour: 77120") -> None:
    """What the answer asked for reaches a person; the bot can look nothing up."""
    camille = shop.customer()
    await camille.says("vous êtes ouvert le dimanche?")
    await shop.next_from_bot(camille)
    await camille.says(words)
    await shop.case_of(camille, "waiting")
    assert "complète ce qui a eu sa réponse" in ((await shop.brief_of(camille)).text or "")


@pytest.mark.parametrize(
    "words", ["mon retour: 77120", "retour BPA-4471", "un retour, anne@example.org"]
)
async def test_a_number_after_an_answer_goes_to_a_person(shop: Shop, words: str) -> None:
    await a_number_after_an_answer(shop, words)


async def test_a_number_that_is_read_as_a_question_gets_an_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await goes_red(
        a_number_after_an_answer,
        replaced(decide, "gives_a_number", lambda _: False),
        tmp_path,
        monkeypatch,
        red_at='"waiting"',
    )


async def test_a_photo_after_an_answer_goes_to_a_person(shop: Shop) -> None:
    camille = shop.customer()
    await camille.says("vous êtes ouvert le dimanche?")
    await shop.next_from_bot(camille)
    await camille.sends_photo(b"botte")
    await shop.case_of(camille, "waiting")


async def test_no_and_then_what_they_want_is_answered(shop: Shop) -> None:
    camille = shop.customer()
    await camille.says("vous êtes ouvert le dimanche?")
    await shop.next_from_bot(camille)
    await camille.says("non le retour!")
    await shop.hears(camille, shop.answer_to("return-policy", "fr").strip())


async def test_what_stays_unclear_after_one_question_goes_to_a_person(shop: Shop) -> None:
    camille = shop.customer()
    await camille.says(TORN)
    await shop.next_from_bot(camille)
    await camille.says("je dis livraison ou retour")
    assert "Je passe votre message" in ((await shop.next_from_bot(camille)).text or "")
    assert "toujours pas clair" in ((await shop.brief_of(camille)).text or "")


async def test_something_else_goes_to_a_person(shop: Shop) -> None:
    camille = shop.customer()
    await camille.says(TORN)
    await camille.presses(await shop.next_from_bot(camille), SOMETHING_ELSE)
    assert "Je passe votre message" in ((await shop.next_from_bot(camille)).text or "")
    assert "[Autre chose : une personne]" in ((await shop.brief_of(camille)).text or "")


async def test_a_choice_that_is_no_longer_open_is_refused_in_words(shop: Shop) -> None:
    """The question was answered in words meanwhile: the old button does nothing."""
    camille = shop.customer()
    await camille.says(TORN)
    question = await shop.next_from_bot(camille)
    await camille.says("je parle du retour")
    await shop.next_from_bot(camille)
    pressed = await camille.presses(question, title(shop, "delivery-cost"))
    await shop.until(lambda: shop.sandbox.world.queries[pressed].answered)
    assert "n’est plus ouvert" in (shop.sandbox.world.queries[pressed].text or "")
    await shop.quiet()
    assert len(shop.heard(camille)) == 2


async def test_no_that_is_not_it_is_never_a_new_question(shop: Shop) -> None:
    camille = shop.customer()
    await camille.says("vous êtes ouvert le dimanche?")
    await shop.next_from_bot(camille)
    await camille.says("non")
    assert "Je passe votre message" in ((await shop.next_from_bot(camille)).text or "")
    assert "n’a pas aidé" in ((await shop.brief_of(camille)).text or "")


async def test_not_it_by_button_goes_to_a_person(shop: Shop) -> None:
    camille = shop.customer()
    await camille.says("vous êtes ouvert le dimanche?")
    await camille.presses(await shop.next_from_bot(camille), NOT_HELPED)
    assert "Je passe votre message" in ((await shop.next_from_bot(camille)).text or "")
    assert "n’a pas aidé" in ((await shop.brief_of(camille)).text or "")


async def test_the_person_button_goes_to_a_person_once_however_often_it_is_pressed(
    shop: Shop,
) -> None:
    camille = shop.customer()
    await camille.says("vous êtes ouvert le dimanche?")
    answer = await shop.next_from_bot(camille)
    for _ in range(3):
        await camille.presses(answer, PERSON)
    await shop.brief_of(camille)
    await shop.quiet()
    assert shop.rows("SELECT count(*) FROM decisions WHERE kind = 'hand_over'") == [(1,)]
    assert len(shop.heard(camille)) == 2


async def test_the_person_button_of_a_closed_case_opens_a_new_one(shop: Shop) -> None:
    camille = shop.customer()
    await camille.says("vous êtes ouvert le dimanche?")
    answer = await shop.next_from_bot(camille)
    data = answer.keyboard[1][0]["callback_data"]
    await camille.says("merci")
    await shop.next_from_bot(camille)
    await shop.app.store.write(
        lambda r: r._do("UPDATE cases SET state = 'closed'")  # as the quiet clock does
    )
    await camille.presses(answer, callback_data=data)
    await shop.brief_of(camille)
    assert shop.rows("SELECT count(*) FROM cases") == [(2,)]


async def test_an_old_button_does_not_take_a_later_case_from_its_agent(shop: Shop) -> None:
    camille = shop.customer()
    await camille.says("vous êtes ouvert le dimanche?")
    answer = await shop.next_from_bot(camille)
    await shop.app.store.write(lambda r: r._do("UPDATE cases SET state = 'closed'"))
    await shop.claimed(camille)
    pressed = await camille.presses(answer, PERSON)
    await shop.until(lambda: shop.sandbox.world.queries[pressed].answered)
    case = await shop.case_of(camille)
    assert (case.state, case.owner_id) == ("claimed", shop.agent.id)


async def test_asking_again_what_was_answered_goes_to_a_person(shop: Shop) -> None:
    camille = shop.customer()
    await camille.says("vous êtes ouvert le dimanche?")
    await shop.next_from_bot(camille)
    await camille.says("mais vous êtes ouvert oui ou non")
    assert "Je passe votre message" in ((await shop.next_from_bot(camille)).text or "")
    assert "déjà eu sa réponse" in ((await shop.brief_of(camille)).text or "")


async def test_a_photo_without_words_is_asked_about_once_then_goes_to_a_person(
    shop: Shop,
) -> None:
    camille = shop.customer()
    await camille.sends_photo(b"tente")
    question = await shop.next_from_bot(camille)
    assert "De quoi s’agit-il?" in (question.text or "") and PERSON in question.buttons
    await camille.sends_photo(b"tente encore")
    assert "Je passe votre message" in ((await shop.next_from_bot(camille)).text or "")
    await shop.brief_of(camille)


async def test_a_photo_then_words_is_answered(shop: Shop) -> None:
    camille = shop.customer()
    await camille.sends_photo(b"tente")
    await shop.next_from_bot(camille)
    await camille.says("c'est pour un retour")
    answer = await shop.next_from_bot(camille)
    assert shop.answer_to("return-policy", "fr").strip() in (answer.text or "")


async def test_a_photo_with_a_caption_is_read_by_its_caption(shop: Shop) -> None:
    camille = shop.customer()
    await camille.sends_photo(b"tente", caption="je fais un retour")
    answer = await shop.next_from_bot(camille)
    assert shop.answer_to("return-policy", "fr").strip() in (answer.text or "")


async def test_a_voice_message_goes_to_a_person(shop: Shop) -> None:
    camille = shop.customer()
    await camille.sends_voice(b"allo")
    assert "Je passe votre message" in ((await shop.next_from_bot(camille)).text or "")
    assert "média" in ((await shop.brief_of(camille)).text or "")


async def test_a_sticker_after_an_answer_asks_for_nothing(shop: Shop) -> None:
    camille = shop.customer()
    await camille.says("vous êtes ouvert le dimanche?")
    await shop.next_from_bot(camille)
    await camille.sends_sticker("👍")
    await shop.quiet()
    assert len(shop.heard(camille)) == 1
    assert not shop.in_topics()


async def test_a_location_alone_is_asked_about(shop: Shop) -> None:
    camille = shop.customer()
    await camille.sends_location()
    assert "De quoi s’agit-il?" in ((await shop.next_from_bot(camille)).text or "")
