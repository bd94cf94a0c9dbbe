"""The edge on the loopback Telegram: files are sent, and what must not stay is deleted."""

from __future__ import annotations

from bot.effects import CreateTopic, DeleteMessages, DeleteTopic, Refusal, SendDocument, SendText

from .test_edge_on_sandbox import Gate, gate

__all__ = ["gate"]


async def test_a_document_arrives_with_its_name_and_caption(gate: Gate) -> None:
    await gate.lea.says("/export")
    (number,) = await gate.done(SendDocument(gate.lea.id, "lea.json", '{"é": 1}', "Vos données"))
    message = gate.sandbox.history(gate.lea)[-1]
    assert message.id == number and message.wire["caption"] == "Vos données"
    document = message.wire["document"]
    assert document["file_name"] == "lea.json"
    file = gate.sandbox.world.files.get(document["file_id"])
    assert file is not None and file.data.decode() == '{"é": 1}'


async def test_a_topic_is_deleted_with_everything_in_it(gate: Gate) -> None:
    (thread,) = await gate.done(CreateTopic(gate.staff.id, "#1 Léa"))
    await gate.done(SendText(gate.staff.id, "le brief", thread_id=thread))
    await gate.done(DeleteTopic(gate.staff.id, thread))
    assert not gate.sandbox.history(gate.staff, thread)
    gone = await gate.refused(DeleteTopic(gate.staff.id, thread))
    assert gone.refusal is Refusal.TOPIC_GONE


async def test_messages_are_deleted_and_those_that_are_gone_are_passed_over(gate: Gate) -> None:
    (one,) = await gate.done(SendText(gate.staff.id, "un"))
    (two,) = await gate.done(SendText(gate.staff.id, "deux"))
    await gate.done(DeleteMessages(gate.staff.id, (one, 999_999)))
    left = [m.id for m in gate.sandbox.history(gate.staff)]
    assert two in left and one not in left
