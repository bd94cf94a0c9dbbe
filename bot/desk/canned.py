"""Canned replies: words that staff send with /r, per language, checked when they are loaded."""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from pathlib import Path

from .. import toml_file
from ..errors import Problem
from ..languages import pass_over_unserved
from ..toml_file import Table

PLACEHOLDERS = ("name", "agent", "brand", "case")
"""What may stand between braces: the customer's name, the agent's, the brand's, the number."""
LONGEST = 3500

Canned = Mapping[str, Mapping[str, str]]
"""Name -> language -> text."""


def load_canned(
    file: Path, languages: Sequence[str], problems: list[Problem], warnings: list[Problem]
) -> Canned:
    """The replies of ``replies.toml``; none when there is no such file.

    Each has a text in every language of the brand, with no other braces than PLACEHOLDERS.
    Without ``languages`` (brand.toml itself cannot be read), those that stand there are checked.
    """
    if not file.exists():
        return {}
    table = toml_file.read(file, problems)
    if table is None:
        return {}
    found = {
        name: _texts(table.table(name, f'{name}.fr = "…"'), languages, warnings)
        for name in table.values
    }
    table.refuse_unknown()
    return found


def filled(text: str, values: Mapping[str, object]) -> str:
    """The text with its placeholders filled in."""
    return text.format_map(values)


def _texts(table: Table, languages: Sequence[str], warnings: list[Problem]) -> Mapping[str, str]:
    languages = languages or tuple(table.values)
    pass_over_unserved(table, languages, warnings)
    texts = {code: table.text(code, longest=LONGEST) for code in languages}
    allowed = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
    for code, text in texts.items():
        try:
            parts = [part[1:] for part in string.Formatter().parse(text) if part[1] is not None]
        except ValueError:
            parts = [("", "", None)]
        if any(name not in PLACEHOLDERS or spec or how for name, spec, how in parts):
            table.problem(code, "has braces that mean nothing.", f"Only these do: {allowed}.")
    return texts
