"""How well the words of a text are found among examples: what one vector for all of it blurs.

Each piece of a text is looked for, by its meaning there, among the pieces of a subject's examples
(late interaction: Khattab and Zaharia 2020, "ColBERT", arXiv:2004.12832); rare pieces weigh more.
"Pause the box for a month" and "pause the newsletter for a month" are near each other as a whole;
that nothing like "newsletter" stands in the examples shows here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .softmax import Floats, Labels

MOST_LAID = 5_000
"""Examples whose pieces are kept, of all subjects together; each subject has an equal part. That is
some 30 MB, 60 at most; where int8 is slow five times that, for they are multiplied as floats."""
MOST_PIECES = 32
"""Of a text that are looked for or kept, the rarest: of a long one its commonest words go first."""
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
    """How subjects are usually worded, from the teaching texts of many brands: ``rarity``
    (vocabulary,) of each piece, the logarithm of one over its share of texts; ``middle`` (width,),
    the mean of the texts' vectors."""

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

    def rarest(self) -> Said:
        """Its MOST_PIECES rarest pieces, in order."""
        if len(self.rarity) <= MOST_PIECES:
            return self
        kept = np.sort(np.argsort(-self.rarity, kind="stable")[:MOST_PIECES])
        return Said(self.codes[kept], self.scale[kept], self.rarity[kept])

    def forgotten(self) -> Said:
        """The same without what it says, where that is not needed."""
        return Said(self.codes[:0].copy(), self.scale[:0].copy(), self.rarity[:0].copy())


@dataclass(frozen=True, slots=True)
class Laid:
    """The pieces of a brand's examples: ``codes`` (pieces, width) and ``scale`` (pieces,); those of
    subject s are the rows from ``starts[s]`` on. A subject without any has one row of zeros, which
    is like nothing. ``ready``: the codes as they are multiplied."""

    codes: Codes
    scale: Floats
    starts: Labels
    ready: Any

    @classmethod
    def of(cls, texts: Sequence[Said], labels: Labels) -> Laid:
        """``labels`` (texts,): the subject of each, ascending from 0, none left out."""
        parts: list[tuple[Codes, Floats]] = []
        chosen = laid_out(labels, np.array([len(one.rarity) > 0 for one in texts]))
        for subject in range(int(labels[-1]) + 1):
            places = np.flatnonzero(chosen & (labels == subject))
            each = [texts[int(place)].rarest() for place in places]
            if each:
                codes = np.concatenate([one.codes for one in each])
                parts.append((codes, np.concatenate([one.scale for one in each])))
            else:
                width = texts[0].codes.shape[1]
                parts.append((np.zeros((1, width), np.int8), np.ones(1, np.float32)))
        starts = np.cumsum([0, *(len(codes) for codes, _ in parts[:-1])])
        codes, scale = (np.concatenate(every) for every in zip(*parts, strict=True))
        return cls.again(codes, scale, starts)

    @classmethod
    def again(cls, codes: Codes, scale: Floats, starts: Labels) -> Laid:
        """From what is kept of them."""
        return cls(codes, scale, starts, ready_to_multiply(codes))

    def found(self, text: Said) -> Floats:
        """(subjects, KINDS): the mean nearness of its pieces to the nearest of each subject's, rare
        ones weighing more; and, below zero, how far the worst piece is from being found.

        A text without pieces is found nowhere and lacks nothing.
        """
        text = text.rarest()
        codes, scale, rarity = text.codes, text.scale, text.rarity
        if not rarity.sum():
            return np.zeros((len(self.starts), KINDS), dtype=np.float32)
        alike = product(codes, self.ready) * self.scale
        near = np.maximum.reduceat(alike, self.starts, axis=1) * scale[:, None]
        lacking = (1 - near) * rarity[:, None]
        return np.stack([(rarity / rarity.sum()) @ near, -lacking.max(axis=0)], axis=1)


def laid_out(labels: Labels, there: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Of the examples that are ``there`` (texts,), those whose pieces are laid out: of a subject
    with too many, some all along."""
    subjects = np.unique(labels)
    most = max(1, MOST_LAID // len(subjects))
    chosen = np.zeros(len(labels), dtype=bool)
    for subject in subjects:
        places = np.flatnonzero(there & (labels == subject))
        some = np.linspace(0, len(places) - 1, min(most, len(places))).round().astype(np.int64)
        chosen[places[some]] = True
    return chosen


def ready_to_multiply(codes: Codes) -> Any:
    """(others, width), once for many products: int8 where the processor multiplies that fast."""
    import torch

    from .packed_bert import has_fast_int8

    across = torch.from_numpy(codes).t()
    return across if has_fast_int8() else across.float()


def product(codes: Codes, ready: Any) -> Floats:
    """(rows, width) with (others, width), made ready -> (rows, others). Whole numbers below
    2 ** 24: exact, so the same on every processor, however it adds them up."""
    import torch

    rows = torch.from_numpy(codes)
    across = (
        torch._int_mm(rows, ready).float() if ready.dtype == torch.int8 else rows.float() @ ready
    )
    whole: Floats = across.numpy()
    return whole
