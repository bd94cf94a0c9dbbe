"""A list of cases as staff read it: by subject, who waits and for what, a button to claim each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from ..conversation import Author, Case, Priority, State
from ..effects import Button, Keyboard
from ..ledger import Ledger
from ..safe_text import rings_nobody, shortened, shown, shown_name
from .desk_words import AMONG, CLAIM, media_name, words

BUTTONS_A_ROW = 3
LONGEST_WANT = 140


def drawn(ledger: Ledger, chat: int, ids: Sequence[int]) -> tuple[str, Keyboard]:
    """Text and buttons: one to claim each case that still waits."""
    language, subjects = ledger.desk.language, _by_subject(ledger, ids)
    free = [case for group in subjects.values() for case in group if case.state is State.WAITING]
    buttons: list[Button] = []
    for case in free:
        label = words(language, "claim_one", n=case.id)
        buttons += ledger.keyboard(case, chat, "staff", (((label, f"{CLAIM}:{AMONG}"),),))[0]
    rows = [buttons[i : i + BUTTONS_A_ROW] for i in range(0, len(buttons), BUTTONS_A_ROW)]
    return _text(ledger, subjects), tuple(map(tuple, rows))


def text_of(ledger: Ledger, ids: Sequence[int]) -> str:
    return _text(ledger, _by_subject(ledger, ids))


def _by_subject(ledger: Ledger, ids: Sequence[int]) -> dict[str, list[Case]]:
    """The subject with the most pressing case first."""
    cases = [case for case in map(ledger.records.case, ids) if case is not None]
    subjects: dict[str, list[Case]] = {}
    for case in cases:
        subjects.setdefault(_title(ledger, case), []).append(case)
    return subjects


def _text(ledger: Ledger, subjects: Mapping[str, Sequence[Case]]) -> str:
    cases = [case for together in subjects.values() for case in together]
    parts = [f"<b>{_head(ledger.desk.language, cases)}</b>"]
    others = words(ledger.desk.language, "no_subject")
    for subject, together in subjects.items():
        if len(subjects) > 1 or subject != others:  # others than which?
            parts.append(f"\n<b>{escape(subject)}</b> · {len(together)}")
        parts += [_line(ledger, case) for case in together]
    return "\n".join(parts)


def _head(language: str, cases: Sequence[Case]) -> str:
    """How many of them wait for somebody, and whether any of those presses."""
    waiting = [case for case in cases if case.state is State.WAITING]
    if not waiting:
        return words(language, "list_over")
    calm = all(case.priority is Priority.NORMAL for case in waiting)
    key = "digest_head" if calm else "list_head"
    return words(language, key if len(waiting) > 1 else f"{key}_one", n=len(waiting))


def _title(ledger: Ledger, case: Case) -> str:
    if case.subject is None:
        return words(ledger.desk.language, "no_subject")
    return ledger.desk.title(case.subject)


def _line(ledger: Ledger, case: Case) -> str:
    language = ledger.desk.language
    customer = ledger.records.customers.get(case.customer_id)
    name = escape(shown_name(customer.name if customer else "?"))
    if case.state is not State.WAITING:
        owner = escape(shown_name(case.owner_name or "?"))
        state = case.state if case.state in (State.CLAIMED, State.CLOSED) else State.WITH_BOT
        return f"#{case.id} {name} · {words(language, state, owner=owner)}"
    mark = words(language, f"mark_{case.priority}")
    return f"{mark}#{case.id} {name} · {ledger.wall(case.waiting_since)} · {_want(ledger, case)}"


def _want(ledger: Ledger, case: Case) -> str:
    """The customer's last words, in short."""
    lines = ledger.records.transcript.last(case.id)
    mine = [line for line in lines if line.author is Author.CUSTOMER]
    last = mine[-1] if mine else None
    text = last.text.strip() or media_name(ledger.desk.language, last.media) if last else ""
    text = rings_nobody(" ".join(shown(text).split()))
    return words(ledger.desk.language, "quoted", text=escape(shortened(text, LONGEST_WANT)))
