"""Words of one customer that wait for a place among staff are carried together, as one message.

Who writes much in a short time has had the share of the group (`store.fairness`): each further
place takes as many of the waiting words as fit, so that the others keep theirs and none of the
words is late for long. They lose their formatting so; media are copied one by one, as ever.
"""

from __future__ import annotations

from .effects import Copy, Effect, SendText
from .errand import Errand, OutboxRow, Purpose
from .parts import MESSAGE_UNITS, units
from .safe_text import rings_nobody
from .store.records import Records

AT_MOST = 200
"""So many at once: the others go with the next."""
ROOM = MESSAGE_UNITS - 96
"""What a mark in front of repeated words may need stays free."""
ITEM = "• "


def joined(records: Records, row: OutboxRow, now: float) -> Effect:
    """The words of ``row`` with those that wait behind it, which are then withdrawn; or alone."""
    effect = row.errand.effect
    head = _words(records, row)
    if head is None or not records.outbox.had_many(row, now):
        return effect
    text = ITEM + head
    taken = []
    for other in records.outbox.waiting(row.errand.queue, AT_MOST):
        if other.id == row.id:
            continue
        more = _words(records, other)
        if more is None or units(text) + units(more) + units(ITEM) + 1 > ROOM:
            break
        text += f"\n{ITEM}{more}"
        taken.append(other)
    for other in taken:
        records.outbox.settle(other.id, "withdrawn", now, row.id)
    if not taken or not isinstance(effect, Copy | SendText):
        return effect
    return SendText(effect.chat_id, text, thread_id=effect.thread_id)


def apart(records: Records, row: OutboxRow) -> list[Errand]:
    """The words that were to go as one message, each as its own, behind what waits: one of them
    was refused, or their sum. Empty for a row that carries nobody's words but its own."""
    errand, effect = row.errand, row.errand.effect
    if errand.purpose is not Purpose.RELAY or not isinstance(effect, SendText):
        return []
    mark = effect.text.partition(ITEM)[0]  # it may have arrived before
    found = []
    for ref in (errand.ref, *records.outbox.carried_by(row)):
        line = None if ref is None else records.transcript.get(ref)
        if line is not None:
            text = f"{mark}{ITEM}{rings_nobody(line.text)}"
            own = SendText(effect.chat_id, text, thread_id=effect.thread_id)
            found.append(Errand(own, Purpose.RELAY, errand.case_id, ref))
    return found if len(found) > 1 else []


def _words(records: Records, row: OutboxRow) -> str | None:
    """What is carried, if it is one message of words that answers nothing, and no list of such."""
    errand, own = row.errand, row.errand.effect
    if errand.purpose is not Purpose.RELAY or errand.ref is None:
        return None
    if not isinstance(own, Copy | SendText) or own.chat_id > 0 or own.reply_to is not None:
        return None
    if isinstance(own, SendText):
        return None if ITEM in own.text else own.text
    line = records.transcript.get(errand.ref)
    plain = len(own.message_ids) == 1 and line is not None and line.media is None
    return rings_nobody(line.text) or None if line is not None and plain else None
