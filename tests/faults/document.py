"""A theme's report as people read it: at a terminal, and in its place in docs/reliability.md."""

from __future__ import annotations

import re
from collections.abc import Sequence

from . import Cell, Figure, Report, Table

IN_THE_LAST_LINE = ("kills", "lost", "doubled", "powercuts")


def as_text(report: Report) -> str:
    """Tables with their columns under each other, the other figures, every violation."""
    parts = [f"== {report.theme}", *map(_aligned, report.tables)]
    if report.figures:
        parts.append("  ".join(f"{name}={_said(v)}" for name, v in report.figures.items()))
    parts += [f"VIOLATION: {one.what} ({one.where})" for one in report.violations]
    return "\n".join(parts)


def last_line(reports: Sequence[Report]) -> str:
    """What programs read."""
    totals = {name: _total(reports, name) for name in IN_THE_LAST_LINE}
    totals["violations"] = sum(len(report.violations) for report in reports)
    return " ".join(f"{name}={value}" for name, value in totals.items())


def written(document: str, report: Report, promise: str, source: str) -> str:
    """The document with this theme's part replaced, or added behind the last one.

    ``source``: the command, seed and commit that the figures came from.
    """
    begin, end = f"<!-- faults: {report.theme} -->", f"<!-- end: {report.theme} -->"
    part = f"{begin}\n{_as_markdown(report, promise, source)}\n{end}"
    place = re.compile(rf"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    if place.search(document):
        return place.sub(lambda _: part, document)
    ends = list(re.finditer(r"<!-- end: \w+ -->", document))
    cut = ends[-1].end() if ends else len(document)
    before, after = document[:cut].rstrip(), document[cut:].strip()
    return f"{before}\n\n{part}\n" + (f"\n{after}\n" if after else "")


def _as_markdown(report: Report, promise: str, source: str) -> str:
    figures = [f"{name} {_said(value)}" for name, value in report.figures.items()]
    violations = [f"- **Violation:** {one.what} ({one.where})" for one in report.violations]
    parts = [
        f"## {report.theme.replace('_', ' ').capitalize()}",
        promise,
        source,
        *map(_markdown_table, report.tables),
        ", ".join([*figures, f"violations {len(violations)}"]) + ".",
        "\n".join(violations),
    ]
    return "\n\n".join(part for part in parts if part)


def _markdown_table(table: Table) -> str:
    rule = ["---", *["--:"] * (len(table.head) - 1)]
    rows = [table.head, rule, *[[_said(cell) for cell in row] for row in table.rows]]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _aligned(table: Table) -> str:
    rows = [list(table.head), *[[_said(cell) for cell in row] for row in table.rows]]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            [
                row[0].ljust(widths[0]),
                *(cell.rjust(w) for cell, w in zip(row[1:], widths[1:], strict=True)),
            ]
        )
        for row in rows
    )


def _total(reports: Sequence[Report], name: str) -> Figure:
    return sum(report.figures.get(name, 0) for report in reports)


def _said(value: Cell) -> str:
    return (
        f"{value:,.2f}" if isinstance(value, float) else f"{value:,}" if _big(value) else f"{value}"
    )


def _big(value: Cell) -> bool:
    return isinstance(value, int) and abs(value) >= 10_000
