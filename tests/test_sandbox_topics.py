"""Forum topics of the loopback Telegram: open, rename, close, delete, and the traps of General."""

from __future__ import annotations

import pytest
from telegram import ReplyParameters
from telegram.error import BadRequest

from bot.sandbox import CannotDo

from .loopback import Town, open_town, refused, strays


async def test_a_topic_is_opened_by_a_notice_whose_id_is_its_own(town: Town) -> None:
    topic = await town.bot.create_forum_topic(town.staff.id, "Case 7 · Alice", icon_color=9367192)
    (update,) = await town.updates()
    assert update.message and update.message.forum_topic_created
    assert update.message.message_id == topic.message_thread_id
    assert update.message.forum_topic_created.name == topic.name == "Case 7 · Alice"
    assert strays([topic, update]) == []


async def test_what_is_said_in_a_topic_says_so_both_ways(town: Town) -> None:
    thread = await town.topic()
    brief = await town.bot.send_message(town.staff.id, "brief", message_thread_id=thread)
    await town.bob.says("on it", town.staff, thread=thread)
    update = (await town.updates())[-1].message
    for message in (brief, update):
        assert message and message.is_topic_message and message.message_thread_id == thread
        # Telegram lets every word in a topic "reply" to the notice that opened it.
        assert message.reply_to_message and message.reply_to_message.forum_topic_created
    assert [m.text for m in town.sandbox.history(town.staff, thread)] == [None, "brief", "on it"]


async def test_a_reply_to_a_word_in_a_topic_stays_in_the_topic(town: Town) -> None:
    thread = await town.topic()
    word = await town.bob.says("word", town.staff, thread=thread)
    answer = await town.bot.send_message(
        town.staff.id, "x", reply_parameters=ReplyParameters(word.id)
    )
    assert answer.message_thread_id == thread and answer.is_topic_message
    elsewhere = await town.topic("Other")
    async with refused("Message to be replied not found", kind=BadRequest):
        await town.bot.send_message(
            town.staff.id,
            "x",
            message_thread_id=elsewhere,
            reply_parameters=ReplyParameters(word.id),
        )


async def test_a_reply_in_general_carries_a_thread_id_that_is_no_topic(town: Town) -> None:
    first = await town.bob.says("in General", town.staff)
    await town.bob.says("a reply", town.staff, reply_to=first)
    plain, reply = [u.message for u in await town.updates()]
    assert plain and plain.message_thread_id is None
    assert reply and reply.message_thread_id == first.id and not reply.is_topic_message
    for thread in (first.id, 1):
        async with refused("Message thread not found", kind=BadRequest):
            await town.bot.send_message(town.staff.id, "x", message_thread_id=thread)
    await town.bot.send_message(town.staff.id, "General takes no id")


async def test_without_topics_a_thread_is_that_of_a_message(town: Town) -> None:
    plain = town.sandbox.add_group("Plain", members={town.bob.id: "member"})
    root = await town.bob.says("root", plain)
    assert await town.bot.send_message(plain.id, "x", message_thread_id=root.id)
    for chat_id, thread in ((plain.id, 9999), (town.alice.id, 1)):
        async with refused("Message thread not found", kind=BadRequest):
            await town.bot.send_message(chat_id, "x", message_thread_id=thread)


async def test_a_deleted_topic_takes_its_messages_along_and_takes_no_more(town: Town) -> None:
    thread = await town.topic()
    await town.bot.send_message(town.staff.id, "x", message_thread_id=thread)
    assert await town.bot.delete_forum_topic(town.staff.id, thread)
    assert town.sandbox.history(town.staff, thread) == []
    said = await town.alice.says("x")
    async with refused("Message thread not found", kind=BadRequest):
        await town.bot.send_message(town.staff.id, "x", message_thread_id=thread)
    async with refused("Message thread not found", kind=BadRequest):
        await town.bot.copy_message(town.staff.id, town.alice.id, said.id, message_thread_id=thread)
    for call in (
        town.bot.close_forum_topic,
        town.bot.reopen_forum_topic,
        town.bot.delete_forum_topic,
    ):
        async with refused("Topic_deleted", kind=BadRequest):
            await call(town.staff.id, thread)
    async with refused("Topic_id_invalid", kind=BadRequest):
        await town.bot.close_forum_topic(town.staff.id, 9999)


async def test_closing_twice_is_refused_and_each_change_leaves_a_notice(town: Town) -> None:
    thread = await town.topic()
    await town.updates()
    await town.bot.close_forum_topic(town.staff.id, thread)
    async with refused("Topic_not_modified", kind=BadRequest):
        await town.bot.close_forum_topic(town.staff.id, thread)
    await town.bot.reopen_forum_topic(town.staff.id, thread)
    async with refused("Topic_not_modified", kind=BadRequest):
        await town.bot.reopen_forum_topic(town.staff.id, thread)
    await town.bot.edit_forum_topic(town.staff.id, thread, name="Solved")
    async with refused("Topic_not_modified", kind=BadRequest):
        await town.bot.edit_forum_topic(town.staff.id, thread, name="Solved")
    closed, opened, renamed = [u.message for u in await town.updates()]
    assert closed and closed.forum_topic_closed and opened and opened.forum_topic_reopened
    assert renamed and renamed.forum_topic_edited and renamed.forum_topic_edited.name == "Solved"
    assert strays([closed, opened, renamed]) == []
    assert town.staff.topics[thread].name == "Solved"


async def test_a_closed_topic_is_open_to_administrators_of_topics_only(town: Town) -> None:
    await town.carol.joins(town.staff)
    thread = await town.topic()
    await town.bot.close_forum_topic(town.staff.id, thread)
    await town.bot.send_message(town.staff.id, "still heard", message_thread_id=thread)
    await town.bob.says("still heard", town.staff, thread=thread)
    with pytest.raises(CannotDo, match="closed"):
        await town.carol.says("x", town.staff, thread=thread)
    town.sandbox.set_bot(town.staff, "administrator", ["can_delete_messages"])
    async with refused("Topic_closed", kind=BadRequest):
        await town.bot.send_message(town.staff.id, "x", message_thread_id=thread)


async def test_topics_need_a_right_and_a_forum(town: Town) -> None:
    theirs = town.sandbox.world.open_topic(town.staff, town.bob.user, "Bob's", None, None)
    town.sandbox.set_bot(town.staff, "administrator", ["can_delete_messages"])
    async with refused("Not enough rights to create a topic", kind=BadRequest):
        await town.topic()
    async with refused("Not enough rights to edit the topic", kind=BadRequest):
        await town.bot.close_forum_topic(town.staff.id, theirs.id)
    async with refused("Not enough rights to delete the topic", kind=BadRequest):
        await town.bot.delete_forum_topic(town.staff.id, theirs.id)
    plain = town.sandbox.add_group("Plain")
    async with refused("the chat is not a forum", kind=BadRequest):
        await town.bot.create_forum_topic(plain.id, "x")


async def test_a_topic_name_is_neither_empty_nor_long(town: Town) -> None:
    async with refused("title must be non-empty", kind=BadRequest):
        await town.bot.create_forum_topic(town.staff.id, "  ")
    topic = await town.bot.create_forum_topic(town.staff.id, "n" * 200)
    assert topic.name == "n" * 128


async def test_general_can_be_closed_too(town: Town) -> None:
    await town.bot.close_general_forum_topic(town.staff.id)
    async with refused("Topic_not_modified", kind=BadRequest):
        await town.bot.close_general_forum_topic(town.staff.id)
    town.sandbox.set_bot(town.staff, "administrator", [])
    async with refused("Topic_closed", kind=BadRequest):
        await town.bot.send_message(town.staff.id, "x")


async def test_an_upgraded_forum_keeps_its_topics_under_the_new_id(town: Town) -> None:
    thread = await town.topic()
    new = town.sandbox.upgrade_group(town.staff)
    async with refused("New chat id", str(new.id)):
        await town.bot.send_message(town.staff.id, "x", message_thread_id=thread)
    assert await town.bot.send_message(new.id, "x", message_thread_id=thread)
    await town.bob.says("here", town.staff, thread=thread)  # the app follows by itself
    assert town.sandbox.history(new, thread)[-1].text == "here"


async def test_a_bot_that_is_no_administrator_hears_only_what_is_meant_for_it(town: Town) -> None:
    asked = await town.bot.send_message(town.staff.id, "Who is there?")
    town.sandbox.set_bot(town.staff, "member", ())
    await town.updates()
    await town.bob.says("talk among ourselves", town.staff)
    await town.bob.says("/claim", town.staff)
    own = next(m for m in town.sandbox.history(town.staff) if m.id == asked.message_id)
    await town.bob.says("me", town.staff, reply_to=own)
    heard = [update.message.text for update in await town.updates() if update.message]
    assert heard == ["/claim", "me"]
    async with open_town(privacy=False) as open_ears:
        open_ears.sandbox.set_bot(open_ears.staff, "member", ())
        await open_ears.updates()
        await open_ears.bob.says("talk among ourselves", open_ears.staff)
        assert [u.message and u.message.text for u in await open_ears.updates()] == [
            "talk among ourselves"
        ]
