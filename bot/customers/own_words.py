"""The brand's own words in place of ours: from words.toml, checked before customers read them.

The file stands beside ``brand.toml`` and has the keys of customer_words.py:

    [fr]
    handed_calm = "Une personne de l’équipe vous répond {wait}."
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Formatter

from .. import toml_file
from ..desk.desk_words import language_name
from ..errors import Problem
from ..toml_file import Table
from .customer_words import CHOSEN, PHRASES, CustomerWords

LONGEST_PHRASE = 1000
"""Characters; some phrases stand in one message with an approved answer."""
LONGEST_BUTTON = 40
LONGEST_TOAST = 200
"""More than that of what a press is answered with, Telegram does not show."""
TOASTS = frozenset({"button_gone", "picked_wrong", "glad", "already", "rated_once"})
LISTS = ("weekdays", "months")
"""Their words are counted off: a brand's own list has as many."""


def load_words(
    file: Path, languages: Sequence[str], problems: list[Problem], warnings: list[Problem]
) -> CustomerWords:
    """The brand's own words, if it has any. What must be mended is added to ``problems``.

    Without ``languages`` (brand.toml itself cannot be read), those that stand there are checked.
    """
    own: dict[str, Mapping[str, str]] = {}
    top = toml_file.read(file, problems) if file.exists() else None
    if top is not None:
        served = languages or tuple(top.values)
        own = {language: _checked(top.table(language), language) for language in served}
        top.refuse_unknown()
    for code in languages:
        spoken = {*PHRASES.get(code, CHOSEN.get(code, {})), *own.get(code, {})}
        if lacks := len(PHRASES["en"].keys() - spoken):
            spoken_there = language_name("en", code)
            what = f"lacks phrases in {spoken_there}, which customers read in English: {lacks}."
            warnings.append(Problem(str(file), what, f"Write them there, under [{code}]."))
    return CustomerWords(own, frozenset(languages))


def _checked(table: Table, language: str) -> Mapping[str, str]:
    own: dict[str, str] = {}
    for key, built_in in PHRASES.get(language, PHRASES["en"]).items():
        text = table.text(key, None if key in table.values else "", _longest(key))
        if text and _fits(table, key, text, built_in):
            own[key] = text
    return own


def _longest(key: str) -> int:
    if key.startswith("btn_"):
        return LONGEST_BUTTON
    return LONGEST_TOAST if key in TOASTS else LONGEST_PHRASE


def _fits(table: Table, key: str, text: str, built_in: str) -> bool:
    """Does it ask for the same values? What is between braces is filled in by the bot."""
    wanted = {name for name in _blanks(built_in) if name is not None}
    listed = " and ".join(f"{{{name}}}" for name in sorted(wanted)) or "no braces at all"
    try:
        blanks = _blanks(text)
    except ValueError:
        blanks = [None]
    if None in blanks:
        what = "has braces that cannot be filled in."
    elif foreign := sorted({name for name in blanks if name} - wanted):
        what = f"has {{{foreign[0]}}}, which nothing fills in here."
    elif missing := sorted(wanted - set(blanks)):
        what = f"lacks {{{missing[0]}}}."
    elif key in LISTS and len(text.split()) != len(built_in.split()):
        what = f"has {len(text.split())} words, not {len(built_in.split())}."
    else:
        return True
    table.problem(key, what, f"Write it with {listed}, as in: {built_in}")
    return False


def _blanks(text: str) -> list[str | None]:
    """The names between braces; None for one that is not a plain name. Raises ValueError."""
    return [
        name if name.isidentifier() and not form and not turn else None
        for _, name, form, turn in Formatter().parse(text)
        if name is not None
    ]
