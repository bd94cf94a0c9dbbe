"""JSON lines that a person exported: every line read, or named with its number and its mend."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from .errors import ConfigError, Problem

T = TypeVar("T")

MOST_PROBLEMS = 20


class Bad(Exception):
    """A line that cannot be used: what is wrong with it, and its mend, if it is not its shape."""

    def __init__(self, what: str, mend: str = "") -> None:
        self.what, self.mend = what, mend


def read_lines(path: Path, shape: str, made: Callable[[dict[str, Any]], T]) -> list[T]:
    """What ``made`` makes of the object on each line, in order; it raises `Bad` for a bad one.

    ``shape``: the mend of a line that has another. Raises ConfigError naming each bad line (the
    first MOST_PROBLEMS), and when there is none to read.
    """
    found: list[T] = []
    problems: list[Problem] = []
    for number, line in enumerate(_lines(path), 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
            if not isinstance(value, dict):
                raise Bad("is not an object.")
            found.append(made(value))
        except Bad as bad:
            problems.append(Problem(f"{path}:{number}", bad.what, bad.mend or shape))
        except (ValueError, RecursionError) as error:
            problems.append(Problem(f"{path}:{number}", f"is not JSON ({error}).", shape))
    if len(problems) > MOST_PROBLEMS:
        more = len(problems) - MOST_PROBLEMS
        rest = Problem(str(path), f"{more} more lines cannot be read.", "Mend these first.")
        problems = [*problems[:MOST_PROBLEMS], rest]
    if not found and not problems:
        problems.append(Problem(str(path), "holds no message.", shape))
    if problems:
        raise ConfigError(problems)
    return found


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text("utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        mend = "Name a JSONL file in UTF-8."
        raise ConfigError([Problem(str(path), f"cannot be read ({error}).", mend)]) from error
