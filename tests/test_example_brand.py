"""The example brand and the teaching texts keep what people and training rely on."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BRAND = ROOT / "bot" / "example_brand"
TEACHING = ROOT / "models" / "teaching"
MEASURE = ROOT / "models" / "measure_teaching.py"
LANGUAGES = ("fr", "en")
NBSP = "\u00a0"


@dataclass(frozen=True)
class Subject:
    """One subject file as written, before any loader of the product has touched it."""

    stem: str
    name: str
    description: str
    title: Mapping[str, str]
    examples: Mapping[str, list[str]]
    answer: Mapping[str, str]


def _subject(path: Path) -> Subject:
    return Subject(path.stem, **tomllib.loads(path.read_text(encoding="utf-8")))


SUBJECTS = [_subject(path) for path in sorted((BRAND / "subjects").glob("*.toml"))]
every_subject = pytest.mark.parametrize("subject", SUBJECTS, ids=lambda s: s.stem)


def _said(text: str) -> str:
    """The words of `text`, whatever its capitals and punctuation."""
    return " ".join(re.findall(r"\w+", text.lower())) or text


def test_the_brand_has_enough_subjects_to_be_worth_a_demo() -> None:
    """Fewer than 24 would not have the close neighbours that make clarifying visible."""
    assert len(SUBJECTS) >= 24


@every_subject
def test_a_subject_is_named_after_its_file(subject: Subject) -> None:
    """A manager who sees a name on a screen finds the file without searching."""
    assert subject.name == subject.stem


@every_subject
def test_a_subject_speaks_each_language(subject: Subject) -> None:
    """Title, examples and answer exist in French and English, and nothing is blank."""
    for words in (subject.title, subject.examples, subject.answer):
        assert set(words) == set(LANGUAGES)
    assert all(len(subject.examples[language]) >= 12 for language in LANGUAGES)
    assert all(text.strip() for texts in subject.examples.values() for text in texts)


@every_subject
def test_a_subject_says_what_it_covers_and_what_it_does_not(subject: Subject) -> None:
    """The limits are written down, so that two people file the same message alike."""
    assert subject.description.strip()
    assert "NOT" in subject.description


@every_subject
def test_words_fit_where_they_are_shown(subject: Subject) -> None:
    """A title fits on a button, an answer on a telephone without scrolling."""
    assert all(1 <= len(title) <= 30 for title in subject.title.values())
    assert all(100 <= len(answer) <= 600 for answer in subject.answer.values())


@every_subject
def test_both_answers_state_the_same_prices_and_addresses(subject: Subject) -> None:
    """A customer is told the same in both languages."""
    french = re.findall(rf"(\d[\d{NBSP}]*(?:,\d\d)?){NBSP}\$", subject.answer["fr"])
    english = re.findall(r"\$(\d[\d,]*(?:\.\d\d)?)", subject.answer["en"])
    assert Counter(price.replace(NBSP, "").replace(",", ".") for price in french) == Counter(
        price.replace(",", "") for price in english
    )
    links = [set(re.findall(r"\S+\.example[\w/-]*", subject.answer[lang])) for lang in LANGUAGES]
    assert links[0] == links[1]


@every_subject
def test_french_is_set_as_in_quebec(subject: Subject) -> None:
    """No-break space inside « » and before : $ %, none before ! ? ;."""
    for text in (subject.title["fr"], subject.answer["fr"]):
        assert not re.search(rf"«(?!{NBSP})|(?<!{NBSP})»", text)
        assert not re.search(r"\s[!?;]", text)
        assert not re.search(rf"(?<!{NBSP}):", text)
        assert not re.search(rf"(?<!{NBSP})[$%]", text)


@every_subject
def test_nothing_is_exclaimed(subject: Subject) -> None:
    """Who is annoyed gets the same answer, and no « Avec plaisir! » is for them."""
    assert not any("!" in answer for answer in subject.answer.values())


def test_no_example_is_given_to_two_subjects() -> None:
    """Nor twice to one: each example teaches one thing, once."""
    given = Counter(
        _said(text)
        for subject in SUBJECTS
        for language in LANGUAGES
        for text in subject.examples[language]
    )
    assert [text for text, times in given.items() if times > 1] == []


def test_the_subjects_a_description_points_to_exist() -> None:
    """« NOT … (return-policy) » leads somewhere."""
    names = {subject.name for subject in SUBJECTS}
    for subject in SUBJECTS:
        for inside in re.findall(r"\(([a-z-]+(?:, [a-z-]+)*)\)", subject.description):
            assert set(inside.split(", ")) <= names - {subject.name}, subject.name


def test_the_demo_suggests_five_things_the_model_was_not_taught() -> None:
    """A suggestion copied from the examples would show memory, not understanding."""
    brand = tomllib.loads((BRAND / "brand.toml").read_text(encoding="utf-8"))
    assert brand["languages"] == list(LANGUAGES)
    assert brand["default_language"] in LANGUAGES
    taught = {_said(t) for s in SUBJECTS for lang in LANGUAGES for t in s.examples[lang]}
    for language in LANGUAGES:
        suggestions = brand["suggestions"][language]
        assert len(suggestions) == 5
        assert not taught & {_said(text) for text in suggestions}


@pytest.mark.parametrize(
    ("file", "key", "least"),
    [
        ("tone", "tone", {"calm": 500, "annoyed": 500, "angry": 500}),
        ("person", "asks_person", {True: 200, False: 200}),
        (
            "small_talk",
            "kind",
            {"greeting": 100, "thanks": 100, "rejection": 100, "none": 100, "remark": 100},
        ),
        ("risk", "risk", {"self_harm": 700, "safety": 900, None: 1200, "unsure": 80}),
        ("risk_unseen", "risk", {"self_harm": 130, "safety": 150, None: 360}),
    ],
)
def test_each_teaching_file_has_valid_labels_and_enough_of_each(
    file: str, key: str, least: dict[str | bool | None, int]
) -> None:
    """Every label is known and well represented, and French is near half of each."""
    lines = (TEACHING / f"{file}.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    assert all(set(row) == {"text", "lang", key} and row["text"].strip() for row in rows)
    assert {"fr", "en"} <= {row["lang"] for row in rows} <= {"fr", "en", "mixed"}
    counts = Counter(row[key] for row in rows)
    assert set(counts) == set(least)
    for label, enough in least.items():
        french = sum(row[key] == label and row["lang"] == "fr" for row in rows)
        assert counts[label] >= enough
        assert 0.4 < french / counts[label] < 0.6


def test_teaching_files_are_as_large_as_promised() -> None:
    """1,500 lines of tone, 500 of asks-for-a-person, 600 of small talk, at least."""
    for file, least in {"tone": 1500, "person": 500, "small_talk": 600}.items():
        assert len((TEACHING / f"{file}.jsonl").read_text("utf-8").splitlines()) >= least


def test_no_teaching_line_says_nearly_the_same_as_another() -> None:
    """The measuring script lists near duplicates; there are none."""
    run = subprocess.run([sys.executable, MEASURE, "--doubles"], capture_output=True, text=True)
    assert (run.returncode, run.stdout) == (0, ""), run.stdout + run.stderr


def test_the_readme_of_the_teaching_texts_shows_what_the_script_measures() -> None:
    """The table in the README is the script's output, to the letter."""
    run = subprocess.run([sys.executable, MEASURE], capture_output=True, text=True, check=True)
    assert run.stdout in (TEACHING / "README.md").read_text(encoding="utf-8")
