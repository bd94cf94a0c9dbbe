"""The edge to Telegram: performs effects, fetches updates, asks what `check` needs to know.

Together with transport, parse, outcome and rights the only code that knows the Bot API.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import telegram
from telegram import (
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
)
from telegram.constants import ChatMemberStatus

from bot.conversation import Person
from bot.effects import (
    AnswerPress,
    CloseTopic,
    Copy,
    CreateTopic,
    DeleteMessages,
    DeleteTopic,
    EditButtons,
    EditMedia,
    EditText,
    Effect,
    Forward,
    Outcome,
    Pin,
    React,
    ReopenTopic,
    SendDocument,
    SendText,
    Sent,
    TakeBack,
    Unsure,
)
from bot.errors import Problem
from bot.incoming import Calls
from bot.parts import parts
from bot.telegram import carry
from bot.telegram.client import Client
from bot.telegram.markup import (
    PLAIN_NO_PREVIEW,
    entities,
    html_or_plain,
    keyboard,
    plain_keyboard,
    quoted_or_not,
    reply,
)
from bot.telegram.outcome import mended, outcome
from bot.telegram.parse import HEARD
from bot.telegram.rights import missing_rights, problems_of
from bot.telegram.transport import AiohttpRequest, Told

CALLS_AT_ONCE = 40
"""Of Telegram at the webhook."""

log = logging.getLogger(__name__)


class TelegramEdge:
    """One bot on Telegram. ``start`` first, ``stop`` last; between them, use from one loop."""

    def __init__(
        self,
        token: str,
        *,
        base_url: str | None = None,
        base_file_url: str | None = None,
        pool: int = 64,
        read_timeout: float = 20.0,
        proxy: str | None = None,
        clock: Told | None = None,
    ) -> None:
        """``base_url``: as PTB's, the address in front of the token (…/bot).

        ``pool``: effects performed at the same time. ``read_timeout``: seconds without a word
        from Telegram after which nobody knows what became of an effect; generous, because a
        person has to look into each of those. ``clock``: hears from each answer what time it is.
        """
        request = AiohttpRequest(pool, read_timeout=read_timeout, proxy=proxy, clock=clock)
        polls = AiohttpRequest(2, read_timeout=read_timeout, proxy=proxy, clock=clock)
        with mended():  # PTB refuses an empty token here
            self._bot = Client(
                token,
                base_url=base_url or "https://api.telegram.org/bot",
                base_file_url=base_file_url or "https://api.telegram.org/file/bot",
                request=request,
                get_updates_request=polls,
            )

    # ------------------------------------------------------------------------------- effects

    async def perform(self, effect: Effect) -> Outcome:
        """Do one thing to the outside world, once, and say what became of it. Never raises."""
        try:
            return await self._do(effect)
        except Exception as error:
            became = outcome(error, getattr(effect, "chat_id", None))
            if not isinstance(error, telegram.error.TelegramError):
                log.error("%s: %s", type(effect).__name__, became, exc_info=error)
            return became

    async def _do(self, effect: Effect) -> Outcome:
        bot = self._bot
        match effect:
            case SendText():
                return await self._send_text(effect)
            case Copy():
                return await carry.copy(bot, effect)
            case Forward():
                return await carry.forward(bot, effect)
            case EditText():
                await carry.edit_text(bot, effect)
            case EditMedia():
                await carry.edit_media(bot, effect)
            case TakeBack(chat_id, message_id):
                await bot.delete_message(chat_id, message_id)
            case EditButtons(chat_id, message_id, buttons):
                await bot.edit_message_reply_markup(
                    chat_id, message_id, reply_markup=keyboard(buttons)
                )
            case React(chat_id, message_id, emoji):
                await bot.set_message_reaction(chat_id, message_id, emoji)
            case AnswerPress(callback_id, text, alert):
                await bot.answer_callback_query(callback_id, text[:200] or None, show_alert=alert)
            case CreateTopic(chat_id, name):
                topic = await bot.create_forum_topic(chat_id, name[:128])
                return Sent((topic.message_thread_id,))
            case CloseTopic(chat_id, thread_id):
                await bot.close_forum_topic(chat_id, thread_id)
            case ReopenTopic(chat_id, thread_id):
                await bot.reopen_forum_topic(chat_id, thread_id)
            case DeleteTopic(chat_id, thread_id):
                await bot.delete_forum_topic(chat_id, thread_id)
            case DeleteMessages(chat_id, message_ids):
                await bot.delete_messages(chat_id, message_ids)
            case SendDocument(chat_id, name, content, caption):
                sent = await bot.send_document(
                    chat_id, content.encode(), caption=caption, filename=name
                )
                return Sent((sent.message_id,))
            case Pin(chat_id, message_id):
                await bot.pin_chat_message(chat_id, message_id, disable_notification=True)
        return Sent()

    async def _send_text(self, effect: SendText) -> Outcome:
        """A long text goes in several messages; the buttons are under the last of them."""
        texts = parts(effect.text, html=effect.html)
        sent: list[int] = []
        for number, text in enumerate(texts, start=1):
            try:
                sent.append(await self._send_part(effect, text, number == 1, number == len(texts)))
            except Exception as error:
                if not sent:
                    raise
                became = outcome(error, effect.chat_id)
                return Unsure(f"part {number} of {len(texts)} failed: {became}")
        return Sent(tuple(sent))

    async def _send_part(self, effect: SendText, text: str, first: bool, last: bool) -> int:
        whole = first and last
        below = effect.reply_to if first else None

        async def send(text: str, parse_mode: str | None) -> int:
            message = {
                "chat_id": effect.chat_id,
                "text": text,
                "parse_mode": parse_mode,
                "entities": entities(effect.marks) if whole else None,
                "reply_markup": plain_keyboard(effect.buttons) if last else None,
                "message_thread_id": effect.thread_id,
                "link_preview_options": None if effect.preview else PLAIN_NO_PREVIEW,
            }

            async def answering(quote: str | None) -> int:
                answered = {"reply_parameters": reply(below, quote)}
                return await self._bot.message_id_of("sendMessage", message | answered)

            return await quoted_or_not(answering, effect.quote)

        return await html_or_plain(send, text, effect.html)

    # --------------------------------------------------------------------- starting, receiving

    async def start(self) -> Person:
        """Open the connections and ask Telegram who we are.

        Raises ``Unreachable`` (may be tried again) or another ``errors.TelegramError``.
        """
        with mended():
            await self._bot.initialize()
        me = self._bot.bot
        return Person(me.id, me.full_name, me.username)

    async def stop(self) -> None:
        """Close the connections. Requests still under way end as ``Unsure``."""
        await self._bot.shutdown()

    async def fetch(
        self,
        offset: int | None,
        timeout: float,  # noqa: ASYNC109 - Telegram keeps this time, not we
    ) -> list[dict[str, Any]]:
        """The next updates from ``offset`` on, as Telegram wrote them; waits up to ``timeout`` s.

        Asking with an offset tells Telegram that everything before it was received: store first.
        Raises ``TwoInstances``, ``Unreachable`` (wait ``retry_after``, ask again) or
        ``errors.TelegramError``.
        """
        with mended():
            return await self._bot.raw_updates(offset, timeout)

    async def set_webhook(self, url: str, secret: str) -> None:
        """Have updates delivered to ``url``, with ``secret`` in the header of each."""
        with mended():
            await self._bot.set_webhook(
                url, secret_token=secret, max_connections=CALLS_AT_ONCE, allowed_updates=HEARD
            )

    async def calls(self) -> Calls:
        """Whom Telegram calls for this bot, and whether it gets through."""
        with mended():
            info = await self._bot.get_webhook_info()
        failed = 0.0 if info.last_error_date is None else info.last_error_date.timestamp()
        return Calls(info.url, info.pending_update_count, failed, info.last_error_message or "")

    async def delete_webhook(self) -> None:
        """Have updates wait to be fetched; those that wait already are kept."""
        with mended():
            await self._bot.delete_webhook(drop_pending_updates=False)

    # -------------------------------------------------------------- what the others need to know

    async def set_commands(self, commands: Mapping[str, Mapping[str, str]]) -> None:
        """The menu customers see, per language: {"": {"start": "…"}, "fr": {"start": "…"}}.

        The language "" is for everyone whose language is not there.
        """
        with mended():
            for language, menu in commands.items():
                await self._bot.set_my_commands(
                    list(menu.items()),
                    scope=BotCommandScopeAllPrivateChats(),
                    language_code=language or None,
                )

    async def set_staff_commands(self, chat_id: int, commands: Mapping[str, str]) -> None:
        """The menu shown in the staff group, and nowhere else. Raises errors.TelegramError."""
        with mended():
            scope = BotCommandScopeChat(chat_id)
            await self._bot.set_my_commands(list(commands.items()), scope=scope)

    async def staff_rights(self, chat_id: int, further: bool = False) -> list[Problem]:
        """What is missing for working in this staff group, each with its mend. Never raises.

        ``further``: it only gets what the first cannot take.
        """
        return await missing_rights(self._bot, chat_id, further)

    async def problems_of(self, chat_id: int, person: int) -> list[Problem]:
        """What keeps somebody of staff from acting in this group, with its mend. Never raises."""
        return await problems_of(self._bot, chat_id, person)

    async def member(self, chat_id: int, user_id: int) -> Person | None:
        """A member of the chat; None for somebody else, or when nobody can tell."""
        try:
            member = await self._bot.get_chat_member(chat_id, user_id)
        except Exception:  # refused, out of reach, or an answer PTB cannot read
            return None
        gone = member.status in (ChatMemberStatus.LEFT, ChatMemberStatus.BANNED)
        user = member.user
        return None if gone else Person(user.id, user.full_name, user.username)
