"""Methods that repeat a message elsewhere: copies carry no trace, forwards name their origin."""

from __future__ import annotations

from .access import find_chat, find_message, writable_chat
from .entities import checked_caption
from .nouns import Chat, Message, User
from .params import Params, bad_request
from .sending import Method, deliver
from .wire import CAPTIONED, UNCOPYABLE, Json
from .world import World

_BATCH_LIMIT = 100
TELEGRAM = User(777000, "Telegram")
"""Who carries a channel's posts to its discussion group."""
CHANNEL_EDITOR = User(136817688, "Channel", is_bot=True, username="Channel_Bot")


def _original(world: World, params: Params, verb: str) -> Message:
    writable_chat(world, params)
    source = find_chat(world, params, "from_chat_id")
    message = find_message(source, params, verb)
    if not _repeatable(message, verb):
        raise bad_request(f"message can't be {'copied' if verb == 'copy' else 'forwarded'}")
    return message


def _repeatable(message: Message, verb: str) -> bool:
    """Whether copies or forwards of it may be made; of a quiz only if its solution is known."""
    if not message.content or message.wire.get("has_protected_content"):
        return False
    poll = message.wire.get("poll", {})
    closed_quiz = poll.get("type") == "quiz" and "correct_option_id" not in poll
    return verb == "forward" or not (message.media in UNCOPYABLE or closed_quiz)


def _originals(world: World, params: Params, verb: str) -> list[Message]:
    """The messages of a batch, in order; what cannot be repeated is passed over."""
    writable_chat(world, params)
    source = find_chat(world, params, "from_chat_id")
    ids = params.array("message_ids") or []
    if not ids:
        raise bad_request("message identifiers are not specified")
    if len(ids) > _BATCH_LIMIT:
        raise bad_request("too many message identifiers specified")
    if ids != sorted(set(ids)):
        raise bad_request("message identifiers must be in a strictly increasing order")
    found = [m for id in ids if (m := source.message(int(id))) and _repeatable(m, verb)]
    if not found:
        raise bad_request(f"there are no messages to {verb}")
    return found


def _copied(world: World, message: Message, params: Params) -> Json:
    content = message.content
    if "dice" in content:
        content["dice"] = content["dice"] | {"value": world.rolls(content["dice"]["value"])}
    if "location" in content:  # a copy of a live location stands still
        place = content["location"]
        content["location"] = {name: place[name] for name in ("latitude", "longitude")}
    if "caption" in params and message.media in CAPTIONED:
        content.pop("caption", None)
        content.pop("caption_entities", None)
        content.pop("show_caption_above_media", None)
        content |= checked_caption(params).fields("caption")
        if params.flag("show_caption_above_media"):
            content["show_caption_above_media"] = True
    return content


def _forwarded(message: Message) -> Json:
    return message.content | {"forward_origin": origin(message)}


def origin(message: Message) -> Json:
    """Where a forwarded message was first said."""
    if "forward_origin" in message.wire:
        first: Json = message.wire["forward_origin"]
        return first
    date = message.wire["date"]
    if message.chat.kind == "channel":
        chat = message.chat.wire
        return {"type": "channel", "date": date, "chat": chat, "message_id": message.id}
    if "sender_chat" in message.wire:
        return {"type": "chat", "date": date, "sender_chat": message.wire["sender_chat"]}
    return {"type": "user", "date": date, "sender_user": message.wire["from"]}


def _batch(world: World, params: Params, messages: list[Message], verb: str) -> list[Json]:
    """Repeats a batch: what was an album stays one, under a new id."""
    albums: dict[str, str] = {}
    made = []
    captions = Params({"caption": ""} if params.flag("remove_caption") else {})
    for message in messages:
        content = _copied(world, message, captions) if verb == "copy" else _forwarded(message)
        if album := message.wire.get("media_group_id"):
            content["media_group_id"] = albums.setdefault(album, world.new_album())
        made.append({"message_id": deliver(world, params, content).id})
    return made


def copy_message(world: World, params: Params) -> Json:
    message = _original(world, params, "copy")
    return {"message_id": deliver(world, params, _copied(world, message, params)).id}


def copy_messages(world: World, params: Params) -> list[Json]:
    return _batch(world, params, _originals(world, params, "copy"), "copy")


def forward_message(world: World, params: Params) -> Json:
    return deliver(world, params, _forwarded(_original(world, params, "forward"))).wire


def forward_messages(world: World, params: Params) -> list[Json]:
    return _batch(world, params, _originals(world, params, "forward"), "forward")


def publish(world: World, channel: Chat, content: Json) -> Message:
    """A channel's post; its discussion group, if any, gets it as an automatic forward."""
    post = world.post(channel, CHANNEL_EDITOR, content)
    group = world.chats.get(channel.linked_id or 0)
    if group is not None:
        marks = {"sender_chat": channel.wire, "is_automatic_forward": True}
        world.post(group, TELEGRAM, _forwarded(post) | marks)
    return post


METHODS: dict[str, Method] = {
    "copyMessage": copy_message,
    "copyMessages": copy_messages,
    "forwardMessage": forward_message,
    "forwardMessages": forward_messages,
}
