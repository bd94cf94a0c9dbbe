"""What staff saw of somebody erased and Telegram keeps: rewritten, else named to staff.

A bot may delete a message for 48 hours, administrator or not, and one that may not be deleted keeps
all others of its batch. Its own words it may always edit; media, and what people wrote, it may not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .desk.desk_words import words
from .desk.overview import message_link
from .effects import DeleteMessages, DeleteTopic, EditText, Effect, Refusal, Refused, SendText
from .errand import Errand, OutboxRow, Purpose
from .ledger import Ledger
from .life import Life

LEFT_BEHIND = "left_behind"
"""How the audit calls that staff were asked to clear what is old in a group from before."""


class Erasure(Life):
    """Something that staff saw is taken away, in the mildest way that Telegram allows."""

    def left_behind(self, ledger: Ledger, row: OutboxRow) -> None:
        left_behind(ledger, row.errand)

    def sent(self, ledger: Ledger, row: OutboxRow, _: tuple[int, ...]) -> None:
        settled(ledger, row)

    def refused(self, ledger: Ledger, row: OutboxRow, outcome: Refused) -> None:
        """Try the next milder way; a row that is left as failed is for people to do."""
        gone = outcome.refusal in (Refusal.TOPIC_GONE, Refusal.GONE)  # somebody was faster
        instead = [] if gone else _milder(row.errand.effect, words(ledger.desk_language, "wiped"))
        if gone or instead:
            ledger.records.outbox.forget(row.id)
        for effect in instead:
            errand = Errand(effect, Purpose.ERASE, row.errand.case_id)
            ledger.records.outbox.add(errand, ledger.now)
        settled(ledger, row)


def _milder(effect: Effect, wiped: str) -> Sequence[Effect]:
    """Message by message; then other words in the place of its own. Empty: nothing is left."""
    match effect:
        case DeleteMessages(chat, (message,)):
            return [EditText(chat, message, wiped, only_text=True)]
        case DeleteMessages(chat, messages):
            return [DeleteMessages(chat, (message,)) for message in messages]
        case _:
            return []


def settled(ledger: Ledger, row: OutboxRow) -> None:
    """Once nothing more waits to be erased of the case, staff are told what is left, in one go."""
    outbox, case_id = ledger.records.outbox, row.errand.case_id
    found = [] if case_id is None else outbox.unfinished(case_id, Purpose.ERASE)
    if not found or any(state != "failed" for _, state in found):
        return
    named(ledger, case_id, [left.errand.effect for left, _ in found])
    for left, _ in found:
        outbox.forget(left.id)


def left_behind(ledger: Ledger, errand: Errand) -> None:
    """It stands in a group that was upgraded since, where it can neither be deleted nor linked to.

    Who asked to be erased is named each time. What is merely old would be asked for case by case,
    for months: that all of it may go, staff are told once.
    """
    case_id = errand.case_id
    if case_id is None or ledger.records.own_data.is_of_nobody(case_id):
        named(ledger, case_id, [errand.effect])
    elif not ledger.records.noted_since(LEFT_BEHIND, str(errand.chat_id), 0.0):
        ledger.note(LEFT_BEHIND, None, None, str(errand.chat_id))
        text = words(ledger.desk_language, "left_behind", n=case_id)
        ledger.send(SendText(ledger.staff_chat_id, text), Purpose.TELL, None)


def named(ledger: Ledger, case_id: int | None, left: Iterable[Effect]) -> None:
    """Staff are asked to take away by hand what these effects cannot."""
    places = "\n".join(place for effect in left for place in _places(effect))
    text = words(ledger.desk_language, "cannot_erase", n=case_id, places=places)
    ledger.send(SendText(ledger.staff_chat_id, text), Purpose.TELL, None)


def _places(effect: Effect) -> list[str]:
    """Links that open messages, or a topic, in Telegram; bare numbers in a group without links."""
    match effect:
        case EditText(chat, number) | DeleteTopic(chat, number):
            numbers: tuple[int, ...] = (number,)
        case DeleteMessages(chat, numbers):
            pass
        case _:
            return []
    return [message_link(chat, number) or f"#{number}" for number in numbers]
