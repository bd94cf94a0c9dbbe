"""One life of the bot after the other, each ended by SIGKILL: at a crash point, or at random."""

from __future__ import annotations

import asyncio
import itertools
import random
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.answers import load_knowledge
from bot.config import EXAMPLE_BRAND
from bot.crash_points import VARIABLE, Point
from tests.load import messages
from tests.load.kills import Life, kills
from tests.load.stage import BotDied, BotProcess, Stage, open_stage
from tests.load.verdict import Verdict

ANYWHERE = None
Where = Point | None

OFTEN = {
    Point.MIGRATING: 15,
    Point.RECEIVED: 4,
    Point.STORED: 4,
    Point.TAKEN_UP: 8,
    Point.READING: 4,
    Point.DECIDED: 8,
    Point.CLAIMED: 15,
    Point.SENDING: 30,
    Point.SENT: 15,
    Point.STOPPING: 6,
}
"""A bot dies at a passing between the first and this one; a migration has a hundred or so."""

RATE = 12.0
"""Messages a second, all customers together."""
QUIET_S = 0.3
"""How long these bots wait for a burst to end; the default is 1.5 s."""
EVERY = 4
DIES_WITHIN_S = 120.0
RECOVERS_WITHIN_S = 60.0
LOOK_S = 0.01


@dataclass
class Tally:
    """The deaths at one place, what was seen of them, and what was found broken besides."""

    name: str
    deaths: Counter[Where] = field(default_factory=Counter)
    verdicts: list[Verdict] = field(default_factory=list)
    recovered_s: list[float] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    @property
    def at_point(self) -> int:
        return self.deaths.total() - self.deaths[ANYWHERE]

    def add(self, other: Tally) -> None:
        self.deaths += other.deaths
        self.verdicts += other.verdicts
        self.recovered_s += other.recovered_s
        self.broken += other.broken

    def sum(self, name: str) -> int:
        """A count of the verdicts, as ``lost``."""
        return sum(getattr(verdict, name) for verdict in self.verdicts)


@dataclass
class Lives:
    """Every fourth life is left alone until a customer has heard something: see ``recovered_s``.

    A bot that does not pass its point in time is killed wherever it is.
    """

    stage: Stage
    rng: random.Random
    where: Iterator[Where]
    tally: Tally
    _number: int = 0

    async def __call__(self, bot: BotProcess) -> None:
        """Start the bot; return when it is dead. Raises `BotDied` when it fell by itself."""
        self._number += 1
        point = None if self._number % EVERY == 0 else next(self.where)
        if self._number % EVERY == 0:
            await self._recovers(bot)
        elif point is ANYWHERE:
            await bot.start()
            await asyncio.sleep(self.rng.uniform(0.0, 1.2))
        else:
            await self._passes(bot, point)
        died = bot.has_ended
        status = bot.kill()
        if status != -signal.SIGKILL or (died and point is ANYWHERE):
            raise BotDied(f"exit status {status}: {bot.end_of_log()}")
        self.tally.deaths[point if died else ANYWHERE] += 1

    async def _passes(self, bot: BotProcess, point: Point) -> None:
        """Told to die at one of the next passings."""
        bot.env[VARIABLE] = f"{point}:{self.rng.randint(1, OFTEN[point])}"
        try:
            if point is Point.STOPPING:
                await bot.start()
                await asyncio.sleep(self.rng.uniform(0.05, 0.8))
                bot.stop()
            else:
                bot.launch()
        finally:
            del bot.env[VARIABLE]
        await happens(lambda: bot.has_ended, DIES_WITHIN_S)

    async def _recovers(self, bot: BotProcess) -> None:
        at, calls = time.time(), self.stage.sandbox.calls
        before = len(calls)
        await bot.start()

        def spoken() -> bool:
            return any(
                call.done and call.method == "sendMessage" and call.params["chat_id"] > 0
                for call in itertools.islice(calls, before, None)
            )

        if await happens(spoken, RECOVERS_WITHIN_S):
            self.tally.recovered_s.append(time.time() - at)
        await asyncio.sleep(self.rng.uniform(0.0, 0.5))


async def happens(what: Callable[[], bool], within_s: float) -> bool:
    """Wait for something that only looking can tell; False: not in time."""
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        if what():
            return True
        await asyncio.sleep(LOOK_S)
    return what()


@dataclass(frozen=True, slots=True)
class Crowded:
    """What a run is like besides its kills.

    ``model``: the real one, and starts from nothing; ``webhook``: Telegram calls the bot instead
    of being asked. The agent has words of their own for customers.
    """

    people: int = 60
    model: bool = False
    webhook: bool = False
    options: Sequence[str] = ()
    rests_within_s: float = 600.0

    def bot(self, stage: Stage) -> BotProcess:
        reader = () if self.model else ("--scripted",)
        return stage.bot(
            *("--no-budget", *reader, *self.options),
            quiet_seconds=QUIET_S,
            forked=not self.model,
            webhook=self.webhook,
        )

    def texts(self, rng: random.Random) -> Iterator[str]:
        if not self.model:
            return messages.forever(messages.SCRIPTED, rng)
        knowledge = load_knowledge(EXAMPLE_BRAND)
        return messages.forever(messages.everyday(knowledge, 5000, rng.randrange(2**32)), rng)


Dying = Callable[[Stage, random.Random, Tally], Life]


def dying(*where: Where) -> Dying:
    """At these places in turn."""
    places = itertools.cycle(where)
    return lambda stage, rng, tally: Lives(stage, rng, places, tally)


async def killed(
    name: str, dying: Dying, count: int, rng: random.Random, run: Crowded | None = None
) -> Tally:
    """``count`` lives under load on one Telegram and one store; then rest, and the verdict."""
    run, tally = run or Crowded(), Tally(name)
    with tempfile.TemporaryDirectory(prefix="killed-") as folder:
        async with open_stage(Path(folder)) as stage:
            bot = run.bot(stage)
            if run.model:  # its heads are learned before anybody waits
                await bot.start()
                bot.kill()
            found = await kills(
                stage,
                bot,
                count,
                run.texts(rng),
                rng,
                people=run.people,
                rate=RATE,
                life=dying(stage, rng, tally),
                still_s=0.5,
                limit_s=run.rests_within_s,
                speaks=True,
            )
    tally.verdicts.append(found.verdict)
    tally.broken += found.verdict.wrong
    if not found.rests:
        tally.broken.append(
            f"unfinished {run.rests_within_s:g} s after the last kill: what is missing may be late"
        )
    return tally
