"""A message that asks two things is answered in both, or asked back: never answered by half."""

from __future__ import annotations

import pytest

from bot.evaluation.labelled import Labelled
from bot.model.questions import names_something, questions
from bot.reply import BETWEEN

from .shop import HELPED, PERSON, Shop
from .test_evaluating import evaluated

HOURS_AND_RETURNS = "vous êtes ouvert dimanche? et comment je fais un retour"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "vous fermez quand et c'est combien le wifi",
            ["vous fermez quand", "et c'est combien le wifi"],
        ),
        ("do you deliver? how much is it", ["do you deliver?", "how much is it"]),
        ("annule ma réservation, pis combien coûte une van", None),
        ("êtes-vous ouverts dimanche\nc'est combien la livraison", None),
        ("my skates are dull. Also where do I park?", None),
        ("ma commande est arrivée brisée et je suis déçue", []),
        ("do you have tents and stoves", []),
        ("i just ordered\nand it is the old adress\ncan u change it", None),
        ("je loue un kayak\npis vous avez pris 300 sur ma carte", []),
        ("bonjour\nc'est ouvert dimanche?", []),
        ("quel est le prix?", []),
        ("", []),
        ("a? b? c?", []),
        (
            "où est ça? et c'est quand? et combien ça coûte? et qui vient là? et pourquoi pas?",
            [],
        ),
    ],
)
def test_a_message_is_cut_where_a_further_question_begins(
    text: str, parts: list[str] | None
) -> None:
    found = questions(text)
    assert len(found) == 2 if parts is None else found == parts


@pytest.mark.parametrize(
    ("part", "names"),
    [
        ("pis combien ça coûte", False),
        ("and how long does it take?", False),
        ("et c'est combien de l'heure", False),
        ("when do i get it back", False),
        ("et c'est combien le dépôt", True),
        ("and how much is shipping", True),
        ("and where are you", True),
    ],
)
def test_how_much_and_how_long_name_nothing(part: str, names: bool) -> None:
    assert names_something(part) is names


async def asks_two_things(shop: Shop) -> None:
    """Both are sure: both approved answers arrive, in the order they were asked for."""
    camille = shop.customer()
    await camille.says(HOURS_AND_RETURNS)
    said = await shop.next_from_bot(camille)
    both = [shop.answer_to(name, "fr").strip() for name in ("store-hours", "return-policy")]
    assert BETWEEN.join(both) in (said.text or "")
    assert HELPED in said.buttons and PERSON in said.buttons


async def test_both_of_two_clear_questions_are_answered_at_once(shop: Shop) -> None:
    await asks_two_things(shop)
    await shop.quiet()
    ((why, answered),) = shop.rows(
        "SELECT d.why, c.answered FROM decisions d JOIN cases c ON c.id = d.case_id"
    )
    assert "Plusieurs questions" in str(why)
    assert answered == '["store-hours","return-policy"]'


async def test_an_edit_that_adds_a_question_is_answered_in_what_is_new(shop: Shop) -> None:
    camille = shop.customer()
    question = await camille.says("vous êtes ouvert dimanche?")
    await shop.hears(camille, shop.answer_to("store-hours", "fr").strip())
    await camille.edits(question, HOURS_AND_RETURNS)
    said = await shop.hears(camille, shop.answer_to("return-policy", "fr").strip())
    assert shop.answer_to("store-hours", "fr").strip() not in (said.text or "")


async def test_who_asks_one_of_the_two_again_gets_a_person(shop: Shop) -> None:
    camille = shop.customer()
    await camille.says(HOURS_AND_RETURNS)
    await shop.next_from_bot(camille)
    await camille.says("je comprends pas votre retour")
    await shop.case_of(camille, "waiting")


async def test_anger_about_two_things_is_for_a_person(shop: Shop) -> None:
    camille = shop.customer()
    await camille.says(f"grr {HOURS_AND_RETURNS}")
    await shop.case_of(camille, "waiting")


async def test_an_evaluation_counts_a_message_as_answered_by_any_of_its_answers() -> None:
    second = Labelled("second", HOURS_AND_RETURNS, "return-policy", "fr")
    neither = Labelled("neither", HOURS_AND_RETURNS, "delivery-delay", "fr")
    found = await evaluated([second, neither])
    assert [r.answers for r in found.results] == [("store-hours", "return-policy")] * 2
    assert (found.summary.all.coverage, found.summary.all.wrong_share) == (1.0, 0.5)
