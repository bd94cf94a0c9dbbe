"""Who holds a case is never in doubt: claimed, taken over, assigned, released, put in order."""

from __future__ import annotations

from bot.sandbox import Fault

from .shop import BACK, CLAIM, HAND_BACK, MORE, RELEASE, RESOLVE, Shop

TAKE_OVER, ASSIGN, PRIORITY = "✋ Oui, le reprendre", "👤 Confier…", "🔺 Priorité…"


async def a_second_claim(shop: Shop) -> None:
    """Noémie holds it; Olivier presses a claim button that his phone still shows."""
    camille = shop.customer()
    await shop.with_staff(camille)
    brief = await shop.brief_of(camille)
    stale = brief.keyboard[0][0]["callback_data"]
    await shop.agent.presses(brief, CLAIM)
    await shop.until(lambda: RELEASE in brief.buttons)
    shop.sandbox.world.press(brief, shop.other_agent.user, stale)
    await shop.until(lambda: any("Déjà pris par Noémie" in words for words in shop.toasts()))
    await shop.until(lambda: brief.buttons == [TAKE_OVER, BACK])
    assert (await shop.case_of(camille)).owner_id == shop.agent.id


async def test_a_case_is_taken_over_only_once_it_has_been_confirmed(shop: Shop) -> None:
    await a_second_claim(shop)
    camille = shop.sandbox.person(shop.rows("SELECT id FROM customers")[0][0])  # type: ignore[arg-type]
    brief = await shop.brief_of(camille)
    await shop.other_agent.presses(brief, TAKE_OVER)
    await shop.until(lambda: "🔵 Pris par Olivier" in (brief.text or ""))
    note = await shop.staff_see("Olivier a repris ce cas, que tenait Noémie")
    rung = [e["user"]["id"] for e in note.wire["entities"] if e["type"] == "text_mention"]
    assert rung == [shop.agent.id]
    assert (await shop.case_of(camille)).owner_id == shop.other_agent.id
    assert shop.rows("SELECT actor_id, detail FROM events WHERE kind = 'take_over'") == [
        (shop.other_agent.id, str(shop.agent.id))
    ]


async def test_a_take_over_that_is_not_confirmed_changes_nothing(shop: Shop) -> None:
    await a_second_claim(shop)
    brief = next(m for m in shop.in_topics() if TAKE_OVER in m.buttons)
    await shop.other_agent.presses(brief, BACK)
    await shop.until(lambda: RELEASE in brief.buttons)
    assert shop.rows("SELECT owner_id FROM cases") == [(shop.agent.id,)]


async def test_nobody_confirms_for_somebody_else_or_about_another_holder(shop: Shop) -> None:
    """The lead presses what asked Olivier; then Olivier, but the case has moved on."""
    await a_second_claim(shop)
    brief = next(m for m in shop.in_topics() if TAKE_OVER in m.buttons)
    asked_olivier = brief.keyboard[0][0]["callback_data"]
    shop.sandbox.world.press(brief, shop.lead.user, asked_olivier)
    await shop.until(lambda: sum("Déjà pris par Noémie" in words for words in shop.toasts()) == 2)
    assert shop.rows("SELECT owner_id FROM cases") == [(shop.agent.id,)]
    await shop.until(lambda: brief.keyboard[0][0]["callback_data"] != asked_olivier)
    await shop.lead.presses(brief, TAKE_OVER)
    await shop.until(lambda: RELEASE in brief.buttons)
    shop.sandbox.world.press(brief, shop.other_agent.user, asked_olivier)
    await shop.until(lambda: any("Déjà pris par Sylvie" in words for words in shop.toasts()))
    assert shop.rows("SELECT owner_id FROM cases") == [(shop.lead.id,)]


async def test_a_case_is_assigned_to_somebody_on_duty_who_is_told(shop: Shop) -> None:
    camille = shop.customer()
    await shop.with_staff(camille)
    brief = await shop.brief_of(camille)
    await shop.other_agent.presses(brief, MORE)
    await shop.until(lambda: ASSIGN in brief.buttons)
    await shop.agent.presses(brief, ASSIGN)
    await shop.until(lambda: "Olivier" in brief.buttons)
    await shop.agent.presses(brief, "Olivier")
    await shop.until(lambda: "🔵 Pris par Olivier" in (brief.text or ""))
    note = await shop.staff_see("Olivier, Noémie vous confie ce cas")
    assert note.wire["entities"][0]["user"]["id"] == shop.other_agent.id
    assert brief.buttons == [RELEASE, MORE, RESOLVE, HAND_BACK]


async def test_the_priority_is_changed_with_a_button(shop: Shop) -> None:
    camille = shop.customer()
    await shop.with_staff(camille)
    brief = await shop.brief_of(camille)
    await shop.agent.presses(brief, MORE)
    await shop.until(lambda: PRIORITY in brief.buttons)
    await shop.agent.presses(brief, PRIORITY)
    await shop.until(lambda: "🔴 Urgent" in brief.buttons)
    await shop.agent.presses(brief, "🔴 Urgent")
    await shop.until(lambda: "🔴 URGENT" in (brief.text or ""))
    assert (await shop.case_of(camille)).priority == "urgent"
    assert brief.buttons == [CLAIM, MORE, RESOLVE, HAND_BACK]
    assert shop.rows("SELECT actor_id, detail FROM events WHERE kind = 'priority'") == [
        (shop.agent.id, "urgent")
    ]


async def test_a_press_that_telegram_has_forgotten_still_acts(shop: Shop) -> None:
    """After an outage the answer to a press comes too late; the act itself does not."""
    camille = shop.customer()
    await shop.with_staff(camille)
    brief = await shop.brief_of(camille)
    too_old = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    fault = Fault("answerCallbackQuery", code=400, description=too_old, times=None)
    shop.sandbox.faults.add(fault)
    await shop.agent.presses(brief, CLAIM)
    await shop.until(lambda: RELEASE in brief.buttons)
    await shop.agent.presses(brief, RESOLVE)
    await shop.case_of(camille, "closed")
