"""What an agent took back: with its album, owed again, and no example for others."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.desk.second_look import SecondLook
from bot.sandbox import Fault, Message
from bot.store.errands import Outbox
from bot.store.transcript import Transcript
from bot.telegram import outcome

from .shop import CLAIM, RESOLVE, Shop
from .test_drafts import SEND, TENT, asks_for_a_person
from .test_second_look import SHOUTED, asked_about, becomes
from .twins import goes_red, replaced


@pytest.fixture(autouse=True)
def albums_are_soon_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """People send their photos at once here."""
    monkeypatch.setattr("bot.burst.ALBUM_S", 0.3)


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
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await goes_red(
        a_wrong_reply_is_owed_again,
        replaced(Transcript, "was_replied_to", lambda *_: True),
        tmp_path,
        monkeypatch,
    )


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
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await goes_red(
        an_album_goes_as_a_whole, replaced(Outbox, "album_of", lambda *_: []), tmp_path, monkeypatch
    )


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
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await goes_red(
        words_taken_back_are_no_draft,
        replaced(Transcript, "take_back", lambda *_: None),
        tmp_path,
        monkeypatch,
    )


async def what_may_have_arrived(shop: Shop) -> None:
    """Nobody knows: saying that there is nothing to take back would be untrue."""
    camille = shop.customer()
    thread = await shop.claimed(camille)
    shop.sandbox.faults.add(Fault("sendMessage", camille.id, cut=True, after_effect=True))
    said = await shop.agent.says("Mot de passe: 1234", chat=shop.staff, thread=thread)
    await shop.staff_see("envoi non confirmé")
    unsend = await takes_back(shop, thread, said)
    told = await shop.staff_see("Le client l’a peut-être")
    assert told.reply_to == unsend.id and "1234" in shop.heard(camille)[-1]


async def test_what_may_have_arrived_is_not_called_gone(shop: Shop) -> None:
    await what_may_have_arrived(shop)


async def test_what_may_have_arrived_taken_for_never_sent_is_an_untruth(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await goes_red(
        what_may_have_arrived,
        replaced(Outbox, "is_unsure_of", lambda *_: False),
        tmp_path,
        monkeypatch,
    )


async def deleted_and_the_answer_is_lost(shop: Shop) -> None:
    """Asked again, Telegram does not find the message: the words are gone, and owed anew."""
    camille = shop.customer()
    thread = await shop.claimed(camille)
    said = await shop.agent.says("Mot de passe: 1234", chat=shop.staff, thread=thread)
    await shop.case_where(camille, lambda case: case.due_at is None)
    shop.sandbox.faults.add(Fault("deleteMessage", camille.id, cut=True, after_effect=True))
    unsend = await takes_back(shop, thread, said)
    await shop.until(lambda: unsend.reactions.get(shop.sandbox.bot.id) == ["👌"])
    await shop.case_where(camille, lambda case: case.due_at is not None)
    assert not any("1234" in text for text in shop.heard(camille))
    assert not any("Pas retiré" in (m.text or "") for m in shop.topic(thread))


async def test_what_was_deleted_with_the_answer_lost_counts_as_taken_back(shop: Shop) -> None:
    await deleted_and_the_answer_is_lost(shop)


async def test_what_is_gone_already_taken_for_a_refusal_is_an_untruth(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await goes_red(
        deleted_and_the_answer_is_lost, replaced(outcome, "ALREADY", ()), tmp_path, monkeypatch
    )


async def an_album_that_arrived_in_part(shop: Shop) -> None:
    """One of its photos was deleted in the topic before it could be copied."""
    camille = shop.customer()
    thread = await shop.claimed(camille)
    with shop.silent(camille):
        album = await shop.agent.sends_album([b"1", b"2", b"3"], chat=shop.staff, thread=thread)
        await shop.until(lambda: shop.rows("SELECT 1 FROM outbox WHERE purpose = 'words'"))
        await shop.agent.deletes(album[1])
    await shop.staff_see("éléments arrivés, 2 sur 3")
    assert sum(bool(m.media) for m in shop.from_bot(camille)) == 2
    await takes_back(shop, thread, album[0])
    await shop.until(lambda: not any(m.media for m in shop.from_bot(camille)))


async def test_what_arrived_of_an_album_is_taken_back(shop: Shop) -> None:
    await an_album_that_arrived_in_part(shop)


async def test_an_album_in_part_taken_for_none_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await goes_red(
        an_album_that_arrived_in_part,
        replaced(Outbox, "arrived_as", lambda *_: []),
        tmp_path,
        monkeypatch,
    )


async def words_behind_a_held_reply(shop: Shop) -> None:
    """They wait for their turn, and will not have it."""
    camille = shop.customer()
    thread = await shop.claimed(camille)
    question = await asked_about(
        shop, await shop.agent.says(SHOUTED, chat=shop.staff, thread=thread)
    )
    second = await shop.agent.says("Mot de passe: 1234", chat=shop.staff, thread=thread)
    await shop.until(lambda: second.reactions)
    await takes_back(shop, thread, second)
    await shop.until(
        lambda: any(
            m.reply_to == second.id and "Pas envoyé" in (m.text or "") for m in shop.topic(thread)
        )
    )
    await shop.agent.presses(question, "📤 Envoyer tel quel")
    await shop.hears(camille, SHOUTED)
    await shop.quiet()
    assert not any("1234" in text for text in shop.heard(camille))


async def test_words_that_wait_behind_a_held_reply_are_taken_back(shop: Shop) -> None:
    await words_behind_a_held_reply(shop)


async def test_words_that_wait_taken_for_nobodys_go_out_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await goes_red(
        words_behind_a_held_reply,
        replaced(SecondLook, "taken_back", lambda *_: False),
        tmp_path,
        monkeypatch,
    )


async def test_a_held_reply_is_taken_back_by_the_command_too(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    said = await shop.agent.says(SHOUTED, chat=shop.staff, thread=thread)
    question = await asked_about(shop, said)
    await takes_back(shop, thread, said)
    await becomes(shop, question, "Pas envoyé.")
    await shop.quiet()
    assert not question.buttons and SHOUTED not in shop.heard(camille)


async def a_draft_sent_by_one_touch(shop: Shop) -> None:
    """It has no message of its own: its 👌 is on the brief, and so is the answer to it."""
    camille, brief = await asks_for_a_person(shop)
    await shop.agent.presses(brief, SEND)
    answer = shop.answer_to("store-hours", "fr").strip()
    await shop.hears(camille, answer)
    await shop.until(lambda: "👌" in str(brief.reactions))
    unsend = await takes_back(shop, await shop.topic_of(camille), brief)
    await shop.until(lambda: not any(answer in text for text in shop.heard(camille)))
    await shop.until(lambda: unsend.reactions.get(shop.sandbox.bot.id) == ["👌"])


async def test_a_draft_sent_by_one_touch_is_taken_back(shop: Shop) -> None:
    await a_draft_sent_by_one_touch(shop)


async def test_a_draft_that_nobody_finds_stays_with_the_customer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await goes_red(
        a_draft_sent_by_one_touch,
        replaced(Transcript, "last_pressed", lambda *_: None),
        tmp_path,
        monkeypatch,
    )


async def test_a_canned_reply_sent_by_its_button_is_taken_back_where_it_is_shown(
    shop: Shop,
) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    await shop.agent.says("/r", chat=shop.staff, thread=thread)
    await shop.agent.presses(await shop.staff_see("Quelle réponse?"), "merci")
    shown = await shop.staff_see("➡ Merci de votre patience")
    await shop.hears(camille, "Merci de votre patience")
    await shop.quiet()
    await takes_back(shop, thread, shown)
    await shop.until(lambda: not any("de votre patience" in text for text in shop.heard(camille)))
