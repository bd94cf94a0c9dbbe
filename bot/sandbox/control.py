"""Control over HTTP, for the web page: what is so, what changes, and acting as a person."""

from __future__ import annotations

from aiohttp import web

from .methods import BotApi


class Control:
    def __init__(self, api: BotApi) -> None:
        self._api = api

    async def handle(self, request: web.BaseRequest, port: int) -> web.StreamResponse:
        return web.Response(status=404, text="Not Found")
