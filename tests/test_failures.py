"""Whatever fails, staff get the case: Telegram, the store, a row that nobody can read."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any

import pytest

from bot import promise, ringing
from bot.conversation import Case
from bot.customer import CustomerSide
from bot.desk.desk_words import words
from bot.errors import StoreError
from bot.promises.terms import REMIND
from bot.sandbox import Fault, Person
from bot.staff import StaffSide
from bot.store.inbox import Inbox
from bot.store.records import Records

from .shop import CLAIM, SEND_AGAIN, Shop
from .twins import goes_red, replaced


@pytest.fixture(autouse=True)
def tries_again_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five tries of a row take a hundredth of a second, not one and a half."""
    monkeypatch.setattr("bot.respond.TRY_AGAIN_S", 0.0005)


async def at_once_again(_: ringing.Clocks) -> None:
    """All together, however often they have failed."""
    await asyncio.sleep(ringing.RETRY_S)


def briefs(shop: Shop, number: int = 1) -> list[str]:
    """The briefs of a case that are in the group, as often as it was posted."""
    return [m.text or "" for m in shop.in_topics() if f"#{number} ·" in (m.text or "")]


# ------------------------------------------------------------------------ Telegram says no


async def test_a_brief_that_telegram_slows_down_arrives_later_and_once(shop: Shop) -> None:
    slow = Fault("sendMessage", shop.staff.id, code=429, parameters={"retry_after": 1})
    shop.sandbox.faults.add(slow)
    camille = shop.customer()
    await shop.with_staff(camille)
    assert len(briefs(shop)) == 1 and "(de nouveau)" not in briefs(shop)[0]


async def test_a_brief_whose_answer_was_cut_off_arrives_again_under_the_same_number(
    shop: Shop,
) -> None:
    shop.sandbox.faults.add(Fault("sendMessage", shop.staff.id, cut=True, after_effect=True))
    camille = shop.customer()
    await shop.with_staff(camille)
    first, second = briefs(shop)
    assert second == f"(de nouveau) {first}"
    assert shop.rows("SELECT count(*) FROM cases") == [(1,)]


async def an_uncertain_answer_is_not_sent_again(shop: Shop) -> Person:
    """The connection broke after Telegram had the answer: nobody knows, so a person decides."""
    camille = shop.customer()
    shop.sandbox.faults.add(Fault("sendMessage", camille.id, cut=True, after_effect=True))
    await camille.says("vous êtes ouvert le dimanche?")
    await shop.staff_see("Cas nº 1, envoi non confirmé")
    await shop.quiet()
    assert len(shop.heard(camille)) == 1
    return camille


async def test_an_answer_whose_delivery_is_unknown_is_not_sent_again_and_staff_see_it(
    shop: Shop,
) -> None:
    await an_uncertain_answer_is_not_sent_again(shop)
    assert ("uncertain",) in shop.rows("SELECT state FROM outbox WHERE purpose = 'answer'")


@pytest.mark.parametrize("code", [500, 502, 504])
async def test_a_server_error_counts_as_unknown(shop: Shop, code: int) -> None:
    camille = shop.customer()
    shop.sandbox.faults.add(Fault("sendMessage", camille.id, code=code, after_effect=True))
    await camille.says("vous êtes ouvert le dimanche?")
    await shop.staff_see("envoi non confirmé")
    await shop.quiet()
    assert len(shop.heard(camille)) == 1


async def test_staff_may_send_again_what_may_not_have_arrived_once(shop: Shop) -> None:
    camille = shop.customer()
    shop.sandbox.faults.add(Fault("sendMessage", camille.id, code=502))
    await camille.says("vous êtes ouvert le dimanche?")
    told = await shop.staff_see("envoi non confirmé")
    assert shop.heard(camille) == []
    await shop.agent.presses(told, SEND_AGAIN)
    await shop.agent.presses(told, SEND_AGAIN)
    await shop.hears(camille, shop.answer_to("store-hours", "fr").strip())
    await shop.quiet()
    assert len(shop.heard(camille)) == 1
    await shop.recorded("sent_again", shop.agent)


async def test_an_agents_words_whose_delivery_is_unknown_are_shown_below_them(
    shop: Shop,
) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    shop.sandbox.faults.add(Fault("sendMessage", camille.id, code=502))
    said = await shop.agent.says("On regarde ça.", chat=shop.staff, thread=thread)
    told = await shop.staff_see("envoi non confirmé : On regarde ça.")
    assert told.reply_to == said.id
    await shop.agent.presses(told, SEND_AGAIN)
    await shop.hears(camille, "On regarde ça.")
    await shop.until(lambda: said.reactions)


async def test_a_topic_that_may_have_been_made_is_not_made_twice(shop: Shop) -> None:
    """The case goes on in General; its words are seen and answered there."""
    shop.sandbox.faults.add(Fault("createForumTopic", cut=True, after_effect=True))
    camille = shop.customer()
    await camille.says("mon chien a mangé la tente")
    brief = await shop.brief_of(camille)
    assert brief.thread is None
    assert len(shop.sandbox.calls_of("createForumTopic")) == 1
    await shop.agent.says("Bonjour!", chat=shop.staff, reply_to=brief)
    await shop.hears(camille, "Bonjour!")


async def test_a_bot_that_may_not_make_topics_uses_general(shop: Shop) -> None:
    shop.sandbox.set_bot(shop.staff, "administrator", ())
    camille = shop.customer()
    await camille.says("mon chien a mangé la tente")
    assert (await shop.brief_of(camille)).thread is None


async def test_a_bot_that_was_removed_brings_the_case_when_it_is_back(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.detour.LONGEST_PAUSE_S", 0.02)
    camille = shop.customer()
    shop.sandbox.set_bot(shop.staff, "kicked")
    await camille.says("mon chien a mangé la tente")
    assert "Je passe votre message" in ((await shop.next_from_bot(camille)).text or "")
    sends = shop.sandbox.calls_of
    await shop.until(lambda: sum(not c.done for c in sends("sendMessage", done=False)) > 3)
    shop.sandbox.set_bot(shop.staff, "administrator")
    await shop.brief_of(camille)
    assert len(briefs(shop)) == 1


async def test_a_brief_that_telegram_cannot_read_arrives_as_plain_text(shop: Shop) -> None:
    unreadable = Fault("sendMessage", shop.staff.id, code=400, description="Bad Request: oops")
    shop.sandbox.faults.add(unreadable)
    camille = shop.customer("<Camille & fils>")
    await camille.says("mon chien a mangé la tente")
    brief = await shop.brief_of(camille)
    assert "#1 · <Camille & fils>" in (brief.text or "") and "<b>" not in (brief.text or "")
    await shop.agent.presses(brief, CLAIM)
    await shop.case_of(camille, "claimed")


async def test_words_that_cannot_be_copied_are_carried_as_text(shop: Shop) -> None:
    """The customer deleted the message before it was carried over: what they said is not lost."""
    camille = shop.customer()
    await shop.claimed(camille)
    await camille.deletes(await camille.says("ne répétez pas ceci"))
    await shop.staff_see("#1 Camille : ne répétez pas ceci")


async def test_a_customer_who_blocked_the_bot_before_the_answer_harms_nobody(
    shop: Shop,
) -> None:
    camille, jack = shop.customer(), shop.customer("Jack", "en")
    await camille.says("vous êtes ouvert le dimanche?")
    await camille.blocks()
    await jack.says("are you open on sunday?")
    await shop.hears(jack, shop.answer_to("store-hours", "en").strip())
    await shop.quiet()
    assert shop.rows("SELECT blocked FROM customers WHERE id = ?", camille.id) == [(1,)]
    await camille.unblocks()
    await camille.says("c'est quoi le délai?")
    await shop.hears(camille, shop.answer_to("delivery-delay", "fr").strip())


async def test_staff_learn_that_the_notice_did_not_reach_a_customer_who_left(
    shop: Shop,
) -> None:
    camille = shop.customer()
    shop.sandbox.faults.add(Fault("sendMessage", camille.id, code=403))
    await shop.with_staff(camille)
    await shop.staff_see("Cas nº 1, pas envoyé au client : il a bloqué le robot")


# -------------------------------------------------------------- what nobody can make sense of


def unreadable(person: Person, text: object = 7) -> dict[str, Any]:
    """A message in a person's chat whose text is no text."""
    message = {"message_id": 9, "date": 1, "chat": {"id": person.id, "type": "private"}}
    return {"message": {**message, "from": person.user.wire, "text": text}}


async def a_row_that_cannot_be_read_is_set_aside(shop: Shop) -> None:
    camille = shop.customer()
    shop.sandbox.feed(unreadable(camille))
    await camille.says("vous êtes ouvert le dimanche?")
    brief = await shop.brief_of(camille)
    assert words("fr", "poison") in (brief.text or "") and "PRIORITAIRE" in (brief.text or "")
    assert "Le robot n’a pas pu lire ce que le client a envoyé" in (brief.text or "")
    await shop.staff_see("vous êtes ouvert le dimanche?")


async def test_a_message_that_cannot_be_read_brings_the_case_to_staff_and_the_chat_goes_on(
    shop: Shop,
) -> None:
    await a_row_that_cannot_be_read_is_set_aside(shop)
    assert shop.rows("SELECT count(*) FROM inbox WHERE state = 'poison'") == [(1,)]
    assert shop.rows("SELECT count(*) FROM inbox WHERE state = 'new'") == [(0,)]


async def test_a_bad_row_behind_a_good_one_does_not_hold_the_answer_up(shop: Shop) -> None:
    camille = shop.customer()
    await camille.says("vous êtes ouvert le dimanche?")
    shop.sandbox.feed(unreadable(camille))
    await shop.hears(camille, shop.answer_to("store-hours", "fr").strip())
    assert len(shop.reader.asked) == 1
    await shop.brief_of(camille)


async def test_a_bug_in_a_step_brings_the_case_to_staff(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    camille, jack = shop.customer(), shop.customer("Jack", "en")
    whole = CustomerSide.turn

    def breaks(self: CustomerSide, ledger: Any, turn: Any, *rest: Any) -> Any:
        if turn.messages[0].who.id == camille.id:
            raise ZeroDivisionError
        return whole(self, ledger, turn, *rest)

    monkeypatch.setattr(CustomerSide, "turn", breaks)
    await camille.says("vous êtes ouvert le dimanche?")
    await jack.says("are you open on sunday?")
    await shop.hears(jack, shop.answer_to("store-hours", "en").strip())
    assert "Je passe votre message" in ((await shop.next_from_bot(camille)).text or "")
    assert words("fr", "poison") in ((await shop.brief_of(camille)).text or "")


async def a_clock_that_cannot_be_handled(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """It fails whenever it is handed over: the one beside it rings, and staff look at its case."""
    monkeypatch.setattr(ringing, "RETRY_S", 0.05)
    camille, jack = shop.customer(), shop.customer("Jack")
    await shop.with_staff(camille)
    thread = await shop.with_staff(jack)
    cases = [await shop.case_of(one, "waiting") for one in (camille, jack)]
    whole = promise.ran_out

    def breaks(pen: Any, case: Case, *rest: str) -> None:
        if case.customer_id == camille.id:
            raise ZeroDivisionError
        whole(pen, case, *rest)

    def are_due(records: Records) -> None:
        for case in cases:
            records.timers.set(case.id, REMIND, shop.app.clock.now())

    monkeypatch.setattr(promise, "ran_out", breaks)
    await shop.app.store.write(are_due)
    shop.app.clocks.changed.set()
    await shop.topic_shows(thread, "personne ne le tient")
    await shop.staff_see(f"Cas nº {cases[0].id} : une de ses échéances")
    assert shop.events("clock_failed") == 1
    await shop.until(lambda: shop.app.clocks.at_rest)
    rang = "SELECT count(*) FROM timers WHERE kind = 'remind' AND fired_at IS NOT NULL"
    assert shop.rows(rang) == [(2,)]


async def test_a_clock_that_cannot_be_handled_stops_no_other(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_clock_that_cannot_be_handled(shop, monkeypatch)


@pytest.mark.parametrize(
    ("place", "guard", "by", "red_at"),
    [
        (ringing, "SET_ASIDE_AFTER", 10**9, "une de ses échéances"),
        (ringing.Clocks, "_one_by_one", at_once_again, "personne ne le tient"),
    ],
)
async def test_a_clock_that_is_never_set_aside_stops_the_others(
    place: object,
    guard: str,
    by: object,
    red_at: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The twins."""
    await goes_red(
        a_clock_that_cannot_be_handled, replaced(place, guard, by), tmp_path, monkeypatch, red_at
    )


async def test_an_agents_words_that_cannot_be_processed_are_not_swallowed(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)

    def breaks(*_: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr(StaffSide, "wrote", breaks)
    said = await shop.agent.says("On regarde ça.", chat=shop.staff, thread=thread)
    told = await shop.staff_see("Je n’ai pas pu lire ceci")
    assert (told.thread, told.reply_to) == (thread, said.id)


async def test_hostile_updates_block_nobody(shop: Shop) -> None:
    """Wrong types everywhere, unknown kinds, numbers beyond every database, odd text."""
    camille = shop.customer()
    chat: dict[str, Any] = {"id": camille.id, "type": "private"}
    who = {"id": camille.id, "is_bot": False, "first_name": "C"}
    message: dict[str, Any] = {"message_id": 5, "date": 1, "chat": chat, "from": who}
    odds: tuple[dict[str, Any], ...] = (
        {},
        {"message": None},
        {"message": []},
        {"message": {"chat": {"id": 2**70, "type": "private"}}},
        {"message": message | {"date": "soon", "text": "x"}},
        {"message": message | {"text": {"a": 1}}},
        {"message": message | {"from": {**who, "id": 2**70}, "text": "x"}},
        {"message": message | {"message_id": 2**70, "text": "x"}},
        {"message": message | {"brand_new_kind": {"of": "thing"}}},
        {"callback_query": {"id": 1, "from": who, "message": message, "data": None}},
        {"callback_query": "press"},
        {"message_reaction": {"chat": chat}},
        {"my_chat_member": {"chat": chat, "from": who}},
        {"poll": {"id": "1"}},
        {"not_of_this_world": {"x": [1] * 1000}},
    )
    fed = {shop.sandbox.feed(odd) for odd in odds}
    settled = "SELECT update_id FROM inbox WHERE state <> 'new'"
    await shop.until(lambda: fed <= {row[0] for row in shop.rows(settled)})
    jack = shop.customer("Jack", "en")
    await jack.says("are you open on sunday?")
    await shop.hears(jack, shop.answer_to("store-hours", "en").strip())
    assert shop.receiving is not None and not shop.receiving.done()


# ------------------------------------------------------------------------------- the store


async def an_update_the_store_refused_is_asked_for_again(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    camille = shop.customer()
    whole = Inbox.add
    refused: list[int] = []

    def full(self: Inbox, *given: Any) -> dict[str, int]:
        if len(refused) < 2:
            refused.append(1)
            raise StoreError("database or disk is full")
        return whole(self, *given)

    monkeypatch.setattr("bot.receive.RETRY_S", 0.05)
    monkeypatch.setattr(Inbox, "add", full)
    await camille.says("vous êtes ouvert le dimanche?")
    await shop.hears(camille, shop.answer_to("store-hours", "fr").strip())
    assert len(refused) == 2


async def test_what_could_not_be_stored_was_not_acknowledged(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    await an_update_the_store_refused_is_asked_for_again(shop, monkeypatch)


async def test_a_turn_the_store_refuses_is_tried_until_it_is_stored(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    camille = shop.customer()
    whole = CustomerSide.turn
    refused: list[int] = []

    def full(self: CustomerSide, *given: Any) -> Any:
        if len(refused) < 7:
            refused.append(1)
            raise StoreError("database or disk is full")
        return whole(self, *given)

    monkeypatch.setattr("bot.respond.STORE_RETRY_S", 0.02)
    monkeypatch.setattr(CustomerSide, "turn", full)
    await camille.says("vous êtes ouvert le dimanche?")
    await shop.hears(camille, shop.answer_to("store-hours", "fr").strip())
    assert len(shop.heard(camille)) == 1


async def test_a_hand_over_is_whole_or_not_at_all(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The notice fails to be written: no case waits, no brief is out, and then poison is said."""
    broken = True
    from bot import reply

    whole = reply.notice

    def breaks(*given: Any) -> None:
        if broken:
            raise ZeroDivisionError
        whole(*given)

    monkeypatch.setattr(reply, "notice", breaks)
    camille = shop.customer()
    await camille.says("mon chien a mangé la tente")
    await shop.until(lambda: shop.rows("SELECT 1 FROM inbox WHERE tries >= 1"))
    assert shop.rows("SELECT count(*) FROM cases") == [(0,)]
    await shop.until(lambda: shop.rows("SELECT 1 FROM inbox WHERE tries >= 2"))
    assert not shop.in_topics()
    broken = False
    await shop.brief_of(camille)
    assert "Je passe votre message" in ((await shop.next_from_bot(camille)).text or "")


# --------------------------------------------------------------------------------- the logs


async def test_the_logs_carry_neither_words_nor_names_nor_the_token(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    camille = shop.customer("Xylophone")
    shop.sandbox.faults.add(Fault("sendMessage", camille.id, code=502))
    await camille.says("vous êtes ouvert pangolin?")
    await shop.staff_see("envoi non confirmé")
    shop.sandbox.feed(unreadable(camille, {"pangolin": "pangolin"}))
    shop.reader.breaks = ValueError("cannot read: pangolin")
    await shop.customer("Jack").says("pangolin?")
    thread = await shop.topic_of(camille)
    await camille.blocks()
    await shop.agent.says("pangolin", chat=shop.staff, thread=thread)
    await shop.staff_see("pas envoyé au client")
    assert "refused" in caplog.text and "could not be processed" in caplog.text
    assert "the model failed" in caplog.text and "ValueError" in caplog.text
    for secret in ("pangolin", "Xylophone", shop.sandbox.token, shop.sandbox.token[11:]):
        assert secret not in caplog.text
