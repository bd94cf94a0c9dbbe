"""How near a text is to each subject: five kinds of evidence, weighed as real messages taught.

What the weights are, and how much nearness a subject needs at all, was learned from the messages
of many brands, near misses among them; a brand's own examples alone cannot teach it, for the
people who write examples do not write like those who ask.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .letters import Groups, Letters
from .softmax import Floats, Labels, softmax

KINDS = 5
"""Of evidence: the share that the brand's own head gives a subject; the nearness to the middle of
its examples, and to the nearest of them; the letters shared with one example, and with all."""
SPREAD = np.float32(20.0)
"""Cosines of this encoder lie close together; spread out they weigh about as much as the rest."""
LETTER_SPREAD = np.float32(10.0)
HINTS = 1 + 2 * KINDS
"""What speaks for "none of these": a constant, the best of each evidence, and its lead."""


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts as numbers: ``vectors`` (n, width), each of length 1, and the letters of each."""

    vectors: Floats
    letters: Sequence[Groups]

    @classmethod
    def of(cls, texts: Sequence[str], vectors: Floats) -> Texts:
        return cls(vectors, [Groups.of(text) for text in texts])

    def where(self, which: NDArray[np.bool_]) -> Texts:
        return Texts(self.vectors[which], [self.letters[int(n)] for n in np.flatnonzero(which)])


@dataclass(frozen=True, slots=True)
class Taught:
    """Examples (n, width), each of length 1, with ``labels`` (n,) in ascending order; ``starts``
    and ``middles`` (subjects,) and (subjects, width): what is looked up for every text."""

    examples: Floats
    labels: Labels
    starts: Labels
    middles: Floats
    letters: Letters

    @classmethod
    def of(cls, texts: Texts, labels: Labels) -> Taught:
        """Raises ValueError when the labels are not in order, or one has no example."""
        subjects = int(labels[-1]) + 1
        if (np.diff(labels) < 0).any() or len(np.unique(labels)) != subjects:
            raise ValueError("labels must ascend from 0, and each must have an example")
        return cls.again(texts.vectors, labels, Letters.of(texts.letters, labels))

    @classmethod
    def again(cls, examples: Floats, labels: Labels, letters: Letters) -> Taught:
        """From what is kept of them."""
        starts = np.searchsorted(labels, np.arange(int(labels[-1]) + 1))
        sums = np.add.reduceat(examples, starts, axis=0)
        middles = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-6)
        return cls(examples, labels, starts, middles.astype(np.float32), letters)

    def evidence(self, logits: Floats, texts: Texts, *, at_once: int = 1) -> Floats:
        """(texts, subjects, KINDS) from the logits of the brand's head and the texts.

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
        return found


@dataclass(frozen=True, slots=True)
class Judge:
    """``weight`` (KINDS,) of the evidence for a subject; ``none`` (HINTS,): what speaks for none
    of them, which a subject must outweigh."""

    weight: Floats
    none: Floats

    def shares(self, evidence: Floats) -> Floats:
        """(texts, subjects, KINDS) -> probabilities (texts, subjects + 1), the last: none."""
        near = (evidence * self.weight).sum(axis=2)
        none = (hints(evidence) * self.none).sum(axis=1, keepdims=True)
        return softmax(np.concatenate([near, none], axis=1))


def hints(evidence: Floats) -> Floats:
    """(texts, subjects, KINDS) -> (texts, HINTS)."""
    ordered = np.sort(evidence, axis=1)
    best = ordered[:, -1]
    lead = best - ordered[:, -2] if evidence.shape[1] > 1 else np.zeros_like(best)
    return np.concatenate([np.ones_like(best[:, :1]), best, lead], axis=1)
