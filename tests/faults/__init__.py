"""The fault programme: what is broken on purpose, how often, and what is held against it.

One module a theme. Its docstring says the promise (the first paragraph goes into the document);
its ``run(scale, seed, out)``, plain or async, breaks things and reports:

    def run(scale: Scale, seed: int, out: Report) -> None:
        for _ in range(scale.count("powercuts", short=50, long=10_000)): ...
        out.figure("powercuts", 10_000)
        out.table(("state of the disk", "opened", "lost"), [("torn", 5_000, 0), ...])
        out.violation("an acknowledged update is gone", "seed 7, state 812, update 4411")

A module with a ``run`` is a theme; nothing else lists it. `python -m tests.faults` runs them long,
`tests/test_faults_*.py` run the same code with `SHORT`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

Figure = int | float
Cell = str | int | float


@dataclass(frozen=True, slots=True)
class Scale:
    """How much of everything: the `SHORT` run of the tests, or the `LONG` one.

    ``counts`` are asked for by name on the command line and win over both.
    """

    is_long: bool
    counts: Mapping[str, int] = field(default_factory=dict)

    def count(self, name: str, *, short: int, long: int) -> int:
        return self.counts.get(name, long if self.is_long else short)


SHORT = Scale(is_long=False)
LONG = Scale(is_long=True)


@dataclass(frozen=True, slots=True)
class Table:
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True, slots=True)
class Violation:
    """A promise that did not hold, and where somebody sees it again: seed, step, file."""

    what: str
    where: str


@dataclass
class Report:
    """What one theme found. Figures of one name are summed over the themes in the last line."""

    theme: str
    figures: dict[str, Figure] = field(default_factory=dict)
    tables: list[Table] = field(default_factory=list)
    violations: list[Violation] = field(default_factory=list)

    def figure(self, name: str, value: Figure) -> None:
        self.figures[name] = value

    def table(self, head: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
        self.tables.append(Table(head, rows))

    def violation(self, what: str, where: str) -> None:
        self.violations.append(Violation(what, where))


class Theme(Protocol):
    """A module of this package with a ``run``."""

    __doc__: str | None

    def run(self, scale: Scale, seed: int, out: Report) -> Awaitable[None] | None: ...
