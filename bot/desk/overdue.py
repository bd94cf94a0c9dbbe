"""What leads are told in private: the cases whose promise ran out, joined in one message."""

from __future__ import annotations

from ..conversation import Case, State
from ..effects import Button, Effect, Keyboard, SendText
from ..errand import OutboxRow, Purpose
from ..ledger import Ledger
from ..safe_text import mention
from . import overview
from .desk_words import ACK, CLAIM, HOLDING, RANG, words

BUTTONS_A_ROW = 3


def drawn(ledger: Ledger, row: OutboxRow) -> Effect | None:
    """The message as it is now, about every case this lead was not told of yet; None: about none.

    A case that was answered, or taken, before the message could go needs no lead any more.
    """
    effect = row.errand.effect
    assert isinstance(effect, SendText)
    told = map(ledger.records.case, ledger.records.pages.take(effect.chat_id, row.id))
    cases = [case for case in told if case is not None and _needs_a_lead(ledger, case)]
    if not cases:
        ledger.records.pages.done(row.id)
        return None
    buttons = _buttons(ledger, effect.chat_id, cases)
    return SendText(effect.chat_id, _html(ledger, cases), buttons, html=True)


def refused(ledger: Ledger, row: OutboxRow) -> None:
    """A lead whom the bot may not write to is called where everybody sees it."""
    effect, language = row.errand.effect, ledger.desk.language
    ledger.records.pages.done(row.id)
    if isinstance(effect, SendText):
        called = mention(ledger.team.person(effect.chat_id))
        text = words(language, "lead_unreached", lead=called, text=effect.text)
        ledger.send(SendText(ledger.staff_chat_id, text, html=True), Purpose.TELL, None)


def _needs_a_lead(ledger: Ledger, case: Case) -> bool:
    if not case.state.with_staff or case.due_at is None:
        return False
    acts = ledger.promises.acts_since(case.id, (RANG,), ledger.staff_ids)
    return case.state is State.WAITING or not acts & HOLDING


def _html(ledger: Ledger, cases: list[Case]) -> str:
    language = ledger.desk.language
    if len(cases) == 1:
        text = words(language, "lead_page", n=cases[0].id, due=ledger.wall(cases[0].due_at))
        return f"{text} {overview.link_html(cases[0], language)}"
    head = words(language, "lead_pages", n=len(cases))
    return f"{head}\n{overview.lines_html(ledger.entries(cases), ledger.now, language)}"


def _buttons(ledger: Ledger, lead: int, cases: list[Case]) -> Keyboard:
    """One case: take it, or say that it is seen. Many: for each of them, that it is seen."""
    language = ledger.desk.language
    if len(cases) == 1:
        acts = (CLAIM, ACK) if cases[0].owner_id is None else (ACK,)
        rows = (tuple((words(language, act), act) for act in acts),)
        return ledger.keyboard(cases[0], lead, "staff", rows)
    seen: list[Button] = []
    for case in cases[: overview.MOST_LISTED]:
        label = words(language, "seen_one", n=case.id)
        seen += ledger.keyboard(case, lead, "staff", (((label, ACK),),))[0]
    rows_of = range(0, len(seen), BUTTONS_A_ROW)
    return tuple(tuple(seen[at : at + BUTTONS_A_ROW]) for at in rows_of)
