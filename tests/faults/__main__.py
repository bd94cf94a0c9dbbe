"""Runs the themes of the fault programme: one table each, and a last line for programs.

    python -m tests.faults [THEME…] [--short] [--seed N] [--count kills=200] [--write FILE]

Ends with 1 when a promise did not hold. A theme that cannot finish is a violation as well, and the
others still run.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import pkgutil
import subprocess
import sys
import traceback
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

import uvloop

import tests.faults as package

from . import LONG, SHORT, Report, Scale, Theme
from .document import as_text, last_line, written

CHECKOUT = Path(__file__).parents[2]


def themes() -> dict[str, Theme]:
    """Every module of this package that has a ``run``, by name."""
    names = [one.name for one in pkgutil.iter_modules(package.__path__) if one.name != "__main__"]
    modules = {name: importlib.import_module(f"{package.__name__}.{name}") for name in names}
    return {name: cast(Theme, one) for name, one in modules.items() if hasattr(one, "run")}


def report_of(name: str, theme: Theme, scale: Scale, seed: int) -> Report:
    out = Report(name)
    try:
        running = theme.run(scale, seed, out)
        if inspect.iscoroutine(running):
            uvloop.run(running)
    except Exception as error:
        traceback.print_exc()
        out.violation(f"the theme did not finish: {error!r}", f"--seed {seed}")
    return out


def promise(theme: Theme) -> str:
    """The first paragraph of its docstring."""
    return inspect.cleandoc(theme.__doc__ or "").partition("\n\n")[0].replace("\n", " ")


def commit() -> str:
    """What is checked out, marked when files differ from it."""
    asked = ("git", "-C", str(CHECKOUT), "describe", "--always", "--dirty", "--exclude=*")
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()


def source(name: str, given: argparse.Namespace, at: str) -> str:
    """Where figures come from, so that somebody else can take them again."""
    options = ["--short"] if given.short else []
    options += [f"--count {counted}" for counted in given.count]
    command = " ".join(["python -m tests.faults", name, f"--seed {given.seed}", *options])
    return f"`{command}` at {at or 'an unknown commit'}."


def write(path: Path, report: Report, promised: str, taken: str) -> None:
    document = path.read_text("utf-8") if path.exists() else ""
    path.write_text(written(document, report, promised, taken), encoding="utf-8")


def options(names: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tests.faults", description=__doc__)
    parser.add_argument("themes", nargs="*", metavar="THEME", help=", ".join(names))
    parser.add_argument("--short", action="store_true", help="what the tests run")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--count", action="append", default=[], metavar="NAME=N", help="this many of these"
    )
    parser.add_argument("--write", type=Path, metavar="FILE", help="put the figures in there")
    return parser


def main(argv: Sequence[str]) -> int:
    known = themes()
    parser = options(list(known))
    given = parser.parse_args(argv)
    if unknown := set(given.themes) - set(known):
        parser.error(f"no such theme: {', '.join(sorted(unknown))}")
    counts = {name: int(n) for name, _, n in (one.partition("=") for one in given.count)}
    scale = replace(SHORT if given.short else LONG, counts=counts)
    at, reports = commit(), []
    for name in given.themes or known:
        report = report_of(name, known[name], scale, given.seed)
        reports.append(report)
        print(as_text(report) + "\n", flush=True)
        if given.write is not None:
            write(given.write, report, promise(known[name]), source(name, given, at))
    print(last_line(reports), flush=True)
    return 1 if any(report.violations for report in reports) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
