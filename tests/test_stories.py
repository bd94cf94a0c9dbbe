"""What happens to a message: stories through the running bot, one sentence each."""

from __future__ import annotations

from .shop import Shop


async def test_a_common_question_is_answered_at_once_in_french(shop: Shop) -> None:
    """The approved answer, after the words that say who answers and how to reach a person."""
    camille = shop.customer("Camille", "fr")
    await camille.says("vous êtes ouvert le dimanche?")
    answer = await shop.next_from_bot(camille)
    assert shop.answer_to("store-hours", "fr").strip() in (answer.text or "")
    assert "assistant automatique" in (answer.text or "")


async def test_the_same_question_in_english_is_answered_in_english(shop: Shop) -> None:
    jack = shop.customer("Jack", "en")
    await jack.says("are you open on sunday?")
    answer = await shop.next_from_bot(jack)
    assert shop.answer_to("store-hours", "en").strip() in (answer.text or "")


async def test_an_angry_message_about_a_known_subject_goes_to_a_person(shop: Shop) -> None:
    """Anger is a veto: no canned answer, a brief in a topic of its own, true words."""
    camille = shop.customer()
    await camille.says("grr vous êtes jamais ouvert")
    notice = await shop.next_from_bot(camille)
    assert "il est maintenant devant l’équipe" in (notice.text or "")
    brief = await shop.brief_of(camille)
    assert "grr vous êtes jamais ouvert" in (brief.text or "")
    await shop.quiet()
    assert not any(shop.answer_to("store-hours", "fr")[:40] in t for t in shop.heard(camille))


async def test_claim_reply_resolve_and_the_customer_sees_it_all(shop: Shop) -> None:
    camille = shop.customer()
    await camille.says("mon chien a mangé la tente")
    thread = await shop.topic_of(camille)
    brief = await shop.brief_of(camille)
    await shop.agent.presses(brief, "✋ Prendre")
    case = await shop.case_of(camille, "claimed")
    assert case.owner_id == shop.agent.id
    await shop.agent.says("Pauvre chien! On regarde ça.", chat=shop.staff, thread=thread)
    await shop.until(lambda: "Pauvre chien! On regarde ça." in shop.heard(camille))
    await camille.says("merci!")
    await shop.until(lambda: any(m.text == "merci!" for m in shop.topic(thread)))
    brief = await shop.brief_of(camille)
    await shop.agent.presses(brief, "✅ Fermer")
    await shop.until(lambda: "considère votre demande comme réglée" in shop.heard(camille)[-1])
    await shop.quiet()
    await camille.says("vous êtes ouvert demain?")
    await shop.until(lambda: shop.answer_to("store-hours", "fr").strip() in shop.heard(camille)[-1])
