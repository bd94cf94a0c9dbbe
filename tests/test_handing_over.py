"""What goes to a person, what that person sees, and the buttons that say who holds the case."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot import decide, delivery, reply
from bot.conversation import Case, Decision, Policy, Reading, Tone
from bot.incoming import Turn
from bot.reader import Brain

from .reader import CURT, DESPAIR, UNWELL, ScriptedReader
from .shop import (
    CLAIM,
    HAND_BACK,
    MORE,
    NOT_HELPED,
    QUICK,
    RELEASE,
    RESOLVE,
    Shop,
    SlowGroup,
    open_shop,
)
from .twins import goes_red, replaced


async def test_anger_is_a_veto_however_sure_the_subject_is(shop: Shop) -> None:
    camille = shop.customer()
    await camille.says("grr vous êtes jamais ouvert")
    brief = await shop.brief_of(camille)
    assert "🔴 URGENT" in (brief.text or "")
    assert "en colère : jamais de réponse toute faite" in (brief.text or "")
    await shop.quiet()
    heard = shop.heard(camille)
    assert len(heard) == 1
    assert shop.answer_to("store-hours", "fr")[:40] not in heard[0]
    assert "d’ici 5 minutes" in heard[0]


async def perhaps_angry(shop: Shop) -> None:
    """No canned answer, however sure the subject is; and no apology for anger that is unlikely."""
    camille = shop.customer()
    await camille.says(f"{CURT} c'est ouvert dimanche")
    said = await shop.next_from_bot(camille)
    assert "Je passe votre message" in (said.text or "") and "désolé" not in (said.text or "")
    brief = (await shop.brief_of(camille)).text or ""
    assert (
        "peut-être en colère" in brief
        and "20 %" in brief
        and "Ton calme" in brief
        and "URGENT" not in brief
    )


async def test_who_may_be_angry_gets_a_person_and_is_spoken_to_calmly(shop: Shop) -> None:
    await perhaps_angry(shop)


async def test_without_the_veto_who_may_be_angry_gets_a_canned_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def only_if_likely(_: Turn, reading: Reading, policy: Policy) -> Decision | None:
        return decide.presses(reading, policy)

    await goes_red(
        perhaps_angry,
        replaced(decide, "_veto", only_if_likely),
        tmp_path,
        monkeypatch,
        red_at="Je passe votre message",
    )


async def test_risk_words_are_urgent_even_about_a_known_subject(shop: Shop) -> None:
    camille = shop.customer()
    await camille.says("vous êtes ouvert? le réchaud a pris feu")
    brief = await shop.brief_of(camille)
    assert "🔴 URGENT" in (brief.text or "") and "à risque" in (brief.text or "")


async def test_risk_words_are_urgent_beside_a_plea_for_a_person(shop: Shop) -> None:
    camille = shop.customer()
    await camille.says("/personne")
    await camille.says("le réchaud a pris feu")
    assert "🔴 URGENT" in ((await shop.brief_of(camille)).text or "")


async def test_risk_words_are_seen_without_a_model(tmp_path: Path) -> None:
    async with open_shop(tmp_path, brain=Brain(None, Policy(), "no model")) as shop:
        camille = shop.customer()
        await camille.says("le réchaud a pris feu")
        assert "🔴 URGENT" in ((await shop.brief_of(camille)).text or "")


async def test_danger_that_only_the_model_hears_is_urgent(shop: Shop) -> None:
    """Staff read what was heard, in the customer's words, and nobody is answered by a machine."""
    camille = shop.customer()
    await camille.says(f"vous êtes ouvert? {DESPAIR}")
    brief = (await shop.brief_of(camille)).text or ""
    assert "🔴 URGENT" in brief and "à risque" in brief and f"« {DESPAIR} »" in brief


async def perhaps_in_danger(shop: Shop) -> None:
    """Neither answered nor asked back, however sure the subject is; and no alarm."""
    camille = shop.customer()
    await camille.says(f"vous êtes ouvert? j'ai {UNWELL}")
    said = await shop.next_from_bot(camille)
    assert "Je passe votre message" in (said.text or "") and "désolé" not in (said.text or "")
    brief = (await shop.brief_of(camille)).text or ""
    assert "🟠 PRIORITAIRE" in brief and "peut-être à risque" in brief and "Ton calme" in brief
    assert f"« j'ai {UNWELL} »" in brief


async def test_who_may_be_in_danger_gets_a_person_soon_and_rings_no_alarm(shop: Shop) -> None:
    await perhaps_in_danger(shop)


async def test_a_danger_that_is_not_sure_is_answered_by_a_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def only_if_sure(turn: Turn, reading: Reading, policy: Policy) -> Decision | None:
        return veto(turn, replace(reading, maybe_risk=False), policy)

    veto = decide._veto
    await goes_red(
        perhaps_in_danger,
        replaced(decide, "_veto", only_if_sure),
        tmp_path,
        monkeypatch,
        red_at="Je passe votre message",
    )


class Alarmed(ScriptedReader):
    """Hears danger in everything, and says by which words."""

    def _one(self, text: str) -> Reading:
        heard = super()._one(text)
        return replace(heard, risk=("self_harm",), maybe_risk=True, telling=(text,))


async def danger_that_is_listed_as_none(folder: Path) -> None:
    """Staff read no words of danger beside the tone where none was raised."""
    async with open_shop(folder, reader=Alarmed()) as shop:
        camille = shop.customer()
        await camille.says("laisse faire")
        brief = (await shop.brief_of(camille)).text or ""
        assert "URGENT" not in brief and "PRIORITAIRE" not in brief and "laisse faire" in brief
        assert "ses mots" not in brief and not (await shop.case_of(camille)).telling


async def test_words_of_a_danger_that_was_passed_over_are_not_shown(tmp_path: Path) -> None:
    await danger_that_is_listed_as_none(tmp_path)


async def danger_beside_the_command(shop: Shop, said: str = f"/person {DESPAIR}") -> None:
    """Who asks for a person by command is heard in their other words too."""
    camille = shop.customer()
    await camille.says(said)
    brief = (await shop.brief_of(camille)).text or ""
    assert "🔴 URGENT" in brief and f"« {DESPAIR} »" in brief


@pytest.mark.parametrize("command", ["/person", "/personne"])
async def test_danger_beside_the_command_for_a_person_is_urgent(shop: Shop, command: str) -> None:
    await danger_beside_the_command(shop, f"{command} {DESPAIR}")


async def test_who_asks_by_command_is_told_of_as_asking_though_the_model_fails(shop: Shop) -> None:
    shop.reader.breaks = RuntimeError("out of memory")
    camille = shop.customer()
    await camille.says("/person mon sac coule")
    assert "demande une personne" in ((await shop.brief_of(camille)).text or "")


async def test_a_plea_beside_a_question_is_heard(shop: Shop) -> None:
    """The model reads one meaning for the whole turn: it is the question's."""
    camille = shop.customer()
    await camille.says("C'est combien, la livraison à Rimouski? Un conseiller peut me rappeler?")
    assert "demande une personne" in ((await shop.brief_of(camille)).text or "")
    await shop.quiet()
    assert len(shop.heard(camille)) == 1


async def test_the_words_that_the_bot_offers_work_to_the_letter(shop: Shop) -> None:
    """Who writes what the bot's introduction says is asking, neither lost nor angry."""
    shop.reader.knows("humain", "store-hours")
    camille = shop.customer()
    await camille.says("Un humain, s’il vous plaît")
    assert "demande une personne" in ((await shop.brief_of(camille)).text or "")
    assert not shop.reader.asked


async def test_what_the_bot_does_not_know_goes_to_a_person(shop: Shop) -> None:
    camille = shop.customer()
    await camille.says("mon chien a mangé la tente")
    notice = await shop.next_from_bot(camille)
    assert "Je passe votre message à une personne" in (notice.text or "")
    assert "d’ici 30 minutes" in (notice.text or "")
    brief = await shop.brief_of(camille)
    assert "rien de tel dans la base de connaissances" in (brief.text or "")


async def a_newcomer_is_handed_over(shop: Shop, text: str = "mon chien a mangé la tente") -> None:
    """A machine answers, that is said; but no button is named where there is none."""
    camille = shop.customer()
    await camille.says(text)
    first = await shop.next_from_bot(camille)
    assert "ici l’assistant automatique" in (first.text or "") and not first.buttons
    assert "bouton" not in (first.text or "")


async def annoyed_once_calm_now(shop: Shop) -> None:
    """Nobody says sorry for what was over; staff still read how it began."""
    camille = shop.customer()
    await camille.says("pfff vous êtes ouvert ou non le dimanche?")
    await shop.hears(camille, "Désolé pour ce désagrément")
    await camille.says("mon chien a mangé la tente")
    said = await shop.hears(camille, "Je passe votre message")
    assert "désolé" not in (said.text or "")


async def test_a_calm_word_is_answered_calmly(shop: Shop) -> None:
    await annoyed_once_calm_now(shop)
    ((tone,),) = shop.rows("SELECT tone FROM cases")
    assert tone == "annoyed"


async def test_a_notice_in_the_tone_of_the_case_says_sorry_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = reply.notice

    def as_the_case(pen: reply.Pen, case: Case, _: Tone, *more: Any) -> None:
        whole(pen, case, case.tone, *more)

    await goes_red(
        annoyed_once_calm_now,
        replaced(reply, "notice", as_the_case),
        tmp_path,
        monkeypatch,
        red_at="désolé",
    )


@pytest.mark.parametrize("text", ["mon chien a mangé la tente", "grr c'est ouvert?"])
async def test_the_first_words_name_no_button_that_is_not_there(shop: Shop, text: str) -> None:
    await a_newcomer_is_handed_over(shop, text)


async def test_the_brief_says_who_what_why_tone_language_and_by_when(shop: Shop) -> None:
    camille = shop.customer("Camille")
    await camille.says("vous êtes ouvert le dimanche?")
    await camille.presses(await shop.next_from_bot(camille), NOT_HELPED)
    text = (await shop.brief_of(camille)).text or ""
    assert re.search(r"#1 · Camille · premier contact", text)
    assert "n’a pas aidé" in text
    assert "Ton calme · écrit en français" in text
    assert re.search(r"Attend depuis \d+ h( \d\d)?, réponse attendue avant \d+ h( \d\d)?", text)
    assert "vous êtes ouvert le dimanche?" in text
    assert "Robot : " in text
    assert shop.answer_to("store-hours", "fr")[:30] in text


async def test_the_brief_says_how_many_cases_they_had_before(tmp_path: Path) -> None:
    async with open_shop(tmp_path, answers=replace(QUICK, reopen_within_hours=0.0)) as shop:
        camille = shop.customer()
        await shop.with_staff(camille)
        await shop.agent.presses(await shop.brief_of(camille), RESOLVE)
        await shop.case_of(camille, "closed")
        await camille.says("mon chien a mangé les piquets")
        assert "2e demande" in ((await shop.brief_of(camille)).text or "")


async def test_a_case_has_a_topic_of_its_own_named_after_number_and_customer(shop: Shop) -> None:
    camille, jack = shop.customer("Camille"), shop.customer("Jack")
    first = await shop.with_staff(camille)
    second = await shop.with_staff(jack)
    assert first != second
    assert shop.staff.topics[first].name == "#1 Camille"
    assert shop.staff.topics[second].name == "#2 Jack"


async def test_a_name_full_of_markup_and_tricks_is_shown_harmless(shop: Shop) -> None:
    camille = shop.customer("<b>Ca</b> & \u202eellimaC\n\n#99")
    await camille.says("mon <i>chien</i> & la tente\u202e")
    brief = await shop.brief_of(camille)
    assert "<b>Ca</b> & ellimaC #99" in (brief.text or "")
    assert "mon <i>chien</i> & la tente" in (brief.text or "")
    assert "\u202e" not in (brief.text or "")


async def test_a_name_from_right_to_left_leaves_what_is_around_it_in_order(shop: Shop) -> None:
    camille = shop.customer("ليلى")
    thread = await shop.with_staff(camille)
    assert shop.staff.topics[thread].name == "#1 \u2068ليلى\u2069"
    assert "\u2068ليلى\u2069" in ((await shop.brief_of(camille)).text or "")


async def test_the_buttons_follow_the_state(shop: Shop) -> None:
    camille = shop.customer()
    await camille.says("mon chien a mangé la tente")
    brief = await shop.brief_of(camille)
    assert brief.buttons == [CLAIM, MORE, RESOLVE, HAND_BACK]
    await shop.agent.presses(brief, CLAIM)
    await shop.until(lambda: brief.buttons == [RELEASE, MORE, RESOLVE, HAND_BACK])
    assert "🔵 Pris par Noémie" in (brief.text or "")
    await shop.agent.presses(brief, RELEASE)
    await shop.until(lambda: brief.buttons == [CLAIM, MORE, RESOLVE, HAND_BACK])
    await shop.other_agent.presses(brief, CLAIM)
    await shop.until(lambda: "🔵 Pris par Olivier" in (brief.text or ""))
    await shop.other_agent.presses(brief, RESOLVE)
    await shop.until(lambda: not brief.buttons)
    assert "⚪ Fermé" in (brief.text or "")


async def test_who_comes_second_is_told_who_holds_the_case(shop: Shop) -> None:
    camille = shop.customer()
    await camille.says("mon chien a mangé la tente")
    brief = await shop.brief_of(camille)
    stale = brief.keyboard[0][0]["callback_data"]
    await shop.agent.presses(brief, CLAIM)
    await shop.case_of(camille, "claimed")
    shop.sandbox.world.press(brief, shop.other_agent.user, stale)
    await shop.until(lambda: any("Déjà pris" in words for words in shop.toasts()))
    assert (await shop.case_of(camille)).owner_id == shop.agent.id


async def test_a_late_second_press_says_what_holds_and_does_nothing_more(shop: Shop) -> None:
    camille = shop.customer()
    await shop.with_staff(camille)
    brief = await shop.brief_of(camille)
    resolve = brief.keyboard[1][0]["callback_data"]
    for _ in range(2):
        shop.sandbox.world.press(brief, shop.agent.user, resolve)
    await shop.until(lambda: any("n’est plus entre" in words for words in shop.toasts()))
    await shop.quiet()
    assert sum("considère votre demande comme réglée" in text for text in shop.heard(camille)) == 1


async def test_resolve_closes_the_topic_and_tells_the_customer(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    await shop.agent.presses(await shop.brief_of(camille), RESOLVE)
    await shop.hears(camille, "considère votre demande comme réglée")
    await shop.until(lambda: shop.staff.topics[thread].closed)
    assert (await shop.case_of(camille)).state == "closed"


async def test_a_case_resolved_without_a_claim_is_silent_too(shop: Shop) -> None:
    """Whoever resolves it has held it: nothing of the bot's comes after their word."""
    camille = shop.customer()
    await shop.with_staff(camille)
    await shop.agent.presses(await shop.brief_of(camille), RESOLVE)
    case = await shop.case_of(camille, "closed")
    assert case.owner_id == shop.agent.id


async def test_after_a_hand_back_the_bot_answers_and_does_not_loop_on_the_old_anger(
    shop: Shop,
) -> None:
    camille = shop.customer()
    await camille.says("grr vous êtes jamais ouvert")
    await shop.next_from_bot(camille)
    brief = await shop.brief_of(camille)
    await shop.agent.presses(brief, CLAIM)
    await shop.case_of(camille, "claimed")
    await shop.agent.presses(brief, HAND_BACK)
    back = await shop.next_from_bot(camille)
    assert "est de retour" in (back.text or "")
    await camille.says("vous êtes ouvert le dimanche?")
    answer = await shop.next_from_bot(camille)
    assert shop.answer_to("store-hours", "fr").strip() in (answer.text or "")


async def test_a_case_that_comes_back_calm_is_no_longer_angry(shop: Shop) -> None:
    camille = shop.customer()
    await camille.says("grr vous êtes jamais ouvert")
    await shop.next_from_bot(camille)
    await shop.agent.presses(await shop.brief_of(camille), HAND_BACK)
    assert "est de retour" in ((await shop.next_from_bot(camille)).text or "")
    await camille.says("mon chien a mangé la tente")
    notice = await shop.next_from_bot(camille)
    assert "Je passe votre message" in (notice.text or "")
    brief = await shop.brief_of(camille)
    assert "Ton calme" in (brief.text or "") and "Normal" in (brief.text or "")


async def test_a_case_handed_over_again_keeps_its_number_and_topic(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.with_staff(camille)
    old = await shop.brief_of(camille)
    await shop.agent.presses(old, HAND_BACK)
    await shop.hears(camille, "est de retour")
    await camille.says("mon chien a mangé les piquets")
    await shop.until(lambda: len([m for m in shop.topic(thread) if "#1 " in (m.text or "")]) == 2)
    assert await shop.topic_of(camille) == thread
    await shop.until(lambda: not old.buttons)


async def test_no_model_at_all_sends_everything_to_people(tmp_path: Path) -> None:
    brain = Brain(None, Policy(desk_language="fr"), "The file encoder.safetensors is missing.")
    async with open_shop(tmp_path, brain=brain) as shop:
        camille = shop.customer()
        await camille.says("vous êtes ouvert le dimanche?")
        assert "Je passe votre message" in ((await shop.next_from_bot(camille)).text or "")
        brief = await shop.brief_of(camille)
        assert "Le modèle n’a pas pu être chargé" in (brief.text or "")
        assert "is missing" not in (brief.text or "")


async def test_a_model_that_raises_sends_the_turn_to_people_and_the_next_is_answered(
    shop: Shop,
) -> None:
    camille, jack = shop.customer(), shop.customer("Jack", "en")
    shop.reader.breaks = RuntimeError("weights on strike")
    await camille.says("vous êtes ouvert le dimanche?")
    assert "Je passe votre message" in ((await shop.next_from_bot(camille)).text or "")
    brief = (await shop.brief_of(camille)).text or ""
    assert "le modèle n’a pas pu lire" in brief and "Le modèle a échoué sur" in brief
    assert "RuntimeError" not in brief
    shop.reader.breaks = None
    await jack.says("are you open on sunday?")
    await shop.hears(jack, shop.answer_to("store-hours", "en").strip())


async def test_a_model_that_hangs_is_given_up_and_taken_back_when_it_answers(
    hasty_shop: Shop,
) -> None:
    shop = hasty_shop
    camille, jack = shop.customer(), shop.customer("Jack", "en")
    shop.reader.go.clear()
    await camille.says("vous êtes ouvert le dimanche?")
    assert "Je passe votre message" in ((await shop.next_from_bot(camille)).text or "")
    await jack.says("are you open on sunday?")
    assert "passing your message" in ((await shop.next_from_bot(jack)).text or "")
    shop.reader.go.set()
    lea = shop.customer("Léa")
    await shop.until(lambda: not shop.app.understand._stuck)
    await lea.says("vous êtes ouvert le dimanche?")
    await shop.hears(lea, shop.answer_to("store-hours", "fr").strip())


async def test_a_model_that_gives_too_few_readings_fails_that_turn_only(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    camille = shop.customer()
    with monkeypatch.context() as patched:
        patched.setattr(shop.reader, "read", lambda _texts: [])
        await camille.says("vous êtes ouvert le dimanche?")
        assert "Je passe votre message" in ((await shop.next_from_bot(camille)).text or "")
    jack = shop.customer("Jack", "en")
    await jack.says("are you open on sunday?")
    await shop.hears(jack, shop.answer_to("store-hours", "en").strip())


async def test_the_notice_is_never_said_unless_the_case_waits_with_brief_and_clock(
    shop: Shop,
) -> None:
    """State, brief, clock and notice are there together, or not at all."""
    camille = shop.customer()
    await camille.says("mon chien a mangé la tente")
    await shop.next_from_bot(camille)
    assert shop.rows("SELECT state FROM cases") == [("waiting",)]
    assert [kind for (kind,) in shop.rows("SELECT kind FROM timers ORDER BY kind")] == [
        "duty",
        "lead",
        "missed",
        "remind",
    ]
    assert shop.rows("SELECT count(*) FROM outbox WHERE purpose = 'brief'") == [(1,)]


async def test_a_flooder_does_not_keep_an_angry_case_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Escalations go before words that are carried over, when the group's budget is short."""
    monkeypatch.setattr(delivery, "joined", lambda _, row, __: row.errand.effect)
    async with open_shop(tmp_path, limits=SlowGroup()) as shop:
        flooder, camille = shop.customer("Flo"), shop.customer()
        await shop.with_staff(flooder)
        for number in range(40):
            await flooder.says(f"et puis {number}")
        await shop.until(lambda: any("et puis 3" in (m.text or "") for m in shop.in_topics()))
        await camille.says("grr vous êtes jamais ouvert")
        await shop.brief_of(camille)
        assert shop.rows(
            "SELECT 1 FROM outbox WHERE state = 'new' AND purpose = 'relay'"
        )  # one by one


async def test_a_person_who_floods_the_bot_delays_nobody(shop: Shop) -> None:
    flooder, camille = shop.customer("Flo"), shop.customer()
    for number in range(1000):
        await flooder.says(f"je veux {number}")
    await camille.says("vous êtes ouvert le dimanche?")
    await shop.hears(camille, shop.answer_to("store-hours", "fr").strip())
    assert shop.rows("SELECT 1 FROM inbox WHERE state = 'new'"), "the flood went first"


async def test_an_accusation_is_anger_however_politely_it_is_put(shop: Shop) -> None:
    """The model reads a formal letter as calm; what it calls the brand is not."""
    camille = shop.customer()
    await camille.says("Bonjour, c'est inacceptable, vous êtes des voleurs. Merci de me rappeler.")
    brief = await shop.brief_of(camille)
    assert "en colère : jamais de réponse toute faite" in (brief.text or "")
    assert "vous êtes des voleurs" in (brief.text or "").split("Échanges")[0].split("ses mots")[1]
    await shop.hears(camille, "mérite mieux qu’une réponse automatique")
