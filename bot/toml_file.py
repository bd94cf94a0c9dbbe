"""Reads a TOML file that a person edits, and names what they must mend by file and line.

``tomllib`` forgets where things stood and no well-kept parser remembers it, so the place is found
again with ``tomllib`` itself: the shortest run of lines that parses alone is one statement.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Protocol, TypeVar, overload

from .errors import Problem

T = TypeVar("T")
Keys = tuple[str, ...]

MISSING = "is missing."
_UNQUOTED = ", without quotes"


def read(path: Path, problems: list[Problem]) -> Table | None:
    """The file's top table; None when it cannot be read, which is then added to ``problems``."""
    try:
        text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
        return Table(Source(path, text), problems, tomllib.loads(text))
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        what, mend = "is not written in UTF-8.", "Save the file again with the encoding UTF-8."
        problems.append(Problem(f"{path}:{line}", what, mend))
    except OSError as error:
        what = f"cannot be read ({error.strerror})."
        problems.append(Problem(str(path), what, "Check the name of the file and its rights."))
    except (ValueError, RecursionError) as error:
        at = re.search(r" \(at (?:line (\d+)|.*)", str(error))
        number = at[1] if at and at[1] else _last_statement(text.split("\n"))
        what = f"cannot be understood: {str(error)[: at.start() if at else 80]}."
        mend = "Mend this line, or the quotes and brackets just above it."
        problems.append(Problem(f"{path}:{number}", what, mend))
    return None


class Places(Protocol):
    """What a table needs of the file it comes from: how to say where a key stands."""

    @property
    def path(self) -> Path: ...

    @property
    def assign(self) -> str:
        """What stands between a key and its value."""

    def place(self, keys: Keys, item: int | None = None) -> str: ...


@dataclass(frozen=True)
class Source:
    """A file's text, and the search for the line on which a key stands."""

    path: Path
    text: str
    assign: str = " ="

    def place(self, keys: Keys, item: int | None = None) -> str:
        """``file:line`` of a key, or of its nearest parent; of one item of its list."""
        for length in range(len(keys), 0, -1):
            for table, first, lines, says in self._statements:
                if _covers(table, says, keys[:length]):
                    if item is not None and length == len(keys):
                        first += _lines_before_item(lines, item)
                    return f"{self.path}:{first}"
        return str(self.path)

    @cached_property
    def _statements(self) -> list[tuple[Keys, int, list[str], Mapping[str, object]]]:
        """Table, first line (from 1), lines and content of every statement."""
        table: Keys = ()
        found = []
        lines = self.text.split("\n")
        start = 0
        while start < len(lines):
            end, says = _shortest(lines, start)
            header = lines[start].lstrip().startswith("[")
            table = tuple(_chain(says)) if header else table
            if header or says:
                found.append((table, start + 1, lines[start:end], {} if header else says))
            start = end
        return found


def _shortest(lines: Sequence[str], start: int) -> tuple[int, Mapping[str, object]]:
    """The end of the statement that starts here, and what it says."""
    for end in range(start + 1, len(lines) + 1):
        # Beyond its first line, a statement can only end where something is closed.
        if end == start + 1 or re.search(r"[\]}]|\"\"\"|'''", lines[end - 1]):
            try:
                return end, tomllib.loads("\n".join(lines[start:end]))
            except ValueError:
                continue
    return len(lines), {}


def _last_statement(lines: Sequence[str]) -> int:
    """The line where it begins: the one to mend when the file ends in the middle of it."""
    start = 0
    while (end := _shortest(lines, start)[0]) < len(lines):
        start = end
    return start + 1


def _chain(says: object) -> Iterator[str]:
    while isinstance(says, Mapping) and says:
        key = next(iter(says))
        yield key
        says = says[key]


def _covers(table: Keys, says: Mapping[str, object], keys: Keys) -> bool:
    """Whether a statement is the place of ``keys``. A table's header says nothing itself."""
    if not says:
        return table[: len(keys)] == keys
    inside: object = says
    for key in keys[len(table) :]:
        if not isinstance(inside, Mapping) or key not in inside:
            return False
        inside = inside[key]
    return keys[: len(table)] == table and len(keys) > len(table)


def _leaf(says: object) -> object:
    while isinstance(says, Mapping) and says:
        says = next(iter(says.values()))
    return says


def _lines_before_item(lines: Sequence[str], item: int) -> int:
    """How many lines of a list stand before its ``item``-th (from 0); 0 when in doubt."""
    seen = 0
    start = 0
    opening = ""
    for end in range(1, len(lines) + 1):
        chunk = opening + "\n".join(lines[start:end])
        for closing in ("]", ""):
            try:
                value = _leaf(tomllib.loads(chunk + "\n" + closing))
            except ValueError:
                continue
            seen += len(value) if isinstance(value, list) else 0
            if seen > item:
                return start
            start, opening = end, "list = ["
            break
    return 0


@dataclass(frozen=True)
class Table:
    """One table of the file. Each getter checks one key and adds what is wrong to ``problems``;
    ``refuse_unknown`` then complains about the keys nobody asked for."""

    source: Places
    problems: list[Problem]
    values: Mapping[str, object]
    keys: Keys = ()
    known: dict[str, Table | None] = field(default_factory=dict)
    misshapen: set[str] = field(default_factory=set)
    """Keys with a value of another kind than asked for: of these nothing more is said."""

    def problem(self, key: str, what: str, mend: str, item: int | None = None) -> None:
        """Something is wrong with ``key`` (with its ``item``-th, from 0, when it is a list)."""
        if key in self.misshapen and item is None:
            return
        keys = (*self.keys, key)
        problem = Problem(self.source.place(keys, item), f"{'.'.join(keys)} {what}", mend)
        if problem not in self.problems:  # a getter may be called again
            self.problems.append(problem)

    def table(self, key: str, like: str = "") -> Table:
        """A table inside this one; an empty one, about which nothing is said, when it is not there
        or is no table. ``like``: an example of what stands in it, for whoever must mend it."""
        known = self.known.get(key)
        if known is None:
            example = like or f"[{'.'.join((*self.keys, key))}], and a line for each below it"
            called = "a table: several values, each under its name"
            value: dict[str, object] = self._get(key, dict, called, {}, f"it like {example}")
            problems = [] if key in self.misshapen else self.problems
            known = Table(self.source, problems, value, (*self.keys, key))
            self.known[key] = known
        return known

    def text(self, key: str, default: str | None = None, longest: int | None = None) -> str:
        """A text without the blank space around it. Empty or absent: ``default``, or a problem."""
        value = self._get(key, str, 'a text between quotes, like "this"', "").strip()
        if not value and default is None:
            what = "is empty." if key in self.values else MISSING
            self.problem(key, what, f'Write {key}{self.source.assign} "…".')
        if longest is not None and len(value) > longest:
            what = f"has {len(value):,} characters; the most is {longest:,}."
            self.problem(key, what, "Shorten it.")
        return value or default or ""

    def one_of(self, key: str, default: str, choices: Sequence[str]) -> str:
        """A text that is one of ``choices``."""
        value = self.text(key, default)
        if value in choices:
            return value
        self.problem(key, f'is "{value}".', "Write " + _either(choices) + ".")
        return default

    def number(self, key: str, default: float, low: float, high: float) -> float:
        """A number from ``low`` to ``high``, both allowed."""
        value = self._get(key, float, "a number", default)
        if low <= value <= high:
            return value
        self.problem(key, f"is {value:g}.", f"Write a number from {low:g} to {high:g}.")
        return default

    @overload
    def file(self, key: str, default: Path) -> Path: ...
    @overload
    def file(self, key: str, default: None) -> Path | None: ...
    def file(self, key: str, default: Path | None) -> Path | None:
        """A path beside the file, unless absolute; the default is beside it too."""
        text = self.text(key, "")
        try:
            path = Path(text).expanduser() if text else default
        except RuntimeError:  # ~name, and nobody has this name
            self.problem(key, f"names nobody's home ({text}).", "Write the folder without a ~.")
            path = default
        return None if path is None else self.source.path.parent / path

    def whole(self, key: str, default: int) -> int:
        """A whole number."""
        return self._get(key, int, "a whole number", default)

    def flag(self, key: str, default: bool = False) -> bool:
        """true or false."""
        return self._get(key, bool, "true or false", default)

    def wholes(self, key: str) -> dict[int, int]:
        """A list of whole numbers, each under its place in the list; may be empty or absent."""
        return self._list(key, int, "a whole number")

    def texts(self, key: str) -> dict[int, str]:
        """A list of texts, likewise, without the blank space around them; none may be empty."""
        texts = self._list(key, str, "a text between quotes")
        for number, text in texts.items():
            texts[number] = text.strip()
            if not texts[number]:
                self.problem(key, "has an empty item.", "Fill it or take it out.", item=number)
        return texts

    def dicts(self, key: str) -> dict[int, dict[str, object]]:
        """A list of tables, likewise."""
        return self._list(key, dict, "a table")

    def refuse_unknown(self) -> None:
        """Complain about every key that no getter asked for, here and in the tables below."""
        for key in self.values:
            if key not in self.known:
                near = difflib.get_close_matches(key, self.known, n=1)
                mend = f"Did you mean {near[0]}?" if near else f"Known: {', '.join(self.known)}."
                self.problem(key, "is not a key this program knows.", mend)
        for table in self.known.values():
            if table is not None:
                table.refuse_unknown()

    def _get(self, key: str, kind: type[T], called: str, default: T, like: str = "") -> T:
        self.known.setdefault(key)
        value = self.values.get(key, default)
        if kind is float and type(value) is int:
            value = float(value)
        if type(value) is kind:  # exactly: True is not a number here
            return value
        quoted = isinstance(value, str) and kind in (int, float, bool)
        mend = f"Write {like or called}{_UNQUOTED if quoted else ''}."
        self.problem(key, f"is not {called}.", mend)
        self.misshapen.add(key)
        return default

    def _list(self, key: str, kind: type[T], called: str) -> dict[int, T]:
        items: list[object] = self._get(key, list, "a list between square brackets", [])
        right = {}
        for number, item in enumerate(items):
            if type(item) is kind:
                right[number] = item
            else:
                what = f"has an item, number {number + 1}, that is not {called}."
                quoted = isinstance(item, str) and kind is int
                mend = f"Write {called}{_UNQUOTED if quoted else ''}."
                self.problem(key, what, mend, item=number)
        if len(right) < len(items):
            self.misshapen.add(key)
        return right


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """By file, then by line."""

    def line(problem: Problem) -> tuple[str, int]:
        file, _, number = problem.place.rpartition(":")
        return (file, int(number)) if number.isdecimal() else (problem.place, 0)

    return sorted(problems, key=line)


def _either(choices: Iterable[str]) -> str:
    return " or ".join(f'"{choice}"' for choice in choices)
