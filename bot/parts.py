"""Cuts a text that is too long for one message, plain or in our own HTML."""

from __future__ import annotations

import html as markup
import re
from collections.abc import Iterable, Sequence

MESSAGE_UNITS = 4096
"""UTF-16 code units Telegram allows in one message, counted after the markup is read."""

_TAG = re.compile(r"<(/?)([a-zA-Z][\w-]*)[^<>]*>")
_TOKEN = re.compile(rf"{_TAG.pattern}|&(?:#\w+|\w+);|.", re.DOTALL)


def units(text: str) -> int:
    """The length as Telegram counts it: an emoji is two."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def without_tags(html: str) -> str:
    """Our HTML as plain text."""
    return markup.unescape(_TAG.sub("", html))


def parts(text: str, *, html: bool = False, limit: int = MESSAGE_UNITS) -> list[str]:
    """``text`` in pieces of at most ``limit`` visible UTF-16 units; nothing but blanks is lost.

    Cuts after a paragraph, else a line, else a word, else anywhere but inside a character.
    With ``html``, tags open at a cut are closed there and opened again in the next piece.
    """
    if units(text) <= limit:
        return [text]
    tokens = [match.group() for match in _TOKEN.finditer(text)] if html else list(text)
    pieces: list[str] = []
    opened: list[str] = []
    start = 0
    while start < len(tokens):
        end = _cut(tokens, start, limit, html)
        before = "".join(opened)
        opened = _still_open(opened, tokens[start:end]) if html else []
        after = "".join(f"</{_TAG.match(tag)[2]}>" for tag in reversed(opened))  # type: ignore[index]
        body = "".join(tokens[start:end])
        if (without_tags(body) if html else body).strip():
            pieces.append(before + body + after)
        start = end
    return pieces or [""]


def _cut(tokens: Sequence[str], start: int, limit: int, html: bool) -> int:
    """The index after the last token of the piece that begins at ``start``."""
    used = 0
    for end in range(start, len(tokens)):
        used += _visible(tokens[end], html)
        if used > limit:
            break
    else:
        return len(tokens)
    for blank in ("\n\n", "\n", " "):
        for at in range(end, start + (end - start) // 2, -1):
            if "".join(tokens[at - len(blank) : at]) == blank:
                return at
    return end


def _visible(token: str, html: bool) -> int:
    return 0 if html and _TAG.fullmatch(token) else units(markup.unescape(token) if html else token)


def _still_open(opened: Iterable[str], tokens: Iterable[str]) -> list[str]:
    stack = list(opened)
    for token in tokens:
        tag = _TAG.fullmatch(token)
        if tag and not tag[1]:
            stack.append(token)
        elif tag and stack:
            stack.pop()
    return stack
