"""What came in, as nouns: what people wrote, edited, pressed, reacted to; and the turn."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from .conversation import Person

LIVE_LOCATION = "live_location"
MOVING = frozenset({LIVE_LOCATION, "location"})
"""A live location comes anew, as an edit, with each move; the last one is an ordinary place."""
HEARD_ONLY_BY_PEOPLE = frozenset({"voice", "video_note", "video", "audio"})
"""Kinds of media that say what no text beside them tells, and that nothing here can hear."""
PERSON_COMMANDS = frozenset({"/person", "/human", "/agent", "/personne", "/humain"})


@dataclass(frozen=True, slots=True)
class Media:
    """One attachment, by Telegram's file id; nothing is downloaded.

    ``kind``: photo, video, animation, audio, voice, video_note, document, sticker, location,
    live_location, contact, or the name of a message field that this version does not know.
    ``about``: what it says in words (a file's name, a contact, an address), for the transcript.
    """

    kind: str
    file_id: str | None = None
    emoji: str | None = None
    about: str | None = None
    caption_above: bool = False
    """Its words stand above it, not below."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Formatting of a stretch of text. ``offset`` and ``length`` in UTF-16 units; ``kind`` is
    Telegram's name (bold, spoiler, text_link, custom_emoji...), the others what some kinds need."""

    kind: str
    offset: int
    length: int
    url: str | None = None
    user_id: int | None = None
    language: str | None = None
    custom_emoji_id: str | None = None
    unix_time: int | None = None
    date_time_format: str | None = None


@dataclass(frozen=True, slots=True)
class Wrote:
    """A person wrote (or sent media). ``text`` is the text or the caption, raw, never trimmed."""

    update_id: int
    who: Person
    chat_id: int
    message_id: int
    at: float
    text: str = ""
    media: Media | None = None
    thread_id: int | None = None
    album: str | None = None
    reply_to: int | None = None
    pressed: bool = False
    """Sent by a press on a button: ``message_id`` is that of the message under which it stood."""
    canned: str = ""
    """The name of the canned reply that was asked for: ``text`` is the reply's, not as typed."""
    draft: int | None = None
    """The draft whose words these are."""
    anonymous: bool = False
    """Sent in the name of a chat (anonymous admin, channel): never has authority."""
    marks: tuple[Mark, ...] = ()
    preview: bool = True
    """A link in it may show a preview: its author did not take it away."""
    quote: str | None = None
    """The part of the message replied to that was picked out."""
    forwarded: bool = False
    elsewhere: bool = False
    """Answers a story, or a message of another chat, that the other side cannot be shown."""
    below_bot: str = ""
    """The username of the bot whose words this answers, or that made the topic it stands in."""
    topic: str = ""
    """The name with which the topic was made; Telegram tells it where nothing else is answered."""


@dataclass(frozen=True, slots=True)
class Edited:
    """A person changed a message written before; ``now`` is the whole new message."""

    now: Wrote

    @property
    def update_id(self) -> int:
        return self.now.update_id


@dataclass(frozen=True, slots=True)
class Pressed:
    """A person pressed a button. ``data`` is what the button carried: opaque, never trusted."""

    update_id: int
    who: Person
    chat_id: int
    message_id: int
    callback_id: str
    data: str
    at: float
    thread_id: int | None = None


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a button on a case stands for, as our rows have it: ``act``, for people of ``role``.

    An act is a ``name``, or ``name:what``: about a draft, a person, a subject...
    """

    case_id: int
    role: str
    act: str

    @property
    def name(self) -> str:
        return self.act.partition(":")[0]

    @property
    def what(self) -> str:
        return self.act.partition(":")[2]


@dataclass(frozen=True, slots=True)
class Reacted:
    """A person put emoji on a message; ``emoji`` is empty when they took it back.

    ``unusual``: what they put there (a custom emoji, a star) has no plain emoji.
    """

    update_id: int
    who: Person
    chat_id: int
    message_id: int
    emoji: tuple[str, ...]
    at: float
    unusual: bool = False


@dataclass(frozen=True, slots=True)
class Reachability:
    """A customer blocked (``blocked``) or unblocked the bot."""

    update_id: int
    who: Person
    blocked: bool
    at: float


@dataclass(frozen=True, slots=True)
class Moved:
    """A group was upgraded: from now on it answers to ``new_chat_id``."""

    update_id: int
    old_chat_id: int
    new_chat_id: int
    at: float


@dataclass(frozen=True, slots=True)
class Standing:
    """The bot's own place in a group was changed. ``topics``: it may make some."""

    update_id: int
    chat_id: int
    status: str
    writes: bool
    topics: bool
    at: float


@dataclass(frozen=True, slots=True)
class TopicClosed:
    """A person closed a topic by hand."""

    update_id: int
    chat_id: int
    thread_id: int
    at: float


@dataclass(frozen=True, slots=True)
class Unheard:
    """An update that asks nothing of us (service message, unknown kind). Kept, then done."""

    update_id: int
    kind: str
    at: float


Incoming = (
    Wrote | Edited | Pressed | Reacted | Reachability | Moved | Standing | TopicClosed | Unheard
)


def command(text: str) -> tuple[str, str]:
    """A command and what follows it: ``("/language", "fr")``; ``("", text)`` without one."""
    if not text.startswith("/"):
        return "", text
    first, *rest = text.split(maxsplit=1)
    return first.partition("@")[0].casefold(), rest[0] if rest else ""


class Side(StrEnum):
    """Whose a conversation is; its key begins with this."""

    CUSTOMER = "c"
    LISTENED = "h"
    """A customer's words that people have, and the model has still to hear."""
    STAFF = "s"
    ELSEWHERE = "x"

    def key(self, *which: object) -> str:
        """The key of a conversation: of the customer with this id, of this chat and topic."""
        return ":".join((self, *map(str, which)))


@dataclass(frozen=True, slots=True)
class InboxRow:
    """One stored update, as Telegram sent it. ``seq`` is our order of arrival."""

    seq: int
    update_id: int
    conversation: str
    body: str
    received_at: float
    tries: int = 0

    @property
    def side(self) -> Side:
        return Side(self.conversation.partition(":")[0])

    @property
    def customer_id(self) -> int:
        """Of whom it is, on either side of a customer. Raises ValueError on the others."""
        return int(self.conversation.partition(":")[2])


@dataclass(frozen=True, slots=True)
class Turn:
    """The messages a customer sent in one burst, read together.

    ``after_small_talk``: the bot's last words to them were nothing else. ``asked_back``: their own
    words before, where these are few and the bot has asked back what those mean.
    """

    messages: tuple[Wrote, ...]
    edit_of_answered: bool = False
    after_small_talk: bool = False
    asked_back: str = ""

    @property
    def text(self) -> str:
        return "\n".join(m.text for m in self.messages if m.text.strip())

    @property
    def media(self) -> tuple[Media, ...]:
        return tuple(m.media for m in self.messages if m.media is not None)


@dataclass(frozen=True, slots=True)
class Calls:
    """Of a webhook. ``url``: whom Telegram calls, "" nobody; ``waiting`` updates; when a call last
    failed (0.0: never), and ``why`` in Telegram's words."""

    url: str
    waiting: int = 0
    failed_at: float = 0.0
    why: str = ""
