"""What a subject is called: a name fit for a file out of any other, and a title out of a name."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Collection, Iterator

NAME = re.compile(r"[a-z0-9_-]{1,48}")
NUMBERED_FROM = 44
"""Characters of a name that are kept when a number is put behind it."""


def slug(name: str) -> str:
    """A subject's name out of any name: ``Où est ma commande ?`` -> ``ou-est-ma-commande``.

    A name that is one already stays as it is; may be empty.
    """
    plain = "".join(c for c in unicodedata.normalize("NFKD", name.lower()) if c.isascii())
    return re.sub(r"[^a-z0-9_]+", "-", plain).strip("-")[:48] if not NAME.fullmatch(name) else name


def numbered(text: str, joint: str, kept: int) -> Iterator[str]:
    """The text; then as much of it as is ``kept``, with a number behind it."""
    yield text
    for number in itertools.count(2):
        yield f"{text[:kept].strip()}{joint}{number}"


def siblings(name: str, subjects: Collection[str]) -> list[str]:
    """The subjects that were numbered because they would have had this name too."""
    with_number = re.compile(re.escape(name[:NUMBERED_FROM]) + r"-\d+")
    return sorted(subject for subject in subjects if with_number.fullmatch(subject))


def spoken(name: str) -> str:
    """A title for want of a better one: ``order-status`` -> ``Order status``."""
    return re.sub(r"[-_\s]+", " ", name).strip().capitalize()
