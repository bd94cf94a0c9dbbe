"""One customer floods the bot while others write as ever: in virtual time, Telegram's limits on."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path

from bot.budget import Budget
from bot.clock import VirtualClock
from bot.config import AnswerSettings
from bot.sandbox import Person
from tests.shop import Shop, open_shop
from tests.virtual import Day, at

from .ages import Ages, Written, judge

BEGINS = "2026-12-21 09:00"
KNOWN, UNKNOWN, ANGRY = "vous êtes ouvert le dimanche?", "mon chien a mangé la tente", "grr enfin!"
KINDS, SHARES = (KNOWN, UNKNOWN, ANGRY), (85, 10, 5)
AGAIN = "et puis autre chose"
AGAIN_S = 60
"""So long after their first words people write once more whose case is with staff."""
LATER_S = 300.0
"""So long after the last words it is seen what became of them."""

Act = tuple[int, int, str]
"""Which second, which person, what they write."""


@dataclass(frozen=True)
class Flood:
    """``people`` write within ``seconds``; the flooder ``messages``, evenly, in the same time."""

    people: int
    messages: int
    seconds: int
    seed: int

    def acts(self) -> list[Act]:
        """The same whether there is a flooder or not."""
        rng = random.Random(self.seed)
        found: list[Act] = []
        for person in range(self.people):
            second = rng.randrange(5, self.seconds)
            text = rng.choices(KINDS, SHARES)[0]
            found.append((second, person, text))
            if text != KNOWN:
                found.append((second + AGAIN_S, person, AGAIN))
        return sorted(found)


@dataclass
class Flooded:
    ages: Ages = field(default_factory=Ages)
    left: int = 0
    """The flooder's words that still wait to be carried to staff."""

    def add(self, other: Flooded) -> None:
        """Another day's ages are of the same sample."""
        for kind in fields(Ages):
            setattr(
                self.ages, kind.name, getattr(self.ages, kind.name) + getattr(other.ages, kind.name)
            )
        self.left += other.left


async def live(flood: Flood, folder: Path) -> Flooded:
    """One run; the flooder's case is with staff from the first words on."""
    clock, written = VirtualClock(at(BEGINS)), list[Written]()
    async with open_shop(
        folder, clock=clock, time_there=clock.now, limits=Budget(), answers=AnswerSettings()
    ) as shop:
        shop.sandbox.limits.enabled = True
        day, begins = Day(shop, clock), clock.now()
        people = [shop.customer(f"Client {n}") for n in range(flood.people)]
        flooder = shop.customer("Flo")
        acts = flood.acts()
        todo = iter(acts)
        act = next(todo, None)
        floods = _each_second(flood)
        for second in range(flood.seconds + AGAIN_S):
            await day.until(begins + second)
            for _ in range(next(floods, 0)):
                await flooder.says(UNKNOWN)
            while act is not None and act[0] <= second:
                written.append(await _says(people[act[1]], act[2], clock.now()))
                act = next(todo, None)
        await day.until(clock.now() + LATER_S)
        return await _found(shop, flooder, written)


def _each_second(flood: Flood) -> Iterator[int]:
    """How many the flooder writes in each second."""
    for second in range(flood.seconds):
        yield (
            second + 1
        ) * flood.messages // flood.seconds - second * flood.messages // flood.seconds


async def _says(person: Person, text: str, now: float) -> Written:
    message = await person.says(text)
    return Written(person.id, message.id, now, text == ANGRY)


async def _found(shop: Shop, flooder: Person, written: Sequence[Written]) -> Flooded:
    rows = shop.rows("SELECT customer_id, min(id) FROM cases GROUP BY customer_id")
    cases = {int(str(person)): int(str(case)) for person, case in rows}
    found = Flooded(judge(Ages(), shop.sandbox, shop.staff, written, cases))
    waits = "SELECT count(*) FROM outbox WHERE state = 'new' AND case_id = ?"
    found.left = int(str(shop.rows(waits, cases.get(flooder.id))[0][0]))
    return found
