"""Trains the heads every brand shares from models/teaching, and prints how good they are.

    python models/train_general_heads.py [--to models]

All figures are on texts the head had not seen (5-fold cross-validation). Limits are chosen on the
same figures: at most CALM_FLAGGED of calm turns are taken for angry, and so on. The public sets
tried beside (GoEmotions, MLMA hate speech) made tone worse, so only the teaching texts are used.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bot.answers import load_knowledge
from bot.encoder import Encoder, record
from bot.general import LANGUAGES, META, SMALL_TALK, TONES, WEIGHTS, GeneralHeads, Limits
from bot.softmax import Floats, Labels, Softmax, Tuned, folds, softmax, tune

FOLDS = 5
CALM_FLAGGED = 0.05
"""Share of calm turns that may be taken for angry, in each language."""
CALM_ANNOYED = 0.10
"""Share of calm turns that may be taken for annoyed or angry."""
WRONGLY_ASKED = 0.05
"""Share of turns that ask for nobody and may go to a person all the same."""
WRONGLY_SMALL = 0.02
"""Share of real needs that may be taken for small talk."""

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Texts:
    """Teaching texts as numbers: vectors (n, width), labels (n,), and the language of each."""

    vectors: Floats
    labels: Labels
    languages: NDArray[np.str_]

    def and_also(self, other: Texts, which: Mask, label: int) -> Texts:
        """These and the masked texts of ``other``, which all have ``label`` here."""
        count = int(which.sum())
        return Texts(
            np.concatenate([self.vectors, other.vectors[which]]),
            np.concatenate([self.labels, np.full(count, label, dtype=np.int64)]),
            np.concatenate([self.languages, other.languages[which]]),
        )

    def and_all(self, other: Texts, label: int) -> Texts:
        return self.and_also(other, np.ones(len(other.labels), dtype=bool), label)


def read_needs(encoder: Encoder) -> Texts:
    """The example brand's examples: plain questions, neither small talk nor asking for a person."""
    folder = Path(__file__).resolve().parent.parent / "bot" / "example_brand"
    subjects = load_knowledge(folder).subjects.values()
    pairs = [
        (lang, text) for one in subjects for lang in one.examples for text in one.examples[lang]
    ]
    return Texts(
        encoder.encode([text for _, text in pairs]),
        np.zeros(len(pairs), dtype=np.int64),
        np.array([language for language, _ in pairs]),
    )


def read(encoder: Encoder, name: str, key: str, classes: Sequence[object]) -> Texts:
    path = Path(__file__).parent / "teaching" / f"{name}.jsonl"
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return Texts(
        encoder.encode([row["text"] for row in rows]),
        np.array([classes.index(row[key]) for row in rows], dtype=np.int64),
        np.array([row["lang"] for row in rows]),
    )


def learn(texts: Texts, classes: int) -> tuple[Tuned, Floats]:
    """The head, and the probabilities it gave each text when it had not seen it."""
    tuned = tune(texts.vectors, texts.labels, classes, folds(texts.labels, FOLDS))
    return tuned, softmax(tuned.unseen_logits)


def limit(shares: Floats, flagged: float) -> float:
    """The least probability, to four places, that at most this share of these texts reaches."""
    return ceil(float(np.quantile(shares, 1 - flagged, method="higher")) * 1e4 + 1) / 1e4


def train(encoder: Encoder) -> tuple[GeneralHeads, dict[str, float]]:
    talk = read(encoder, "small_talk", "kind", [kind.value for kind in SMALL_TALK])
    person = read(encoder, "person", "asks_person", [False, True])
    tone = read(encoder, "tone", "tone", [tone.value for tone in TONES])
    every = Texts(
        np.concatenate([part.vectors for part in (talk, person, tone)]),
        np.concatenate([part.labels for part in (talk, person, tone)]),
        np.concatenate([part.languages for part in (talk, person, tone)]),
    )
    needs = read_needs(encoder)
    rejection = SMALL_TALK.index(SMALL_TALK[-1])
    figures: dict[str, float] = {}
    tone_head, angry, annoyed = _tone(
        tone.and_also(talk, talk.labels != rejection, label=0), figures
    )
    person_head, asks = _person(person.and_all(talk, label=0).and_all(needs, label=0), figures)
    talk_head, small = _small_talk(talk.and_all(person, label=0).and_all(needs, label=0), figures)
    language_head = _language(every, figures)
    limits = Limits(angry=angry, annoyed=annoyed, asks_person=asks, small_talk=small)
    return GeneralHeads(tone_head, person_head, talk_head, language_head, limits), figures


def _tone(texts: Texts, figures: dict[str, float]) -> tuple[Softmax, dict[str, float], float]:
    tuned, shares = learn(texts, len(TONES))
    calm, angry = texts.labels == 0, texts.labels == len(TONES) - 1
    at: dict[str, float] = {}
    for language in LANGUAGES:
        here = texts.languages == language
        at[language] = limit(shares[here & calm, -1], CALM_FLAGGED)
        flagged = shares[:, -1] >= at[language]
        figures[f"tone.angry_found.{language}"] = float(flagged[here & angry].mean())
        figures[f"tone.calm_flagged_angry.{language}"] = float(flagged[here & calm].mean())
    annoyed = limit(1 - shares[calm, 0], CALM_ANNOYED)
    figures["tone.accuracy"] = float((shares.argmax(axis=1) == texts.labels).mean())
    figures["tone.texts"] = len(texts.labels)
    return tuned.head, at, annoyed


def _person(texts: Texts, figures: dict[str, float]) -> tuple[Softmax, float]:
    tuned, shares = learn(texts, 2)
    wanted = texts.labels == 1
    at = limit(shares[~wanted, 1], WRONGLY_ASKED)
    for language in LANGUAGES:
        here = texts.languages == language
        figures[f"person.found.{language}"] = float((shares[here & wanted, 1] >= at).mean())
    figures["person.wrongly"] = float((shares[~wanted, 1] >= at).mean())
    figures["person.texts"] = len(texts.labels)
    return tuned.head, at


def _small_talk(texts: Texts, figures: dict[str, float]) -> tuple[Softmax, float]:
    tuned, shares = learn(texts, len(SMALL_TALK))
    need = texts.labels == 0
    at = limit(1 - shares[need, 0], WRONGLY_SMALL)
    found = 1 - shares[:, 0] >= at
    for label, kind in enumerate(SMALL_TALK[1:], start=1):
        right = found & (shares[:, 1:].argmax(axis=1) + 1 == label)
        figures[f"small_talk.found.{kind}"] = float(right[texts.labels == label].mean())
    figures["small_talk.wrongly"] = float(found[need].mean())
    figures["small_talk.texts"] = len(texts.labels)
    return tuned.head, at


def _language(texts: Texts, figures: dict[str, float]) -> Softmax:
    pure = np.isin(texts.languages, LANGUAGES)
    labels = (texts.languages[pure] == LANGUAGES[1]).astype(np.int64)
    tuned, shares = learn(Texts(texts.vectors[pure], labels, texts.languages[pure]), 2)
    figures["language.accuracy"] = float((shares.argmax(axis=1) == labels).mean())
    return tuned.head


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--to", type=Path, default=Path(__file__).parent)
    options = parser.parse_args()
    encoder = Encoder.load(options.to)
    heads, figures = train(encoder)
    heads.save(options.to, encoder.fingerprint, {k: round(v, 4) for k, v in figures.items()})
    record(options.to, (WEIGHTS, META))
    print(heads.limits)
    for name, value in figures.items():
        print(f"{name:34} {value:.3f}" if value <= 1 else f"{name:34} {value:.0f}")


if __name__ == "__main__":
    main()
