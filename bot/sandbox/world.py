"""The state of the sandbox, and how it changes: who is there, what was said. No HTTP here."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Callable, Iterable

from .changes import Changes
from .hearing import bot_hears
from .media import Files
from .nouns import Chat, Connection, Member, Message, Query, Topic, User
from .updates import Updates
from .wire import GROUP_RIGHTS, TOPIC_COLOURS, Json, reaction

ANONYMOUS_ADMIN = User(1087968824, "Group", is_bot=True, username="GroupAnonymousBot")
"""Who Telegram names as the author when an administrator writes anonymously."""


class World:
    """Everything that exists on this loopback Telegram, as seen by its one bot."""

    def __init__(self, clock: Callable[[], float], *, reads_all: bool, memory: int | None) -> None:
        self.name = secrets.token_hex(8)
        """Another in every run: a page that was open before shows people who are gone."""
        self.clock = clock
        self.reads_all = reads_all
        self.memory = memory
        self.bot = User(6_500_000_001, "Sandbox", is_bot=True, username="sandbox_bot")
        self.token = f"{self.bot.id}:AAE-loopback-sandbox-token-of-no-use"
        self.users: dict[int, User] = {self.bot.id: self.bot}
        self.chats: dict[int, Chat] = {}
        self.queries: dict[str, Query] = {}
        self.changes = Changes()
        self.updates = Updates(clock)
        self.files = Files()
        self.connections: dict[str, Connection] = {}
        self.profile: dict[tuple[str, str], object] = {}
        """What the bot has set about itself: (commands|name|description..., scope and language)."""
        self._user_ids = itertools.count(7_000_000_001)
        self._group_ids = itertools.count(1_002_000_000_001)
        self._basic_group_ids = itertools.count(4_000_000_001)
        self.mailbox_numbers = itertools.count(1)
        self._query_ids = itertools.count(4_100_000_000_000_000_001)
        self._album_ids = itertools.count(13_700_000_000_000_001)

    # ── people and chats ──────────────────────────────────────────────────────────────────────

    def add_user(
        self, first_name: str, *, language_code: str | None, username: str | None, id: int | None
    ) -> User:
        user = User(
            next(n for n in self._user_ids if n not in self.users) if id is None else id,
            first_name,
            username=username,
            language_code=language_code,
        )
        self.users[user.id] = user
        return user

    def private_chat(self, user: User) -> Chat:
        """The chat between this user and the bot, opened if need be."""
        if user.id not in self.chats:
            chat = Chat(user.id, "private", user=user, numbers=self.mailbox_numbers)
            self.chats[user.id] = chat
        return self.chats[user.id]

    def add_chat(
        self,
        kind: str,
        title: str,
        *,
        is_forum: bool = False,
        is_direct_messages: bool = False,
        members: Iterable[tuple[int, str]] = (),
        bot: Member | None = None,
        rights: Iterable[str] = GROUP_RIGHTS,
    ) -> Chat:
        """A group, supergroup or channel; `members` are (user id, status)."""
        basic = kind == "group"
        id = -next(self._basic_group_ids) if basic else -next(self._group_ids)
        chat = Chat(
            id, kind, title, is_forum=is_forum and not basic, is_direct_messages=is_direct_messages
        )
        if basic:
            chat.numbers = self.mailbox_numbers
        rights = frozenset(rights)
        for user_id, status in members:
            chat.members[user_id] = Member(status, rights)
        chat.members[self.bot.id] = bot or Member("administrator", rights)
        self.chats[id] = chat
        self.changes.tell("chat", chat=chat)
        return chat

    def knows(self, user: User) -> bool:
        """Whether the bot has ever met this person: started it, or shares a chat with it."""
        return user.started or any(
            user.id in chat.members and self.bot.id in chat.members for chat in self.chats.values()
        )

    # ── messages ──────────────────────────────────────────────────────────────────────────────

    def post(
        self,
        chat: Chat,
        sender: User,
        content: Json,
        *,
        topic: Topic | None = None,
        reply_to: Message | None = None,
        author: User | None = None,
    ) -> Message:
        """A new message; the bot is told of it when Telegram would tell it.

        `author` wrote it when that is not who Telegram names as `sender`.
        """
        wire = self._frame(chat, sender, topic, reply_to)
        wire.update(content)
        message = Message(chat, wire, (author or sender).id)
        chat.messages[message.id] = message
        if self.memory is not None and len(chat.messages) > self.memory:
            del chat.messages[next(iter(chat.messages))]
        self._show(chat, "message", message=message)
        if bot_hears(self.bot, message, sender, reads_all=self.reads_all):
            self.updates.push(self._kind(chat), wire, chat.id)
        return message

    def _frame(
        self, chat: Chat, sender: User, topic: Topic | None, reply_to: Message | None
    ) -> Json:
        """Who, where, when and in answer to what: all of a message but what it says."""
        wire: Json = {"message_id": next(chat.numbers)}
        if chat.kind == "channel":
            wire["sender_chat"] = chat.wire
        else:
            wire["from"] = sender.wire
        wire["chat"] = chat.wire
        wire["date"] = int(self.clock())
        if topic is not None:
            wire["message_thread_id"] = topic.id
            wire["is_topic_message"] = True
        elif reply_to is not None and chat.kind == "supergroup":
            # A reply outside topics, General included, names its thread though it is no topic.
            wire["message_thread_id"] = reply_to.wire.get("message_thread_id", reply_to.id)
        if reply_to is not None:
            wire["reply_to_message"] = reply_to.quoted
        elif topic is not None and topic.opening:
            wire["reply_to_message"] = topic.opening
        if chat.business_id is not None:
            wire["business_connection_id"] = chat.business_id
        return wire

    def edit(self, message: Message, content: Json, editor: User) -> None:
        """New content in place of the old; None values remove a field."""
        kept = {k: v for k, v in message.wire.items() if k not in content}
        message.wire = {
            **kept,
            "edit_date": int(self.clock()),
            **{name: value for name, value in content.items() if value is not None},
        }
        self._show(message.chat, "edited", message=message)
        if bot_hears(self.bot, message, editor, reads_all=self.reads_all):
            self.updates.push("edited_" + self._kind(message.chat), message.wire, message.chat.id)

    def delete(self, message: Message) -> None:
        """Gone for everyone. Bots are not told of it, but for business chats."""
        message.deleted = True
        chat = message.chat
        self._show(chat, "deleted", chat_id=chat.id, message_id=message.id)
        if chat.business_id is not None:
            gone: Json = {"business_connection_id": chat.business_id, "chat": chat.wire}
            gone["message_ids"] = [message.id]
            self.updates.push("deleted_business_messages", gone, chat.id)

    def react(self, message: Message, user: User, emojis: list[str]) -> None:
        """Sets the user's reactions to a message; those of people are told to an admin bot."""
        old = message.reactions.get(user.id, [])
        if old == emojis:
            return
        message.reactions[user.id] = emojis
        chat = message.chat
        shown = message.shown["reactions"]
        self.changes.tell(
            "reaction", chat_id=chat.id, message_id=message.id, user_id=user.id, reactions=shown
        )
        if user.is_bot or not (chat.kind == "private" or chat.member(self.bot.id).is_admin):
            return
        self.updates.push(
            "message_reaction",
            {
                "chat": chat.wire,
                "message_id": message.id,
                "user": user.wire,
                "date": int(self.clock()),
                "old_reaction": [reaction(emoji) for emoji in old],
                "new_reaction": [reaction(emoji) for emoji in emojis],
            },
            chat.id,
        )

    def press(self, message: Message, user: User, data: str) -> Query:
        """An inline button is pressed."""
        query = Query(str(next(self._query_ids)), user.id, self.clock())
        self.queries[query.id] = query
        self.updates.push(
            "callback_query",
            {
                "id": query.id,
                "from": user.wire,
                "message": message.wire,
                "chat_instance": str(-message.chat.id * 7919),
                "data": data,
            },
            user.id,
        )
        self.changes.wake()
        return query

    def _show(self, chat: Chat, kind: str, **what: object) -> None:
        """Pages see the bot's own chats; a business chat is between two people."""
        if chat.business_id is None:
            self.changes.tell(kind, **what)
        else:
            self.changes.wake()

    def rolls(self, before: int) -> int:
        """A copied die is thrown anew; here it never shows the same as before."""
        return before % 6 + 1

    def new_album(self) -> str:
        return str(next(self._album_ids))

    def _kind(self, chat: Chat) -> str:
        if chat.business_id is not None:
            return "business_message"
        return "channel_post" if chat.kind == "channel" else "message"

    # ── topics ────────────────────────────────────────────────────────────────────────────────

    def open_topic(
        self, chat: Chat, creator: User, name: str, colour: int | None, emoji_id: str | None
    ) -> Topic:
        """A new topic and the service message that opens it."""
        topic = Topic(0, name, colour or TOPIC_COLOURS[0], creator.id, emoji_id)
        created: Json = {"name": name, "icon_color": topic.icon_color}
        if emoji_id:
            created["icon_custom_emoji_id"] = emoji_id
        number = next(chat.numbers)
        topic.id = number
        chat.numbers = itertools.chain([number], chat.numbers)
        chat.topics[number] = topic
        opening = self.post(chat, creator, {"forum_topic_created": created}, topic=topic)
        topic.opening = opening.wire
        self.changes.tell("topic", chat_id=chat.id, topic=topic)
        return topic

    def tell_topic(self, chat: Chat, topic: Topic, actor: User, service: Json) -> None:
        """A topic has changed: its service message, and the page."""
        self.post(chat, actor, service, topic=topic)
        self.changes.tell("topic", chat_id=chat.id, topic=topic)

    def delete_topic(self, chat: Chat, topic: Topic) -> None:
        """The topic and all its messages are gone; bots are not told."""
        topic.deleted = True
        for message in chat.messages.values():
            if message.thread == topic.id and not message.deleted:
                self.delete(message)
        self.changes.tell("topic", chat_id=chat.id, topic=topic)
