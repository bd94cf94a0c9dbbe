"""The door that Telegram calls at: who may come in, with how much, and how long it waits for them.

A stranger costs a connection for some seconds and is never read. What Telegram brings is answered
200 once it is on disk; also when nobody can make sense of it, for anything else would block its
sender's chat until it is delivered. 503 says that the store cannot write, and when to come again.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from .errors import StoreError, TelegramError

log = logging.getLogger(__name__)

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
MOST_BODY = 1024 * 1024
"""Bytes; Telegram's longest updates are some tens of thousands."""
HEAD_S = 15.0
"""Seconds for the head of a request; a connection that is idle for longer is closed as well."""
BODY_S = 10.0
LINGER_S = 1.0
"""Seconds that the rest of a refused body is listened to, so that the refusal is heard."""
COME_AGAIN_S = "2"

Accept = Callable[[Sequence[Mapping[str, object]]], Awaitable[None]]
"""Returns when the updates are on disk. Raises StoreError when they are not."""


def routes(path: str, secret: str, accept: Accept) -> list[web.RouteDef]:
    """The one address; the secret is compared before anything of the body is read."""
    if not secret:
        raise TelegramError("A webhook without a secret would take anybody's word.")

    async def hook(request: web.Request) -> web.Response:
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode("utf-8", "replace"), secret.encode()):
            return web.Response(status=403)
        try:
            async with asyncio.timeout(BODY_S):
                updates = _updates(await request.read())
        except TimeoutError:
            return web.Response(status=408)
        except web.RequestPayloadError:
            return web.Response(status=400)  # damaged on its way: not as Telegram sent it
        except web.HTTPRequestEntityTooLarge:
            log.error("a webhook body was longer than any update: acknowledged and dropped")
            return web.Response()
        try:
            await accept(updates)
        except StoreError as error:
            log.debug("nothing could be stored; Telegram is asked to come again: %s", error)
            return web.Response(status=503, headers={"Retry-After": COME_AGAIN_S})
        return web.Response()

    return [web.post(path, hook)]


def _updates(body: bytes) -> list[Mapping[str, object]]:
    """The update in a body; none when it holds none."""
    try:
        update = json.loads(body)
    except (ValueError, RecursionError):
        log.warning("a webhook body was not JSON: acknowledged and dropped")
        return []
    return [update] if isinstance(update, dict) else []


def _in_one_line(record: logging.LogRecord) -> bool:
    """What strangers send is no fault of ours: a line says so, without their bytes or a stack."""
    if record.exc_info and isinstance(record.exc_info[1], HttpProcessingError):
        kind, record.exc_info = type(record.exc_info[1]).__name__, None
        record.msg, record.args = "the webhook's door heard no HTTP (%s): refused", (kind,)
        record.levelno, record.levelname = logging.WARNING, "WARNING"
    return True


_door = log.getChild("door")
_door.addFilter(_in_one_line)


async def serve(routes: list[web.RouteDef], host: str, port: int) -> web.AppRunner:
    """Listen for webhooks; the caller cleans the runner up."""
    app = web.Application(client_max_size=MOST_BODY)
    app.add_routes(routes)
    runner = web.AppRunner(
        app,
        access_log=None,
        logger=_door,
        keepalive_timeout=HEAD_S,
        lingering_time=LINGER_S,
        auto_decompress=False,  # Telegram packs nothing, and nobody else is to be unpacked
    )
    await runner.setup()
    await web.TCPSite(runner, host, port, backlog=1024).start()
    return runner
