"""An HTTP server on loopback that does what a test says: for faults below the Bot API."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from aiohttp import web

TOKEN = "123456:" + "SeCrEt" * 6

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


def result(value: object) -> web.Response:
    return web.json_response({"ok": True, "result": value})


def refusal(code: int, description: str, **parameters: int) -> web.Response:
    """An error as Telegram words it."""
    answer: dict[str, object] = {"ok": False, "error_code": code, "description": description}
    if parameters:
        answer["parameters"] = parameters
    return web.json_response(answer, status=code)


async def fine(_: web.Request) -> web.StreamResponse:
    return result(True)


async def never(_: web.Request) -> web.StreamResponse:
    await asyncio.sleep(60)
    return web.Response()


async def cut(request: web.Request) -> web.StreamResponse:
    """Close the connection instead of answering."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def cut_midway(request: web.Request) -> web.StreamResponse:
    """Close the connection in the middle of the answer."""
    response = web.StreamResponse(headers={"Content-Length": "1000"})
    await response.prepare(request)
    await response.write(b'{"ok": tr')
    assert request.transport is not None
    request.transport.close()
    return response


class Server:
    """``answer`` answers everything but the methods in ``answers``; ``seen``: what came."""

    def __init__(self) -> None:
        self.answer: Answer = fine
        self.answers: dict[str, Answer] = {}
        self.seen: list[tuple[str, dict[str, str]]] = []
        self.headers: dict[str, str] = {}
        self.arrived = asyncio.Event()
        self.base_url = ""

    @property
    def url(self) -> str:
        return f"{self.base_url}{TOKEN}/sendMessage"

    def calls(self, method: str) -> list[dict[str, str]]:
        return [parameters for name, parameters in self.seen if name == method]

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        method = request.path.rsplit("/", 1)[1]
        is_json = request.content_type == "application/json"
        form = await request.json() if is_json else await request.post()
        self.seen.append((method, {name: str(value) for name, value in form.items()}))
        self.headers = dict(request.headers)
        self.arrived.set()
        return await self.answers.get(method, self.answer)(request)

    async def __aenter__(self) -> Server:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._handle)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.base_url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/bot"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()
