"""What is still wanted at the last moment, and what each outcome means for the case."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from html import escape

from .conversation import Case, State
from .desk_words import AGAIN, words
from .effects import (
    POLICY,
    Copy,
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
    Unsure,
)
from .hand_over import desk_rows
from .ledger import Desk, Ledger
from .parts import without_tags
from .place import group_of, in_todays_group, move_chat, start_over, where_the_case_is
from .records import Records
from .safe_text import shown, shown_name

log = logging.getLogger(__name__)

DELIVERED = "👌"
LONGEST_PAUSE_S = 60.0
TOPICS_MADE_AGAIN = 3
"""After so many lost topics a case stays in General: somebody is deleting them on purpose."""

_TOLD = {
    "fr": {
        "blocked": "🚫 Cas nº {n}, pas livré : le client a bloqué le robot, ou son compte "
        "n’existe plus.",
        "refused": "🚫 Cas nº {n}, pas livré : Telegram refuse ({why}).",
        "unsure": "⚠ Cas nº {n}, livraison non confirmée : {text}",
        "again": "(de nouveau)",
    },
    "en": {
        "blocked": "🚫 Case #{n}, not delivered: the customer blocked the bot, or the account "
        "is gone.",
        "refused": "🚫 Case #{n}, not delivered: Telegram refuses ({why}).",
        "unsure": "⚠ Case #{n}, delivery unconfirmed: {text}",
        "again": "(again)",
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
        effect = in_todays_group(records, errand.effect)
        case = None if errand.case_id is None else records.case(errand.case_id)
        if case is None:
            return effect
        if errand.purpose is Purpose.ANSWER and _held_by_a_person(case):
            return None
        return where_the_case_is(effect, case)

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
        ids, chat = outcome.message_ids, errand.chat_id or 0
        match errand.purpose:
            case Purpose.TOPIC:
                ledger.save(replace(case, thread_id=ids[0], staff_chat_id=chat))
            case Purpose.BRIEF:
                case = ledger.save(replace(case, card_id=ids[-1]))
                if not _shows_state(errand.effect, case, self._desk.language):
                    ledger.card(case)
            case Purpose.RELAY if errand.ref is not None:
                records.transcript.copied(errand.ref, chat, ids)
                if case.thread_id is None and len(ids) > 1:  # an album cannot be a reply
                    ledger.tell(case, f"⬆ {escape(_whose(ledger, case))}", reply_to=ids[0])
            case Purpose.WORDS if errand.ref is not None:
                records.transcript.copied(errand.ref, chat, ids)
                self._tick(ledger, case, errand.effect)
                if case.state.with_staff:  # the promise is kept: a person has replied
                    records.clear_timers(case.id)
            case _ if errand.ref is not None:
                records.transcript.sent(errand.ref, chat, ids[-1])

    def _tick(self, ledger: Ledger, case: Case, effect: Effect) -> None:
        """Delivery is visible on the agent's own message."""
        if isinstance(effect, Copy):
            mark = React(effect.from_chat_id, effect.message_ids[-1], DELIVERED)
            ledger.send(mark, Purpose.MARK, case)

    def _unsure(self, ledger: Ledger, row: OutboxRow, why: str) -> None:
        errand = row.errand
        if POLICY[errand.purpose][1] is not Repeat.NEVER:
            effect = _marked_again(errand.effect, _told(self._desk.language, "again"))
            ledger.records.outbox.postpone(row.id, ledger.now + _pause(row.tries), effect)
            return
        log.warning("outbox row %d (%s): outcome unknown: %s", row.id, errand.purpose, why)
        ledger.records.outbox.settle(row.id, "uncertain", ledger.now, why)
        case = None if errand.case_id is None else ledger.records.case(errand.case_id)
        if case is None or errand.purpose is Purpose.TOPIC:
            return  # without a topic the case's words go to General
        language = self._desk.language
        text = _told(language, "unsure", n=case.id, text=escape(_said(ledger, errand)))
        again = (((words(language, "again"), f"{AGAIN}{row.id}"),),)
        ledger.tell(case, text, again, reply_to=_origin(errand.effect, case))
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
                records.outbox.postpone(row.id, ledger.now)
                old = group_of(errand.effect)
                move_chat(ledger, old, outcome.new_chat_id, self._desk.language)
                return
            case Refusal.TOPIC_GONE if case is not None and errand.purpose is not Purpose.MARK:
                self._topic_gone(ledger, row, case)
                return
            case Refusal.NO_RIGHTS if POLICY[errand.purpose][1] is Repeat.AT_LEAST_ONCE:
                log.error("the staff group cannot be written to; staff see nothing of this case")
                records.outbox.postpone(row.id, ledger.now + _pause(row.tries))
                return
            case Refusal.BLOCKED if case is not None and errand.chat_id == case.customer_id:
                records.set_blocked(case.customer_id, True)
        records.outbox.settle(row.id, "failed", ledger.now, outcome.why)
        if case is not None:
            self._instead(ledger, errand, case, outcome)

    def _instead(self, ledger: Ledger, errand: Errand, case: Case, outcome: Refused) -> None:
        """What staff must see takes a plainer form; what a customer did not get, staff are told."""
        language = self._desk.language
        match errand:
            case Errand(
                SendText(html=True) as effect, Purpose.BRIEF | Purpose.TELL | Purpose.RELAY
            ):
                text = without_tags(effect.text)
                plain = replace(effect, text=text, html=False, reply_to=None)
                ledger.send(plain, errand.purpose, case)
            case Errand(Copy(), Purpose.RELAY):
                text = f"{_whose(ledger, case)} : {_said(ledger, errand)}"
                ledger.send(SendText(ledger.staff_chat_id, text), Purpose.RELAY, case, errand.ref)
            case Errand(_, Purpose.WORDS | Purpose.FAREWELL | Purpose.ANSWER):
                blocked = outcome.refusal is Refusal.BLOCKED
                if blocked and errand.purpose is Purpose.ANSWER and not case.state.with_staff:
                    return  # nobody waits for it: not they, not staff
                key = "blocked" if blocked else "refused"
                text = _told(language, key, n=case.id, why=escape(outcome.why))
                ledger.tell(case, text, reply_to=_origin(errand.effect, case))

    def _topic_gone(self, ledger: Ledger, row: OutboxRow, case: Case) -> None:
        """Make the topic again, post the brief again, and put everything that waited behind it."""
        ledger.note("topic_lost", case.id, None)
        ledger.records.outbox.postpone(row.id, ledger.now)
        too_often = ledger.records.count_notes("topic_lost", case.id) > TOPICS_MADE_AGAIN
        start_over(ledger, case, self._desk.language, with_topic=not too_often)


def _held_by_a_person(case: Case) -> bool:
    return case.state is State.CLAIMED or (case.state is State.CLOSED and case.owner_id is not None)


def _shows_state(effect: Effect, case: Case, language: str) -> bool:
    """Do the buttons of a brief that was just sent still fit the case?"""
    if not isinstance(effect, SendText):
        return True
    shown = [button.text for row in effect.buttons for button in row]
    return shown == [label for row in desk_rows(case, language) for label, _ in row]


def _marked_again(effect: Effect, mark: str) -> Effect:
    if isinstance(effect, SendText) and not effect.text.startswith(mark):
        return replace(effect, text=f"{mark} {effect.text}")
    return effect


def _whose(ledger: Ledger, case: Case) -> str:
    customer = ledger.records.customer(case.customer_id)
    return f"#{case.id} {shown_name(customer.name if customer else '?')}"


def _origin(effect: Effect, case: Case) -> int | None:
    """The agent's message that could not be delivered, to answer right below it."""
    if isinstance(effect, Copy) and effect.from_chat_id == case.staff_chat_id:
        return effect.message_ids[0]
    return None


def _said(ledger: Ledger, errand: Errand) -> str:
    """The words of an errand: its own, or those of the message it carries."""
    line = None if errand.ref is None else ledger.records.transcript.get(errand.ref)
    text = errand.effect.text if isinstance(errand.effect, SendText) else ""
    if not text and line is not None:
        text = shown(line.text) or f"[{line.media}]"
    return text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 1] + "…"


def _told(language: str, key: str, **values: object) -> str:
    return _TOLD.get(language, _TOLD["en"])[key].format(**values)


def _pause(tries: int) -> float:
    """Seconds before the next try: 1, 2, 4 ... a minute."""
    return min(LONGEST_PAUSE_S, 2.0 ** min(tries, 6) / 2)
