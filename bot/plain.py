"""What customers would read as it stands in an approved answer: markup, entities, placeholders."""

from __future__ import annotations

import html
import re

from .errors import Problem
from .toml_file import Table

MOST_SHOWN = 3
LONGEST_SHOWN = 40

_RAW = re.compile(
    r"</?[a-zA-Z][^<>\n]*>"  # <b>, <name>
    r"|&(?:#\d+|#[xX][\da-fA-F]+|[a-zA-Z]\w*);"  # &nbsp;
    r"|\$?\{+[^{}\n]+\}+"  # {{name}}, ${name}
    r"|%(?:\(\w+\)s|[a-zA-Z_]\w*%)"  # %name%
    r"|\[+[^\W\d][^\[\]\n]*\]+(?:\([^()\s]*\))?"  # [NAME], [here](https://…)
    r"|\*\*[^*\n]+\*\*|__[^_\n]+__"  # **bold**
    r"|^#{1,6} [^\n]+",  # # a heading
    re.MULTILINE,
)


def raw(text: str) -> list[str]:
    """Each of these in ``text`` once, in order: an answer is sent as plain text, as it is."""
    found = (match.group() for match in _RAW.finditer(text))
    return list(dict.fromkeys(one for one in found if one[0] != "&" or html.unescape(one) != one))


def warn_of_raw(table: Table, key: str, text: str, warnings: list[Problem]) -> None:
    """One warning for the answer under ``key``, with the first things seen."""
    if not (seen := raw(text)):
        return
    keys = (*table.keys, key)
    shown = ", ".join(f"“{one[:LONGEST_SHOWN]}”" for one in seen[:MOST_SHOWN])
    more = f" and {len(seen) - MOST_SHOWN} more" if len(seen) > MOST_SHOWN else ""
    what = f"{'.'.join(keys)} holds {shown}{more}: customers read that as it stands."
    mend = "Answers are plain text: write the words, and a link as its bare address."
    warnings.append(Problem(table.source.place(keys), what, mend))
