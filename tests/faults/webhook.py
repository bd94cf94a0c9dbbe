"""Updates come twice, late, out of order and many at once; strangers knock with wrong secrets;
bodies are too long, cut off, wrongly packed, no JSON, or come one byte at a time: each update has
its effect once, none is dropped, nothing is answered 500, and the honest are answered at once.

The bot runs with its webhook open on loopback, and is called past Telegram's own patience.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
import random
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from bot.sandbox import Person
from bot.webhook import MOST_BODY, SECRET_HEADER
from tests.shop import Shop
from tests.test_receiving import webhook_shop

from . import Cell, Report, Scale

SECRET = "s3cret-s3cret"
QUESTION = "vous êtes ouvert le dimanche?"
AT_ONCE = 40
"""Telegram's own number of connections."""
COMES = 3
"""How often each update is delivered."""


@dataclass
class Found:
    """Answers by what was sent; the milliseconds that honest callers waited."""

    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    waited_ms: list[float] = field(default_factory=list)
    updates: int = 0
    doubled: int = 0
    dropped: int = 0
    wrong: list[str] = field(default_factory=list)


class Caller:
    """Somebody who posts to the webhook; ``found`` keeps what they were answered (0: cut off)."""

    def __init__(self, url: str, session: aiohttp.ClientSession, found: Found) -> None:
        self._url, self._session, self._found = url, session, found

    async def post(
        self, kind: str, body: bytes, secret: str | None = SECRET, **headers: str
    ) -> int:
        given = headers | ({} if secret is None else {SECRET_HEADER: secret})
        began, status = time.perf_counter(), 0
        with contextlib.suppress(aiohttp.ClientConnectionError):
            async with self._session.post(self._url, data=body, headers=given) as response:
                status = response.status
                await response.read()
        if kind == "honest":
            self._found.waited_ms.append((time.perf_counter() - began) * 1000.0)
        self._found.answers[kind, status] += 1
        return status


def question(person: Person, update_id: int) -> dict[str, Any]:
    """A raw update: this person's question."""
    chat = {"id": person.id, "type": "private", "first_name": person.user.first_name}
    message = {"message_id": update_id, "date": 1, "chat": chat, "from": person.user.wire}
    return {"update_id": update_id, "message": {**message, "text": QUESTION}}


# -------------------------------------------------------------------------- the honest ones


async def honest(
    shop: Shop, caller: Caller, dice: random.Random, people: int, found: Found
) -> None:
    """Everybody asks once; each update comes three times, shuffled, many at once."""
    asking = [shop.customer(f"Cliente {n}") for n in range(people)]
    for person in asking:
        person.user.started = True
        shop.sandbox.world.private_chat(person.user)
    first = 500_000_000
    bodies = [json.dumps(question(p, first + n)).encode() for n, p in enumerate(asking)] * COMES
    dice.shuffle(bodies)
    at_once = asyncio.Semaphore(AT_ONCE)

    async def deliver(body: bytes) -> None:
        async with at_once:
            await caller.post("honest", body)

    await asyncio.gather(*map(deliver, bodies))
    found.updates += people
    await shop.quiet()
    for person in asking:
        told = Counter(text[:60] for text in shop.heard(person))
        found.dropped += not told
        if not told:
            found.wrong.append(f"{person} was never answered")
        if told and max(told.values()) > 1:
            found.doubled += 1
            found.wrong.append(f"{person} was answered twice")


# -------------------------------------------------------------------------------- the others


def nonsense(dice: random.Random) -> list[tuple[str, bytes, dict[str, str]]]:
    """Kind, body and headers of what comes with the right secret and makes no sense."""
    update = json.dumps({"update_id": dice.randrange(10**6), "poll": {}}).encode()
    depth = dice.randrange(900, 1100)
    nested = b'{"update_id":1,"message":' + b"[" * depth + b"]" * depth + b"}"
    return [
        ("no JSON", dice.randbytes(dice.randrange(1, 2000)), {}),
        ("cut JSON", update[: dice.randrange(len(update))], {}),
        ("no object", dice.choice((b"[]", b"null", b"7", b'"x"', b"[{}]", b"1" * 5000)), {}),
        ("nested", nested, {}),
        ("deep", b"[" * 100_000, {}),
        ("too long", b'{"update_id":1,"x":"' + b"y" * MOST_BODY + b'"}', {}),
        ("a bomb", gzip.compress(b" " * (8 * MOST_BODY)), {"Content-Encoding": "gzip"}),
        ("not packed as it says", update, {"Content-Encoding": "gzip"}),
        ("packed, cut", gzip.compress(update)[:-9], {"Content-Encoding": "gzip"}),
        ("another type", update, {"Content-Type": dice.choice(("text/html", "é".encode().hex()))}),
        ("a form", b"update_id=1", {"Content-Type": "application/x-www-form-urlencoded"}),
        ("odd number", json.dumps({"update_id": dice.choice((-1, 2**70, 1.5, None))}).encode(), {}),
    ]


FORGED = (None, "", "s3cret", "S3CRET-S3CRET", SECRET + "x", "é" * 13, "x" * 4000)


async def others(caller: Caller, shop: Shop, dice: random.Random, rounds: int) -> None:
    stranger = shop.customer("Étrangère")
    for number in range(rounds):
        for kind, body, headers in nonsense(dice):
            await caller.post(kind, body, **headers)
        forged = json.dumps(question(stranger, 900_000_000 + number)).encode()
        for secret in FORGED:
            await caller.post("forged", forged, secret)
        await caller.post("forged, long", b"x" * (2 * MOST_BODY), None)


class Slow:
    """Connections that never come to the point: half a head, or a body that drips.

    ``heard`` is what each was answered before it was sent away; None while it still hangs on.
    """

    def __init__(self, url: str, count: int) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port or 0
        self.heard: list[bytes | None] = [None] * count
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Slow:
        self._tasks = [asyncio.create_task(self._drips(n)) for n in range(len(self.heard))]
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _drips(self, number: int) -> None:
        """One byte after the other, until it is sent away."""
        reader, writer = await asyncio.open_connection(self._host, self._port)
        head = f"POST /hook HTTP/1.1\r\n{SECRET_HEADER}: {SECRET}\r\nContent-Length: 100000\r\n"
        writer.write(f"{head}\r\n{{".encode() if number % 2 else head[: 20 + number % 20].encode())
        answer = b""
        with contextlib.closing(writer), contextlib.suppress(OSError):
            while not reader.at_eof():
                with contextlib.suppress(TimeoutError):
                    answer += await asyncio.wait_for(reader.read(1000), 0.1)
                    continue
                writer.write(b"x")
        self.heard[number] = answer


# ---------------------------------------------------------------------------------- the theme


@contextlib.asynccontextmanager
async def called(folder: Path, found: Found) -> AsyncIterator[tuple[Shop, str, Caller]]:
    async with webhook_shop(folder) as (shop, url):
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=connector) as session:
            yield shop, url, Caller(url, session, found)


LONG_S = 600.0


def share(sorted_ms: list[float], percent: int) -> float:
    return sorted_ms[min(len(sorted_ms) - 1, len(sorted_ms) * percent // 100)] if sorted_ms else 0.0


async def run(scale: Scale, seed: int, out: Report) -> None:
    found, dice = Found(), random.Random(seed)
    people = scale.count("people", short=30, long=2000)
    rounds = scale.count("rounds", short=3, long=200)
    slow = scale.count("slow", short=50, long=400)
    with tempfile.TemporaryDirectory(prefix="webhook-") as folder:
        async with called(Path(folder), found) as (shop, url, caller), Slow(url, slow):
            if scale.is_long:  # what makes no sense is tried five times, with pauses
                shop.patience = LONG_S
            await asyncio.gather(
                honest(shop, caller, dice, people, found),
                others(caller, shop, random.Random(seed + 1), rounds),
            )
            ((strangers,),) = shop.rows("SELECT count(*) FROM inbox WHERE update_id >= 900000000")
    judge(found, int(str(strangers)), out, seed)


def judge(found: Found, strangers: int, out: Report, seed: int) -> None:
    kinds = sorted({kind for kind, _ in found.answers})
    codes = sorted({code for _, code in found.answers})
    rows: list[list[Cell]] = [
        [kind, *(found.answers[kind, code] for code in codes)] for kind in kinds
    ]
    out.table(("what was sent", *map(str, codes)), rows)
    for (kind, code), times in found.answers.items():
        if code >= 500:
            out.violation(f"{kind} was answered {code}, {times} times", f"seed {seed}")
        if kind.startswith("forged") != (code == 403):
            out.violation(f"{kind} was answered {code}", f"seed {seed}")
    for what in found.wrong:
        out.violation(what, f"seed {seed}")
    if strangers:
        out.violation(f"{strangers} forged updates were stored", f"seed {seed}")
    waited = sorted(found.waited_ms)
    out.figure("updates", found.updates)
    out.figure("deliveries", len(waited))
    out.figure("doubled", found.doubled)
    out.figure("dropped", found.dropped)
    out.figure("honest_p50_ms", share(waited, 50))
    out.figure("honest_p99_ms", share(waited, 99))
