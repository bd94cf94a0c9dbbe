"""kill -9 at random moments under load, restart each time; then: was anything lost or said twice?

    python -m tests.load.kills [--kills 100] [--seed 1] [--scripted] [--sabotage WHICH]

Telegram keeps what the bot had not confirmed. After every restart it also delivers some updates
a second time, as Telegram does now and then; an update is one update, however often it comes.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import random
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import uvloop

from bot.answers import load_knowledge
from bot.config import EXAMPLE_BRAND

from . import messages
from .crowd import Agent, Crowd
from .evidence import is_settled, unanswered
from .figures import median
from .sabotage import SABOTAGE
from .stage import BotProcess, Stage, open_stage
from .verdict import Verdict, judge

LIVES_S = (0.05, 3.0)
"""How long a bot lives after it began to ask for updates, in seconds: evenly between these."""
AGAIN = 3
"""Updates that Telegram delivers a second time after a restart."""
LATELY = 100
"""They are among so many that were fetched last."""
STAYS = 5
"""Messages a customer writes; then somebody else comes, so that the bot always has news to tell."""
STILL_S = 4.0
MOST_WAITING = 100
"""Messages; a bot that dies all the time on a busy machine would otherwise never catch up."""
AHEAD_S = 5.0
"""What was put off by less is waited for."""
LIMIT_S = 240.0


Life = Callable[[BotProcess], Awaitable[None]]
"""Starts the bot and returns when it is dead."""


def for_a_while(rng: random.Random, lives_s: tuple[float, float]) -> Life:
    """Killed at a random moment, evenly between so many seconds after it asked for updates."""

    async def life(bot: BotProcess) -> None:
        await bot.start()
        await asyncio.sleep(rng.uniform(*lives_s))
        bot.kill()

    return life


@dataclass
class Run:
    """The verdict, and the seconds from each restart to the first words to a customer."""

    kills: int
    verdict: Verdict
    restart_to_reply_s: list[float] = field(default_factory=list)
    rests: bool = True
    """The bot got everything done in the time it had."""


async def kills(
    stage: Stage,
    bot: BotProcess,
    count: int,
    texts: Iterator[str],
    rng: random.Random,
    *,
    people: int = 200,
    rate: float = 50.0,
    life: Life | None = None,
    still_s: float = STILL_S,
    limit_s: float = LIMIT_S,
    speaks: bool = False,
) -> Run:
    """Load, ``count`` kills, rest (``limit_s`` at the longest), verdict; see `Agent.speaks`."""
    life = life or for_a_while(rng, LIVES_S)

    def has_room() -> bool:
        return len(stage.sandbox.world.updates) + unanswered(stage.store) < MOST_WAITING

    crowd = Crowd(stage, texts, rng, people, STAYS, has_room)
    agent = Agent(stage, after_s=1.0, speaks=speaks)
    starts: list[tuple[float, int]] = []
    try:
        async with _at_work(crowd, agent, rate):
            for number in range(count):
                await life(bot)
                starts.append((time.time(), len(stage.sandbox.calls)))
                _deliver_again(stage, rng)
                _show(number + 1, count)
            if bot.has_ended:
                await bot.start()
        async with _at_work(None, agent, rate):

            def nothing_is_left() -> bool:
                return agent.is_done and is_settled(stage.store, time.time() + AHEAD_S)

            rests = await stage.quiet(still_s, limit_s, nothing_is_left)
            bot.must_live()
    finally:
        bot.kill()
    verdict = judge(stage, crowd.written, stage.store, agent.spoken)
    return Run(count, verdict, list(_first_replies(stage, starts)), rests)


@contextlib.asynccontextmanager
async def _at_work(crowd: Crowd | None, agent: Agent, rate: float) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(agent.work())]
    if crowd is not None:
        tasks.append(asyncio.create_task(crowd.write(rate)))
    try:
        yield
        for task in tasks:
            if task.done():
                task.result()  # it ends only by an error
    finally:
        for task in tasks:
            task.cancel()


def _deliver_again(stage: Stage, rng: random.Random) -> None:
    """Only what was confirmed: the rest comes by itself, and before what was written later."""
    fetched = [json.loads(body) for body in stage.polls.fetched[-LATELY:]]
    pending = {json.loads(one.body)["update_id"] for one in stage.sandbox.world.updates.pending()}
    done = [update for update in fetched if update["update_id"] not in pending]
    for update in rng.sample(done, min(AGAIN, len(done))):
        stage.sandbox.feed(update)


def _first_replies(stage: Stage, starts: list[tuple[float, int]]) -> Iterator[float]:
    """Seconds from each restart to the next words to a customer, if that run got so far."""
    calls = stage.sandbox.calls
    ends = [first for _, first in starts[1:]] + [len(calls)]
    for (at, first), end in zip(starts, ends, strict=True):
        for call in calls[first:end]:
            if call.method == "sendMessage" and call.params["chat_id"] > 0 and call.at > at:
                yield call.at - at
                break


def _show(number: int, count: int) -> None:
    if sys.stderr.isatty() or number % 10 == 0:
        print(f"\r{number} of {count} kills", end="", file=sys.stderr, flush=True)


def table(run: Run) -> str:
    """The run as people read it; its last line as programs do."""
    verdict, counts = run.verdict, run.verdict.outcomes
    rows = (
        ("kill -9, each followed by a restart", run.kills),
        ("messages sent meanwhile", verdict.sent),
        ("  answered, clarified", counts["answered"] + counts["clarified"]),
        ("  handed over, relayed", counts["handed_over"] + counts["relayed"]),
        ("  joined into another turn", counts["joined"]),
        ("words of staff to customers", verdict.words),
        ("lost (no outcome)", verdict.lost),
        ("answered twice", verdict.doubled),
        ("out of order", verdict.disordered),
        ("effects with an unknown outcome", verdict.uncertain),
        ("  of these told to staff", verdict.told_to_staff),
        ("topics with an unknown outcome (General is used)", verdict.uncertain_topics),
        ("repeated to staff (at least once is the promise)", verdict.repeated_to_staff),
    )
    lines = [f"{name:52s} {value:>8}" for name, value in rows]
    lines += verdict.wrong
    reply = median(run.restart_to_reply_s)
    lines.append(f"{'restart to first words to a customer, p50 seconds':52s} {reply:8.2f}")
    last = (
        f"kills={run.kills} lost={verdict.lost} doubled={verdict.doubled} "
        f"disordered={verdict.disordered} uncertain={verdict.uncertain} "
        f"told_to_staff={verdict.told_to_staff} restart_to_reply_p50_s={reply:.3f}"
    )
    return "\n".join(lines) + "\n\n" + last


async def main(given: argparse.Namespace) -> int:
    rng = random.Random(given.seed)
    everyday = messages.everyday(load_knowledge(EXAMPLE_BRAND), 5000, given.seed)
    texts = messages.forever(messages.SCRIPTED if given.scripted else everyday, rng)
    options = ["--no-budget"]
    options += ["--scripted"] if given.scripted else []
    options += ["--sabotage", given.sabotage] if given.sabotage else []
    with tempfile.TemporaryDirectory(prefix="kills-") as folder:
        async with open_stage(Path(folder)) as stage:
            run = await kills(
                stage,
                stage.bot(*options),
                given.kills,
                texts,
                rng,
                people=given.people,
                rate=given.rate,
            )
            print(f"\n{table(run)}", flush=True)
            if run.verdict.is_clean and run.rests:
                return 0
            print(f"kept: {_keep(stage, given.seed)}", file=sys.stderr)
    return 1


def _keep(stage: Stage, seed: int) -> Path:
    """For somebody who looks into it: the store, the log, and both sides of what was said."""
    place = Path(tempfile.mkdtemp(prefix=f"kills-{seed}-"))
    for file in stage.folder.glob(f"{stage.store.name}*"):
        shutil.copy(file, place)
    shutil.copy(stage.folder / "bot.log", place)
    calls = (
        json.dumps([call.number, call.at, call.done, call.method, call.params], default=str)
        for call in stage.sandbox.calls
    )
    (place / "calls.jsonl").write_text("\n".join(calls))
    (place / "updates.jsonl").write_bytes(b"\n".join(stage.polls.fetched))
    return place


def options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tests.load.kills", description=__doc__)
    parser.add_argument("--kills", type=int, default=100, help="how often (100)")
    parser.add_argument("--people", type=int, default=200, help="customers at any time (200)")
    parser.add_argument("--rate", type=float, default=50.0, help="messages a second (50)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--scripted", action="store_true", help="a reader that costs nothing")
    parser.add_argument("--sabotage", choices=sorted(SABOTAGE), help="break a promise: must go red")
    return parser


if __name__ == "__main__":
    sys.exit(uvloop.run(main(options().parse_args())))
