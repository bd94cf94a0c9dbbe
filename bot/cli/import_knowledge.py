"""Brings in a knowledge base that a brand has elsewhere: one JSON file -> a folder to edit.

The brand serves the languages in which every subject has an answer. What is written in another
language comes along into the files, unused, with a warning for each missing answer; once these
are written, the language is added to brand.toml by hand.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import tomli_w

from .. import json_file
from ..answers import FEWEST_EXAMPLES, LONGEST_ANSWER, LONGEST_TITLE, load_knowledge
from ..conversation import UNKNOWN
from ..errors import ConfigError, Problem
from ..languages import READABLE
from ..plain import warn_of_raw
from ..risk import fold
from ..subject_names import NUMBERED_FROM, numbered, slug, spoken
from ..toml_file import Table
from ..whole_file import folder_written_whole

Content = dict[str, object]

TITLE_NUMBERED_FROM = LONGEST_TITLE - 4
"""Characters of a title that are kept when a number is put behind it."""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What was written. ``renamed`` goes from a name in the JSON file to the subject's name."""

    folder: Path
    subjects: int
    examples: int
    languages: tuple[str, ...]
    renamed: Mapping[str, str]
    warnings: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class _Intent:
    name: str
    table: Table
    titles: dict[str, str]
    description: str
    answers: dict[str, str]
    examples: dict[str, dict[int, str]]


def import_knowledge(source: Path, to: Path) -> ImportReport:
    """Write the knowledge of the JSON file ``source`` as a new folder ``to``.

    ``{"brand"?: str, "intents": [{"name", "description"?, "answers": {language: text},
    "examples": {language: [text]}, "titles"?: {language: text}}]}``

    Nothing is written unless all of it can be used. Raises ConfigError with every problem, each
    at its place in the JSON file, and when ``to`` is there and is not an empty folder.
    """
    to = to.resolve()
    if to.exists() and not (to.is_dir() and not any(to.iterdir())):
        raise ConfigError([Problem(str(to), "is there already.", "Name a new folder.")])
    problems: list[Problem] = []
    warnings: list[Problem] = []
    top = json_file.read(source, problems)
    intents, languages = _intents(top, problems, warnings)
    brand = _brand(top, to, warnings)
    _say_what_is_not_used(top, warnings)
    if problems:
        raise ConfigError(problems)
    names = _names(intents)
    files = {f"subjects/{name}.toml": _content(name, i) for name, i in names.items()}
    files["brand.toml"] = {
        "name": brand,
        "languages": list(languages),
        "default_language": languages[0],
    }
    _write(files, to)
    return ImportReport(
        folder=to,
        subjects=len(intents),
        examples=sum(len(texts) for i in intents for texts in i.examples.values()),
        languages=languages,
        renamed={i.name: name for name, i in names.items() if name != i.name},
        warnings=tuple(warnings),
    )


def _brand(top: Table, to: Path, warnings: list[Problem]) -> str:
    """Customers read it at each beginning; the folder's name stands in, and that is said."""
    if not top.text("brand", ""):
        mend = f"Write the brand's name in {to / 'brand.toml'}, under name."
        what = f"is missing: customers will read “{to.name}”."
        warnings.append(Problem(top.source.place(("brand",)), what, mend))
    return top.text("brand", to.name)[:64]


# ---------------------------------------------------------------------------------- reading


def _intents(
    top: Table, problems: list[Problem], warnings: list[Problem]
) -> tuple[list[_Intent], tuple[str, ...]]:
    """The intents as they can be written, and the languages that they are in, the first first."""
    intents = [_intent(table, warnings) for table in _tables(top)]
    _refuse_same_names(intents)
    languages = _languages(intents, problems, warnings)
    _refuse_same_titles(intents, languages)
    _title_the_rest(intents, warnings)
    _leave_out_twins(intents, warnings)
    _refuse_too_few(intents, languages, warnings)
    return intents, languages


def _tables(top: Table) -> list[Table]:
    """One table per intent."""
    intents = top.dicts("intents")
    if not intents and isinstance(top.values.get("intents", []), list):
        top.problem("intents", "has no intent.", 'Write {"intents": [{"name": …}]}.')
    return [
        Table(top.source, top.problems, intent, (f"intents[{number}]",))
        for number, intent in intents.items()
    ]


def _intent(table: Table, warnings: list[Problem]) -> _Intent:
    text, some = '{"fr": "…", "en": "…"}', '{"fr": ["…", "…"], "en": ["…", "…"]}'
    titles, answers, examples = (
        table.table(key, like)
        for key, like in {"titles": text, "answers": text, "examples": some}.items()
    )
    for texts in (titles, answers, examples):
        for code in texts.values:
            if not re.fullmatch("[a-z]{2}", code):
                texts.problem(code, "is not a language.", 'Write its two letters, like "fr".')
    intent = _Intent(
        name=table.text("name"),
        table=table,
        titles={code: _title(titles.text(code, "")) for code in titles.values},
        description=table.text("description", ""),
        answers={
            code: text
            for code in answers.values
            if (text := answers.text(code, "", LONGEST_ANSWER))
        },
        examples={code: examples.texts(code) for code in examples.values},
    )
    for code, text in intent.answers.items():
        warn_of_raw(answers, code, text, warnings)
    for code in titles.values.keys() - answers.values.keys():
        what, mend = "is not used: there is no answer in it.", "Write that answer, too."
        warnings.append(Problem(titles.source.place((*titles.keys, code)), what, mend))
    _say_what_is_not_used(table, warnings)
    return intent


def _say_what_is_not_used(table: Table, warnings: list[Problem]) -> None:
    for key in table.values:
        if key not in table.known:
            place = table.source.place((*table.keys, key))
            warnings.append(Problem(place, "is not used.", "Nothing to mend, if that is right."))


# --------------------------------------------------------------------- what can be used of it


def _refuse_same_names(intents: Sequence[_Intent]) -> None:
    count = Counter(intent.name for intent in intents if intent.name)
    for intent in intents:
        if count[intent.name] > 1:
            intent.table.problem("name", f'is "{intent.name}" more than once.', "Choose another.")


def _languages(
    intents: Sequence[_Intent], problems: list[Problem], warnings: list[Problem]
) -> tuple[str, ...]:
    """Those that can be served and in which every intent has an answer; there must be one."""
    written = Counter(code for intent in intents for code in intent.answers)
    unread = {code: written.pop(code) for code in [*written] if code not in READABLE}
    complete = tuple(code for code, count in written.items() if count == len(intents))
    # With no language complete, each missing answer stands in the way; else it can wait.
    where = warnings if complete else problems
    for intent in intents:
        for code in intent.answers.keys() & unread.keys():
            answers = (*intent.table.keys, "answers", code)
            what = "is in a language that cannot be served."
            mend = f"The bot tells {', '.join(READABLE)} apart: serve among these."
            where.append(Problem(intent.table.source.place(answers), what, mend))
        place = intent.table.source.place((*intent.table.keys, "answers"))
        if not intent.answers and "answers" not in intent.table.misshapen:
            problems.append(Problem(place, "has no answer.", "Write one per language."))
        for code in written.keys() - intent.answers.keys():
            mend = f"Write it; until all are written the brand does not serve {code}."
            where.append(Problem(f"{place}.{code}", "is missing.", mend))
    return complete


def _refuse_same_titles(intents: Sequence[_Intent], languages: Sequence[str]) -> None:
    """When the bot asks back, a customer tells two subjects apart by nothing but their titles."""
    for code in languages:
        given = {i.name: title for i in intents if (title := i.titles.get(code))}
        count = Counter(map(fold, given.values()))
        for intent in intents:
            if (title := given.get(intent.name)) and count[fold(title)] > 1:
                what = f"is “{title}” more than once: customers see two equal buttons."
                intent.table.table("titles").problem(code, what, "Write another.")


def _title_the_rest(intents: Sequence[_Intent], warnings: list[Problem]) -> None:
    """A name stands in for a title that is missing; where names begin alike, with a number."""
    for code in dict.fromkeys(code for intent in intents for code in intent.answers):
        taken = {fold(intent.titles.get(code, "")) for intent in intents}
        for intent in intents:
            if intent.titles.get(code):
                continue
            wanted = _title(spoken(intent.name)) or "Subject"
            tries = numbered(wanted, " ", TITLE_NUMBERED_FROM)
            title = next(one for one in tries if fold(one) not in taken)
            taken.add(fold(title))
            intent.titles[code] = title
            if title != wanted:
                place = intent.table.source.place((*intent.table.keys, "titles", code))
                what = f"is missing, and “{wanted}” is another's: “{title}” it is."
                warnings.append(Problem(place, what, "Write what customers shall see."))


def _leave_out_twins(intents: Sequence[_Intent], warnings: list[Problem]) -> None:
    """An example stays once in its list, and not at all when two subjects claim it."""
    owners: dict[str, set[int]] = {}
    for number, intent in enumerate(intents):
        for texts in intent.examples.values():
            for text in texts.values():
                owners.setdefault(fold(text), set()).add(number)
    for intent in intents:
        for code, texts in intent.examples.items():
            seen: set[str] = set()
            for item, text in list(texts.items()):
                claimed = [intents[n].name for n in sorted(owners[fold(text)])]
                if text in seen or len(claimed) > 1:
                    keys = (*intent.table.keys, "examples", code)
                    what, mend = "is there twice.", "It was kept once."
                    if len(claimed) > 1:
                        what = f"is an example of several subjects: {', '.join(claimed)}."
                        mend = "It was left out; add it to the right one."
                    warnings.append(Problem(intent.table.source.place(keys, item), what, mend))
                    del texts[item]
                seen.add(text)


def _refuse_too_few(
    intents: Sequence[_Intent], languages: Sequence[str], warnings: Sequence[Problem]
) -> None:
    """Where too few are left, those that were left out stand in the way."""
    for intent in intents:
        usable = sum(len(intent.examples.get(code, ())) for code in languages)
        if languages and usable < FEWEST_EXAMPLES:
            what = f"has {usable} of the {FEWEST_EXAMPLES} examples it needs at least."
            intent.table.problem("examples", what, "Write messages as customers would type them.")
            inside = intent.table.source.place((*intent.table.keys, "examples")) + "."
            intent.table.problems.extend(w for w in warnings if w.place.startswith(inside))


def _names(intents: Sequence[_Intent]) -> dict[str, _Intent]:
    """A name fit for a file for each intent; names that fit are kept before others are made."""
    names: dict[str, _Intent] = {}
    for intent in sorted(intents, key=lambda intent: slug(intent.name) != intent.name):
        tries = numbered(slug(intent.name) or "subject", "-", NUMBERED_FROM)
        names[next(name for name in tries if name not in names and name != UNKNOWN)] = intent
    return names


def _title(text: str) -> str:
    """On one line, as long as a button takes."""
    return " ".join(text.split())[:LONGEST_TITLE].strip()


# ---------------------------------------------------------------------------------- writing


def _content(name: str, intent: _Intent) -> Content:
    return {
        "name": name,
        "description": intent.description,
        "title": {code: intent.titles[code] for code in intent.answers},
        "examples": {code: list(texts.values()) for code, texts in intent.examples.items()},
        "answer": intent.answers,
    }


def _write(files: Mapping[str, Content], to: Path) -> None:
    with folder_written_whole(to) as made:
        (made / "subjects").mkdir()
        for name, content in files.items():
            text = tomli_w.dumps(content, multiline_strings=True, indent=2)
            (made / name).write_text(text, encoding="utf-8", newline="\n")
        load_knowledge(made)  # what was written can be read, or else nothing appears
