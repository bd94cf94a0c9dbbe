"""What the oldest open row asks for -> whose step it is, and what the model reads for it first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from .conversation import Reading, SmallTalk
from .customer import CustomerSide
from .customers import own_rights
from .customers.bare_words import FEW
from .customers.own_rights import OwnRights
from .desk.place import move_chat
from .desk.reach import standing
from .incoming import (
    Edited,
    InboxRow,
    Incoming,
    Moved,
    Pressed,
    Reachability,
    Reacted,
    Side,
    Standing,
    TopicClosed,
    Turn,
    Unheard,
    Wrote,
)
from .ledger import Ledger
from .staff import StaffSide
from .store.records import Records
from .turns import MOST_ROWS, Heard, reply_of, turn_of, words_of

T = TypeVar("T", bound=Incoming)


@dataclass(frozen=True, slots=True)
class Ended:
    """What became of the rows, and in which case."""

    outcome: str
    case_id: int | None = None


Step = Callable[[Ledger, Reading], Ended | None]
"""Runs in one transaction, with what the model read. None: not yet, look again."""


@dataclass(frozen=True, slots=True)
class Work:
    """What is done next in a conversation: the rows it takes, what the first of them said, and the
    step. ``reads``: what the model reads before it. ``held``: people have these words, so that
    lists of words read them now, and the model afterwards."""

    rows: Sequence[InboxRow]
    said: Incoming
    step: Step
    reads: Turn | None = None
    held: bool = False

    @property
    def seqs(self) -> list[int]:
        return [row.seq for row in self.rows]

    @property
    def listens(self) -> bool:
        """Has the model still to hear it when the step is done?"""
        return self.held and self.reads is not None and bool(self.reads.text.strip())


@dataclass(frozen=True, slots=True)
class Alone:
    """What is no part of a turn, unless the store says that it is one after all (``stands``)."""

    outcome: str
    act: Callable[[Ledger, Incoming], object]
    stands: Callable[[Records], bool] = lambda _: True


@dataclass(frozen=True, slots=True)
class Route:
    customers: CustomerSide
    own: OwnRights
    staff: StaffSide

    def work(self, records: Records, heard: Heard, seen: int) -> Work:
        """What happens to a message, a press, a reaction: the first row tells.

        ``seen``: the last row that was there when we looked, whether it could be heard or not.
        """
        row, said = heard[0]
        match row.side, said:
            case Side.LISTENED, _:
                return self._listened(records, heard)
            case Side.CUSTOMER, Wrote() | Edited():
                alone = self.alone(said)
                if alone is not None and alone.stands(records):
                    return _plain(row, said, alone.act, alone.outcome)
                return self._turn(records, heard, seen)
            case Side.CUSTOMER, Pressed() as press:
                return _plain(row, press, partial(self._customer_pressed, row.seq))
            case Side.CUSTOMER, Reacted() as reacted:
                return _plain(row, reacted, self.customers.reacted)
            case _, Wrote() | Edited():
                return self._staff_wrote(records, heard)
            case _, Pressed() as press:
                return self._staff_pressed(records, row, press)
            case _, Reacted() as reacted:
                return _plain(row, reacted, self.staff.reacted)
            case _, Reachability() as change:
                return _plain(row, change, self._reachability)
            case _, Standing() as now:
                return _plain(row, now, standing)
            case _, TopicClosed() as closed:
                return _plain(row, closed, self.staff.topic_closed)
            case _, Moved() as moved:
                return _plain(row, moved, self._moved)
            case _, Unheard() as unheard:
                return _plain(row, unheard, lambda *_: None, f"unheard:{unheard.kind}")
        raise TypeError(type(said).__name__)  # set aside, and shown to people

    def alone(self, said: Incoming) -> Alone | None:
        """Is it a command about a person's own rights, or what somebody of staff says to the desk,
        their start included?"""
        private = self.staff.private
        if (asked := own_rights.asked_by(said)) is not None:
            return Alone("own_rights", lambda ledger, _: self.own.asked(ledger, asked))
        if who := private.starts(said):
            return Alone("greeted", lambda ledger, _: private.greeted(ledger, who))
        if (wrote := private.of_the_desk(said)) is not None:
            return Alone(
                "misplaced",
                lambda ledger, _: private.told_where(ledger, wrote),
                stands=lambda records: private.misplaced(records, wrote),
            )
        return None

    def held(self, records: Records, row: InboxRow) -> bool:
        """Do staff hold what is said here, or does it wait for them? Then nothing waits for the
        model."""
        if row.side is not Side.CUSTOMER:
            return row.side is not Side.LISTENED
        state = records.open_state(row.customer_id)
        return state is not None and state.with_staff

    # --------------------------------------------------------------------------- a customer's

    def _turn(self, records: Records, heard: Heard, seen: int) -> Work:
        turn, rows = turn_of(heard, records.transcript.of_message)
        turn = in_place(records, turn)
        seqs, held = [row.seq for row in rows], self.held(records, rows[0])

        def step(ledger: Ledger, reading: Reading) -> Ended | None:
            if held and not self.held(ledger.records, rows[0]):
                return None  # handed back meanwhile: the bot must read it first
            if not held and len(heard) < MOST_ROWS and self._goes_on(ledger, rows[0], seen):
                return None  # more arrived: this answer is dropped, the turn is read again, whole
            return self._taken(ledger, turn, reading, seqs)

        return Work(rows, turn.messages[0], step, turn, held)

    def _goes_on(self, ledger: Ledger, first: InboxRow, seen: int) -> bool:
        late = first.received_at + self.customers.house.answers.longest_burst_seconds
        more = ledger.records.inbox.newest_after(first.conversation, seen)
        return more > 0 and ledger.now < late

    def _taken(self, ledger: Ledger, turn: Turn, reading: Reading, seqs: Sequence[int]) -> Ended:
        customers = self.customers
        if turn.edit_of_answered and all(
            customers.old_edit(ledger, message, reading) for message in turn.messages
        ):
            return Ended("old_edit")
        case = customers.turn(ledger, turn, reading, seqs)
        return Ended("barred") if case is None else Ended(case.state, case.id)

    def _listened(self, records: Records, heard: Heard) -> Work:
        """What people have already; the model hears danger in words that no list knows."""
        turn, rows = turn_of(heard, records.transcript.of_message)
        seqs = [row.seq for row in rows]

        def step(ledger: Ledger, reading: Reading) -> Ended:
            self.customers.listened(ledger, turn, reading, seqs)
            return Ended("listened")

        return Work(rows, turn.messages[0], step, turn)

    def _customer_pressed(self, seq: int, ledger: Ledger, press: Pressed) -> None:
        meaning = ledger.records.keyboards.meaning(press.data, press.chat_id)
        if meaning is not None and meaning.role == "staff":
            self.staff.pressed(ledger, press)  # below a list that went to somebody on duty
        elif not self.own.pressed(ledger, press, seq):
            self.customers.pressed(ledger, press, seq)

    # ------------------------------------------------------------------------------ of staff

    def _staff_wrote(self, records: Records, heard: Heard) -> Work:
        """Words of staff; the model reads them too, for a second look."""
        reply = reply_of(heard)
        words, edit = words_of(reply), isinstance(reply[0][1], Edited)

        def step(ledger: Ledger, reading: Reading) -> Ended:
            if ledger.records.chat_now(words[0].chat_id) != ledger.staff_chat_id:
                self.staff.refuse_elsewhere(ledger, words[0])
                return Ended("elsewhere")
            if edit:
                self.staff.edited(ledger, words[0], reading)
                return Ended("edited")
            relayed = self.staff.wrote(ledger, words, reading)
            return Ended("relayed" if relayed else "not_for_a_case")

        unread = self.staff.unread(records, words, edit)
        return Work([row for row, _ in reply], reply[0][1], step, Turn(unread) if unread else None)

    def _staff_pressed(self, records: Records, row: InboxRow, press: Pressed) -> Work:
        """A button of the desk; it may send words, which the model reads as if they were typed."""

        def step(ledger: Ledger, reading: Reading) -> Ended:
            self.staff.pressed(ledger, press, reading)
            return Ended("pressed")

        unread = self.staff.unread_press(records, press)
        return Work([row], press, step, Turn(unread) if unread else None)

    # ------------------------------------------------------------------------- of either side

    def _reachability(self, ledger: Ledger, change: Reachability) -> None:
        self.customers.reachability(ledger, change)
        self.staff.private.reachability(ledger, change)

    def _moved(self, ledger: Ledger, moved: Moved) -> None:
        move_chat(ledger, moved.old_chat_id, moved.new_chat_id, self.staff.language)


def in_place(records: Records, turn: Turn) -> Turn:
    """The turn, with what it stands behind in the customer's open case."""
    case = records.open_case(turn.messages[0].who.id)
    if case is None or turn.edit_of_answered:
        return turn
    kind, subject = records.last_decided(case.id)
    if kind == "clarify" and len(turn.text.split()) <= FEW:
        return replace(turn, asked_back=records.transcript.before_bot(case.id))
    return replace(turn, after_small_talk=kind == "reply" and subject in set(SmallTalk))


def _plain(row: InboxRow, said: T, act: Callable[[Ledger, T], object], outcome: str = "") -> Work:
    """Nothing is read for it."""

    def step(ledger: Ledger, _: Reading) -> Ended:
        act(ledger, said)
        return Ended(outcome or type(said).__name__.lower())

    return Work([row], said, step)
