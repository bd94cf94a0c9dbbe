"""The loopback Telegram takes what Telegram takes from a bot and refuses the rest in its words."""

from __future__ import annotations

import pytest
from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    InputMediaPhoto,
    LinkPreviewOptions,
    MessageEntity,
    MessageOriginUser,
    ReplyKeyboardMarkup,
    ReplyParameters,
)
from telegram.error import BadRequest, ChatMigrated, Forbidden

from .loopback import PNG, Town, refused, strays

YES = InlineKeyboardMarkup([[InlineKeyboardButton("Yes", callback_data="yes")]])


# ── sending ───────────────────────────────────────────────────────────────────────────────────


async def test_a_sent_message_is_what_the_person_sees(town: Town) -> None:
    sent = await town.bot.send_message(
        town.alice.id,
        "Bonjour, voir https://example.com",
        reply_markup=YES,
        link_preview_options=LinkPreviewOptions(is_disabled=True),
    )
    seen = town.sandbox.history(town.alice)[-1]
    assert (seen.text, seen.buttons, seen.sender_id) == (sent.text, ["Yes"], town.sandbox.bot.id)
    assert sent.entities[0].type == MessageEntity.URL
    assert strays(sent) == []


async def test_every_call_is_recorded_with_its_parameters_and_outcome(town: Town) -> None:
    await town.bot.send_message(town.alice.id, "12", reply_markup=YES)
    async with refused("chat not found"):
        await town.bot.send_message(999, "x")
    good, bad = town.sandbox.calls
    assert (good.number, good.method, good.params["chat_id"], good.params["text"]) == (
        1,
        "sendMessage",
        town.alice.id,
        "12",
    )
    assert good.at == town.clock.now and good.result["text"] == "12" and good.done
    assert bad.error and bad.error.code == 400 and bad.result is None and not bad.done
    with pytest.raises(AttributeError):
        good.method = "forged"  # type: ignore[misc]


async def test_a_person_who_never_pressed_start_cannot_be_written_to(town: Town) -> None:
    async with refused("Chat not found", kind=BadRequest):
        await town.bot.send_message(town.carol.id, "hello")
    async with refused("bot can't initiate conversation with a user", kind=Forbidden):
        await town.bot.send_message(town.bob.id, "hello")  # met in the staff group
    await town.bob.starts()
    assert await town.bot.send_message(town.bob.id, "hello")


async def test_who_blocked_the_bot_or_left_telegram_cannot_be_written_to(town: Town) -> None:
    await town.alice.blocks()
    async with refused("bot was blocked by the user", kind=Forbidden):
        await town.message()
    await town.alice.unblocks()
    await town.message()
    town.alice.is_deactivated = True
    async with refused("user is deactivated", kind=Forbidden):
        await town.message()


async def test_a_group_that_removed_the_bot_is_closed_to_it(town: Town) -> None:
    town.sandbox.set_bot(town.staff, "kicked")
    async with refused("bot was kicked from the supergroup chat", kind=Forbidden):
        await town.bot.send_message(town.staff.id, "x")
    basic = town.sandbox.add_group("Small", kind="group")
    await town.bot.leave_chat(basic.id)
    async with refused("bot is not a member of the group chat", kind=Forbidden):
        await town.bot.send_message(basic.id, "x")


async def test_an_upgraded_group_names_its_new_id(town: Town) -> None:
    basic = town.sandbox.add_group("Small", kind="group", members={town.bob.id: "creator"})
    new = town.sandbox.upgrade_group(basic)
    with pytest.raises(ChatMigrated) as caught:
        await town.bot.send_message(basic.id, "x")
    assert caught.value.new_chat_id == new.id
    out, into = [u.message for u in await town.updates() if u.message]
    assert (out.chat.id, out.migrate_to_chat_id) == (basic.id, new.id)
    assert (into.chat.id, into.migrate_from_chat_id) == (new.id, basic.id)
    await town.bot.send_message(new.id, "x")


@pytest.mark.parametrize("text", ["a" * 4097, "😀" * 2049])
async def test_a_text_over_4096_utf16_units_is_too_long(town: Town, text: str) -> None:
    async with refused("Message is too long", kind=BadRequest):
        await town.message(text)
    await town.message("a" * 4096)
    await town.message(text[: len(text) - 1])
    await town.bot.send_message(town.alice.id, "<b>" + "a" * 4096 + "</b>", parse_mode="HTML")


async def test_empty_texts_are_refused(town: Town) -> None:
    async with refused("Message text is empty", kind=BadRequest):
        await town.message("")
    async with refused("Text must be non-empty", kind=BadRequest):
        await town.message(" \n ")


async def test_a_caption_over_1024_is_too_long(town: Town) -> None:
    async with refused("Message caption is too long", kind=BadRequest):
        await town.bot.send_photo(town.alice.id, PNG, caption="a" * 1025)
    await town.bot.send_photo(town.alice.id, PNG, caption="a" * 1024)


async def test_button_data_is_1_to_64_bytes(town: Town) -> None:
    for data in ("a" * 65, "é" * 33):
        async with refused("Button_data_invalid", kind=BadRequest):
            keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("x", callback_data=data)]])
            await town.bot.send_message(town.alice.id, "x", reply_markup=keyboard)
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("x", callback_data="é" * 32)]])
    await town.bot.send_message(town.alice.id, "x", reply_markup=keyboard)


async def test_a_button_must_do_something_and_say_something(town: Town) -> None:
    async with refused("Text buttons are unallowed in the inline keyboard", kind=BadRequest):
        keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("nothing")]])
        await town.bot.send_message(town.alice.id, "x", reply_markup=keyboard)
    async with refused("Button_url_invalid", kind=BadRequest):
        keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("x", url="nowhere")]])
        await town.bot.send_message(town.alice.id, "x", reply_markup=keyboard)


async def test_other_keyboards_are_taken_but_not_part_of_the_message(town: Town) -> None:
    keyboard = ReplyKeyboardMarkup([["A", "B"]])
    sent = await town.bot.send_message(town.alice.id, "x", reply_markup=keyboard)
    assert sent.reply_markup is None


async def test_a_reply_carries_what_it_answers_unless_that_is_gone(town: Town) -> None:
    asked = await town.alice.says("a question")
    answer = await town.bot.send_message(
        town.alice.id, "an answer", reply_parameters=ReplyParameters(asked.id)
    )
    assert answer.reply_to_message and answer.reply_to_message.text == "a question"
    async with refused("Message to be replied not found", kind=BadRequest):
        await town.bot.send_message(town.alice.id, "x", reply_parameters=ReplyParameters(9999))
    elsewhere = ReplyParameters(asked.id, chat_id=town.staff.id)
    async with refused("Message to be replied not found", kind=BadRequest):
        await town.bot.send_message(town.alice.id, "x", reply_parameters=elsewhere)
    lonely = await town.bot.send_message(
        town.alice.id,
        "x",
        reply_parameters=ReplyParameters(9999, allow_sending_without_reply=True),
    )
    assert lonely.reply_to_message is None


async def test_what_a_bot_says_does_not_come_back_to_it(town: Town) -> None:
    await town.message()
    await town.bot.send_message(town.staff.id, "x")
    assert await town.updates() == []


async def test_typing_is_accepted_where_writing_is(town: Town) -> None:
    assert await town.bot.send_chat_action(town.alice.id, "typing")
    async with refused("wrong parameter action in request", kind=BadRequest):
        await town.bot.send_chat_action(town.alice.id, "juggling")
    async with refused("Chat not found"):
        await town.bot.send_chat_action(town.carol.id, "typing")


# ── media ─────────────────────────────────────────────────────────────────────────────────────


async def test_every_kind_of_file_is_sent_by_upload_and_again_by_its_id(town: Town) -> None:
    id, data = town.alice.id, b"some bytes"
    first = [
        await town.bot.send_photo(id, PNG, caption="<i>c</i>", parse_mode="HTML"),
        await town.bot.send_document(id, data, filename="facture.pdf"),
        await town.bot.send_voice(id, data, duration=4),
        await town.bot.send_video(id, data, width=10, height=20),
        await town.bot.send_video_note(id, data),
        await town.bot.send_audio(id, data, title="Song", performer="Band"),
        await town.bot.send_animation(id, data),
        await town.bot.send_sticker(id, data),
    ]
    assert [strays(message) for message in first] == [[]] * 8
    photo, document, voice, video, note, audio, animation, sticker = first
    assert document.document and document.document.mime_type == "application/pdf"
    assert document.document.file_name == "facture.pdf"
    assert (photo.photo[-1].width, photo.photo[-1].height) == (256, 128)
    again = [
        await town.bot.send_photo(id, photo.photo[-1].file_id),
        await town.bot.send_document(id, document.document.file_id),
        await town.bot.send_voice(id, voice.voice.file_id),  # type: ignore[union-attr]
        await town.bot.send_video(id, video.video.file_id),  # type: ignore[union-attr]
        await town.bot.send_video_note(id, note.video_note.file_id),  # type: ignore[union-attr]
        await town.bot.send_audio(id, audio.audio.file_id),  # type: ignore[union-attr]
        await town.bot.send_animation(id, animation.animation.file_id),  # type: ignore[union-attr]
        await town.bot.send_sticker(id, sticker.sticker.file_id),  # type: ignore[union-attr]
    ]
    for once, twice in zip(first, again, strict=True):
        assert once.effective_attachment == twice.effective_attachment


async def test_the_bytes_of_a_file_come_back_from_its_path(town: Town) -> None:
    said = await town.alice.sends_photo(PNG, caption="broken zip")
    (update,) = await town.updates()
    assert update.message and update.message.caption == "broken zip"
    file = await town.bot.get_file(update.message.photo[-1].file_id)
    assert bytes(await file.download_as_bytearray()) == PNG
    assert file.file_size == len(PNG) and strays(file) == []
    assert said.media == "photo"


async def test_files_that_are_not_what_they_should_be_are_refused(town: Town) -> None:
    voice = await town.bot.send_voice(town.alice.id, b"x")
    assert voice.voice
    async with refused("can't use file of type Voice as Photo", kind=BadRequest):
        await town.bot.send_photo(town.alice.id, voice.voice.file_id)
    async with refused("wrong file identifier/HTTP URL specified", kind=BadRequest):
        await town.bot.send_photo(town.alice.id, "AgACnothing")
    async with refused("Image_process_failed", kind=BadRequest):
        await town.bot.send_photo(town.alice.id, b"not a picture")
    async with refused("file must be non-empty", kind=BadRequest):
        await town.bot.send_document(town.alice.id, b"")
    async with refused("wrong file_id or the file is temporarily unavailable", kind=BadRequest):
        await town.bot.get_file("AgACnothing")
    async with refused("file is too big", kind=BadRequest):
        big = await town.alice.sends_document(b"x" * 20_000_001)
        await town.bot.get_file(big.wire["document"]["file_id"])


async def test_an_album_is_several_messages_under_one_id(town: Town) -> None:
    photo = await town.bot.send_photo(town.alice.id, PNG)
    album = await town.bot.send_media_group(
        town.alice.id, [InputMediaPhoto(PNG, caption="one"), InputMediaPhoto(photo.photo[-1])]
    )
    assert len({message.media_group_id for message in album}) == 1
    assert [message.caption for message in album] == ["one", None]
    assert strays(album) == []
    async with refused("albums must have 2-10 items", kind=BadRequest):
        await town.bot.send_media_group(town.alice.id, [InputMediaPhoto(PNG)])
    documents = [InputMediaDocument(b"a"), InputMediaDocument(b"b")]
    assert len(await town.bot.send_media_group(town.alice.id, documents)) == 2


async def test_places_and_contacts_are_sent(town: Town) -> None:
    place = await town.bot.send_location(town.alice.id, 46.8, -71.2)
    card = await town.bot.send_contact(town.alice.id, "+14185550100", "Noémie")
    venue = await town.bot.send_venue(town.alice.id, 46.8, -71.2, "Shop", "1 rue Saint-Jean")
    assert place.location and place.location.latitude == 46.8
    assert card.contact and card.contact.phone_number == "+14185550100"
    assert strays([place, card, venue]) == []


# ── copies and forwards ───────────────────────────────────────────────────────────────────────


async def test_a_copy_says_the_same_and_names_nobody(town: Town) -> None:
    said = await town.alice.sends_photo(PNG, caption="voir example.com")
    thread = await town.topic()
    copy = await town.bot.copy_message(
        town.staff.id, town.alice.id, said.id, message_thread_id=thread, reply_markup=YES
    )
    seen = town.sandbox.history(town.staff, thread)[-1]
    assert seen.id == copy.message_id
    assert seen.content == said.content and "forward_origin" not in seen.wire
    assert seen.buttons == ["Yes"]
    other = await town.bot.copy_message(town.staff.id, town.alice.id, said.id, caption="else")
    assert town.sandbox.history(town.staff)[-1].text == "else" and other.message_id


async def test_a_copy_may_be_given_other_words_or_none(town: Town) -> None:
    """Whatever stands under the media by then; they stand below it unless the call says above."""
    said = await town.alice.sends_photo(PNG, caption="*voir*")
    said.wire["show_caption_above_media"] = True
    copy, to = town.bot.copy_message, town.staff.id
    bold = [MessageEntity("bold", 0, 4)]
    await copy(to, town.alice.id, said.id, caption="else", caption_entities=bold)
    below = town.sandbox.history(town.staff)[-1].wire
    assert below["caption_entities"] == [{"type": "bold", "offset": 0, "length": 4}]
    assert "show_caption_above_media" not in below
    await copy(to, town.alice.id, said.id, caption="else", show_caption_above_media=True)
    assert town.sandbox.history(town.staff)[-1].wire["show_caption_above_media"] is True
    await copy(to, town.alice.id, said.id, caption="")
    assert town.sandbox.history(town.staff)[-1].text is None
    one, two = await town.alice.sends_album([PNG, PNG], caption="both")
    await town.bot.copy_messages(to, town.alice.id, [one.id, two.id], remove_caption=True)
    assert [m.text for m in town.sandbox.history(town.staff)[-2:]] == [None, None]
    words = await town.alice.says("words have no caption")
    await copy(to, town.alice.id, words.id, caption="else")
    assert town.sandbox.history(town.staff)[-1].text == words.text


async def test_copying_an_album_keeps_it_an_album_and_passes_over_what_is_gone(town: Town) -> None:
    one, two = await town.alice.sends_album([PNG, PNG], caption="both")
    updates = [u.message for u in await town.updates() if u.message]
    assert {m.media_group_id for m in updates} == {one.wire["media_group_id"]}
    copies = await town.bot.copy_messages(town.staff.id, town.alice.id, [one.id, two.id, 9999])
    seen = town.sandbox.history(town.staff)[-2:]
    assert [c.message_id for c in copies] == [m.id for m in seen]
    assert seen[0].wire["media_group_id"] == seen[1].wire["media_group_id"]
    assert seen[0].wire["media_group_id"] != one.wire["media_group_id"]
    async with refused("there are no messages to copy", kind=BadRequest):
        await town.bot.copy_messages(town.staff.id, town.alice.id, [9999])
    async with refused("strictly increasing order", kind=BadRequest):
        await town.bot.copy_messages(town.staff.id, town.alice.id, [two.id, one.id])


async def test_a_forward_names_who_said_it_first(town: Town) -> None:
    said = await town.alice.says("my words")
    forward = await town.bot.forward_message(town.staff.id, town.alice.id, said.id)
    assert isinstance(forward.forward_origin, MessageOriginUser)
    assert forward.forward_origin.sender_user.id == town.alice.id
    again = await town.bot.forward_messages(town.alice.id, town.staff.id, [forward.message_id])
    last = town.sandbox.history(town.alice)[-1]
    assert last.id == again[0].message_id
    assert last.wire["forward_origin"]["sender_user"]["id"] == town.alice.id
    assert strays(forward) == []


async def test_what_is_gone_or_only_a_notice_cannot_be_copied(town: Town) -> None:
    said = await town.alice.says("x")
    await town.alice.deletes(said)
    async with refused("Message to copy not found", kind=BadRequest):
        await town.bot.copy_message(town.staff.id, town.alice.id, said.id)
    thread = await town.topic()
    async with refused("message can't be copied", kind=BadRequest):
        await town.bot.copy_message(town.alice.id, town.staff.id, thread)


# ── edits, deletions, pins ────────────────────────────────────────────────────────────────────


async def test_an_edit_changes_text_and_takes_the_buttons_away_unless_they_are_given(
    town: Town,
) -> None:
    sent = await town.bot.send_message(town.alice.id, "*one*", reply_markup=YES)
    town.clock.now += 5
    edited = await sent.edit_text("two")
    assert not isinstance(edited, bool)
    assert (edited.text, edited.reply_markup, strays(edited)) == ("two", None, [])
    assert town.sandbox.history(town.alice)[-1].edited
    kept = await sent.edit_reply_markup(YES)
    assert not isinstance(kept, bool) and kept.text == "two" and kept.reply_markup == YES


async def test_an_edit_that_changes_nothing_is_refused(town: Town) -> None:
    sent = await town.bot.send_message(town.alice.id, "same", reply_markup=YES)
    words = (
        "Message is not modified: specified new message content and reply markup are exactly the "
        "same as a current content and reply markup of the message"
    )
    async with refused(words, kind=BadRequest):
        await sent.edit_text("same", reply_markup=YES)
    async with refused(words, kind=BadRequest):
        await sent.edit_reply_markup(YES)
    await sent.edit_text("same")


async def test_only_what_is_there_and_its_own_can_be_edited(town: Town) -> None:
    said = await town.alice.says("mine")
    sent = await town.message()
    photo = await town.bot.send_photo(town.alice.id, PNG)
    await photo.edit_caption("a caption")
    assert town.sandbox.history(town.alice)[-1].text == "a caption"
    async with refused("Message can't be edited", kind=BadRequest):
        await town.bot.edit_message_text("x", town.alice.id, said.id)
    async with refused("There is no text in the message to edit", kind=BadRequest):
        await photo.edit_text("x")
    async with refused("There is no caption in the message to edit", kind=BadRequest):
        await sent.edit_caption("x")
    await sent.delete()
    async with refused("Message to edit not found", kind=BadRequest):
        await sent.edit_text("x")
    async with refused("Message to delete not found", kind=BadRequest):
        await sent.delete()


async def test_deleting_needs_the_right_or_the_message_to_be_ones_own(town: Town) -> None:
    said = await town.alice.says("x")
    assert await town.bot.delete_message(town.alice.id, said.id)
    town.sandbox.set_bot(town.staff, "administrator", ["can_manage_topics"])
    word = await town.bob.says("x", town.staff)
    own = await town.bot.send_message(town.staff.id, "x")
    async with refused("Message can't be deleted", kind=BadRequest):
        await town.bot.delete_message(town.staff.id, word.id)
    async with refused("Message can't be deleted", kind=BadRequest):
        await town.bot.delete_messages(town.staff.id, [own.message_id, word.id, 9999])
    assert [m.id for m in town.sandbox.history(town.staff)][-2:] == [word.id, own.message_id]
    assert await town.bot.delete_messages(town.staff.id, [own.message_id, 9999])
    assert [m.id for m in town.sandbox.history(town.staff)][-1:] == [word.id]


async def test_after_two_days_an_administrator_deletes_nothing_in_a_group_but_edits(
    town: Town,
) -> None:
    own = await town.bot.send_message(town.staff.id, "x")
    town.clock.now += 48 * 3600 + 1
    new = await town.bot.send_message(town.staff.id, "y")
    async with refused("Message can't be deleted", kind=BadRequest):
        await town.bot.delete_messages(town.staff.id, [new.message_id, own.message_id])
    await own.edit_text("gone")
    assert [m.text for m in town.sandbox.history(town.staff)][-2:] == ["gone", "y"]
    assert await new.delete()


async def test_a_forward_cannot_be_edited(town: Town) -> None:
    said = await town.alice.says("x")
    sent = await town.bot.forward_message(town.staff.id, town.alice.id, said.id)
    async with refused("Message can't be edited", kind=BadRequest):
        await sent.edit_text("y")


async def test_a_private_message_cannot_be_deleted_after_two_days(town: Town) -> None:
    sent = await town.message()
    town.clock.now += 48 * 3600 + 1
    async with refused("message can't be deleted for everyone", kind=BadRequest):
        await sent.delete()


async def test_a_pin_is_a_notice_the_bot_is_told_of(town: Town) -> None:
    thread = await town.topic()
    brief = await town.bot.send_message(town.staff.id, "brief", message_thread_id=thread)
    await town.updates()
    await brief.pin()
    (update,) = await town.updates()
    assert update.message and update.message.pinned_message
    assert update.message.message_thread_id == thread and strays(update) == []
    chat = await town.bot.get_chat(town.staff.id)
    assert chat.pinned_message and chat.pinned_message.message_id == brief.message_id
    await brief.unpin()
    assert (await town.bot.get_chat(town.staff.id)).pinned_message is None
    town.sandbox.set_bot(town.staff, "administrator", [])
    async with refused("Not enough rights to manage pinned messages", kind=BadRequest):
        await brief.pin()
