"""How near a text is to each subject: seven kinds of evidence, weighed as real messages taught.

What the weights are, and how much nearness a subject needs at all, was learned from the messages
of many brands, near misses among them; a brand's own examples alone cannot teach it, for the
people who write examples do not write like those who ask.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from . import found_words
from .found_words import Laid, Pieces, Said, Usage
from .letters import Groups, Letters
from .passage import Passage
from .softmax import Floats, Labels, softmax

if TYPE_CHECKING:
    from .encoder import Encoder

KINDS = 5 + found_words.KINDS
"""Of evidence: the share that the brand's own head gives a subject; the nearness to the middle of
its examples, and to the nearest of them; the letters shared with one example, and with all; and
how well its words are found there."""
SPREAD = np.float32(20.0)
"""Cosines of this encoder lie close together; spread out they weigh about as much as the rest."""
LETTER_SPREAD = np.float32(10.0)
WORD_SPREAD = np.float32(10.0)
MANNERS = 2
"""Of a text: how usually it is worded, and how long it is."""
HINTS = 1 + 2 * KINDS + MANNERS
"""What speaks for "none of these": a constant, the best of each evidence, its lead, the manner."""


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts as numbers: ``vectors`` (n, width), each of length 1, the letters of each, what is
    ``said`` in it piece by piece, and its ``manner`` (n, MANNERS)."""

    vectors: Floats
    letters: Sequence[Groups]
    said: Sequence[Said]
    manner: Floats

    @classmethod
    def read(cls, encoder: Encoder, usage: Usage, texts: Sequence[str]) -> Texts:
        """Of each text its core: what stands between its courtesies."""
        cores = [Passage.of(text).core for text in texts]
        return cls.of(cores, *encoder.read(cores), usage)

    @classmethod
    def of(
        cls, texts: Sequence[str], vectors: Floats, pieces: Sequence[Pieces], usage: Usage
    ) -> Texts:
        usual = [SPREAD * (vector @ usage.middle) for vector in vectors]
        length = [np.log1p(len(text.split())) for text in texts]
        manner = np.array([usual, length], dtype=np.float32).T.reshape(len(texts), MANNERS)
        said = [Said.of(each, usage) for each in pieces]
        return cls(vectors, [Groups.of(text) for text in texts], said, manner)

    @classmethod
    def together(cls, parts: Sequence[Texts]) -> Texts:
        return cls(
            np.concatenate([part.vectors for part in parts]),
            [one for part in parts for one in part.letters],
            [one for part in parts for one in part.said],
            np.concatenate([part.manner for part in parts]),
        )

    def only(self, which: NDArray[np.bool_]) -> Texts:
        """The same texts; only of these what is said in them."""
        kept = zip(self.said, which, strict=True)
        said = [one if needed else one.forgotten() for one, needed in kept]
        return replace(self, said=said)

    def where(self, which: NDArray[np.bool_]) -> Texts:
        places = [int(place) for place in np.flatnonzero(which)]
        letters, said = [self.letters[n] for n in places], [self.said[n] for n in places]
        return Texts(self.vectors[which], letters, said, self.manner[which])


class Nearness(NamedTuple):
    """``near`` (texts, subjects, KINDS); ``manner`` (texts, MANNERS) of each text."""

    near: Floats
    manner: Floats

    def where(self, which: NDArray[np.bool_]) -> Nearness:
        return Nearness(self.near[which], self.manner[which])


@dataclass(frozen=True, slots=True)
class Taught:
    """Examples (n, width), each of length 1, with ``labels`` (n,) in ascending order; ``starts``
    and ``middles`` (subjects,) and (subjects, width): what is looked up for every text, beside
    their letters and words."""

    examples: Floats
    labels: Labels
    starts: Labels
    middles: Floats
    letters: Letters
    laid: Laid

    @classmethod
    def of(cls, texts: Texts, labels: Labels) -> Taught:
        """Raises ValueError when the labels are not in order, or one has no example."""
        subjects = int(labels[-1]) + 1
        if (np.diff(labels) < 0).any() or len(np.unique(labels)) != subjects:
            raise ValueError("labels must ascend from 0, and each must have an example")
        letters, laid = Letters.of(texts.letters, labels), Laid.of(texts.said, labels)
        return cls.again(texts.vectors, labels, letters, laid)

    @classmethod
    def again(cls, examples: Floats, labels: Labels, letters: Letters, laid: Laid) -> Taught:
        """From what is kept of them."""
        starts = np.searchsorted(labels, np.arange(int(labels[-1]) + 1))
        sums = np.add.reduceat(examples, starts, axis=0)
        middles = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-6)
        middles = middles.astype(np.float32)
        return cls(examples, labels, starts, middles, letters, laid)

    def evidence(self, logits: Floats, texts: Texts, *, at_once: int = 1) -> Nearness:
        """From the logits of the brand's head, (texts, subjects), and the texts.

        ``at_once``: rows multiplied together. More is faster; but a product of many rows rounds
        differently than of one, and what stands beside a turn must not change its reading.
        """
        vectors = texts.vectors
        found = np.empty((len(vectors), len(self.starts), KINDS), dtype=np.float32)
        found[:, :, 0] = np.log(np.maximum(softmax(logits), 1e-9))
        for start in range(0, len(vectors), at_once):
            rows = slice(start, start + at_once)
            nearness = vectors[rows] @ self.examples.T
            found[rows, :, 1] = SPREAD * (vectors[rows] @ self.middles.T)
            found[rows, :, 2] = SPREAD * np.maximum.reduceat(nearness, self.starts, axis=1)
        for row, letters in enumerate(texts.letters):
            each, whole = self.letters.alike(letters)
            found[row, :, 3] = LETTER_SPREAD * np.maximum.reduceat(each, self.starts)
            found[row, :, 4] = LETTER_SPREAD * whole
        for row, said in enumerate(texts.said):
            found[row, :, -found_words.KINDS :] = WORD_SPREAD * self.laid.found(said)
        return Nearness(found, texts.manner)


@dataclass(frozen=True, slots=True)
class Judge:
    """``weight`` (KINDS,) of the evidence for a subject; ``none`` (HINTS,): what speaks for none
    of them, which a subject must outweigh."""

    weight: Floats
    none: Floats

    def shares(self, evidence: Nearness) -> Floats:
        """Probabilities (texts, subjects + 1), the last: none."""
        near = (evidence.near * self.weight).sum(axis=2)
        none = (hints(evidence) * self.none).sum(axis=1, keepdims=True)
        return softmax(np.concatenate([near, none], axis=1))


def hints(evidence: Nearness) -> Floats:
    """(texts, HINTS)."""
    ordered = np.sort(evidence.near, axis=1)
    best = ordered[:, -1]
    lead = best - ordered[:, -2] if ordered.shape[1] > 1 else np.zeros_like(best)
    return np.concatenate([np.ones_like(best[:, :1]), best, lead, evidence.manner], axis=1)
