"""Our nouns as Telegram's markup: buttons, replies, and HTML that falls back to plain text."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, ReplyParameters
from telegram.constants import ParseMode
from telegram.error import BadRequest

from bot.effects import Keyboard
from bot.outcome import says
from bot.parts import without_tags

T = TypeVar("T")


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


def keyboard(buttons: Keyboard) -> InlineKeyboardMarkup | None:
    if not buttons:
        return None
    rows = [[InlineKeyboardButton(b.text, callback_data=b.data) for b in row] for row in buttons]
    return InlineKeyboardMarkup(rows)


def reply(message_id: int | None) -> ReplyParameters | None:
    """A reply to a message that is gone meanwhile is sent all the same."""
    if message_id is None:
        return None
    return ReplyParameters(message_id, allow_sending_without_reply=True)
