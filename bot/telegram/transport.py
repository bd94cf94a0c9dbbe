"""Carries the Bot API's requests over aiohttp, and knows which of them never left.

Why not python-telegram-bot's own httpx transport: httpcore's pool searches all connections for
each request, so it slows down as more requests are in flight (encode/httpcore PR #1035, PTB
#4560). Measured with an echo bot of PTB 22.8 on two shared cores over loopback, 5,000 updates
from 200 chats, up to 256 handled at once: 109-149 messages/s over httpx, 891-989 over aiohttp,
1,205-1,279 with uvloop beside it.
"""

from __future__ import annotations

import asyncio
import json
from email.utils import parsedate_to_datetime
from typing import Any, Protocol

import aiohttp
from telegram._utils.defaultvalue import DefaultValue
from telegram._utils.types import JSONDict, ODVInput
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.crash_points import Point, passing


class NotStarted(aiohttp.ClientError):
    """The transport was asked to carry something before its start or after its stop."""


NEVER_LEFT = (
    NotStarted,
    aiohttp.ClientConnectorError,  # refused, unknown name, TLS, proxy unreachable
    aiohttp.ClientHttpProxyError,  # the proxy would not open the tunnel
    aiohttp.ConnectionTimeoutError,  # no free connection in time, or no connection in time
    aiohttp.InvalidURL,
)
"""What aiohttp raises before the first byte of a request is written."""


def never_left(error: BaseException) -> bool:
    """True when the request behind ``error`` surely did not reach Telegram.

    Anything raised after writing began is *unknown*: the request may have been carried out.
    """
    return isinstance(error.__cause__, NEVER_LEFT)


class Told(Protocol):
    """A clock that takes Telegram's word for the time."""

    def told(self, date: float, within: float, /) -> None: ...


class AiohttpRequest(BaseRequest):
    """PTB's transport contract on one aiohttp session.

    Raises ``TimedOut`` and ``NetworkError`` with aiohttp's exception as ``__cause__``; their
    messages never hold the address, because the token is part of it. Redirects are not followed
    and nothing is ever sent a second time. Idle connections are dropped after 15 s, well before
    Telegram closes them, so that a request is not written into a connection about to close.

    All timeouts are seconds; None means no limit. A caller may override them per request.
    ``clock`` hears what time it is, from the Date of each answer.
    """

    def __init__(
        self,
        pool: int = 64,
        *,
        read_timeout: float | None = 20.0,
        write_timeout: float | None = 20.0,
        connect_timeout: float | None = 5.0,
        pool_timeout: float | None = 10.0,
        proxy: str | None = None,
        clock: Told | None = None,
    ) -> None:
        self._pool = pool
        self._clock = clock
        self._read_timeout = read_timeout
        self._write_timeout = write_timeout
        self._connect_timeout = connect_timeout
        self._pool_timeout = pool_timeout
        self._proxy = proxy
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float | None:
        return self._read_timeout

    async def initialize(self) -> None:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._pool, keepalive_timeout=15),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
                proxy=self._proxy,
            )

    async def shutdown(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        write_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        connect_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        pool_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """One request: (status, body). See ``BaseRequest.do_request``."""
        if self._session is None:
            raise NetworkError("The connection to Telegram is not open.") from NotStarted()
        timeout = _timeout(
            read=_given(read_timeout, self._read_timeout),
            write=_given(write_timeout, self._write_timeout),
            connect=_given(connect_timeout, self._connect_timeout),
            pool=_given(pool_timeout, self._pool_timeout),
        )
        time = asyncio.get_running_loop().time
        began = time()
        try:
            async with self._session.request(
                method, url, **_body(request_data), timeout=timeout, allow_redirects=False
            ) as response:
                passing(Point.SENDING)
                self._hear_the_time(response.headers.get("Date", ""), time() - began)
                return response.status, await response.read()
        except TimeoutError as error:
            raise TimedOut(_why(error)) from error
        except aiohttp.ClientError as error:
            raise NetworkError(_why(error)) from error

    def _hear_the_time(self, date: str, within: float) -> None:
        if self._clock is None:
            return
        try:
            self._clock.told(parsedate_to_datetime(date).timestamp(), within)
        except ValueError:
            return  # an answer of some proxy; it says nothing about the time

    @staticmethod
    def parse_json_payload(payload: bytes) -> JSONDict:
        """As PTB's, without writing the payload (people's words) to the log when it is cut."""
        try:
            parsed = json.loads(payload.decode("utf-8", "replace"))
        except ValueError as error:
            raise TelegramError("Telegram's answer is not JSON") from error
        if not isinstance(parsed, dict):
            raise TelegramError("Telegram's answer is not a JSON object")
        return parsed


def _given(value: ODVInput[float], default: float | None) -> float | None:
    return default if isinstance(value, DefaultValue) else value


def _timeout(
    *, read: float | None, write: float | None, connect: float | None, pool: float | None
) -> aiohttp.ClientTimeout:
    """aiohttp has no write timeout: the sum of all four bounds the whole request instead.

    Its ``connect`` covers the wait for a free connection as well as connecting. Rounding up to
    whole seconds is switched off, so that connecting always times out before the sum does: a
    request that never left is never mistaken for one that did.
    """
    connecting = None if connect is None or pool is None else connect + pool
    parts = (connecting, read, write)
    total = None if None in parts else sum(part for part in parts if part is not None)
    return aiohttp.ClientTimeout(
        total=total,
        connect=connecting,
        sock_connect=connect,
        sock_read=read,
        ceil_threshold=float("inf"),
    )


def _body(data: RequestData | None) -> dict[str, Any]:
    """As JSON, unless files go along. As a form, each é and each emoji of an answer would be
    escaped by hand: a fifth of the processor time of a send."""
    if data is None:
        return {}
    if not data.contains_files:
        return {"json": data.json_parameters}
    form = aiohttp.FormData(quote_fields=False)  # Telegram does not decode %C3%A9 in file names
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, mime_type) in data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=mime_type)
    return {"data": form}


def _why(error: BaseException) -> str:
    """The kind of error and nothing else: aiohttp's own messages may hold the address."""
    return f"{type(error).__name__} while talking to Telegram"
