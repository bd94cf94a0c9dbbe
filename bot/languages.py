"""The languages a brand may serve, and texts in those it does not: left alone, with a warning."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .errors import Problem
from .toml_file import Table

READABLE = ("fr", "en", "es", "de", "pt", "it")
"""Languages that a turn may be found to be in; nobody would ever get an answer in another."""


def pass_over_unserved(table: Table, languages: Sequence[str], warnings: list[Problem]) -> None:
    """Texts in a language the brand does not serve (yet) are left alone."""
    for code in table.values:
        if re.fullmatch("[a-z]{2}", code) and code not in languages:
            table.known[code] = None
            what = f"{'.'.join((*table.keys, code))} is not used: the brand does not serve {code}."
            mend = "Add it to the languages in brand.toml once every subject has its answer."
            warnings.append(Problem(table.source.place((*table.keys, code)), what, mend))
