"""The tone that wording alone shows: swearing, capitals, set phrases, which the encoder blurs.

A softmax regression over groups of letters and words. By itself it is about as good as the head on
the encoder's vectors; their mistakes differ, so the sum of both is better than either.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from .letters import MOST_READ, groups, plain
from .softmax import Floats

LENGTHS = (2, 3, 4, 5)
"""Letters in a group, case and accents as written: capitals and exclamation marks tell."""

STOP = re.compile(r"(?<=\w)[.!]$")
"""The single one that ends a text."""
BEGINS = re.compile(r"(?:^|(?<=[.!?…])\s+)\w(?![A-ZÀ-Ý])")
"""Where a sentence begins, but not where a word in capitals does."""
_BETWEEN = re.compile(r"(?<=\w)[.!](?=\s)")


@dataclass(frozen=True, slots=True)
class Wording:
    """``ids`` (features,) ascending, ``rarity`` (features,), ``weight`` (features, classes) in
    float16, ``bias`` (classes,)."""

    ids: NDArray[np.uint32]
    rarity: Floats
    weight: NDArray[np.float16]
    bias: Floats

    def logits(self, texts: Sequence[str]) -> Floats:
        """(texts, classes). What was never met in learning says nothing."""
        rows = [self._one(text) for text in texts]
        return np.array(rows, dtype=np.float32).reshape(len(texts), len(self.bias))

    def cooled(self, temperature: float) -> Wording:
        """The same choices, surer below a temperature of 1, less sure above."""
        weight = (self.weight / np.float16(temperature)).astype(np.float16)
        return Wording(self.ids, self.rarity, weight, self.bias / np.float32(temperature))

    def _one(self, text: str) -> Floats:
        place, value = row(features(text), self.ids, self.rarity)
        said: Floats = value @ self.weight[place].astype(np.float32) + self.bias
        return said


def features(text: str) -> Counter[int]:
    """Feature -> how often: groups of letters as written, but for what `plainly` takes away; words
    and pairs of them, folded."""
    text = plainly(text[:MOST_READ])
    return Counter(crc32(one.encode("utf-8", "surrogatepass")) for one in _features(text))


def plainly(text: str) -> str:
    """Without the stops and the capitals that a careful hand sets, or a telephone by itself: they
    say nothing of how somebody feels. What shouts ("!!", A WORD) stays."""
    text = BEGINS.sub(lambda begin: begin[0].lower(), STOP.sub("", text.strip()))
    return _BETWEEN.sub("", text)


def row(
    found: Counter[int], ids: NDArray[np.uint32], rarity: Floats
) -> tuple[NDArray[np.int64], Floats]:
    """A text as a sparse row of length 1: which of ``ids``, and the weight of each."""
    every = np.array(sorted(found), dtype=np.uint32)
    place = np.searchsorted(ids, every)
    place[place == len(ids)] = 0
    known = ids[place] == every
    place, times = place[known], np.array([found[int(one)] for one in every[known]])
    value = ((1 + np.log(times)) * rarity[place]).astype(np.float32)
    return place, value / max(float(np.linalg.norm(value)), 1e-9)


def _features(text: str) -> Iterator[str]:
    yield from groups(text, LENGTHS)
    words = re.findall(r"\w+|[^\w\s]", plain(text))
    yield from (f"1 {word}" for word in words)
    yield from (f"2 {one} {two}" for one, two in pairwise(words))
