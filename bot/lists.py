"""When many wait at once: briefs joined into lists, the calm into digests, and who was seen.

A group takes about twenty messages a minute, and a case costs two of them: topic and brief. So
once briefs pile up, topics are parked until somebody claims the case, and one message shows
everybody who waits by then. What a list says is decided at the moment it is sent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from html import escape

from .conversation import Author, Case, Priority, State
from .desk_words import CLAIM, words
from .effects import Button, DeleteMessages, EditText, Effect, Errand, Keyboard, Purpose, SendText
from .ledger import Ledger
from .safe_text import shown, shown_name

MOST = 12
"""Cases in one list: what fits in one message, and on one screen."""
CROWDED_FOR_S = 60.0
"""So long after a list, what comes next waits for another list."""
BUTTONS_A_ROW = 3
LONGEST_WANT = 140

KINDS: Mapping[Purpose, tuple[Priority, ...]] = {
    Purpose.LIST: (Priority.URGENT, Priority.HIGH),
    Purpose.DIGEST: (Priority.NORMAL,),
}
EVERY_S: Mapping[Purpose, float] = {Purpose.LIST: 10.0, Purpose.DIGEST: 60.0}
"""Seconds between two lists: what they leave of the minute is for those who are being answered."""


def join(ledger: Ledger) -> None:
    """A brief was added: when too many wait, park their topics and order a list."""
    listings, chat = ledger.records.listings, ledger.staff_chat_id
    waiting = listings.unbegun(chat)
    crowd = ledger.desk.join_from
    if crowd and waiting and (len(waiting) >= crowd or _is_crowded(ledger, chat)):
        listings.park(waiting)
    for purpose, priorities in KINDS.items():
        if listings.pool(priorities, 1) and not ledger.records.outbox.awaits(f"{purpose}:{chat}"):
            _order(ledger, purpose, chat)


def _is_crowded(ledger: Ledger, chat: int) -> bool:
    lately = ledger.now - ledger.records.listings.made_last(chat, *KINDS) < CROWDED_FOR_S
    return lately or any(ledger.records.outbox.awaits(f"{kind}:{chat}") for kind in KINDS)


def _order(ledger: Ledger, purpose: Purpose, chat: int) -> None:
    listings, outbox = ledger.records.listings, ledger.records.outbox
    errand = Errand(SendText(chat, "", html=True), purpose, ref=listings.new(purpose, chat))
    row = outbox.add(errand, ledger.now)
    outbox.postpone(row, listings.made_last(chat, purpose) + EVERY_S[purpose])


# ------------------------------------------------------------------------- at the last moment


def compose(ledger: Ledger, errand: Errand) -> Effect | None:
    """A list or digest as it is now; None when a single case is left, which gets its topic."""
    assert isinstance(errand.effect, SendText) and errand.ref is not None
    listings, effect = ledger.records.listings, errand.effect
    cases = listings.cases(errand.ref)
    cases += listings.pool(KINDS[errand.purpose], MOST - len(cases))
    if len(cases) < 2:
        for case_id in cases:
            listings.unpark(case_id)
        return None
    listings.fill(errand.ref, cases, ledger.now)
    html, buttons = _drawn(ledger, errand.purpose, effect.chat_id, listings.cases(errand.ref))
    return replace(effect, text=html, buttons=buttons)


def refreshed(ledger: Ledger, errand: Errand) -> Effect | None:
    """A list that was sent, brought up to date: who holds which case, which are over."""
    listings = ledger.records.listings
    place = None if errand.ref is None else listings.place(errand.ref)
    if place is None or errand.ref is None:
        return None
    purpose, chat, message = place
    cases = listings.cases(errand.ref)
    if not cases:  # everybody in it was erased
        return DeleteMessages(chat, (message,))
    html, buttons = _drawn(ledger, purpose, chat, cases)
    return EditText(chat, message, html, buttons, html=True)


# -------------------------------------------------------------------------------- afterwards


def sent(ledger: Ledger, errand: Errand, message_id: int) -> None:
    """Staff have it in front of them; whoever did not fit is next."""
    listings = ledger.records.listings
    assert errand.ref is not None
    listings.sent(errand.ref, message_id)
    for case_id in listings.cases(errand.ref):
        case = ledger.records.case(case_id)
        if case is not None:
            ledger.save(seen(ledger, case))
    join(ledger)


def failed(ledger: Ledger, errand: Errand) -> None:
    """Telegram refuses the list for good: each of its cases gets a topic of its own."""
    assert errand.ref is not None
    for case_id in ledger.records.listings.cases(errand.ref):
        ledger.records.listings.unpark(case_id)
    ledger.records.listings.empty(errand.ref)


def seen(ledger: Ledger, case: Case) -> Case:
    """The case, marked as seen by staff now if it was not before; the caller saves it."""
    if case.seen_at is not None:
        return case
    waited = ledger.now - (case.waiting_since or ledger.now)
    ledger.note("seen", case.id, None, f"{waited:.1f}")
    return replace(case, seen_at=ledger.now)


# ------------------------------------------------------------------------------ what it says


def _drawn(ledger: Ledger, purpose: Purpose, chat: int, ids: Sequence[int]) -> tuple[str, Keyboard]:
    """Text and buttons: by subject, the subject with the most pressing case first."""
    language = ledger.desk.language
    cases = [case for case in map(ledger.records.case, ids) if case is not None]
    subjects: dict[str, list[Case]] = {}
    for case in cases:
        subjects.setdefault(_title(ledger, case), []).append(case)
    parts = [f"<b>{words(language, f'{purpose}_head', n=len(cases))}</b>"]
    for subject, together in subjects.items():
        parts.append(f"\n<b>{escape(subject)}</b> · {len(together)}")
        parts += [_line(ledger, case) for case in together]
    free = [case for group in subjects.values() for case in group if case.state is State.WAITING]
    buttons: list[Button] = []
    for case in free:
        label = words(language, "claim_one", n=case.id)
        buttons += ledger.keyboard(case, chat, "staff", (((label, CLAIM),),))[0]
    rows = [buttons[i : i + BUTTONS_A_ROW] for i in range(0, len(buttons), BUTTONS_A_ROW)]
    return "\n".join(parts), tuple(map(tuple, rows))


def _title(ledger: Ledger, case: Case) -> str:
    if case.subject is None:
        return words(ledger.desk.language, "no_subject")
    return ledger.desk.title(case.subject)


def _line(ledger: Ledger, case: Case) -> str:
    language = ledger.desk.language
    customer = ledger.records.customer(case.customer_id)
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
    text = shown(mine[-1].text) or f"[{mine[-1].media}]" if mine else ""
    text = " ".join(text.split())
    short = text if len(text) <= LONGEST_WANT else text[: LONGEST_WANT - 1] + "…"
    return f"« {escape(short)} »"
