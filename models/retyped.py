"""The same words as other people would have typed them: with care, lively, in haste.

Whoever wrote the texts that teach gave angry people a capital and a full stop far oftener than
calm ones (49 % of the short angry messages end with a stop, 0.8 % of the short calm ones), and
heads that learned from them took « Je vais y penser. » for anger. So they learn from texts whose
manner was drawn by lot, and are measured on every message in each manner.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

from bot.model.wording import BEGINS, STOP, plainly

SHOUTED = 0.5
"""Share of a text's letters in capitals from which on they are kept."""


def with_care(text: str, end: str = ".") -> str:
    """Each sentence begins with a capital, and the last one ends with ``end`` or a question."""
    text = BEGINS.sub(lambda begin: begin[0].upper(), text.strip())
    return STOP.sub("", text) + end if text[-1:].isalnum() or STOP.search(text) else text


def lively(text: str) -> str:
    return with_care(text, "!")


def in_haste(text: str) -> str:
    """Small letters and no stops, unless it shouts."""
    return plainly(text) if _shouts(text) else plainly(text).lower()


MANNERS: Mapping[str, Callable[[str], str]] = {
    "as_typed": str,
    "with_care": with_care,
    "lively": lively,
    "in_haste": in_haste,
}
SHARES = (25, 35, 15, 25)
"""Of a hundred texts, how many are typed in each of these manners."""


def retyped(text: str) -> str:
    """In a manner drawn by lot, the same one each time for the same text."""
    manner = random.Random(text).choices(list(MANNERS), SHARES)[0]
    return MANNERS[manner](text)


def _shouts(text: str) -> bool:
    letters = [letter for letter in text if letter.isalpha()]
    return sum(map(str.isupper, letters)) > SHOUTED * len(letters)
