"""What people do on the loopback Telegram reaches the bot as Telegram would tell it."""

from __future__ import annotations

import pytest
from telegram import (
    BotCommand,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    MessageEntity,
    MessageOriginChannel,
    ReactionTypeEmoji,
)
from telegram.error import BadRequest

from bot.sandbox import CannotDo
from bot.sandbox.wire import utf16_length

from .loopback import PNG, Town, refused, strays

ALL = [
    "message",
    "edited_message",
    "callback_query",
    "my_chat_member",
    "chat_member",
    "message_reaction",
]
CHOICE = InlineKeyboardMarkup(
    [
        [
            InlineKeyboardButton("Yes", callback_data="y"),
            InlineKeyboardButton("No", callback_data="n"),
        ],
        [InlineKeyboardButton("Site", url="https://example.com")],
    ]
)


# ── words ─────────────────────────────────────────────────────────────────────────────────────


async def test_nobody_gets_the_number_of_somebody_who_is_there(town: Town) -> None:
    """Two people with one number would be one: a customer could act as staff."""
    taken = town.sandbox.add_person("Noémie").id + 1
    town.sandbox.add_person("Olivier", id=taken)
    assert town.sandbox.add_person("Camille").id == taken + 1


async def test_a_deep_link_carries_its_payload_in_start(town: Town) -> None:
    await town.carol.starts("order_1042")
    (update,) = await town.updates()
    message = update.message
    assert message and message.text == "/start order_1042"
    assert message.entities[0].type == MessageEntity.BOT_COMMAND
    assert message.from_user and message.from_user.language_code is None
    assert strays(update) == []


@pytest.mark.parametrize("business", [False, True])
async def test_a_long_text_goes_as_several_messages_as_from_the_apps(
    town: Town, business: bool
) -> None:
    text = "bon " * 1500 + "😀" * 2000
    connection = town.sandbox.add_business(town.bob) if business else None
    await town.updates()
    first = await town.alice.says(text, reply_to=None, business=connection)
    heard = [u.business_message if business else u.message for u in await town.updates()]
    texts = [message.text or "" for message in heard if message]
    assert [utf16_length(part) <= 4096 for part in texts] == [True] * 3
    assert "".join(texts).replace(" ", "") == text.replace(" ", "")
    assert texts[0].endswith("bon") and first.text == texts[0]


async def test_a_long_edit_or_caption_is_refused(town: Town) -> None:
    said = await town.alice.says("x")
    with pytest.raises(CannotDo, match="too long: at most 4096"):
        await town.alice.edits(said, "😀" * 2049)
    with pytest.raises(CannotDo, match="too long: at most 1024"):
        await town.alice.sends_photo(PNG, caption="x" * 1025)
    photo = await town.alice.sends_photo(PNG, caption="x" * 1024)
    with pytest.raises(CannotDo, match="too long: at most 1024"):
        await town.alice.edits(photo, "x" * 1025)
    assert len(await town.updates()) == 2


async def test_an_edit_is_a_separate_update_with_the_same_id(town: Town) -> None:
    said = await town.alice.says("helo")
    await town.alice.edits(said, "hello")
    first, second = await town.updates()
    assert first.message and first.message.text == "helo"
    assert second.edited_message and second.edited_message.text == "hello"
    assert second.edited_message.message_id == said.id and second.edited_message.edit_date
    assert strays([first, second]) == []


async def test_a_deletion_is_never_told(town: Town) -> None:
    said = await town.alice.says("oops")
    await town.alice.deletes(said)
    assert len(await town.updates()) == 1
    assert "oops" not in [message.text for message in town.sandbox.history(town.alice)]
    with pytest.raises(CannotDo):
        await town.alice.edits(said, "again")


async def test_people_send_every_kind_of_media(town: Town) -> None:
    await town.alice.sends_photo(PNG, caption="photo")
    await town.alice.sends_document(b"%PDF", "facture.pdf", caption="document")
    await town.alice.sends_voice(b"opus")
    await town.alice.sends_video(b"mp4")
    await town.alice.sends_sticker("🔥")
    await town.alice.sends_location()
    await town.alice.sends_contact()
    updates = await town.updates()
    kinds = ["photo", "document", "voice", "video", "sticker", "location", "contact"]
    for update, kind in zip(updates, kinds, strict=True):
        assert update.message and getattr(update.message, kind), kind
    assert updates[6].message and updates[6].message.contact
    assert updates[6].message.contact.user_id == town.alice.id
    assert strays(updates) == []


async def test_an_album_arrives_as_separate_updates_under_one_id(town: Town) -> None:
    await town.alice.sends_album([PNG, PNG, PNG], caption="three")
    messages = [update.message for update in await town.updates()]
    assert len(messages) == 3
    assert len({message.media_group_id for message in messages if message}) == 1
    assert [message.caption for message in messages if message] == ["three", None, None]


async def test_one_must_be_a_member_to_speak_in_a_group(town: Town) -> None:
    with pytest.raises(CannotDo, match="not a member"):
        await town.alice.says("let me in", town.staff)
    await town.bot.get_updates(allowed_updates=ALL)
    await town.alice.joins(town.staff)
    joined, service = await town.updates()
    assert joined.chat_member and joined.chat_member.new_chat_member.status == "member"
    assert service.message and service.message.new_chat_members[0].id == town.alice.id
    await town.alice.leaves(town.staff)
    assert strays([joined, service, *await town.updates()]) == []
    with pytest.raises(CannotDo, match="not a member"):
        await town.alice.says("x", town.staff)
    town.sandbox.set_bot(town.staff, "member", ())
    await town.updates()
    await town.carol.joins(town.staff)
    assert [update.chat_member for update in await town.updates()] == [None]


async def test_an_anonymous_administrator_speaks_as_the_group(town: Town) -> None:
    await town.bob.says("who am I?", town.staff, anonymous=True)
    message = (await town.updates())[0].message
    assert message and message.from_user and message.from_user.id == 1087968824
    assert message.sender_chat and message.sender_chat.id == town.staff.id


# ── buttons ───────────────────────────────────────────────────────────────────────────────────


async def test_a_press_brings_the_message_and_the_data_and_shows_the_answer(town: Town) -> None:
    await town.bot.send_message(town.alice.id, "Did that help?", reply_markup=CHOICE)
    asked = town.sandbox.history(town.alice)[-1]
    id = await town.alice.presses(asked, "No")
    (update,) = await town.updates()
    query = update.callback_query
    assert query and (query.id, query.data, query.from_user.id) == (id, "n", town.alice.id)
    assert query.message and query.message.message_id == asked.id and strays(update) == []
    await query.answer("Sorry!", show_alert=True)
    shown = town.sandbox.world.queries[id]
    assert (shown.answered, shown.text, shown.show_alert) == (True, "Sorry!", True)


async def test_only_a_button_that_is_there_now_can_be_pressed(town: Town) -> None:
    sent = await town.bot.send_message(town.alice.id, "?", reply_markup=CHOICE)
    asked = town.sandbox.history(town.alice)[-1]
    with pytest.raises(CannotDo, match="no button 'Maybe'"):
        await town.alice.presses(asked, "Maybe")
    with pytest.raises(CannotDo, match="opens something else"):
        await town.alice.presses(asked, "Site")
    with pytest.raises(CannotDo, match="does not see"):
        await town.carol.presses(asked, "Yes")
    await sent.edit_text("closed")
    with pytest.raises(CannotDo):
        await town.alice.presses(asked, callback_data="y")


async def test_a_press_answered_late_or_never_made_is_refused(town: Town) -> None:
    words = "Query is too old and response timeout expired or query id is invalid"
    async with refused(words, kind=BadRequest):
        await town.bot.answer_callback_query("12345")
    await town.bot.send_message(town.alice.id, "?", reply_markup=CHOICE)
    id = await town.alice.presses(town.sandbox.history(town.alice)[-1], "Yes")
    town.clock.now += 151
    async with refused(words, kind=BadRequest):
        await town.bot.answer_callback_query(id)


# ── reactions ─────────────────────────────────────────────────────────────────────────────────


async def test_reactions_come_only_if_asked_for(town: Town) -> None:
    said = await town.bot.send_message(town.alice.id, "done")
    seen = town.sandbox.history(town.alice)[-1]
    await town.alice.reacts(seen, "👍")
    assert await town.updates() == []
    await town.bot.get_updates(allowed_updates=ALL)
    await town.alice.reacts(seen, "🔥")
    await town.alice.reacts(seen, None)
    changed, gone = [update.message_reaction for update in await town.updates()]
    assert changed and changed.old_reaction == (ReactionTypeEmoji("👍"),)
    assert changed.new_reaction == (ReactionTypeEmoji("🔥"),)
    assert gone and gone.new_reaction == () and gone.message_id == said.message_id
    assert strays([changed, gone]) == []


async def test_reactions_in_a_group_come_only_to_an_administrator(town: Town) -> None:
    await town.bot.get_updates(allowed_updates=ALL)
    word = await town.bob.says("word", town.staff)
    await town.updates()
    await town.bob.reacts(word, "👍")
    assert (await town.updates())[0].message_reaction
    town.sandbox.set_bot(town.staff, "member", ())
    await town.updates()
    await town.bob.reacts(word, "🔥")
    assert await town.updates() == []


async def test_the_bots_own_reaction_shows_and_is_not_told_back(town: Town) -> None:
    await town.bot.get_updates(allowed_updates=ALL)
    said = await town.alice.says("thanks")
    await town.updates()
    assert await town.bot.set_message_reaction(town.alice.id, said.id, "👍")
    assert said.reactions == {town.sandbox.bot.id: ["👍"]}
    assert await town.updates() == []
    async with refused("Reaction_invalid", kind=BadRequest):
        await town.bot.set_message_reaction(town.alice.id, said.id, ReactionTypeEmoji("🧶"))
    async with refused("Message to react not found", kind=BadRequest):
        await town.bot.set_message_reaction(town.alice.id, 9999, "👍")


# ── places ────────────────────────────────────────────────────────────────────────────────────


async def test_blocking_and_unblocking_are_told(town: Town) -> None:
    await town.alice.blocks()
    with pytest.raises(CannotDo, match="blocked"):
        await town.alice.says("x")
    await town.alice.unblocks()
    blocked, unblocked = [update.my_chat_member for update in await town.updates()]
    assert blocked and unblocked and blocked.chat.id == town.alice.id
    assert (blocked.old_chat_member.status, blocked.new_chat_member.status) == ("member", "kicked")
    assert unblocked.new_chat_member.status == "member"
    assert strays([blocked, unblocked]) == []


async def test_promotion_demotion_and_removal_are_told(town: Town) -> None:
    town.sandbox.set_bot(town.staff, "member", (), by=town.bob)
    town.sandbox.set_bot(town.staff, "administrator", ["can_manage_topics"], by=town.bob)
    town.sandbox.set_bot(town.staff, "restricted", ())
    town.sandbox.set_bot(town.staff, "kicked")
    updates = await town.updates()
    changes = [update.my_chat_member for update in updates if update.my_chat_member]
    assert [c.new_chat_member.status for c in changes] == [
        "member",
        "administrator",
        "restricted",
        "kicked",
    ]
    assert changes[1].from_user.id == town.bob.id
    assert changes[1].new_chat_member.can_manage_topics  # type: ignore[attr-defined]
    assert not changes[1].new_chat_member.can_pin_messages  # type: ignore[attr-defined]
    assert strays(updates) == []


async def test_a_chat_and_its_members_are_described_in_full(town: Town) -> None:
    await town.carol.joins(town.staff, "creator")
    await town.alice.joins(town.staff)
    chat = await town.bot.get_chat(town.staff.id)
    assert (chat.title, chat.is_forum, chat.type) == ("Staff", True, "supergroup")
    admins = await town.bot.get_chat_administrators(town.staff.id)
    assert {member.user.id: member.status for member in admins} == {
        town.bob.id: "administrator",
        town.carol.id: "creator",
    }
    me = await town.bot.get_chat_member(town.staff.id, town.sandbox.bot.id)
    assert me.status == "administrator" and me.can_manage_topics  # type: ignore[attr-defined]
    statuses = [
        (await town.bot.get_chat_member(town.staff.id, person.id)).status
        for person in (town.alice, town.bob, town.carol)
    ]
    assert statuses == ["member", "administrator", "creator"]
    private = await town.bot.get_chat(town.alice.id)
    assert (private.first_name, private.username) == ("Alice", "alice")
    assert await town.bot.get_chat_member_count(town.staff.id) == 4
    assert strays([chat, admins, me, private, await town.bot.get_me()]) == []
    async with refused("Chat not found", kind=BadRequest):
        await town.bot.get_chat(-100)
    async with refused("Participant_id_invalid", kind=BadRequest):
        await town.bot.get_chat_member(town.staff.id, 5)


async def test_what_the_bot_says_about_itself_is_kept(town: Town) -> None:
    commands = [BotCommand("start", "Begin"), BotCommand("human", "Talk to a person")]
    await town.bot.set_my_commands(commands)
    await town.bot.set_my_commands([BotCommand("humain", "Une personne")], language_code="fr")
    await town.bot.set_my_description("Answers at once", language_code="")
    await town.bot.set_my_short_description("Quick")
    await town.bot.set_my_name("Boréal")
    assert list(await town.bot.get_my_commands()) == commands
    assert [c.command for c in await town.bot.get_my_commands(language_code="fr")] == ["humain"]
    assert (await town.bot.get_my_description()).description == "Answers at once"
    assert (await town.bot.get_my_short_description()).short_description == "Quick"
    assert (await town.bot.get_my_name()).name == "Boréal"
    await town.bot.delete_my_commands()
    assert await town.bot.get_my_commands() == ()
    async with refused("Bot_command_invalid", kind=BadRequest):
        await town.bot.set_my_commands([BotCommand("Not-One", "x")])
    assert await town.bot.log_out() and await town.bot.close()


# ── other doors ───────────────────────────────────────────────────────────────────────────────


async def test_a_business_owner_lets_the_bot_answer_their_customers(town: Town) -> None:
    connection = town.sandbox.add_business(town.bob)
    said = await town.carol.says("is it in stock?", business=connection)
    await town.carol.edits(said, "is it in stock today?")
    told = await town.updates()
    assert told[0].business_connection and told[0].business_connection.id == connection.id
    asked, edited = told[1].business_message, told[2].edited_business_message
    assert asked and asked.business_connection_id == connection.id
    assert asked.chat.id == town.carol.id and edited and edited.text == "is it in stock today?"
    answer = await town.bot.send_message(
        town.carol.id, "Yes.", business_connection_id=connection.id
    )
    assert answer.from_user and answer.from_user.id == town.bob.id
    seen = town.sandbox.history(connection.chats[town.carol.id])
    assert [message.text for message in seen] == ["is it in stock today?", "Yes."]
    assert town.sandbox.history(town.carol) == []
    (echo,) = await town.updates()
    assert echo.business_message and echo.business_message.sender_business_bot
    await town.bob.says("See you!", town.carol.id, business=connection)
    await town.carol.deletes(said)
    own, gone = await town.updates()
    assert own.business_message and own.business_message.sender_business_bot is None
    assert gone.deleted_business_messages
    assert gone.deleted_business_messages.message_ids == (said.id,)
    rights = (await town.bot.get_business_connection(connection.id)).rights
    assert rights and rights.can_reply
    assert strays([*told, answer, echo, own, gone]) == []


async def test_a_business_answer_needs_the_right_and_a_recent_word(town: Town) -> None:
    connection = town.sandbox.add_business(town.bob)
    async with refused("Business_peer_invalid", kind=BadRequest):
        await town.bot.send_message(town.carol.id, "x", business_connection_id=connection.id)
    await town.carol.says("hello", business=connection)
    town.clock.now += 24 * 3600 + 1
    async with refused("Business_peer_usage_missing", kind=BadRequest):
        await town.bot.send_message(town.carol.id, "x", business_connection_id=connection.id)
    async with refused("Business_connection_invalid", kind=BadRequest):
        await town.bot.send_message(town.carol.id, "x", business_connection_id="forged")
    silent = town.sandbox.add_business(town.bob, rights=())
    await town.carol.says("hello", business=silent)
    async with refused("Business_connection_not_allowed", kind=BadRequest):
        await town.bot.send_message(town.carol.id, "x", business_connection_id=silent.id)


async def test_a_post_reaches_its_discussion_group_where_anyone_comments(town: Town) -> None:
    talk = town.sandbox.add_group("Talk")
    channel = town.sandbox.add_channel("Boréal", discussion=talk)
    town.sandbox.posts(channel, "New tents!")
    await town.alice.says("how much?", talk, reply_to=town.sandbox.history(talk)[-1])
    post, carried, comment = await town.updates()
    assert post.channel_post and post.channel_post.text == "New tents!"
    assert carried.message and carried.message.is_automatic_forward
    assert isinstance(carried.message.forward_origin, MessageOriginChannel)
    assert comment.message and comment.message.message_thread_id == carried.message.message_id
    assert (await town.bot.get_chat(talk.id)).linked_chat_id == channel.id
    assert strays([post, carried, comment]) == []


async def test_direct_messages_of_a_channel_are_one_topic_per_person(town: Town) -> None:
    door = town.sandbox.add_direct_messages(town.sandbox.add_channel("Boréal"))
    await town.alice.says("hello brand", door)
    (update,) = await town.updates()
    message = update.message
    assert message and message.chat.is_direct_messages and message.direct_messages_topic
    answer = await message.reply_text("hello Alice")
    assert answer.direct_messages_topic == message.direct_messages_topic
    assert strays([update, answer, await town.bot.get_chat(door.id)]) == []
    async with refused("Direct_messages_topic_required", kind=BadRequest):
        await town.bot.send_message(door.id, "to whom?")
