"""The shapes of Telegram's JSON that do not depend on the state of the world."""

from __future__ import annotations

import json
from typing import Any

Json = dict[str, Any]
"""One object of the Bot API, as it travels."""

GENERAL_RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
)
"""Rights every ChatMemberAdministrator carries."""

GROUP_RIGHTS = (*GENERAL_RIGHTS, "can_pin_messages", "can_manage_topics")
CHANNEL_RIGHTS = (
    *GENERAL_RIGHTS,
    "can_post_messages",
    "can_edit_messages",
    "can_manage_direct_messages",
)

PERMISSIONS = (
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_react_to_messages",
    "can_edit_tag",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
)
"""What a chat allows an ordinary member to do (ChatPermissions)."""

MEDIA_KINDS = (
    "photo",
    "animation",  # before document: an animation carries both, as on Telegram
    "document",
    "voice",
    "video",
    "video_note",
    "audio",
    "sticker",
    "location",
    "venue",
    "contact",
    "poll",
    "dice",
    "story",
    "paid_media",
    "checklist",
    "giveaway",
)
UNCOPYABLE = frozenset({"story", "paid_media", "checklist", "giveaway"})
"""What copyMessage refuses (Bot API, copyMessage); all but protected content may be forwarded."""
CAPTIONED = frozenset({"photo", "animation", "document", "voice", "video", "audio"})
CONTENT_FIELDS = (
    "text",
    "entities",
    "link_preview_options",
    *MEDIA_KINDS,
    "caption",
    "caption_entities",
    "show_caption_above_media",
    "has_media_spoiler",
)
"""What makes a message say what it says: copied by copyMessage and replaced by an edit."""

TOPIC_COLOURS = (7322096, 16766590, 13338331, 9367192, 16749490, 16478047)

REACTIONS = frozenset(
    [
        "👍",
        "👎",
        "❤",
        "🔥",
        "🥰",
        "👏",
        "😁",
        "🤔",
        "🤯",
        "😱",
        "🤬",
        "😢",
        "🎉",
        "🤩",
        "🤮",
        "💩",
        "🙏",
        "👌",
        "🕊",
        "🤡",
        "🥱",
        "🥴",
        "😍",
        "🐳",
        "❤️\u200d🔥",
        "🌚",
        "🌭",
        "💯",
        "🤣",
        "⚡",
        "🍌",
        "🏆",
        "💔",
        "🤨",
        "😐",
        "🍓",
        "🍾",
        "💋",
        "🖕",
        "😈",
        "😴",
        "😭",
        "🤓",
        "👻",
        "👨\u200d💻",
        "👀",
        "🎃",
        "🙈",
        "😇",
        "😨",
        "🤝",
        "✍",
        "🤗",
        "🫡",
        "🎅",
        "🎄",
        "☃",
        "💅",
        "🤪",
        "🗿",
        "🆒",
        "💘",
        "🙉",
        "🦄",
        "😘",
        "💊",
        "🙊",
        "😎",
        "👾",
        "🤷\u200d♂️",
        "🤷",
        "🤷\u200d♀️",
        "😡",
    ]
)
"""The emoji Telegram accepts as reactions (Bot API 10.0, ReactionTypeEmoji)."""


_JSON = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)


def encode(value: object) -> bytes:
    """JSON as Telegram sends it: compact, UTF-8."""
    return _JSON.encode(value).encode()


def without_empty(shape: Json) -> Json:
    """The shape without its absent fields: Telegram leaves them out instead of sending null."""
    return {name: value for name, value in shape.items() if value is not None}


def reaction(emoji: str) -> Json:
    return {"type": "emoji", "emoji": emoji}


def utf16_length(text: str) -> int:
    """Length in UTF-16 code units, Telegram's unit for offsets and limits."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2
