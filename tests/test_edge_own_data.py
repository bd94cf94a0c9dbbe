"""The edge on the loopback Telegram: files are sent, and what must not stay is deleted."""

from __future__ import annotations

from bot.effects import CreateTopic, DeleteMessages, DeleteTopic, Refusal, SendDocument, SendText

from .test_edge_on_sandbox import Shop, shop

__all__ = ["shop"]


async def test_a_document_arrives_with_its_name_and_caption(shop: Shop) -> None:
    await shop.lea.says("/export")
    (number,) = await shop.done(SendDocument(shop.lea.id, "lea.json", '{"é": 1}', "Vos données"))
    message = shop.sandbox.history(shop.lea)[-1]
    assert message.id == number and message.wire["caption"] == "Vos données"
    document = message.wire["document"]
    assert document["file_name"] == "lea.json"
    file = shop.sandbox.world.files.get(document["file_id"])
    assert file is not None and file.data.decode() == '{"é": 1}'


async def test_a_topic_is_deleted_with_everything_in_it(shop: Shop) -> None:
    (thread,) = await shop.done(CreateTopic(shop.staff.id, "#1 Léa"))
    await shop.done(SendText(shop.staff.id, "le brief", thread_id=thread))
    await shop.done(DeleteTopic(shop.staff.id, thread))
    assert not shop.sandbox.history(shop.staff, thread)
    gone = await shop.refused(DeleteTopic(shop.staff.id, thread))
    assert gone.refusal is Refusal.TOPIC_GONE


async def test_messages_are_deleted_and_those_that_are_gone_are_passed_over(shop: Shop) -> None:
    (one,) = await shop.done(SendText(shop.staff.id, "un"))
    (two,) = await shop.done(SendText(shop.staff.id, "deux"))
    await shop.done(DeleteMessages(shop.staff.id, (one, 999_999)))
    left = [m.id for m in shop.sandbox.history(shop.staff)]
    assert two in left and one not in left
