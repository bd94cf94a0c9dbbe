"""A customer is blocked by a lead, for a reason: kept, unheard, and let in again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bot.config import StaffSettings
from bot.customers.customer_words import PHRASES
from bot.desk.commands import COMMANDS, LEADS_ONLY
from bot.sandbox import Person

from .shop import PERSON, RELEASE, Shop, open_shop
from .test_own_rights import erases, exported


async def blocked(shop: Shop, camille: Person) -> int:
    """Camille's case is claimed, then Sylvie blocks her; returns the topic."""
    thread = await shop.claimed(camille)
    await shop.lead.says("/block insulte l’équipe", chat=shop.staff, thread=thread)
    await shop.case_of(camille, "closed")
    await shop.quiet()
    return thread


async def a_blocked_customer_writes(shop: Shop) -> None:
    camille = shop.customer()
    thread = await blocked(shop, camille)
    heard, seen = len(shop.heard(camille)), len(shop.in_topics())
    await camille.says("vous êtes ouvert le dimanche?")
    await camille.says("grr je veux quelqu'un, mon avocat vous écrira")
    await shop.until(
        lambda: shop.rows("SELECT count(*) FROM inbox WHERE outcome = 'barred'") == [(2,)]
    )
    await shop.quiet()
    assert (len(shop.heard(camille)), len(shop.in_topics())) == (heard, seen)
    assert shop.rows("SELECT state FROM cases") == [("closed",)]
    assert len(shop.staff.topics) == 1 and thread in shop.staff.topics
    said = [text for (text,) in shop.rows("SELECT text FROM messages WHERE author = 'customer'")]
    assert said[-1] == "grr je veux quelqu'un, mon avocat vous écrira"


async def test_what_a_blocked_customer_writes_is_kept_and_goes_nowhere(shop: Shop) -> None:
    await a_blocked_customer_writes(shop)


async def test_who_blocked_when_and_why_is_on_the_brief_and_in_the_record(shop: Shop) -> None:
    camille = shop.customer()
    await blocked(shop, camille)
    card = next(m for m in shop.in_topics() if "#1 · Camille" in (m.text or ""))
    await shop.until(lambda: "⛔ Bloqué par Sylvie" in (card.text or ""))
    assert "insulte l’équipe" in (card.text or "")
    acts = "SELECT kind, actor_id, detail FROM events WHERE kind = 'block'"
    assert shop.rows(acts) == [("block", shop.lead.id, None)]
    assert shop.rows("SELECT barred_why, barred_by FROM customers") == [
        ("insulte l’équipe", shop.lead.id)
    ]
    assert not any("fermée" in text for text in shop.heard(camille))


async def test_an_unblocked_customer_is_heard_again_and_staff_see_what_was_written(
    shop: Shop,
) -> None:
    camille = shop.customer()
    thread = await blocked(shop, camille)
    await camille.says("je m'excuse pour tantôt")
    await shop.until(lambda: shop.rows("SELECT 1 FROM inbox WHERE outcome = 'barred'"))
    await shop.lead.says("/unblock", chat=shop.staff, thread=thread)
    card = next(m for m in shop.in_topics() if "#1 · Camille" in (m.text or ""))
    await shop.until(lambda: "je m'excuse pour tantôt" in (card.text or ""))
    assert "⛔ Bloqué par" not in (card.text or "")
    await camille.says("mon chien a mangé les piquets")
    await shop.case_where(camille, lambda case: case.state.with_staff)
    await shop.recorded("unblock", shop.lead)


async def test_who_was_blocked_once_has_it_in_their_history(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as first:
        never = replace(first.settings.answers, reopen_within_hours=0.0)
        settings = replace(first.settings, answers=never)
        await first.closes()
        async with open_shop(tmp_path, sandbox=first.sandbox, settings=settings) as shop:
            camille = shop.customer()
            await blocked(shop, camille)
            await shop.lead.says("/unblock #1", chat=shop.staff)
            await shop.staff_see("Débloqué.")
            await camille.says("mon chien a mangé les piquets")
            assert "⛔ bloqué" in ((await shop.brief_of(camille)).text or "")


async def test_a_blocked_customer_keeps_the_rights_to_their_data(shop: Shop) -> None:
    camille = shop.customer()
    await blocked(shop, camille)
    await camille.says("/privacy")
    await shop.hears(camille, "Vos données chez")
    known = (await exported(shop, camille))["person"]
    assert isinstance(known, dict) and known["blocked_by_staff_at"]
    assert known["blocked_because"] is None
    await erases(shop, camille)
    assert not shop.rows("SELECT 1 FROM customers WHERE name = 'Camille'")


async def test_a_blocked_customer_who_erases_is_told_what_stays(shop: Shop) -> None:
    """The number and the date of the block: nobody who is blocked starts afresh."""
    camille = shop.customer()
    await blocked(shop, camille)
    await erases(shop, camille)
    told = [text for text in shop.heard(camille) if "C’est fait" in text]
    assert told == [PHRASES["fr"]["erased_barred"]]
    left = "SELECT name, barred_at IS NOT NULL FROM customers WHERE id = ?"
    assert shop.rows(left, camille.id) == [("", 1)]


async def test_a_blocked_customers_old_buttons_do_nothing(shop: Shop) -> None:
    camille = shop.customer()
    await camille.says("vous êtes ouvert le dimanche?")
    answer = await shop.next_from_bot(camille)
    data = answer.keyboard[-1][-1]["callback_data"]
    await camille.presses(answer, PERSON)
    thread = await shop.topic_of(camille)
    await shop.lead.says("/bloquer menaces", chat=shop.staff, thread=thread)
    await shop.case_of(camille, "closed")
    await shop.quiet()
    seen = len(shop.in_topics())
    shop.sandbox.world.press(answer, camille.user, data)
    await shop.quiet()
    assert len(shop.in_topics()) == seen
    assert shop.rows("SELECT state FROM cases") == [("closed",)]
    assert all(query.answered for query in shop.sandbox.world.queries.values())


async def test_a_block_takes_a_reason_and_happens_once(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    await shop.lead.says("/block", chat=shop.staff, thread=thread)
    await shop.staff_see("Écrivez aussi pourquoi")
    await shop.lead.says("/unblock", chat=shop.staff, thread=thread)
    await shop.staff_see("n’est pas bloqué")
    assert RELEASE in (await shop.brief_of(camille)).buttons
    assert shop.rows("SELECT barred_at FROM customers") == [(None,)]


async def only_a_lead_may(shop: Shop) -> None:
    """Every command of the list, typed by an agent: refused, told, recorded, without effect."""
    camille = shop.customer()
    thread = await shop.claimed(camille)
    for name in LEADS_ONLY:
        word = COMMANDS[name][0]
        await shop.agent.says(f"/{word} parce que", chat=shop.staff, thread=thread)
        await shop.staff_see(f"/{word} est réservé aux responsables")
    refused = "SELECT count(*) FROM events WHERE kind = 'refused_lead' AND actor_id = ?"
    assert shop.rows(refused, shop.agent.id) == [(len(LEADS_ONLY),)]
    assert shop.rows("SELECT barred_at FROM customers") == [(None,)]
    assert (await shop.case_of(camille)).state == "claimed"


async def test_an_agent_may_not_do_what_takes_a_lead(shop: Shop) -> None:
    await only_a_lead_may(shop)


def test_where_there_are_no_leads_agents_decide() -> None:
    assert StaffSettings(-1, (1, 2), (3,)).deciders == (3,)
    assert StaffSettings(-1, (1, 2)).deciders == (1, 2)
    assert {"block", "unblock"} == LEADS_ONLY


async def blocked_and_erased(shop: Shop) -> None:
    """An erasure is no way around a block: what stays is the number and since when."""
    camille = shop.customer()
    await blocked(shop, camille)
    await erases(shop, camille)
    await shop.quiet()
    known = shop.rows("SELECT * FROM customers WHERE id = ?", camille.id)
    assert known, "nothing is left that says whom not to hear"
    left = [value for value in known[0] if value not in (None, "", 0)]
    assert left == [
        camille.id,
        *shop.rows("SELECT barred_at FROM customers WHERE barred_at > 0")[0],
    ]
    heard = len(shop.heard(camille))
    await camille.says("grr je veux quelqu'un")
    await shop.until(lambda: shop.rows("SELECT 1 FROM inbox WHERE outcome = 'barred'"))
    await shop.quiet()
    assert len(shop.heard(camille)) == heard
    assert not shop.rows("SELECT 1 FROM cases WHERE customer_id = ?", camille.id)


async def test_who_is_blocked_stays_blocked_after_an_erasure(shop: Shop) -> None:
    await blocked_and_erased(shop)


async def test_a_lead_lets_in_an_erased_person_by_their_number(shop: Shop) -> None:
    camille = shop.customer()
    await blocked(shop, camille)
    await erases(shop, camille)
    await shop.lead.says(f"/unblock {camille.id}", chat=shop.staff)
    await shop.recorded("unblock", shop.lead)
    await camille.says("mon chien a mangé la tente")
    await shop.case_of(camille, "waiting")
