"""Real messages through the running bot: as many people, so many a second; what became of each.

    python -m tests.load.replay_real DATA [--n 1000] [--people 200] [--rate 50] [--seed 1]

An agent closes each case some seconds after its brief has appeared (``--resolve-after``), so that
people are answered by the bot again afterwards, and what they write meanwhile is relayed.
Telegram's limits and the bot's own budgets are off: here the bot is measured, not the limits.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import uvloop

from . import messages
from .crowd import Agent, Crowd, Written
from .figures import percentile
from .stage import BotProcess, Stage, open_stage
from .verdict import Verdict, judge

STILL_S = 3.0
LIMIT_S = 180.0


@dataclass(frozen=True)
class Replayed:
    """The verdict, what it is about, and the seconds the bot took to be ready."""

    verdict: Verdict
    written: Sequence[Written]
    ready_s: float


async def replay(
    stage: Stage,
    bot: BotProcess,
    texts: Sequence[str],
    *,
    people: int,
    rate: float,
    resolve_after: float,
    seed: int,
    still_s: float = STILL_S,
) -> Replayed:
    """Send the texts, wait until all is quiet, judge."""
    ready_s = await bot.start()
    crowd = Crowd(stage, iter(texts), random.Random(seed), people)
    agent = Agent(stage, resolve_after)
    working = asyncio.create_task(agent.work())
    try:
        await crowd.write(rate, len(texts))
        await stage.quiet(still_s, LIMIT_S, lambda: agent.is_done)
        bot.must_live()
    finally:
        working.cancel()
        bot.kill()
    return Replayed(judge(stage, crowd.written, stage.store), crowd.written, ready_s)


def table(replayed: Replayed) -> str:
    """The run as people read it; its last line as programs do."""
    verdict = replayed.verdict
    counts = verdict.outcomes
    rows: list[tuple[str, object]] = [
        ("messages sent", verdict.sent),
        ("  answered", counts["answered"]),
        ("  clarified", counts["clarified"]),
        ("  handed over", counts["handed_over"]),
        ("  joined into another turn", counts["joined"]),
        ("  relayed to the person who holds the case", counts["relayed"]),
        ("  lost (no outcome)", verdict.lost),
        ("answered twice", verdict.doubled),
        ("out of order", verdict.disordered),
        ("not confirmed by Telegram, told to staff", verdict.told_to_staff),
    ]
    if counts["stayed_quiet"]:
        rows.insert(6, ("  stayed quiet (asked for nothing)", counts["stayed_quiet"]))
    lines = [f"{name:44s} {value:>8}" for name, value in rows]
    lines.append(f"{'the bot was ready after, seconds':44s} {replayed.ready_s:8.2f}")
    lines.append(f"\n{'age of a message, seconds':44s} {'p50':>8} {'p95':>8} {'p99':>8}")
    for name, ages in (
        ("until the first words to the customer", verdict.first_words_s),
        ("until the brief is in the staff group", verdict.brief_s),
        ("until it is relayed to the staff group", verdict.relay_s),
    ):
        lines.append(
            f"  {name:42s} " + " ".join(f"{percentile(ages, q):8.2f}" for q in (0.5, 0.95, 0.99))
        )
    return "\n".join(lines) + "\n\n" + last_line(verdict)


def last_line(verdict: Verdict) -> str:
    counts = verdict.outcomes
    p50, p95, p99 = (percentile(verdict.first_words_s, share) for share in (0.5, 0.95, 0.99))
    return (
        f"sent={verdict.sent} answered={counts['answered']} clarified={counts['clarified']} "
        f"handed_over={counts['handed_over']} joined={counts['joined']} "
        f"relayed={counts['relayed']} lost={verdict.lost} doubled={verdict.doubled} "
        f"disordered={verdict.disordered} p50_s={p50:.3f} p95_s={p95:.3f} p99_s={p99:.3f}"
    )


async def main(given: argparse.Namespace) -> int:
    texts = messages.real(given.data, given.n, given.seed)
    with tempfile.TemporaryDirectory(prefix="replay-real-") as folder:
        async with open_stage(Path(folder)) as stage:
            replayed = await replay(
                stage,
                stage.bot("--no-budget"),
                texts,
                people=given.people,
                rate=given.rate,
                resolve_after=given.resolve_after,
                seed=given.seed,
            )
    print(table(replayed), flush=True)
    return 0 if replayed.verdict.is_clean else 1


def options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tests.load.replay_real", description=__doc__)
    parser.add_argument("data", type=Path, help="the folder with the data sets")
    parser.add_argument("--n", type=int, default=1000, help="messages (1000)")
    parser.add_argument("--people", type=int, default=200, help="customers (200)")
    parser.add_argument("--rate", type=float, default=50.0, help="messages a second (50)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--resolve-after", type=float, default=5.0, help="seconds an agent takes for a case (5)"
    )
    return parser


if __name__ == "__main__":
    sys.exit(uvloop.run(main(options().parse_args())))
