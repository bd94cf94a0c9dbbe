"""Whatever befalls the model, every turn reaches a person and none is answered by guess: its files
missing, cut short or altered, no memory to load it or to read, an error, a panic, a model that
hangs or takes ten seconds for everything. First words come within 2 s, staff are told why, and the
bot answers by itself again as soon as the model does.
"""

from __future__ import annotations

import asyncio
import json
import math
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from bot.answers import load_knowledge
from bot.clock import VirtualClock
from bot.config import EXAMPLE_BRAND, AnswerSettings, BrandSettings, Settings
from bot.conversation import Policy, Reading
from bot.model import brain, encoder, general
from bot.promises.hours import Hours
from bot.reader import Brain
from bot.respond import Responder
from bot.sandbox import Call, Person
from bot.sandbox.nouns import as_read

from ..reader import ScriptedReader
from ..shop import Shop, open_shop, reader_of_the_shop
from ..virtual import MONDAY, TORONTO, at
from . import Report, Scale

FIRST_WORDS_S = 2.0
KNOWN = "vous êtes ouvert le dimanche?"
"""What the model, while it works, answers by itself."""
FILES = (*encoder.FILES, "manifest.json", general.WEIGHTS, general.META)


@dataclass
class Told:
    """What became of the turns that were written while the fault lasted."""

    fault: str
    turns: int = 0
    reached_people: int = 0
    answered: int = 0
    slowest_s: float = 0.0
    brief_says_why: int = 0
    answers_afterwards: str = "-"
    named: str = ""

    def row(self) -> tuple[str | int | float, ...]:
        share = 100.0 * self.reached_people / max(1, self.turns)
        slowest = round(self.slowest_s, 2)
        told = (self.answered, self.brief_says_why, slowest, self.answers_afterwards, self.named)
        return (self.fault, self.turns, round(share, 1), *told)


HEAD = (
    "fault",
    "turns",
    "reached people, %",
    "answered by the bot",
    "briefs that say why",
    "slowest first words, s",
    "answers afterwards",
    "what the log or the brief names",
)


# ------------------------------------------------------------------------ files, and memory


Spoil = Callable[[Path, random.Random], None]


def missing(file: Path, _: random.Random) -> None:
    file.unlink()


def cut_short(file: Path, dice: random.Random) -> None:
    whole = file.read_bytes()
    file.write_bytes(whole[: dice.randrange(len(whole))])


def one_bit_flipped(file: Path, dice: random.Random) -> None:
    whole = bytearray(file.read_bytes())
    whole[dice.randrange(len(whole))] ^= 1 << dice.randrange(8)
    file.write_bytes(whole)


SPOILT: tuple[Spoil, ...] = (missing, cut_short, one_bit_flipped)


def a_copy_of_the_model(folder: Path) -> Path:
    """Links to the real files; whoever spoils one makes it a file of its own first."""
    folder.mkdir()
    for name in FILES:
        (folder / name).symlink_to(brain.MODELS / name)
    return folder


def loaded_from(models: Path, heads: Path) -> Brain:
    """What the program would start with, were this folder its model."""
    settings = replace(Settings(), brand=BrandSettings(heads=heads))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(brain, "MODELS", models)
        return brain.load(settings, load_knowledge(EXAMPLE_BRAND), lambda *_: None)


def spoilt_brain(name: str, spoil: Spoil, seed: int) -> Brain:
    """The brain that is loaded when one of the real files has been spoilt."""
    with tempfile.TemporaryDirectory() as folder:
        models = a_copy_of_the_model(Path(folder) / "models")
        content = (models / name).read_bytes()
        (models / name).unlink()
        (models / name).write_bytes(content)
        spoil(models / name, random.Random(seed))
        return loaded_from(models, Path(folder) / "heads")


# ---------------------------------------------------------------------- faults while it runs


class Panic(BaseException):
    """As a library in Rust ends when it meets what it never expected."""


BREAKS: tuple[BaseException, ...] = (
    MemoryError(),
    RuntimeError("DefaultCPUAllocator: can't allocate memory"),
    OSError(5, "Input/output error"),
    Panic("index out of bounds"),
)


class SlowReader(ScriptedReader):
    """Understands the shop's words, and takes ``seconds`` of the clock for each pass."""

    def __init__(self, clock: VirtualClock) -> None:
        super().__init__()
        self.subjects = reader_of_the_shop().subjects
        self.seconds = self.began = 0.0
        self._clock = clock

    @property
    def ends(self) -> float:
        """When the pass that began last has come, or will come, to its end."""
        return self.began + self.seconds

    def read(self, texts: Sequence[str]) -> list[Reading]:
        self.began = self._clock.now()
        while self._clock.now() < self.ends:
            time.sleep(0.0005)
        return super().read(texts)


@dataclass
class Trial:
    """A shop in virtual time that goes on while its model does not come back."""

    shop: Shop
    clock: VirtualClock
    reader: SlowReader
    waiting: int = 0
    """Turns that wait for the model."""

    async def passes(self, seconds: float) -> None:
        """Let everything happen that is due by then, in order."""
        moment = self.clock.now() + seconds
        await self._rest()
        while (wake := self._next()) <= moment:
            self.clock.advance(wake)
            await self._rest()
        self.clock.advance(moment)
        await self._rest()

    async def writes(self, told: Told, text: str = KNOWN) -> Person:
        """Somebody new writes; whatever they and staff get within three seconds is noted."""
        person, began = self.shop.customer(), self.clock.now()
        await person.says(text)
        await self.passes(3.0)
        said = [c for c in self.shop.sandbox.calls_of("sendMessage") if _to(c, person)]
        answer = self.shop.answer_to("store-hours", "fr").strip()
        shown = "SELECT 1 FROM cases WHERE customer_id = ? AND state = 'waiting' AND card_id > 0"
        told.turns += 1
        told.reached_people += bool(self.shop.rows(shown, person.id))
        told.answered += any(answer in as_read(call.params["text"]) for call in said)
        told.slowest_s = max(told.slowest_s, said[0].at - began if said else float("inf"))
        briefs = [m.text or "" for m in self.shop.in_topics() if "Pourquoi ici" in (m.text or "")]
        told.brief_says_why += bool(briefs) and "modèle n’a pas pu lire" in briefs[-1]
        return person

    async def is_answered_again(self) -> bool:
        after = Told("")
        for _ in range(2):  # the first may find the last slow pass still there
            await self.writes(after)
        return after.answered > 0

    def _next(self) -> float:
        ends = self.reader.ends if self.reader.ends > self.clock.now() else math.inf
        return min(self.clock.next_wake() or math.inf, ends)

    async def _rest(self) -> None:
        """Nothing is left to do at this moment but to wait for the clock or for the model."""
        app, calm = self.shop.app, 0
        while calm < 3:
            for _ in range(5):
                await asyncio.sleep(0)
            at_model = app.understand._reading or app.understand._stuck
            awake = len(app.responder.awake._tasks) - app.responder.awake._napping
            still = (
                app.sender.at_rest
                and app.clocks.at_rest
                and not len(self.shop.sandbox.world.updates)
                and awake == self.waiting
                and not (at_model and self.clock.now() >= self.reader.ends)
            )
            calm = calm + 1 if still else 0
            await asyncio.sleep(0 if calm else 0.0005)


def _to(call: Call, person: Person) -> bool:
    return bool(call.params["chat_id"] == person.id)


@asynccontextmanager
async def trial(folder: Path, mind: Brain | None = None) -> AsyncIterator[Trial]:
    """A shop with the defaults of the config, and a model to be broken."""
    clock = VirtualClock(at(f"{MONDAY} 09:00"))
    reader = SlowReader(clock)
    given: dict[str, Any] = {"hours": Hours(TORONTO), "answers": AnswerSettings()}
    shop = open_shop(folder, clock=clock, reader=reader, brain=mind, time_there=clock.now, **given)
    with pytest.MonkeyPatch.context() as patch:
        async with shop as opened:
            there = Trial(opened, clock, reader)
            whole = Responder._reading

            async def counted(self: Responder, *given: Any) -> Reading:
                there.waiting += 1
                try:
                    return await whole(self, *given)
                finally:
                    there.waiting -= 1

            patch.setattr(Responder, "_reading", counted)
            try:
                yield there
            finally:
                reader.seconds = 0.0


# --------------------------------------------------------------------------------- the theme


async def without_a_model(fault: str, mind: Brain, turns: int) -> Told:
    """A bot that started although its model could not be made ready."""
    told = Told(fault, named=mind.missing.split("/")[-1])
    with tempfile.TemporaryDirectory() as folder:
        async with trial(Path(folder), mind) as there:
            for _ in range(turns):
                await there.writes(told)
    return told


async def breaking(error: BaseException, turns: int) -> Told:
    """Each pass ends with this error, and then none does."""
    told = Told(f"each pass: {type(error).__name__}")
    with tempfile.TemporaryDirectory() as folder:
        async with trial(Path(folder)) as there:
            there.reader.breaks = error
            for _ in range(turns):
                await there.writes(told)
            there.reader.breaks = None
            told.answers_afterwards = "yes" if await there.is_answered_again() else "no"
            told.named = _why_of_the_last(there.shop)
    return told


async def slow(seconds: float, turns: int) -> Told:
    """Each pass takes so long, while people go on writing; and then it is quick again."""
    told = Told("it hangs" if math.isinf(seconds) else f"{seconds:g} s slow")
    with tempfile.TemporaryDirectory() as folder:
        async with trial(Path(folder)) as there:
            there.reader.seconds = seconds
            for number in range(turns):
                await there.writes(told)
                await there.passes(number * 0.7)
            told.named = _why_of_the_last(there.shop)
            there.reader.seconds = 0.0
            told.answers_afterwards = "yes" if await there.is_answered_again() else "no"
    return told


def _why_of_the_last(shop: Shop) -> str:
    last = "SELECT why FROM decisions WHERE kind = 'hand_over' ORDER BY id DESC LIMIT 1"
    return " ".join(str(why) for (why,) in shop.rows(last))


def with_little_memory() -> list[dict[str, str]]:
    """What a process tells that had so little memory to spare: see `little_memory`."""
    module = "tests.faults.little_memory"
    asked = (sys.executable, "-m", module)
    done = subprocess.run(asked, capture_output=True, text=True, check=False, timeout=300)
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    return [json.loads(line) for line in lines] + [{"fault": "ended", "rc": str(done.returncode)}]


def judge(told: Told, out: Report) -> None:
    if told.reached_people < told.turns:
        out.violation(f"{told.turns - told.reached_people} turns reached nobody", told.fault)
    if told.answered:
        out.violation(f"{told.answered} turns were answered without a reading", told.fault)
    if told.brief_says_why < told.turns:
        out.violation("a brief does not say that the model could not read", told.fault)
    if told.slowest_s > FIRST_WORDS_S:
        out.violation(f"first words after {told.slowest_s:.2f} s", told.fault)
    if told.answers_afterwards == "no" or not told.named:
        out.violation("it does not answer again, or nobody is told why", told.fault)


async def run(scale: Scale, seed: int, out: Report) -> None:
    turns = scale.count("turns", short=2, long=20)
    rounds = scale.count("spoilt", short=1, long=20)
    names = [encoder.FILES[1]] if not scale.is_long else list(FILES)
    every = list[Told]()
    for spoil in SPOILT:
        for name in names:
            for number in range(1 if spoil is missing else rounds):
                mind = spoilt_brain(name, spoil, seed + number)
                fault = f"{name} {spoil.__name__.replace('_', ' ')}"
                told = await without_a_model(fault, mind, turns if number == 0 else 1)
                if number == 0:
                    every.append(told)
                judge(told, out)
    every += [await breaking(error, turns) for error in BREAKS]
    every += [await slow(seconds, turns + 2) for seconds in (10.0, math.inf)]
    if scale.is_long:
        every += await _short_of_memory(turns, out)
    for told in every[-len(BREAKS) - 2 :]:
        judge(told, out)
    out.figure("model_turns", sum(told.turns for told in every))
    out.table(HEAD, [told.row() for told in every])


async def _short_of_memory(turns: int, out: Report) -> list[Told]:
    """Real limits on a real process: what it said goes into a shop, as its reason."""
    every = []
    for one in with_little_memory():
        if one["fault"] == "ended":
            if one["rc"] != "0":
                out.violation("a process with little memory died", one["rc"])
            continue
        mind = Brain(None, Policy(), one["said"])
        every.append(await without_a_model(one["fault"], mind, turns))
        if not one["said"]:
            out.violation("little memory, and no reason given", one["fault"])
        judge(every[-1], out)
    return every
