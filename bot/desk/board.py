"""The board in General: what waits, who holds what, edited in place and never in a brief's way."""

from __future__ import annotations

from collections import Counter
from html import escape

from ..conversation import Case, Priority, State
from ..effects import OF_THE_MESSAGE, EditText, Effect, Pin, Refused, SendText
from ..errand import OutboxRow, Purpose
from ..ledger import Ledger
from ..life import Life
from ..safe_text import shown_name
from .desk_words import words
from .overview import waited

STILL_S = 60.0
"""While somebody waits, ages grow: drawn again so often though nothing else happens."""


class Board(Life):
    """The one message of General that says what waits."""

    def drawn(self, ledger: Ledger, row: OutboxRow) -> Effect | None:
        """The board as it is at this moment: a new message, or an edit of the one that is there.

        A new one costs a place of the group's minute, so it lets briefs go first (None): each of
        them has it drawn again. Edits cost none.
        """
        chat = row.errand.chat_id or ledger.staff_chat_id
        message, _ = ledger.records.listings.board(chat)
        if message is None and ledger.records.listings.briefs_wait(chat):
            return None
        ledger.records.listings.board_drawn(chat, ledger.now)
        html = board_html(ledger)
        if message is None:
            return SendText(chat, html, html=True)
        return EditText(chat, message, html, html=True)

    def sent(self, ledger: Ledger, row: OutboxRow, ids: tuple[int, ...]) -> None:
        """Pinned when new (if we may); drawn again after a while, as long as somebody waits."""
        chat = row.errand.chat_id or ledger.staff_chat_id
        if ids:
            ledger.records.listings.board_is(chat, ids[-1])
            ledger.send(Pin(chat, ids[-1]), Purpose.MARK, None)
        if any(case.state is State.WAITING for case in ledger.records.waiting_cases()):
            ledger.draw_board(after_s=STILL_S)

    def refused(self, ledger: Ledger, row: OutboxRow, outcome: Refused) -> None:
        """Somebody deleted it, or it is too old to be edited: the next one is a new message.

        It stays the board while we may not write there: once we are back, it is drawn again.
        """
        chat = row.errand.chat_id or ledger.staff_chat_id
        if isinstance(row.errand.effect, EditText) and outcome.refusal in OF_THE_MESSAGE:
            ledger.records.listings.board_is(chat, None)
            ledger.draw_board()


def board_html(ledger: Ledger) -> str:
    """How many wait by priority, who has waited longest, who holds what, who is not yet seen."""
    language = ledger.desk.language
    cases = ledger.records.waiting_cases()
    waiting = [case for case in cases if case.state is State.WAITING]
    held = Counter(case.owner_name or "?" for case in cases if case.state is State.CLAIMED)
    by_priority = Counter(case.priority for case in waiting)
    parts = [f"<b>{words(language, 'board', at=ledger.wall(ledger.now))}</b>"]
    counts = [
        words(language, "labelled", label=words(language, p), text=by_priority[p])
        for p in Priority
        if by_priority[p]
    ]
    by = "" if set(by_priority) <= {Priority.NORMAL} else f" ({' · '.join(counts)})"
    parts.append(words(language, "board_waiting", n=len(waiting), by=by))
    if waiting:
        oldest = min(waiting, key=_since)
        age = waited(ledger.now - _since(oldest), language)
        parts.append(words(language, "board_oldest", n=oldest.id, waited=age))
    unseen = ledger.records.listings.unseen_since()
    if unseen is not None:
        parts.append(words(language, "board_unseen", waited=waited(ledger.now - unseen, language)))
    people = " · ".join(f"{escape(shown_name(name))} {n}" for name, n in held.most_common())
    by = f" ({people})" if people else ""
    parts.append(words(language, "board_held", n=held.total(), by=by))
    return "\n".join(parts)


def _since(case: Case) -> float:
    return case.waiting_since or case.opened_at
