"""The HTTP side: the Bot API's routes and files, the control routes and the page."""

from __future__ import annotations

import asyncio
import functools
import json
from collections.abc import Mapping
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from .control import Control
from .methods import BotApi, Cut, RawJson
from .params import Refused, Upload, bad_request, decode
from .wire import encode

_BODY_LIMIT = 64 * 1024 * 1024
_UPLOAD_LIMIT = 50_000_000


class Server:
    """Serves one Bot API and its control routes on a port of the loopback."""

    def __init__(self, api: BotApi, control: Control, port: int) -> None:
        self._api = api
        self._token = api.world.token
        self._port = port
        self._control = control
        self._runner: web.ServerRunner | None = None

    @property
    def port(self) -> int:
        return self._port

    async def start(self) -> None:
        server = web.Server(self._handle, request_factory=_request, access_log=None)
        self._runner = web.ServerRunner(server, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port, backlog=1024)
        await site.start()
        self._port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        if self._runner is not None:
            self._api.world.updates.interrupt("Conflict: the sandbox is stopping")
            self._api.world.changes.close()
            await self._api.webhook.remove()
            await self._runner.cleanup()
            self._runner = None

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        path = request.path
        if path.startswith("/bot"):
            return await self._method(request, path[4:])
        if path.startswith("/file/bot"):
            return self._download(path[9:])
        return await self._control.handle(request, self._port)

    async def _method(self, request: web.BaseRequest, rest: str) -> web.StreamResponse:
        token, _, method = rest.partition("/")
        response = await self._answered(request, token, method)
        response.headers["Date"] = _date(int(self._api.world.clock()))
        return response

    async def _answered(
        self, request: web.BaseRequest, token: str, method: str
    ) -> web.StreamResponse:
        try:
            if token != self._token:
                raise Refused(401, "Unauthorized")
            result = await self._api.answer(method, await _parameters(request))
        except Refused as refused:
            return _json(encode(refused.body), refused.code)
        except Cut:
            if request.transport is not None:
                request.transport.close()
            return web.Response()
        body = result if isinstance(result, RawJson) else encode(result)
        return _json(b'{"ok":true,"result":%b}' % body)

    def _download(self, rest: str) -> web.Response:
        token, _, path = rest.partition("/")
        file = self._api.world.files.at(path) if token == self._token else None
        if file is None:
            return _json(encode(Refused(404, "Not Found").body), 404)
        return web.Response(body=file.data, content_type="application/octet-stream")


@functools.lru_cache(maxsize=2)
def _date(second: int) -> str:
    """As HTTP writes it: what a bot may set its clock by."""
    return formatdate(second, usegmt=True)


def _json(body: bytes, status: int = 200) -> web.Response:
    return web.Response(body=body, status=status, content_type="application/json")


def _request(message: Any, payload: Any, protocol: Any, writer: Any, task: Any) -> web.BaseRequest:
    return web.BaseRequest(
        message,
        payload,
        protocol,
        writer,
        task,
        asyncio.get_running_loop(),
        client_max_size=_BODY_LIMIT,
    )


async def _parameters(request: web.BaseRequest) -> Mapping[str, Any]:
    """The parameters of a call, from the query and the body in whichever form it came."""
    values: dict[str, Any] = {}
    if request.query_string:
        values |= _form(request.query_string)
    kind = request.content_type
    if kind == "multipart/form-data":
        return values | await _multipart(request)
    body = await request.read()
    if not body:
        return values
    if kind == "application/json":
        try:
            given = json.loads(body)
        except ValueError:
            raise bad_request("can't parse request body as JSON object") from None
        if not isinstance(given, dict):
            return values
        return values | {
            name: decode(name, value) if isinstance(value, str) else value
            for name, value in given.items()
        }
    return values | _form(body.decode(errors="replace"))


def _form(text: str) -> dict[str, Any]:
    return {name: decode(name, raw) for name, raw in parse_qsl(text, keep_blank_values=True)}


async def _multipart(request: web.BaseRequest) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, part in (await request.post()).items():
        if isinstance(part, web.FileField):
            data = part.file.read()
            if len(data) > _UPLOAD_LIMIT:
                raise Refused(413, "Request Entity Too Large")
            values[name] = Upload(part.filename, part.content_type, data)
        else:
            values[name] = decode(name, part if isinstance(part, str) else part.decode())
    return values
