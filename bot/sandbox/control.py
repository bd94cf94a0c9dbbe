"""Control over HTTP, for the web page: what is so, what changes, and acting as a person.

Only the page itself may use it: a foreign Host or Origin is turned away, and acts are JSON.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import mimetypes
import re
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import web

from .acts import act
from .chats import menus
from .membership import person_shown
from .refusals import CannotDo
from .wire import Json, encode

if TYPE_CHECKING:
    from .sandbox import Sandbox

_PAGE = re.compile(r"/(page(?:\.\w+)?\.(?:html|js|css))")
_CSP = (
    "default-src 'self'; img-src 'self' data: blob:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_SHOWN_AS_IS = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
_STILL_THERE_S = 15.0


class Control:
    """The routes of the page, on one sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    async def handle(self, request: web.BaseRequest, port: int) -> web.StreamResponse:
        if not _is_own(request, port):
            return _refuse(403, "Only the sandbox's own page may ask this.")
        path, method = request.path, request.method
        if method == "POST" and path == "/sandbox/act":
            return await self._act(request)
        if method == "GET" and path == "/sandbox/state":
            return _json(self.state())
        if method == "GET" and path == "/sandbox/events":
            return await self._events(request)
        if method == "GET" and path.startswith("/sandbox/file/"):
            return self._file(path.removeprefix("/sandbox/file/"))
        if method == "GET":
            return await _page(path)
        return _refuse(404, "There is nothing here.")

    def state(self) -> Json:
        """All there is to see, at this moment."""
        world = self._sandbox.world
        people = [user for user in world.users.values() if not user.is_bot]
        chats = [chat for chat in world.chats.values() if chat.migrated_to is None]
        return {
            "world": world.name,
            "bot": world.bot.wire,
            "people": [person_shown(world, user) for user in people],
            "chats": [chat.shown for chat in chats],
            "messages": [m.shown for chat in chats for m in chat.messages.values()],
            "commands": menus(world),
            "suggestions": self._sandbox.suggestions,
            "limits": self._sandbox.limits.enabled,
        }

    async def _act(self, request: web.BaseRequest) -> web.Response:
        if request.content_type != "application/json":
            return _refuse(415, "Say it as application/json.")
        try:
            deed = json.loads(await request.read())
            result = await act(self._sandbox, deed)
        except CannotDo as sentence:
            return _refuse(400, sentence.said(request.headers.get("Accept-Language", "")))
        except (ValueError, KeyError, TypeError, AttributeError) as problem:
            return _refuse(400, f"That cannot be understood: {problem!r}")
        return _json({"ok": True, "result": result})

    async def _events(self, request: web.BaseRequest) -> web.StreamResponse:
        headers = _HEADERS | {"Content-Type": "text/event-stream"}
        response = web.StreamResponse(headers=headers)
        with (
            self._sandbox.world.changes.page() as lines,
            contextlib.suppress(ConnectionResetError),  # the page was closed
        ):
            await response.prepare(request)
            await response.write(b"retry: 300\n\n")
            while True:
                try:
                    line = await asyncio.wait_for(lines.get(), _STILL_THERE_S)
                except TimeoutError:
                    await response.write(b": still there\n\n")
                    continue
                if line is None:
                    return response
                await response.write(b"data: %b\n\n" % line)
        return response

    def _file(self, file_id: str) -> web.Response:
        file = self._sandbox.world.files.get(file_id)
        if file is None:
            return _refuse(404, "There is no such file.")
        if file.mime in _SHOWN_AS_IS:
            return web.Response(body=file.data, content_type=file.mime, headers=_HEADERS)
        headers = _HEADERS | {"Content-Disposition": "attachment"}
        return web.Response(
            body=file.data, content_type="application/octet-stream", headers=headers
        )


async def _page(path: str) -> web.Response:
    asked = _PAGE.fullmatch("/page.html" if path == "/" else path)
    file = Path(__file__).with_name(asked[1]) if asked else None
    if file is None or not file.is_file():
        return _refuse(404, "There is nothing here.")
    kind = "text/javascript" if file.suffix == ".js" else mimetypes.guess_type(file.name)[0]
    text = await asyncio.to_thread(file.read_text, encoding="utf-8")
    return web.Response(text=text, content_type=kind or "text/html", headers=_HEADERS)


def _is_own(request: web.BaseRequest, port: int) -> bool:
    """Whether the browser asks for this very page: no rebound name, no other site."""
    own = {f"127.0.0.1:{port}", f"localhost:{port}"}
    origin = request.headers.get("Origin")
    return request.host in own and (origin is None or origin.removeprefix("http://") in own)


def _json(value: object, status: int = 200) -> web.Response:
    return web.Response(
        body=encode(value), status=status, content_type="application/json", headers=_HEADERS
    )


def _refuse(status: int, sentence: str) -> web.Response:
    return _json({"ok": False, "error": sentence}, status)
