"""Risk rules: words that bring a person whatever the model thinks, visible and editable.

The packaged ``risk.toml`` explains its own format. Words are compared without accents, capitals
or the difference between a space, a hyphen and an apostrophe.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from . import toml_file
from .errors import Problem
from .toml_file import Table

ACCUSATION = "accusation"
"""The mark whose words are anger, whatever the model made of those around them."""
PERSON = "person"
"""The mark whose words ask for a person, whatever else is asked beside them."""
NO_ALARM = {ACCUSATION: "make a message angry", PERSON: "ask for a person"}

PACKAGED = Path(__file__).parent / "risk.toml"
_BETWEEN_WORDS = r"[\s'-]+"
_ONE_OF = re.compile(r"\(([^()]*\|[^()]*)\)")
_GAP = rf"{_BETWEEN_WORDS}(?:\w+{_BETWEEN_WORDS}){{0,10}}"
"""Where … stands in a phrase: a few words, and no mark between them."""
_PUNCTUATION = str.maketrans(dict.fromkeys(".,;:!?…'\"«»“”„()-", " "))
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
    standing for any ending, ``(a|b)`` for either and ``…`` for a few words between; what
    ``but_not`` names is passed over, and a text of nothing else is no risk, whatever the model
    makes of it.
    ``alone``: the same, of words that count in a line of nothing else.
    ``by_model``: the model may raise the mark too, where it knows of it, whatever the words.
    """

    mark: str
    why: Mapping[str, str]
    words: Mapping[str, tuple[str, ...]]
    but_not: Mapping[str, tuple[str, ...]]
    by_model: bool = True
    alone: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def told(self, language: str) -> str:
        """The sentence for staff who read ``language``; English stands in for a missing one."""
        wishes = (self.why.get(code) for code in (language, "", "en", *self.why))
        return next(filter(None, wishes), self.mark)

    def found(self, folded: str) -> str | None:
        """The first of the words that stands in the `fold`ed text, as it stands there."""
        found = self._words.search(self._but_not.sub(" . ", folded))
        return None if found is None else found[0]

    def stands_alone(self, folded: str) -> bool:
        """Does a `fold`ed line hold nothing but words that count ``alone``, once or repeated?"""
        return self._alone.fullmatch(_bare(folded)) is not None

    def passes_over(self, folded: str) -> bool:
        """Does a `fold`ed text hold nothing but what is no risk, for the model neither?"""
        return self._nothing_else.fullmatch(_bare(folded)) is not None

    @cached_property
    def _alone(self) -> re.Pattern[str]:
        return re.compile(rf"({_pattern(self.alone.values()).pattern})(?: \1)*")

    @cached_property
    def _nothing_else(self) -> re.Pattern[str]:
        harmless = self._but_not.pattern
        return re.compile(rf"{harmless}(?: {harmless})*")

    @cached_property
    def _words(self) -> re.Pattern[str]:
        return _pattern(self.words.values())

    @cached_property
    def _but_not(self) -> re.Pattern[str]:
        return _pattern(self.but_not.values())


def found(rules: Sequence[RiskRule], text: str) -> dict[str, str]:
    """The marks of the rules that ``text`` matches, each with the words of ``text`` it met: all of
    it, or a line of it, where these count alone."""
    folded = fold(text)
    met = {rule.mark: rule.found(folded) for rule in rules}
    marked = {mark: _as_written(words, folded, text) for mark, words in met.items() if words}
    for line in dict.fromkeys((text, *text.splitlines())):
        marked |= dict.fromkeys(standing_alone(rules, line), line)
    return marked


def standing_alone(rules: Iterable[RiskRule], line: str) -> list[str]:
    """The marks of the rules of which ``line`` holds words that count alone, and nothing else."""
    folded = fold(line)
    return [rule.mark for rule in rules if rule.alone and rule.stands_alone(folded)]


def passed_over(rules: Iterable[RiskRule], text: str) -> list[str]:
    """The marks that the model may not raise for ``text``: it holds nothing but what is none."""
    folded = fold(text)
    return [rule.mark for rule in rules if rule.passes_over(folded)]


def _bare(folded: str) -> str:
    return " ".join(folded.translate(_PUNCTUATION).split())


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
    pattern = _BETWEEN_WORDS.join(re.escape(word).replace(r"\*", r"\w*") for word in words)
    return pattern.replace(rf"{_BETWEEN_WORDS}\.\.\.{_BETWEEN_WORDS}", _GAP)  # … as it is folded


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


def _rule(mark: str, table: Table, packaged: RiskRule | None) -> RiskRule:
    """One mark; its words come on top of those ``packaged`` unless it says ``replace = true``."""
    base = None if table.flag("replace") else packaged
    rings = packaged is None or mark not in NO_ALARM
    if not rings and "why" in table.values:
        what = f"is read by nobody: words under [{mark}] {NO_ALARM[mark]} and ring no alarm."
        table.problem("why", what, "Take it out; for an alarm, give the mark another name.")
    rule = RiskRule(
        mark=mark,
        why=_why(table, base if rings else packaged),
        words=_words(table.table("words", 'words.fr = ["…", "…"]')),
        but_not=_words(table.table("but_not", 'but_not.fr = ["…", "…"]')),
        by_model=table.flag("model", base is None or base.by_model),
        alone=_joined(
            packaged.alone if packaged else {},
            _words(table.table("alone", 'alone.fr = ["…", "…"]')),
        ),
    )
    if base is None and not any((*rule.words.values(), *rule.alone.values())):
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
