"""A turn -> Reading: what needs no model, batches, and every way a model can fail."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.conversation import Failure, Person, Reading, SmallTalk, Tone
from bot.incoming import Turn, Wrote
from bot.risk import PERSON, RiskRule, load_risk
from bot.understand import Understand

FIRE = RiskRule("fire", {}, {"en": ("fire",)}, {})


class Model:
    """Reads by length; ``hangs`` and ``breaks`` say on how many texts at once."""

    def __init__(self) -> None:
        self.batches: list[int] = []
        self.go = threading.Event()
        self.hangs: Callable[[Sequence[str]], bool] = lambda _: False
        self.breaks: Callable[[Sequence[str]], bool] = lambda _: False

    def read(self, texts: Sequence[str]) -> list[Reading]:
        self.batches.append(len(texts))
        if self.hangs(texts):
            self.go.wait(20)
        if self.breaks(texts):
            raise RuntimeError("out of memory")
        return [Reading({text: 1.0}) for text in texts]


def turn(*texts: str) -> Turn:
    who = Person(11, "Anne")
    return Turn(tuple(Wrote(n, who, 11, n, 0.0, text) for n, text in enumerate(texts)))


@pytest.fixture
async def model() -> Model:
    return Model()


@pytest.fixture
async def understand(model: Model) -> AsyncIterator[Understand]:
    rules = (*(rule for rule in load_risk(Path("none"), []) if rule.mark == PERSON), FIRE)
    understand = Understand(model, rules, SystemClock(), timeout_s=0.6)
    await understand.start()
    yield understand
    model.go.set()
    await understand.stop()


@pytest.mark.parametrize(
    ("texts", "small_talk", "tone", "asks"),
    [
        (("/start",), SmallTalk.GREETING, Tone.CALM, False),
        (("/start abc-123",), SmallTalk.GREETING, Tone.CALM, False),
        (("/help",), SmallTalk.GREETING, Tone.CALM, False),
        (("/START@shop_bot x",), SmallTalk.GREETING, Tone.CALM, False),
        (("/person",), SmallTalk.NONE, Tone.CALM, True),
        (("/start", "/humain"), SmallTalk.NONE, Tone.CALM, True),
        (("une personne",), SmallTalk.NONE, Tone.CALM, True),
        (("« Une personne », s’il vous plaît!",), SmallTalk.NONE, Tone.CALM, True),
        (("un humain", "svp"), SmallTalk.NONE, Tone.CALM, True),
        (("“A person”, please.",), SmallTalk.NONE, Tone.CALM, True),
        (("AGENT PLZ",), SmallTalk.NONE, Tone.CALM, True),
        (("un conseiller",), SmallTalk.NONE, Tone.CALM, True),
        (("una persona, por favor",), SmallTalk.NONE, Tone.CALM, True),
        (("ein Mensch bitte",), SmallTalk.NONE, Tone.CALM, True),
        (("um atendente",), SmallTalk.NONE, Tone.CALM, True),
        (("un operatore, per favore",), SmallTalk.NONE, Tone.CALM, True),
        (("non merci,", "c'est tout"), SmallTalk.THANKS, Tone.CALM, False),
        (("🙏",), SmallTalk.THANKS, Tone.CALM, False),
        (("❤️", "👍!"), SmallTalk.THANKS, Tone.CALM, False),
        (("👋",), SmallTalk.GREETING, Tone.CALM, False),
        (("😂😂", "🤣!"), SmallTalk.REMARK, Tone.CALM, False),
        (("😂🙏",), SmallTalk.THANKS, Tone.CALM, False),
        (("😡",), SmallTalk.NONE, Tone.ANGRY, False),
        (("🙏😡",), SmallTalk.NONE, Tone.ANGRY, False),
        (("👍🏽",), SmallTalk.THANKS, Tone.CALM, False),
        (("🤷🏻‍♀️",), SmallTalk.REMARK, Tone.CALM, False),
        (("c'est tout 👋🌞",), SmallTalk.THANKS, Tone.CALM, False),
    ],
)
async def test_commands_and_lone_emoji_need_no_model(
    understand: Understand,
    model: Model,
    texts: tuple[str, ...],
    small_talk: SmallTalk,
    tone: Tone,
    asks: bool,
) -> None:
    reading = await understand.read(turn(*texts))
    assert (reading.small_talk, reading.tone, reading.asks_person) == (small_talk, tone, asks)
    assert not model.batches


@pytest.mark.parametrize(
    ("texts", "read"),
    [
        (("/start abc", "are you open?"), "are you open?"),
        (("/help are you open?",), "are you open?"),
        (("are you open?", "👍"), "are you open?\n👍"),
        (("/unknown thing",), "/unknown thing"),
        (("🦆",), "🦆"),
        (("🆘🙏",), "🆘🙏"),
        (("That's all 🖕",), "That's all 🖕"),
        (("c'est tout 🤬🤬",), "c'est tout 🤬🤬"),
        (("No thanks 😭",), "No thanks 😭"),
        (("a person broke it",), "a person broke it"),
        (("un humain 😡",), "un humain 😡"),
        (("please",), "please"),
        (("are\u202e you\u0000 open",), "are you open"),
    ],
)
async def test_people_s_words_are_read_without_commands_and_tricks(
    understand: Understand, texts: tuple[str, ...], read: str
) -> None:
    assert (await understand.read(turn(*texts))).best[0] == read


@pytest.mark.parametrize(
    ("texts", "asks"),
    [
        (("where is my order", "BPA-12345", "person please"), True),
        (("where is my order\n\nun humain svp",), True),
        (("a plea beside a question? can I talk to a human",), True),
        (("where is my order", "one person told me so"), False),
    ],
)
async def test_a_plea_beside_other_words_is_heard_by_its_own_words(
    understand: Understand, texts: tuple[str, ...], asks: bool
) -> None:
    """What the model made of the rest stands."""
    reading = await understand.read(turn(*texts))
    assert (reading.asks_person, reading.asks_person_probability) == (asks, float(asks))
    assert (reading.best[0], reading.risk, reading.telling) == ("\n".join(texts), (), ())


async def test_risk_words_count_whatever_else_is_in_the_turn(understand: Understand) -> None:
    assert (await understand.read(turn("/person", "it is on fire"))).risk == ("fire",)
    assert (await understand.read(turn("a fire"))).risk == ("fire",)


async def test_what_shows_nothing_is_a_failed_reading(understand: Understand) -> None:
    assert (await understand.read(turn("\u200b\u2060"))).failed
    assert (await understand.read(turn(""))).failed is None


async def test_turns_that_wait_together_are_read_together(
    understand: Understand, model: Model
) -> None:
    readings = await asyncio.gather(*(understand.read(turn(f"q{n}")) for n in range(20)))
    assert [reading.best[0] for reading in readings] == [f"q{n}" for n in range(20)]
    assert model.batches == [20]


async def test_one_text_that_breaks_the_model_fails_alone(
    understand: Understand, model: Model
) -> None:
    model.breaks = lambda texts: "poison" in texts
    names = ("a", "poison", "b")
    a, poison, b = await asyncio.gather(*(understand.read(turn(name)) for name in names))
    assert (a.best[0], b.best[0]) == ("a", "b")
    assert poison.failed is Failure.BROKE


async def test_a_model_that_breaks_on_many_and_hangs_on_one_keeps_nobody_waiting(
    understand: Understand, model: Model
) -> None:
    """One time limit, not one for each text that waits."""
    model.breaks = lambda texts: len(texts) > 1
    model.hangs = lambda texts: len(texts) == 1
    readings = await asyncio.gather(*(understand.read(turn(f"q{n}")) for n in range(10)))
    assert [reading.failed for reading in readings] == [Failure.LATE] + [Failure.SILENT] * 9


async def test_while_the_model_hangs_nobody_waits_and_afterwards_it_reads_again(
    understand: Understand, model: Model
) -> None:
    model.hangs = lambda _texts: True
    assert (await understand.read(turn("a"))).failed is Failure.LATE
    assert (await understand.read(turn("b"))).failed is Failure.SILENT, "it waited for itself"
    model.hangs = lambda _texts: False
    model.go.set()
    for _ in range(100):
        if not (reading := await understand.read(turn("c"))).failed:
            break
        await asyncio.sleep(0.01)
    assert reading.best[0] == "c"


async def test_without_a_model_the_reading_says_why() -> None:
    understand = Understand(None, [FIRE], SystemClock(), 1.0)
    reading = await understand.read(turn("a fire"))
    assert (reading.failed, reading.risk) == (Failure.MISSING, ("fire",))


async def test_the_model_hears_the_words_beside_a_plea_by_command() -> None:
    understand = Understand(Alarmed(), load_risk(Path("none"), []), SystemClock(), timeout_s=5)
    await understand.start()
    reading = await understand.read(turn("tout est vain", "/person"))
    await understand.stop()
    assert reading.asks_person and reading.risk == ("self_harm",)


class Alarmed(Model):
    """Hears despair in everything, and ``tone``."""

    tone = Tone.CALM

    def read(self, texts: Sequence[str]) -> list[Reading]:
        told = [Reading({text: 1.0}, risk=("self_harm",), telling=(text,)) for text in texts]
        return [replace(one, tone=self.tone) for one in told]


@pytest.mark.parametrize(
    ("texts", "by_model"),
    [
        (("Je vais y penser!",), False),
        (("OK, I'll think about it.",), False),
        (("laisse faire", "laisse faire"), False),
        (("c pas grave la, jvoulais juste vous le dire",), False),
        (("i just wanted to tell you",), False),
        (("Chu morte de fatigue",), False),
        (("je voulais juste vous le dire, tout est vain",), True),
        (("laisse faire, tout est vain",), True),
        (("je vais y penser", "tout est vain"), True),
    ],
)
async def test_the_model_rings_no_alarm_for_what_is_listed_as_none(
    texts: tuple[str, ...], by_model: bool
) -> None:
    understand = Understand(Alarmed(), load_risk(Path("none"), []), SystemClock(), timeout_s=5)
    await understand.start()
    reading = await understand.read(turn(*texts))
    await understand.stop()
    assert ("self_harm" in reading.risk, reading.risk_by_model) == (by_model, by_model)
    assert bool(reading.telling) is by_model


async def test_words_that_show_anger_are_told_though_the_danger_is_passed_over() -> None:
    model = Alarmed()
    model.tone = Tone.ANGRY
    understand = Understand(model, load_risk(Path("none"), []), SystemClock(), timeout_s=5)
    await understand.start()
    reading = await understand.read(turn("laisse faire"))
    await understand.stop()
    assert (reading.risk, reading.telling) == ((), ("laisse faire",))
