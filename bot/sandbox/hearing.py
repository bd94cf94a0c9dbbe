"""What the bot is told of: Telegram's privacy mode, and which of its own deeds come back to it."""

from __future__ import annotations

from .nouns import Message, User

SERVICE_SEEN_BY_ITS_AUTHOR = frozenset(
    {
        "forum_topic_created",
        "forum_topic_edited",
        "forum_topic_closed",
        "forum_topic_reopened",
        "general_forum_topic_hidden",
        "general_forum_topic_unhidden",
        "pinned_message",
        "left_chat_member",
    }
)
"""Service messages a bot is told of even when it caused them (telegram-bot-api, Client.cpp,
need_skip_update_message); its other messages never come back to it."""

SERVICE = SERVICE_SEEN_BY_ITS_AUTHOR | {
    "new_chat_members",
    "migrate_to_chat_id",
    "migrate_from_chat_id",
    "group_chat_created",
    "supergroup_chat_created",
}


def bot_hears(bot: User, message: Message, sender: User, *, reads_all: bool) -> bool:
    """A bot that is no administrator hears what is meant for it, unless it ``reads_all``."""
    chat, wire = message.chat, message.wire
    if chat.business_id is not None:
        return True
    if sender is bot:
        return any(name in wire for name in SERVICE_SEEN_BY_ITS_AUTHOR)
    if chat.kind == "private":
        return True
    me = chat.member(bot.id)
    if not me.is_present:
        return bool(wire.get("left_chat_member", {}).get("id") == bot.id)
    if me.is_admin or reads_all or any(name in wire for name in SERVICE):
        return True
    text = wire.get("text", "")
    answered = wire.get("reply_to_message", {}).get("from", {})
    return bool(text.startswith("/") or answered.get("id") == bot.id)
