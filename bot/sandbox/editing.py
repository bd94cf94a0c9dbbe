"""Methods that change what is there: edits, deletions, reactions, pins, answers to presses."""

from __future__ import annotations

from .access import find_chat, find_message, need_right, writable_chat
from .entities import checked_caption, checked_text
from .keyboards import inline_keyboard
from .nouns import Message, as_read
from .params import Params, bad_request
from .sending import Method, media_content
from .updates import QUERY_KEPT_S
from .wire import CAPTIONED, REACTIONS, Json
from .world import World

_DELETABLE_S = 48 * 3600
"""Bots delete nothing older, administrators included (tdlib, can_delete_channel_message)."""
_ALERT_LIMIT = 200
_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)


def _own_message(world: World, params: Params) -> Message:
    chat = writable_chat(world, params)
    message = find_message(chat, params, "edit")
    forwarded = "forward_origin" in message.wire
    if message.sender_id != world.bot.id or forwarded or not message.content:
        raise bad_request("message can't be edited")
    return message


def _apply(world: World, params: Params, message: Message, content: Json) -> Json:
    content["reply_markup"] = inline_keyboard(params)
    if all(message.wire.get(name) == value for name, value in content.items()):
        raise bad_request(_NOT_MODIFIED)
    world.edit(message, content, world.bot)
    return message.wire


def edit_message_text(world: World, params: Params) -> Json:
    said = checked_text(params)
    message = _own_message(world, params)
    if "text" not in message.wire:
        raise bad_request("there is no text in the message to edit")
    content: Json = {"text": said.text, "entities": list(said.entities) or None}
    if preview := params.object("link_preview_options"):
        content["link_preview_options"] = preview
    return _apply(world, params, message, content)


def edit_message_caption(world: World, params: Params) -> Json:
    said = checked_caption(params)
    message = _own_message(world, params)
    if message.media not in CAPTIONED:
        raise bad_request("there is no caption in the message to edit")
    entities = list(said.entities) or None
    return _apply(
        world, params, message, {"caption": said.text or None, "caption_entities": entities}
    )


def edit_message_media(world: World, params: Params) -> Json:
    asked = params.object("media") or {}
    kind = str(asked.get("type"))
    content = media_content(world, kind, asked.get("media"), Params(asked))
    message = _own_message(world, params)
    if message.media is None:
        raise bad_request("there is no media in the message to edit")
    gone = dict.fromkeys((message.media, "caption", "caption_entities"))
    return _apply(world, params, message, gone | content)


def edit_message_reply_markup(world: World, params: Params) -> Json:
    return _apply(world, params, _own_message(world, params), {})


def _refusal_to_delete(world: World, message: Message) -> str | None:
    chat, mine = message.chat, message.sender_id == world.bot.id
    old = world.clock() - message.wire["date"] > _DELETABLE_S
    if chat.kind == "private":
        return "message can't be deleted for everyone" if old else None
    may = mine or chat.member(world.bot.id).may("can_delete_messages")
    if old or not may or "forum_topic_created" in message.wire:
        return "message can't be deleted"
    return None


def delete_message(world: World, params: Params) -> bool:
    message = find_message(find_chat(world, params), params, "delete")
    if refusal := _refusal_to_delete(world, message):
        raise bad_request(refusal)
    world.delete(message)
    return True


def delete_messages(world: World, params: Params) -> bool:
    """Deletes those it finds; if one of them may not be deleted, none is (tdlib)."""
    chat = find_chat(world, params)
    ids = params.array("message_ids") or []
    if not 1 <= len(ids) <= 100:
        raise bad_request("too many message identifiers specified" if ids else "no messages")
    found = [message for id in ids if (message := chat.message(int(id))) is not None]
    for message in found:
        if refusal := _refusal_to_delete(world, message):
            raise bad_request(refusal)
    for message in found:
        world.delete(message)
    return True


def set_message_reaction(world: World, params: Params) -> bool:
    chat = writable_chat(world, params)
    message = find_message(chat, params, "react")
    asked = params.array("reaction") or []
    emojis = [str(one.get("emoji")) for one in asked if one.get("type") == "emoji"]
    if len(emojis) != len(asked) or not REACTIONS.issuperset(emojis):
        raise bad_request("REACTION_INVALID")
    if len(emojis) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    world.react(message, world.bot, emojis)
    return True


def pin_chat_message(world: World, params: Params) -> bool:
    chat = writable_chat(world, params)
    if chat.kind != "private":
        need_right(world, chat, "can_pin_messages", "manage pinned messages in the chat")
    message = find_message(chat, params, "pin")
    if message.id not in chat.pinned:
        chat.pinned.append(message.id)
        topic = chat.topics.get(message.thread or 0)
        world.post(chat, world.bot, {"pinned_message": message.quoted}, topic=topic)
    return True


def unpin_chat_message(world: World, params: Params) -> bool:
    chat = writable_chat(world, params)
    if chat.kind != "private":
        need_right(world, chat, "can_pin_messages", "manage pinned messages in the chat")
    id = params.integer("message_id")
    if id is None and chat.pinned:
        chat.pinned.pop()
    elif id in chat.pinned:
        chat.pinned.remove(id)
    elif id is not None:
        raise bad_request("message to unpin not found")
    return True


def unpin_all_chat_messages(world: World, params: Params) -> bool:
    chat = writable_chat(world, params)
    if chat.kind != "private":
        need_right(world, chat, "can_pin_messages", "manage pinned messages in the chat")
    chat.pinned.clear()
    return True


def answer_callback_query(world: World, params: Params) -> bool:
    query = world.queries.get(params.text("callback_query_id"))
    if query is None or world.clock() - query.at > QUERY_KEPT_S:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    text = params.text("text")
    if len(text) > _ALERT_LIMIT:
        raise bad_request("MESSAGE_TOO_LONG")
    query.answered, query.text = True, as_read(text) or None
    query.show_alert = params.flag("show_alert")
    if text:
        world.changes.tell("alert", user_id=query.user_id, text=text, show_alert=query.show_alert)
    return True


METHODS: dict[str, Method] = {
    "editMessageText": edit_message_text,
    "editMessageCaption": edit_message_caption,
    "editMessageMedia": edit_message_media,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
    "setMessageReaction": set_message_reaction,
    "pinChatMessage": pin_chat_message,
    "unpinChatMessage": unpin_chat_message,
    "unpinAllChatMessages": unpin_all_chat_messages,
    "answerCallbackQuery": answer_callback_query,
}
