"""No test text reaches training: finds the training texts that are, or nearly are, test texts."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

ALIKE = 0.8
"""Two texts are nearly the same when this share of their words, taken together, is in both."""
LEAST_WORDS = 4
"""Of shorter texts ("yes please") only exact repeats count: they are anybody's."""


def leaked(training: Iterable[str], tests: Iterable[str]) -> dict[str, str]:
    """Training texts that must go -> the test text that each repeats, or nearly does.

    Case, accents and punctuation do not count. Seconds for some ten thousand texts of each.
    """
    by_words: dict[frozenset[str], str] = {}
    exact: dict[str, str] = {}
    for text in tests:
        exact.setdefault(" ".join(_words(text)), text)
        by_words.setdefault(frozenset(_words(text)), text)
    common = Counter(word for words in by_words for word in words)
    holding: dict[str, list[frozenset[str]]] = {}
    for words in by_words:
        for word in _rarest(words, common):
            holding.setdefault(word, []).append(words)
    found = {}
    for text in training:
        listed = _words(text)
        same = exact.get(" ".join(listed)) or _near(frozenset(listed), common, holding, by_words)
        if same is not None:
            found[text] = same
    return found


def _near(
    words: frozenset[str],
    common: Counter[str],
    holding: dict[str, list[frozenset[str]]],
    by_words: dict[frozenset[str], str],
) -> str | None:
    never_met = len(words) - len(words & common.keys())
    if len(words) < LEAST_WORDS or never_met >= _kept(words):
        return None
    size = len(words)
    for word in _rarest(words, common):
        for other in holding.get(word, ()):
            if not ALIKE * size <= len(other) <= size / ALIKE:
                continue  # of such different lengths they cannot be alike
            both = len(words & other)
            if both >= ALIKE * (size + len(other) - both):
                return by_words[other]
    return None


def _rarest(words: frozenset[str], common: Counter[str]) -> list[str]:
    """So many of the rarest words that two texts which are ALIKE share one of them."""
    return sorted(words, key=lambda word: (common[word], word))[: _kept(words)]


def _kept(words: frozenset[str]) -> int:
    return len(words) - int(ALIKE * len(words)) + 1


def _words(text: str) -> list[str]:
    bare = unicodedata.normalize("NFD", text.lower())
    return re.findall(r"\w+", "".join(c for c in bare if not unicodedata.combining(c)))
