"""How near a text is to each subject: three kinds of evidence, weighed as real messages taught.

What the weights are, and how much nearness a subject needs at all, was learned from the messages
of many brands, near misses among them; a brand's own examples alone cannot teach it, for the
people who write examples do not write like those who ask.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .softmax import Floats, Labels, softmax

KINDS = 3
"""Of evidence: the share that the brand's own head gives a subject, the nearness to the middle of
its examples, and to the nearest of them."""
SPREAD = np.float32(20.0)
"""Cosines of this encoder lie close together; spread out they weigh about as much as the rest."""


@dataclass(frozen=True, slots=True)
class Taught:
    """Examples (n, width), each of length 1, with ``labels`` (n,) in ascending order; ``starts``
    and ``middles`` (subjects,) and (subjects, width): what is looked up for every text."""

    examples: Floats
    labels: Labels
    starts: Labels
    middles: Floats

    @classmethod
    def of(cls, examples: Floats, labels: Labels) -> Taught:
        """Raises ValueError when the labels are not in order, or one has no example."""
        subjects = int(labels[-1]) + 1
        starts = np.searchsorted(labels, np.arange(subjects))
        if (np.diff(labels) < 0).any() or len(np.unique(labels)) != subjects:
            raise ValueError("labels must ascend from 0, and each must have an example")
        sums = np.add.reduceat(examples, starts, axis=0)
        middles = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-6)
        return cls(examples, labels, starts, middles.astype(np.float32))

    def evidence(self, logits: Floats, vectors: Floats, *, at_once: int = 1) -> Floats:
        """(texts, subjects, KINDS) from the logits of the brand's head and the texts' vectors.

        ``at_once``: rows multiplied together. More is faster; but a product of many rows rounds
        differently than of one, and what stands beside a turn must not change its reading.
        """
        found = np.empty((len(vectors), len(self.starts), KINDS), dtype=np.float32)
        found[:, :, 0] = np.log(np.maximum(softmax(logits), 1e-9))
        for start in range(0, len(vectors), at_once):
            rows = slice(start, start + at_once)
            nearness = vectors[rows] @ self.examples.T
            found[rows, :, 1] = SPREAD * (vectors[rows] @ self.middles.T)
            found[rows, :, 2] = SPREAD * np.maximum.reduceat(nearness, self.starts, axis=1)
        return found


@dataclass(frozen=True, slots=True)
class Judge:
    """``weight`` (KINDS,) of the evidence for a subject; ``none``: what it must outweigh."""

    weight: Floats
    none: Floats

    def shares(self, evidence: Floats) -> Floats:
        """(texts, subjects, KINDS) -> probabilities (texts, subjects + 1), the last: none."""
        near = (evidence * self.weight).sum(axis=2)
        none = np.broadcast_to(self.none, (len(near), 1))
        return softmax(np.concatenate([near, none], axis=1))
