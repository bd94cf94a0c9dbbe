"""The draft under a brief: sent as the agent's words, given to be changed, or put aside.

Nothing goes out by itself: a draft leaves by a person's press, by the road of typed replies. Its
button names the draft that stood there when it was pressed, not the one that stands there now.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from ..conversation import Case, Draft, Reading, State
from ..errand import Purpose
from ..incoming import Meaning, Pressed
from ..ledger import Ledger
from . import holding, prepared
from .desk_words import EDIT_DRAFT, OTHER_DRAFT, SEND_DRAFT, words
from .order import Order, Rules
from .second_look import SecondLook

DRAFT_ACTS = (SEND_DRAFT, EDIT_DRAFT, OTHER_DRAFT)


@dataclass(frozen=True, slots=True)
class Drafting:
    """What the buttons of a draft do."""

    rules: Rules
    second_look: SecondLook

    def pressed(
        self, ledger: Ledger, case: Case, meaning: Meaning, press: Pressed, reading: Reading | None
    ) -> str:
        """Do one of `DRAFT_ACTS`; returns the words for the presser.

        ``reading``: the model's, of the words that go out.
        """
        draft = ledger.records.drafts.get(int(meaning.what), case.id)
        if not case.state.with_staff or draft is None:
            ledger.card(case)
            return self._words("draft_gone")
        if meaning.name == SEND_DRAFT:
            return self._send(ledger, case, draft, press, reading)
        if meaning.name == EDIT_DRAFT:
            return self._give(ledger, case, draft, press)
        ledger.records.drafts.put_aside(draft.id)
        ledger.card(case)
        return ""

    def _send(
        self, ledger: Ledger, case: Case, draft: Draft, press: Pressed, reading: Reading | None
    ) -> str:
        """The agent's words from here on: held if there is a doubt, marked when they arrive.

        Off the card at once, for nobody else to send it; put back if it is held and not sent.
        """
        ledger.records.drafts.sent(draft.id, ledger.now)
        reply = prepared.draft(draft, press)
        self.second_look.reply(ledger, case, [reply], press.who, reading)
        ledger.card(ledger.records.case(case.id) or case)
        held = ledger.records.held.open_in(case.id, press.who.id)
        became = "draft_held" if held else "draft_sent"
        ledger.note(became, case.id, press.who.id, str(draft.source or case.subject))
        return self._words(became)

    def _give(self, ledger: Ledger, case: Case, draft: Draft, press: Pressed) -> str:
        """The whole text where one touch copies it; what they write next is the reply."""
        if case.state is State.WAITING:
            holding.claim(ledger, case, Order(press.who, self.rules))
            case = ledger.records.case(case.id) or case
        text = f"{self._words('draft_copy')}\n<code>{escape(draft.text)}</code>"
        ledger.tell(case, text, purpose=Purpose.GIVEN, ref=draft.source)
        ledger.note("draft_given", case.id, press.who.id, str(draft.source or case.subject))
        return self._words("draft_given")

    def _words(self, key: str) -> str:
        return words(self.rules.language, key)
