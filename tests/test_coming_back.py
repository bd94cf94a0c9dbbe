"""A customer is back after the closing: what was promised then holds, in their language."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot import reply
from bot.conversation import Case, HandOver, Person, Reading
from bot.customers import closing, comeback
from bot.customers.comeback import Comeback
from bot.ledger import Ledger
from bot.sandbox import Message
from bot.sandbox import Person as Human

from .reader import DESPAIR
from .shop import NOT_HELPED, PERSON, QUICK, RESOLVE, Shop, open_shop
from .test_closing import BAD, DAY, GOOD, Calendar, resolved
from .twins import Story, goes_red, nothing, replaced


async def a_video_is_no_comment(shop: Shop) -> None:
    """Nobody but a person can look at it: it goes back to the one who closed the case."""
    camille, thread = await resolved(shop)
    await camille.presses(await shop.hears(camille, "Comment"), GOOD)
    await camille.sends_video(b"film", "le bruit de mon sac, encore")
    await shop.case_of(camille, "claimed")
    await shop.until(lambda: any(message.media for message in shop.topic(thread)))
    assert not any("c’est noté" in text for text in shop.heard(camille))


async def test_a_video_after_the_tap_reaches_a_person(shop: Shop) -> None:
    await a_video_is_no_comment(shop)


async def test_a_video_taken_for_a_comment_reaches_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await goes_red(
        a_video_is_no_comment,
        replaced(closing, "HEARD_ONLY_BY_PEOPLE", frozenset()),
        tmp_path,
        monkeypatch,
    )


async def test_words_that_no_model_could_read_are_no_comment(shop: Shop) -> None:
    camille, _ = await resolved(shop)
    await camille.presses(await shop.hears(camille, "Comment"), GOOD)
    await shop.quiet()
    shop.reader.breaks = RuntimeError("out of memory")
    await camille.says("je veux parler à mon vendeur")
    await shop.case_of(camille, "claimed")


async def danger_is_danger_after_the_closing(shop: Shop, rated: str = "") -> None:
    """The alarm says what it is about, and calls everybody who can come, not only who closed it."""
    camille, thread = await resolved(shop)
    if rated:
        await camille.presses(await shop.hears(camille, "Comment"), rated)
        await shop.recorded("rated", camille)
    await camille.says("je veux mourir, je vais me suicider")
    case = await shop.case_where(camille, lambda one: one.state.with_staff)
    assert (case.id, case.thread_id) == (1, thread)
    assert (case.reason, case.priority) == ("risk", "urgent")
    assert (case.state, case.owner_id) == ("waiting", None)
    brief = (await shop.brief_of(camille)).text or ""
    assert "mettre fin à ses jours" in brief and "mon chien a mangé la tente" in brief, brief


@pytest.mark.parametrize("rated", ["", GOOD, BAD])
async def test_danger_after_the_closing_keeps_its_alarm(shop: Shop, rated: str) -> None:
    await danger_is_danger_after_the_closing(shop, rated)


async def test_danger_after_the_closing_would_be_one_more_case_that_came_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await goes_red(
        danger_is_danger_after_the_closing,
        replaced(closing, "_danger", lambda *_: None),
        tmp_path,
        monkeypatch,
        '"risk", "urgent"',
    )


async def danger_behind_a_no(shop: Shop, patch: pytest.MonkeyPatch) -> None:
    """It is more than an answer that was the wrong one."""
    patch.setattr(reply, "CLOSE_TO_THANKS_S", 0.1)
    camille = shop.customer()
    await camille.says("vous êtes ouvert le dimanche?")
    await shop.hears(camille, shop.answer_to("store-hours", "fr").strip())
    await camille.says("merci")
    case = await shop.case_of(camille, "closed")
    await camille.says(f"non {DESPAIR}")
    again = await shop.case_of(camille, "waiting")
    assert (again.id, again.reason, again.priority) == (case.id, "risk", "urgent")
    brief = (await shop.brief_of(camille)).text or ""
    assert "mettre fin à ses jours" in brief and "ouvert le dimanche" in brief, brief


async def test_danger_behind_a_no_after_the_closing_keeps_its_alarm(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    await danger_behind_a_no(shop, monkeypatch)


async def danger_hides_behind_no_bad_tap(shop: Shop) -> None:
    """A person was promised for their next words, in a case of the bot's: these are no critique."""
    camille, _ = await resolved(shop)
    asked = await shop.hears(camille, "Comment")
    await camille.says("vous êtes ouvert le dimanche?")
    await shop.case_of(camille, "with_customer")
    await camille.presses(asked, BAD)
    await shop.recorded("rated", camille)
    await camille.says("je veux mourir, je vais me suicider")
    case = await shop.case_of(camille, "waiting")
    assert (case.reason, case.priority) == ("risk", "urgent")
    assert "mettre fin à ses jours" in ((await shop.brief_of(camille)).text or "")


async def test_danger_after_a_bad_tap_keeps_its_alarm(shop: Shop) -> None:
    await danger_hides_behind_no_bad_tap(shop)


async def their_next_words_reach_a_person(shop: Shop) -> None:
    """It went badly: they are told that a person answers, though the bot has a case of theirs."""
    camille, _ = await resolved(shop)
    asked = await shop.hears(camille, "Comment")
    await camille.says("vous êtes ouvert le dimanche?")
    open_case = await shop.case_of(camille, "with_customer")
    await camille.presses(asked, BAD)
    await shop.recorded("rated", camille)
    await camille.says("le samedi non plus, c'est ouvert quand donc")
    case = await shop.case_of(camille, "waiting")
    assert case.id == open_case.id
    assert shop.rows("SELECT comment_ref IS NOT NULL FROM ratings") == [(1,)]
    assert "le samedi non plus" in ((await shop.brief_of(camille)).text or "")
    why = shop.rows("SELECT why FROM decisions WHERE reason = 'reopened'")
    assert "mauvaise note" in str(why)


async def test_after_a_bad_tap_their_next_words_reach_a_person(shop: Shop) -> None:
    await their_next_words_reach_a_person(shop)


async def test_a_bad_tap_that_an_open_case_hides_promises_in_vain(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await goes_red(
        their_next_words_reach_a_person,
        replaced(comeback, "_is_promised", lambda *_: False),
        tmp_path,
        monkeypatch,
    )


async def a_bad_tap_is_no_promise_of_an_hour(folder: Path) -> None:
    """They think it over until the next day: the person who was promised gets their words."""
    calendar = Calendar()
    patient = replace(QUICK, model_timeout_seconds=9 * DAY)
    async with open_shop(folder, clock=calendar, answers=patient) as shop:
        camille, _ = await resolved(shop)
        await camille.presses(await shop.hears(camille, "Comment"), BAD)
        await shop.recorded("rated", camille)
        await shop.quiet()
        calendar.later = DAY
        await camille.says("vous êtes ouvert le dimanche, pas du tout")
        case = await shop.case_of(camille, "claimed")
        assert (case.id, case.owner_id) == (1, shop.agent.id)
        assert shop.rows("SELECT comment_ref IS NOT NULL FROM ratings") == [(1,)]


async def test_words_the_day_after_a_bad_tap_reach_a_person(tmp_path: Path) -> None:
    await a_bad_tap_is_no_promise_of_an_hour(tmp_path)


async def test_the_promise_of_a_bad_tap_is_kept_once_a_person_had_the_case_again(
    shop: Shop,
) -> None:
    camille, thread = await resolved(shop)
    asked = await shop.hears(camille, "Comment")
    await camille.says("ça recommence avec mon chien")
    await shop.case_of(camille, "claimed")
    await camille.presses(asked, BAD)
    await shop.recorded("rated", camille)
    await shop.answers(camille, "C’est réparé.")
    await shop.agent.presses(await shop.brief_of(camille), RESOLVE)
    await shop.until(lambda: shop.staff.topics[thread].closed)
    thanks = await camille.says("merci beaucoup!")
    await shop.until(lambda: thanks.reactions)
    assert (await shop.case_of(camille)).state == "closed"


async def promised_words_that_people_got_elsewhere(shop: Shop) -> None:
    """They said what went wrong to the person who had a later case of theirs by then."""
    camille, _ = await resolved(shop)
    asked = await shop.hears(camille, "Comment")
    await camille.says("vous êtes ouvert le dimanche?")
    answer = await shop.hears(camille, shop.answer_to("store-hours", "fr").strip())
    await camille.presses(answer, PERSON)
    thread = await shop.topic_of(camille)
    await camille.presses(asked, BAD)
    await shop.recorded("rated", camille)
    await camille.says("mon chien a encore mangé la tente")
    await shop.topic_shows(thread, "a encore mangé")
    await shop.answers(camille, "Elle est remplacée.")
    await shop.agent.presses(await shop.brief_of(camille), RESOLVE)
    await shop.until(lambda: shop.staff.topics[thread].closed)
    thanks = await camille.says("merci beaucoup!")
    await shop.until(lambda: thanks.reactions)
    assert shop.rows("SELECT state FROM cases") == [("closed",), ("closed",)]


async def test_thanks_reopen_no_case_whose_promised_words_people_got_in_another(
    shop: Shop,
) -> None:
    await promised_words_that_people_got_elsewhere(shop)


async def test_a_promise_that_nobody_saw_kept_is_kept_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await goes_red(
        promised_words_that_people_got_elsewhere,
        replaced(Comeback, "heard_by_people", nothing),
        tmp_path,
        monkeypatch,
        "lambda: thanks.reactions",
    )


async def staff_learn_of_a_comment(shop: Shop) -> None:
    """The customer is told that the team has it: so the team is told."""
    camille, thread = await resolved(shop)
    await camille.presses(await shop.hears(camille, "Comment"), GOOD)
    await camille.says("le colis de ma commande 4512 est arrivé brisé ce matin")
    await shop.hears(camille, "c’est noté pour l’équipe")
    told = await shop.staff_see("💬 Cas nº 1 : le client a ajouté un mot")
    assert told.thread == thread
    brief = next(m for m in shop.topic(thread) if "#1 ·" in (m.text or ""))
    await shop.until(lambda: "arrivé brisé" in (brief.text or ""))


async def test_staff_are_told_of_the_words_that_are_added_to_a_rating(shop: Shop) -> None:
    await staff_learn_of_a_comment(shop)


async def a_new_problem_is_no_comment(shop: Shop) -> None:
    """Near to subjects that are known, sure of none, and no question mark: a person sees it."""
    camille, _ = await resolved(shop)
    await camille.presses(await shop.hears(camille, "Comment"), GOOD)
    await camille.says("la livraison de mon retour s'est perdue")
    await shop.case_of(camille, "claimed")
    assert "s'est perdue" in ((await shop.brief_of(camille)).text or "")
    assert not any("c’est noté" in text for text in shop.heard(camille))


async def test_a_new_problem_after_the_tap_reaches_a_person(shop: Shop) -> None:
    await a_new_problem_is_no_comment(shop)


async def back_in_an_older_case(shop: Shop, patch: pytest.MonkeyPatch) -> tuple[Human, Message]:
    """The first case is taken up again after the second was closed; them, and its answer."""
    patch.setattr(reply, "CLOSE_TO_THANKS_S", 0.1)
    camille, _ = await resolved(shop)
    asked = await shop.hears(camille, "Comment")
    await camille.says("vous êtes ouvert le dimanche?")
    answer = await shop.hears(camille, shop.answer_to("store-hours", "fr").strip())
    await camille.says("merci")
    assert (await shop.case_of(camille, "closed")).id == 2
    await camille.presses(asked, BAD)
    await shop.recorded("rated", camille)
    await camille.says("ça recommence avec mon chien")
    assert (await shop.case_of(camille, "claimed")).id == 1
    return camille, answer


async def pressed_under_a_later_case(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has their older case learns of it."""
    camille, answer = await back_in_an_older_case(shop, monkeypatch)
    await camille.presses(answer, NOT_HELPED)
    told = await shop.staff_see(f"👆 Cas nº 1 : le client a touché « {NOT_HELPED} ».")
    assert told.thread == await shop.topic_of(camille)
    await shop.until(lambda: any("est déjà devant l’équipe" in toast for toast in shop.toasts()))
    assert shop.rows("SELECT state FROM cases ORDER BY id") == [("claimed",), ("closed",)]


async def closed_last_though_begun_first(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has just closed it gets the protest."""
    camille, _ = await back_in_an_older_case(shop, monkeypatch)
    await shop.answers(camille, "C’est réparé.")
    await shop.agent.presses(await shop.brief_of(camille), RESOLVE)
    await shop.case_of(camille, "closed")
    await camille.says("mon chien a encore mangé la tente")
    case = await shop.case_of(camille, "claimed")
    assert (case.id, case.owner_id) == (1, shop.agent.id)


@pytest.mark.parametrize("story", [pressed_under_a_later_case, closed_last_though_begun_first])
async def test_a_case_that_is_taken_up_again_comes_before_a_later_one(
    story: Story, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    await story(shop, monkeypatch)


@pytest.mark.parametrize(
    ("story", "red_at"),
    [
        (pressed_under_a_later_case, "told = await shop.staff_see"),
        (closed_last_though_begun_first, 'case = await shop.case_of(camille, "claimed")'),
    ],
)
async def test_the_case_that_began_last_hides_the_one_that_is_meant(
    story: Story, red_at: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Comeback._just_closed

    def by_number(self: Comeback, ledger: Ledger, who: Person) -> Case | None:
        number, records = ledger.records.count_cases(who.id), ledger.records
        with monkeypatch.context() as patch:
            patch.setattr(records, "last_case", lambda _: records.case(number))
            return whole(self, ledger, who)

    guard = replaced(Comeback, "_just_closed", by_number)
    await goes_red(story, guard, tmp_path, monkeypatch, red_at)


async def a_chosen_language_outlives_the_case(shop: Shop) -> None:
    camille, _ = await resolved(shop)
    await camille.says("/language en")
    await shop.hears(camille, "the answers will be in English")
    await camille.says("ça coule encore, mon sac")
    assert (await shop.case_of(camille, "claimed")).language == "en"


async def test_a_case_that_is_taken_up_again_speaks_the_chosen_language(shop: Shop) -> None:
    await a_chosen_language_outlives_the_case(shop)


async def test_a_case_that_keeps_its_old_language_speaks_the_wrong_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await goes_red(
        a_chosen_language_outlives_the_case,
        replaced(Comeback, "_as_they_speak", lambda *given: given[3]),
        tmp_path,
        monkeypatch,
    )


async def an_english_word_after_a_french_case(shop: Shop, said: str = "broken") -> None:
    camille, _ = await resolved(shop)
    await camille.says(said)
    assert (await shop.case_of(camille, "claimed")).language == "fr"
    await shop.hears(camille, "Je passe votre message")


@pytest.mark.parametrize("said", ["broken", "still broken", "lol"])
async def test_an_english_word_after_the_closing_changes_no_language(shop: Shop, said: str) -> None:
    await an_english_word_after_a_french_case(shop, said)


async def test_a_sentence_in_english_after_the_closing_is_answered_in_english(shop: Shop) -> None:
    camille, _ = await resolved(shop)
    await camille.says("it still leaks from everywhere")
    assert (await shop.case_of(camille, "claimed")).language == "en"


async def test_nothing_more_is_wanted_after_the_closing_either(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reply, "CLOSE_TO_THANKS_S", 0.1)
    camille = shop.customer()
    await camille.says("vous êtes ouvert le dimanche?")
    await shop.next_from_bot(camille)
    await camille.says("merci")
    await shop.case_of(camille, "closed")
    await camille.says("non c'est tout")
    last = "SELECT kind FROM decisions ORDER BY id"
    await shop.until(lambda: len(shop.rows(last)) == 3)
    assert shop.rows(last)[-1] == ("stay_quiet",)
    await shop.case_of(camille, "closed")


async def a_late_no(shop: Shop, patch: pytest.MonkeyPatch, *, pressed: bool) -> None:
    """They thanked, the case was closed, then they saw that the answer was not theirs."""
    patch.setattr(reply, "CLOSE_TO_THANKS_S", 0.1)
    camille = shop.customer()
    await camille.says("vous êtes ouvert le dimanche?")
    answer = await shop.hears(camille, shop.answer_to("store-hours", "fr").strip())
    await camille.says("merci")
    case = await shop.case_of(camille, "closed")
    if pressed:
        await camille.presses(answer, NOT_HELPED)
    else:
        await camille.says("non c'est pas ça")
    again = await shop.case_of(camille, "waiting")
    assert again.id == case.id and again.reason == "not_helped"
    text = (await shop.brief_of(camille)).text or ""
    assert "ouvert le dimanche" in text, text
    assert "après coup" in text, text


@pytest.mark.parametrize("pressed", [True, False])
async def test_a_no_after_the_closing_goes_to_a_person_with_the_answer(
    shop: Shop, pressed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_late_no(shop, monkeypatch, pressed=pressed)


@pytest.mark.parametrize("pressed", [True, False])
async def test_a_no_that_begins_anew_comes_without_the_answer(
    shop: Shop, pressed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody_asked(_language: str, _reading: Reading) -> HandOver | None:
        return None

    monkeypatch.setattr(closing, "disputed", nobody_asked)
    monkeypatch.setattr(Comeback, "asks_for_person", lambda *_: None)
    shop.patience = 4.0
    with pytest.raises((AssertionError, TimeoutError)):
        await a_late_no(shop, monkeypatch, pressed=pressed)


async def a_complaint_about_what_was_answered(shop: Shop, patch: pytest.MonkeyPatch) -> None:
    """The next day it is still so: the same text once more would be worse than none."""
    patch.setattr(reply, "CLOSE_TO_THANKS_S", 0.1)
    camille = shop.customer()
    await camille.says("c'est quoi le délai?")
    await shop.hears(camille, shop.answer_to("delivery-delay", "fr").strip())
    await camille.says("merci")
    case = await shop.case_of(camille, "closed")
    await camille.says("pfff toujours rien, c'est quoi ce délai")
    again = await shop.case_of(camille, "waiting")
    assert (again.id, again.reason, again.priority) == (case.id, "asked_again", "high")
    brief = (await shop.brief_of(camille)).text or ""
    assert "repose une question qui a déjà eu sa réponse" in brief and "agacé" in brief
    answer = shop.answer_to("delivery-delay", "fr").strip()
    assert len([text for text in shop.heard(camille) if answer in text]) == 1


async def test_a_complaint_about_what_was_answered_before_the_closing_goes_to_a_person(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_complaint_about_what_was_answered(shop, monkeypatch)


async def test_a_complaint_that_begins_anew_gets_the_same_text_again(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closing, "_asks_again", lambda *_: False)
    shop.patience = 4.0
    with pytest.raises((AssertionError, TimeoutError)):
        await a_complaint_about_what_was_answered(shop, monkeypatch)


async def test_the_same_question_asked_calmly_the_next_day_is_answered(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reply, "CLOSE_TO_THANKS_S", 0.1)
    camille = shop.customer()
    for _ in range(2):
        await camille.says("c'est quoi le délai?")
        await shop.next_from_bot(camille)
        await camille.says("merci")
        await shop.case_of(camille, "closed")
        await shop.next_from_bot(camille)
    answer = shop.answer_to("delivery-delay", "fr").strip()
    assert len([text for text in shop.heard(camille) if answer in text]) == 2
