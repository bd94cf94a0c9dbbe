"""How well the words of a text are found among examples: what one vector for all of it blurs.

Each piece of a text is looked for, by its meaning there, among the pieces of a subject's examples
(late interaction: Khattab and Zaharia 2020, "ColBERT", arXiv:2004.12832); rare pieces weigh more.
"Pause the box for a month" and "pause the newsletter for a month" are near each other as a whole;
that nothing like "newsletter" stands in the examples shows here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .softmax import Floats, Labels

MOST_LAID = 5_000
"""Examples whose pieces are kept, of all subjects together (some 40 MB); each has an equal part."""
MOST_ASKED = 32
"""Pieces of a text that are looked for, the rarest: of a long one its commonest words go first."""
KINDS = 2
"""How well its pieces are found on the whole, and what the worst of them lacks."""

Codes = NDArray[np.int8]
Halves = NDArray[np.float16]


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of one text, its marks left out: ``ids`` (pieces,) in the vocabulary; what each
    means there, a vector of length 1, is ``codes`` (pieces, width) times ``scale`` (pieces,)."""

    ids: Labels
    codes: Codes
    scale: Floats


@dataclass(frozen=True, slots=True)
class Usage:
    """What customers usually write: ``rarity`` (vocabulary,) of each piece, the logarithm of one
    over its share of texts; ``middle`` (width,), the mean of the texts' vectors."""

    rarity: Halves
    middle: Floats


@dataclass(frozen=True, slots=True)
class Said:
    """A text piece by piece: ``codes`` and ``scale`` as of `Pieces`, the ``rarity`` (pieces,)."""

    codes: Codes
    scale: Floats
    rarity: Floats

    @classmethod
    def of(cls, pieces: Pieces, usage: Usage) -> Said:
        return cls(pieces.codes, pieces.scale, usage.rarity[pieces.ids].astype(np.float32))

    def forgotten(self) -> Said:
        """The same without what it says, where that is not needed."""
        return Said(self.codes[:0].copy(), self.scale[:0].copy(), self.rarity[:0].copy())


@dataclass(frozen=True, slots=True)
class Laid:
    """The pieces of a brand's examples: ``codes`` (pieces, width) and ``scale`` (pieces,); those of
    subject s are the rows from ``starts[s]`` on. A subject without any has one row of zeros, which
    is like nothing."""

    codes: Codes
    scale: Floats
    starts: Labels

    @classmethod
    def of(cls, texts: Sequence[Said], labels: Labels) -> Laid:
        """``labels`` (texts,): the subject of each, ascending from 0, none left out."""
        laid = are_laid(labels)
        parts: list[tuple[Codes, Floats]] = []
        for subject in range(int(labels[-1]) + 1):
            each = [texts[int(place)] for place in np.flatnonzero((labels == subject) & laid)]
            codes = np.concatenate([one.codes for one in each])
            scale = np.concatenate([one.scale for one in each])
            nothing = (np.zeros((1, codes.shape[1]), np.int8), np.ones(1, np.float32))
            parts.append((codes, scale) if len(codes) else nothing)
        starts = np.cumsum([0, *(len(codes) for codes, _ in parts[:-1])])
        codes, scale = (np.concatenate(every) for every in zip(*parts, strict=True))
        return cls(codes, scale, starts)

    def found(self, text: Said) -> Floats:
        """(subjects, KINDS): the mean nearness of its pieces to the nearest of each subject's, rare
        ones weighing more; and, below zero, how far the worst piece is from being found.

        A text without pieces is found nowhere and lacks nothing.
        """
        codes, scale, rarity = text.codes, text.scale, text.rarity
        if len(rarity) > MOST_ASKED:
            rarest = np.sort(np.argsort(-rarity, kind="stable")[:MOST_ASKED])
            codes, scale, rarity = codes[rarest], scale[rarest], rarity[rarest]
        if not rarity.sum():
            return np.zeros((len(self.starts), KINDS), dtype=np.float32)
        alike = product(codes, self.codes) * self.scale
        near = np.maximum.reduceat(alike, self.starts, axis=1) * scale[:, None]
        lacking = (1 - near) * rarity[:, None]
        return np.stack([(rarity / rarity.sum()) @ near, -lacking.max(axis=0)], axis=1)


def product(one: Codes, other: Codes) -> Floats:
    """(rows, width) and (others, width) -> (rows, others). Whole numbers below 2 ** 24: exact, so
    the same on every processor, however it adds them up."""
    import torch

    from .packed_bert import has_fast_int8

    codes, across = torch.from_numpy(one), torch.from_numpy(other).t()
    if not has_fast_int8():
        codes, across = codes.float(), across.float()
        return (codes @ across).numpy()
    return torch._int_mm(codes, across).float().numpy()


def are_laid(labels: Labels) -> NDArray[np.bool_]:
    """Which examples' pieces are kept, (texts,): of a subject with too many, some all along."""
    subjects, counts = np.unique(labels, return_counts=True)
    most = max(1, MOST_LAID // len(subjects))
    laid = np.zeros(len(labels), dtype=bool)
    for subject, count in zip(subjects, counts, strict=True):
        some = np.linspace(0, count - 1, min(most, int(count))).round().astype(np.int64)
        laid[np.flatnonzero(labels == subject)[some]] = True
    return laid
