"""The training corpus: fictitious brands with their subjects, and messages as customers write."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

CORPUS = Path(__file__).parent / "corpus"
SPLITS = ("train", "dev", "test")


@dataclass(frozen=True, slots=True)
class Label:
    """``intent`` None: the brand does not cover it."""

    intent: str | None
    tone: str


@dataclass(frozen=True, slots=True)
class Message:
    """As its author labelled it. ``again``: what a second reader said who did not see that label;
    None where nobody read it again."""

    text: str
    lang: str
    intent: str | None
    tone: str
    kind: str
    again: Label | None = None


@dataclass(frozen=True, slots=True)
class Brand:
    """``examples``: intent -> teaching examples in both languages; ``about``: its description."""

    name: str
    split: str
    examples: Mapping[str, Sequence[str]]
    about: Mapping[str, str]
    messages: Sequence[Message]

    @property
    def taught(self) -> dict[str, list[str]]:
        """What heads are trained on: the examples of each intent, and its description."""
        return {name: [*texts, self.about[name]] for name, texts in self.examples.items()}


def brands(split: str | None = None, folder: Path = CORPUS) -> list[Brand]:
    """The brands of a split (None: all), by file name. Raises ValueError naming a bad line."""
    every = [_brand(file) for file in sorted(folder.glob("*.json"))]
    return [brand for brand in every if split in (None, brand.split)]


def _brand(file: Path) -> Brand:
    raw = json.loads(file.read_text("utf-8"))
    if raw["split"] not in SPLITS:
        raise ValueError(f"{file.name}: split is {raw['split']!r}, not one of {SPLITS}")
    intents = {intent["name"]: intent for intent in raw["intents"]}
    lines = file.with_suffix(".messages.jsonl").read_text("utf-8").splitlines()
    messages = []
    for number, line in enumerate(lines, 1):
        fields = json.loads(line)
        again = Label(**fields["again"]) if "again" in fields else None
        for intent in (fields["intent"], again and again.intent):
            if intent is not None and intent not in intents:
                raise ValueError(f"{file.stem}.messages.jsonl:{number}: unknown {intent!r}")
        said = {key: fields[key] for key in ("text", "lang", "intent", "tone", "kind")}
        messages.append(Message(**said, again=again))
    return Brand(
        name=raw["brand"],
        split=raw["split"],
        examples={
            name: [text for texts in intent["examples"].values() for text in texts]
            for name, intent in intents.items()
        },
        about={name: intent["description"] for name, intent in intents.items()},
        messages=messages,
    )
