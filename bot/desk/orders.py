"""A command typed by staff -> the act on its case or the list it asks for, and what they are told.

The writer's authority has been checked before; what takes a lead (`LEADS_ONLY`) is checked here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from html import escape

from ..conversation import Case
from ..incoming import Wrote
from ..ledger import Ledger
from . import acts, barring, overview
from .commands import HELP, LEADS_ONLY, MINE, OFF, ON, QUEUE, Typed
from .desk_words import BLOCK, UNBLOCK
from .order import Order, Rules, Said
from .order_words import said


@dataclass(frozen=True, slots=True)
class Orders:
    rules: Rules

    def obey(self, ledger: Ledger, typed: Typed, message: Wrote, case: Case | None) -> None:
        """Do what was typed, and say what came of it where it was typed."""
        told = self._done(ledger, typed, message, case)
        if case is None or typed.name in _ANYWHERE:
            ledger.answer(message, told.words)
            return
        ledger.tell(case, told.words, told.rows, reply_to=message.message_id)

    def _done(self, ledger: Ledger, typed: Typed, message: Wrote, case: Case | None) -> Said:
        language = self.rules.language
        if typed.name is None:
            return Said(said(language, "unknown_command", word=escape(typed.word)))
        if typed.name in _ANYWHERE:
            return Said(_ANYWHERE[typed.name](ledger, message, language))
        if typed.name in LEADS_ONLY and message.who.id not in self.rules.staff.deciders:
            ledger.note("refused_lead", None if case is None else case.id, message.who.id)
            return Said(said(language, "leads_only", word=escape(typed.word)))
        if case is None and typed.name == UNBLOCK:  # its topic is closed: the number will do
            case = _numbered(ledger, typed.what)
            person = _barred_by_number(ledger, typed.what)
            if case is None and person is not None:  # erased since: nothing but it is known of them
                barring.let_in(ledger, person, message.who.id)
                return Said(said(language, "unblocked"))
        if case is None:
            return Said(said(language, "which_case", word=escape(typed.word)))
        order = Order(message.who, self.rules, typed.what)
        if typed.name == BLOCK:
            told = barring.block(ledger, case, order, message)
        elif typed.name == UNBLOCK:
            told = barring.unblock(ledger, case, order)
        else:
            told = acts.act(ledger, case, typed.name, order)
        return replace(told, words=escape(told.words, quote=False))


def _numbered(ledger: Ledger, what: str) -> Case | None:
    number = what.removeprefix("#")
    return ledger.records.case(int(number)) if re.fullmatch("[0-9]{1,15}", number) else None


def _barred_by_number(ledger: Ledger, what: str) -> int | None:
    """A blocked person by Telegram's number, which only they can give once they are erased."""
    known = ledger.records.customers.get(int(what)) if re.fullmatch("[0-9]{1,15}", what) else None
    return None if known is None or known.barred_at is None else known.id


def _queue(ledger: Ledger, _: Wrote, language: str) -> str:
    return overview.queue_html(ledger.entries(), ledger.now, language)


def _mine(ledger: Ledger, message: Wrote, language: str) -> str:
    own = [entry for entry in ledger.entries() if entry.case.owner_id == message.who.id]
    return overview.mine_html(own, ledger.now, language)


def _on(ledger: Ledger, message: Wrote, language: str) -> str:
    ledger.team.go_on(message.who)
    ledger.note("on_duty", None, message.who.id)
    return said(language, "on_duty")


def _off(ledger: Ledger, message: Wrote, language: str) -> str:
    """Whoever leaves is told what they still hold; what of it is overdue rings for the others."""
    ledger.team.go_off(message.who, ledger.now)
    ledger.note("off_duty", None, message.who.id)
    own = [entry for entry in ledger.entries() if entry.case.owner_id == message.who.id]
    for entry in own:
        ledger.ring_again(entry.case)
    left = overview.mine_html(own, ledger.now, language) if own else ""
    return f"{said(language, 'off_duty')}\n{left}".strip()


def _help(_ledger: Ledger, _: Wrote, language: str) -> str:
    return overview.help_html(language)


_ANYWHERE = {QUEUE: _queue, MINE: _mine, ON: _on, OFF: _off, HELP: _help}
