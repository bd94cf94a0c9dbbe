"""The nouns: frozen values that every step understands. Imports nothing of ours.

Times are seconds since the epoch (UTC, float) and always come from the injected clock.
Telegram's ids are plain integers: a private chat has the id of its person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

UNKNOWN = "unknown"
"""The subject of a turn that fits nothing in the knowledge base. A first-class subject."""


# --------------------------------------------------------------------------- who must act next


class Actor(StrEnum):
    """Who must act next; the colour of a state."""

    BOT = "bot"
    CUSTOMER = "customer"
    STAFF = "staff"
    NOBODY = "nobody"


class State(StrEnum):
    """Where a case stands. ``STATES`` says who must act, ``MOVES`` what may follow."""

    NEW = "new"
    WITH_BOT = "with_bot"
    CLARIFYING = "clarifying"
    WITH_CUSTOMER = "with_customer"
    WAITING = "waiting"
    CLAIMED = "claimed"
    CLOSED = "closed"

    @property
    def next_to_act(self) -> Actor:
        return STATES[self]

    @property
    def with_staff(self) -> bool:
        """True while a person holds, or is about to hold, the case: the bot is silent."""
        return self.next_to_act is Actor.STAFF


STATES: Mapping[State, Actor] = {
    State.NEW: Actor.BOT,
    State.WITH_BOT: Actor.BOT,
    State.CLARIFYING: Actor.CUSTOMER,
    State.WITH_CUSTOMER: Actor.CUSTOMER,
    State.WAITING: Actor.STAFF,
    State.CLAIMED: Actor.STAFF,
    State.CLOSED: Actor.NOBODY,
}

MOVES: Mapping[State, frozenset[State]] = {
    State.NEW: frozenset({State.WITH_BOT, State.WAITING, State.CLAIMED, State.CLOSED}),
    State.WITH_BOT: frozenset(
        {State.WITH_CUSTOMER, State.CLARIFYING, State.WAITING, State.CLAIMED, State.CLOSED}
    ),
    State.CLARIFYING: frozenset({State.WITH_BOT, State.WAITING, State.CLAIMED, State.CLOSED}),
    State.WITH_CUSTOMER: frozenset({State.WITH_BOT, State.WAITING, State.CLAIMED, State.CLOSED}),
    State.WAITING: frozenset({State.CLAIMED, State.WITH_BOT, State.CLOSED}),
    State.CLAIMED: frozenset({State.WAITING, State.WITH_BOT, State.CLOSED}),
    State.CLOSED: frozenset(),
}


class Priority(StrEnum):
    """How soon a person must reply; urgent comes first in every list."""

    URGENT = "urgent"
    HIGH = "high"
    NORMAL = "normal"


# ------------------------------------------------------------------------------------- people


@dataclass(frozen=True, slots=True)
class Person:
    """Whoever acted, as Telegram names them. Only ``id`` carries authority."""

    id: int
    name: str
    username: str | None = None
    language_code: str | None = None


@dataclass(frozen=True, slots=True)
class Customer:
    """A person writing to the brand. ``met_at`` is set once the bot has introduced itself."""

    id: int
    name: str
    username: str | None = None
    language: str | None = None
    met_at: float | None = None
    blocked: bool = False


# ------------------------------------------------------------------------------- what came in


@dataclass(frozen=True, slots=True)
class Media:
    """One attachment, by Telegram's file id; nothing is downloaded.

    ``kind``: photo, video, animation, audio, voice, video_note, document, sticker, location,
    contact, or the name of a message field that this version does not know.
    """

    kind: str
    file_id: str | None = None
    emoji: str | None = None


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
    anonymous: bool = False
    """Sent in the name of a chat (anonymous admin, channel): never has authority."""


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
class Reacted:
    """A person put emoji on a message; ``emoji`` is empty when they took it back."""

    update_id: int
    who: Person
    chat_id: int
    message_id: int
    emoji: tuple[str, ...]
    at: float


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
class Unheard:
    """An update that asks nothing of us (service message, unknown kind). Kept, then done."""

    update_id: int
    kind: str
    at: float


Incoming = Wrote | Edited | Pressed | Reacted | Reachability | Moved | Unheard


@dataclass(frozen=True, slots=True)
class InboxRow:
    """One stored update, as Telegram sent it. ``seq`` is our order of arrival."""

    seq: int
    update_id: int
    conversation: str
    body: str
    received_at: float
    tries: int = 0


# ------------------------------------------------------------------------------ what it means


class Tone(StrEnum):
    CALM = "calm"
    ANNOYED = "annoyed"
    ANGRY = "angry"


class SmallTalk(StrEnum):
    """What a turn is when it is not a question. Rejection: "no, that is not it"."""

    NONE = "none"
    GREETING = "greeting"
    THANKS = "thanks"
    REJECTION = "rejection"


@dataclass(frozen=True, slots=True)
class Reading:
    """What the model understood of a turn.

    ``probabilities``: subject -> calibrated probability, ``UNKNOWN`` included, sums to 1.
    ``tone_probabilities``: tone -> probability, sums to 1; ``tone`` applies the shipped
    thresholds to them. ``language``: ISO 639-1. ``risk``: names of the risk rules that matched.
    ``failed``: a sentence when the model could not read the turn; everything else is then empty.
    """

    probabilities: Mapping[str, float] = field(default_factory=dict)
    tone: Tone = Tone.CALM
    tone_probabilities: Mapping[Tone, float] = field(default_factory=dict)
    asks_person: bool = False
    asks_person_probability: float = 0.0
    small_talk: SmallTalk = SmallTalk.NONE
    small_talk_probability: float = 0.0
    language: str | None = None
    risk: tuple[str, ...] = ()
    failed: str | None = None

    def ranked(self) -> list[tuple[str, float]]:
        """Known subjects, most probable first (``UNKNOWN`` left out)."""
        known = [(name, p) for name, p in self.probabilities.items() if name != UNKNOWN]
        return sorted(known, key=lambda pair: (-pair[1], pair[0]))

    @property
    def best(self) -> tuple[str, float]:
        """The most probable known subject and its probability; ``(UNKNOWN, 0.0)`` if none."""
        ranked = self.ranked()
        return ranked[0] if ranked else (UNKNOWN, 0.0)


@dataclass(frozen=True, slots=True)
class Turn:
    """The messages a customer sent in one burst, read together."""

    messages: tuple[Wrote, ...]
    edit_of_answered: bool = False

    @property
    def text(self) -> str:
        return "\n".join(m.text for m in self.messages if m.text.strip())

    @property
    def media(self) -> tuple[Media, ...]:
        return tuple(m.media for m in self.messages if m.media is not None)


# -------------------------------------------------------------------------------- the decision


class Reason(StrEnum):
    """Why a case goes to a person; staff read it in words in the brief."""

    ASKED = "asked"
    RISK = "risk"
    ANGRY = "angry"
    NOT_HELPED = "not_helped"
    ASKED_AGAIN = "asked_again"
    UNKNOWN = "unknown"
    UNCLEAR = "unclear"
    MEDIA = "media"
    MODEL_FAILED = "model_failed"
    NO_ANSWER = "no_answer"
    POISON = "poison"


@dataclass(frozen=True, slots=True)
class Reply:
    """Answer at once. ``to`` is a subject, or a ``SmallTalk`` value when ``small_talk``."""

    to: str
    why: str
    small_talk: bool = False


@dataclass(frozen=True, slots=True)
class Clarify:
    """Ask once. Without ``subjects`` the question is open ("what is it about?")."""

    subjects: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class HandOver:
    """Give the case to a person."""

    reason: Reason
    priority: Priority
    why: str


@dataclass(frozen=True, slots=True)
class StayQuiet:
    """Say nothing: a person holds the case, or nothing needs to be said."""

    why: str


Decision = Reply | Clarify | HandOver | StayQuiet


@dataclass(frozen=True, slots=True)
class Policy:
    """The thresholds `decide` compares with; they come from training and the config.

    ``reply_at``: least probability for an automatic answer. ``reply_at_subject`` overrides it.
    ``clarify_at``: least sum of the near subjects' probabilities that is worth a question.
    ``near``: a subject is near when its probability is at least this share of the best one.
    ``answerable``: the subjects that have an approved answer today. ``titles``: subject -> its
    name for staff, who read the why of a decision in ``desk_language``.
    """

    reply_at: float = 0.9
    clarify_at: float = 0.5
    near: float = 0.25
    max_choices: int = 3
    answerable: frozenset[str] = frozenset()
    reply_at_subject: Mapping[str, float] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    desk_language: str = "en"

    def threshold(self, subject: str) -> float:
        return self.reply_at_subject.get(subject, self.reply_at)


# ------------------------------------------------------------------------------------ the case


@dataclass(frozen=True, slots=True)
class Case:
    """One need of one customer, from first message to closed.

    ``version`` grows with every change. ``answered`` lists the subjects the bot has answered
    since ``boundary``; ``boundary`` is the inbox ``seq`` from which the bot reads context, so a
    hand-back never loops on the old anger. ``thread_id`` is the staff topic (None: not created,
    or lost), ``card_id`` the message there that carries the brief.
    """

    id: int
    customer_id: int
    state: State
    opened_at: float
    changed_at: float
    version: int = 0
    language: str | None = None
    subject: str | None = None
    answered: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    clarified: bool = False
    boundary: int = 0
    reason: Reason | None = None
    priority: Priority = Priority.NORMAL
    tone: Tone = Tone.CALM
    owner_id: int | None = None
    owner_name: str | None = None
    waiting_since: float | None = None
    due_at: float | None = None
    staff_chat_id: int | None = None
    thread_id: int | None = None
    card_id: int | None = None
    closed_at: float | None = None


class Author(StrEnum):
    """Whose words a stored message carries."""

    CUSTOMER = "customer"
    BOT = "bot"
    AGENT = "agent"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a case's transcript."""

    author: Author
    text: str
    at: float
    media: str | None = None
    edited: bool = False
    name: str | None = None
    unconfirmed: bool = False


# --------------------------------------------------------------------------------- the effects


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message. ``data`` is opaque (at most 64 bytes)."""

    text: str
    data: str


Keyboard = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class SendText:
    """Send plain text. ``html`` marks our own escaped markup (briefs), never a person's words."""

    chat_id: int
    text: str
    buttons: Keyboard = ()
    thread_id: int | None = None
    reply_to: int | None = None
    html: bool = False


@dataclass(frozen=True, slots=True)
class Copy:
    """Copy one message, or an album kept together, without its origin (copyMessage[s])."""

    chat_id: int
    from_chat_id: int
    message_ids: tuple[int, ...]
    thread_id: int | None = None
    reply_to: int | None = None


@dataclass(frozen=True, slots=True)
class EditText:
    chat_id: int
    message_id: int
    text: str
    buttons: Keyboard = ()
    html: bool = False


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


Effect = (
    SendText
    | Copy
    | EditText
    | EditButtons
    | React
    | AnswerPress
    | CreateTopic
    | CloseTopic
    | ReopenTopic
)


class Lane(StrEnum):
    """Which effects go first when a budget is short; sorts in that order."""

    PRESS = "0press"
    STAFF = "1staff"
    PERSON = "2person"
    BOT = "3bot"
    EDIT = "4edit"


class Repeat(StrEnum):
    """May an effect be done again when nobody knows whether it happened?"""

    NEVER = "never"
    AT_LEAST_ONCE = "at_least_once"
    FREELY = "freely"


class Purpose(StrEnum):
    """What an effect is for. Says its lane and whether it may be repeated (`POLICY`)."""

    ANSWER = "answer"
    """The bot's words to a customer. Silenced when a person holds the case by then."""
    WORDS = "words"
    """An agent's words to a customer."""
    FAREWELL = "farewell"
    """What a customer is told because of what an agent did (resolved, handed back)."""
    TOPIC = "topic"
    BRIEF = "brief"
    RELAY = "relay"
    """A customer's words to staff."""
    TELL = "tell"
    """What staff must know about a case (not delivered, poison, unconfirmed)."""
    CARD = "card"
    """The brief brought up to date with the state."""
    MARK = "mark"
    """A reaction or an edit carried over, a tick on a delivered message, a closed topic."""
    PRESS = "press"


POLICY: Mapping[Purpose, tuple[Lane, Repeat]] = {
    Purpose.ANSWER: (Lane.BOT, Repeat.NEVER),
    Purpose.WORDS: (Lane.PERSON, Repeat.NEVER),
    Purpose.FAREWELL: (Lane.PERSON, Repeat.NEVER),
    Purpose.TOPIC: (Lane.STAFF, Repeat.NEVER),
    Purpose.BRIEF: (Lane.STAFF, Repeat.AT_LEAST_ONCE),
    Purpose.RELAY: (Lane.PERSON, Repeat.AT_LEAST_ONCE),
    Purpose.TELL: (Lane.STAFF, Repeat.AT_LEAST_ONCE),
    Purpose.CARD: (Lane.EDIT, Repeat.FREELY),
    Purpose.MARK: (Lane.EDIT, Repeat.FREELY),
    Purpose.PRESS: (Lane.PRESS, Repeat.FREELY),
}


@dataclass(frozen=True, slots=True)
class Errand:
    """An effect and what it is for: one outbox row.

    ``ref`` is the `messages` row that waits for the outcome. Errands of one ``queue`` are done
    one after the other; ``chat_id`` is whose budget they spend (None: nobody's).
    """

    effect: Effect
    purpose: Purpose
    case_id: int | None = None
    ref: int | None = None

    @property
    def chat_id(self) -> int | None:
        return None if isinstance(self.effect, AnswerPress) else self.effect.chat_id

    @property
    def queue(self) -> str:
        if isinstance(self.effect, AnswerPress):
            return f"press:{self.effect.callback_id}"
        if self.effect.chat_id < 0 and self.case_id is not None:
            return f"case:{self.case_id}"
        return f"chat:{self.effect.chat_id}"


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A stored errand. ``tries`` counts the attempts before this one."""

    id: int
    errand: Errand
    tries: int = 0


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
    MOVED = "moved"
    NO_RIGHTS = "no_rights"
    BAD_REQUEST = "bad_request"
    UNAUTHORIZED = "unauthorized"


@dataclass(frozen=True, slots=True)
class Refused:
    """Surely not done and never will be, as asked. ``new_chat_id`` for a moved group."""

    refusal: Refusal
    why: str
    new_chat_id: int | None = None


Outcome = Sent | NotSent | Unsure | Refused
