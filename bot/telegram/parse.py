"""What Telegram sent, as nouns."""

from __future__ import annotations

import json
from collections.abc import Mapping

from telegram import (
    CallbackQuery,
    ChatMember,
    ChatMemberUpdated,
    Message,
    MessageReactionUpdated,
    ReactionTypeEmoji,
    Update,
    User,
)
from telegram.constants import ChatMemberStatus, ChatType

from bot.conversation import Person
from bot.incoming import (
    Edited,
    Incoming,
    Moved,
    Pressed,
    Reachability,
    Reacted,
    Side,
    Standing,
    TopicClosed,
    Unheard,
    Wrote,
)
from bot.telegram.attachment import SERVICE, mark_of, media_of
from bot.telegram.checked import Unparsable, number, person, whole

STAND_INS = frozenset(
    {
        1087968824,  # @GroupAnonymousBot: an administrator who hides behind the group
        136817688,  # @Channel_Bot: somebody who writes in the name of a channel
        777000,  # Telegram itself: posts of a linked channel, service notices
    }
)
"""Senders that stand for somebody else. They never have authority."""


# --------------------------------------------------------------------- whose conversation is it


def conversation_key(update: Mapping[str, object], staff_chat_id: int) -> str:
    """Whose queue a raw update belongs in: updates with one key are handled in order.

    ``c:<chat id>`` a customer's private chat · ``s:<chat id>:<thread id or 0>`` a topic of the
    staff chat (0: the General topic, and reactions, which do not tell their topic) or a group
    that moved · ``x:<kind>`` anything else. Reads a few keys of the raw JSON; never raises.
    """
    kind = _kind(update)
    content = _part(update, kind)
    message = _part(content, "message") if kind == "callback_query" else content
    chat = _part(message, "chat")
    chat_id = chat.get("id")
    if kind in HEARD and type(chat_id) is int and abs(chat_id) < 2**63:
        moved_from = message.get("migrate_from_chat_id")
        if type(moved_from) is int:
            return Side.STAFF.key(moved_from, 0)
        if "migrate_to_chat_id" in message:
            return Side.STAFF.key(chat_id, 0)
        if chat.get("type") == ChatType.PRIVATE and chat_id > 0:
            return Side.CUSTOMER.key(chat_id)
        if chat_id == staff_chat_id:
            return Side.STAFF.key(chat_id, _raw_thread(message) or 0)
    return Side.ELSEWHERE.key(kind)


HEARD = (
    *("message", "edited_message", "callback_query"),
    *("message_reaction", "my_chat_member"),
)
"""The kinds of update we ask Telegram for, and understand."""


def _kind(update: Mapping[str, object]) -> str:
    """The one key of an update that is not its number: its kind."""
    return next((whole(str(key)[:64]) for key in update if key != "update_id"), "empty")


def _part(whole: Mapping[str, object], key: str) -> Mapping[str, object]:
    part = whole.get(key)
    return part if isinstance(part, Mapping) else {}


def _raw_thread(message: Mapping[str, object]) -> int | None:
    """A reply in the General topic carries a thread id that is no topic (tdlib #447)."""
    thread_id = message.get("message_thread_id")
    return thread_id if message.get("is_topic_message") is True and type(thread_id) is int else None


# ------------------------------------------------------------------------------- what it says


def parse(body: str, *, received_at: float = 0.0) -> Incoming:
    """One stored update as a noun.

    ``received_at``: when it was stored; the time of what Telegram does not date (presses).
    Raises ``Unparsable`` for content Telegram is not known to send; the caller quarantines it.
    """
    try:
        raw = json.loads(body)
        if not isinstance(raw, dict):
            raise Unparsable("The update is not a JSON object.")
        number(raw.get("update_id"))
        update = Update.de_json(raw, None)
        return _understood(update, received_at) or Unheard(
            update.update_id, _kind(raw), received_at
        )
    except Unparsable:
        raise
    except Exception as error:  # PTB raises whatever a wrong value happens to lead to
        raise Unparsable(f"The update cannot be read ({type(error).__name__}).") from error


def _understood(update: Update, received_at: float) -> Incoming | None:
    if update.message is not None:
        return _message(update.update_id, update.message)
    if update.edited_message is not None:
        noun = _message(update.update_id, update.edited_message)
        return Edited(noun) if isinstance(noun, Wrote) else noun
    if update.callback_query is not None:
        return _press(update.update_id, update.callback_query, received_at)
    if update.message_reaction is not None:
        return _reaction(update.update_id, update.message_reaction)
    if update.my_chat_member is not None:
        return _reachability(update.update_id, update.my_chat_member)
    return None


def _by_a_bot(message: Message) -> bool:
    """An administrator who hides behind the group is a person."""
    who = message.from_user
    return who is None or (who.is_bot and who.id not in STAND_INS)


def _message(update_id: int, message: Message) -> Wrote | Moved | TopicClosed | Unheard:
    at = (message.edit_date or message.date).timestamp()
    return _of_the_chat(update_id, message, at) or _wrote(update_id, message, at)


def _of_the_chat(update_id: int, message: Message, at: float) -> Moved | TopicClosed | None:
    """What became of a group or a topic, which Telegram says as a message there."""
    chat_id = number(message.chat.id)
    if message.migrate_to_chat_id is not None:
        return Moved(update_id, chat_id, number(message.migrate_to_chat_id), at)
    if message.migrate_from_chat_id is not None:
        return Moved(update_id, number(message.migrate_from_chat_id), chat_id, at)
    thread = _thread(message)
    if message.forum_topic_closed and thread is not None and not _by_a_bot(message):
        return TopicClosed(update_id, chat_id, thread, at)
    return None


def _wrote(update_id: int, message: Message, at: float) -> Wrote | Unheard:
    media, below = media_of(message), message.reply_to_message
    created = None if below is None else below.forum_topic_created
    event = next((kind for kind in SERVICE if getattr(message, kind, None)), "message")
    if message.from_user is None or (message.text is None and media is None):
        return Unheard(update_id, event, at)
    anonymous = message.sender_chat is not None or message.from_user.id in STAND_INS
    if message.from_user.is_bot and not anonymous:
        return Unheard(update_id, "bot_message", at)  # two bots never talk to each other
    return Wrote(
        update_id=update_id,
        who=_person(message.from_user),
        chat_id=number(message.chat.id),
        message_id=number(message.message_id),
        at=at,
        text=whole(message.text if message.text is not None else message.caption or ""),
        media=media,
        thread_id=_thread(message),
        album=None if message.media_group_id is None else whole(message.media_group_id),
        reply_to=_replied_to(message),
        anonymous=anonymous,
        marks=tuple(map(mark_of, message.entities or message.caption_entities)),
        preview=not (message.link_preview_options and message.link_preview_options.is_disabled),
        quote=None if message.quote is None else whole(message.quote.text),
        forwarded=message.forward_origin is not None,
        elsewhere=message.external_reply is not None or message.reply_to_story is not None,
        below_bot=_bots_name(below),
        topic="" if created is None else whole(created.name),
    )


def _bots_name(message: Message | None) -> str:
    """The username of the bot that wrote a message; "" when a person did."""
    who = None if message is None else message.from_user
    return whole(who.username or "") if who is not None and who.is_bot else ""


def _thread(message: Message) -> int | None:
    return number(message.message_thread_id) if message.is_topic_message else None


def _replied_to(message: Message) -> int | None:
    """The message replied to. Everything in a topic "replies" to the topic's own first message."""
    answered = message.reply_to_message
    if answered is None or answered.message_id == _thread(message):
        return None
    return number(answered.message_id)


def _press(update_id: int, press: CallbackQuery, received_at: float) -> Pressed | None:
    if press.message is None or press.data is None:
        return None
    return Pressed(
        update_id=update_id,
        who=_person(press.from_user),
        chat_id=number(press.message.chat.id),
        message_id=number(press.message.message_id),
        callback_id=whole(press.id),
        data=whole(press.data),
        at=received_at,
        thread_id=_thread(press.message) if isinstance(press.message, Message) else None,
    )


def _reaction(update_id: int, change: MessageReactionUpdated) -> Reacted | None:
    if change.user is None:  # somebody reacted in the name of a chat
        return None
    plain = [r.emoji for r in change.new_reaction if isinstance(r, ReactionTypeEmoji)]
    return Reacted(
        update_id=update_id,
        who=_person(change.user),
        chat_id=number(change.chat.id),
        message_id=number(change.message_id),
        emoji=tuple(whole(emoji) for emoji in plain),
        at=change.date.timestamp(),
        unusual=bool(change.new_reaction) and not plain,
    )


def _reachability(update_id: int, change: ChatMemberUpdated) -> Reachability | Standing:
    if change.chat.type != ChatType.PRIVATE:
        return _standing(update_id, change)
    blocked = change.new_chat_member.status == ChatMemberStatus.BANNED
    return Reachability(update_id, _person(change.from_user), blocked, change.date.timestamp())


def _standing(update_id: int, change: ChatMemberUpdated) -> Standing:
    after = change.new_chat_member
    gone = after.status in (ChatMemberStatus.LEFT, ChatMemberStatus.BANNED)
    muted = getattr(after, "can_send_messages", True) is False
    return Standing(
        update_id,
        number(change.chat.id),
        whole(after.status),
        writes=not gone and not muted,
        topics=_makes_topics(after),
        at=change.date.timestamp(),
    )


def _makes_topics(member: ChatMember) -> bool:
    owner = member.status == ChatMemberStatus.OWNER
    return owner or getattr(member, "can_manage_topics", None) is True


def _person(user: User) -> Person:
    return Person(
        id=person(user.id),
        name=whole(user.full_name),
        username=None if user.username is None else whole(user.username),
        language_code=None if user.language_code is None else whole(user.language_code),
    )
