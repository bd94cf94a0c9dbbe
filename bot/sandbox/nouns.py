"""The nouns of the sandbox: users, members, topics, messages, chats, presses. Values, no rules."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field

from .wire import CONTENT_FIELDS, MEDIA_KINDS, Json, without_empty

PRESENT = frozenset({"creator", "administrator", "member", "restricted"})


def as_read(text: str) -> str:
    """Nobody sees that a space does not break."""
    return text.replace("\N{NO-BREAK SPACE}", " ")


@dataclass(slots=True)
class User:
    """A person, or the bot. `started`: has an open private chat with the bot."""

    id: int
    first_name: str
    is_bot: bool = False
    last_name: str | None = None
    username: str | None = None
    language_code: str | None = None
    started: bool = False
    blocked: bool = False
    deactivated: bool = False

    @property
    def wire(self) -> Json:
        shape: Json = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        for name in ("last_name", "username", "language_code"):
            if value := getattr(self, name):
                shape[name] = value
        return shape


@dataclass(slots=True)
class Member:
    """One person's place in a chat: a status of the Bot API and, for administrators, rights."""

    status: str
    rights: frozenset[str] = frozenset()
    is_anonymous: bool = False

    @property
    def is_present(self) -> bool:
        return self.status in PRESENT

    @property
    def is_admin(self) -> bool:
        return self.status in ("creator", "administrator")

    def may(self, right: str) -> bool:
        return self.status == "creator" or (self.status == "administrator" and right in self.rights)


@dataclass(slots=True)
class Topic:
    """A forum topic; its id is the id of the service message that opened it."""

    id: int
    name: str
    icon_color: int
    creator_id: int
    icon_custom_emoji_id: str | None = None
    closed: bool = False
    deleted: bool = False
    opening: Json = field(default_factory=dict, repr=False)

    @property
    def wire(self) -> Json:
        shape: Json = {
            "message_thread_id": self.id,
            "name": self.name,
            "icon_color": self.icon_color,
        }
        if self.icon_custom_emoji_id:
            shape["icon_custom_emoji_id"] = self.icon_custom_emoji_id
        return shape

    @property
    def shown(self) -> Json:
        """The topic as the page shows it."""
        return {
            "id": self.id,
            "name": self.name,
            "closed": self.closed,
            "icon_color": self.icon_color,
            "deleted": self.deleted,
        }


class Message:
    """A message as it is now. `wire` is what Telegram tells of it; an edit replaces `wire`."""

    __slots__ = ("chat", "deleted", "reactions", "sender_id", "wire")

    def __init__(self, chat: Chat, wire: Json, sender_id: int) -> None:
        self.chat = chat
        self.wire = wire
        self.sender_id = sender_id
        self.deleted = False
        self.reactions: dict[int, list[str]] = {}

    def __repr__(self) -> str:
        return f"<Message {self.chat.id}/{self.id} from {self.sender_id}: {self.text!r}>"

    @property
    def id(self) -> int:
        return int(self.wire["message_id"])

    message_id = id

    @property
    def chat_id(self) -> int:
        return self.chat.id

    @property
    def written(self) -> str:
        """The text, or for media its caption, to the letter."""
        return str(self.wire.get("text", self.wire.get("caption", "")))

    @property
    def text(self) -> str | None:
        """The text, or for media its caption, as a person reads it."""
        return as_read(self.written) if {"text", "caption"} & self.wire.keys() else None

    @property
    def thread(self) -> int | None:
        """The forum topic it is in; None in General and outside forums."""
        topic: int | None = (
            self.wire["message_thread_id"] if self.wire.get("is_topic_message") else None
        )
        return topic

    @property
    def media(self) -> str | None:
        """ "photo", "document", "voice"...; None for a text."""
        return next((kind for kind in MEDIA_KINDS if kind in self.wire), None)

    @property
    def keyboard(self) -> list[list[Json]]:
        rows: list[list[Json]] = self.wire.get("reply_markup", {}).get("inline_keyboard", [])
        return rows

    @property
    def buttons(self) -> list[str]:
        """The texts of the inline buttons, row by row."""
        return [as_read(button["text"]) for row in self.keyboard for button in row]

    @property
    def edited(self) -> bool:
        return "edit_date" in self.wire

    @property
    def reply_to(self) -> int | None:
        """The id of the message it answers, if any."""
        target = self.wire.get("reply_to_message", {})
        return None if "forum_topic_created" in target else target.get("message_id")

    @property
    def content(self) -> Json:
        """What it says, without who, when and where; empty for a service message."""
        return {name: self.wire[name] for name in CONTENT_FIELDS if name in self.wire}

    @property
    def quoted(self) -> Json:
        """The message as it travels inside a reply: replies do not nest."""
        return {name: value for name, value in self.wire.items() if name != "reply_to_message"}

    @property
    def shown(self) -> Json:
        """The message as the page shows it."""
        marks = [
            {"emoji": emoji, "user_id": user_id}
            for user_id, emojis in self.reactions.items()
            for emoji in emojis
        ]
        return {**self.wire, "deleted": self.deleted, "reactions": marks}


@dataclass(slots=True)
class Chat:
    """A private chat (id = the person's), a group, supergroup or channel, with its history."""

    id: int
    kind: str
    title: str | None = None
    user: User | None = None
    is_forum: bool = False
    is_direct_messages: bool = False
    business_id: str | None = None
    """The connection through which the bot reads this chat between two people."""
    linked_id: int | None = None
    """A channel and its discussion group name each other; direct messages name their channel."""
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(2), repr=False)
    members: dict[int, Member] = field(default_factory=dict)
    topics: dict[int, Topic] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict, repr=False)
    pinned: list[int] = field(default_factory=list)
    migrated_to: int | None = None
    general_closed: bool = False
    general_hidden: bool = False

    @property
    def wire(self) -> Json:
        if self.user is not None:
            return without_empty(
                {
                    "id": self.id,
                    "first_name": self.user.first_name,
                    "last_name": self.user.last_name,
                    "username": self.user.username,
                    "type": "private",
                }
            )
        shape: Json = {"id": self.id, "title": self.title, "type": self.kind}
        if self.is_forum:
            shape["is_forum"] = True
        if self.is_direct_messages:
            shape["is_direct_messages"] = True
        return shape

    def member(self, user_id: int) -> Member:
        return self.members.get(user_id) or Member("left")

    def message(self, message_id: int | None) -> Message | None:
        """The message with this id, unless it is deleted."""
        message = self.messages.get(message_id or 0)
        return None if message is None or message.deleted else message

    def visible(self) -> list[Message]:
        return [message for message in self.messages.values() if not message.deleted]

    @property
    def shown(self) -> Json:
        """The chat as the page shows it."""
        return {
            "id": self.id,
            "type": self.kind,
            "title": self.title or (self.user.first_name if self.user else ""),
            "is_forum": self.is_forum,
            "members": [
                {"id": id, "status": m.status, "manages_topics": m.may("can_manage_topics")}
                for id, m in self.members.items()
            ],
            "topics": [topic.shown for topic in self.topics.values() if not topic.deleted],
        }


@dataclass(slots=True)
class Connection:
    """A person lets the bot work in their own private chats (Telegram Business)."""

    id: str
    owner: User
    rights: frozenset[str]
    at: float
    chats: dict[int, Chat] = field(default_factory=dict, repr=False)
    """The owner's chats the bot may see, by the other person's id."""

    @property
    def wire(self) -> Json:
        return {
            "id": self.id,
            "user": self.owner.wire,
            "user_chat_id": self.owner.id,
            "date": int(self.at),
            "rights": dict.fromkeys(sorted(self.rights), True),
            "is_enabled": True,
        }


@dataclass(slots=True)
class Query:
    """A pressed button that waits for answerCallbackQuery."""

    id: str
    user_id: int
    at: float
    answered: bool = False
    text: str | None = None
    show_alert: bool = False
