"""Webhook delivery as telegram-bot-api does it: in order per queue, one in flight, retried.

A queue is one kind of update of one chat. Its first update is posted until it gets a 2xx; others
wait behind it, other queues do not (`WebhookActor.cpp`). Delays are real seconds: the network's.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

import aiohttp

from .params import Refused, bad_request
from .updates import Update, Updates
from .wire import Json

FIRST_RETRY_S = 1.0
LONGEST_RETRY_S = 60.0
_LONGEST_RETRY_AFTER_S = 3600
_ANSWER_WITHIN_S = 60.0
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_NOT_BY_WEBHOOK = ("get", "setwebhook", "deletewebhook", "close", "logout")

Answer = Callable[[str, Json], Awaitable[object]]
"""Runs the method a webhook named in its response."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where updates go, as setWebhook said."""

    url: str
    secret: str | None = None
    max_connections: int = 40

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
            raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
        if parts.hostname not in _LOOPBACK:
            raise bad_request("bad webhook: Failed to resolve host: Name or service not known")
        if self.secret and not _SECRET.fullmatch(self.secret):
            raise bad_request("secret token contains unallowed characters")


class Webhook:
    """Delivers the pending updates to a target until it is taken away."""

    def __init__(
        self,
        updates: Updates,
        answer: Answer,
        clock: Callable[[], float],
        first_retry: float = FIRST_RETRY_S,
    ) -> None:
        self._updates = updates
        self._answer = answer
        self._clock = clock
        self._first_retry = first_retry
        self._queues: dict[tuple[str, int], deque[Update]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._session: aiohttp.ClientSession | None = None
        self._slots = asyncio.Semaphore(1)
        self.target: Target | None = None
        self.last_error: tuple[float, str] | None = None

    async def set(self, target: Target) -> None:
        await self.remove()
        self._updates.interrupt("Conflict: terminated by setWebhook request")
        self.target = target
        self._slots = asyncio.Semaphore(target.max_connections)
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0),
            timeout=aiohttp.ClientTimeout(total=_ANSWER_WITHIN_S),
        )
        self._updates.webhook_is_active = True
        self._updates.arrived = self._enqueue
        for update in self._updates.pending():
            self._enqueue(update)

    async def remove(self) -> None:
        """Stops delivering; what is pending stays pending."""
        self.target = None
        self._updates.webhook_is_active = False
        self._updates.arrived = None
        tasks, self._tasks = self._tasks, set()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._queues.clear()
        if self._session is not None:
            await self._session.close()
            self._session = None

    def info(self) -> Json:
        """WebhookInfo."""
        shape: Json = {
            "url": self.target.url if self.target else "",
            "has_custom_certificate": False,
            "pending_update_count": len(self._updates),
        }
        if self.target:
            shape |= {"max_connections": self.target.max_connections, "ip_address": "127.0.0.1"}
        if self.target and self.last_error:
            at, message = self.last_error
            shape |= {"last_error_date": int(at), "last_error_message": message}
        if self._updates.requested:
            shape["allowed_updates"] = list(self._updates.requested)
        return shape

    def _enqueue(self, update: Update) -> None:
        queue = self._queues.get(update.queue)
        if queue is not None:
            queue.append(update)
            return
        self._queues[update.queue] = deque([update])
        task = asyncio.get_running_loop().create_task(self._deliver(update.queue))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, key: tuple[str, int]) -> None:
        """Empties one queue, its head first, each until it is accepted or too old."""
        queue = self._queues[key]
        while queue:
            update, delay = queue[0], self._first_retry
            while (wait := await self._post(update, delay)) is not None:
                if update.expires < self._clock() + wait:
                    break
                await asyncio.sleep(wait)
                delay = min(delay * 2, LONGEST_RETRY_S)
            self._updates.confirm(update.id)
            queue.popleft()
        del self._queues[key]

    async def _post(self, update: Update, delay: float) -> float | None:
        """One attempt; gives the seconds to wait before the next, None when it was accepted."""
        target, session = self.target, self._session
        assert target is not None and session is not None
        headers = {"Content-Type": "application/json"}
        if target.secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = target.secret
        async with self._slots:
            try:
                async with session.post(target.url, data=update.body, headers=headers) as response:
                    body = await response.read()
                    if 200 <= response.status <= 299:
                        await self._obey(body)
                        return None
                    self._failed(
                        f"Wrong response from the webhook: {response.status} {response.reason}"
                    )
                    return self._retry_after(response.headers.get("Retry-After", "")) or delay
            except (aiohttp.ClientError, TimeoutError, OSError) as problem:
                self._failed(_said(problem))
                return delay

    def _failed(self, why: str) -> None:
        self.last_error = (self._clock(), why)

    @staticmethod
    def _retry_after(header: str) -> float:
        try:
            return float(min(int(header), _LONGEST_RETRY_AFTER_S))
        except ValueError:
            return 0.0

    async def _obey(self, body: bytes) -> None:
        """A webhook may answer with one method call; its result is never told."""
        try:
            call = json.loads(body or b"null")
        except ValueError:
            return
        if not isinstance(call, dict) or not isinstance(method := call.pop("method", None), str):
            return
        if not method.lower().startswith(_NOT_BY_WEBHOOK):
            try:
                await self._answer(method, call)
            except Refused:
                return


def _said(problem: BaseException) -> str:
    if isinstance(problem, TimeoutError):
        return "Read timeout expired"
    if isinstance(problem, aiohttp.ClientConnectorError):
        return "Connection refused"
    return "Webhook connection closed"


def target_of(url: str, secret: str | None, max_connections: int | None) -> Target:
    """The target a setWebhook call describes; refused as Telegram refuses it."""
    return Target(url, secret or None, min(max(max_connections or 40, 1), 100))
