"""What customers change afterwards: a typo, the whole question, a place that moves."""

from __future__ import annotations

from .shop import HELPED, RESOLVE, Shop
from .test_clarifying import TORN, title


async def two_edits_in_one_burst(shop: Shop) -> None:
    """One is of a question that was answered, the other of a message that was none: both count."""
    camille = shop.customer()
    question = await camille.says("vous êtes ouver le dimanche, ouvert?")
    await shop.next_from_bot(camille)
    command = await camille.says("/langue")
    await shop.hears(camille, "Dans quelle langue")
    await shop.quiet()
    await camille.edits(question, "vous êtes ouvert le dimanche?")
    await camille.edits(command, "je me suis blessé avec votre réchaud")
    await shop.case_of(camille, "waiting")
    assert "je me suis blessé" in ((await shop.brief_of(camille)).text or "")
    said = shop.rows("SELECT text FROM messages WHERE author = 'customer' ORDER BY id")
    assert said == [("vous êtes ouvert le dimanche?",), ("je me suis blessé avec votre réchaud",)]


async def test_an_edit_beside_another_is_not_lost(slow_shop: Shop) -> None:
    await two_edits_in_one_burst(slow_shop)


async def a_live_location_moves(shop: Shop) -> None:
    """Telegram tells each move as an edit: nobody has written anything."""
    camille = shop.customer()
    place = {"latitude": 46.8, "longitude": -71.2, "live_period": 900}
    sent = await camille.sends({"location": place})
    assert "De quoi s’agit-il?" in ((await shop.next_from_bot(camille)).text or "")
    await shop.quiet()
    shop.sandbox.world.edit(sent, {"location": place | {"latitude": 46.9}}, camille.user)
    await shop.quiet()
    assert shop.rows("SELECT kind FROM decisions ORDER BY id") == [("clarify",), ("stay_quiet",)]
    assert len(shop.heard(camille)) == 1 and not shop.in_topics()


async def test_a_live_location_that_moves_asks_for_nobody(shop: Shop) -> None:
    await a_live_location_moves(shop)


async def a_typo_mended_in_what_was_asked_back(shop: Shop) -> None:
    camille = shop.customer()
    asked = await camille.says("je voulais savoir: livraison ou retuor, retour?")
    question = await shop.next_from_bot(camille)
    await camille.edits(asked, TORN)
    await shop.until(lambda: shop.rows("SELECT 1 FROM messages WHERE was IS NOT NULL"))
    await shop.quiet()
    assert len(shop.heard(camille)) == 1 and not shop.in_topics()
    await camille.presses(question, title(shop, "return-policy"))
    await shop.hears(camille, shop.answer_to("return-policy", "fr").strip())


async def test_a_typo_mended_in_what_was_asked_back_leaves_it_open(shop: Shop) -> None:
    await a_typo_mended_in_what_was_asked_back(shop)


async def test_what_was_asked_back_and_is_edited_to_be_clear_is_answered(shop: Shop) -> None:
    camille = shop.customer()
    asked = await camille.says(TORN)
    await shop.next_from_bot(camille)
    await camille.edits(asked, "je parle du retour")
    await shop.hears(camille, shop.answer_to("return-policy", "fr").strip())


HURT = "je me suis blessé avec votre réchaud, j'appelle mon avocat"


async def danger_edited_into_a_question_that_was_closed(shop: Shop) -> None:
    """Whoever edits it in is read like whoever writes it: a person has it, with the words."""
    camille = shop.customer()
    question = await camille.says("vous êtes ouvert le dimanche?")
    await camille.presses(await shop.next_from_bot(camille), HELPED)
    await shop.case_of(camille, "closed")
    await camille.edits(question, HURT)
    case = await shop.case_of(camille, "waiting")
    assert case.priority == "urgent" and case.reason == "risk"
    assert f"Demande : {HURT}" in ((await shop.brief_of(camille)).text or "")


async def test_danger_edited_into_an_old_question_reaches_a_person(shop: Shop) -> None:
    await danger_edited_into_a_question_that_was_closed(shop)


async def test_danger_edited_into_a_case_that_a_person_closed_takes_it_up_again(
    shop: Shop,
) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    await shop.agent.presses(await shop.brief_of(camille), RESOLVE)
    await shop.until(lambda: shop.staff.topics[thread].closed)
    question = next(m for m in shop.sandbox.history(camille) if m.sender_id == camille.id)
    await camille.edits(question, HURT)
    case = await shop.case_of(camille, "waiting")  # for everybody who can come
    assert (case.id, case.priority) == (1, "urgent")
    assert "avocat" in ((await shop.brief_of(camille)).text or "")


async def test_danger_edited_into_an_old_question_reaches_who_has_the_new_one(shop: Shop) -> None:
    camille = shop.customer()
    question = await camille.says("vous êtes ouvert le dimanche?")
    await camille.presses(await shop.next_from_bot(camille), HELPED)
    await shop.case_of(camille, "closed")
    thread = await shop.claimed(camille)
    await camille.edits(question, HURT)
    await shop.case_where(camille, lambda case: case.priority == "urgent")
    await shop.until(lambda: any(HURT in (m.text or "") for m in shop.topic(thread)))
