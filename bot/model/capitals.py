"""Capitals that say nothing: a text as it reads without them."""

from __future__ import annotations

import re

NEARLY_ALL = 0.8
FEWEST = 3
"""Words that may each begin with a capital because they are a name."""

_WORD = re.compile(r"[^\W\d_][\w'’-]*")


def lowered(text: str) -> str:
    """``text`` in small letters where nearly all of it, or nearly every word, is in capitals;
    else as it is. Every character keeps its place.

    Who writes so with caps lock on, or a telephone that helps, says what they would say in small
    letters; the model met capitals mostly where somebody shouted.
    """
    cased = [c for c in text if c.isupper() or c.islower()]
    words = _WORD.findall(text)
    shouted = sum(map(str.isupper, cased)) >= NEARLY_ALL * len(cased)
    begun = sum(word[0].isupper() for word in words)
    titled = len(words) >= FEWEST and begun >= NEARLY_ALL * len(words)
    if not cased or not (shouted or titled):
        return text
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
