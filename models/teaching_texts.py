"""Texts that the general heads learn from or are measured with: as numbers, with their labels."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import ceil
from pathlib import Path

import numpy as np
from corpus import Message, brands
from episodes import TEACHING, held_back
from leaks import leaked
from numpy.typing import NDArray
from sources import measuring

from bot.answers import load_knowledge
from bot.model.encoder import Encoder
from bot.model.general import TONES
from bot.model.softmax import Floats, Labels, Tuned, folds, softmax, tune

FOLDS = 5

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Texts:
    """Texts (n,), and as numbers: vectors (n, width), labels (n,), the language of each, whether
    it is held back (neither encoder nor head has learned from it), and whether it was read twice
    and both readers heard the same tone."""

    texts: NDArray[np.str_]
    vectors: Floats
    labels: Labels
    languages: NDArray[np.str_]
    held: Mask
    agreed: Mask

    def where(self, which: Mask) -> Texts:
        return Texts(
            self.texts[which],
            self.vectors[which],
            self.labels[which],
            self.languages[which],
            self.held[which],
            self.agreed[which],
        )

    def and_all(self, other: Texts, label: int | None = None) -> Texts:
        """These and the other ones, which all have ``label`` here when one is given."""
        labels = other.labels if label is None else np.full_like(other.labels, label)
        return Texts(
            np.concatenate([self.texts, other.texts]),
            np.concatenate([self.vectors, other.vectors]),
            np.concatenate([self.labels, labels]),
            np.concatenate([self.languages, other.languages]),
            np.concatenate([self.held, other.held]),
            np.concatenate([self.agreed, other.agreed]),
        )


@dataclass(frozen=True)
class Messages:
    """Messages of the corpus, by their tone and by whether they ask for a person."""

    tone: Texts
    person: Texts


def teaching_messages() -> list[Message]:
    """The training brands' messages, without what is, or nearly is, a text that measures."""
    every = [message for brand in brands("train") for message in brand.messages]
    out = leaked([message.text for message in every], measuring(None))
    return [message for message in every if message.text not in out]


def read_messages(
    encoder: Encoder, every: Sequence[Message], manner: Callable[[str], str] = str
) -> Messages:
    """``manner``: how each is typed (retyped.py)."""
    texts = np.array([manner(message.text) for message in every])
    vectors = encoder.encode(list(texts))
    languages = np.array([message.lang for message in every])
    held = np.ones(len(every), dtype=bool)
    tones = np.array([[tone.value for tone in TONES].index(m.tone) for m in every])
    asks = np.array([int(message.kind == "asks_person") for message in every])
    agreed = np.array([m.again is not None and m.again.tone == m.tone for m in every])
    return Messages(
        Texts(texts, vectors, tones, languages, held, agreed),
        Texts(texts, vectors, asks, languages, held, agreed),
    )


def typed(encoder: Encoder, texts: Texts, manner: Callable[[str], str]) -> Texts:
    """The same, typed in another manner."""
    said = [manner(str(text)) for text in texts.texts]
    return replace(texts, texts=np.array(said), vectors=encoder.encode(said))


def taught_texts() -> list[str]:
    """What the training brands' community managers wrote, every fourth text of it."""
    every = brands("train")
    found = [text for one in every for texts in one.taught.values() for text in texts[::4]]
    out = leaked(found, measuring(None))
    return [text for text in found if text not in out]


def example_questions() -> list[str]:
    """The example brand's examples: neither small talk nor asking for a person."""
    folder = Path(__file__).resolve().parent.parent / "bot" / "example_brand"
    subjects = load_knowledge(folder).subjects.values()
    return [text for one in subjects for texts in one.examples.values() for text in texts]


def read_needs(encoder: Encoder, texts: Sequence[str]) -> Texts:
    """Texts that need something, all with label 0, in whatever language."""
    nobody = np.zeros(len(texts), dtype=bool)
    labels, languages = np.zeros(len(texts), dtype=np.int64), np.full(len(texts), "")
    return Texts(np.array(texts), encoder.encode(texts), labels, languages, nobody, nobody)


def read(encoder: Encoder, name: str, key: str, classes: Sequence[object]) -> Texts:
    path = TEACHING / f"{name}.jsonl"
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return Texts(
        np.array([row["text"] for row in rows]),
        encoder.encode([row["text"] for row in rows]),
        np.array([classes.index(row[key]) for row in rows], dtype=np.int64),
        np.array([row["lang"] for row in rows]),
        np.array([held_back(row["text"]) for row in rows]),
        np.zeros(len(rows), dtype=bool),
    )


def learn(texts: Texts, classes: int) -> tuple[Tuned, Floats]:
    """The head, and the probabilities it gave each text when it had not seen it."""
    tuned = tune(texts.vectors, texts.labels, classes, folds(texts.labels, FOLDS))
    return tuned, softmax(tuned.unseen_logits)


def limit(shares: Floats, flagged: float) -> float:
    """The least probability, to four places, that at most this share of these texts reaches."""
    return ceil(float(np.quantile(shares, 1 - flagged, method="higher")) * 1e4 + 1) / 1e4
