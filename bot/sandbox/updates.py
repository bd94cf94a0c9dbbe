"""The queue of updates: what waits for the bot, until an offset or a webhook's 2xx confirms it."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from .params import Refused
from .wire import Json, encode

KINDS = (
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "business_connection",
    "business_message",
    "edited_business_message",
    "deleted_business_messages",
    "callback_query",
    "my_chat_member",
    "chat_member",
    "message_reaction",
    "message_reaction_count",
)
ASKED_FOR_ONLY = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
"""Kinds that come only when allowed_updates names them."""

KEPT_S = 24 * 3600
QUERY_KEPT_S = 150
"""A button press that nobody fetched is worth nothing after this time."""

_CONFLICT = (
    "Conflict: terminated by other getUpdates request; "
    "make sure that only one bot instance is running"
)
_WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)


@dataclass(frozen=True, slots=True)
class Update:
    """One update as it will travel; `queue` is its order: updates of one queue keep theirs."""

    id: int
    queue: tuple[str, int]
    body: bytes
    expires: float


class Updates:
    """Pending updates in order of id; at most one poll is held at a time."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._ids = itertools.count(100_000_001)
        self._pending: dict[int, Update] = {}
        self._owed: set[int] = set()
        self._poll: asyncio.Future[None] | None = None
        self._allowed = frozenset(KINDS) - ASKED_FOR_ONLY
        self.requested: tuple[str, ...] = ()
        """The allowed_updates in force as they were asked for; empty is the default set."""
        self.webhook_is_active = False
        self.arrived: Callable[[Update], None] | None = None
        """Called with each new update while a webhook is set."""

    def __len__(self) -> int:
        return len(self._pending)

    def pending(self, limit: int | None = None) -> list[Update]:
        """The first `limit` updates that wait, oldest first; those nobody fetched in time go."""
        now = self._clock()
        waiting: list[Update] = []
        expired: list[int] = []
        for update in self._pending.values():
            if len(waiting) == limit:
                break
            if update.expires < now:
                expired.append(update.id)
            else:
                waiting.append(update)
        for id in expired:
            del self._pending[id]
        return waiting

    def allow(self, kinds: Iterable[object] | None) -> None:
        """Sets the kinds wanted from now on; None leaves what was asked for before."""
        if kinds is None:
            return
        wanted = tuple(kind for kind in map(str, kinds) if kind in KINDS)
        self.requested = wanted
        self._allowed = frozenset(wanted) if wanted else frozenset(KINDS) - ASKED_FOR_ONLY

    def wants(self, kind: str) -> bool:
        return kind in self._allowed

    def push(self, kind: str, payload: Json, chat_id: int) -> None:
        """Queues one update of the world, if the bot asked for its kind."""
        if kind in self._allowed:
            kept = QUERY_KEPT_S if kind == "callback_query" else KEPT_S
            self._add((kind, chat_id), b'"%b":%b' % (kind.encode(), encode(payload)), kept)

    def feed(self, update: Json) -> int:
        """Queues anything at all, as it is (hostile input); returns its update_id.

        With an `update_id` of its own it may be late or a repeat: it is shown once even when the
        offset is already past it, as a redelivery is.
        """
        fields = {name: value for name, value in update.items() if name != "update_id"}
        id: int | None = update.get("update_id")
        if id is not None:
            self._owed.add(id)
        return self._add(("fed", 0), encode(fields)[1:-1], KEPT_S, id)

    def _add(self, queue: tuple[str, int], body: bytes, kept: float, id: int | None = None) -> int:
        id = next(self._ids) if id is None else id
        comma = b"," if body else b""
        update = Update(
            id, queue, b'{"update_id":%d%b%b}' % (id, comma, body), self._clock() + kept
        )
        self._pending[id] = update
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(None)
        if self.arrived is not None:
            self.arrived(update)
        return id

    def confirm(self, id: int) -> None:
        self._pending.pop(id, None)

    def drop(self) -> None:
        self._pending.clear()

    def interrupt(self, why: str) -> None:
        """Ends the held poll with a 409; the newer request wins."""
        if self._poll is not None and not self._poll.done():
            self._poll.set_exception(Refused(409, why))

    async def poll(self, offset: int, limit: int, hold: float) -> list[bytes]:
        """One getUpdates: held until something is there or `hold` (seconds) is over."""
        if self.webhook_is_active:
            raise Refused(409, _WEBHOOK_ACTIVE)
        self.interrupt(_CONFLICT)
        self._confirm_before(offset)
        if not self._pending and hold > 0:
            await self._hold(hold)
        batch = self.pending(limit)
        self._owed.difference_update(update.id for update in batch)
        return [update.body for update in batch]

    async def _hold(self, seconds: float) -> None:
        self._poll = poll = asyncio.get_running_loop().create_future()
        try:
            await asyncio.wait_for(poll, seconds)
        except TimeoutError:
            pass
        finally:
            if self._poll is poll:
                self._poll = None

    def _confirm_before(self, offset: int) -> None:
        if offset < 0:
            for id in list(self._pending)[:offset]:
                del self._pending[id]
        elif offset > 0:
            past = list(itertools.takewhile(lambda id: id < offset, self._pending))
            for id in past:
                if id not in self._owed:
                    del self._pending[id]
