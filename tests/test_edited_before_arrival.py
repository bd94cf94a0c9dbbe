"""A reply that its author changes before it has left: what goes is what was looked at last."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.effects import Copy, Effect, Outcome, SendText
from bot.errand import OutboxRow
from bot.sandbox import Fault, Message, Person
from bot.store.errands import Outbox
from bot.store.records import Records

from .shop import CLAIM, RESOLVE, SEND_AGAIN, Shop, open_shop
from .test_second_look import DROP, SEND, SHOUTED, asked_about, becomes, writes
from .twins import goes_red, replaced

FIRST, NOTE = "Bonjour, je regarde.", "// ce client ment, ne pas rembourser"
MENDED = "Le remboursement est de 50 $."
NO_RIGHT = "Ce qu’il dit maintenant ne partira pas"


async def kept_waiting(shop: Shop, person: Person, method: str = "sendMessage") -> None:
    """Telegram asks for silence in the person's chat, with the next words."""
    asked = {"retry_after": 600}
    shop.sandbox.faults.add(Fault(method, person.id, code=429, parameters=asked))


async def waits(shop: Shop) -> None:
    question = "SELECT 1 FROM outbox WHERE purpose = 'words' AND state = 'new' AND tries = 1"
    await shop.until(lambda: shop.rows(question))


async def silence_is_over(shop: Shop, person: Person) -> None:
    """Words may go again; until nothing is under way."""
    shop.app.sender._budget.release(person.id)  # type: ignore[attr-defined]
    await shop.app.store.write(lambda records: records.outbox.hasten(person.id))
    shop.app.sender.changed.set()
    await shop.quiet()


def said_by_staff(shop: Shop) -> list[tuple[object, ...]]:
    return shop.rows(
        "SELECT author, text FROM messages WHERE author IN ('agent', 'note') "
        "AND taken_back_at IS NULL ORDER BY id"
    )


async def edited_while_the_bot_was_away(folder: Path) -> None:
    """Telegram would copy what stands there now: a note, that no customer may read."""
    async with open_shop(folder) as shop:
        camille = shop.customer()
        thread = await shop.claimed(camille)
        await shop.quiet()
        await shop.closes()
        said = await writes(shop, thread, FIRST)
        another = await writes(shop, thread, "Je vous reviens demain.")
        await shop.agent.edits(said, NOTE)
        await shop.agent.edits(another, "Je vous reviens lundi.")
        async with open_shop(folder, sandbox=shop.sandbox, settings=shop.settings) as again:
            await again.hears(camille, "Je vous reviens lundi.")
            await again.quiet()
            assert not any("ment" in text for text in again.heard(camille))
            assert said_by_staff(again) == [("note", NOTE), ("agent", "Je vous reviens lundi.")]


async def test_what_was_edited_while_the_bot_was_away_is_heard_as_it_is_now(
    tmp_path: Path,
) -> None:
    await edited_while_the_bot_was_away(tmp_path)


class EditedMeanwhile:
    """The author edits what they wrote while the request that carries it is under way."""

    def __init__(self, shop: Shop, now: str) -> None:
        self._shop, self._now, self.done = shop, now, False

    async def perform(self, effect: Effect) -> Outcome:
        shop = self._shop
        carries = isinstance(effect, Copy | SendText) and effect.chat_id > 0
        if carries and not self.done:
            self.done = True
            mine = [m for m in shop.in_topics() if m.sender_id == shop.agent.id]
            await shop.agent.edits(mine[-1], self._now)
        return await shop.app._edge.perform(effect)


async def what_was_read_is_what_arrives(shop: Shop) -> None:
    """Words, a caption, and a photo that had none: none of them is the note that stands there by
    the time Telegram is asked."""
    camille = shop.customer()
    thread = await shop.claimed(camille)
    for words, photo in ((FIRST, False), ("Comme ceci", True), ("", True)):
        await shop.quiet()
        count = len(shop.from_bot(camille))
        shop.app.sender._telegram = meanwhile = EditedMeanwhile(shop, NOTE)
        if photo:
            await shop.agent.sends_photo(b"tente", words, chat=shop.staff, thread=thread)
        else:
            await writes(shop, thread, words)
        await shop.until(lambda count=count: len(shop.from_bot(camille)) > count)  # type: ignore[misc]
        await shop.quiet()
        assert meanwhile.done
        assert [m.text or "" for m in shop.from_bot(camille)[count:]] == [words]
        assert bool(shop.from_bot(camille)[-1].media) is photo
    assert not any("ment" in text for text in shop.heard(camille))


async def test_what_is_edited_while_it_is_sent_arrives_as_it_was_read(shop: Shop) -> None:
    await what_was_read_is_what_arrives(shop)


async def test_a_reply_mended_before_it_left_goes_so_at_once(shop: Shop) -> None:
    """One message, mended in the record, and no edit of it afterwards."""
    camille, said = await a_reply_that_waits(shop)
    await shop.agent.edits(said, "Bonjour, je regarde ça.")
    await shop.until(lambda: shop.rows("SELECT 1 FROM messages WHERE was IS NOT NULL"))
    await silence_is_over(shop, camille)
    assert shop.heard(camille)[-1] == "Bonjour, je regarde ça." and FIRST not in shop.heard(camille)
    assert not [c for c in shop.sandbox.calls_of("editMessageText") if c.params["chat_id"] > 0]


async def an_album_edited_while_the_bot_was_away(folder: Path) -> None:
    async with open_shop(folder) as shop:
        camille = shop.customer()
        thread = await shop.claimed(camille)
        await shop.quiet()
        await shop.closes()
        album = await shop.agent.sends_album([b"1", b"2"], "les photos", shop.staff, thread=thread)
        await shop.agent.edits(album[0], SHOUTED)
        async with open_shop(folder, sandbox=shop.sandbox, settings=shop.settings) as again:
            question = await asked_about(again, album[0])
            await again.quiet()
            assert not any(m.media for m in again.from_bot(camille))
            await again.agent.presses(question, SEND)
            await again.until(lambda: sum(bool(m.media) for m in again.from_bot(camille)) == 2)


async def test_an_album_edited_while_the_bot_was_away_gets_its_second_look(
    tmp_path: Path,
) -> None:
    await an_album_edited_while_the_bot_was_away(tmp_path)


async def a_reply_that_waits(shop: Shop) -> tuple[Person, Message]:
    """An agent's words, and the customer whose chat does not take them for a while."""
    camille = shop.customer()
    thread = await shop.claimed(camille)
    await shop.quiet()
    await kept_waiting(shop, camille)
    said = await writes(shop, thread, FIRST)
    await waits(shop)
    return camille, said


async def edited_into_a_shout_before_it_left(shop: Shop) -> None:
    camille, said = await a_reply_that_waits(shop)
    await shop.agent.edits(said, SHOUTED)
    question = await asked_about(shop, said)
    await silence_is_over(shop, camille)
    assert not {FIRST, SHOUTED} & set(shop.heard(camille))
    await shop.agent.presses(question, SEND)
    await shop.hears(camille, SHOUTED)
    await shop.quiet()
    assert shop.heard(camille).count(SHOUTED) == 1
    assert said_by_staff(shop) == [("agent", SHOUTED)]
    await shop.agent.edits(said, "Il arrive demain.")  # and its copy is known
    await shop.hears(camille, "Il arrive demain.")


async def test_what_is_edited_before_it_left_gets_its_second_look(shop: Shop) -> None:
    await edited_into_a_shout_before_it_left(shop)


async def test_what_is_edited_before_it_left_and_discarded_is_never_heard(shop: Shop) -> None:
    camille, said = await a_reply_that_waits(shop)
    await shop.agent.edits(said, SHOUTED)
    question = await asked_about(shop, said)
    await shop.agent.presses(question, DROP)
    await becomes(shop, question, "Pas envoyé.")
    await silence_is_over(shop, camille)
    assert not {FIRST, SHOUTED} & set(shop.heard(camille))
    assert (await shop.case_of(camille)).due_at is not None


async def edited_between_the_look_and_the_claim(shop: Shop) -> None:
    """The outbox has read the words as they were; by its claim they are others."""
    camille, said = await a_reply_that_waits(shop)
    look, edits = shop.app.store.read, [MENDED]

    async def then_edited(work: Callable[[Records], Any]) -> Any:
        found = await look(work)
        if edits and FIRST in str(found) and isinstance(found[0], OutboxRow):
            await shop.agent.edits(said, edits.pop())
            payloads = "SELECT 1 FROM outbox WHERE purpose = 'words' AND payload LIKE ?"
            await shop.until(lambda: shop.rows(payloads, f"%{MENDED}%"))
        return found

    shop.app.store.read = then_edited  # type: ignore[method-assign]
    await silence_is_over(shop, camille)
    assert not edits
    assert FIRST not in shop.heard(camille) and shop.heard(camille).count(MENDED) == 1
    assert said_by_staff(shop) == [("agent", MENDED)]


async def test_what_is_edited_between_the_look_and_the_claim_arrives_as_it_is(shop: Shop) -> None:
    await edited_between_the_look_and_the_claim(shop)


async def test_claimed_as_it_was_read_the_edit_would_be_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await goes_red(
        edited_between_the_look_and_the_claim,
        replaced(Outbox, "anew", lambda _, row: row),
        tmp_path,
        monkeypatch,
        "count(MENDED)",
    )


async def edited_into_a_note_before_it_left(shop: Shop) -> None:
    camille, said = await a_reply_that_waits(shop)
    await shop.agent.edits(said, NOTE)
    await shop.recorded("edited_before_it_left")
    await silence_is_over(shop, camille)
    assert not any("ment" in text for text in shop.heard(camille))
    assert said_by_staff(shop) == [("note", NOTE)]


async def test_what_becomes_a_note_before_it_left_stays_inside(shop: Shop) -> None:
    await edited_into_a_note_before_it_left(shop)


async def edited_into_a_command_before_it_left(shop: Shop) -> None:
    """It is carried out no more than any edit, and does not reach the customer unasked."""
    camille, said = await a_reply_that_waits(shop)
    await shop.agent.edits(said, "/resolve")
    await asked_about(shop, said)
    await silence_is_over(shop, camille)
    assert "/resolve" not in shop.heard(camille)
    assert (await shop.case_of(camille)).state == "claimed"


async def test_what_becomes_a_command_before_it_left_is_asked_about(shop: Shop) -> None:
    await edited_into_a_command_before_it_left(shop)


async def test_an_album_edited_before_it_left_is_held_as_a_whole(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    await shop.quiet()
    await kept_waiting(shop, camille, "copyMessages")
    album = await shop.agent.sends_album([b"1", b"2"], "les photos", shop.staff, thread=thread)
    await waits(shop)
    await shop.agent.edits(album[0], SHOUTED)
    question = await asked_about(shop, album[0])
    await silence_is_over(shop, camille)
    assert not any(m.media for m in shop.from_bot(camille))
    await shop.agent.presses(question, SEND)
    await shop.until(lambda: sum(bool(m.media) for m in shop.from_bot(camille)) == 2)


async def test_what_is_edited_before_it_left_in_a_case_that_is_over_is_not_sent(
    shop: Shop,
) -> None:
    camille, said = await a_reply_that_waits(shop)
    await shop.agent.presses(await shop.brief_of(camille), RESOLVE)
    await shop.case_of(camille, "closed")
    await shop.agent.edits(said, SHOUTED)
    told = await shop.staff_see("n’est plus entre les mains")
    await silence_is_over(shop, camille)
    assert told.reply_to == said.id
    assert not {FIRST, SHOUTED} & set(shop.heard(camille))


async def unconfirmed(shop: Shop, camille: Person, thread: int) -> tuple[Message, Message]:
    """An agent's words of which nobody knows whether they arrived, and what staff read of it."""
    fault = Fault("sendMessage", camille.id, cut=True, after_effect=False)
    shop.sandbox.faults.add(fault)
    said = await writes(shop, thread, FIRST)
    return said, await shop.staff_see("envoi non confirmé")


async def a_note_in_the_place_of_what_may_have_arrived(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    said, told = await unconfirmed(shop, camille, thread)
    await shop.agent.edits(said, NOTE)
    answer = await shop.staff_see(NO_RIGHT)
    assert answer.reply_to == said.id
    await shop.agent.presses(told, SEND_AGAIN)
    await shop.until(
        lambda: any("Pas renvoyé" in (q.text or "") for q in shop.sandbox.world.queries.values())
    )
    await shop.quiet()
    assert not any("ment" in text for text in shop.heard(camille))
    assert said_by_staff(shop) == [("agent", FIRST)]


async def test_what_may_have_arrived_and_became_a_note_is_not_sent_again(shop: Shop) -> None:
    await a_note_in_the_place_of_what_may_have_arrived(shop)


async def test_what_may_have_arrived_and_was_mended_is_sent_again_as_it_is(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.with_staff(camille)
    await shop.agent.presses(await shop.brief_of(camille), CLAIM)
    said, told = await unconfirmed(shop, camille, thread)
    await shop.agent.edits(said, "Bonjour, je regarde ça.")
    await shop.until(lambda: shop.rows("SELECT 1 FROM messages WHERE was IS NOT NULL"))
    await shop.agent.presses(told, SEND_AGAIN)
    await shop.hears(camille, "Bonjour, je regarde ça.")
