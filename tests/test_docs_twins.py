"""The list of twins in docs/reliability.md is whole: each is there, each theme has one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from .faults.__main__ import themes

ROOT = Path(__file__).parent.parent
DOCUMENT = (ROOT / "docs" / "reliability.md").read_text("utf-8")
ROW = re.compile(r"^\| (\w+) \| [^|]+\. \| [^|]+\. \| `tests/(\w+)\.py::(\w+)(?:\[([^`]+)\])?` \|$")
OF_THE_PROGRAMME = ("edge", "health", "store", "webhook")
"""The files of twins, tests/test_sabotage_….py, of which none may be missing in the list."""

Named = tuple[str, str, str]
"""Module, test, and the id of the parameters; empty where a test has none."""


def listed() -> list[tuple[str, Named]]:
    """Theme and twin of each row."""
    _, _, section = DOCUMENT.partition("\n## The twins\n")
    rows = [line for line in section.splitlines() if line.startswith("| ")][2:]
    found = []
    for row in rows:
        match = ROW.match(row)
        assert match, f"not as the others: {row}"
        theme, module, test, parameters = match.groups(default="")
        found.append((theme, (module, test, parameters)))
    return found


def twins_of(module: ModuleType) -> Iterator[Named]:
    """Every test of a module, once for each of its parameters, as pytest names them."""
    home = module.__name__.rpartition(".")[2]
    for name, test in vars(module).items():
        if name.startswith("test_") and callable(test):
            marks = [mark for mark in getattr(test, "pytestmark", ()) if mark.name == "parametrize"]
            given = [ids_of(*mark.args, **mark.kwargs) for mark in marks]
            yield from ((home, name, one) for one in (given[0] if given else [""]))


def ids_of(
    _names: object, values: Any, ids: list[str] | Callable[[Any], str] | None = None, **_: object
) -> list[str]:
    if callable(ids):
        return [ids(value) for value in values]
    if ids is not None:
        return list(ids)
    every = [value if isinstance(value, tuple) else (value,) for value in values]
    return ["-".join(map(str, value)) for value in every]


def found_in(*names: str) -> set[Named]:
    return {one for name in names for one in twins_of(import_module(f"tests.{name}"))}


def test_each_twin_in_the_list_is_there() -> None:
    named = {twin for _, twin in listed()}
    there = found_in(*{module for module, _, _ in named})
    assert len(named) == len(listed()), "listed twice"
    assert named <= there, sorted(named - there)


def test_each_theme_has_a_twin_in_the_list() -> None:
    assert set(themes()) <= {theme for theme, _ in listed()}


@pytest.mark.parametrize("name", OF_THE_PROGRAMME)
def test_no_twin_of_the_programme_is_missing_in_the_list(name: str) -> None:
    there = found_in(f"test_sabotage_{name}")
    assert there
    assert there <= {twin for _, twin in listed()}


def test_what_pytest_names_is_what_is_looked_up() -> None:
    """Each shape of parameters that the list uses."""
    assert ids_of("twin", ["a b"], ids=lambda text: text.replace(" ", "_")) == ["a_b"]
    assert ids_of(("a", "b"), [(1, 2)], ids=["one"]) == ["one"]
    assert ids_of(("a", "b"), [("x", "y z")]) == ["x-y z"]
