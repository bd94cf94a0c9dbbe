"""How a person's message is carried over on Telegram: copied, forwarded, edited, as it is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import telegram
from telegram import (
    InputMedia,
    InputMediaAnimation,
    InputMediaAudio,
    InputMediaDocument,
    InputMediaPhoto,
    InputMediaVideo,
)
from telegram.error import BadRequest

from bot.effects import Copy, EditMedia, EditText, Forward, Outcome, Sent
from bot.parts import MESSAGE_UNITS, parts
from bot.telegram.markup import (
    NO_PREVIEW,
    entities,
    html_or_plain,
    keyboard,
    quoted_or_not,
    reply,
)
from bot.telegram.outcome import says

REPLACEABLE: dict[str, Callable[..., InputMedia]] = {
    "animation": InputMediaAnimation,
    "audio": InputMediaAudio,
    "document": InputMediaDocument,
    "photo": InputMediaPhoto,
    "video": InputMediaVideo,
}
"""The kinds of media that editMessageMedia takes."""


async def copy(bot: telegram.Bot, effect: Copy) -> Outcome:
    """copyMessages keeps an album together, but cannot reply, wants the ids in order, and can only
    take words away."""
    if len(effect.message_ids) > 1:
        copies = await bot.copy_messages(
            effect.chat_id,
            effect.from_chat_id,
            sorted(effect.message_ids),
            message_thread_id=effect.thread_id,
            remove_caption=True if effect.caption == "" else None,
        )
        return Sent(tuple(one.message_id for one in copies))

    async def one(quote: str | None) -> Outcome:
        copied = await bot.copy_message(
            effect.chat_id,
            effect.from_chat_id,
            effect.message_ids[0],
            caption=effect.caption,
            caption_entities=entities(effect.marks),
            show_caption_above_media=effect.caption_above or None,
            message_thread_id=effect.thread_id,
            reply_parameters=reply(effect.reply_to, quote),
        )
        return Sent((copied.message_id,))

    return await quoted_or_not(one, effect.quote)


async def forward(bot: telegram.Bot, effect: Forward) -> Outcome:
    """forwardMessages keeps albums together, and one method is enough for one message too."""
    made = await bot.forward_messages(
        effect.chat_id,
        effect.from_chat_id,
        sorted(effect.message_ids),
        message_thread_id=effect.thread_id,
    )
    return Sent(tuple(one.message_id for one in made))


async def edit_text(bot: telegram.Bot, effect: EditText) -> None:
    """An edit cannot become two messages: a text too long ends in an ellipsis.

    Under a photo the words are a caption, which wants a method of its own.
    """
    text = parts(effect.text, html=effect.html)[0]
    if text != effect.text:
        text = parts(effect.text, html=effect.html, limit=MESSAGE_UNITS - 1)[0] + "…"
    marks = entities(effect.marks) if text == effect.text else None

    async def edit(text: str, parse_mode: str | None) -> telegram.Message | bool:
        return await bot.edit_message_text(
            text,
            effect.chat_id,
            effect.message_id,
            parse_mode=parse_mode,
            entities=marks,
            reply_markup=keyboard(effect.buttons),
            link_preview_options=NO_PREVIEW,
        )

    async def caption(text: str, parse_mode: str | None) -> telegram.Message | bool:
        return await bot.edit_message_caption(
            effect.chat_id,
            effect.message_id,
            caption=text,
            parse_mode=parse_mode,
            caption_entities=marks,
            reply_markup=keyboard(effect.buttons),
        )

    if effect.only_text:
        await html_or_plain(edit, text, effect.html)
    else:
        await _one_or_other(edit, caption, text, effect.html)


async def _one_or_other(
    edit: Callable[[str, str | None], Awaitable[object]],
    caption: Callable[[str, str | None], Awaitable[object]],
    text: str,
    html: bool,
) -> None:
    try:
        await html_or_plain(edit, text, html)
    except BadRequest as error:
        if not says(error, ("there is no text in the message to edit",)):
            raise
        await html_or_plain(caption, text, html)


async def edit_media(bot: telegram.Bot, effect: EditMedia) -> None:
    """Another file with its words; `EditMedia.kind` is one of REPLACEABLE."""
    media = REPLACEABLE[effect.kind](
        effect.file_id, caption=effect.text or None, caption_entities=entities(effect.marks)
    )
    await bot.edit_message_media(media, effect.chat_id, effect.message_id)
