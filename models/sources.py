"""Where the encoder's episodes come from: the corpus's training brands, public sets, teaching.

No test text is among them, not even nearly: what repeats one is left out, and counted.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from corpus import brands
from episodes import NOBODY_SAID, TEACHING, TONES, Asked, Source, held_back, language
from leaks import leaked

LOCALES = ("fr-FR", "en-US", "es-ES", "de-DE")


def own_sources() -> list[Source]:
    """The corpus's training brands."""
    found = []
    for brand in brands("train"):
        asked: dict[str | None, list[Asked]] = {}
        for m in brand.messages:
            tone, asks = TONES.index(m.tone), int(m.kind == "asks_person")
            one = Asked(m.text, m.intent, tone, asks, language(m.lang))
            asked.setdefault(m.intent, []).append(one)
        found.append(Source(brand.examples, brand.about, asked))
    return found


def public_sources(data: Path) -> list[Source]:
    """Public sets whose licence allows a shipped model, training parts only."""
    parts = (_massive(data, "train"), _clinc(data, ("train",)), _csv(data / "hwu64/dnnc_train.csv"))
    return [_halved(part) for part in parts]


def toned() -> list[Asked]:
    """Teaching texts with a tone, or that ask for a person or not, less those held back."""
    return [asked for asked in _teaching() if not held_back(asked.text)]


def without_tests(
    sources: Sequence[Source], beside: Sequence[Asked], data: Path | None
) -> tuple[list[Source], list[Asked], dict[str, str]]:
    """The same without what is, or nearly is, a test text; and what was left out -> that text."""
    texts = [asked.text for asked in beside]
    for source in sources:
        texts += (text for several in source.examples.values() for text in several)
        texts += source.about.values()
        texts += (asked.text for several in source.asked.values() for asked in several)
    out = leaked(texts, measuring(data))
    cleaned = [
        Source(
            {name: [t for t in several if t not in out] for name, several in one.examples.items()},
            {name: text for name, text in one.about.items() if text not in out},
            {name: _kept(several, out) for name, several in one.asked.items()},
        )
        for one in sources
    ]
    return cleaned, _kept(beside, out), out


def measuring(data: Path | None) -> Iterator[str]:
    """Every text that measures: own dev and test brands, teaching held back, public test parts."""
    for brand in (*brands("dev"), *brands("test")):
        yield from (text for several in brand.examples.values() for text in several)
        yield from (message.text for message in brand.messages)
    yield from (asked.text for asked in _teaching() if held_back(asked.text))
    for line in (TEACHING / "risk_unseen.jsonl").read_text("utf-8").splitlines():
        yield json.loads(line)["text"]
    if data is None:
        return
    for part in ("test", "dev"):
        for several in _massive(data, part).values():
            yield from several
    for several in _clinc(data, ("test", "val", "validation")).values():
        yield from several
    for name in ("test", "train"):  # BANKING77 teaches nothing at all
        for several in _csv(data / "banking77" / f"{name}.csv").values():
            yield from several


def _kept(several: Iterable[Asked], out: Mapping[str, str]) -> list[Asked]:
    return [asked for asked in several if asked.text not in out]


def _teaching() -> Iterator[Asked]:
    for file in ("tone", "person"):
        for line in (TEACHING / f"{file}.jsonl").read_text("utf-8").splitlines():
            row = json.loads(line)
            tone = TONES.index(row["tone"]) if "tone" in row else NOBODY_SAID
            asks = int(row["asks_person"]) if "asks_person" in row else NOBODY_SAID
            yield Asked(row["text"], None, tone, asks, language(row["lang"]))


def _massive(data: Path, part: str) -> dict[str, list[str]]:
    by_intent: dict[str, list[str]] = {}
    for locale in LOCALES:
        for line in (data / "massive" / f"{locale}.jsonl").read_text("utf-8").splitlines():
            row = json.loads(line)
            if row["partition"] == part:
                by_intent.setdefault(row["intent"], []).append(row["utt"])
    return by_intent


def _clinc(data: Path, parts: Sequence[str]) -> dict[str, list[str]]:
    by_intent: dict[str, list[str]] = {}
    with (data / "clinc150" / "data_full.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["split"] in parts and (row["scope"] == "in" or "train" not in parts):
                by_intent.setdefault(row["intent"], []).append(row["text"])
    return by_intent


def _csv(file: Path) -> dict[str, list[str]]:
    by_intent: dict[str, list[str]] = {}
    with file.open(encoding="utf-8") as opened:
        for row in csv.DictReader(opened):
            label = row.get("intent") or row.get("label_name") or row["label"]
            by_intent.setdefault(label, []).append(row["text"])
    return by_intent


def _halved(by_intent: Mapping[str, Sequence[str]]) -> Source:
    """Half of the texts teach, half ask."""
    asked: dict[str | None, list[Asked]] = {
        name: [Asked(text, name) for text in texts[1::2]] for name, texts in by_intent.items()
    }
    return Source({name: texts[::2] for name, texts in by_intent.items()}, {}, asked)
