"""What an effect is for: which go first, which may be done twice, which queue up together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from .effects import AnswerPress, Effect


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
    QUESTION = "question"
    """What an agent is asked before their reply goes out; ``ref`` is the held reply's row."""
    TELL = "tell"
    """What staff must know about a case (not delivered, poison, unconfirmed)."""
    GIVEN = "given"
    """A draft to be copied and changed; ``ref`` is the case that was settled with it before."""
    CARD = "card"
    """The brief brought up to date with the state."""
    ALARM = "alarm"
    """That a promise runs out. Not sent any more once a person's words have arrived."""
    BACK = "back"
    """That a case put off is back. Not sent any more once it is over, or put off again."""
    OVERDUE = "overdue"
    """The overdue cases that a lead is told of in private."""
    ALARMS = "alarms"
    """That promises run out of cases in a list, which have no topic; one message of General."""
    ALL_OFF = "all_off"
    """That nobody is on duty while cases wait; once for all of them."""
    PAGE = "page"
    """What a person of staff is told in private, because the group is not enough."""
    MARK = "mark"
    """A reaction or an edit carried over, a tick on a delivered message, a closed topic."""
    LIST = "list"
    """Several pressing briefs joined, because more wait than the group can take."""
    DIGEST = "digest"
    """The same for calm ones."""
    BOARD = "board"
    """What waits, in one message of General that is edited in place."""
    LISTED = "listed"
    """A list or digest brought up to date."""
    UNSEND = "unsend"
    """A message taken back at the customer's; ``ref`` is the row of the agent's command."""
    PRESS = "press"
    OWN = "own"
    """What a customer asked about their own data: no voice in a case, so never silenced, and its
    row goes once it is done."""
    ERASE = "erase"
    """Taking away what staff saw of somebody whose words are erased."""


POLICY: Mapping[Purpose, tuple[Lane, Repeat]] = {
    Purpose.ANSWER: (Lane.BOT, Repeat.NEVER),
    Purpose.WORDS: (Lane.PERSON, Repeat.NEVER),
    Purpose.FAREWELL: (Lane.PERSON, Repeat.NEVER),
    Purpose.TOPIC: (Lane.STAFF, Repeat.NEVER),
    Purpose.BRIEF: (Lane.STAFF, Repeat.AT_LEAST_ONCE),
    Purpose.RELAY: (Lane.PERSON, Repeat.AT_LEAST_ONCE),
    Purpose.QUESTION: (Lane.STAFF, Repeat.AT_LEAST_ONCE),
    Purpose.TELL: (Lane.STAFF, Repeat.AT_LEAST_ONCE),
    Purpose.GIVEN: (Lane.STAFF, Repeat.AT_LEAST_ONCE),
    Purpose.ALARM: (Lane.PERSON, Repeat.AT_LEAST_ONCE),
    Purpose.BACK: (Lane.PERSON, Repeat.AT_LEAST_ONCE),
    Purpose.OVERDUE: (Lane.PERSON, Repeat.AT_LEAST_ONCE),
    Purpose.ALARMS: (Lane.PERSON, Repeat.AT_LEAST_ONCE),
    Purpose.ALL_OFF: (Lane.PERSON, Repeat.AT_LEAST_ONCE),
    Purpose.PAGE: (Lane.STAFF, Repeat.AT_LEAST_ONCE),
    Purpose.CARD: (Lane.EDIT, Repeat.FREELY),
    Purpose.MARK: (Lane.EDIT, Repeat.FREELY),
    Purpose.LIST: (Lane.STAFF, Repeat.AT_LEAST_ONCE),
    Purpose.DIGEST: (Lane.PERSON, Repeat.AT_LEAST_ONCE),
    Purpose.BOARD: (Lane.EDIT, Repeat.FREELY),
    Purpose.LISTED: (Lane.EDIT, Repeat.FREELY),
    Purpose.UNSEND: (Lane.PERSON, Repeat.FREELY),
    Purpose.PRESS: (Lane.PRESS, Repeat.FREELY),
    Purpose.OWN: (Lane.BOT, Repeat.NEVER),
    Purpose.ERASE: (Lane.EDIT, Repeat.FREELY),
}


COMPOSED = frozenset(
    {Purpose.LIST, Purpose.DIGEST, Purpose.LISTED, Purpose.OVERDUE, Purpose.ALARMS}
)
"""Written anew at the last moment, each time. What they said is not stored: it quotes whom it may,
and would outlive their erasure."""

_OF_THE_DESK = frozenset(
    {
        *(Purpose.LIST, Purpose.DIGEST, Purpose.LISTED, Purpose.BOARD),
        *(Purpose.OVERDUE, Purpose.ALARMS, Purpose.ALL_OFF),
    }
)
"""They stand in nobody's way but their own kind's."""


def queue_of_case(case_id: int) -> str:
    """The queue of what a case has for staff."""
    return f"case:{case_id}"


def queue_of_desk(purpose: Purpose, chat_id: int) -> str:
    """The queue of one kind of what the desk shows of many cases, in one chat."""
    return f"{purpose}:{chat_id}"


@dataclass(frozen=True, slots=True)
class Errand:
    """An effect and what it is for: one outbox row.

    ``ref`` is the row that waits for the outcome: of `messages`, for a list of `lists`, for a
    question of `held_replies`; for a given draft, the case it comes from. Errands of one ``queue``
    are done one after the other; ``chat_id`` is whose budget they spend (None: nobody's).
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
        if self.purpose in _OF_THE_DESK:
            return queue_of_desk(self.purpose, self.effect.chat_id)
        if self.effect.chat_id < 0 and self.case_id is not None:
            return queue_of_case(self.case_id)
        return f"chat:{self.effect.chat_id}"


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A stored errand. ``tries`` counts the attempts before this one."""

    id: int
    errand: Errand
    tries: int = 0
