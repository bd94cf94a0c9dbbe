"""A surge in virtual time: how old is an angry case when staff first see it, and when answered?

300 people write within 20 minutes, 120 of them angry. Telegram on loopback has its limits on; bot,
budget, Telegram and the four agents share one clock that moves only when all have nothing left to
do. An agent handles one case in three minutes, the most pressing they can see. The same crowd
meets the bot twice: as it is, and with every case its own topic and brief, first come first
served. What is judged is what Telegram saw, not what the bot believes.

Time is virtual, so nothing may wait for the real one: the database lies in memory where there is
such a place, and its writes are done in line instead of by a thread of their own.

    python -m tests.load.surge [--seed 7] [--people 300] [--angry 120] [--minutes 20]
                               [--only-joined]
"""

from __future__ import annotations

import argparse
import asyncio
import heapq
import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

from bot import app as program
from bot.budget import Budget
from bot.clock import VirtualClock
from bot.config import AnswerSettings, Settings, StaffSettings, StoreSettings
from bot.conversation import Policy
from bot.desk.desk_words import words
from bot.reader import Brain
from bot.sandbox import CannotDo, Chat, Message, Person, Sandbox
from bot.store import commits, errands, fairness
from bot.store.engine import Store, T, Work
from bot.store.records import Records
from tests.shop import Shop, open_shop

from .figures import percentile
from .uproar import ANGRY, Arrival, Reader, arrivals

AGENTS = ("Noémie", "Olivier", "Sylvie", "Yasmine")
REPLIES = {True: "Hello, I am looking into it.", False: "Bonjour, je m'en occupe."}
"""What agents write, to those who wrote in English and to the others."""
HANDLING_S = 180.0
LOOK_S = 5.0
"""So often an agent with nothing to do looks at the screen again."""
LONGEST_S = 6 * 3600.0
CLAIM, RESOLVE, RELEASE = (words("fr", act) for act in ("claim", "resolve", "release"))


@dataclass
class Agent:
    """Handles one case at a time: claims, answers after a while, closes."""

    person: Person
    case: int | None = None
    since: float = 0.0
    answered: bool = False
    in_vain: set[tuple[int, int]] = field(default_factory=set)
    """``(case, message)`` of buttons that claimed nothing: somebody was faster, or it is over."""


@dataclass
class Fate:
    """What became of one person; times are seconds after their first words. None: never."""

    angry: bool
    wrote: float
    case: int | None = None
    seen: float | None = None
    answered: float | None = None
    by_bot: bool = False


@dataclass
class Surge:
    """One run. ``restart_at``: the bot is killed so many seconds after the beginning."""

    folder: Path
    crowd: list[Arrival]
    join_from: int = StaffSettings().join_from
    restart_at: float | None = None
    clock: VirtualClock = field(default_factory=VirtualClock)

    async def run(self) -> list[Fate]:
        async with Sandbox(clock=self.clock.now) as sandbox, AsyncExitStack() as stack:
            sandbox.limits.enabled = True
            self.sandbox = sandbox
            self.people = [
                sandbox.add_person(f"Client {n}", language_code="fr")
                for n in range(1 + max(one.person for one in self.crowd))
            ]
            self.agents = [Agent(sandbox.add_person(name)) for name in AGENTS]
            lead = sandbox.add_person("Thomas")
            await lead.starts()
            members = {agent.person.id: "member" for agent in self.agents} | {lead.id: "member"}
            self.staff = sandbox.add_group("Équipe", forum=True, members=members)
            self.settings = replace(
                Settings(),
                answers=AnswerSettings(reopen_within_hours=0.0),
                staff=StaffSettings(
                    self.staff.id,
                    tuple(agent.person.id for agent in self.agents),
                    (lead.id,),
                    self.join_from,
                ),
                store=StoreSettings(self.folder / "surge.sqlite3"),
            )
            self._stack = stack
            self.shop = await self._open()
            await self._play()
            return fates(self.shop, self.crowd, self.people, self.start)

    async def _open(self) -> Shop:
        reader = Reader()
        opened = open_shop(
            self.folder,
            sandbox=self.sandbox,
            settings=self.settings,
            clock=self.clock,
            limits=Budget(),
            brain=Brain(reader, Policy(reply_at=0.9, answerable=answerable())),
        )
        return await self._stack.enter_async_context(opened)

    # ------------------------------------------------------------------------ time passes

    async def _play(self) -> None:
        self.start = self.clock.now()
        todo = [(self.start + one.at, number) for number, one in enumerate(self.crowd)]
        heapq.heapify(todo)
        restart = None if self.restart_at is None else self.start + self.restart_at
        look = self.start
        while self.clock.now() < self.start + LONGEST_S:
            moment = min([look, *([todo[0][0]] if todo else []), *([restart] if restart else [])])
            await self._until(moment)
            if restart is not None and moment >= restart:
                restart = None
                await self.shop.dies()
                self.shop = await self._open()
            while todo and todo[0][0] <= moment:
                one = self.crowd[heapq.heappop(todo)[1]]
                await self.people[one.person].says(one.said.text)
            if moment >= look:
                await self._agents_work()
                look = moment + LOOK_S
            if not todo and await self._is_over():
                return

    async def _until(self, moment: float) -> None:
        """Let everything happen that is due by then, in order."""
        await self._settle()
        while (wake := self.clock.next_wake()) is not None and wake <= moment:
            self.clock.advance(wake)
            await self._settle()
        self.clock.advance(moment)
        await self._settle()

    async def _settle(self) -> None:
        """Nothing is left to do at this moment: neither on the way to the bot nor inside it."""
        while True:
            await self.shop.app.settle()
            if not len(self.sandbox.world.updates):
                return
            await asyncio.sleep(0.001)

    async def _is_over(self) -> bool:
        if any(agent.case is not None for agent in self.agents):
            return False
        waiting = await self.shop.app.store.read(lambda records: records.waiting_cases())
        return not waiting and not self.shop.app.responder.awake.working

    # ------------------------------------------------------------------------ agents at work

    async def _agents_work(self) -> None:
        for agent in self.agents:
            if agent.case is None:
                await self._claims(agent)
            elif self.clock.now() >= agent.since + HANDLING_S:
                await self._handles(agent)

    async def _claims(self, agent: Agent) -> None:
        held = {other.case for other in self.agents}
        buttons = (c for c in claimable(self.staff) if c[1] not in held)
        choice = min((c for c in buttons if (c[1], c[2]) not in agent.in_vain), default=None)
        if choice is None:
            return
        _, case, number, message, label = choice
        await agent.person.presses(message, label)
        await self._settle()
        theirs = await self.shop.app.store.read(lambda records: records.case(case))
        if theirs is None or theirs.owner_id != agent.person.id or theirs.closed_at is not None:
            agent.in_vain.add((case, number))  # until the alarm is drawn again
            return
        agent.case, agent.since, agent.answered = case, self.clock.now(), False

    async def _handles(self, agent: Agent) -> None:
        """Their three minutes are over: answer and close, once the topic is there."""
        brief = brief_of(self.staff, agent.case or 0)
        if brief is None:
            return
        if not agent.answered:
            text = REPLIES["écrit en anglais" in (brief.text or "")]
            await agent.person.says(text, chat=self.staff, thread=brief.thread)
            agent.answered = True
            await self._settle()
        try:
            await agent.person.presses(brief, RESOLVE)
        except CannotDo:
            return  # the brief is not up to date yet: look again
        agent.case = None
        await self._settle()


class InLine(Store):
    """A store whose writes are done at once: the same transactions, without a thread in between."""

    async def write(self, work: Work[T]) -> T:
        assert self._writer is not None
        job = commits.Job(work, asyncio.get_running_loop().create_future())
        commits.commit(self._writer, Records(self._writer), [job])
        if job.error is not None:
            raise job.error
        result: T = job.result
        return result


def claimable(staff: Chat) -> Iterator[tuple[int, int, int, Message, str]]:
    """(how pressing, case, message, ..) of each button in the group that claims a case."""
    for message in staff.visible():
        text = message.text or ""
        for label in message.buttons:
            number = re.search(r"nº (\d+)", label) if CLAIM.split()[0] in label else None
            case = _case(text) if label == CLAIM else int(number[1]) if number else None
            if case is not None:
                line = next((one for one in text.split("\n") if f"#{case} " in one), "")
                yield (
                    0 if "🔴" in line else 1 if "🟠" in line else 2,
                    case,
                    message.id,
                    message,
                    label,
                )


def brief_of(staff: Chat, case: int) -> Message | None:
    """The brief in the topic of a case that somebody holds."""
    found = None
    for message in staff.visible():
        if message.thread and _case(message.text or "") == case and RELEASE in message.buttons:
            found = message
    return found


def _case(text: str) -> int | None:
    found = re.search(r"#(\d+) ", text.partition("\n")[0])
    return int(found[1]) if found else None


def answerable() -> frozenset[str]:
    from bot.answers import load_knowledge
    from bot.config import EXAMPLE_BRAND

    return frozenset(load_knowledge(EXAMPLE_BRAND).subjects)


# ------------------------------------------------------------------------------ the verdict


def fates(shop: Shop, crowd: list[Arrival], people: list[Person], start: float) -> list[Fate]:
    """What Telegram saw of each person: their number among staff, an answer to them."""
    first: dict[int, Arrival] = {}
    for one in crowd:
        first.setdefault(one.person, one)
    rows = shop.rows("SELECT customer_id, min(id) FROM cases GROUP BY customer_id")
    by_person = {row[0]: row[1] for row in rows}
    found = []
    for number, one in sorted(first.items()):
        case = by_person.get(people[number].id)
        assert case is None or isinstance(case, int)
        found.append(Fate(one.said in ANGRY, start + one.at, case))
    by_case = {fate.case: fate for fate in found}
    answers = {person.id: fate for person, fate in zip(people, found, strict=True)}
    for call in shop.sandbox.calls_of("sendMessage"):
        chat = int(call.params["chat_id"])
        if chat < 0:
            for case in re.findall(r"#(\d+) ", str(call.params["text"])):
                fate = by_case.get(int(case))
                if fate is not None and fate.seen is None:
                    fate.seen = call.at - fate.wrote
        elif call.params["text"] in REPLIES.values() and answers[chat].answered is None:
            answers[chat].answered = call.at - answers[chat].wrote
    for fate in found:
        fate.by_bot = fate.seen is None and fate.answered is None and not fate.angry
    return found


def overtaken(all_fates: list[Fate]) -> int:
    """Angry people whom staff saw after somebody calm who had come later."""
    calm = [f for f in all_fates if not f.angry and f.seen is not None]
    angry = [f for f in all_fates if f.angry and f.seen is not None]
    return sum(
        any(c.wrote > a.wrote and c.wrote + (c.seen or 0) < a.wrote + (a.seen or 0) for c in calm)
        for a in angry
    )


def verdict(all_fates: list[Fate]) -> str:
    """One line: ages of the angry in seconds, and who was lost."""
    angry = [fate for fate in all_fates if fate.angry]
    seen = [fate.seen for fate in angry if fate.seen is not None]
    answered = [fate.answered for fate in angry if fate.answered is not None]
    lost = sum(fate.seen is None or fate.answered is None for fate in angry)
    lost += sum(not f.angry and not f.by_bot and f.answered is None for f in all_fates)
    ages = [f"seen_p{p}_s={percentile(seen, p / 100):.0f}" for p in (50, 95, 99)]
    replies = [f"answered_p{p}_s={percentile(answered, p / 100):.0f}" for p in (95,)]
    return " ".join((*ages, *replies, f"lost={lost}"))


@contextmanager
def first_come_first_served() -> Iterator[None]:
    """The outbox without its order by priority and by share."""
    errands.TURN = ":now"  # type: ignore[attr-defined]
    try:
        yield
    finally:
        errands.TURN = fairness.TURN  # type: ignore[attr-defined]


@contextmanager
def in_line() -> Iterator[Path]:
    """A folder for one run, in memory if there is such a place, and stores that write in line."""
    memory = Path("/dev/shm")
    where = memory if memory.is_dir() else None
    with (
        patch.object(program, "Store", InLine),
        tempfile.TemporaryDirectory(prefix="surge-", dir=where) as folder,
    ):
        yield Path(folder)


def told(crowd: list[Arrival], what: str, **how: Any) -> str:
    """Live through one surge and print what became of people; returns the line of figures."""
    began = time.monotonic()
    with in_line() as folder:
        found = asyncio.run(Surge(folder, crowd, **how).run())
    line = verdict(found)
    spent = f"({time.monotonic() - began:.0f} s for {len(found)} people)"
    print(f"{what}: overtaken={overtaken(found)} {line} {spent}", flush=True)
    return line


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    for name, value in (("seed", 7), ("people", 300), ("angry", 120), ("minutes", 20)):
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--only-joined", action="store_true", help="leave out the comparisons")
    given = parser.parse_args()
    seconds = given.minutes * 60.0
    crowd = arrivals(given.people, given.angry, seconds, given.seed)
    if not given.only_joined:
        with first_come_first_served():
            told(crowd, "topics only", join_from=0)
        told(crowd, "as it is, killed in the middle", restart_at=seconds / 2)
    print(told(crowd, "as it is"))


if __name__ == "__main__":
    main()
