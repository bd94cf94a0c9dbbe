"""What a customer did -> the step that answers it. Runs inside one transaction, decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from html import escape

from . import promise, relay
from .carry_out import as_read, carry_out, case_of
from .conversation import (
    Case,
    Decision,
    HandOver,
    Person,
    Priority,
    Reading,
    Reason,
    State,
)
from .customers.bare_words import says_little
from .customers.buttons import Buttons
from .customers.comeback import Comeback
from .customers.thanks import ask_nothing
from .decide import decide, presses
from .desk import barring, snooze
from .desk.barring import is_barred
from .desk.desk_words import words
from .effects import AnswerPress
from .errand import Purpose
from .house import House
from .incoming import Pressed, Reachability, Reacted, Turn, Wrote
from .ledger import Ledger
from .pass_on import make_urgent

OnDecision = Callable[[Turn, Decision, Reading, bool], None]
"""Told of each turn what was decided, and whether people had the case already."""


@dataclass(frozen=True, slots=True)
class CustomerSide:
    """The verbs of a customer: wrote, edited, pressed, reacted, left."""

    house: House
    on_decision: OnDecision | None = None

    # ------------------------------------------------------------------------- wrote

    def turn(
        self, ledger: Ledger, turn: Turn, reading: Reading, seqs: Sequence[int]
    ) -> Case | None:
        """Take a turn through decide and the step it names; returns the case as it is then.

        None: staff block the customer, and their words are kept only.
        """
        who = turn.messages[0].who
        if is_barred(ledger, who.id):
            barring.kept(ledger, turn)
            return None
        if (back := Comeback(self.house).wrote(ledger, turn, reading, seqs)) is not None:
            return self._reported(*back, turn, reading)
        case = case_of(ledger, self.house, who, reading.language, seqs[0])
        decision = decide(turn, reading, case, self.house.policy)
        if case.state.with_staff:
            self.relayed(ledger, case, turn)
            case, urgent = self._pressing(ledger, case.id, reading, seqs)
            return self._reported(case, urgent or decision, turn, reading, held=True)
        relay.write_down(ledger, case, turn)
        case = replace(case, language=self._language(ledger, case, turn, reading))
        case = carry_out(ledger, self.house, case, decision, reading, seqs)
        return self._reported(case, decision, turn, reading)

    def _reported(
        self, case: Case, decision: Decision, turn: Turn, reading: Reading, held: bool = False
    ) -> Case:
        if self.on_decision is not None:
            self.on_decision(turn, decision, reading, held)
        return case

    def relayed(self, ledger: Ledger, case: Case, turn: Turn) -> None:
        """A person has the case: the customer's words go to them, new and edited alike, and where
        they want a reply, one is owed."""
        for message in turn.messages:
            if turn.edit_of_answered:
                relay.edit_to_staff(ledger, case, message)
        if not turn.edit_of_answered:
            relay.to_staff(ledger, case, turn.messages)
            Comeback(self.house).heard_by_people(ledger, turn)
            if case.snoozed_until is not None:
                case = snooze.come_back(ledger, case, self.house.desk_language, "snooze_wrote")
        if _wants_a_reply(ledger, case, turn):
            promise.wrote_again(ledger, case)
        elif not turn.edit_of_answered:
            ledger.thanked(case, turn.messages)

    def _pressing(
        self, ledger: Ledger, case_id: int, reading: Reading, seqs: Sequence[int]
    ) -> tuple[Case, HandOver | None]:
        """Words of risk make a case urgent that people have, be it urgent for anger already; anger
        does while nobody holds it.

        With the case as it is then, why it was made urgent; None: it was not.
        """
        case = ledger.records.case(case_id)
        assert case is not None
        decision = presses(reading, self.house.policy)
        if decision is None or _rings(case) >= _rings(decision):
            return case, None
        if not reading.risk and case.state is not State.WAITING:
            return case, None  # whoever holds it reads the anger themselves
        ledger.records.add_decision(case.id, (seqs[0], seqs[-1]), decision, reading, ledger.now)
        return make_urgent(ledger, self.house, as_read(case, reading), decision), decision

    def listened(self, ledger: Ledger, turn: Turn, reading: Reading, seqs: Sequence[int]) -> None:
        """What the model heard in words that people have: danger counts as listed words do.

        Everything else in them is for whoever reads them to judge.
        """
        case = ledger.records.open_case(turn.messages[0].who.id)
        if case is None or not case.state.with_staff or not reading.risk:
            return
        case, urgent = self._pressing(ledger, case.id, reading, seqs)
        if urgent is not None:
            self._reported(case, urgent, turn, reading, held=True)

    def old_edit(self, ledger: Ledger, message: Wrote, reading: Reading) -> bool:
        """An edit of a message of a case that is over: kept, and nothing more. False: not so, or
        it now says what must reach a person."""
        if presses(reading, self.house.policy) is not None:
            return False
        found = ledger.records.transcript.find(message.chat_id, message.message_id)
        case = None if found is None else ledger.records.case(found[1])
        if case is None or case.state is not State.CLOSED:
            return False
        ledger.rewrite(message)
        return True

    # ----------------------------------------------------------------------- pressed

    def pressed(self, ledger: Ledger, press: Pressed, seq: int) -> Case | None:
        """A button under one of the bot's messages. Whatever it claims, the rows decide."""
        if is_barred(ledger, press.who.id):
            ledger.send(AnswerPress(press.callback_id), Purpose.PRESS, None)
            return None
        return Buttons(self.house).pressed(ledger, press, seq)

    # ------------------------------------------------------------- reacted, left, came back

    def reacted(self, ledger: Ledger, reacted: Reacted) -> None:
        case = ledger.records.open_case(reacted.who.id)
        if case is not None and case.state.with_staff:
            relay.reaction(ledger, case, reacted)

    def reachability(self, ledger: Ledger, change: Reachability) -> None:
        """The customer blocked the bot or came back: staff who hold their case must know.

        It writes no name down: they may have been erased.
        """
        ledger.records.customers.set_blocked(change.who.id, change.blocked)
        case = ledger.records.open_case(change.who.id)
        if case is not None and case.state.with_staff:
            case = ledger.unreachable(case) if change.blocked else ledger.reachable(case)
            key = "left" if change.blocked else "came_back"
            ledger.tell(case, words(self.house.desk_language, key))

    def poison(
        self, ledger: Ledger, customer: Person, seqs: Sequence[int], why: str
    ) -> Case | None:
        """The bot could not process what they sent: a person will look at it.

        None: nobody will, for staff block them.
        """
        if is_barred(ledger, customer.id):
            return None
        case = case_of(ledger, self.house, customer, None, seqs[0])
        if case.state.with_staff:
            ledger.tell(case, escape(f"⚠ {why}"))
            return case
        decision = HandOver(Reason.POISON, Priority.HIGH, why)
        return carry_out(ledger, self.house, case, decision, Reading(), seqs)

    # ------------------------------------------------------------------------- inside

    def _language(self, ledger: Ledger, case: Case, turn: Turn, reading: Reading) -> str:
        """The one they asked for; else the one they write in, of which a « cool » says nothing."""
        who = turn.messages[0].who
        known = ledger.records.customers.get(who.id)
        chosen = known.chosen if known else None
        if (case.answered or case.clarified) and says_little(turn, reading):
            return self.house.language_for(chosen, case.language)
        return self.house.language_for(chosen, reading.language, case.language, who.language_code)


def _wants_a_reply(ledger: Ledger, case: Case, turn: Turn) -> bool:
    """Not so thanks to whoever holds the case, nor a change in what was replied to."""
    transcript = ledger.records.transcript
    if case.state is State.CLAIMED and ask_nothing(turn, transcript.last(case.id)):
        return False
    if not turn.edit_of_answered:
        return True
    found = [transcript.of_message(message) for message in turn.messages]
    changed = [ref for ref, _ in filter(None, found)]
    replied = transcript.was_replied_to(case.id, max(changed, default=0))
    return case.state is State.CLAIMED and not replied


def _rings(told: Case | HandOver) -> tuple[bool, bool]:
    """How loudly people were told: somebody at risk is louder than anything else that is urgent."""
    return told.reason is Reason.RISK, told.priority is Priority.URGENT
