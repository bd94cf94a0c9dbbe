"""Which language a turn is written in, when it may be three words, misspelt, or two languages.

py3langid counts letters; the encoder's head knows words. Together they are better on "allo" and
"salut" than either, and a mixed turn comes out as the one of its languages that weighs more.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from math import log

from .general import LANGUAGES as HEAD
from .softmax import Floats

LANGUAGES = ("fr", "en", "es", "de", "pt", "it")
SERVED = 10.0
"""How much likelier a language is when the brand serves it, before anything is read."""
LEAST = 1e-9
FEW = 2
"""Words, and fewer, that may be of either language: "rental", « points »."""
SURE = 0.8
"""Of so few words the head must be this sure; else whoever wrote them is better known by others."""


def is_legible(text: str) -> bool:
    """Are half of its letters Latin or more? The encoder knows no others: what is written in them
    is one and the same to it, whatever it says."""
    letters = [c for c in unicodedata.normalize("NFKC", text) if c.isalpha()]
    latin = sum(unicodedata.name(c, "").startswith("LATIN") for c in letters)
    return 2 * latin >= len(letters)


class Languages:
    """``served``: the languages the brand serves, ISO 639-1; empty: all are alike."""

    def __init__(self, served: Sequence[str] = ()) -> None:
        from py3langid.langid import MODEL_FILE, LanguageIdentifier

        self._letters = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
        self._letters.set_languages(list(LANGUAGES))
        self._served = frozenset(served)

    def of(self, text: str, words: Floats) -> str | None:
        """The language of ``text``; ``words``: the head's probabilities, as in general.LANGUAGES.

        None when there is no letter to judge by, or so few words that it may be either.
        """
        told = len(text.split()) > FEW or float(words.max()) >= SURE
        if not told or not any(character.isalpha() for character in text):
            return None
        score = {code: log(max(share, LEAST)) for code, share in self._letters.rank(text)}
        for code, share in zip(HEAD, map(float, words), strict=True):
            score[code] += log(max(share, LEAST) * len(HEAD))
        for code in self._served & score.keys():
            score[code] += log(SERVED)
        return max(LANGUAGES, key=lambda code: score[code])
