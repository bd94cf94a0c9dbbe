"""What an error from Telegram means: for the effect that met it, or for starting and receiving.

For effects the line that matters (at most once, never lost) runs between *surely not done* and
*nobody knows*; everything doubtful is ``Unsure``. Wordings are those of Telegram's own server
(tdlib/telegram-bot-api, Client.cpp at Bot API 10.0); PTB drops the "Bad Request: " in front and
changes the case, so they are compared in lower case.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
)

from bot import errors
from bot.effects import NotSent, Outcome, Refusal, Refused, Sent, Unsure
from bot.telegram.transport import never_left

AGAIN_S = 3.0
"""Seconds until Telegram is asked again that could not be reached, or not be understood."""

ALREADY = (
    "message is not modified",
    "topic_not_modified",
    "query is too old",
    "message to delete not found",
)
"""Refusals that mean there is nothing left to do."""

CUSTOMER_GONE = (
    "bot was blocked by the user",
    "user is deactivated",
    "bot can't initiate conversation",
    "bots can't send messages to bots",
    "bot can't send messages to bots",
    "peer_id_invalid",
    "user not found",
)
TOPIC_CLOSED = ("topic_closed",)
TOPIC_GONE = ("message thread not found", "topic_deleted", "topic_id_invalid", "topic not found")
NOT_THERE = ("not a member of", "was kicked from", "chat not found")
NO_FORUM = ("chat is not a forum", "chat_not_forum")
NO_RIGHTS = (
    "not enough rights",
    "have no rights",
    "need administrator rights",
    "chat_admin_required",
    "chat_write_forbidden",
)
NO_REACTION = ("reaction_invalid",)
GONE = ("not found",)
"""Of a message to edit, copy, forward...: looked for last, for chats and topics are so missed too.
"""


def outcome(error: Exception, chat_id: int | None = None) -> Outcome:
    """The outcome of an effect on ``chat_id`` whose call raised ``error``."""
    match error:
        case RetryAfter():
            return NotSent("Telegram asks to slow down", retry_after=retry_after(error))
        case ChatMigrated():
            return Refused(Refusal.MOVED, str(error), new_chat_id=error.new_chat_id)
        case InvalidToken() | EndPointNotFound():
            return Refused(Refusal.UNAUTHORIZED, "Telegram does not accept the token")
        case BadRequest() | Forbidden():
            if says(error, ALREADY):
                return Sent()
            return Refused(_refusal(error, chat_id), str(error))
        case Conflict():
            return NotSent(str(error))
        case TelegramError() if never_left(error):
            return NotSent(str(error))
        case TelegramError() if "too many requests" in str(error).lower():
            return NotSent("Telegram asks to slow down", retry_after=5.0)  # 429 of a proxy
        case TelegramError():
            return Unsure(str(error)[:200])
    return Unsure(f"Telegram's answer could not be understood ({type(error).__name__})")


def retry_after(error: RetryAfter) -> float:
    """Seconds; PTB gives a number until it gives a timedelta (PTB_TIMEDELTA, later always)."""
    pause = error.retry_after
    return pause.total_seconds() if isinstance(pause, timedelta) else float(pause)


def says(error: Exception, wordings: tuple[str, ...]) -> bool:
    """True when Telegram's description holds one of ``wordings``."""
    description = str(error).lower()
    return any(wording in description for wording in wordings)


def _refusal(error: BadRequest | Forbidden, chat_id: int | None) -> Refusal:
    """The first kind that has its wording; a person who cannot be written to has blocked us."""
    of_a_group = {
        Refusal.NOT_THERE: NOT_THERE,
        Refusal.NO_FORUM: NO_FORUM,
        Refusal.NO_RIGHTS: NO_RIGHTS,
    }
    kinds = {
        Refusal.BLOCKED: CUSTOMER_GONE,
        Refusal.TOPIC_GONE: TOPIC_GONE,
        Refusal.TOPIC_CLOSED: TOPIC_CLOSED,
        **of_a_group,
        Refusal.NO_REACTION: NO_REACTION,
        Refusal.GONE: GONE,
    }
    unknown = Refusal.NO_RIGHTS if isinstance(error, Forbidden) else Refusal.BAD_REQUEST
    kind = next((kind for kind, wordings in kinds.items() if says(error, wordings)), unknown)
    return Refusal.BLOCKED if kind in of_a_group and _private(chat_id) else kind


def _private(chat_id: int | None) -> bool:
    """Private chats have the id of their person; groups and channels are negative."""
    return chat_id is not None and chat_id > 0


# --------------------------------------------------------------------- starting and receiving


class Unreachable(errors.TelegramError, ConnectionError):
    """Telegram could not be reached or asks to wait; ``retry_after`` seconds, then try again.

    Also a ``ConnectionError``, so that steps may catch it without knowing this file.
    """

    def __init__(self, what: str, retry_after: float) -> None:
        super().__init__(what)
        self.retry_after = retry_after


@contextmanager
def mended() -> Iterator[None]:
    """PTB's errors become ours, each with its mend.

    The originals are dropped: PTB writes the token into the message of its ``InvalidToken``.
    """
    try:
        yield
    except Conflict as error:
        raise errors.TwoInstances(_two_instances(error)) from None
    except (InvalidToken, Forbidden):
        raise errors.TelegramError(
            "Telegram does not know the token. Copy it again from @BotFather (/mybots, API Token)."
        ) from None
    except BadRequest as error:
        raise errors.TelegramError(f"Telegram refuses: {error}.") from None
    except RetryAfter as error:
        seconds = retry_after(error)
        raise Unreachable(f"Telegram asks to wait {seconds:g} s.", seconds) from None
    except TelegramError as error:
        raise Unreachable(
            f"Telegram cannot be reached ({str(error)[:200]}). Check the network and the proxy.",
            retry_after=AGAIN_S,
        ) from None
    except Exception as error:  # an answer PTB cannot read
        raise Unreachable(
            f"Telegram's answer cannot be understood ({type(error).__name__}).", retry_after=AGAIN_S
        ) from None


def _two_instances(error: Conflict) -> str:
    if says(error, ("webhook is active",)):
        return (
            "A webhook is still set for this bot, so updates cannot be fetched. Stop the program "
            'that it calls and run once with --forget-webhook, or set mode = "webhook".'
        )
    return (
        "Another process fetches updates with the same token. "
        "Stop it, or give one of the two its own bot from @BotFather."
    )
