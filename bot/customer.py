"""What a customer did -> the step that answers it. Runs inside one transaction, decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from html import escape

from . import hand_over, promise, relay, reply
from .conversation import (
    UNKNOWN,
    Case,
    Clarify,
    Decision,
    HandOver,
    Person,
    Priority,
    Reading,
    Reason,
    Reply,
    Score,
    State,
    StayQuiet,
)
from .customers.comeback import Comeback
from .decide import decide, presses
from .desk import barring, snooze
from .desk.barring import is_barred
from .desk.desk_words import words
from .effects import AnswerPress, EditButtons
from .errand import Purpose
from .house import House
from .incoming import Pressed, Reachability, Reacted, Turn, Wrote
from .ledger import Ledger
from .pass_on import make_urgent, pass_on

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
        case = self._case(ledger, who, reading.language, seqs[0])
        decision = decide(turn, reading, case, self.house.policy)
        if case.state.with_staff:
            self.relayed(ledger, case, turn)
            case, urgent = self._pressing(ledger, case.id, reading, seqs)
            return self._reported(case, urgent or decision, turn, reading, held=True)
        relay.write_down(ledger, case, turn)
        language = self._language(ledger, case, who, reading)
        case = ledger.save(replace(_taken_up(case), language=language))
        case = self._do(ledger, case, decision, reading)
        ledger.records.add_decision(case.id, (seqs[0], seqs[-1]), decision, reading, ledger.now)
        return self._reported(case, decision, turn, reading)

    def _reported(
        self, case: Case, decision: Decision, turn: Turn, reading: Reading, held: bool = False
    ) -> Case:
        if self.on_decision is not None:
            self.on_decision(turn, decision, reading, held)
        return case

    def relayed(self, ledger: Ledger, case: Case, turn: Turn) -> None:
        """A person holds the case: the customer's words go to them, new and edited alike."""
        for message in turn.messages:
            if turn.edit_of_answered:
                relay.edit_to_staff(ledger, case, message)
        if not turn.edit_of_answered:
            relay.to_staff(ledger, case, turn.messages)
            if case.snoozed_until is not None:
                case = snooze.come_back(ledger, case, self.house.desk_language, "snooze_wrote")
            promise.wrote_again(ledger, case)

    def _pressing(
        self, ledger: Ledger, case_id: int, reading: Reading, seqs: Sequence[int]
    ) -> tuple[Case, HandOver | None]:
        """Words of risk make a case urgent that people have; anger does while nobody holds it.

        With the case as it is then, why it was made urgent; None: it was not.
        """
        case = ledger.records.case(case_id)
        assert case is not None
        decision = presses(reading, self.house.policy)
        if decision is None or case.priority is Priority.URGENT:
            return case, None
        if not reading.risk and case.state is not State.WAITING:
            return case, None  # whoever holds it reads the anger themselves
        ledger.records.add_decision(case.id, (seqs[0], seqs[-1]), decision, reading, ledger.now)
        tone = hand_over.tone_of(reading.sounds, case.tone)
        case = replace(case, tone=tone, telling=reading.telling or case.telling)
        return make_urgent(ledger, self.house, case, decision), decision

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
        found = ledger.records.keyboards.act_of(press.data, press.chat_id)
        case = None if found is None else ledger.records.case(found[0])
        theirs = case is not None and case.customer_id == press.who.id
        if found is None or case is None or found[1] != "customer" or not theirs:
            ledger.note("refused_press", case.id if case else None, press.who.id)
            self._refused(ledger, press, gone=found is None)
            return None
        if found[2].startswith(reply.RATE):
            score = Score(found[2].removeprefix(reply.RATE))
            Comeback(self.house).rated(ledger, case, score, press)
            return case
        toast, case = self._act(ledger, case, found[2], press.who, seq)
        ledger.send(AnswerPress(press.callback_id, toast), Purpose.PRESS, None)
        buttons_off = EditButtons(press.chat_id, press.message_id)
        ledger.send(buttons_off, Purpose.MARK, case)
        return case

    def _refused(self, ledger: Ledger, press: Pressed, *, gone: bool) -> None:
        """``gone``: no row says what it meant. Their words went, or the store is an old copy; they
        learn that it does nothing, and how a person is reached all the same."""
        if not gone or press.chat_id != press.who.id:
            ledger.send(AnswerPress(press.callback_id), Purpose.PRESS, None)
            return
        known = ledger.records.customers.get(press.who.id)
        wishes = (known.chosen, known.language) if known else ()
        text = ledger.phrase(
            self.house.language_for(*wishes, press.who.language_code), "button_gone"
        )
        ledger.send(AnswerPress(press.callback_id, text, alert=True), Purpose.PRESS, None)
        ledger.send(EditButtons(press.chat_id, press.message_id), Purpose.MARK, None)

    def _act(self, ledger: Ledger, case: Case, act: str, who: Person, seq: int) -> tuple[str, Case]:
        language = case.language or "en"
        ledger.note(f"pressed_{act.partition(':')[0]}", case.id, who.id)
        if case.state.with_staff:
            return self._already(ledger, case, act)
        if act == reply.HELPED:
            return ledger.phrase(language, "glad"), self._helped(ledger, case)
        if act in _HANDED_OVER_BY:
            reason, pressed = _HANDED_OVER_BY[act], self._label(ledger, act, language)
            if case.state is State.CLOSED:
                back = Comeback(self.house)
                disputed = case if reason is Reason.NOT_HELPED else None
                again = back.asks_for_person(ledger, who, pressed, seq, disputed)
                if again is not None:
                    return "", again
                case = self._case(ledger, who, language, seq)
                if case.state.with_staff:  # a later case of theirs
                    return self._already(ledger, case, act)
            ledger.pressed_line(case, pressed)
            decision = HandOver(
                reason, Priority.NORMAL, words(self.house.desk_language, "why_pressed")
            )
            case = ledger.save(_taken_up(case))
            case = pass_on(ledger, self.house, case, decision)
            ledger.records.add_decision(case.id, (seq, seq), decision, Reading(), ledger.now)
            return "", case
        return self._picked(ledger, case, act.removeprefix(reply.PICK), seq)

    def _already(self, ledger: Ledger, case: Case, act: str) -> tuple[str, Case]:
        """People have the case: what is pressed is for them to know, a double tap once."""
        language = case.language or "en"
        label = self._label(ledger, act, language)
        if ledger.pressed_line(case, label, again=False) and act not in _NOTHING_NEW:
            told = words(self.house.desk_language, "pressed", n=case.id, label=escape(label))
            ledger.tell(case, told)
        return ledger.phrase(language, "already"), case

    def _label(self, ledger: Ledger, act: str, language: str) -> str:
        """What stands on the button."""
        if act in reply.LABELS:
            return ledger.phrase(language, reply.LABELS[act])
        subject = act.removeprefix(reply.PICK)
        return self.house.titles([subject], language).get(subject, subject)

    def _helped(self, ledger: Ledger, case: Case) -> Case:
        if case.state in (State.CLOSED, State.CLARIFYING):  # an older answer did; one is still due
            return case
        ledger.clear_timers(case.id)
        case = ledger.save(replace(case, state=State.CLOSED, closed_at=ledger.now))
        ledger.card(case)  # staff had handed it back: they see how it ended
        return case

    def _picked(self, ledger: Ledger, case: Case, subject: str, seq: int) -> tuple[str, Case]:
        language = case.language or "en"
        open_choice = case.state is State.CLARIFYING and subject in case.choices
        if not open_choice and subject in case.answered:
            return "", case  # pressed twice: its answer is there, or on the way
        if not open_choice or subject not in self.house.knowledge.subjects:
            return ledger.phrase(language, "picked_wrong"), case
        ledger.pressed_line(case, self._label(ledger, f"{reply.PICK}{subject}", language))
        decision = Reply(subject, words(self.house.desk_language, "why_picked"))
        asked = Reading(tone=case.tone, telling=case.telling)  # as when they were asked back
        case = self._do(ledger, ledger.save(_taken_up(case)), decision, asked)
        ledger.records.add_decision(case.id, (seq, seq), decision, Reading(), ledger.now)
        return "", case

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
        case = self._case(ledger, customer, None, seqs[0])
        if case.state.with_staff:
            ledger.tell(case, escape(f"⚠ {why}"))
            return case
        decision = HandOver(Reason.POISON, Priority.HIGH, why)
        case = ledger.save(_taken_up(case))
        case = pass_on(ledger, self.house, case, decision)
        ledger.records.add_decision(case.id, (seqs[0], seqs[-1]), decision, Reading(), ledger.now)
        return case

    def undelivered(self, ledger: Ledger, case: Case, why: str) -> None:
        """Telegram refused the bot's words to them: a person looks after the case, in time."""
        if is_barred(ledger, case.customer_id):
            return
        decision = HandOver(Reason.UNDELIVERED, Priority.NORMAL, why)
        case = pass_on(ledger, self.house, ledger.save(_taken_up(case)), decision)
        turn = (case.boundary, case.boundary)
        ledger.records.add_decision(case.id, turn, decision, Reading(), ledger.now)

    # ------------------------------------------------------------------------- inside

    def _case(self, ledger: Ledger, who: Person, language: str | None, seq: int) -> Case:
        """The customer's open case, or a new one that begins here."""
        served = self.house.served(language)
        known = ledger.meet(who, served)
        case = ledger.records.open_case(who.id)
        if case is None:
            case = ledger.records.new_case(who.id, ledger.now, seq)
            wish = self.house.language_for(known.chosen, served, known.language, who.language_code)
            case = replace(case, language=wish)
        return case

    def _language(self, ledger: Ledger, case: Case, who: Person, reading: Reading) -> str:
        """The one they asked for; else the one they write in."""
        known = ledger.records.customers.get(who.id)
        chosen = known.chosen if known else None
        wishes = (chosen, reading.language, case.language, who.language_code)
        return self.house.language_for(*wishes)

    def _do(self, ledger: Ledger, case: Case, decision: Decision, reading: Reading) -> Case:
        house, language = self.house, case.language or "en"
        match decision:
            case Reply(to=kind, small_talk=True):
                case = replace(case, tone=reading.tone, telling=reading.telling)
                return reply.small_talk(ledger, case, house.brand, kind, house.quiet_s)
            case Reply(subjects=subjects):
                case = replace(case, tone=reading.tone, telling=reading.telling)
                answers = {subject: house.answer(subject, language) for subject in subjects}
                return reply.answer(ledger, case, house.brand, answers, house.quiet_s)
            case Clarify(subjects=subjects):
                case = replace(
                    case,
                    tone=hand_over.tone_of(reading.tone, case.tone),
                    telling=reading.telling or case.telling,
                )
                titles = house.titles(subjects, language)
                return reply.clarify(ledger, case, house.brand, titles, house.quiet_s)
            case HandOver():
                subject, probability = reading.best
                known = probability > reading.probabilities.get(UNKNOWN, 0.0)
                case = replace(
                    case,
                    subject=subject if known else case.subject,
                    tone=hand_over.tone_of(reading.sounds, case.tone),
                    telling=reading.telling or case.telling,
                )
                return pass_on(ledger, self.house, case, decision, tone=reading.sounds)
            case StayQuiet():  # what was asked back stays open
                return ledger.save(replace(case, state=reply.with_customer(case)))


_HANDED_OVER_BY = {
    reply.PERSON: Reason.ASKED,
    reply.NOT_HELPED: Reason.NOT_HELPED,
    reply.NONE_OF_THESE: Reason.UNCLEAR,
}
_NOTHING_NEW = (reply.PERSON, reply.NONE_OF_THESE)
"""They ask for what they have already: a person."""


def _taken_up(case: Case) -> Case:
    """The bot must act now, wherever the case stood before."""
    return replace(case, state=State.WITH_BOT)
