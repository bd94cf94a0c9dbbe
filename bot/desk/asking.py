"""A reply held back, as its author sees it: the question below it, and what became of it."""

from __future__ import annotations

from ..conversation import Case
from ..effects import EditText, SendText
from ..errand import Purpose
from ..ledger import Ledger
from .doubt import HeldReply
from .doubt_words import doubt_words, question

WAITS_S = 15 * 60.0
"""After so long the question is void: what was apt then may not be apt now."""
SEND_HELD, DROP_HELD = "send_held", "drop_held"
HELD = "held:"
"""Kind of the clock of a question, before the number of the held reply."""
SENT, DISCARDED, OVER = "sent", "discarded", "over"


def ask(ledger: Ledger, case: Case, held: HeldReply) -> None:
    """One question below the words it is about; asked again, the same message changes."""
    rows = (
        ((_words(ledger, "send_held"), f"{SEND_HELD}:{held.id}"),),
        ((_words(ledger, "drop_held"), f"{DROP_HELD}:{held.id}"),),
    )
    ledger.set_timer(case.id, f"{HELD}{held.id}", ledger.now + WAITS_S)
    ledger.note("reply_held", case.id, held.agent_id, ",".join(f.doubt for f in held.found))
    chat = case.staff_chat_id or ledger.staff_chat_id
    buttons = ledger.keyboard(case, chat, "staff", rows)
    html = question(ledger.desk_language, held.found, WAITS_S)
    if held.asked_id is not None:
        change = EditText(chat, held.asked_id, html, buttons, html=True)
        ledger.send(change, Purpose.MARK, case)
        return
    ledger.records.outbox.withdraw(case.id, Purpose.QUESTION, ledger.now, held.id)
    below = held.place_in(chat)
    asks = SendText(chat, html, buttons, case.thread_id, below, html=True)
    ledger.send(asks, Purpose.QUESTION, case, held.id)


def settle(ledger: Ledger, case: Case, held: HeldReply, state: str) -> None:
    """A draft that did not go is proposed again."""
    ledger.records.held.settle(held.id, state)
    if held.draft is not None and state != SENT:
        ledger.records.drafts.put_back(held.draft)
        ledger.card(case)


def close(ledger: Ledger, case: Case, held: HeldReply, state: str, behind: int = 0) -> None:
    """What became of it is said. ``behind``: so many that waited behind it go the same way."""
    settle(ledger, case, held, state)
    if held.state == "asked":
        text = _words(ledger, state)
        if behind:
            text += " " + _words(ledger, "with_it", n=behind)
        _answered(ledger, case, text, held)
    elif state != SENT:  # nothing stands below it yet: its author must not think that it went
        _tell_below(ledger, case, _words(ledger, state), held)
    ledger.note(f"held_{state}", case.id, held.agent_id)


def _answered(ledger: Ledger, case: Case, html: str, held: HeldReply) -> None:
    """What became of it stands where the question stood, without buttons."""
    if held.asked_id is None:  # the question itself is not there yet
        ledger.records.outbox.withdraw(case.id, Purpose.QUESTION, ledger.now, held.id)
        _tell_below(ledger, case, html, held)
        return
    chat = case.staff_chat_id or ledger.staff_chat_id
    ledger.send(EditText(chat, held.asked_id, html, html=True), Purpose.MARK, case)


def _tell_below(ledger: Ledger, case: Case, html: str, held: HeldReply) -> None:
    chat = case.staff_chat_id or ledger.staff_chat_id
    ledger.tell(case, html, reply_to=held.place_in(chat))


def _words(ledger: Ledger, key: str, **values: object) -> str:
    return doubt_words(ledger.desk_language, key, **values)
