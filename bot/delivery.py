"""What is still wanted at the last moment, and what each outcome means for the case."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from html import escape

from .conversation import Case, State
from .desk import lists, overdue
from .desk.board import Board
from .desk.desk_words import AGAIN, DELIVERED, words
from .desk.lists import Listed, Listing
from .desk.overdue import Overdue
from .desk.place import (
    at_the_copy,
    copies_what_is_left_behind,
    in_todays_group,
    is_left_behind,
    where_the_case_is,
)
from .desk.reach import group_found
from .detour import origin, pause, refused, said, whose
from .effects import (
    Copy,
    DeleteMessages,
    DeleteTopic,
    EditButtons,
    EditText,
    Effect,
    Forward,
    NotSent,
    Outcome,
    React,
    Refusal,
    Refused,
    ReopenTopic,
    Rows,
    SendText,
    Sent,
    TakeBack,
    Unsure,
)
from .errand import COMPOSED, POLICY, Errand, OutboxRow, Purpose, Repeat
from .hand_over import desk_rows
from .house import House
from .joined import joined
from .ledger import Ledger
from .leftovers import Erasure
from .life import Life
from .marked_text import inserted
from .store.records import Records
from .voice import Desk

log = logging.getLogger(__name__)


class Ordinary(Life):
    """Most errands: what people say to each other, and what staff are told of a case."""

    def drawn(self, ledger: Ledger, row: OutboxRow) -> Effect | None:
        """Where the case is by now; None when it has moved on.

        Here the owner is read again: once a person holds the case, the bot is silent in it,
        replies already on their way included.
        """
        records, errand, case = ledger.records, row.errand, _case_of(ledger, row)
        if case is None:
            return errand.effect
        if errand.purpose is Purpose.ANSWER and _held_by_a_person(case):
            return None
        if errand.purpose is Purpose.ALARM and not (case.state.with_staff and case.due_at):
            return None
        if errand.purpose is Purpose.BACK and not (case.state.with_staff and _is_awake(case)):
            return None
        carries = errand.purpose is Purpose.RELAY
        effect = joined(records, row, ledger.now) if carries else errand.effect
        return where_the_case_is(at_the_copy(records, effect, errand.ref), case)

    def sent(self, ledger: Ledger, row: OutboxRow, ids: tuple[int, ...]) -> None:
        errand, case = row.errand, _case_of(ledger, row)
        if case is not None and errand.purpose is Purpose.UNSEND:
            self._taken_back(ledger, errand, case)
        if case is None or not ids:
            return
        chat = errand.chat_id or 0
        if chat < 0 and (isinstance(errand.effect, SendText) or errand.ref is None):
            quoted = errand.ref if errand.purpose is Purpose.GIVEN else None
            ledger.records.group.posted(case.id, chat, ids, quoted)
        self._arrived(ledger, row, case, chat, ids)

    def _arrived(
        self, ledger: Ledger, row: OutboxRow, case: Case, chat: int, ids: tuple[int, ...]
    ) -> None:
        """What it means for the case that these messages, or this topic, are there now."""
        records, errand = ledger.records, row.errand
        match errand.purpose:
            case Purpose.TOPIC:
                ledger.save(replace(case, thread_id=ids[0], staff_chat_id=chat))
            case Purpose.BRIEF:
                case = ledger.save(lists.seen(ledger, replace(case, card_id=ids[-1])))
                rows = desk_rows(case, ledger.desk_language, records.drafts.shown(case.id))
                if not _shows(errand.effect, rows):
                    ledger.card(case)
            case Purpose.ALARM if not overdue.still_rings(ledger, case):
                ledger.quieten(case)
            case Purpose.RELAY if errand.ref is not None:
                self._copied(ledger, errand, case, ids)
                for ref in records.outbox.carried_by(row):
                    records.transcript.copied_as(ref, chat, ids[-1])
                if case.thread_id is None and len(ids) > 1:  # an album cannot be a reply
                    ledger.tell(case, f"⬆ {escape(whose(ledger, case))}", reply_to=ids[0])
            case Purpose.QUESTION if errand.ref is not None:
                held = records.held.asked(errand.ref, ids[-1])
                if held is None or not held.open:  # decided while the question was on its way
                    ledger.send(EditButtons(chat, ids[-1]), Purpose.MARK, case)
            case Purpose.WORDS if errand.ref is not None:
                self._copied(ledger, errand, case, ids)
                self._tick(ledger, case, errand)
                if case.state.with_staff and case.due_at is not None:
                    self._kept(ledger, case, errand.ref)
            case Purpose.GIVEN:
                pass  # its ``ref`` is no line of the transcript
            case _ if errand.ref is not None:
                records.transcript.sent(errand.ref, chat, ids[-1])
                records.customers.introduced(chat, errand.ref, ledger.now)

    def _kept(self, ledger: Ledger, case: Case, ref: int) -> None:
        """A person's words arrived. What the customer wrote after them still waits."""
        wrote = ledger.records.transcript.customer_wrote_after(case.id, ref)
        case = ledger.owe_no_more(case)
        ledger.card(case if wrote is None else ledger.owe(case, since=wrote))

    def _copied(self, ledger: Ledger, errand: Errand, case: Case, ids: tuple[int, ...]) -> None:
        """Each copy is known by its original; how many of an album could not be copied is said."""
        effect, chat, transcript = errand.effect, errand.chat_id or 0, ledger.records.transcript
        if not isinstance(effect, Copy | Forward):
            transcript.copied_as(errand.ref or 0, chat, ids[-1])
        elif len(ids) == len(effect.message_ids):
            pairs = zip(sorted(effect.message_ids), ids, strict=True)
            transcript.copied(case.id, effect.from_chat_id < 0, chat, pairs)
        else:
            asked = len(effect.message_ids)
            text = words(ledger.desk_language, "partly", n=case.id, part=len(ids), all=asked)
            ledger.tell(case, text, reply_to=origin(ledger, errand, case))

    def _taken_back(self, ledger: Ledger, errand: Errand, case: Case) -> None:
        """The command gets the tick; the line that was taken back stays in the record, marked."""
        effect, transcript = errand.effect, ledger.records.transcript
        if isinstance(effect, TakeBack):
            found = transcript.line_at(effect.chat_id, effect.message_id)
            if found is not None:
                transcript.take_back(found[0], ledger.now)
            ledger.note("taken_back", case.id, None)
            owed = case.state.with_staff and case.due_at is None
            if owed and not transcript.was_replied_to(case.id):
                ledger.card(ledger.owe(case, since=ledger.now))
        command = transcript.place(errand.ref or 0)
        if command is not None:
            ledger.send(React(*command, DELIVERED), Purpose.MARK, case)

    def _tick(self, ledger: Ledger, case: Case, errand: Errand) -> None:
        """Delivery is visible on the agent's own message; on the brief after a mere press."""
        effect, own = errand.effect, ledger.records.transcript.place(errand.ref or 0)
        if isinstance(effect, Copy):
            own = effect.from_chat_id, effect.message_ids[-1]
        elif own is None and case.staff_chat_id is not None and case.card_id is not None:
            own = case.staff_chat_id, case.card_id
        if own is not None:
            ledger.send(React(*own, DELIVERED), Purpose.MARK, case)


ORDINARY: Life = Ordinary()
LIVES: Mapping[Purpose, Life] = {
    Purpose.LIST: Listing(),
    Purpose.DIGEST: Listing(),
    Purpose.LISTED: Listed(),
    Purpose.BOARD: Board(),
    Purpose.OVERDUE: Overdue(),
    Purpose.ALARMS: Overdue(),
    Purpose.ERASE: Erasure(),
}
"""The purposes that are not ordinary."""


class Delivery:
    """Both ends of an effect's life in the store; stateless but for the brand's desk and rules."""

    def __init__(self, desk: Desk, house: House, now: Callable[[], float]) -> None:
        self._desk = desk
        self._house = house
        self._now = now

    def last_moment(self, records: Records, row: OutboxRow) -> Effect | Refused | None:
        """The effect as it must be done now; None when the case has moved on; why it cannot be."""
        ledger, errand = self._ledger(records), row.errand
        life = LIVES.get(errand.purpose, ORDINARY)
        if is_left_behind(records, errand.effect):
            life.left_behind(ledger, row)
            return None
        if copies_what_is_left_behind(records, errand.effect):
            return Refused(Refusal.BAD_REQUEST, "the group was upgraded")
        here = replace(errand, effect=in_todays_group(records, errand.effect))
        effect = life.drawn(ledger, replace(row, errand=here))
        mark = words(self._desk.language, "repeated")
        if effect is not None and errand.purpose in COMPOSED and _is_marked(errand.effect, mark):
            return _marked_again(effect, mark)  # composed anew, it may have arrived before
        return effect

    def settle(self, records: Records, row: OutboxRow, outcome: Outcome) -> None:
        """Record the outcome of a claimed row, and do what follows from it."""
        ledger, life = self._ledger(records), LIVES.get(row.errand.purpose, ORDINARY)
        if not records.outbox.has(row.id):
            _take_back(ledger, row, outcome)
            return
        match outcome:
            case Sent(message_ids=ids):
                records.outbox.settle(row.id, "sent", ledger.now, list(ids))
                life.sent(ledger, row, ids)
                chat = row.errand.chat_id or 0
                if chat < 0 and ids and records.group.lost_since(chat) is not None:
                    group_found(ledger, chat)
            case NotSent(why=why, retry_after=asked):
                log.info("outbox row %d not sent, again in %.1f s: %s", row.id, asked, why)
                records.outbox.postpone(row.id, ledger.now + max(asked, pause(row.tries)))
                life.unsent(ledger, row)
            case Unsure(why=why):
                self._unsure(ledger, row, why)
            case Refused():
                refused(ledger, self._house, life, row, outcome)
        if row.errand.purpose is Purpose.OWN:
            records.outbox.forget(row.id)

    def _ledger(self, records: Records) -> Ledger:
        return Ledger(records, self._now(), self._desk)

    def _unsure(self, ledger: Ledger, row: OutboxRow, why: str) -> None:
        errand = row.errand
        again_harmless = isinstance(errand.effect, ReopenTopic)  # making one again is not
        if again_harmless or POLICY[errand.purpose][1] is not Repeat.NEVER:
            effect = _marked_again(_unwritten(errand), words(self._desk.language, "repeated"))
            ledger.records.outbox.postpone(row.id, ledger.now + pause(row.tries), effect)
            return
        log.warning("outbox row %d (%s): outcome unknown: %s", row.id, errand.purpose, why)
        ledger.records.outbox.settle(row.id, "uncertain", ledger.now, why)
        case = _case_of(ledger, row)
        if case is None or errand.purpose is Purpose.TOPIC:
            return  # without a topic the case's words go to General
        language = self._desk.language
        text = words(language, "unsure", n=case.id, text=escape(said(ledger, errand)))
        again = (((words(language, "again"), f"{AGAIN}:{row.id}"),),)
        ledger.tell(case, text, again, reply_to=origin(ledger, errand, case))
        ledger.note("uncertain", case.id, None, str(row.id))


def _take_back(ledger: Ledger, row: OutboxRow, outcome: Outcome) -> None:
    """Its person was erased while it was on its way: what it left with staff goes as well."""
    chat, errand = row.errand.chat_id or 0, row.errand
    if isinstance(outcome, Sent) and outcome.message_ids and chat < 0:
        gone: Effect = DeleteMessages(chat, outcome.message_ids)
        if errand.purpose is Purpose.TOPIC:
            gone = DeleteTopic(chat, outcome.message_ids[0])
        ledger.records.outbox.add(Errand(gone, Purpose.ERASE, errand.case_id), ledger.now)


def _case_of(ledger: Ledger, row: OutboxRow) -> Case | None:
    case_id = row.errand.case_id
    return None if case_id is None else ledger.records.case(case_id)


def _held_by_a_person(case: Case) -> bool:
    return case.state is State.CLAIMED or (case.state is State.CLOSED and case.owner_id is not None)


def _is_awake(case: Case) -> bool:
    return case.snoozed_until is None


def _shows(effect: Effect, rows: Rows) -> bool:
    """Do the buttons of a brief that was just sent still fit the case?"""
    if not isinstance(effect, SendText):
        return True
    shown = [button.text for row in effect.buttons for button in row]
    return shown == [label for row in rows for label, _ in row]


def _unwritten(errand: Errand) -> Effect:
    """The effect as it waits: what is written anew anyway waits without words."""
    effect = errand.effect
    if errand.purpose in COMPOSED and isinstance(effect, SendText | EditText):
        return replace(effect, text="", buttons=())
    return effect


def _is_marked(effect: Effect, mark: str) -> bool:
    return isinstance(effect, SendText) and effect.text.startswith(mark)


def _marked_again(effect: Effect, mark: str) -> Effect:
    if isinstance(effect, SendText) and not _is_marked(effect, mark):
        text, marks = inserted(effect.text, effect.marks, [(0, f"{mark} ")])
        return replace(effect, text=text, marks=marks)
    return effect
