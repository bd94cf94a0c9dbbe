"""What customers press when it is late: while people have their case, or when nothing is left."""

from __future__ import annotations

import pytest

from .shop import HELPED, NOT_HELPED, PERSON, Shop
from .test_clarifying import TORN, title
from .test_own_rights import erases

GONE = "Ce bouton ne fait plus rien"


# ------------------------------------------------------------------- while people have the case


async def a_press_while_people_have_the_case(shop: Shop, button: str = NOT_HELPED) -> None:
    """They say that the answer was wrong: the person who has the case is told, in the topic."""
    camille = shop.customer()
    await camille.says("vous êtes ouvert le dimanche?")
    answer = await shop.next_from_bot(camille)
    row = next(one for row in answer.keyboard for one in row if one["text"] == button)
    thread = await shop.with_staff(camille, "et mon chien a mangé la tente")
    for _ in range(2):  # a double tap
        shop.sandbox.world.press(answer, camille.user, row["callback_data"])
    told = await shop.staff_see(f"👆 Cas nº 1 : le client a touché « {button} ».")
    assert told.thread == thread
    await shop.quiet()
    assert sum("👆" in (message.text or "") for message in shop.topic(thread)) == 1
    assert any("est déjà devant l’équipe" in toast for toast in shop.toasts())
    pressed = "SELECT count(*) FROM messages WHERE author = 'customer' AND text = ?"
    assert shop.rows(pressed, f"[{button}]") == [(1,)]


@pytest.mark.parametrize("button", [NOT_HELPED, HELPED])
async def test_staff_learn_what_is_pressed_while_they_have_the_case(
    shop: Shop, button: str
) -> None:
    await a_press_while_people_have_the_case(shop, button)


async def test_staff_learn_what_is_picked_while_they_have_the_case(shop: Shop) -> None:
    camille = shop.customer()
    await camille.says(TORN)
    question = await shop.next_from_bot(camille)
    await shop.with_staff(camille, "je veux quelqu'un")
    await camille.presses(question, title(shop, "return-policy"))
    await shop.staff_see(f"a touché « {title(shop, 'return-policy')} »")


async def test_a_plea_while_people_have_the_case_is_in_the_record_and_rings_nobody(
    shop: Shop,
) -> None:
    camille = shop.customer()
    await camille.says("vous êtes ouvert le dimanche?")
    answer = await shop.next_from_bot(camille)
    thread = await shop.with_staff(camille, "et mon chien a mangé la tente")
    posts = len(shop.topic(thread))
    await camille.presses(answer, PERSON)
    await shop.until(lambda: any("est déjà devant l’équipe" in toast for toast in shop.toasts()))
    await shop.quiet()
    assert len(shop.topic(thread)) == posts
    assert shop.rows("SELECT 1 FROM messages WHERE text = ?", f"[{PERSON}]")


# --------------------------------------------------------------------------- in which tone


async def annoyed_and_a_press_later(shop: Shop) -> None:
    """A button sounds like nothing: they are spoken to as they sounded in words."""
    camille = shop.customer()
    await camille.says("pfff vous êtes ouvert ou non le dimanche?")
    answer = await shop.hears(camille, "Désolé pour ce désagrément")
    await camille.presses(answer, PERSON)
    said = await shop.hears(camille, "Je passe votre message")
    assert "Je comprends, et je suis désolé." in (said.text or "")


async def test_who_was_annoyed_and_presses_a_button_is_not_spoken_to_as_calm(shop: Shop) -> None:
    await annoyed_and_a_press_later(shop)


# ------------------------------------------------------------------- when nothing is left of it


async def a_button_whose_meaning_is_gone(shop: Shop) -> None:
    """They were erased; what they press then says what to do, and does nothing."""
    camille = shop.customer()
    await camille.says("vous êtes ouvert le dimanche?")
    answer = await shop.next_from_bot(camille)
    await erases(shop, camille)
    await camille.presses(answer, PERSON)
    await shop.until(lambda: any(GONE in toast for toast in shop.toasts()))
    await shop.until(lambda: not answer.buttons)
    gone = next(q for q in shop.sandbox.world.queries.values() if GONE in (q.text or ""))
    assert gone.show_alert and "« une personne »" in (gone.text or "")
    assert not shop.rows("SELECT 1 FROM cases WHERE state <> 'closed'")


async def test_a_button_whose_meaning_is_gone_says_how_to_reach_a_person(shop: Shop) -> None:
    await a_button_whose_meaning_is_gone(shop)


async def test_an_old_yes_to_being_erased_is_not_taken_for_one(shop: Shop) -> None:
    camille = shop.customer("Camille", "en")
    await camille.says("/delete_me")
    old = await shop.hears(camille, "This cannot be undone")
    await shop.app.store.write(lambda r: r._do("DELETE FROM keyboards"))  # as the retention does
    await camille.presses(old, old.buttons[0])
    await shop.until(lambda: any("does nothing any more" in toast for toast in shop.toasts()))
    await shop.quiet()
    assert not any("Done" in text for text in shop.heard(camille)) and not old.buttons


async def test_a_button_of_another_chat_says_nothing(shop: Shop) -> None:
    camille, mallory = shop.customer(), shop.customer("Mallory")
    await camille.says("vous êtes ouvert le dimanche?")
    answer = await shop.next_from_bot(camille)
    shop.sandbox.world.press(answer, mallory.user, "what never was")
    await shop.recorded("refused_press", mallory)
    await shop.quiet()
    assert shop.toasts() == [""] and answer.buttons
