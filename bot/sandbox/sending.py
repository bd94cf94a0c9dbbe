"""Methods that put a new message in a chat."""

from __future__ import annotations

from collections.abc import Callable

from .access import find_reply, find_topic, writable_chat
from .entities import checked_caption, checked_text
from .keyboards import inline_keyboard
from .media import FILE_KINDS, described, named, store
from .nouns import Chat, Message
from .params import Params, Upload, bad_request
from .wire import CAPTIONED, Json, without_empty
from .world import World

Method = Callable[[World, Params], object]

_ALBUM_LIMITS = (2, 10)
_ACTIONS = frozenset(
    [
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    ]
)


def deliver(world: World, params: Params, content: Json) -> Message:
    """Posts `content` as the bot where the call says: chat, topic, reply, keyboard."""
    chat = writable_chat(world, params)
    topic = find_topic(world, chat, params)
    reply_to = find_reply(chat, topic, params)
    if reply_to is not None and topic is None and reply_to.thread is not None:
        topic = chat.topics.get(reply_to.thread)
    _name_people(world, content)
    if keyboard := inline_keyboard(params):
        content["reply_markup"] = keyboard
    quote = (params.object("reply_parameters") or {}).get("quote")
    if quote and reply_to is not None:
        position = (reply_to.text or "").index(quote)
        content["quote"] = {"text": quote, "position": position, "is_manual": True}
    if params.flag("protect_content"):
        content["has_protected_content"] = True
    sender = world.bot
    if chat.business_id is not None:
        sender = world.connections[chat.business_id].owner
        content["sender_business_bot"] = world.bot.wire
    if chat.is_direct_messages:
        content["direct_messages_topic"] = _direct_topic(world, chat, params)
    return world.post(chat, sender, content, topic=topic, reply_to=reply_to, author=world.bot)


def _name_people(world: World, content: Json) -> None:
    """Mentions by id get the person's name; those of strangers are dropped, as on Telegram."""
    for name in ("entities", "caption_entities"):
        marks = content.get(name, ())
        if not any(mark["type"] == "text_mention" for mark in marks):
            continue
        named: list[Json] = []
        for mark in marks:
            if mark["type"] != "text_mention":
                named.append(mark)
            elif person := world.users.get(mark["user"]["id"]):
                named.append(mark | {"user": person.wire})
        content[name] = named


def _direct_topic(world: World, chat: Chat, params: Params) -> Json:
    """In a channel's direct messages every send names the person it is for."""
    id = params.integer("direct_messages_topic_id")
    if id is None:
        raise bad_request("DIRECT_MESSAGES_TOPIC_REQUIRED")
    if not any(message.sender_id == id for message in chat.messages.values()):
        raise bad_request("message thread not found")
    return {"topic_id": id, "user": world.users[id].wire}


def send_message(world: World, params: Params) -> Json:
    content = checked_text(params).fields("text")
    preview = params.object("link_preview_options")
    if preview:
        content["link_preview_options"] = preview
    return deliver(world, params, content).wire


def media_content(world: World, kind: str, given: object, about: Params) -> Json:
    """The content of a message with a file: an upload, or the id of a file sent before."""
    if isinstance(given, Upload):
        file = store(world.files, kind, given)
    elif isinstance(given, str) and given:
        file = named(world.files, kind, given)
    else:
        raise bad_request(f"there is no {kind.replace('_', ' ')} in the request")
    content = described(file, about)
    if kind in CAPTIONED:
        content |= checked_caption(about).fields("caption")
        for name in ("has_spoiler", "show_caption_above_media"):
            if about.flag(name):
                content["has_media_spoiler" if name == "has_spoiler" else name] = True
    return content


def _attached(given: object, params: Params) -> object:
    """A reference to another part of a multipart call, followed."""
    if isinstance(given, str) and given.startswith("attach://"):
        return params.upload(given.removeprefix("attach://"))
    return given


def sender_of(kind: str) -> Method:
    """The method that sends one file of a kind."""

    def send(world: World, params: Params) -> Json:
        given = _attached(params.values.get(kind), params)
        return deliver(world, params, media_content(world, kind, given, params)).wire

    return send


def send_media_group(world: World, params: Params) -> list[Json]:
    """An album: as many messages, one media_group_id."""
    items = params.array("media") or []
    least, most = _ALBUM_LIMITS
    if not least <= len(items) <= most:
        raise bad_request(f"group send failed: albums must have {least}-{most} items")
    contents = []
    for item in items:
        kind = item.get("type")
        if kind not in FILE_KINDS - {"animation", "voice", "sticker", "video_note"}:
            raise bad_request("can't use the media of the specified type in the album")
        given = _attached(item.get("media"), params)
        contents.append(media_content(world, kind, given, Params(item)))
    album = {"media_group_id": world.new_album()}
    return [deliver(world, params, content | album).wire for content in contents]


def send_location(world: World, params: Params) -> Json:
    latitude, longitude = params.number("latitude"), params.number("longitude")
    if latitude is None or longitude is None:
        raise bad_request("there is no location in the request")
    content = {"location": {"latitude": latitude, "longitude": longitude}}
    return deliver(world, params, content).wire


def send_venue(world: World, params: Params) -> Json:
    location = {
        "latitude": params.number("latitude") or 0.0,
        "longitude": params.number("longitude") or 0.0,
    }
    venue = {"location": location, "title": params.text("title"), "address": params.text("address")}
    return deliver(world, params, {"location": location, "venue": venue}).wire


def send_contact(world: World, params: Params) -> Json:
    if not params.text("phone_number") or not params.text("first_name"):
        raise bad_request("contact phone number or first name is empty")
    names = ("phone_number", "first_name", "last_name", "vcard")
    contact = without_empty({name: params.maybe_text(name) for name in names})
    return deliver(world, params, {"contact": contact}).wire


def send_chat_action(world: World, params: Params) -> bool:
    chat = writable_chat(world, params)
    find_topic(world, chat, params)
    if params.text("action") not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    thread = params.integer("message_thread_id")
    world.changes.tell("action", chat_id=chat.id, thread_id=thread, action=params.text("action"))
    return True


METHODS: dict[str, Method] = {
    "sendMessage": send_message,
    "sendPhoto": sender_of("photo"),
    "sendDocument": sender_of("document"),
    "sendVoice": sender_of("voice"),
    "sendVideo": sender_of("video"),
    "sendVideoNote": sender_of("video_note"),
    "sendAudio": sender_of("audio"),
    "sendAnimation": sender_of("animation"),
    "sendSticker": sender_of("sticker"),
    "sendMediaGroup": send_media_group,
    "sendLocation": send_location,
    "sendVenue": send_venue,
    "sendContact": send_contact,
    "sendChatAction": send_chat_action,
}
