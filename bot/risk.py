"""Risk rules: words that bring a person whatever the model thinks, visible and editable.

The packaged ``risk.toml`` explains its own format. Words are compared without accents, capitals
or the difference between a space, a hyphen and an apostrophe.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from . import toml_file
from .errors import Problem
from .toml_file import Table

PACKAGED = Path(__file__).parent / "risk.toml"
_BETWEEN_WORDS = r"[\s'-]+"
_ONE_OF = re.compile(r"\(([^()]*\|[^()]*)\)")
_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "’": "'", "ʼ": "'", "`": "'", "´": "'"})


def fold(text: str) -> str:
    """``text`` as it is compared: no accents, capitals, invisible characters or odd spaces."""
    # Letters first: NFKD turns the lone acute accent typed as an apostrophe into a space.
    plain = unicodedata.normalize("NFKD", text.translate(_LETTERS)).casefold()
    straight = unicodedata.normalize("NFKD", plain).casefold().translate(_LETTERS)
    kept = (c for c in straight if unicodedata.category(c) not in ("Mn", "Me", "Cf"))
    return " ".join("".join(kept).split())


@dataclass(frozen=True)
class RiskRule:
    """Words that send a turn to a person. ``why``: language -> a sentence for staff; one under no
    language is for all.

    ``words`` and ``but_not`` go from language to words or phrases, ``*`` at the end of a word
    standing for any ending and ``(a|b)`` for either; what ``but_not`` names is passed over.
    ``by_model``: the model may raise the mark too, where it knows of it, whatever the words.
    """

    mark: str
    why: Mapping[str, str]
    words: Mapping[str, tuple[str, ...]]
    but_not: Mapping[str, tuple[str, ...]]
    by_model: bool = True

    def told(self, language: str) -> str:
        """The sentence for staff who read ``language``; English stands in for a missing one."""
        wishes = (self.why.get(code) for code in (language, "", "en", *self.why))
        return next(filter(None, wishes), self.mark)

    def found(self, folded: str) -> str | None:
        """The first of the words that stands in the `fold`ed text, as it stands there."""
        found = self._words.search(self._but_not.sub(" . ", folded))
        return None if found is None else found[0]

    @cached_property
    def _words(self) -> re.Pattern[str]:
        return _pattern(self.words.values())

    @cached_property
    def _but_not(self) -> re.Pattern[str]:
        return _pattern(self.but_not.values())


def found(rules: Iterable[RiskRule], text: str) -> dict[str, str]:
    """The marks of the rules that ``text`` matches, each with the words of ``text`` it met."""
    folded = fold(text)
    met = {rule.mark: rule.found(folded) for rule in rules}
    return {mark: _as_written(words, folded, text) for mark, words in met.items() if words}


def _as_written(words: str, folded: str, text: str) -> str:
    """`fold`ed words with the accents and capitals they have in ``text``."""
    written, place = text.split(), folded.find(words)
    if place < 0 or len(written) != len(folded.split()):
        return words
    first = folded.count(" ", 0, place)
    return " ".join(written[first : first + words.count(" ") + 1])


def _pattern(lists: Iterable[tuple[str, ...]]) -> re.Pattern[str]:
    """Any of the phrases; matches nothing when there is none."""
    alternatives = "|".join(_any_of(fold(phrase)) for phrases in lists for phrase in phrases)
    return re.compile(rf"(?<!\w)(?:{alternatives or '(?!)'})(?!\w)")


def _any_of(phrase: str) -> str:
    """A phrase as a regular expression; every other piece is what stood between ( and )."""
    pieces = _ONE_OF.split(phrase)
    for place in range(1, len(pieces), 2):
        pieces[place] = f"(?:{'|'.join(map(_plain, pieces[place].split('|')))})"
    pieces[::2] = map(_plain, pieces[::2])
    return "".join(pieces)


def _plain(phrase: str) -> str:
    words = re.split(_BETWEEN_WORDS, phrase)
    return _BETWEEN_WORDS.join(re.escape(word).replace(r"\*", r"\w*") for word in words)


def load_risk(own: Path, problems: list[Problem]) -> tuple[RiskRule, ...]:
    """The packaged rules, with what the brand's ``own`` file adds or replaces (may be absent)."""
    rules = _rules(PACKAGED, problems)
    for mark, rule in (_rules(own, problems, rules) if own.exists() else {}).items():
        rules[mark] = rule
    return tuple(rules.values())


def _rules(
    file: Path, problems: list[Problem], packaged: Mapping[str, RiskRule] | None = None
) -> dict[str, RiskRule]:
    table = toml_file.read(file, problems)
    if table is None:
        return {}
    found = {
        mark: _rule(mark, table.table(mark), (packaged or {}).get(mark)) for mark in table.values
    }
    table.refuse_unknown()
    return found


def _rule(mark: str, table: Table, base: RiskRule | None) -> RiskRule:
    """One mark; its words come on top of those of ``base`` unless it says ``replace = true``."""
    if table.flag("replace"):
        base = None
    rule = RiskRule(
        mark=mark,
        why=_why(table, base),
        words=_words(table.table("words", 'words.fr = ["…", "…"]')),
        but_not=_words(table.table("but_not", 'but_not.fr = ["…", "…"]')),
        by_model=table.flag("model", base is None or base.by_model),
    )
    if base is None and not any(rule.words.values()):
        table.problem("words", "has no word.", 'Write words.fr = ["…"].')
    if base is None:
        return rule
    return replace(
        rule, words=_joined(base.words, rule.words), but_not=_joined(base.but_not, rule.but_not)
    )


def _why(table: Table, base: RiskRule | None) -> Mapping[str, str]:
    if isinstance(table.values.get("why"), dict):
        texts = table.table("why")
        return {code: texts.text(code) for code in texts.values}
    text = table.text("why", "" if base else None)
    return base.why if base and not text else {"": text}


def _words(table: Table) -> dict[str, tuple[str, ...]]:
    """Words by language; each must have a letter, lest it match everything."""
    found = {}
    for language in table.values:
        texts = table.texts(language)
        for number, text in texts.items():
            if text and not re.search(r"\w", fold(text)):
                table.problem(language, f'has "{text}".', "Write a word.", item=number)
        found[language] = tuple(text for text in texts.values() if text)
    return found


def _joined(
    ours: Mapping[str, tuple[str, ...]], theirs: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    return {code: ours.get(code, ()) + theirs.get(code, ()) for code in {**ours, **theirs}}
