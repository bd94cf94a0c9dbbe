"""Words with their formatting: where hidden links lead is written out, and nobody named is rung."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from .incoming import Mark, Wrote
from .parts import units
from .safe_text import JOINER, called, shown

LINK, CODE = "text_link", frozenset({"code", "pre"})
RINGING = frozenset({"mention", "text_mention"})
MOST_LINKS = 5
LONGEST_ADDRESS = 200


def inserted(
    text: str, marks: Iterable[Mark], what: Iterable[tuple[int, str]]
) -> tuple[str, tuple[Mark, ...]]:
    """``what``, each at its place (in UTF-16 units), put into ``text``; every mark stays on its
    own words, and takes in what is put between them."""
    pieces = sorted(what, key=lambda piece: piece[0])
    raw, built, done = text.encode("utf-16-le", "surrogatepass"), b"", 0
    for at, words in pieces:
        built += raw[2 * done : 2 * at] + words.encode("utf-16-le", "surrogatepass")
        done = at
    longer = [(at, units(words)) for at, words in pieces]
    moved = []
    for mark in marks:
        ends = mark.offset + mark.length
        start = mark.offset + sum(more for at, more in longer if at <= mark.offset)
        within = sum(more for at, more in longer if mark.offset < at < ends)
        moved.append(replace(mark, offset=start, length=mark.length + within))
    return (built + raw[2 * done :]).decode("utf-16-le", "replace"), tuple(moved)


def headed(said: Wrote, mark: str) -> Wrote:
    """A message with a mark in front of its words."""
    text, marks = inserted(said.text, said.marks, [(0, mark)])
    return replace(said, text=text, marks=marks)


def opened(said: Wrote) -> Wrote:
    """A message whose links lead where its words say: an address that stood behind other words
    stands after them, in parentheses."""
    links = [mark for mark in said.marks if mark.kind == LINK and mark.url]
    hidden = [mark for mark in links if not _is_its_address(said.text, mark)]
    if not links:
        return said
    addresses = [f" ({shown(mark.url or '')[:LONGEST_ADDRESS]})" for mark in hidden[:MOST_LINKS]]
    addresses += [" (…)"] * (len(hidden) - len(addresses))
    ends = [mark.offset + mark.length for mark in hidden]
    others = [mark for mark in said.marks if mark not in links]
    text, marks = inserted(said.text, others, zip(ends, addresses, strict=True))
    return replace(said, text=text, marks=marks)


def for_staff(said: Wrote) -> Wrote:
    """A customer's message as it may stand in a group: `opened`, and it rings nobody.

    Telegram rings whoever plain words name with an @, so something invisible stands behind each;
    but not in code, where it rings nobody.
    """
    said = opened(said)
    marks = [mark for mark in said.marks if mark.kind not in RINGING]
    places = [units(said.text[:at]) for at in called(said.text)]
    calls = [(at, JOINER) for at in places if not any(_is_code(mark, at) for mark in marks)]
    text, kept = inserted(said.text, marks, calls)
    return replace(said, text=text, marks=kept)


def _is_code(mark: Mark, at: int) -> bool:
    return mark.kind in CODE and mark.offset < at <= mark.offset + mark.length


def _is_its_address(text: str, mark: Mark) -> bool:
    raw = text.encode("utf-16-le", "surrogatepass")[2 * mark.offset :][: 2 * mark.length]
    return raw.decode("utf-16-le", "replace").rstrip("/") == (mark.url or "").rstrip("/")
