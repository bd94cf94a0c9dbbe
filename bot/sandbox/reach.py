"""Where a person may act: finds the chat and topic they write in, or says why the app would not."""

from __future__ import annotations

from .business import chat_with
from .nouns import Chat, Connection, Message, Topic, User
from .refusals import CannotDo
from .wire import utf16_length
from .world import World

Place = Chat | int | None
"""A chat or its id; None is the person's private chat with the bot."""


def chat_for(world: World, user: User, place: Place) -> Chat:
    """The chat that the user writes in; in a private one this also starts the bot."""
    name = user.first_name
    if user.deactivated:
        raise CannotDo("deactivated", name=name)
    if place is None or place == user.id:
        if user.blocked:
            raise CannotDo("blocked", name=name)
        user.started = True
        return world.private_chat(user)
    chat = world.chats.get(place) if isinstance(place, int) else place
    while chat is not None and chat.migrated_to is not None:
        chat = world.chats[chat.migrated_to]
    if chat is None:
        raise CannotDo("no_chat")
    is_open = chat.is_direct_messages or (chat.linked_id is not None and chat.kind == "supergroup")
    if not is_open and not chat.member(user.id).is_present:
        raise CannotDo("no_member", name=name, chat=chat.title)
    return chat


def customer_chat(world: World, user: User, connection: Connection, place: Place) -> Chat:
    """A business chat; the owner of the connection names the customer's id as ``place``."""
    id = place.id if isinstance(place, Chat) else place
    customer = world.users.get(id or 0) if user is connection.owner else user
    if customer is None:
        raise CannotDo("no_customer")
    return chat_with(world, connection, customer)


def topic_for(user: User, chat: Chat, thread: int | None) -> Topic | None:
    """The topic to write in; General (None, 0 or 1) is no topic."""
    topic = None
    if thread is not None and thread > 1:
        topic = chat.topics.get(thread)
        if topic is None or topic.deleted:
            raise CannotDo("no_topic")
    closed = topic.closed if topic is not None else chat.general_closed
    if closed and not chat.member(user.id).may("can_manage_topics"):
        raise CannotDo("closed")
    return topic


def must_own(user: User, message: Message) -> None:
    if message.deleted or message.sender_id != user.id:
        raise CannotDo("not_yours_to_edit", name=user.first_name)


def must_see(user: User, message: Message) -> None:
    if message.deleted:
        raise CannotDo("deleted")
    chat = message.chat
    if chat.id != user.id and not chat.member(user.id).is_present:
        raise CannotDo("unseen", name=user.first_name)


def must_fit(text: str, most: int) -> None:
    if utf16_length(text) > most:
        raise CannotDo("too_long", most=most)
