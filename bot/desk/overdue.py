"""Promises that run out, joined: what leads read in private, and General of cases in a list."""

from __future__ import annotations

from collections.abc import Sequence

from ..conversation import Case, State
from ..effects import Button, Effect, Keyboard, Refused, SendText
from ..errand import OutboxRow, Purpose
from ..ledger import Ledger
from ..life import Life
from ..promises.terms import DUTY
from ..safe_text import mention
from . import overview
from .desk_words import ACK, AMONG, CLAIM, HOLDING, RANG, words

BUTTONS_A_ROW = 3


class Overdue(Life):
    """One message about several cases, to a lead or to General."""

    def drawn(self, ledger: Ledger, row: OutboxRow) -> Effect | None:
        """The message as it is now, about every case it is still to tell of; None: about none.

        A case that was answered, or taken, before the message could go needs nobody any more.
        """
        effect = row.errand.effect
        assert isinstance(effect, SendText)
        in_general = row.errand.purpose is Purpose.ALARMS
        chat = ledger.staff_chat_id if in_general else effect.chat_id
        wanted = _waits if in_general else still_rings
        told = ledger.records.pages.take(None if in_general else chat, row.id)
        cases = [case for case in map(ledger.records.case, told) if case and wanted(ledger, case)]
        if not cases:
            ledger.records.pages.done(row.id)
            return None
        cases = [entry.case for entry in overview.most_pressing_first(ledger.entries(cases))]
        html = _alarms_html(ledger, cases) if in_general else _html(ledger, cases)
        buttons = _claims(ledger, chat, cases) if in_general else _buttons(ledger, chat, cases)
        return SendText(chat, html, buttons, html=True)

    def sent(self, ledger: Ledger, row: OutboxRow, ids: tuple[int, ...]) -> None:
        """What stands in General follows its cases from now on, as a list does; what happened to
        them while it was on its way shows in it at once."""
        told, chat = ledger.records.pages.done(row.id), row.errand.chat_id or ledger.staff_chat_id
        if row.errand.purpose is not Purpose.ALARMS or not ids:
            return
        alarm = ledger.records.listings.rang(chat, ids[-1], told)
        cases = map(ledger.records.case, told)
        if not all(case and _waits(ledger, case) for case in cases):
            ledger.draw_list(alarm, chat, ids[-1])

    def refused(self, ledger: Ledger, row: OutboxRow, _: Refused) -> None:
        """A lead whom the bot may not write to is called where everybody sees it."""
        effect, language = row.errand.effect, ledger.desk.language
        ledger.records.pages.done(row.id)
        if isinstance(effect, SendText) and row.errand.purpose is Purpose.OVERDUE:
            called = mention(ledger.team.person(effect.chat_id))
            text = words(language, "lead_unreached", lead=called, text=effect.text)
            ledger.send(SendText(ledger.staff_chat_id, text, html=True), Purpose.TELL, None)


def redrawn(ledger: Ledger, chat: int, ids: Sequence[int]) -> tuple[str, Keyboard]:
    """An alarm of General as it is now: text and buttons, of the cases that still wait."""
    found = filter(None, map(ledger.records.case, ids))
    cases = [case for case in found if _waits(ledger, case)]
    if not cases:
        return words(ledger.desk.language, "list_over"), ()
    cases = [entry.case for entry in overview.most_pressing_first(ledger.entries(cases))]
    return _alarms_html(ledger, cases), _claims(ledger, chat, cases)


def _waits(_: Ledger, case: Case) -> bool:
    return case.state is State.WAITING and case.due_at is not None


def still_rings(ledger: Ledger, case: Case) -> bool:
    """Is a reply owed, and did nobody take the case since its alarm rang?"""
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


def _alarms_html(ledger: Ledger, cases: list[Case]) -> str:
    """Those on duty are called by name once it is time to for one of the cases."""
    language = ledger.desk.language
    head = words(language, "alarms", n=len(cases))
    if any(_is_time_to_call(ledger, case) for case in cases):
        called = ", ".join(map(mention, ledger.on_duty())) or words(language, "nobody")
        head = words(language, "alarms_called", n=len(cases), people=called)
    return f"{head}\n{overview.lines_html(ledger.entries(cases), ledger.now, language)}"


def _is_time_to_call(ledger: Ledger, case: Case) -> bool:
    since = case.waiting_since or ledger.now
    return ledger.terms.rungs(case.priority, since)[DUTY] <= ledger.now


def _buttons(ledger: Ledger, lead: int, cases: list[Case]) -> Keyboard:
    """One case: take it, or say that it is seen. Many: the same for each of them, in its row."""
    language = ledger.desk.language
    if len(cases) == 1:
        acts = (CLAIM, ACK) if cases[0].owner_id is None else (ACK,)
        rows = (tuple((words(language, act), act) for act in acts),)
        return ledger.keyboard(cases[0], lead, "staff", rows)
    rows_of: list[tuple[Button, ...]] = []
    for case in cases[: overview.MOST_LISTED]:
        acts = (CLAIM, ACK) if case.owner_id is None else (ACK,)
        labelled = tuple((words(language, _ONE[act], n=case.id), f"{act}:{AMONG}") for act in acts)
        rows_of += ledger.keyboard(case, lead, "staff", (labelled,))
    return tuple(rows_of)


_ONE = {CLAIM: "claim_one", ACK: "seen_one"}


def _claims(ledger: Ledger, chat: int, cases: list[Case]) -> Keyboard:
    buttons: list[Button] = []
    for case in cases[: overview.MOST_LISTED]:
        label = words(ledger.desk.language, "claim_one", n=case.id)
        buttons += ledger.keyboard(case, chat, "staff", (((label, f"{CLAIM}:{AMONG}"),),))[0]
    return tuple(
        tuple(buttons[at : at + BUTTONS_A_ROW]) for at in range(0, len(buttons), BUTTONS_A_ROW)
    )
