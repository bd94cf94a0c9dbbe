"""An order of staff on a case: who gave it, what they are told, what holds for all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from ..config import StaffSettings
from ..conversation import Person
from ..effects import Rows
from .canned import Canned
from .desk_words import BACK
from .order_words import said


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for every order.

    ``staff``: who has which role. ``quiet_s``: a case handed back is closed after so many seconds
    of silence. ``local``: a moment as the clock on the brand's wall shows it.
    """

    staff: StaffSettings
    language: str
    quiet_s: float
    local: Callable[[float], datetime]
    brand: str = ""
    canned: Canned = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Order:
    """Somebody's order on a case, by button or command. ``what``: an id, a priority, a time…"""

    agent: Person
    rules: Rules
    what: str = ""

    def said(self, key: str, **values: object) -> Said:
        return Said(said(self.rules.language, key, **values))

    def asked(self, key: str, rows: Rows, **values: object) -> Said:
        """A question back, with the buttons that answer it and one that drops it."""
        back = ((said(self.rules.language, "back"), BACK),)
        return Said(said(self.rules.language, key, **values), (*rows, back))


@dataclass(frozen=True, slots=True)
class Said:
    """What whoever ordered is told; with ``rows`` (label, act) when it is a question."""

    words: str
    rows: Rows = ()
