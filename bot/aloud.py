"""Said past the outbox, which cannot carry it: straight to the staff group, else to the leads."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Protocol

from .desk.desk_words import words
from .effects import Effect, Outcome, SendText, Sent
from .errors import StoreError
from .store.engine import Store
from .store.records import Records
from .voice import Desk

log = logging.getLogger(__name__)

ENDS, ENDS_EVERY_S = "two_instances", 3600.0
"""How the audit calls it that staff were told of an end; what starts the bot again may do so every
few seconds, and is not worth as many messages."""


class Telegram(Protocol):
    async def perform(self, effect: Effect) -> Outcome: ...


class Aloud:
    """``leads``: who is told in private when the group cannot be written to."""

    def __init__(self, store: Store, telegram: Telegram, leads: Sequence[int], desk: Desk) -> None:
        self._store = store
        self._telegram = telegram
        self._leads = leads
        self._desk = desk

    async def say(self, text: str) -> bool:
        """Tell the group, or else the leads; True when somebody was told."""
        outcome = await self._telegram.perform(SendText(await self._group(), text))
        if isinstance(outcome, Sent):
            return True
        log.error("the staff group could not be told: %s", outcome.why)
        sent = [await self._telegram.perform(SendText(lead, text)) for lead in self._leads]
        return any(isinstance(one, Sent) for one in sent)

    async def say_that_it_ends(self, now: float) -> None:
        """Another program receives what is for this bot, which stops. Staff are told once."""

        def first(records: Records) -> bool:
            told = records.noted_since(ENDS, "", now - ENDS_EVERY_S)
            if not told:
                records.note(ENDS, now, detail="")
            return not told

        try:
            is_news = await self._store.write(first)
        except StoreError:
            is_news = True
        if is_news:
            await self.say(words(self._desk.language, ENDS))

    async def _group(self) -> int:
        """The id the staff group answers to today; when that cannot be read, as configured."""
        try:
            return await self._store.read(lambda records: records.chat_now(self._desk.chat_id))
        except StoreError:
            return self._desk.chat_id
