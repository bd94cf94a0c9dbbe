"""Our nouns as Telegram's markup: buttons, replies, and HTML that falls back to plain text."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    MessageEntity,
    ReplyParameters,
    User,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest

from bot.effects import Keyboard
from bot.incoming import Mark
from bot.parts import without_tags
from bot.telegram.outcome import says

T = TypeVar("T")

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
PLAIN_NO_PREVIEW = NO_PREVIEW.to_dict()


async def html_or_plain(
    send: Callable[[str, str | None], Awaitable[T]], text: str, html: bool
) -> T:
    """With our markup; should Telegram not be able to read it, once more without any."""
    if not html:
        return await send(text, None)
    try:
        return await send(text, ParseMode.HTML)
    except BadRequest as error:
        if not says(error, ("can't parse entities",)):
            raise
        return await send(without_tags(text), None)


async def quoted_or_not(send: Callable[[str | None], Awaitable[T]], quote: str | None) -> T:
    """With the part that is answered; should Telegram not find it in the message replied to (it was
    edited since, or reads otherwise on this side), once more without: the reply stands."""
    try:
        return await send(quote)
    except BadRequest as error:
        if quote is None or not says(error, ("quote",)):
            raise
        return await send(None)


def keyboard(buttons: Keyboard) -> InlineKeyboardMarkup | None:
    if not buttons:
        return None
    rows = [[InlineKeyboardButton(b.text, callback_data=b.data) for b in row] for row in buttons]
    return InlineKeyboardMarkup(rows)


def plain_keyboard(buttons: Keyboard) -> dict[str, Any] | None:
    """The same as it travels: for calls that need none of PTB's objects."""
    if not buttons:
        return None
    rows = [[{"text": b.text, "callback_data": b.data} for b in row] for row in buttons]
    return {"inline_keyboard": rows}


def reply(message_id: int | None, quote: str | None = None) -> ReplyParameters | None:
    """A reply to a message that is gone meanwhile is sent all the same."""
    if message_id is None:
        return None
    return ReplyParameters(message_id, allow_sending_without_reply=True, quote=quote)


def entities(marks: Sequence[Mark]) -> list[MessageEntity] | None:
    """Formatting as Telegram takes it; a mention by id only needs the id."""
    return [
        MessageEntity(
            mark.kind,
            mark.offset,
            mark.length,
            url=mark.url,
            user=None if mark.user_id is None else User(mark.user_id, "?", is_bot=False),
            language=mark.language,
            custom_emoji_id=mark.custom_emoji_id,
            unix_time=None
            if mark.unix_time is None
            else datetime.fromtimestamp(mark.unix_time, UTC),
            date_time_format=mark.date_time_format,
        )
        for mark in marks
    ] or None
