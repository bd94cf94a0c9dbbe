"""Methods of forum topics: create, rename, close, reopen, delete; General has its own."""

from __future__ import annotations

from .access import find_chat, need_right
from .nouns import Chat, Topic
from .params import Params, bad_request
from .sending import Method
from .wire import TOPIC_COLOURS, Json
from .world import World

_NAME_LIMIT = 128


def _forum(world: World, params: Params) -> Chat:
    chat = find_chat(world, params)
    if not chat.is_forum:
        raise bad_request("the chat is not a forum")
    return chat


def _topic(world: World, params: Params, chat: Chat, verb: str) -> Topic:
    """The topic a call names, if it is there and the bot may change it."""
    id = params.integer("message_thread_id") or 0
    topic = chat.topics.get(id)
    if topic is None or topic.creator_id != world.bot.id or verb == "delete":
        need_right(world, chat, "can_manage_topics", f"{verb} the topic")
    if topic is None:
        raise bad_request("TOPIC_ID_INVALID")
    if topic.deleted:
        raise bad_request("TOPIC_DELETED")
    return topic


def create_forum_topic(world: World, params: Params) -> Json:
    chat = _forum(world, params)
    need_right(world, chat, "can_manage_topics", "create a topic")
    name = params.text("name").strip()[:_NAME_LIMIT]
    if not name:
        raise bad_request("title must be non-empty")
    colour = params.integer("icon_color")
    if colour is not None and colour not in TOPIC_COLOURS:
        raise bad_request("invalid icon color specified")
    emoji_id = params.maybe_text("icon_custom_emoji_id")
    return world.open_topic(chat, world.bot, name, colour, emoji_id).wire


def edit_forum_topic(world: World, params: Params) -> bool:
    chat = _forum(world, params)
    topic = _topic(world, params, chat, "edit")
    change: Json = {}
    if (name := params.text("name").strip()[:_NAME_LIMIT]) and name != topic.name:
        change["name"] = topic.name = name
    emoji_id = params.maybe_text("icon_custom_emoji_id")
    if emoji_id is not None and (emoji_id or None) != topic.icon_custom_emoji_id:
        topic.icon_custom_emoji_id = emoji_id or None
        change["icon_custom_emoji_id"] = emoji_id
    if not change:
        raise bad_request("TOPIC_NOT_MODIFIED")
    world.tell_topic(chat, topic, world.bot, {"forum_topic_edited": change})
    return True


def close_forum_topic(world: World, params: Params) -> bool:
    return _set_closed(world, params, True)


def reopen_forum_topic(world: World, params: Params) -> bool:
    return _set_closed(world, params, False)


def _set_closed(world: World, params: Params, closed: bool) -> bool:
    chat = _forum(world, params)
    topic = _topic(world, params, chat, "edit")
    if topic.closed == closed:
        raise bad_request("TOPIC_NOT_MODIFIED")
    topic.closed = closed
    service = "forum_topic_closed" if closed else "forum_topic_reopened"
    world.tell_topic(chat, topic, world.bot, {service: {}})
    return True


def delete_forum_topic(world: World, params: Params) -> bool:
    chat = _forum(world, params)
    topic = _topic(world, params, chat, "delete")
    need_right(world, chat, "can_delete_messages", "delete the topic")
    world.delete_topic(chat, topic)
    return True


def close_general_forum_topic(world: World, params: Params) -> bool:
    return _set_general_closed(world, params, True)


def reopen_general_forum_topic(world: World, params: Params) -> bool:
    return _set_general_closed(world, params, False)


def _set_general_closed(world: World, params: Params, closed: bool) -> bool:
    chat = _forum(world, params)
    need_right(world, chat, "can_manage_topics", "edit the topic")
    if chat.general_closed == closed:
        raise bad_request("TOPIC_NOT_MODIFIED")
    chat.general_closed = closed
    service = "forum_topic_closed" if closed else "forum_topic_reopened"
    world.post(chat, world.bot, {service: {}})
    return True


METHODS: dict[str, Method] = {
    "createForumTopic": create_forum_topic,
    "editForumTopic": edit_forum_topic,
    "closeForumTopic": close_forum_topic,
    "reopenForumTopic": reopen_forum_topic,
    "deleteForumTopic": delete_forum_topic,
    "closeGeneralForumTopic": close_general_forum_topic,
    "reopenGeneralForumTopic": reopen_general_forum_topic,
}
