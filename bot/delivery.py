"""What is still wanted at the last moment, and what each outcome means for the case."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from html import escape

from .conversation import (
    POLICY,
    Case,
    CloseTopic,
    Copy,
    CreateTopic,
    EditButtons,
    EditText,
    Effect,
    Errand,
    NotSent,
    OutboxRow,
    Outcome,
    Purpose,
    React,
    Refusal,
    Refused,
    Repeat,
    SendText,
    Sent,
    State,
    Unsure,
)
from .hand_over import AGAIN, brief_html, desk_rows, topic_name, words
from .ledger import TO_CARD, Desk, Ledger
from .records import Records

log = logging.getLogger(__name__)

DELIVERED = "👌"
LONGEST_PAUSE_S = 60.0
TOPICS_MADE_AGAIN = 3
"""After so many lost topics a case stays in General: somebody is deleting them on purpose."""

_TOLD = {
    "fr": {
        "blocked": "🚫 Pas livré : le client a bloqué le robot (ou son compte n’existe plus).",
        "refused": "🚫 Pas livré : Telegram refuse ({why}).",
        "unsure": "⚠ Cas nº {n}, livraison non confirmée : {text}",
    },
    "en": {
        "blocked": "🚫 Not delivered: the customer blocked the bot (or the account is gone).",
        "refused": "🚫 Not delivered: Telegram refuses ({why}).",
        "unsure": "⚠ Case #{n}, delivery unconfirmed: {text}",
    },
}
LONGEST_QUOTE = 200


class Delivery:
    """Both ends of an effect's life in the store; stateless but for the brand's desk."""

    def __init__(self, desk: Desk, now: Callable[[], float]) -> None:
        self._desk = desk
        self._now = now

    # ------------------------------------------------------------------- at the last moment

    def last_moment(self, records: Records, row: OutboxRow) -> Effect | None:
        """The effect as it must be done now; None when the case has moved on.

        Here the owner is read again: once a person holds the case, the bot is silent in it,
        replies already on their way included.
        """
        errand = row.errand
        case = None if errand.case_id is None else records.case(errand.case_id)
        if case is None:
            return errand.effect
        if errand.purpose is Purpose.ANSWER and _held_by_a_person(case):
            return None
        return _where_the_case_is(errand.effect, case, row.tries)

    # ------------------------------------------------------------------------- afterwards

    def settle(self, records: Records, row: OutboxRow, outcome: Outcome) -> None:
        """Record the outcome of a claimed row, and do what follows from it."""
        ledger = Ledger(records, self._now(), self._desk)
        match outcome:
            case Sent():
                self._sent(ledger, row, outcome)
            case NotSent(why=why, retry_after=pause):
                log.info("outbox row %d not sent, again in %.1f s: %s", row.id, pause, why)
                records.outbox.postpone(row.id, ledger.now + max(pause, _pause(row.tries)))
            case Unsure(why=why):
                self._unsure(ledger, row, why)
            case Refused():
                self._refused(ledger, row, outcome)

    def _sent(self, ledger: Ledger, row: OutboxRow, outcome: Sent) -> None:
        records, errand = ledger.records, row.errand
        records.outbox.settle(row.id, "sent", ledger.now, list(outcome.message_ids))
        case = None if errand.case_id is None else records.case(errand.case_id)
        if case is None or not outcome.message_ids:
            return
        first, last = outcome.message_ids[0], outcome.message_ids[-1]
        chat = errand.chat_id or 0
        match errand.purpose:
            case Purpose.TOPIC:
                ledger.save(replace(case, thread_id=first, staff_chat_id=chat))
            case Purpose.BRIEF:
                case = ledger.save(replace(case, card_id=last))
                if not _shows_state(errand.effect, case, self._desk.language):
                    ledger.card(case)
            case Purpose.RELAY if errand.ref is not None:
                records.line_copied(errand.ref, chat, first)
            case Purpose.WORDS if errand.ref is not None:
                records.line_copied(errand.ref, chat, first)
                self._tick(ledger, case, errand.effect)
            case _ if errand.ref is not None:
                records.line_sent(errand.ref, chat, last)

    def _tick(self, ledger: Ledger, case: Case, effect: Effect) -> None:
        """Delivery is visible on the agent's own message."""
        if isinstance(effect, Copy):
            mark = React(effect.from_chat_id, effect.message_ids[-1], DELIVERED)
            ledger.send(mark, Purpose.MARK, case)

    def _unsure(self, ledger: Ledger, row: OutboxRow, why: str) -> None:
        errand = row.errand
        if POLICY[errand.purpose][1] is not Repeat.NEVER:
            ledger.records.outbox.postpone(row.id, ledger.now + _pause(row.tries))
            return
        log.warning("outbox row %d (%s): outcome unknown: %s", row.id, errand.purpose, why)
        ledger.records.outbox.settle(row.id, "uncertain", ledger.now, why)
        case = None if errand.case_id is None else ledger.records.case(errand.case_id)
        if case is None or errand.purpose is Purpose.TOPIC:
            return  # without a topic the case's words go to General
        language = self._desk.language
        text = _told(language, "unsure", n=case.id, text=escape(_said(errand.effect)))
        again = (((words(language, "again"), f"{AGAIN}{row.id}"),),)
        ledger.tell(case, text, again)
        ledger.note("uncertain", case.id, None, str(row.id))

    def _refused(self, ledger: Ledger, row: OutboxRow, outcome: Refused) -> None:
        records, errand = ledger.records, row.errand
        case = None if errand.case_id is None else records.case(errand.case_id)
        log.warning("outbox row %d (%s) refused: %s", row.id, errand.purpose, outcome.why)
        match outcome.refusal:
            case Refusal.UNAUTHORIZED:
                records.outbox.postpone(row.id, ledger.now + LONGEST_PAUSE_S)
                return
            case Refusal.MOVED if outcome.new_chat_id is not None:
                move_chat(ledger, errand.chat_id or 0, outcome.new_chat_id)
                records.outbox.postpone(row.id, ledger.now)
                return
            case Refusal.TOPIC_GONE if case is not None and errand.purpose is not Purpose.MARK:
                self._topic_gone(ledger, row, case)
                return
            case Refusal.BLOCKED if case is not None and errand.chat_id == case.customer_id:
                records.set_blocked(case.customer_id, True)
        records.outbox.settle(row.id, "failed", ledger.now, outcome.why)
        if case is not None and errand.purpose in (Purpose.WORDS, Purpose.RELAY, Purpose.FAREWELL):
            key = "blocked" if outcome.refusal is Refusal.BLOCKED else "refused"
            text = _told(self._desk.language, key, why=escape(outcome.why))
            reply_to = _origin(errand.effect, case)
            ledger.tell(case, text, reply_to=reply_to)
        elif case is not None and errand.purpose in (Purpose.BRIEF, Purpose.TELL):
            self._plainly(ledger, errand, case)

    def _plainly(self, ledger: Ledger, errand: Errand, case: Case) -> None:
        """What staff must see was refused as it was: once more, in General and without markup."""
        effect = errand.effect
        if isinstance(effect, SendText) and (effect.html or effect.reply_to is not None):
            plain = replace(effect, html=False, reply_to=None, thread_id=None)
            ledger.send(plain, errand.purpose, case)

    def _topic_gone(self, ledger: Ledger, row: OutboxRow, case: Case) -> None:
        """Make the topic again, post the brief again, and put everything that waited behind it."""
        outbox = ledger.records.outbox
        ledger.note("topic_lost", case.id, None)
        waiting = [row, *outbox.waiting_behind(row)]
        for one in waiting:
            outbox.settle(one.id, "withdrawn", ledger.now, "topic gone")
        case = ledger.save(replace(case, thread_id=None, card_id=None))
        if case.state.with_staff:
            brief = ledger.brief(case, ledger.records.last_why(case.id))
            if ledger.records.count_notes("topic_lost", case.id) <= TOPICS_MADE_AGAIN:
                chat = ledger.staff_chat_id
                ledger.send(CreateTopic(chat, topic_name(brief)), Purpose.TOPIC, case)
            language = self._desk.language
            rows = desk_rows(case, language)
            ledger.tell(case, brief_html(brief, language), rows, Purpose.BRIEF)
        for one in waiting:
            if one.errand.purpose not in (Purpose.TOPIC, Purpose.BRIEF, Purpose.CARD):
                outbox.add(replace(one.errand, effect=_homeless(one.errand.effect)), ledger.now)


def move_chat(ledger: Ledger, old_id: int, new_id: int) -> None:
    """The staff group was upgraded: rewrite its id everywhere, in this one transaction."""
    ledger.records.move_chat(old_id, new_id)
    ledger.note("chat_moved", None, None, f"{old_id} -> {new_id}")
    for case in ledger.records.waiting_cases():
        ledger.card(case)


def _held_by_a_person(case: Case) -> bool:
    return case.state is State.CLAIMED or (case.state is State.CLOSED and case.owner_id is not None)


def _where_the_case_is(effect: Effect, case: Case, tries: int) -> Effect | None:
    """Fill in what was not known when the effect was stored: group, topic, card."""
    chat = case.staff_chat_id
    if chat is None or getattr(effect, "chat_id", 0) >= 0:
        return effect
    match effect:
        case SendText():
            again = f"(again) {effect.text}" if tries else effect.text
            return replace(effect, chat_id=chat, thread_id=case.thread_id, text=again)
        case Copy():
            return replace(effect, chat_id=chat, thread_id=case.thread_id)
        case CreateTopic():
            return None if case.thread_id is not None else replace(effect, chat_id=chat)
        case CloseTopic():
            thread = case.thread_id
            return None if thread is None else CloseTopic(chat, thread)
        case EditText(message_id=message_id) if message_id == TO_CARD:
            card = case.card_id
            return None if card is None else replace(effect, chat_id=chat, message_id=card)
        case EditText() | EditButtons() | React():
            return replace(effect, chat_id=chat)
        case _:
            return effect


def _shows_state(effect: Effect, case: Case, language: str) -> bool:
    """Do the buttons of a brief that was just sent still fit the case?"""
    if not isinstance(effect, SendText):
        return True
    shown = [button.text for row in effect.buttons for button in row]
    return shown == [label for row in desk_rows(case, language) for label, _ in row]


def _homeless(effect: Effect) -> Effect:
    """Without the replies and the topic that went with the deleted one."""
    if isinstance(effect, SendText | Copy):
        return replace(effect, thread_id=None, reply_to=None)
    return effect


def _origin(effect: Effect, case: Case) -> int | None:
    """The agent's message that could not be delivered, to answer right below it."""
    if isinstance(effect, Copy) and effect.from_chat_id == case.staff_chat_id:
        return effect.message_ids[0]
    return None


def _said(effect: Effect) -> str:
    text = effect.text if isinstance(effect, SendText | EditText) else type(effect).__name__
    return text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 1] + "…"


def _told(language: str, key: str, **values: object) -> str:
    return _TOLD.get(language, _TOLD["en"])[key].format(**values)


def _pause(tries: int) -> float:
    """Seconds before the next try: 1, 2, 4 ... a minute."""
    return min(LONGEST_PAUSE_S, 2.0 ** min(tries, 6) / 2)
