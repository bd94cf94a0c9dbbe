"""/healthz and /metrics: what a monitor asks, looked up in the rows when it asks."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import metadata
from typing import Protocol

from aiohttp import web

from ..clock import Clock
from ..errors import StoreError
from ..store.engine import Store
from .health import ailments
from .health_settings import HealthSettings
from .metrics import exposition
from .vitals import ModelState, Passes, Vitals


class Model(Protocol):
    @property
    def state(self) -> ModelState: ...
    @property
    def passes(self) -> Passes: ...


class Endpoint:
    def __init__(self, store: Store, clock: Clock, model: Model, limits: HealthSettings) -> None:
        self._store = store
        self._clock = clock
        self._model = model
        self._limits = limits
        self._started_at = clock.now()
        self._version = _version()

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/healthz", self._healthz), web.get("/metrics", self._metrics)]

    async def vitals(self) -> Vitals:
        """How everything is now. Raises StoreError when the rows cannot be read."""
        return Vitals(
            now=self._clock.now(),
            started_at=self._started_at,
            backlog=await self._store.read(lambda records: records.backlog.now()),
            model=self._model.state,
            passes=self._model.passes,
            refuses=bool(self._store.refusal),
            refused=self._store.refused,
        )

    async def _healthz(self, _: web.Request) -> web.Response:
        """200 when everything works, else 503; what does not, in JSON."""
        try:
            wrong = ailments(await self.vitals(), self._limits)
        except StoreError:
            wrong = {"store": "cannot be read"}
        said: Mapping[str, object] = {"well": not wrong, "wrong": wrong, "version": self._version}
        return web.json_response(said, status=503 if wrong else 200)

    async def _metrics(self, request: web.Request) -> web.Response:
        try:
            vitals = await self.vitals()
        except StoreError:
            return web.Response(status=503, text="The store cannot be read.")
        body, kind = exposition(vitals, self._version, request.headers.get("Accept", ""))
        return web.Response(body=body, headers={"Content-Type": kind})


def _version() -> str:
    try:
        return metadata.version("first-responder")
    except metadata.PackageNotFoundError:  # run from its files, not installed
        return "unknown"
