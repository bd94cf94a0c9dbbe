"""A proxy on loopback in front of a Telegram, which cuts, delays or spoils what a die says."""

from __future__ import annotations

import asyncio
import contextlib
import random
import re
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

_LENGTH = re.compile(rb"(?im)^content-length:\s*(\d+)")
_LONGEST_LATE_S = 0.3


class Fate(StrEnum):
    """What becomes of one request, in the words of the table."""

    PASSES = "passes"
    BEFORE = "cut before it was forwarded"
    AFTER = "cut after it was forwarded"
    MIDDLE = "cut in the middle of the answer"
    UNHEARD = "no answer, never forwarded"
    UNANSWERED = "no answer, forwarded"
    LATE = "forwarded after the bot gave up"
    BAD_BEFORE = "502 instead of forwarding"
    BAD_AFTER = "502 after forwarding"
    BUSY = "429 of a proxy, not forwarded"


SPOILT = tuple(fate for fate in Fate if fate is not Fate.PASSES)
_HOLDING = (Fate.UNHEARD, Fate.UNANSWERED, Fate.LATE)
"""They last until whoever asked gives up: a poll waits for minutes."""
_FORWARDED = (Fate.PASSES, Fate.AFTER, Fate.MIDDLE, Fate.UNANSWERED, Fate.BAD_AFTER)


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    whole: bytes


class Cutting:
    """``share`` of the requests are spoilt, each in a way of its own; 0 lets all pass.

    ``fates``: the ways there are, ``met`` counts them; ``only``: the one method that is spoilt.
    """

    def __init__(self, upstream: str, dice: random.Random, share: float = 0.0) -> None:
        parts = urlsplit(upstream)
        self._host, self._port = parts.hostname or "", parts.port or 0
        self._dice = dice
        self.share = share
        self.fates: tuple[Fate, ...] = SPOILT
        self.only = ""
        self.met: Counter[Fate] = Counter()
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    @property
    def base_url(self) -> str:
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/bot"

    # ------------------------------------------------------------------------ one connection

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                request = await _read_request(reader)
                await self._meets(self._fate_of(request), request, reader, writer)
        finally:
            self._open.discard(task)
            writer.close()

    def _fate_of(self, request: _Request) -> Fate:
        spared = self.only not in ("", request.method)
        if spared or self._dice.random() >= self.share:
            return Fate.PASSES
        is_poll = request.method == "getUpdates"
        fate = self._dice.choice([f for f in self.fates if not (is_poll and f in _HOLDING)])
        self.met[fate] += 1
        return fate

    async def _meets(
        self,
        fate: Fate,
        request: _Request,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        answer = await self._forward(request, reader) if fate in _FORWARDED else b""
        match fate:
            case Fate.PASSES:
                writer.write(answer)
            case Fate.MIDDLE:
                writer.write(answer[: self._dice.randrange(1, max(2, len(answer)))])
            case Fate.BAD_BEFORE | Fate.BAD_AFTER:
                writer.write(_html("502 Bad Gateway"))
            case Fate.BUSY:
                writer.write(_html("429 Too Many Requests"))
            case Fate.UNHEARD | Fate.UNANSWERED | Fate.LATE:
                await reader.read()  # until the bot gives up
        if fate is Fate.LATE:
            await asyncio.sleep(self._dice.uniform(0.0, _LONGEST_LATE_S))
            await self._forward(request, None)
        await writer.drain()

    async def _forward(self, request: _Request, reader: asyncio.StreamReader | None) -> bytes:
        """The whole answer; nothing when whoever asked has hung up meanwhile."""
        up_reader, up_writer = await asyncio.open_connection(self._host, self._port)
        try:
            up_writer.write(request.whole)
            answered = asyncio.ensure_future(_read_answer(up_reader))
            gone = asyncio.ensure_future(reader.read(1)) if reader is not None else None
            waiting = {answered} if gone is None else {answered, gone}
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for one in waiting:
                one.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
            return answered.result() if answered.done() and not answered.cancelled() else b""
        finally:
            up_writer.close()


async def _read_request(reader: asyncio.StreamReader) -> _Request:
    head = await reader.readuntil(b"\r\n\r\n")
    length = _LENGTH.search(head)
    body = await reader.readexactly(int(length[1])) if length else b""
    path = head.split(b" ", 2)[1].decode("ascii", "replace")
    return _Request(path.rpartition("/")[2], head + body)


async def _read_answer(reader: asyncio.StreamReader) -> bytes:
    """With the word that the connection closes, so that nobody writes into it again."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = _LENGTH.search(head)
    body = await reader.readexactly(int(length[1])) if length else b""
    return head[:-2] + b"Connection: close\r\n\r\n" + body


def _html(status: str) -> bytes:
    body = f"<html><title>{status}</title></html>".encode()
    head = f"HTTP/1.1 {status}\r\nContent-Type: text/html\r\nConnection: close\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
