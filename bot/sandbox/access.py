"""Where the bot may act: finds the chat, topic and message a call names, or refuses."""

from __future__ import annotations

from .nouns import Chat, Message, Topic
from .params import Params, Refused, bad_request, forbidden
from .world import World

_CHAT_NAMES = {
    "group": "group chat",
    "supergroup": "supergroup chat",
    "channel": "channel chat",
}
BUSINESS_OPEN_S = 24 * 3600
"""A business bot may answer a person for so long after their last message."""


def find_chat(world: World, params: Params, name: str = "chat_id") -> Chat:
    """The chat a call names, if the bot has access to it."""
    if name == "chat_id" and "business_connection_id" in params:
        return business_chat(world, params)
    given = params.values.get(name)
    if given is None or given == "":
        raise bad_request("chat_id is empty" if name == "chat_id" else f"{name} is empty")
    if isinstance(given, str) and given.startswith("@"):
        found = [c for c in world.chats.values() if c.kind != "private" and c.title == given[1:]]
        id = found[0].id if found else 0
    else:
        id = params.integer(name) or 0
    if id > 0:
        return _private(world, id)
    chat = world.chats.get(id)
    if chat is None or world.bot.id not in chat.members:
        raise bad_request("chat not found")
    if chat.migrated_to is not None:
        raise Refused(
            400,
            "Bad Request: group chat was upgraded to a supergroup chat",
            {"migrate_to_chat_id": chat.migrated_to},
        )
    status = chat.member(world.bot.id).status
    if status == "kicked":
        raise forbidden(f"bot was kicked from the {_CHAT_NAMES[chat.kind]}")
    if status == "left":
        raise forbidden(f"bot is not a member of the {_CHAT_NAMES[chat.kind]}")
    return chat


def _private(world: World, id: int) -> Chat:
    user = world.users.get(id)
    if user is None or user.is_bot or not world.knows(user):
        raise bad_request("chat not found")
    return world.private_chat(user)


def business_chat(world: World, params: Params) -> Chat:
    """The chat between a connection's owner and the person a call names, if the bot may answer."""
    connection = world.connections.get(params.text("business_connection_id"))
    if connection is None:
        raise bad_request("BUSINESS_CONNECTION_INVALID")
    if "can_reply" not in connection.rights:
        raise bad_request("BUSINESS_CONNECTION_NOT_ALLOWED")
    chat = connection.chats.get(params.integer("chat_id") or 0)
    if chat is None:
        raise bad_request("BUSINESS_PEER_INVALID")
    written = [m.wire["date"] for m in chat.messages.values() if m.sender_id == chat.id]
    if not written or world.clock() - written[-1] > BUSINESS_OPEN_S:
        raise bad_request("BUSINESS_PEER_USAGE_MISSING")
    return chat


def writable_chat(world: World, params: Params) -> Chat:
    """The chat a call names, if the bot may write there."""
    chat = find_chat(world, params)
    if chat.business_id is not None:
        return chat
    if chat.user is not None:
        if chat.user.deactivated:
            raise forbidden("user is deactivated")
        if chat.user.blocked:
            raise forbidden("bot was blocked by the user")
        if not chat.user.started:
            raise forbidden("bot can't initiate conversation with a user")
        return chat
    me = chat.member(world.bot.id)
    muted = me.status == "restricted" and "can_send_messages" not in me.rights
    unfit = chat.kind == "channel" and not me.may("can_post_messages")
    if muted or unfit:
        raise bad_request("not enough rights to send text messages to the chat")
    return chat


def find_topic(world: World, chat: Chat, params: Params) -> Topic | None:
    """The topic a call writes to; None for General, or a chat without topics."""
    id = params.integer("message_thread_id")
    if not id:
        closed = chat.general_closed
        topic = None
    elif chat.is_forum:
        topic = chat.topics.get(id)
        if topic is None or topic.deleted:
            raise bad_request("message thread not found")
        closed = topic.closed
    elif chat.kind == "supergroup" and chat.message(id):
        return None
    else:
        raise bad_request("message thread not found")
    if closed and not chat.member(world.bot.id).may("can_manage_topics"):
        raise bad_request("TOPIC_CLOSED")
    return topic


def find_reply(chat: Chat, topic: Topic | None, params: Params) -> Message | None:
    """The message a call answers; a missing one is refused unless the call allows it."""
    asked = params.object("reply_parameters")
    if asked is None:
        id = params.integer("reply_to_message_id")
        if not id:
            return None
        asked = {
            "message_id": id,
            "allow_sending_without_reply": params.flag("allow_sending_without_reply"),
        }
    message = chat.message(int(asked.get("message_id", 0)))
    if asked.get("chat_id", chat.id) != chat.id:
        message = None  # replies across chats are not modelled
    if message is not None and topic is not None and message.thread != topic.id:
        message = None
    if message is None and not asked.get("allow_sending_without_reply"):
        raise bad_request("message to be replied not found")
    quote = asked.get("quote")
    if quote and message is not None and str(quote) not in message.written:
        raise bad_request("QUOTE_TEXT_INVALID")
    return message


def find_message(chat: Chat, params: Params, verb: str) -> Message:
    """The message a call is about: `verb` is what was to be done to it."""
    id = params.integer("message_id")
    if not id:
        raise bad_request("message identifier is not specified")
    message = chat.message(id)
    if message is None:
        raise bad_request(f"message to {verb} not found")
    return message


def need_right(world: World, chat: Chat, right: str, to_do: str) -> None:
    """Refuses unless the bot is an administrator with this right."""
    if not chat.member(world.bot.id).may(right):
        raise bad_request(f"not enough rights to {to_do}")
