"""People who write to the bot at a given rate, and an agent who closes what reaches staff."""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from bot.desk.desk_words import words
from bot.sandbox import CannotDo, Message, Person

from .stage import Stage

RESOLVE = words("fr", "resolve")
WORDS = "Je regarde ça pour vous."


@dataclass(frozen=True, slots=True)
class Written:
    """One message a customer wrote: who, which, and when it was there for the bot to fetch."""

    person: int
    message_id: int
    at: float


@dataclass
class Crowd:
    """``size`` customers at any time. Who has written ``stays`` messages leaves for somebody new;
    0: nobody leaves. ``written`` is what the run is judged by; nobody writes without ``has_room``.
    """

    stage: Stage
    texts: Iterator[str]
    rng: random.Random
    size: int
    stays: int = 0
    has_room: Callable[[], bool] = lambda: True
    written: list[Written] = field(default_factory=list)
    _people: list[tuple[Person, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._people = [(self.stage.customer(), 0) for _ in range(self.size)]

    async def write(self, rate: float, count: int | None = None) -> None:
        """``count`` messages (None: until cancelled) at ``rate`` a second (Poisson), by anybody.

        Late arrivals are made up for, so the rate holds while this process is busy.
        """
        due = time.monotonic()
        for _ in itertools.repeat(None) if count is None else range(count):
            due += self.rng.expovariate(rate)
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            if self.has_room():
                await self.write_one()

    async def write_one(self) -> None:
        number = self.rng.randrange(self.size)
        person, wrote = self._people[number]
        message = await person.says(next(self.texts))
        self.written.append(Written(person.id, message.id, self.stage.now()))
        wrote += 1
        if self.stays and wrote >= self.stays:
            person, wrote = self.stage.customer(), 0
        self._people[number] = (person, wrote)


@dataclass
class Agent:
    """Presses "resolved" under each brief some seconds after it has appeared.

    ``speaks``: to every second customer words of their own first, and waits as long again.
    """

    stage: Stage
    after_s: float
    speaks: bool = False
    resolved: int = 0
    spoken: list[int] = field(default_factory=list)
    """The numbers of their own words in the group."""
    _seen: int = 0
    _briefs: int = 0
    _todo: list[tuple[float, Message, bool]] = field(default_factory=list)

    @property
    def is_done(self) -> bool:
        """No brief waits to be resolved."""
        self._look()
        return not self._todo

    async def work(self) -> None:
        """Until cancelled."""
        while True:
            self._look()
            now = time.monotonic()
            while self._todo and self._todo[0][0] <= now:
                _, brief, first = self._todo.pop(0)
                if first:
                    await self._speak(brief)
                    self._todo.append((now + self.after_s, brief, False))
                    continue
                try:
                    await self.stage.agent.presses(brief, RESOLVE)
                    self.resolved += 1
                except CannotDo:
                    pass  # the case has moved on, and its buttons with it
            await asyncio.sleep(0.1)

    async def _speak(self, brief: Message) -> None:
        words = f"{WORDS} ({len(self.spoken)})"  # each is known by what it says
        said = await self.stage.agent.says(words, chat=self.stage.staff, thread=brief.thread)
        self.spoken.append(said.id)

    def _look(self) -> None:
        """New briefs: messages with the button that resolves."""
        messages = list(self.stage.staff.messages.values())
        for message in messages[self._seen :]:
            if RESOLVE in message.buttons:
                self._briefs += 1
                first = self.speaks and message.thread is not None and self._briefs % 2 == 0
                self._todo.append((time.monotonic() + self.after_s, message, first))
        self._seen = len(messages)
