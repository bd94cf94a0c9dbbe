"""What is written down of a case: every event in order, and whether staff can see it now."""

from __future__ import annotations

import pytest

from bot.effects import SendText
from bot.errand import Errand, Purpose
from bot.sandbox import Fault
from bot.store import transcript
from bot.store.records import Records

from .shop import CLAIM, RESOLVE, SEND_AGAIN, Shop

BAD = "👎"
CANNED = "Merci de votre patience"


async def the_record_holds_every_event(shop: Shop) -> None:
    """From the hand-over to the reopening: what happened, who did it, and in which order."""
    camille = shop.customer()
    await shop.with_staff(camille)
    await shop.agent.presses(await shop.brief_of(camille), CLAIM)
    await shop.case_of(camille, "claimed")
    await shop.answers(camille, "Apportez-la-nous.")
    await shop.quiet()
    await shop.agent.presses(await shop.brief_of(camille), RESOLVE)
    await camille.presses(await shop.hears(camille, "Comment ça s’est passé?"), BAD)
    await shop.until(lambda: shop.rows("SELECT 1 FROM ratings"))
    await camille.says("rien n'est réglé")
    case = await shop.case_of(camille, "claimed")
    await shop.quiet()
    theirs, ours = camille.id, shop.agent.id
    found = shop.rows(
        "SELECT kind, actor_id, detail FROM events WHERE case_id = ? AND kind <> 'seen' "
        "ORDER BY id",
        case.id,
    )
    assert found == [
        ("moved", theirs, "new > with_bot"),
        ("moved", theirs, "with_bot > waiting"),
        ("claim", ours, None),
        ("moved", ours, "waiting > claimed"),
        ("replied", ours, None),
        ("resolve", ours, None),
        ("moved", ours, "claimed > closed"),
        ("rated", theirs, "bad"),
        ("commented", theirs, None),
        ("reopened", theirs, None),
        ("moved", theirs, "closed > claimed"),
    ]


async def test_the_record_of_a_case_holds_every_event_in_order(shop: Shop) -> None:
    await the_record_holds_every_event(shop)


async def a_canned_reply_sent_again(shop: Shop) -> None:
    """It went out unconfirmed, a person sends it again: they have had their reply."""
    camille = shop.customer()
    thread = await shop.with_staff(camille)
    await shop.quiet()
    shop.sandbox.faults.add(Fault("sendMessage", camille.id, code=502))
    await shop.agent.says("/r merci", chat=shop.staff, thread=thread)
    told = await shop.staff_see("envoi non confirmé")
    assert (await shop.case_of(camille)).due_at is not None
    await shop.agent.presses(told, SEND_AGAIN)
    await shop.hears(camille, CANNED)
    await shop.case_where(camille, lambda case: case.due_at is None)


async def test_a_canned_reply_that_is_sent_again_keeps_the_promise(shop: Shop) -> None:
    await a_canned_reply_sent_again(shop)


async def a_case_without_its_topic_is_unseen(shop: Shop) -> None:
    """An angry case whose topic was deleted counts as shown to nobody until its brief is back."""

    async def unseen_since() -> float | None:
        return await shop.app.store.read(lambda records: records.listings.unseen_since())

    camille = shop.customer()
    thread = await shop.with_staff(camille, "grr vous êtes jamais ouvert")
    await shop.quiet()
    assert (await shop.case_of(camille)).seen_at is not None and await unseen_since() is None
    held = Fault("createForumTopic", code=429, parameters={"retry_after": 1}, times=None)
    shop.sandbox.faults.add(held)
    shop.sandbox.world.delete_topic(shop.staff, shop.staff.topics[thread])
    await camille.says("alors?")
    lost = await shop.case_where(camille, lambda case: case.thread_id is None)
    assert lost.seen_at is None and await unseen_since() == lost.waiting_since
    shop.sandbox.faults.remove(held)
    back = await shop.case_where(camille, lambda case: case.card_id is not None)
    assert back.seen_at is not None and await unseen_since() is None


async def test_a_case_whose_topic_was_lost_is_unseen_until_its_brief_is_back(shop: Shop) -> None:
    await a_case_without_its_topic_is_unseen(shop)


async def a_question_that_has_the_number_of_a_line(shop: Shop) -> None:
    """A question to an agent that is not asked any more has the number of what the bot said."""
    camille = shop.customer()
    await camille.says("vous êtes ouvert le dimanche?")
    case = await shop.case_of(camille, "with_customer")
    await shop.quiet()

    def asks_no_more(records: Records) -> list[str]:
        [(line,)] = shop.rows("SELECT id FROM messages WHERE author = 'bot'")
        asked = Errand(SendText(shop.staff.id, "?"), Purpose.QUESTION, case.id, int(str(line)))
        records.outbox.settle(records.outbox.add(asked, 0.0), "withdrawn", 0.0)
        return [one.author for one in records.transcript.last(case.id)]

    assert await shop.app.store.write(asks_no_more) == ["customer", "bot"]


async def test_a_question_not_asked_any_more_hides_no_line_of_the_bot(shop: Shop) -> None:
    await a_question_that_has_the_number_of_a_line(shop)


async def test_a_question_taken_for_the_carrier_of_a_line_hides_it(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    wide = transcript.CARRIES.partition(" AND o.purpose")[0]
    monkeypatch.setattr(transcript, "CARRIES", wide)
    with pytest.raises(AssertionError):
        await a_question_that_has_the_number_of_a_line(shop)
