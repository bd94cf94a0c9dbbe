"""What an errand goes through: its last moment, and what becomes of it, as its purpose asks."""

from __future__ import annotations

from .effects import Effect, Refused
from .errand import OutboxRow
from .ledger import Ledger


class Life:
    """Of an errand that goes as it stands, and whose outcome means nothing more.

    A purpose with a life of its own says which moments of it are different.
    """

    def drawn(self, _: Ledger, row: OutboxRow) -> Effect | None:
        """What must be done as it is now; None: nothing is wanted any more."""
        return row.errand.effect

    def left_behind(self, ledger: Ledger, row: OutboxRow) -> None:
        """What it was to change stands in a group that was upgraded since, out of reach."""

    def sent(self, ledger: Ledger, row: OutboxRow, ids: tuple[int, ...]) -> None:
        """It is done; ``ids``: of the messages, or the topic, that it made."""

    def unsent(self, ledger: Ledger, row: OutboxRow) -> None:
        """It has surely not arrived, and waits to be tried again."""

    def refused(self, ledger: Ledger, row: OutboxRow, outcome: Refused) -> None:
        """It has surely not arrived, and never will as it is."""
