"""The nouns: frozen values that every step understands. Imports nothing of ours.

Times are seconds since the epoch (UTC, float) and always come from the injected clock.
Telegram's ids are plain integers: a private chat has the id of its person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
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
    State.CLOSED: frozenset({State.WAITING, State.CLAIMED}),
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
    """A person writing to the brand. ``met_at`` is set once the bot has introduced itself.

    ``language``: of their last words; ``chosen``: the one they asked for, which goes before it.
    ``blocked``: they blocked the bot; ``barred_at``: since when staff block them, and why, and who.
    """

    id: int
    name: str
    username: str | None = None
    language: str | None = None
    met_at: float | None = None
    blocked: bool = False
    chosen: str | None = None
    barred_at: float | None = None
    barred_why: str | None = None
    barred_by: int | None = None


# ------------------------------------------------------------------------------ what it means


class Tone(StrEnum):
    CALM = "calm"
    ANNOYED = "annoyed"
    ANGRY = "angry"


ANNOYED_COUNTS = 0.1
"""What an annoyed share adds to the angry one, where it is asked whether somebody is angry: anger
told coldly is heard as annoyance rather than calm. models/README.md says what it gives."""


class SmallTalk(StrEnum):
    """What a turn is when it is not a question. Rejection: "no, that is not it"; remark: "I will
    think about it"."""

    NONE = "none"
    GREETING = "greeting"
    THANKS = "thanks"
    REJECTION = "rejection"
    REMARK = "remark"


WHO = "who"
"""What such a turn asks: "are you a robot?" It is known by its words, whatever the model made of
them."""


class Failure(StrEnum):
    """Why the model could not read a turn; its words for staff stand in because.py."""

    MISSING = "model_missing"
    SILENT = "model_silent"
    LATE = "model_late"
    BROKE = "model_broke"
    EMPTY = "nothing_readable"


@dataclass(frozen=True, slots=True)
class Reading:
    """What the model understood of a turn.

    ``probabilities``: subject -> calibrated probability, ``UNKNOWN`` included, sums to 1.
    ``tone_probabilities``: tone -> probability, sums to 1; ``tone`` applies the shipped
    thresholds to them. ``language``: ISO 639-1. ``risk``: names of the risk rules that matched;
    ``risk_by_model``: no listed word did, the model heard it. ``maybe_risk``: the model is sure
    enough of danger for a person to look, be it for the alarm or not.
    ``telling``: the customer's own words that show the risk or the tone, if they could be found.
    ``asked``: where the turn asks several things, the likeliest subject of each with its
    probability, each subject once, in order; empty when it asks one thing.
    ``behind``: of few words that may answer what was asked back, the probabilities as read behind
    the words that were asked about; else empty.
    How sure it is of danger, a plea and small talk is kept with the decision, for whoever looks
    later.
    ``failed``: why the model could not read the turn; everything else is then empty.
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
    risk_by_model: bool = False
    maybe_risk: bool = False
    risk_probability: float = 0.0
    telling: tuple[str, ...] = ()
    asked: tuple[tuple[str, float], ...] = ()
    behind: Mapping[str, float] = field(default_factory=dict)
    failed: Failure | None = None

    def ranked(self) -> list[tuple[str, float]]:
        """Known subjects, most probable first (``UNKNOWN`` left out)."""
        known = [(name, p) for name, p in self.probabilities.items() if name != UNKNOWN]
        return sorted(known, key=lambda pair: (-pair[1], pair[0]))

    @property
    def tones(self) -> Mapping[Tone, float]:
        """Every tone with its probability; the tone is certain where no model was asked."""
        shares = self.tone_probabilities or {self.tone: 1.0}
        return {tone: shares.get(tone, 0.0) for tone in Tone}

    @property
    def sounds(self) -> Tone:
        """The tone to speak to. Where anger is only possible, which is enough for `tone` to be
        angry, it is the likeliest one."""
        return max(Tone, key=self.tones.__getitem__) if self.tone is Tone.ANGRY else self.tone

    @property
    def as_reply(self) -> Reading:
        """The same, about what it is about `behind` the words that were asked back."""
        return replace(self, probabilities=self.behind, asked=())

    @property
    def best(self) -> tuple[str, float]:
        """The most probable known subject and its probability; ``(UNKNOWN, 0.0)`` if none."""
        ranked = self.ranked()
        return ranked[0] if ranked else (UNKNOWN, 0.0)


# -------------------------------------------------------------------------------- the decision


class Reason(StrEnum):
    """Why a case goes to a person; staff read it in words in the brief."""

    ASKED = "asked"
    RISK = "risk"
    MAYBE_RISK = "maybe_risk"
    ANGRY = "angry"
    MAYBE_ANGRY = "maybe_angry"
    NOT_HELPED = "not_helped"
    ASKED_AGAIN = "asked_again"
    ADDED = "added"
    UNKNOWN = "unknown"
    UNCLEAR = "unclear"
    MEDIA = "media"
    MODEL_FAILED = "model_failed"
    NO_ANSWER = "no_answer"
    POISON = "poison"
    UNDELIVERED = "undelivered"
    REOPENED = "reopened"


@dataclass(frozen=True, slots=True)
class Reply:
    """Answer at once. ``to`` is a subject, or when ``small_talk`` a ``SmallTalk`` value or WHO;
    ``also``: further subjects that the same turn asks about."""

    to: str
    why: str
    small_talk: bool = False
    also: tuple[str, ...] = ()

    @property
    def subjects(self) -> tuple[str, ...]:
        """Those that are answered; small talk answers none."""
        return () if self.small_talk else (self.to, *self.also)


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

    ``reply_at``: least probability for an automatic answer; ``pick_at``: for one that is among
    the choices they were asked back.
    ``beside_at``: least probability for a question beside another to be taken for one.
    ``clarify_at``: least sum of the near subjects' probabilities that is worth a question.
    ``near``: a subject is near when its probability is at least this share of the best one.
    ``answerable``: the subjects that have an approved answer today. ``titles``: subject -> its
    name for staff, who read the why of a decision in ``desk_language``; ``marks``: the mark of a
    risk rule -> what it means, likewise.
    """

    reply_at: float = 0.9
    pick_at: float = 0.5
    beside_at: float = 0.7
    clarify_at: float = 0.5
    near: float = 0.25
    max_choices: int = 3
    answerable: frozenset[str] = frozenset()
    titles: Mapping[str, str] = field(default_factory=dict)
    marks: Mapping[str, str] = field(default_factory=dict)
    desk_language: str = "en"


# ------------------------------------------------------------------------------------ the case


@dataclass(frozen=True, slots=True)
class Case:
    """One need of one customer, from first message to closed.

    ``language``: in which the customer is spoken to. ``version`` grows with every change.
    ``answered`` lists the subjects the bot has answered since ``boundary``, the inbox ``seq`` from
    which the bot reads context, so a hand-back never loops on the old anger. ``thread_id`` is the
    staff topic (None: not created, or lost), ``card_id`` the message there that carries the brief.
    ``telling``: the customer's own words that show the tone, or the risk. ``seen_at``: since when
    staff can read of it, in a brief or a list (None while it waits: not yet).
    """

    id: int
    customer_id: int
    state: State
    opened_at: float
    changed_at: float
    language: str
    version: int = 0
    subject: str | None = None
    answered: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    clarified: bool = False
    boundary: int = 0
    reason: Reason | None = None
    priority: Priority = Priority.NORMAL
    tone: Tone = Tone.CALM
    telling: tuple[str, ...] = ()
    owner_id: int | None = None
    owner_name: str | None = None
    waiting_since: float | None = None
    due_at: float | None = None
    snoozed_until: float | None = None
    staff_chat_id: int | None = None
    thread_id: int | None = None
    card_id: int | None = None
    seen_at: float | None = None
    closed_at: float | None = None


class Score(StrEnum):
    """How a case went, in the customer's eyes."""

    GOOD = "good"
    FAIR = "fair"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Rating:
    """What the customer said of a closed case, and whether they added words."""

    case_id: int
    score: Score
    at: float
    commented: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """A text a person could answer with. ``source``: the case that was settled with it before.

    ``of``: how many there are to choose from.
    """

    id: int
    text: str
    source: int | None = None
    of: int = 1


@dataclass(frozen=True, slots=True)
class Settled:
    """A case that a person resolved: what was asked, and what answered it."""

    case_id: int
    subject: str | None
    asked: str
    answer: str


class Author(StrEnum):
    """Whose words a stored message carries."""

    CUSTOMER = "customer"
    BOT = "bot"
    AGENT = "agent"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a case's transcript. ``was``: what it said before it was edited."""

    author: Author
    text: str
    at: float
    media: str | None = None
    edited: bool = False
    name: str | None = None
    unconfirmed: bool = False
    was: str | None = None
    taken_back: bool = False
