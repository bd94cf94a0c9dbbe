"""This bot beside a bare echo bot, in one run, alternating: speed, processor time, memory, start.

    python -m tests.load.bench [--n 1000] [--rounds 3] [--paced 400] [--seed 1] [--brief]

*Burst*: all updates wait when the bot first asks; each is another customer's, so none are read
together; messages a second until the last thing the bot does about them, briefs for staff
included. *Paced*: 20 a second (Poisson); milliseconds from "there to be fetched" until the first
words reached the customer. The echo bot gets the same messages from the same Telegram.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import uvloop

from bot.answers import load_knowledge
from bot.config import EXAMPLE_BRAND

from . import messages
from .figures import Meter, median, peak_mb, percentile, wait_idle
from .large import FIRST_CUSTOMER, PER_CASE, filled_store, knowledge_folder
from .stage import BotDied, BotProcess, Stage, open_stage

WARM_UP = 60
LIMIT_S = 180.0
STILL_S = 0.6
PACE = 20.0
FEW, MANY = 10, 1_000_000
SMALL, LARGE = 25, 500


@dataclass(frozen=True, slots=True)
class Burst:
    """``rate``: messages/s; processor ms a message, of the bot and of the sandbox; ``foreign``:
    cores that other programs kept busy meanwhile."""

    rate: float
    cpu_ms: float
    sandbox_ms: float
    foreign: float
    ready_s: float
    peak_mb: float


@dataclass(frozen=True, slots=True)
class Paced:
    """Milliseconds until the first words, and the bot's processor ms a message."""

    p50_ms: float
    p99_ms: float
    cpu_ms: float
    foreign: float


@dataclass(frozen=True)
class Bench:
    """What stays the same over all measurements."""

    folder: Path
    texts: Sequence[str]
    seed: int
    idle_limit_s: float = 0.0

    @asynccontextmanager
    async def running(
        self,
        start: Callable[[Stage], BotProcess],
        stored: int = 0,
    ) -> AsyncIterator[tuple[Stage, BotProcess, float]]:
        """A bot that is ready and warm, on a Telegram of its own; and how long it took.

        Before it starts, the machine is given some time to become idle.
        """
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            async with open_stage(Path(folder)) as stage:
                if stored:
                    await filled_store(stage.store, stored, self.texts, self.seed)
                bot = start(stage)
                await wait_idle(self.idle_limit_s)
                try:
                    ready_s = await bot.start()
                    await self._feed(stage, self.texts[:WARM_UP])
                    yield stage, bot, ready_s
                finally:
                    bot.kill()

    async def burst(
        self, start: Callable[[Stage], BotProcess], texts: Sequence[str], stored: int = 0
    ) -> Burst:
        async with self.running(start, stored) as (stage, bot, ready_s):
            meter, at = Meter(bot.pid), stage.now()
            last = await self._feed(stage, texts, stored // (2 * PER_CASE))
            spent = meter.spent()
            return Burst(
                len(texts) / (last - at),
                spent.cpu / len(texts) * 1000,
                spent.own / len(texts) * 1000,
                spent.foreign,
                ready_s,
                peak_mb(bot.pid),
            )

    async def _feed(self, stage: Stage, texts: Sequence[str], known: int = 0) -> float:
        """Everybody writes at once; returns when the last thing about it was done.

        Every second one is a customer from the store, while there are enough of them.
        """
        before = len(stage.sandbox.calls)
        for number, text in enumerate(texts):
            old = number % 2 and number // 2 < known
            person = stage.customer(id=FIRST_CUSTOMER + number // 2 if old else None)
            await person.says(text)
        if not await stage.quiet(STILL_S, LIMIT_S, lambda: _replies(stage, before) >= len(texts)):
            raise BotDied(f"{_replies(stage, before)} of {len(texts)} answered in {LIMIT_S:g} s")
        return max(call.at for call in stage.sandbox.calls[before:])

    async def paced(self, start: Callable[[Stage], BotProcess], texts: Sequence[str]) -> Paced:
        rng = random.Random(self.seed)
        async with self.running(start) as (stage, bot, _):
            there: dict[int, float] = {}
            before, meter, due = len(stage.sandbox.calls), Meter(bot.pid), time.monotonic()
            for text in texts:
                due += rng.expovariate(PACE)
                await asyncio.sleep(max(0.0, due - time.monotonic()))
                person = stage.customer()
                there[person.id] = stage.now()
                await person.says(text)
            await stage.quiet(2.0, LIMIT_S, lambda: _replies(stage, before) >= len(texts))
            spent, ages = meter.spent(), _ages(stage, before, there)
            return Paced(
                percentile(ages, 0.5) * 1000,
                percentile(ages, 0.99) * 1000,
                spent.cpu / len(texts) * 1000,
                spent.foreign,
            )


def _replies(stage: Stage, since: int) -> int:
    """To how many customers something was said since then."""
    calls = stage.sandbox.calls[since:]
    chats = {call.params["chat_id"] for call in calls if call.method == "sendMessage"}
    return sum(1 for chat in chats if chat > 0)


def _ages(stage: Stage, since: int, there: dict[int, float]) -> list[float]:
    """Seconds from a message to the first words in its chat; what has none counts as the limit."""
    first: dict[int, float] = {}
    for call in stage.sandbox.calls[since:]:
        if call.method == "sendMessage" and call.done:
            first.setdefault(call.params["chat_id"], call.at)
    return [first.get(person, at + LIMIT_S) - at for person, at in there.items()]


# ------------------------------------------------------------------------------------- the report


def echo(stage: Stage) -> BotProcess:
    return stage.process("tests.load.echo_bot")


@dataclass(frozen=True)
class Ours:
    """This bot, on its real model; heads are trained once and kept for all its starts."""

    heads: Path
    knowledge: Path = EXAMPLE_BRAND
    quiet_seconds: float = 0.0
    options: Sequence[str] = ()

    def __call__(self, stage: Stage) -> BotProcess:
        return stage.bot(
            "--no-budget",
            *self.options,
            quiet_seconds=self.quiet_seconds,
            heads=self.heads,
            knowledge=self.knowledge,
        )


HEAD = (
    f"{'':44s} {'msg/s':>8} {'cpu ms':>7} {'sandbox':>8} {'ready s':>8} {'peak MiB':>9} "
    f"{'foreign':>8}"
)


def show(name: str, burst: Burst) -> Burst:
    print(
        f"{name:44s} {burst.rate:8.1f} {burst.cpu_ms:7.2f} {burst.sandbox_ms:8.2f} "
        f"{burst.ready_s:8.2f} {burst.peak_mb:9.1f} {burst.foreign:8.2f}",
        flush=True,
    )
    return burst


def show_paced(name: str, paced: Paced) -> Paced:
    print(
        f"{name:44s} {paced.p50_ms:8.1f} {paced.p99_ms:8.1f} {paced.cpu_ms:8.2f} "
        f"{paced.foreign:8.2f}",
        flush=True,
    )
    return paced


async def side_by_side(bench: Bench, ours: Ours, n: int, rounds: int) -> tuple[list[Burst], ...]:
    """A B A B …: the machine's moods hit both."""
    print(f"\nburst of {n}, alternating\n{HEAD}")
    texts, theirs, own = bench.texts[:n], [], []
    for number in range(1, rounds + 1):
        theirs.append(
            show(f"bare python-telegram-bot echo, round {number}", await bench.burst(echo, texts))
        )
        own.append(
            show(f"this bot, {FEW} stored, round {number}", await bench.burst(ours, texts, FEW))
        )
    return theirs, own


async def at_a_pace(bench: Bench, ours: Ours, n: int) -> Paced:
    title = f"{n} at {PACE:g} a second"
    print(f"\n{title:44s} {'p50 ms':>8} {'p99 ms':>8} {'cpu ms':>8} {'foreign':>8}")
    texts = bench.texts[:n]
    show_paced("bare python-telegram-bot echo", await bench.paced(echo, texts))
    paced = show_paced("this bot, quiet_seconds = 0", await bench.paced(ours, texts))
    usual = Ours(ours.heads, ours.knowledge, 1.5, ours.options)
    show_paced("this bot, quiet_seconds = 1.5 (default)", await bench.paced(usual, texts))
    return paced


async def grown(bench: Bench, ours: Ours, n: int) -> None:
    """The same with years of messages, and with many subjects."""
    print(f"\nburst of {n}, grown\n{HEAD}")
    texts = bench.texts[:n]
    show(f"{FEW} stored messages", await bench.burst(ours, texts, FEW))
    show(f"{MANY:,} stored messages", await bench.burst(ours, texts, MANY))
    for subjects in (SMALL, LARGE):
        folder = knowledge_folder(bench.folder / f"brand-{subjects}", subjects)
        asked = messages.everyday(load_knowledge(folder), n, bench.seed)
        many = Ours(bench.folder / f"heads-{subjects}", folder, 0.0, ours.options)
        learned_s = await learn(bench, many)
        show(f"{subjects} subjects (learned in {learned_s:.0f} s)", await bench.burst(many, asked))


async def learn(bench: Bench, ours: Ours) -> float:
    """Start once, so that the heads are there; seconds until the bot was ready."""
    async with bench.running(ours) as (_, _, ready_s):
        return ready_s


async def main(given: argparse.Namespace) -> int:
    load = os.getloadavg()[0]
    print(f"{os.cpu_count()} cores, load {load:.2f}, Python {sys.version.split()[0]}")
    shares = ", ".join(f"{share:.0%} {kind}" for kind, share in messages.SHARES.items())
    print(f"messages: {shares}; examples of the example brand with words changed")
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        n = max(given.n, given.paced, WARM_UP)
        texts = messages.everyday(load_knowledge(EXAMPLE_BRAND), n, given.seed)
        bench = Bench(folder, texts, given.seed, given.idle_limit)
        ours = Ours(folder / "heads", options=("--scripted",) if given.scripted else ())
        print(f"first start, heads learned: {await learn(bench, ours):.1f} s", flush=True)
        theirs, own = await side_by_side(bench, ours, given.n, given.rounds)
        paced = await at_a_pace(bench, ours, given.paced)
        if not given.brief:
            await grown(bench, ours, given.n)
    print(f"\n{last_line(theirs, own, paced)}", flush=True)
    return 0


def last_line(theirs: Sequence[Burst], own: Sequence[Burst], paced: Paced) -> str:
    rate = median([b.rate for b in own]) / median([b.rate for b in theirs])
    cpu = median([b.cpu_ms for b in own]) / median([b.cpu_ms for b in theirs])
    ready = median([b.ready_s for b in own])
    return (
        f"vs_echo={rate:.2f} cpu_vs_echo={cpu:.2f} p99_ms={paced.p99_ms:.1f} "
        f"rss_mb={max(b.peak_mb for b in own):.0f} ready_s={ready:.2f}"
    )


def options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tests.load.bench", description=__doc__)
    parser.add_argument("--n", type=int, default=1000, help="messages in a burst (1000)")
    parser.add_argument("--rounds", type=int, default=3, help="how often each (3)")
    parser.add_argument("--paced", type=int, default=400, help="messages at 20 a second (400)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--idle-limit", type=float, default=30.0, help="seconds to wait for an idle machine (30)"
    )
    parser.add_argument("--brief", action="store_true", help="without the grown store and brand")
    parser.add_argument("--scripted", action="store_true", help="a reader that costs nothing")
    return parser


if __name__ == "__main__":
    sys.exit(uvloop.run(main(options().parse_args())))
