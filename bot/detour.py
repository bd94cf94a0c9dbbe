"""What Telegram refused for good: another road for it, and who is told."""

from __future__ import annotations

import logging
from dataclasses import replace
from html import escape

from .carry_out import undelivered
from .conversation import Case, State
from .desk import reach
from .desk.desk_words import DELIVERED, WAITING, media_name, words
from .desk.place import after, group_of, move_chat, start_over
from .effects import (
    Copy,
    EditMedia,
    EditText,
    Forward,
    React,
    Refusal,
    Refused,
    ReopenTopic,
    SendText,
)
from .errand import POLICY, Errand, OutboxRow, Purpose, Repeat
from .house import House
from .joined import apart
from .ledger import Ledger
from .life import Life
from .parts import without_tags
from .safe_text import shortened, shown, shown_name

log = logging.getLogger(__name__)

LONGEST_PAUSE_S = 60.0
TOPICS_MADE_AGAIN = 3
"""After so many lost topics a case stays in General: somebody is deleting them on purpose."""
LONGEST_QUOTE = 200
NO_TICK = "no_tick"
"""How the audit calls it that staff were told of a group without the bot's ticks."""


def refused(ledger: Ledger, house: House, life: Life, row: OutboxRow, outcome: Refused) -> None:
    """Record the refusal of a claimed row, and send what it was for another way."""
    records, errand = ledger.records, row.errand
    case = None if errand.case_id is None else records.case(errand.case_id)
    # Telegram's own words stand in the row: they may quote what somebody wrote.
    log.warning("outbox row %d (%s) refused: %s", row.id, errand.purpose, outcome.refusal)
    if _goes_again(ledger, life, row, case, outcome):
        return
    if outcome.refusal is Refusal.BLOCKED and case and errand.chat_id == case.customer_id:
        records.customers.set_blocked(case.customer_id, True)
        case = ledger.unreachable(case)
    records.outbox.settle(row.id, "failed", ledger.now, outcome.why)
    if errand.purpose is Purpose.PAGE:
        log.error("%s of staff was not reached: let them write /start to me", errand.chat_id)
    life.refused(ledger, row, outcome)
    match errand.purpose, outcome.refusal:
        case Purpose.TOPIC, Refusal.NO_FORUM:
            reach.no_forum(ledger)
        case Purpose.TOPIC, Refusal.NO_RIGHTS:
            reach.no_topics(ledger)
    several = apart(records, row)
    for each in several:
        records.outbox.add(each, ledger.now)
    if case is not None and not several:
        _instead(ledger, house, errand, case, outcome)


def _goes_again(
    ledger: Ledger, life: Life, row: OutboxRow, case: Case | None, outcome: Refused
) -> bool:
    """Is what stands in its way no fault of its own? It waits until that has been seen to."""
    outbox, errand, soon = ledger.records.outbox, row.errand, ledger.now + pause(row.tries)
    match outcome.refusal:
        case Refusal.UNAUTHORIZED:
            outbox.postpone(row.id, ledger.now + LONGEST_PAUSE_S)
        case Refusal.MOVED if outcome.new_chat_id is not None:
            outbox.postpone(row.id, soon)
            old = group_of(errand.effect)
            move_chat(ledger, old, outcome.new_chat_id, ledger.desk_language)
        case Refusal.TOPIC_GONE if case is not None and errand.purpose not in _IN_PASSING:
            _topic_gone(ledger, row, case)
        case Refusal.TOPIC_CLOSED if case is not None and case.thread_id is not None:
            _topic_closed(ledger, row, case)
        case Refusal.NOT_THERE | Refusal.NO_FORUM | Refusal.NO_RIGHTS | Refusal.TOPIC_CLOSED if (
            _must_be_seen(ledger, errand, outcome.refusal)
        ):
            outbox.postpone(row.id, soon)
            life.unsent(ledger, row)
            reach.out_of_reach(ledger, errand, case, outcome.why)
        case _:
            return False
    return True


def _labelled(ledger: Ledger, label: str, text: str) -> str:
    return words(ledger.desk_language, "labelled", label=label, text=text)


def _instead(ledger: Ledger, house: House, errand: Errand, case: Case, outcome: Refused) -> None:
    """What staff must see takes a plainer form; what a customer did not get, staff are told."""
    match errand:
        case Errand(
            SendText(html=True) as effect,
            Purpose.BRIEF
            | Purpose.TELL
            | Purpose.GIVEN
            | Purpose.RELAY
            | Purpose.QUESTION
            | Purpose.ALARM
            | Purpose.BACK,
        ):
            text = without_tags(effect.text)
            plain = replace(effect, text=text, html=False, reply_to=None)
            ledger.send(plain, errand.purpose, case, errand.ref)
        case Errand(SendText(), Purpose.RELAY):
            text = words(ledger.desk_language, "unshown", why=escape(outcome.why))
            ledger.tell(case, _labelled(ledger, escape(whose(ledger, case)), text))
        case Errand(Copy() as copy, Purpose.RELAY) if outcome.refusal is Refusal.BAD_REQUEST:
            # Staff know whose it is, so a forward harms nobody; what is gone cannot be forwarded.
            forward = Forward(copy.chat_id, copy.from_chat_id, copy.message_ids, copy.thread_id)
            ledger.send(forward, Purpose.RELAY, case, errand.ref)
        case Errand(Copy() | Forward(), Purpose.RELAY):
            note = words(ledger.desk_language, "uncopied", why=outcome.why)
            text = _labelled(ledger, whose(ledger, case), f"{said(ledger, errand)}\n{note}")
            ledger.send(SendText(ledger.staff_chat_id, text), Purpose.RELAY, case, errand.ref)
        case Errand(React(chat_id=chat, emoji=str()) as react, _) if chat < 0:
            _unmarked(ledger, case, react, outcome.refusal)
        case Errand(_, Purpose.UNSEND):
            text = words(ledger.desk_language, "unsend_refused", why=escape(outcome.why))
            ledger.tell(case, text, reply_to=origin(ledger, errand, case))
        case Errand(EditText() | EditMedia(), Purpose.MARK) if errand.ref is not None:
            text = words(ledger.desk_language, "edit_refused", why=escape(outcome.why))
            ledger.tell(case, text, reply_to=origin(ledger, errand, case))
        case Errand(_, Purpose.ANSWER) if not case.state.with_staff:
            if outcome.refusal is not Refusal.BLOCKED and case.state is not State.CLOSED:
                undelivered(ledger, house, case, outcome.why)
        case Errand(_, Purpose.WORDS | Purpose.FAREWELL | Purpose.ANSWER):
            key = "blocked" if outcome.refusal is Refusal.BLOCKED else "refused"
            text = words(ledger.desk_language, key, n=case.id, why=escape(outcome.why))
            ledger.tell(case, text, reply_to=origin(ledger, errand, case))


def _unmarked(ledger: Ledger, case: Case, react: React, refusal: Refusal) -> None:
    """In words, what a mark would have said: the bot's own, or a customer's reaction."""
    language, below = ledger.desk_language, react.message_id
    if react.emoji == DELIVERED:
        forbidden = refusal is Refusal.NO_REACTION
        if forbidden and not ledger.records.count_notes(NO_TICK, None):
            ledger.note(NO_TICK, None, None)
            ledger.tell(case, words(language, "no_tick"), reply_to=below)
    elif react.emoji == WAITING and ledger.records.held.of_message(react.chat_id, below):
        ledger.tell(case, words(language, "waits_behind"), reply_to=below)
    else:
        text = words(language, "reacted_below", emoji=react.emoji)
        ledger.tell(case, text, purpose=Purpose.RELAY, reply_to=below)


# ----------------------------------------------------------------- a place that is lost


def _topic_gone(ledger: Ledger, row: OutboxRow, case: Case) -> None:
    """Make the topic again, post the brief again, and put everything that waited behind it."""
    ledger.note("topic_lost", case.id, None)
    ledger.records.outbox.postpone(row.id, ledger.now)
    too_often = ledger.records.count_notes("topic_lost", case.id) > TOPICS_MADE_AGAIN
    start_over(ledger, case, ledger.desk_language, with_topic=not too_often)


def _topic_closed(ledger: Ledger, row: OutboxRow, case: Case) -> None:
    """Whoever made a topic may open it again; when even that is refused, General is left."""
    ledger.records.outbox.postpone(row.id, ledger.now)
    if ledger.records.count_notes("topic_closed", case.id):
        start_over(ledger, case, ledger.desk_language, with_topic=False)
        return
    ledger.note("topic_closed", case.id, None)
    reopen = ReopenTopic(case.staff_chat_id or ledger.staff_chat_id, case.thread_id or 0)
    after(ledger, case, lambda: ledger.send(reopen, Purpose.MARK, case))


_IN_PASSING = (Purpose.MARK, Purpose.ERASE)
"""What a lost topic needs no more."""


def _must_be_seen(ledger: Ledger, errand: Errand, refusal: Refusal) -> bool:
    """What waits for the group to be back; media that the group only does not take goes another
    way at once, as does a list that a further group does not take."""
    if errand.case_id is None and errand.chat_id != ledger.staff_chat_id:
        return False
    at_least_once = POLICY[errand.purpose][1] is Repeat.AT_LEAST_ONCE
    media = isinstance(errand.effect, Copy | Forward)
    away = refusal is Refusal.NOT_THERE
    return at_least_once and (errand.chat_id or 0) < 0 and (away or not media)


def whose(ledger: Ledger, case: Case) -> str:
    customer = ledger.records.customers.get(case.customer_id)
    return f"#{case.id} {shown_name(customer.name if customer else '?')}"


def origin(ledger: Ledger, errand: Errand, case: Case) -> int | None:
    """What staff wrote in the case's group that this errand is for: they are told right below it.

    Of purposes whose ``ref`` is a line of the transcript.
    """
    place = None if errand.ref is None else ledger.records.transcript.place(errand.ref)
    return place[1] if place is not None and place[0] == case.staff_chat_id else None


def said(ledger: Ledger, errand: Errand) -> str:
    """The words of an errand: its own, or those of the message it carries.

    Whole when they take the place of the message itself, else the beginning.
    """
    line = None if errand.ref is None else ledger.records.transcript.get(errand.ref)
    text = errand.effect.text if isinstance(errand.effect, SendText) else ""
    if not text and line is not None:
        media = f"{media_name(ledger.desk_language, line.media)} " if line.media else ""
        text = shown(f"{media}{line.text}")
    return text if errand.purpose is Purpose.RELAY else shortened(text, LONGEST_QUOTE)


def pause(tries: int) -> float:
    """Seconds before the next try: 1, 2, 4 ... a minute."""
    return min(LONGEST_PAUSE_S, 2.0 ** min(tries, 6) / 2)
