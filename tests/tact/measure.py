"""How often the second look speaks up, and for what: `make measure-tact`."""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.conversation import Reading
from bot.desk.doubt import Doubt
from bot.desk.tact import Facts, doubts
from bot.model.brain import MODELS
from bot.model.classifier import Classifier

HERE = Path(__file__).parent
HOSTS = (
    "intranet.boutique-rive.example",
    "admin.boutique-rive.example",
    "interne.boutique-rive.example",
)
OURS = """bonjour@boutique-rive.example https://paiement.boutique-rive.example 1 888 555-0142
hello@riverside-shop.example https://pay.riverside-shop.example
college-rive.example riverside-college.example"""
"""As `[tact] ours` of the brands in the examples would say."""


@dataclass(frozen=True)
class Example:
    """A reply, the language of its case, what the customer wrote, and what should be doubted."""

    half: str
    language: str
    text: str
    customer: str = ""
    doubt: str | None = None

    @property
    def facts(self) -> Facts:
        return Facts(self.language, self.customer, OURS, HOSTS)


def examples(name: str, half: str) -> list[Example]:
    lines = (HERE / f"{name}.jsonl").read_text("utf-8").splitlines()
    return [one for line in lines if (one := Example(**json.loads(line))).half == half]


@dataclass
class Figures:
    """``found``: doubt -> (found, of how many); ``nagged``: ordinary replies held, and why."""

    ordinary: int
    nagged: list[tuple[Example, list[Doubt]]]
    found: dict[str, tuple[int, int]]
    missed: list[Example]

    @property
    def nag(self) -> float:
        return len(self.nagged) / self.ordinary


def measure(reader: Classifier, half: str) -> Figures:
    ordinary, held = examples("ordinary", half), examples("held", half)
    nagged = [(one, why) for one, why in _doubted(reader, ordinary) if why]
    found: defaultdict[str, list[bool]] = defaultdict(list)
    missed = []
    for one, why in _doubted(reader, held):
        found[one.doubt or ""].append(one.doubt in why)
        if one.doubt not in why:
            missed.append(one)
    counts = {doubt: (sum(hits), len(hits)) for doubt, hits in found.items()}
    return Figures(len(ordinary), nagged, counts, missed)


def _doubted(reader: Classifier, those: list[Example]) -> Iterator[tuple[Example, list[Doubt]]]:
    readings: list[Reading] = reader.read([one.text for one in those])
    for one, reading in zip(those, readings, strict=True):
        yield one, [found.doubt for found in doubts(one.text, one.facts, reading)]


def main(halves: list[str]) -> None:
    reader = Classifier.load(MODELS, None, ("fr", "en"))
    for half in halves or ["tune", "report", "fresh"]:
        figures = measure(reader, half)
        why = Counter(doubt for _, doubts in figures.nagged for doubt in doubts)
        print(
            f"{half}: ordinary={figures.ordinary} held={len(figures.nagged)} "
            f"nag={figures.nag:.2%} {dict(why)}"
        )
        for doubt, (hits, of) in figures.found.items():
            print(f"  {doubt}: {hits}/{of} ({hits / of:.0%})")
        if half != "fresh":  # that part is not looked at while the rules are made
            for one, which in figures.nagged:
                print("  nagged", *which, "|", one.text)
            for one in figures.missed:
                print("  missed", one.doubt, "|", one.language, "|", one.text)


if __name__ == "__main__":
    main(sys.argv[1:])
