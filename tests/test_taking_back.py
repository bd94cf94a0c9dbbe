"""What an agent took back: with its album, owed again, and no example for others."""

from __future__ import annotations

import pytest

from bot.sandbox import Message
from bot.store.errands import Outbox
from bot.store.transcript import Transcript

from .shop import CLAIM, RESOLVE, Shop
from .test_drafts import TENT
from .test_sabotage import RED


async def takes_back(shop: Shop, thread: int, said: Message) -> Message:
    return await shop.agent.says("/unsend", chat=shop.staff, thread=thread, reply_to=said)


async def a_wrong_reply_is_owed_again(shop: Shop) -> None:
    """An agent wrote in the wrong topic: nobody has answered this customer."""
    camille = shop.customer()
    thread = await shop.claimed(camille)
    said = await shop.agent.says("Mot de passe: 1234", chat=shop.staff, thread=thread)
    await shop.case_where(camille, lambda case: case.due_at is None)
    await takes_back(shop, thread, said)
    await shop.case_where(camille, lambda case: case.due_at is not None)
    brief = await shop.brief_of(camille)
    await shop.until(lambda: "rien n’est dû" not in (brief.text or ""))


async def test_who_was_answered_by_mistake_is_owed_a_reply_again(shop: Shop) -> None:
    await a_wrong_reply_is_owed_again(shop)


async def test_what_was_taken_back_taken_for_a_reply_leaves_them_without(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Transcript, "was_replied_to", lambda *_: True)
    shop.patience = 4.0
    with pytest.raises(RED):
        await a_wrong_reply_is_owed_again(shop)


async def test_who_has_another_reply_is_owed_nothing(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    await shop.answers(camille, "Incluse, oui!")
    said = await shop.agent.says("Mot de passe: 1234", chat=shop.staff, thread=thread)
    await shop.hears(camille, "1234")
    await shop.quiet()
    await takes_back(shop, thread, said)
    await shop.until(lambda: not any("1234" in text for text in shop.heard(camille)))
    await shop.quiet()
    assert (await shop.case_of(camille)).due_at is None


async def an_album_goes_as_a_whole(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    album = await shop.agent.sends_album([b"1", b"2", b"3"], chat=shop.staff, thread=thread)
    await shop.until(lambda: sum(bool(m.media) for m in shop.from_bot(camille)) == 3)
    await shop.quiet()
    unsend = await takes_back(shop, thread, album[1])
    await shop.until(lambda: not any(m.media for m in shop.from_bot(camille)))
    await shop.until(lambda: unsend.reactions.get(shop.sandbox.bot.id) == ["👌"])
    gone = shop.rows("SELECT count(*) FROM messages WHERE taken_back_at IS NOT NULL")
    assert gone == [(3,)]


async def test_an_album_is_taken_back_as_a_whole(shop: Shop) -> None:
    await an_album_goes_as_a_whole(shop)


async def test_an_album_taken_for_single_photos_stays(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Outbox, "album_of", lambda *_: [])
    shop.patience = 4.0
    with pytest.raises(RED):
        await an_album_goes_as_a_whole(shop)


async def words_taken_back_are_no_draft(shop: Shop) -> None:
    """They were meant for somebody else; the next customer who asks that has the other answer."""
    jeanne = shop.customer("Jeanne")
    thread = await shop.with_staff(jeanne, "la couture de ma tente a lâché")
    await shop.agent.presses(await shop.brief_of(jeanne), CLAIM)
    secret = "Le code de la porte de votre chalet est le 4512, et la clé est sous le pot de fleurs."
    said = await shop.agent.says(secret, chat=shop.staff, thread=thread)
    await shop.hears(jeanne, "4512")
    await shop.quiet()
    await takes_back(shop, thread, said)
    await shop.recorded("taken_back")
    await shop.answers(jeanne, TENT)
    await shop.agent.presses(await shop.brief_of(jeanne), RESOLVE)
    await shop.case_of(jeanne, "closed")
    camille = shop.customer()
    await camille.says("le toit de ma tente a une couture qui lâche")
    brief = await shop.brief_of(camille)
    assert TENT in (brief.text or "") and "4512" not in (brief.text or "")


async def test_words_taken_back_are_proposed_to_nobody(shop: Shop) -> None:
    await words_taken_back_are_no_draft(shop)


async def test_words_whose_taking_back_is_not_marked_are_proposed(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Transcript, "take_back", lambda *_: None)
    shop.patience = 6.0
    with pytest.raises((AssertionError, TimeoutError)):
        await words_taken_back_are_no_draft(shop)
