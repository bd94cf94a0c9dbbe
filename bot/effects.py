"""What must be done to the outside world, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from .incoming import Mark


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message. ``data`` is opaque (at most 64 bytes)."""

    text: str
    data: str


Keyboard = tuple[tuple[Button, ...], ...]

Rows = tuple[tuple[tuple[str, str], ...], ...]
"""Buttons before they have a message: rows of (words on the button, act it stands for)."""


@dataclass(frozen=True, slots=True)
class SendText:
    """Send plain text. ``html`` marks our own escaped markup (briefs), never a person's words.

    ``quote``: the part of ``reply_to`` that is answered. ``preview``: a link may show one.
    """

    chat_id: int
    text: str
    buttons: Keyboard = ()
    thread_id: int | None = None
    reply_to: int | None = None
    html: bool = False
    marks: tuple[Mark, ...] = ()
    quote: str | None = None
    preview: bool = False


@dataclass(frozen=True, slots=True)
class Copy:
    """Copy one message, or an album kept together, without its origin (copyMessage[s]).

    ``quote``: the part of ``reply_to`` that is answered. ``caption``, with its ``marks``: the words
    under a single message (``caption_above``: over it), whatever stands there; "" takes them away,
    in an album too; None leaves those that stand there when it is copied.
    """

    chat_id: int
    from_chat_id: int
    message_ids: tuple[int, ...]
    thread_id: int | None = None
    reply_to: int | None = None
    quote: str | None = None
    caption: str | None = None
    marks: tuple[Mark, ...] = ()
    caption_above: bool = False


@dataclass(frozen=True, slots=True)
class Forward:
    """Forward messages with their origin: for staff, of what cannot be copied faithfully."""

    chat_id: int
    from_chat_id: int
    message_ids: tuple[int, ...]
    thread_id: int | None = None


@dataclass(frozen=True, slots=True)
class EditText:
    """Put other words in a message's place. ``only_text``: words under media are refused, for the
    media would stay."""

    chat_id: int
    message_id: int
    text: str
    buttons: Keyboard = ()
    html: bool = False
    marks: tuple[Mark, ...] = ()
    only_text: bool = False


@dataclass(frozen=True, slots=True)
class EditMedia:
    """Put another photo, video... (by ``file_id``) with its words in a message's place."""

    chat_id: int
    message_id: int
    kind: str
    file_id: str
    text: str
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class TakeBack:
    """Delete one message for everyone; one that is gone already counts as deleted."""

    chat_id: int
    message_id: int


@dataclass(frozen=True, slots=True)
class EditButtons:
    """Replace the buttons under a message; none = take them away."""

    chat_id: int
    message_id: int
    buttons: Keyboard = ()


@dataclass(frozen=True, slots=True)
class React:
    """Put one emoji on a message, or take the reaction back when ``emoji`` is None."""

    chat_id: int
    message_id: int
    emoji: str | None


@dataclass(frozen=True, slots=True)
class AnswerPress:
    """Tell Telegram that a press was understood; ``text`` appears to the presser alone."""

    callback_id: str
    text: str = ""
    alert: bool = False


@dataclass(frozen=True, slots=True)
class CreateTopic:
    chat_id: int
    name: str


@dataclass(frozen=True, slots=True)
class CloseTopic:
    chat_id: int
    thread_id: int


@dataclass(frozen=True, slots=True)
class ReopenTopic:
    chat_id: int
    thread_id: int


@dataclass(frozen=True, slots=True)
class DeleteTopic:
    """Delete a topic with every message in it."""

    chat_id: int
    thread_id: int


@dataclass(frozen=True, slots=True)
class DeleteMessages:
    """Delete messages (1 to 100). Those that are gone are passed over; if one of the others may not
    be deleted (it is older than 48 hours), none is."""

    chat_id: int
    message_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SendDocument:
    """Send a text as a file called ``name``."""

    chat_id: int
    name: str
    content: str
    caption: str


@dataclass(frozen=True, slots=True)
class Pin:
    """Pin a message in its chat, without ringing anybody."""

    chat_id: int
    message_id: int


Effect = (
    SendText
    | Copy
    | Forward
    | EditText
    | EditMedia
    | TakeBack
    | EditButtons
    | React
    | AnswerPress
    | CreateTopic
    | CloseTopic
    | ReopenTopic
    | Pin
    | DeleteTopic
    | DeleteMessages
    | SendDocument
)


MAKERS = (SendText, Copy, Forward, CreateTopic, SendDocument)
"""They make messages in their chat, or a topic, and so need places there; all others need none."""


# -------------------------------------------------------------------- what became of an effect


@dataclass(frozen=True, slots=True)
class Sent:
    """Done. ``message_ids`` are the new messages', or the new topic's id for CreateTopic."""

    message_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class NotSent:
    """Surely not done; may be tried again after ``retry_after`` seconds."""

    why: str
    retry_after: float = 1.0


@dataclass(frozen=True, slots=True)
class Unsure:
    """Nobody knows whether it was done (timeout after the request left, 5xx)."""

    why: str


class Refusal(StrEnum):
    """Why Telegram refused for good, as far as we act differently on it."""

    BLOCKED = "blocked"
    TOPIC_GONE = "topic_gone"
    TOPIC_CLOSED = "topic_closed"
    MOVED = "moved"
    NOT_THERE = "not_there"
    """The bot is not in the group at all."""
    NO_FORUM = "no_forum"
    """The group has no topics."""
    NO_RIGHTS = "no_rights"
    NO_REACTION = "no_reaction"
    """The group does not allow this mark on a message."""
    GONE = "gone"
    """The message that the effect is about is there no more."""
    BAD_REQUEST = "bad_request"
    UNAUTHORIZED = "unauthorized"


OF_THE_MESSAGE = frozenset({Refusal.GONE, Refusal.BAD_REQUEST})
"""It is about this one message: another may be sent to the same place."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Surely not done and never will be, as asked. ``new_chat_id`` for a moved group."""

    refusal: Refusal
    why: str
    new_chat_id: int | None = None


Outcome = Sent | NotSent | Unsure | Refused
