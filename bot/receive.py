"""Updates in -> inbox rows, before Telegram is told that they were received.

Polling commits the batch and the next offset in one transaction; the webhook (`webhook.py`) answers
200 after the commit. What is malformed is stored and acknowledged too.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeVar
from urllib.parse import urlsplit

from .clock import Clock
from .crash_points import Point, passing
from .errors import StoreError, TwoInstances
from .incoming import Calls
from .store.engine import Store
from .store.records import Records

log = logging.getLogger(__name__)

T = TypeVar("T")

POLL_S = 50.0
RETRY_S = 2.0
LISTENING_S = 30.0
LONGEST_PAUSE_S = 30.0
CONFLICT_S, CONFLICTS = 60.0, 3
"""So many within so many seconds are another program that receives. One or two are somebody who
looks with getUpdates in a browser, and cost a poll each."""


class Source(Protocol):
    async def fetch(self, offset: int | None, wait: float, /) -> list[dict[str, Any]]:
        """Raw updates from ``offset`` on; held up to ``wait`` seconds. Raises TelegramError."""


class Door(Protocol):
    async def set_webhook(self, url: str, secret: str, /) -> None: ...
    async def calls(self) -> Calls:
        """Whom Telegram calls, and whether it gets through."""


Key = Callable[[Mapping[str, object], int], str]
"""Whose conversation a raw update belongs to, given the staff group's id."""


class Receiver:
    """Both ways in; ``on_new`` is told which conversations have new rows.

    ``in_touch`` is told each time Telegram answered a poll, with how many updates.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        bot_id: int,
        staff_chat_id: int,
        key: Key,
        on_new: Callable[[Iterable[str]], None],
        in_touch: Callable[[int], Awaitable[None]] | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._bot_id = bot_id
        self._staff_chat_id = staff_chat_id
        self._key = key
        self._on_new = on_new
        self._in_touch = in_touch
        self._heard_at = 0.0

    async def accept(
        self, updates: Sequence[Mapping[str, object]], next_offset: int | None = None
    ) -> None:
        """Store updates (and where to go on) in one transaction, then wake their conversations."""
        staff = await self._store.read(lambda r: r.chat_now(self._staff_chat_id))
        rows = [row for update in updates if (row := self._row(update, staff)) is not None]
        now = self._clock.now()

        def store(records: Records) -> dict[str, int]:
            fresh = records.inbox.add(self._bot_id, rows, now)
            if next_offset is not None:
                records.inbox.move_offset(self._bot_id, next_offset)
            return fresh

        passing(Point.RECEIVED)
        fresh = await self._store.write(store)
        self._heard_at = now
        passing(Point.STORED)
        self._on_new(fresh)

    def _row(self, update: Mapping[str, object], staff: int) -> tuple[int, str, str] | None:
        update_id = update.get("update_id")
        if type(update_id) is not int or not 0 <= update_id < 2**63:
            log.warning("an update without a number was dropped: it can be neither kept nor asked")
            return None
        try:
            body = json.dumps(update, ensure_ascii=False, separators=(",", ":"))
        except RecursionError:
            body = ""  # nested too deep to be written down again: nobody can read it, staff hear
        return update_id, self._key(update, staff), body.encode("utf-8", "replace").decode()

    # --------------------------------------------------------------------------- polling

    async def poll(self, source: Source) -> None:
        """Ask for updates for ever. Raises TelegramError when Telegram refuses for good, as
        TwoInstances: the loser stops and says so. What only cannot be reached is asked again."""
        conflicts: list[float] = []
        offset = await self._store.read(lambda r: r.inbox.offset(self._bot_id))
        failures, refused = 0, False
        while True:
            try:
                updates = await source.fetch(offset, 0.0 if refused else POLL_S)
                if updates:
                    following = 1 + max(int(update["update_id"]) for update in updates)
                    await self.accept(updates, following)
                    offset = following
                if self._in_touch is not None:
                    await self._in_touch(len(updates))
                failures, refused = 0, False
            except TwoInstances as error:
                now = self._clock.now()
                conflicts = [at for at in conflicts if now - at < CONFLICT_S] + [now]
                if len(conflicts) >= CONFLICTS:
                    raise
                log.warning("asking once more in %.0f s: %s", RETRY_S, error)
                await self._clock.sleep_until(now + RETRY_S)
            except StoreError as error:
                # Not acknowledged, so Telegram keeps them; `outage` says it aloud. Soon again, and
                # without a wait at Telegram, to notice at once that the store takes again.
                log.debug("nothing could be stored, again in %.0f s: %s", RETRY_S, error)
                refused = True
                await self._clock.sleep_until(self._clock.now() + RETRY_S)
            except ConnectionError as error:
                await self._pause(error, failures)
                failures += 1

    # --------------------------------------------------------------------------- webhook

    async def listen(self, door: Door, url: str, secret: str) -> None:
        """Have Telegram call us at ``url``, and see to it that it does; returns never.

        Raises TwoInstances when it calls somebody else meanwhile: the loser stops and says so.
        """
        await self._reached(lambda: door.set_webhook(url, secret))
        ours = (await self._reached(door.calls)).url  # as Telegram writes it
        self._heard_at = self._clock.now()
        while True:
            pause = LISTENING_S
            try:
                calls = await self._reached(door.calls)
                if calls.url != ours:
                    raise TwoInstances(_called_elsewhere(calls.url))
                if calls.waiting and calls.failed_at > self._heard_at:
                    # It answers us and does not reach us: that is no touch, and shows as silence.
                    why = f"{calls.why} ({calls.waiting} updates wait)"
                    log.error("Telegram does not reach %s: %s", _host(url), why)
                elif self._in_touch is not None:
                    await self._in_touch(0)
            except StoreError as error:
                log.debug("nothing could be stored: %s", error)
                pause = RETRY_S  # soon: this is how a store that takes again is noticed
            await self._clock.sleep_until(self._clock.now() + pause)

    async def _reached(self, ask: Callable[[], Awaitable[T]]) -> T:
        """Ask Telegram, as often as it takes while it cannot be reached."""
        failures = 0
        while True:
            try:
                return await ask()
            except ConnectionError as error:
                await self._pause(error, failures)
                failures += 1

    async def _pause(self, error: ConnectionError, failures: int) -> None:
        pause = min(RETRY_S * 2.0 ** min(failures, 10), LONGEST_PAUSE_S)
        pause = max(pause, getattr(error, "retry_after", 0.0))
        log.warning("receiving failed, again in %.0f s: %s", pause, error)
        await self._clock.sleep_until(self._clock.now() + pause)


def _host(url: str) -> str:
    """Only the host is said: the rest of an address may be a secret."""
    return urlsplit(url).netloc


def _called_elsewhere(url: str) -> str:
    where = f"calls {_host(url)} now" if url else "has no webhook of this bot any more"
    return (
        f"Telegram {where}, so nothing arrives here: another process uses the same token. "
        "Stop it, or give one of the two its own bot from @BotFather."
    )
