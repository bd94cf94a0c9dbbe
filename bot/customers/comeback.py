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
    Rating,
    Reading,
    Reason,
    Reply,
    Score,
    SmallTalk,
    State,
)
from ..desk.desk_words import words
from ..effects import AnswerPress, EditButtons, EditText, React, ReopenTopic
from ..errand import Purpose
from ..house import House
from ..incoming import Pressed, Turn
from ..ledger import Ledger
from ..pass_on import pass_on
from . import closing
from .bare_words import says_little
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
        """A turn about a case closed not long ago; None: it is about the open one, or begins one.

        Who said that it went badly was promised a person for their next words, also when the bot
        has answered something else since.
        """
        who, policy = turn.messages[0].who, self.house.policy
        records, now_open = ledger.records, ledger.records.open_case(turn.messages[0].who.id)
        rated = self._commented(ledger, turn, reading)
        about = self._just_closed(ledger, who) if rated is None else records.case(rated.case_id)
        if about is None or (now_open is not None and not _is_promised(now_open, rated)):
            return None
        decision = closing.after_closing(turn, reading, about, policy, rated)
        if decision is None:
            return None
        if now_open is not None and isinstance(decision, HandOver):
            decision = replace(decision, why=words(self.house.desk_language, "why_rated_bad"))
        spoken = None if says_little(turn, reading) else reading.language
        case = self._as_they_speak(ledger, who, now_open or about, spoken)
        relay.write_down(ledger, case, turn)
        records.add_decision(case.id, (seqs[0], seqs[-1]), decision, reading, ledger.now)
        if rated is not None:
            ledger.comment(about, turn.messages[0])
        return self._do(ledger, case, decision, turn, reading), decision

    def heard_by_people(self, ledger: Ledger, turn: Turn) -> None:
        """Words in a case that people have: whoever said before that another went badly has the
        person that they were promised."""
        if not turn.text.strip():
            return
        for rated in self._awaiting(ledger, turn):
            case = ledger.records.case(rated.case_id)
            if case is not None and rated.score is Score.BAD:
                ledger.comment(case, turn.messages[0])

    def asks_for_person(
        self, ledger: Ledger, who: Person, label: str, seq: int, disputed: Case | None = None
    ) -> Case | None:
        """A button under an old message: the person who closed the case has it again.

        ``disputed``: the case of an answer that the button says is wrong; that one goes to people
        although only the bot had it.
        """
        case = self._just_closed(ledger, who)
        if case is None or (case.owner_id is None and (not disputed or disputed.id != case.id)):
            return None
        case, language = self._as_they_speak(ledger, who, case, None), self.house.desk_language
        ledger.pressed_line(case, label)
        decision = HandOver(Reason.REOPENED, Priority.HIGH, words(language, "why_reopened"))
        if case.owner_id is None:
            decision = closing.disputed(language, Reading())
        ledger.records.add_decision(case.id, (seq, seq), decision, Reading(), ledger.now)
        return self._taken_up_again(ledger, case, decision)

    def rated(self, ledger: Ledger, case: Case, score: Score, press: Pressed) -> None:
        """A tap says how it went: counted whenever it comes, once, and shown to staff."""
        language, toast = case.language, ""
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

    def _commented(self, ledger: Ledger, turn: Turn, reading: Reading) -> Rating | None:
        """The rating of theirs to which these words are added; None: they are about none."""
        for rated in self._awaiting(ledger, turn):
            if closing.is_comment(turn, reading, self.house.policy, rated):
                return rated
        return None

    def _awaiting(self, ledger: Ledger, turn: Turn) -> list[Rating]:
        """Their ratings to which words are still wanted, the last first."""
        who, reopen_s = turn.messages[0].who, self.house.reopen_s
        longest = closing.words_wanted_s(Score.BAD, reopen_s)
        return [
            rated
            for rated in ledger.records.ratings.awaiting_words(who.id, ledger.now - longest)
            if ledger.now - rated.at <= closing.words_wanted_s(rated.score, reopen_s)
        ]

    def _just_closed(self, ledger: Ledger, who: Person) -> Case | None:
        """Their last case, if it was closed so lately that they may still be writing about it."""
        case = ledger.records.last_case(who.id)
        if case is None or case.closed_at is None:
            return None
        return case if ledger.now - case.closed_at <= self.house.reopen_s else None

    def _as_they_speak(self, ledger: Ledger, who: Person, case: Case, language: str | None) -> Case:
        """In the language that they chose, else in which they write now, else of the case."""
        served = self.house.served(language)
        known = ledger.meet(who, served)
        return replace(case, language=self.house.language_for(known.chosen, served, case.language))

    def _do(
        self, ledger: Ledger, case: Case, decision: Decision, turn: Turn, reading: Reading
    ) -> Case:
        match decision:
            case HandOver():
                case = replace(case, tone=reading.sounds, telling=reading.telling)
                return self._taken_up_again(ledger, case, decision)
            case Reply():
                reply.greet_again(ledger, case)
            case _ if reading.small_talk is not SmallTalk.THANKS and turn.text.strip():
                reply.comment_kept(ledger, case)
                ledger.tell(case, words(self.house.desk_language, "commented", n=case.id))
            case _:
                last = turn.messages[-1]
                ledger.send(React(last.chat_id, last.message_id, LIKED), Purpose.MARK, case)
        return case

    def _taken_up_again(self, ledger: Ledger, case: Case, decision: HandOver) -> Case:
        """The same topic, and the same person if they are there; otherwise it waits."""
        there = ledger.team.on_duty(ledger.staff_ids)
        owner = next((one for one in there if one.id == case.owner_id), None)
        if case.state is not State.CLOSED:
            return pass_on(
                ledger, self.house, ledger.save(replace(case, state=State.WITH_BOT)), decision
            )
        if case.staff_chat_id is not None and case.thread_id is not None:
            topic = ReopenTopic(case.staff_chat_id, case.thread_id)
            ledger.send(topic, Purpose.TOPIC, case)
        ledger.note("reopened", case.id, case.customer_id)
        return pass_on(ledger, self.house, case, decision, owner)


def _is_promised(now_open: Case, rated: Rating | None) -> bool:
    """Were they told that a person answers their next words, and does none have this case?"""
    bad = rated is not None and rated.score is Score.BAD
    return bad and not now_open.state.with_staff
