"""Dialogues as a community manager writes them, told through the running bot.

The format is in tests/dialogues/README.md.
"""

from __future__ import annotations

import re
import socket
import tomllib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from bot.answers import load_knowledge
from bot.config import EXAMPLE_BRAND, AnswerSettings, BrandSettings, Settings
from bot.customers.customer_words import PHRASES
from bot.incoming import Turn
from bot.model import brain
from bot.promises.hours import Hours
from bot.reader import Brain
from bot.sandbox import Message, Person
from bot.sandbox.nouns import as_read
from bot.understand import Understand

from .shop import QUICK, RESOLVE, Shop, open_shop
from .walls import Walls

FOLDER = Path(__file__).parent / "dialogues"
PATIENT = replace(QUICK, model_timeout_seconds=30.0)
CLOSED = Hours("UTC", monday=((0, 1),))
"""Open for one minute a week."""
TONES = ("calm", "annoyed", "angry")
PICTURE = b"\x89PNG a tent"


@dataclass(frozen=True)
class Dialogue:
    name: str
    language: str
    turns: list[tuple[str, str | list[str]]]
    reader: str = "model"
    hours: str = "open"
    speaks: str = ""
    badly: str = ""
    file: str = field(default="", compare=False)


def dialogues() -> list[Dialogue]:
    return [
        Dialogue(file=file.stem, **written)
        for file in sorted(FOLDER.glob("*.toml"))
        for written in tomllib.loads(file.read_text("utf-8"))["dialogue"]
    ]


ALL = dialogues()


@pytest.fixture(scope="module")
def mind(tmp_path_factory: pytest.TempPathFactory) -> Brain:
    """The model as the demo runs it, with heads trained on the example brand."""
    settings = replace(
        Settings(),
        answers=AnswerSettings(max_wrong_answers=0.05),
        brand=BrandSettings(heads=tmp_path_factory.mktemp("heads")),
    )
    return brain.load(settings, load_knowledge(EXAMPLE_BRAND), lambda *_: None)


@dataclass
class Telling:
    """One dialogue under way: who speaks, and how much of the bot's side was accounted for."""

    shop: Shop
    dialogue: Dialogue
    who: Person
    last: Message | None = None

    async def say(self, said: str) -> None:
        """Do what a line of the script says the customer, or staff, do."""
        act, words = re.fullmatch(r"(\([^)]*\))? ?(.*)", said, re.DOTALL).groups()  # type: ignore[union-attr]
        does: Mapping[str, Callable[[], Awaitable[object]]] = {
            "(photo)": lambda: self.who.sends_photo(PICTURE, words or None),
            "(voice)": lambda: self.who.sends_voice(b"OggS"),
            "(edit)": lambda: self.who.edits(self.last, words),  # type: ignore[arg-type]
            "(press)": lambda: self.who.presses(self.shop.from_bot(self.who)[-1], words),
            "(agent)": lambda: self.agent(words),
            "(agent resolves)": self.resolve,
        }
        if act is None:
            self.last = await self.who.says(words)
        elif act.startswith("(sticker"):
            await self.who.sends_sticker(act[9:-1])
        else:
            await does[act]()

    async def agent(self, words: str) -> None:
        thread = await self.shop.topic_of(self.who)
        await self.shop.agent.says(words, chat=self.shop.staff, thread=thread)

    async def resolve(self) -> None:
        await self.shop.agent.presses(await self.shop.brief_of(self.who), RESOLVE)

    async def hears(self, answered: str | list[str]) -> None:
        """The next thing of the bot's side is one of these."""
        wanted = [answered] if isinstance(answered, str) else answered
        before = self.shop.seen.get(self.who.id, 0)
        await self.shop.quiet()
        if len(self.shop.from_bot(self.who)) == before and "nothing" in wanted:
            return
        message = await self.shop.next_from_bot(self.who)
        assert any(self.is_it(message, one) for one in wanted), (
            f"wanted {' or '.join(wanted)}, heard: {message.text} {message.buttons}"
        )

    def is_it(self, message: Message, wanted: str) -> bool:
        kind, _, rest = wanted.partition(" ")
        text, language = message.text or "", self.dialogue.speaks or self.dialogue.language
        subjects, brand = self.shop.knowledge.subjects, self.shop.knowledge.brand
        language = language if language in brand.languages else brand.default_language
        match kind:
            case "answer":
                answers = {name: one.answers.get(language) for name, one in subjects.items()}
                told = {
                    name for name, one in answers.items() if one and as_read(one).strip() in text
                }
                return told == set(rest.split())
            case "ask":
                return subjects[rest].titles[language] in message.buttons
            case "person" | "away":
                stem = "handed" if kind == "person" else "away"
                tones = (rest,) if rest else TONES
                return any(self.says(text, language, f"{stem}_{tone}") for tone in tones)
            case "says":
                return rest in text
            case "nothing":
                return False
        return self.says(text, language, wanted)

    def says(self, text: str, language: str, key: str) -> bool:
        """Is it this phrase, whatever stands in its blanks?"""
        phrase = str(PHRASES[language][key])
        return re.search(re.sub(r"\\\{\w+\\\}", ".+", re.escape(phrase)), text) is not None


@pytest.mark.parametrize("dialogue", ALL, ids=lambda d: f"{d.file}: {d.name}")
async def test_the_dialogue_goes_as_written(
    dialogue: Dialogue, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if dialogue.badly:
        request.applymarker(pytest.mark.xfail(reason=dialogue.badly, strict=False))
    mind = request.getfixturevalue("mind") if dialogue.reader == "model" else None
    hours = CLOSED if dialogue.hours == "closed" else Hours()
    async with open_shop(tmp_path, brain=mind, answers=PATIENT, hours=hours) as shop:
        shop.patience = 30.0
        telling = Telling(shop, dialogue, shop.customer(language=dialogue.language))
        for said, answered in dialogue.turns:
            await telling.say(said)
            await telling.hears(answered)
        assert len(shop.from_bot(telling.who)) == shop.seen.get(telling.who.id, 0)


def test_there_are_forty_in_both_languages() -> None:
    assert len(ALL) >= 40
    assert min(sum(d.language == code for d in ALL) for code in ("fr", "en")) >= 15
    assert len({d.name for d in ALL}) == len(ALL)


# ------------------------------------------------------------------------- and nobody else hears

ELSEWHERE = "example.invalid"


async def nothing_leaves(folder: Path, mind: Brain, walls: Walls) -> None:
    """A question, anger, a person's reply and what is kept: nothing of it is asked elsewhere."""
    async with open_shop(folder, brain=mind, answers=PATIENT) as shop:
        camille, jack = shop.customer(), shop.customer("Jack", "en")
        await camille.says("À quelle heure ouvrez-vous le dimanche?")
        await shop.next_from_bot(camille)
        await jack.says("This is outrageous, I want to speak to a person right now!")
        await shop.topic_of(jack)
        await shop.answers(jack, "I am sorry, let me look into it right away.")
        await camille.says("/export")
        await shop.until(lambda: any("document" in m.wire for m in shop.from_bot(camille)))
        await shop.quiet()
        assert not walls.asked


async def test_nothing_is_sent_to_any_service_but_telegram(
    tmp_path: Path,
    mind: Brain,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await nothing_leaves(tmp_path, mind, Walls(monkeypatch))


async def test_a_model_that_asks_a_service_is_found_out(
    tmp_path: Path,
    mind: Brain,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole, walls = Understand.read, Walls(monkeypatch)

    async def read(self: Understand, turn: Turn) -> Any:
        with pytest.raises(OSError, match=ELSEWHERE):
            socket.create_connection((ELSEWHERE, 443))
        return await whole(self, turn)

    monkeypatch.setattr(Understand, "read", read)
    with pytest.raises(AssertionError, match=ELSEWHERE):
        await nothing_leaves(tmp_path, mind, walls)
