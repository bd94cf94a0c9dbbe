"""The edge on the loopback Telegram: what people do arrives as nouns, what is done is seen."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from unittest.mock import ANY

import pytest

from bot.budget import Budget
from bot.effects import (
    AnswerPress,
    Button,
    CloseTopic,
    Copy,
    CreateTopic,
    EditButtons,
    EditText,
    Effect,
    NotSent,
    Refusal,
    Refused,
    ReopenTopic,
    SendText,
    Sent,
    Unsure,
)
from bot.errors import TwoInstances
from bot.incoming import (
    Edited,
    Incoming,
    Media,
    Moved,
    Pressed,
    Reachability,
    Reacted,
    Unheard,
    Wrote,
)
from bot.sandbox import Chat, Fault, Person, Sandbox
from bot.telegram.edge import TelegramEdge
from bot.telegram.parse import conversation_key, parse

pytestmark = pytest.mark.filterwarnings("ignore:.*retry_after:DeprecationWarning")


@dataclass
class Gate:
    """The edge to a loopback Telegram, two people and a staff group; no bot stands behind it."""

    sandbox: Sandbox
    edge: TelegramEdge
    lea: Person
    maude: Person
    staff: Chat

    async def arrived(self) -> list[tuple[str, Incoming]]:
        """Everything that waits, with its conversation; confirmed."""
        updates = await self.edge.fetch(None, 0)
        if updates:
            await self.edge.fetch(updates[-1]["update_id"] + 1, 0)
        return [(conversation_key(u, self.staff.id), parse(json.dumps(u))) for u in updates]

    async def done(self, effect: Effect) -> tuple[int, ...]:
        outcome = await self.edge.perform(effect)
        assert isinstance(outcome, Sent), outcome
        return outcome.message_ids

    async def refused(self, effect: Effect) -> Refused:
        outcome = await self.edge.perform(effect)
        assert isinstance(outcome, Refused), outcome
        return outcome


@pytest.fixture
async def gate() -> AsyncIterator[Gate]:
    async with Sandbox() as sandbox:
        lea, maude = sandbox.add_person("Léa", language_code="fr"), sandbox.add_person("Maude")
        staff = sandbox.add_group("Staff", forum=True, members={maude.id: "administrator"})
        edge = TelegramEdge(sandbox.token, base_url=sandbox.base_url, read_timeout=2)
        await edge.start()
        await lea.starts()
        gate = Gate(sandbox, edge, lea, maude, staff)
        await gate.arrived()
        yield gate
        await edge.stop()


async def test_what_a_customer_does_arrives_in_one_conversation_and_in_order(gate: Gate) -> None:
    lea, chat_id = gate.lea, gate.lea.id
    [greeting] = await gate.done(SendText(chat_id, "Bonjour", ((Button("Oui", "y"),),)))
    bonjour = next(m for m in gate.sandbox.history(lea) if m.id == greeting)
    said = await lea.says("où est ma commande?", reply_to=greeting)
    await lea.edits(said, "où est ma commande 12?")
    await lea.sends_album([b"1", b"2"], caption="voyez")
    await lea.sends_sticker("👍")
    await lea.presses(bonjour, "Oui")
    await lea.reacts(bonjour, "👍")
    await lea.reacts(bonjour, None)
    await lea.blocks()
    await lea.unblocks()
    arrived = await gate.arrived()
    assert {key for key, _ in arrived} == {f"c:{chat_id}"}
    nouns = [noun for _, noun in arrived]
    assert [type(noun) for noun in nouns] == [
        *(Wrote, Edited, Wrote, Wrote, Wrote, Pressed, Reacted, Reacted),
        *(Reachability, Reachability),
    ]
    question, edited, first, second, sticker, press, put, taken_back, blocked, unblocked = nouns
    assert isinstance(question, Wrote)
    assert (question.text, question.reply_to) == ("où est ma commande?", greeting)
    assert question.who.language_code == "fr"
    assert isinstance(edited, Edited)
    assert (edited.now.text, edited.now.message_id) == ("où est ma commande 12?", said.id)
    assert isinstance(first, Wrote)
    assert isinstance(second, Wrote)
    assert first.album is not None
    assert (first.album, first.text, second.text) == (second.album, "voyez", "")
    assert isinstance(sticker, Wrote)
    assert isinstance(sticker.media, Media)
    assert (sticker.media.kind, sticker.media.emoji) == ("sticker", "👍")
    assert isinstance(press, Pressed)
    assert (press.data, press.message_id) == ("y", greeting)
    assert isinstance(put, Reacted)
    assert isinstance(taken_back, Reacted)
    assert (put.emoji, taken_back.emoji) == (("👍",), ())
    assert isinstance(blocked, Reachability)
    assert isinstance(unblocked, Reachability)
    assert (blocked.blocked, unblocked.blocked) == (True, False)


async def test_what_staff_do_arrives_by_topic(gate: Gate) -> None:
    [topic] = await gate.done(CreateTopic(gate.staff.id, "Case 1"))
    [card] = await gate.done(
        SendText(gate.staff.id, "<b>Léa</b>", ((Button("Claim", "c"),),), topic, html=True)
    )
    await gate.maude.says("bonjour Léa", gate.staff, thread=topic)
    general = await gate.maude.says("qui prend ça?", gate.staff)
    await gate.maude.says("moi", gate.staff, reply_to=general)
    await gate.maude.says("personne", gate.staff, thread=topic, anonymous=True)
    shown = next(m for m in gate.sandbox.history(gate.staff, topic) if m.id == card)
    assert shown.text == "Léa"
    await gate.maude.presses(shown, "Claim")
    events, *arrived = await gate.arrived()
    assert events == (f"s:{gate.staff.id}:{topic}", Unheard(ANY, "forum_topic_created", ANY))
    in_topic, in_general = f"s:{gate.staff.id}:{topic}", f"s:{gate.staff.id}:0"
    assert [key for key, _ in arrived] == [in_topic, in_general, in_general, in_topic, in_topic]
    words = [noun for _, noun in arrived if isinstance(noun, Wrote)]
    assert [noun.thread_id for noun in words] == [topic, None, None, topic]
    assert [noun.reply_to for noun in words] == [None, None, general.id, None]
    assert [noun.anonymous for noun in words] == [False, False, False, True]
    press = arrived[-1][1]
    assert isinstance(press, Pressed)
    assert (press.who.id, press.thread_id) == (gate.maude.id, topic)
    await gate.done(AnswerPress(press.callback_id, "Yours"))
    await gate.done(EditText(gate.staff.id, card, "Léa: taken"))
    await gate.done(EditText(gate.staff.id, card, "Léa: taken"))
    await gate.done(EditButtons(gate.staff.id, card))
    assert (shown.text, shown.keyboard) == ("Léa: taken", [])


async def test_an_album_is_carried_whole_and_a_reply_outlives_what_it_answers(gate: Gate) -> None:
    [topic] = await gate.done(CreateTopic(gate.staff.id, "Case 1"))
    album = await gate.lea.sends_album([b"1", b"2"])
    said = await gate.lea.says("voilà")
    copies = await gate.done(
        Copy(gate.staff.id, gate.lea.id, tuple(m.id for m in reversed(album)), topic)
    )
    [copy] = await gate.done(Copy(gate.staff.id, gate.lea.id, (said.id,), topic, reply_to=99_999))
    carried = {m.id: m for m in gate.sandbox.history(gate.staff, topic)}
    first, second = (carried[number].wire for number in copies)
    assert first["media_group_id"] == second["media_group_id"]
    assert carried[copy].text == "voilà"


async def test_topics_are_closed_and_reopened_as_often_as_one_likes(gate: Gate) -> None:
    [topic] = await gate.done(CreateTopic(gate.staff.id, "Case 1"))
    for effect in (CloseTopic(gate.staff.id, topic), ReopenTopic(gate.staff.id, topic)):
        await gate.done(effect)
        await gate.done(effect)


async def test_telegrams_refusals_are_understood(gate: Gate) -> None:
    stranger = gate.sandbox.add_person("Stranger")
    assert (await gate.refused(SendText(stranger.id, "hi"))).refusal is Refusal.BLOCKED
    await gate.lea.blocks()
    assert (await gate.refused(SendText(gate.lea.id, "hi"))).refusal is Refusal.BLOCKED
    gone = SendText(gate.staff.id, "hi", thread_id=4242)
    assert (await gate.refused(gone)).refusal is Refusal.TOPIC_GONE
    too_much = SendText(gate.staff.id, "hi", ((Button("x", "y" * 65),),))
    assert (await gate.refused(too_much)).refusal is Refusal.BAD_REQUEST
    gate.sandbox.set_bot(gate.staff, "administrator", rights=())
    lacking = await gate.refused(CreateTopic(gate.staff.id, "Case 2"))
    assert lacking.refusal is Refusal.NO_RIGHTS
    gate.sandbox.set_bot(gate.staff, "kicked")
    assert (await gate.refused(SendText(gate.staff.id, "hi"))).refusal is Refusal.NOT_THERE


async def test_a_group_that_moves_is_heard_and_its_old_address_names_the_new_one(
    gate: Gate,
) -> None:
    group = gate.sandbox.add_group("Old", members={gate.maude.id: "administrator"}, kind="group")
    await gate.arrived()
    old = group.id
    new = gate.sandbox.upgrade_group(group).id
    moves = [noun for _, noun in await gate.arrived() if isinstance(noun, Moved)]
    assert {(move.old_chat_id, move.new_chat_id) for move in moves} == {(old, new)}
    moved = await gate.refused(SendText(old, "hi"))
    assert (moved.refusal, moved.new_chat_id) == (Refusal.MOVED, new)


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault(code=429, parameters={"retry_after": 3}), NotSent),
        (Fault(code=500), Unsure),
        (Fault(cut=True), Unsure),
        (Fault(cut=True, after_effect=True), Unsure),
    ],
)
async def test_faults_are_told_apart(gate: Gate, fault: Fault, kind: type) -> None:
    gate.sandbox.faults.add(fault)
    assert isinstance(await gate.edge.perform(SendText(gate.lea.id, "hi")), kind)
    assert len(gate.sandbox.calls_of("sendMessage", done=False)) == 1


async def test_of_two_that_fetch_one_is_told(gate: Gate) -> None:
    other = TelegramEdge(gate.sandbox.token, base_url=gate.sandbox.base_url)
    await other.start()
    first = asyncio.create_task(gate.edge.fetch(None, 5))
    await asyncio.sleep(0.1)
    second = asyncio.create_task(other.fetch(None, 1))
    results = await asyncio.gather(first, second, return_exceptions=True)
    await other.stop()
    assert sum(isinstance(result, TwoInstances) for result in results) == 1


async def test_a_webhook_left_over_is_named(gate: Gate) -> None:
    await gate.edge.set_webhook("http://127.0.0.1:9/hook", "s3cret")
    with pytest.raises(TwoInstances, match="webhook"):
        await gate.edge.fetch(None, 0)
    await gate.edge.delete_webhook()
    assert await gate.edge.fetch(None, 0) == []


async def test_the_staff_group_is_checked(gate: Gate) -> None:
    assert await gate.edge.staff_rights(gate.staff.id) == []
    gate.sandbox.set_bot(gate.staff, "administrator", rights=())
    lacking = await gate.edge.staff_rights(gate.staff.id)
    assert "Manage topics" in lacking[0].what
    gate.sandbox.set_bot(gate.staff, "member")
    [problem] = await gate.edge.staff_rights(gate.staff.id)
    assert "not an administrator" in problem.what
    plain = gate.sandbox.add_group("Plain", members={gate.maude.id: "creator"})
    [problem] = await gate.edge.staff_rights(plain.id)
    assert "no topics" in problem.what
    [problem] = await gate.edge.staff_rights(-100424242)
    assert "not in this group" in problem.what


async def test_a_further_group_of_staff_needs_no_more_than_to_be_written_to(gate: Gate) -> None:
    plain = gate.sandbox.add_group("Plain", members={gate.maude.id: "creator"})
    for status, missing in (("member", []), ("restricted", ["may not write"])):
        gate.sandbox.set_bot(plain, status, rights=())
        problems = await gate.edge.staff_rights(plain.id, further=True)
        assert [words in problem.what for problem in problems for words in missing] == [
            True for _ in missing
        ]
        assert len(problems) == len(missing)


async def test_what_keeps_somebody_of_staff_from_acting_is_named(gate: Gate) -> None:
    assert await gate.edge.problems_of(gate.staff.id, gate.maude.id) == []
    gate.staff.members[gate.maude.id] = replace(
        gate.staff.members[gate.maude.id], status="administrator", is_anonymous=True
    )
    [problem] = await gate.edge.problems_of(gate.staff.id, gate.maude.id)
    assert "anonymous" in problem.what and problem.mend
    [problem] = await gate.edge.problems_of(gate.staff.id, 424242)
    assert "not a member" in problem.what


async def test_members_have_names(gate: Gate) -> None:
    maude = await gate.edge.member(gate.staff.id, gate.maude.id)
    assert maude is not None and (maude.id, maude.name) == (gate.maude.id, "Maude")
    assert await gate.edge.member(gate.staff.id, gate.lea.id) is None


async def test_who_keeps_the_budget_is_never_told_to_slow_down() -> None:
    """Telegram's limits switched on, a crowd waiting: no 429, in virtual time."""
    now = [1_800_000_000.0]
    async with Sandbox(clock=lambda: now[0]) as sandbox:
        people = [sandbox.add_person(f"P{number}") for number in range(20)]
        staff = sandbox.add_group("Staff", forum=True)
        for person in people:
            await person.starts()
        edge = TelegramEdge(sandbox.token, base_url=sandbox.base_url)
        await edge.start()
        sandbox.limits.enabled = True
        budget = Budget()
        crowd: list[Effect] = [SendText(person.id, "hi") for person in people for _ in range(5)]
        briefs: list[Effect] = [CreateTopic(staff.id, "case"), SendText(staff.id, "brief")] * 15
        for effect in [*crowd, *briefs]:
            while (wait := budget.wait(effect, now[0])) > 0:
                now[0] += wait
            budget.spend(effect, now[0])
            assert isinstance(await edge.perform(effect), Sent)
        await edge.stop()
