"""Public test sets as the product takes them: a knowledge folder, and labelled messages beside it.

The training part becomes the examples of a brand's knowledge, the test part its messages; what
these are measured with is `first-responder evaluate`, as for any brand. As in any knowledge, an
example that stands twice is kept once, and one of several subjects is left out.
"""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.cli.import_knowledge import ImportReport, import_knowledge
from bot.subject_names import slug

Row = tuple[str, str | None]
"""A text and its intent; None: out of scope."""


@dataclass(frozen=True, slots=True)
class PublicSet:
    """``train``: examples; ``test``: messages. ``language`` of both, ISO 639-1."""

    language: str
    train: Sequence[Row]
    test: Sequence[Row]


def banking77_10shot(data: Path) -> PublicSet:
    """Ten examples an intent and 3,080 test texts of Few-Shot-Intent-Detection, lower-cased."""
    folder = data / "banking77"
    return PublicSet("en", _csv(folder / "dnnc_train_10.csv"), _csv(folder / "dnnc_test.csv"))


def banking77_full(data: Path) -> PublicSet:
    """All 10,003 training and 3,080 test texts, as PolyAI published them."""
    folder = data / "banking77"
    return PublicSet("en", _csv(folder / "train.csv"), _csv(folder / "test.csv"))


def clinc150(data: Path) -> PublicSet:
    """data_full: 100 examples an intent; 4,500 in-scope and 1,000 out-of-scope test texts.

    The 100 out-of-scope texts of its training part are not used: a brand has none to give.
    """
    rows = _dicts(data / "clinc150" / "data_full.csv")

    def part(split: str) -> Iterable[Row]:
        for row in rows:
            if row["split"] == split:
                yield row["text"], row["intent"] if row["scope"] == "in" else None

    train = [row for row in part("train") if row[1] is not None]
    return PublicSet("en", train, list(part("test")))


def massive(locale: str) -> Callable[[Path], PublicSet]:
    def read(data: Path) -> PublicSet:
        """11,514 training and 2,974 test texts of one locale."""
        lines = (data / "massive" / f"{locale}.jsonl").read_text("utf-8").splitlines()
        rows = [json.loads(line) for line in lines]

        def part(name: str) -> list[Row]:
            return [(row["utt"], row["intent"]) for row in rows if row["partition"] == name]

        return PublicSet(locale[:2], part("train"), part("test"))

    return read


def xlmt_french(data: Path) -> PublicSet:
    """1,839 training and 870 test tweets: negative, neutral, positive."""
    rows = _dicts(data / "xlmt_sentiment" / "french.csv")

    def part(split: str) -> list[Row]:
        return [(row["text"], row["label"]) for row in rows if row["split"] == split]

    return PublicSet("fr", part("train"), part("test"))


SETS: Mapping[str, Callable[[Path], PublicSet]] = {
    "banking77-10shot": banking77_10shot,
    "banking77-full": banking77_full,
    "clinc150": clinc150,
    "massive-fr": massive("fr-FR"),
    "massive-en": massive("en-US"),
    "xlmt-fr": xlmt_french,
}


def write(name: str, data: Path, folder: Path) -> ImportReport:
    """Write the set as ``folder``/knowledge and ``folder``/messages.jsonl, anew."""
    found = SETS[name](data)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    examples: dict[str, list[str]] = {}
    for text, intent in found.train:
        assert intent is not None, "nothing teaches what is out of scope"
        examples.setdefault(intent, []).append(text)
    intents = [
        {
            "name": slug(intent),
            "examples": {found.language: texts},
            "answers": {found.language: f"(The answer about {intent}.)"},
        }
        for intent, texts in sorted(examples.items())
    ]
    source = folder / "knowledge.json"
    source.write_text(json.dumps({"brand": name, "intents": intents}), "utf-8")
    with (folder / "messages.jsonl").open("w", encoding="utf-8") as file:
        for number, (text, intent) in enumerate(found.test):
            subject = None if intent is None else slug(intent)
            line = {"id": number, "text": text, "lang": found.language, "intent": subject}
            print(json.dumps(line, ensure_ascii=False), file=file)
    return import_knowledge(source, folder / "knowledge")


def _csv(file: Path) -> list[Row]:
    return [(row["text"], row["intent"]) for row in _dicts(file)]


def _dicts(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))
