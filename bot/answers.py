"""The knowledge base: a folder that the community manager edits -> Knowledge, checked.

brand.toml           who speaks, in which languages
subjects/NAME.toml   one subject each: titles, description, examples, approved answers
risk.toml            optional: words that always bring a person, beside the packaged ones
words.toml           optional: the brand's own words for the phrases in customer_words.py
replies.toml         optional: replies that staff send with /r
"""

from __future__ import annotations

import difflib
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from . import toml_file
from .conversation import UNKNOWN
from .customers.customer_words import CustomerWords
from .customers.own_words import load_words
from .desk.canned import Canned, load_canned
from .desk.desk_words import language_name
from .errors import ConfigError, Problem
from .languages import READABLE, pass_over_unserved
from .plain import warn_of_raw
from .risk import RiskRule, fold, load_risk
from .safe_text import shortened
from .subject_names import NAME, spoken
from .toml_file import Table

LONGEST_ANSWER = 4000
"""Characters; Telegram takes 4,096 and the bot may have to introduce itself first."""
LONGEST_TITLE = 40
"""Characters that fit on a button."""
READ = ("brand.toml", "risk.toml", "words.toml", "replies.toml")
STEMS, ALIKE = [Path(name).stem for name in READ], 0.65
"""“reply” is taken for “replies”, and “hours” not for “words”."""
FEWEST_EXAMPLES = 2
ENOUGH_EXAMPLES = 8
"""Per language; below, the model is noticeably less sure."""


@dataclass(frozen=True, slots=True)
class Brand:
    """Who the bot speaks for. Languages are ISO 639-1 codes; mappings go from language.

    ``suggestions``: things to try in the demo. ``contact``: how else to reach people.
    """

    name: str
    languages: tuple[str, ...]
    default_language: str
    suggestions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    contact: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing customers ask about; ``titles``, ``examples``, ``answers`` go from language.

    Every language the brand serves has a title and an answer; ``examples`` may lack one.
    """

    name: str
    titles: Mapping[str, str]
    description: str
    examples: Mapping[str, tuple[str, ...]]
    answers: Mapping[str, str]
    file: Path

    @property
    def taught(self) -> list[str]:
        """What the model learns the subject from: its examples in every language, and what the
        brand says it is about."""
        examples = [text for texts in self.examples.values() for text in texts]
        return [*examples, self.description] if self.description else examples


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Everything the bot may say and what it learns from.

    ``version``: SHA-256 (hex) of what heads are trained on: languages and subjects, whatever
    the order of files and examples. ``warnings``: what would make the knowledge better.
    """

    brand: Brand
    subjects: Mapping[str, Subject]
    risk: tuple[RiskRule, ...]
    version: str
    warnings: tuple[Problem, ...] = ()
    words: CustomerWords = field(default_factory=CustomerWords)
    canned: Canned = field(default_factory=dict)


def load_knowledge(folder: Path) -> Knowledge:
    """The knowledge in ``folder``, subjects in the order of their names.

    Raises ConfigError with every problem of every file at once, each with its line and mend.
    """
    problems: list[Problem] = []
    warnings: list[Problem] = []
    brand = _brand(folder / "brand.toml", problems, warnings)
    tables = [toml_file.read(file, problems) for file in _subject_files(folder, problems, warnings)]
    drafts = [
        (_subject(table, brand.languages, warnings), table) for table in tables if table is not None
    ]
    _refuse_twins(drafts)
    _refuse_same_titles(drafts)
    risk = load_risk(folder / "risk.toml", problems)
    words = load_words(folder / "words.toml", brand.languages, problems, warnings)
    canned = load_canned(folder / "replies.toml", brand.languages, problems, warnings)
    _warn_of_strays(folder, warnings)
    if problems:
        raise ConfigError(toml_file.in_order(problems))
    subjects = {subject.name: subject for subject, _ in drafts}
    version = _version(brand, subjects.values())
    worth_knowing = tuple(toml_file.in_order(warnings))
    return Knowledge(brand, subjects, risk, version, worth_knowing, words, canned)


def _warn_of_strays(folder: Path, warnings: list[Problem]) -> None:
    """What is nearly the name of a file that would be read is read by nobody."""
    for file in sorted(folder.glob("*.[tT][oO][mM][lL]")):
        if file.name not in READ and not file.name.startswith("."):
            near = difflib.get_close_matches(file.stem.lower(), STEMS, 1, ALIKE)
            mend = f"Did you mean {near[0]}.toml?" if near else f"Read are: {', '.join(READ)}."
            warnings.append(Problem(str(file), "is not read.", mend))


def _brand(file: Path, problems: list[Problem], warnings: list[Problem]) -> Brand:
    """The brand; without languages when the file cannot be read."""
    table = toml_file.read(file, problems)
    if table is None:
        return Brand("", (), "")
    codes = table.texts("languages")
    for number, code in codes.items():
        if not re.fullmatch("[a-z]{2}", code) or code in list(codes.values())[:number]:
            mend = 'Write each language once, by its two letters, like "fr".'
            table.problem("languages", f'holds "{code}".', mend, item=number)
        elif code not in READABLE:
            mend = f"The bot tells {', '.join(READABLE)} apart: serve among these."
            table.problem("languages", f'holds "{code}".', mend, item=number)
    languages = tuple(codes.values())
    if not languages:
        table.problem("languages", toml_file.MISSING, 'Write languages = ["fr", "en"].')
    contact, suggestions = (
        table.table(key, f"{key}.fr = {value}")
        for key, value in {"contact": '"…"', "suggestions": '["…"]'}.items()
    )
    for texts in (contact, suggestions):
        pass_over_unserved(texts, languages, warnings)
    brand = Brand(
        name=table.text("name", longest=64),
        languages=languages,
        default_language=table.one_of("default_language", languages[0], languages)
        if languages
        else table.text("default_language", ""),
        suggestions={code: tuple(suggestions.texts(code).values()) for code in languages},
        contact={code: text for code in languages if (text := contact.text(code, ""))},
    )
    table.refuse_unknown()
    return brand


def _subject_files(
    folder: Path, problems: list[Problem], warnings: list[Problem]
) -> Iterator[Path]:
    """The subjects' files by name. Editors' left-overs (hidden, ending in ~) are passed over."""
    inside = folder / "subjects"
    files = sorted(inside.iterdir()) if inside.is_dir() else []
    for file in files:
        if file.suffix == ".toml" and not file.name.startswith("."):
            yield file
        elif not file.name.startswith(".") and not file.name.endswith("~"):
            what, mend = "is not read.", "End its name in .toml, or take it away."
            warnings.append(Problem(str(file), what, mend))
    if not any(file.suffix == ".toml" for file in files):
        mend = "Add one file per subject; the example brand shows how."
        problems.append(Problem(str(inside), "has no subject.", mend))


def _subject(table: Table, languages: tuple[str, ...], warnings: list[Problem]) -> Subject:
    name = _name(table)
    likes = {"title": '"…"', "examples": '["…", "…"]', "answer": '"…"'}
    texts = [table.table(key, f"{key}.fr = {value}") for key, value in likes.items()]
    # When brand.toml itself cannot be read, what is written here is all there is to check.
    languages = languages or tuple(dict.fromkeys(code for one in texts for code in one.values))
    for one in texts:
        pass_over_unserved(one, languages, warnings)
    title, examples, answer = texts
    subject = Subject(
        name=name,
        titles={code: _title(title, code, name, warnings) for code in languages},
        description=table.text("description", ""),
        examples={
            code: found for code in languages if (found := _examples(examples, code, warnings))
        },
        answers={code: answer.text(code, longest=LONGEST_ANSWER) for code in languages},
        file=table.source.path,
    )
    for code, text in subject.answers.items():
        warn_of_raw(answer, code, text, warnings)
    if (count := sum(map(len, subject.examples.values()))) < FEWEST_EXAMPLES:
        what = "has no example." if count == 0 else "has only one example."
        mend = "Write at least two messages as customers would type them, better eight."
        table.problem("examples", what, mend)
    table.refuse_unknown()
    return subject


def _name(table: Table) -> str:
    """What the subject calls itself: as its file does, in characters that a file can bear."""
    name, file = table.text("name"), table.source.path
    if name and not NAME.fullmatch(name):
        mend = "Write 1 to 48 small letters without accents, digits, - or _."
        table.problem("name", f'is "{name}".', mend)
    elif name == UNKNOWN:
        table.problem("name", "is reserved for what no subject covers.", "Choose another.")
    elif name and name != file.stem:
        other = f" or the subject {file.stem}" if NAME.fullmatch(file.stem) else ""
        mend = f"Name the file {name}.toml{other}."
        table.problem("name", f'is "{name}" but the file is {file.name}.', mend)
    return name


def _title(table: Table, language: str, name: str, warnings: list[Problem]) -> str:
    title = table.text(language, "", LONGEST_TITLE)
    if not title:
        place = table.source.place((*table.keys, language))
        mend = f'Write title.{language} = "…": it stands on the button.'
        warnings.append(Problem(place, f"title.{language} is missing.", mend))
    return title or spoken(name)


def _examples(table: Table, language: str, warnings: list[Problem]) -> tuple[str, ...]:
    """One language's examples. The same one twice is a problem; few of them, a warning."""
    texts = {number: text for number, text in table.texts(language).items() if text}
    first: dict[str, int] = {}
    for number, text in texts.items():
        if first.setdefault(text, number) != number:
            table.problem(language, f"has {_short(text)} twice.", "Take one out.", item=number)
    if len(first) < ENOUGH_EXAMPLES:
        file, place = table.source.path, table.source.place((*table.keys, language))
        what = f"{file.stem} has few examples in {language_name('en', language)}: {len(first)}."
        warnings.append(Problem(place, what, f"Write {ENOUGH_EXAMPLES} or more."))
    return tuple(texts.values())


def _refuse_twins(drafts: Iterable[tuple[Subject, Table]]) -> None:
    """One message cannot be an example of two subjects, however it is typed."""
    first: dict[str, tuple[Table, str, int]] = {}
    for subject, table in drafts:
        examples = table.table("examples")
        for language in subject.examples:
            for number, text in examples.texts(language).items():
                here = (examples, language, number)
                other, code, item = first.setdefault(fold(text), here)
                if other is not examples:
                    place = other.source.place((*other.keys, code), item)
                    what = f"has {_short(text)}, as {place} does."
                    examples.problem(language, what, "Leave it in one of the two.", item=number)


def _refuse_same_titles(drafts: Iterable[tuple[Subject, Table]]) -> None:
    """When the bot asks back, a customer tells two subjects apart by nothing but their titles."""
    first: dict[tuple[str, str], Table] = {}
    for subject, table in drafts:
        titles = table.table("title")
        for language, text in subject.titles.items():
            other = first.setdefault((language, fold(text)), titles)
            if other is not titles:
                place = other.source.place((*other.keys, language))
                what = f"is {_short(text)}, as at {place}."
                titles.problem(language, what, "Customers see two equal buttons: write another.")


def _version(brand: Brand, subjects: Iterable[Subject]) -> str:
    content = {
        subject.name: [
            subject.titles,
            subject.description,
            {language: sorted(texts) for language, texts in subject.examples.items()},
            subject.answers,
        ]
        for subject in subjects
    }
    text = json.dumps([sorted(brand.languages), content], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _short(text: str) -> str:
    return f"“{shortened(text, 60)}”"
