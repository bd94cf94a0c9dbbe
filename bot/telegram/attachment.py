"""What was sent beside bare words: the media, what it says, and the formatting, as nouns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from telegram import Message, MessageEntity
from telegram.constants import MessageAttachmentType, MessageType

from bot.incoming import LIVE_LOCATION, Mark, Media
from bot.telegram.checked import number, whole

EVENTS = frozenset({"passport_data", "successful_payment"})
MEDIA = (
    "animation",  # before document, and venue before location: Telegram sends both
    "venue",
    *sorted({str(kind) for kind in MessageAttachmentType} - EVENTS - {"animation", "venue"}),
    *("checklist", "gift", "unique_gift", "giveaway", "giveaway_winners"),
)
"""Message fields that hold what a person sent, the more telling one first."""

MARKS = frozenset(
    {"business_connection_id", "effect_id", "reply_to_story", "sender_boost_count"}
    | {"sender_business_bot", "suggested_post_info", "text"}
)
SERVICE = tuple(sorted({str(kind) for kind in MessageType} - set(MEDIA) - MARKS))
"""Message fields by which Telegram reports an event: nobody said anything."""


def media_of(message: Message) -> Media | None:
    """What was sent beside words. An event is None; a field this version does not know is not."""
    kind = next((kind for kind in MEDIA if getattr(message, kind, None)), None)
    if kind is None:
        unknown = sorted(message.api_kwargs)
        if message.text is not None or not unknown or any(getattr(message, k) for k in SERVICE):
            return None
        return Media(whole(unknown[0]))
    content = getattr(message, kind)
    if kind == "photo":
        content = content[-1]  # the same picture in several sizes, the largest last
    file_id = getattr(content, "file_id", None)
    emoji = getattr(content, "emoji", None)
    live = kind == "location" and content.live_period is not None
    return Media(
        LIVE_LOCATION if live else kind,
        file_id=None if file_id is None else whole(file_id),
        emoji=None if emoji is None else whole(emoji),
        about=_about(kind, content),
        caption_above=message.show_caption_above_media is True,
    )


ABOUT: Mapping[str, Callable[[Any], Sequence[object]]] = {
    "audio": lambda audio: (audio.performer, audio.title),
    "checklist": lambda checklist: (checklist.title,),
    "contact": lambda contact: (contact.first_name, contact.last_name, contact.phone_number),
    "dice": lambda dice: (dice.value,),
    "document": lambda document: (document.file_name,),
    "invoice": lambda invoice: (invoice.title,),
    "location": lambda place: (place.latitude, place.longitude),
    "paid_media": lambda paid: (paid.star_count, "⭐"),
    "poll": lambda poll: (poll.question,),
    "venue": lambda venue: (venue.title, venue.address),
}
"""What media of some kinds says, for whoever reads the transcript."""


def _about(kind: str, content: Any) -> str | None:
    said = ABOUT[kind](content) if kind in ABOUT else ()
    return " ".join(whole(str(part)) for part in said if part is not None) or None


def mark_of(entity: MessageEntity) -> Mark:
    return Mark(
        kind=whole(entity.type),
        offset=number(entity.offset),
        length=number(entity.length),
        url=None if entity.url is None else whole(entity.url),
        user_id=None if entity.user is None else number(entity.user.id),
        language=None if entity.language is None else whole(entity.language),
        custom_emoji_id=(None if entity.custom_emoji_id is None else whole(entity.custom_emoji_id)),
        unix_time=None if entity.unix_time is None else int(entity.unix_time.timestamp()),
        date_time_format=(
            None if entity.date_time_format is None else whole(entity.date_time_format)
        ),
    )
