"""A customer pressed a button under one of the bot's messages: what it means, and what follows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from html import escape

from .. import reply
from ..carry_out import carry_out, case_of, do
from ..conversation import (
    Case,
    HandOver,
    Person,
    Priority,
    Reading,
    Reason,
    Reply,
    Score,
    State,
)
from ..desk.desk_words import words
from ..effects import AnswerPress, EditButtons
from ..errand import Purpose
from ..house import House
from ..incoming import Pressed
from ..ledger import Ledger
from .comeback import Comeback

_HANDED_OVER_BY = {
    reply.PERSON: Reason.ASKED,
    reply.NOT_HELPED: Reason.NOT_HELPED,
    reply.NONE_OF_THESE: Reason.UNCLEAR,
}
_NOTHING_NEW = (reply.PERSON, reply.NONE_OF_THESE)
"""They ask for what they have already: a person."""


@dataclass(frozen=True, slots=True)
class Buttons:
    """Whatever a press claims, the rows decide."""

    house: House

    def pressed(self, ledger: Ledger, press: Pressed, seq: int) -> Case | None:
        """Returns the case it was about; None: it does nothing (any more)."""
        found = ledger.records.keyboards.meaning(press.data, press.chat_id)
        case = None if found is None else ledger.records.case(found.case_id)
        theirs = case is not None and case.customer_id == press.who.id
        if found is None or case is None or found.role != "customer" or not theirs:
            ledger.note("refused_press", case.id if case else None, press.who.id)
            self._refused(ledger, press, gone=found is None)
            return None
        if found.act.startswith(reply.RATE):
            score = Score(found.what)
            Comeback(self.house).rated(ledger, case, score, press)
            return case
        toast, case = self._act(ledger, case, found.act, press.who, seq)
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
        language = case.language
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
                case = case_of(ledger, self.house, who, language, seq)
                if case.state.with_staff:  # a later case of theirs
                    return self._already(ledger, case, act)
            ledger.pressed_line(case, pressed)
            decision = HandOver(
                reason, Priority.NORMAL, words(self.house.desk_language, "why_pressed")
            )
            return "", carry_out(ledger, self.house, case, decision, Reading(), [seq])
        return self._picked(ledger, case, act.removeprefix(reply.PICK), seq)

    def _already(self, ledger: Ledger, case: Case, act: str) -> tuple[str, Case]:
        """People have the case: what is pressed is for them to know, a double tap once."""
        language = case.language
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
        language = case.language
        open_choice = case.state is State.CLARIFYING and subject in case.choices
        if not open_choice and subject in case.answered:
            return "", case  # pressed twice: its answer is there, or on the way
        if not open_choice or subject not in self.house.knowledge.subjects:
            return ledger.phrase(language, "picked_wrong"), case
        ledger.pressed_line(case, self._label(ledger, f"{reply.PICK}{subject}", language))
        decision = Reply(subject, words(self.house.desk_language, "why_picked"))
        asked = Reading(tone=case.tone, telling=case.telling)  # as when they were asked back
        case = do(ledger, self.house, case, decision, asked)
        ledger.records.add_decision(case.id, (seq, seq), decision, Reading(), ledger.now)
        return "", case
