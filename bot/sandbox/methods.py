"""The Bot API: every method by name, and one call from its parameters to its result or refusal."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from . import business, chats, copying, editing, sending, topics
from .faults import Faults
from .limits import Limits
from .media import DOWNLOAD_LIMIT
from .params import Params, Refused, bad_request
from .sending import Method
from .webhook import Webhook, target_of
from .wire import Json
from .world import World

CUT = 0
"""The error code, in the record, of a connection that was dropped."""

_POLL_LIMIT = 100
_LONGEST_POLL_S = 50.0
_TABLES = (sending, editing, copying, topics, chats, business)


class Cut(Exception):
    """The connection is to be dropped without an answer."""


class RawJson(bytes):
    """A result that is JSON already."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call the bot made, in the order they ended: the oracle of the tests.

    `at` is the sandbox's clock (seconds). `error` is what it was answered with instead of a
    result; code 0 is a dropped connection. `done`: it took effect, answered or not.
    """

    number: int
    at: float
    method: str
    params: Mapping[str, Any]
    result: Any = None
    error: Refused | None = None
    done: bool = True


@dataclass(slots=True)
class BotApi:
    """Answers calls on one world; applies limits and faults; keeps the record.

    `light` keeps the record small for load: no polls, and no results.
    """

    world: World
    light: bool = False
    first_retry: float = 1.0
    limits: Limits = field(default_factory=Limits)
    faults: Faults = field(default_factory=Faults)
    calls: list[Call] = field(default_factory=list)
    webhook: Webhook = field(init=False)
    _methods: dict[str, tuple[str, Method]] = field(init=False)

    def __post_init__(self) -> None:
        world = self.world
        self.webhook = Webhook(world.updates, self.answer, world.clock, self.first_retry)
        named = {name: method for table in _TABLES for name, method in table.METHODS.items()}
        named |= {
            "getFile": _get_file,
            "getUpdates": self._get_updates,
            "setWebhook": self._set_webhook,
            "deleteWebhook": self._delete_webhook,
            "getWebhookInfo": lambda _world, _params: self.webhook.info(),
        }
        self._methods = {name.lower(): (name, method) for name, method in named.items()}

    async def answer(self, method: str, values: Mapping[str, Any]) -> object:
        """The result of a call; raises Refused, or Cut when no answer is to be given."""
        name, perform = self._methods.get(method.lower(), (method, _unknown))
        params = Params(values)
        fault = self.faults.take(name, params)
        result: object = None
        error: Refused | None = None
        done = False
        try:
            if fault is not None and fault.delay and not fault.after_effect:
                await asyncio.sleep(fault.delay)
            if fault is None or fault.lets_through:
                result = await self._perform(name, perform, params)
                done = True
            if fault is not None and fault.delay and fault.after_effect:
                await asyncio.sleep(fault.delay)
            if fault is not None and fault.replaces_answer:
                result = None
                raise fault.refusal
        except Refused as refused:
            error = refused
        self._record(name, values, result, error, done)
        if error is None:
            return result
        raise Cut if error.code == CUT else error

    async def _perform(self, name: str, perform: Method, params: Params) -> object:
        self.limits.spend(name, params, self.world.clock())
        result = perform(self.world, params)
        return await result if inspect.isawaitable(result) else result

    def _record(
        self,
        name: str,
        values: Mapping[str, Any],
        result: object,
        error: Refused | None,
        done: bool,
    ) -> None:
        if self.light and name == "getUpdates":
            return
        kept = None if self.light or isinstance(result, RawJson) else result
        self.calls.append(
            Call(len(self.calls) + 1, self.world.clock(), name, values, kept, error, done)
        )
        self.world.changes.wake()

    # ── receiving ─────────────────────────────────────────────────────────────────────────────

    async def _get_updates(self, world: World, params: Params) -> RawJson:
        limit = params.integer("limit")
        if world.updates.webhook_is_active is False:
            world.updates.allow(params.array("allowed_updates"))
        batch = await world.updates.poll(
            params.integer("offset") or 0,
            min(max(limit or _POLL_LIMIT, 1), _POLL_LIMIT),
            min(max(params.number("timeout") or 0.0, 0.0), _LONGEST_POLL_S),
        )
        return RawJson(b"[%b]" % b",".join(batch))

    async def _set_webhook(self, world: World, params: Params) -> bool:
        url = params.text("url")
        if not url:
            return await self._delete_webhook(world, params)
        target = target_of(
            url, params.maybe_text("secret_token"), params.integer("max_connections")
        )
        world.updates.allow(params.array("allowed_updates"))
        if params.flag("drop_pending_updates"):
            world.updates.drop()
        await self.webhook.set(target)
        return True

    async def _delete_webhook(self, world: World, params: Params) -> bool:
        await self.webhook.remove()
        if params.flag("drop_pending_updates"):
            world.updates.drop()
        return True


def _unknown(_world: World, _: Params) -> object:
    raise Refused(404, "Not Found")


def _get_file(world: World, params: Params) -> Json:
    file = world.files.get(params.text("file_id"))
    if file is None:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    if len(file.data) > DOWNLOAD_LIMIT:
        raise bad_request("file is too big")
    return {
        "file_id": file.id,
        "file_unique_id": file.unique_id,
        "file_size": len(file.data),
        "file_path": file.path,
    }
