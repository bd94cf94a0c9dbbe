"""PTB's client, with updates as Telegram wrote them and only as much of an answer as we need."""

from __future__ import annotations

from typing import Any

import telegram

from bot.telegram.parse import HEARD


class Client(telegram.Bot):
    """As PTB's own, with a few calls beside them.

    ``Bot.get_updates`` would build PTB's objects, which is work for the steps after the inbox,
    and would fail for a whole batch when one update in it is odd. ``Bot.do_api_request`` gives
    raw results but warns at each call that ``get_updates`` exists. ``_post`` is what both call,
    and what ExtBot overrides; it sends getUpdates through its own request object, whose
    connections the senders never wait for.
    """

    __slots__ = ()

    async def raw_updates(self, offset: int | None, wait: float) -> list[dict[str, Any]]:
        wanted = {"offset": offset, "timeout": int(wait), "allowed_updates": list(HEARD)}
        answer = await self._post(
            "getUpdates", wanted, read_timeout=wait + (self._request[0].read_timeout or 0)
        )
        if not isinstance(answer, list) or not all(map(_numbered, answer)):
            raise telegram.error.TelegramError("the answer is not a list of updates")
        return answer

    async def raw_chat(self, chat_id: int) -> dict[str, Any]:
        """getChat as Telegram answers it: PTB takes "no reactions" and "all reactions" for one."""
        answer = await self._post("getChat", {"chat_id": chat_id})
        if not isinstance(answer, dict):
            raise telegram.error.TelegramError("the answer is not a chat")
        return answer

    async def message_id_of(self, method: str, parameters: dict[str, Any]) -> int:
        """Call a method that makes one message; its number.

        ``Bot.send_message`` would build PTB's whole Message of the answer, of which we need the
        number: a fifth of the processor time of a send (py-spy, 2,500 messages in a burst).
        """
        return int((await self._post(method, parameters))["message_id"])


def _numbered(update: object) -> bool:
    return isinstance(update, dict) and type(update.get("update_id")) is int
