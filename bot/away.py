"""Notices that the bot was away from Telegram, and tells staff once when it is back."""

from __future__ import annotations

from collections.abc import Callable

from .clock import Clock
from .desk.desk_words import words
from .effects import SendText
from .errand import Purpose
from .ledger import Ledger
from .store.engine import Store
from .store.records import Records

BEAT_S = 30.0
"""How often it is written down that all is well."""
CATCH_UP_S = 60.0
"""So long after its return at most, the bot has fetched what waited, and can count it."""


class Away:
    """``longest_s``: seconds without a word from Telegram that are no absence yet."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        longest_s: float,
        ledger: Callable[[Records], Ledger],
        on_commit: Callable[[], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._longest_s = longest_s
        self._ledger = ledger
        self._on_commit = on_commit
        self._next_beat = 0.0

    async def in_touch(self, fetched: int) -> None:
        """Telegram has just answered, with so many updates; none means that nothing waits there."""
        now = self._clock.now()
        if fetched and now < self._next_beat:
            return
        self._next_beat = now + BEAT_S

        def beat(records: Records) -> None:
            records.presence.seen(now, self._longest_s)
            absence = records.presence.absence()
            if absence is not None and (not fetched or now - absence[1] > CATCH_UP_S):
                self._tell(self._ledger(records), *absence)

        await self._store.write(beat)
        self._on_commit()

    def _tell(self, ledger: Ledger, since: float, until: float) -> None:
        ledger.records.presence.told()
        ledger.note("was_away", None, None, f"{until - since:.0f} s")
        text = words(
            ledger.desk_language,
            "was_away",
            since=ledger.wall(since),
            until=ledger.wall(until),
            n=ledger.records.presence.taken_up(until),
        )
        ledger.send(SendText(ledger.staff_chat_id, text), Purpose.TELL, None)
