"""People's words made safe to show and to read: no control, bidi or stacked marks."""

from __future__ import annotations

import re
import unicodedata
from html import escape
from itertools import pairwise

from .conversation import Person

MOST_MARKS = 3
_KEPT_CONTROLS = {"\n", "\t"}
_ZERO_WIDTH_JOINER = "\u200d"  # emoji families are built with it
JOINER = "\u2060"
"""Invisible, and no part of a name: what stands behind an @ names nobody any more."""
_MENTION = re.compile(
    r"(?<!\w)https?://(?:[\w-]+\.)+[a-z]{2,}/[\w.~%&=+/?#@-]*"  # a link keeps its address
    r"|(?<!\w)@(?=\w)",  # not of an e-mail address
    re.IGNORECASE,
)
_SPACES = re.compile(r"[ \t]{2,}")


def shown(text: str) -> str:
    """``text`` in NFC without control, bidi and invisible characters, at most 3 marks a letter.

    The raw text is kept elsewhere; this copy is what people see and the model reads.
    """
    kept: list[str] = []
    marks = 0
    for char in unicodedata.normalize("NFC", text):
        category = unicodedata.category(char)
        if category.startswith("M") and char != "\ufe0f":
            marks += 1
            if marks > MOST_MARKS:
                continue
        else:
            marks = 0
        hidden = category in ("Cc", "Cf", "Cs", "Co", "Cn") and char not in _KEPT_CONTROLS
        if hidden and char != _ZERO_WIDTH_JOINER:
            continue
        kept.append(char)
    return _SPACES.sub(" ", "".join(kept)).strip()


def shortened(text: str, most: int) -> str:
    """``text`` in at most ``most`` characters, with a mark where it was cut."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def called(text: str) -> list[int]:
    """Behind which characters of ``text`` a name stands that Telegram would ring: each an @."""
    return [match.end() for match in _MENTION.finditer(text) if match.group() == "@"]


def rings_nobody(text: str) -> str:
    """``text`` that looks the same, and in which Telegram finds nobody by @name to ring."""
    ends = [0, *called(text), len(text)]
    return JOINER.join(text[start:end] for start, end in pairwise(ends))


def shown_name(name: str, most: int = 40) -> str:
    """A person's name on one line, never empty, that rings nobody.

    One that is written from right to left stands isolated: what is around it keeps its order.
    """
    flat = " ".join(shown(name).split())
    short = rings_nobody(shortened(flat, most)) or "?"
    turns = any(unicodedata.bidirectional(char) in ("R", "AL") for char in short)
    return f"\u2068{short}\u2069" if turns else short


def mention(person: Person) -> str:
    """A person's name as HTML that Telegram rings them for."""
    return f'<a href="tg://user?id={person.id}">{escape(shown_name(person.name))}</a>'
