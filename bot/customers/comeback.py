"""A customer is back after the closing: rates it, says thanks, or takes the case up again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from .. import relay, reply
from ..conversation import (
    Case,
    Decision,
    HandOver,
    Person,
    Priority,
    Reading,
    Reason,
    Reply,
    Score,
    SmallTalk,
)
from ..desk.desk_words import words
from ..effects import AnswerPress, EditButtons, EditText, React, ReopenTopic
from ..errand import Purpose
from ..house import House
from ..incoming import Pressed, Turn
from ..ledger import Ledger
from ..pass_on import pass_on
from . import closing
from .customer_words import FACES

LIKED = "❤"
"""Answers thanks after the closing: nothing more is to be said."""


@dataclass(frozen=True, slots=True)
class Comeback:
    """What customers do about a case that is closed."""

    house: House

    def wrote(
        self, ledger: Ledger, turn: Turn, reading: Reading, seqs: Sequence[int]
    ) -> tuple[Case, Decision] | None:
        """A turn about a case closed not long ago; None: it begins a case of its own."""
        who, policy = turn.messages[0].who, self.house.policy
        records = ledger.records
        if records.open_case(who.id) is not None:
            return None
        rated = records.ratings.awaiting_words(who.id, ledger.now - closing.COMMENT_S)
        if rated is not None and not closing.is_comment(turn, reading, policy, rated):
            rated = None
        case = self._just_closed(ledger, who) if rated is None else records.case(rated.case_id)
        if case is None:
            return None
        decision = closing.after_closing(turn, reading, case, policy, rated)
        if decision is None:
            return None
        ledger.meet(who, self.house.served(reading.language))
        relay.write_down(ledger, case, turn)
        records.add_decision(case.id, (seqs[0], seqs[-1]), decision, reading, ledger.now)
        if rated is not None:
            ledger.comment(case, turn.messages[0])
        return self._do(ledger, case, decision, turn, reading), decision

    def asks_for_person(self, ledger: Ledger, who: Person, label: str, seq: int) -> Case | None:
        """A button under an old message: the person who closed the case has it again."""
        case = self._just_closed(ledger, who)
        if case is None or case.owner_id is None:
            return None
        ledger.pressed_line(case, label)
        why = words(self.house.desk_language, "why_reopened")
        decision = HandOver(Reason.REOPENED, Priority.HIGH, why)
        ledger.records.add_decision(case.id, (seq, seq), decision, Reading(), ledger.now)
        return self._taken_up_again(ledger, case, decision)

    def rated(self, ledger: Ledger, case: Case, score: Score, press: Pressed) -> None:
        """A tap says how it went: counted whenever it comes, once, and shown to staff."""
        language, toast = case.language or "en", ""
        if ledger.records.ratings.add(case.id, score, ledger.now):
            ledger.note("rated", case.id, press.who.id, score)
            ledger.pressed_line(case, FACES[score])
            ledger.card(case)
            if score is Score.BAD:
                ledger.tell(case, words(self.house.desk_language, "rated_bad", n=case.id))
            text = f"{FACES[score]} {ledger.phrase(language, f'rated_{score}')}"
            ledger.send(EditText(press.chat_id, press.message_id, text), Purpose.MARK, case)
        else:
            toast = ledger.phrase(language, "rated_once")
            ledger.send(EditButtons(press.chat_id, press.message_id), Purpose.MARK, case)
        ledger.send(AnswerPress(press.callback_id, toast), Purpose.PRESS, None)

    # ------------------------------------------------------------------------------ inside

    def _just_closed(self, ledger: Ledger, who: Person) -> Case | None:
        """Their last case, if it was closed so lately that they may still be writing about it."""
        case = ledger.records.last_case(who.id)
        if case is None or case.closed_at is None:
            return None
        return case if ledger.now - case.closed_at <= self.house.reopen_s else None

    def _do(
        self, ledger: Ledger, case: Case, decision: Decision, turn: Turn, reading: Reading
    ) -> Case:
        match decision:
            case HandOver():
                case = replace(case, tone=reading.tone, telling=reading.telling)
                return self._taken_up_again(ledger, case, decision)
            case Reply():
                reply.greet_again(ledger, case)
            case _ if reading.small_talk is not SmallTalk.THANKS and turn.text.strip():
                reply.comment_kept(ledger, case)
            case _:
                last = turn.messages[-1]
                ledger.send(React(last.chat_id, last.message_id, LIKED), Purpose.MARK, case)
        return case

    def _taken_up_again(self, ledger: Ledger, case: Case, decision: HandOver) -> Case:
        """The same topic, and the same person if they are there; otherwise it waits."""
        there = ledger.team.on_duty(ledger.staff_ids)
        owner = next((one for one in there if one.id == case.owner_id), None)
        if case.staff_chat_id is not None and case.thread_id is not None:
            topic = ReopenTopic(case.staff_chat_id, case.thread_id)
            ledger.send(topic, Purpose.TOPIC, case)
        ledger.note("reopened", case.id, case.customer_id)
        return pass_on(ledger, self.house, case, decision, owner)
