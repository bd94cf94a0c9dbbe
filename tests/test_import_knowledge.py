"""import-knowledge: a JSON file becomes a folder that loads, or nothing and all its problems."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.__main__ import main
from bot.answers import load_knowledge
from bot.cli.import_knowledge import ImportReport, import_knowledge
from bot.errors import ConfigError
from bot.subject_names import NAME, slug


def intent(name: str, **changed: Any) -> dict[str, Any]:
    return {
        "name": name,
        "description": f"About {name}.",
        "answers": {"fr": f"Réponse {name}.", "en": f"Answer {name}."},
        "examples": {
            "fr": [f"où est {name}", f"c'est quoi {name}"],
            "en": [f"where is {name}", f"what is {name}"],
        },
        **changed,
    }


def bring_in(tmp_path: Path, content: object, to: str = "ours") -> ImportReport:
    source = tmp_path / "export.json"
    if isinstance(content, dict):
        content = {"brand": "Nord", **content}
    source.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return import_knowledge(source, tmp_path / to)


def refused(tmp_path: Path, content: object) -> str:
    """Every problem, one a line; nothing may have been written."""
    with pytest.raises(ConfigError) as caught:
        bring_in(tmp_path, content)
    assert [path.name for path in tmp_path.iterdir()] == ["export.json"]
    return str(caught.value)


# --------------------------------------------------------------------------- what comes in


def test_what_was_imported_loads_with_the_same_content(tmp_path: Path) -> None:
    titles = {"fr": "Mon colis", "en": "My parcel"}
    content = {"brand": "Nord", "intents": [intent("parcel", titles=titles), intent("refund")]}
    report = bring_in(tmp_path, content)
    knowledge = load_knowledge(report.folder)
    assert knowledge.brand.name == "Nord" and knowledge.brand.languages == ("fr", "en")
    parcel = knowledge.subjects["parcel"]
    assert parcel.titles == titles
    assert parcel.answers == {"fr": "Réponse parcel.", "en": "Answer parcel."}
    assert parcel.examples["fr"] == ("où est parcel", "c'est quoi parcel")
    assert parcel.description == "About parcel."
    assert (report.subjects, report.examples, report.languages) == (2, 8, ("fr", "en"))
    assert report.warnings == () and report.renamed == {}


def test_long_answers_are_written_as_people_would_write_them(tmp_path: Path) -> None:
    answers = {"fr": "Bonjour,\n\nvoir « Mon compte »."}
    bring_in(tmp_path, {"intents": [intent("parcel", answers=answers)]})
    written = (tmp_path / "ours" / "subjects" / "parcel.toml").read_text("utf-8")
    assert '"""\nBonjour,\n\nvoir « Mon compte »."""' in written


HOSTILE = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"]),
        st.sampled_from("\"'\\\n\r\t\0#[]={}\u202e\u2066\ufeff\u0085\u2028😀é"),
    ),
    min_size=1,
    max_size=60,
)


def as_written(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


@settings(max_examples=60, deadline=None)
@given(
    description=HOSTILE,
    answer=st.one_of(HOSTILE, HOSTILE.map(lambda text: (text * 4000)[:4000])),
    examples=st.lists(HOSTILE, min_size=2, max_size=5, unique_by=as_written),
)
def test_any_text_survives_the_way_in(description: str, answer: str, examples: list[str]) -> None:
    """Quotes, backslashes, line ends, bidi marks, emoji, NUL, 4,000 characters."""
    examples = [text for text in examples if as_written(text)] + ["one more", "and another"]
    answer = answer if as_written(answer) else "An answer."
    given_intent = intent(
        "parcel", description=description, answers={"en": answer}, examples={"en": examples}
    )
    with tempfile.TemporaryDirectory() as folder:
        report = bring_in(Path(folder), {"intents": [given_intent]})
        subject = load_knowledge(report.folder).subjects["parcel"]
    assert subject.answers["en"] == as_written(answer)
    assert subject.description == as_written(description)
    assert subject.examples["en"] == tuple(dict.fromkeys(map(as_written, examples)))


# ----------------------------------------------------------------------------------- names


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("order_status", "order_status"),
        ("Où est ma commande ?", "ou-est-ma-commande"),
        ("../../etc/passwd", "etc-passwd"),
        ("CON.toml", "con-toml"),
        ("配送", "subject"),
        ("unknown", "unknown-2"),
        ("x" * 60, "x" * 48),
    ],
)
def test_names_become_fit_for_a_file(tmp_path: Path, name: str, expected: str) -> None:
    report = bring_in(tmp_path, {"intents": [intent(name)]})
    assert list(load_knowledge(report.folder).subjects) == [expected]
    assert report.renamed == ({} if name == expected else {name: expected})


def test_names_that_would_meet_in_one_file_are_kept_apart(tmp_path: Path) -> None:
    names = ["Order Status", "order-status", "order status!"]
    intents = [
        intent(name, titles=dict.fromkeys(("fr", "en"), f"{name} {n}"))
        for n, name in enumerate(names)
    ]
    report = bring_in(tmp_path, {"intents": intents})
    assert report.renamed == {"Order Status": "order-status-2", "order status!": "order-status-3"}
    subject = load_knowledge(report.folder).subjects["order-status-2"]
    assert subject.answers["en"] == "Answer Order Status."


@given(st.text())
def test_a_slug_is_a_name_or_nothing_and_stays_as_it_is(name: str) -> None:
    assert slug(name) == "" or NAME.fullmatch(slug(name))
    assert slug(slug(name)) == slug(name)


# ------------------------------------------------------------------------------- languages


def test_a_language_that_lacks_an_answer_comes_along_but_is_not_served(tmp_path: Path) -> None:
    late = intent("refund", answers={"fr": "Réponse."})
    report = bring_in(tmp_path, {"intents": [intent("parcel"), late]})
    assert report.languages == ("fr",)
    (warning,) = report.warnings
    assert warning.place.endswith("intents[1].answers.en") and "does not serve en" in warning.mend
    written = (tmp_path / "ours" / "subjects" / "parcel.toml").read_text("utf-8")
    assert "Answer parcel." in written and "where is parcel" in written
    assert load_knowledge(report.folder).brand.languages == ("fr",)


def test_without_one_complete_language_each_missing_answer_is_a_problem(tmp_path: Path) -> None:
    content = {
        "intents": [
            intent("parcel", answers={"fr": "Réponse."}),
            intent("refund", answers={"en": "Answer."}),
        ]
    }
    told = refused(tmp_path, content)
    assert "intents[0].answers.en: is missing" in told
    assert "intents[1].answers.fr: is missing" in told


def test_a_language_that_is_not_told_apart_comes_along_but_is_not_served(tmp_path: Path) -> None:
    dutch = intent("parcel", answers={"nl": "Antwoord.", "en": "Answer."})
    report = bring_in(tmp_path, {"intents": [dutch]})
    assert report.languages == ("en",)
    (warning,) = report.warnings
    assert warning.place.endswith("export.json: intents[0].answers.nl")
    dutch["answers"].pop("en")
    shutil.rmtree(report.folder)
    told = refused(tmp_path, {"intents": [dutch]})
    assert "export.json: intents[0].answers.nl: is in a language that cannot be served" in told


def test_what_is_read_of_nothing_is_told(tmp_path: Path) -> None:
    titles = {"fr": "Mon colis", "en": "My parcel", "de": "Mein Paket"}
    content = {"brand": None, "contact": "info@x.example", "default_language": "en"}
    report = bring_in(tmp_path, {**content, "intents": [intent("parcel", titles=titles)]})
    told = "\n".join(str(warning).partition("export.json: ")[2] for warning in report.warnings)
    assert "contact: is not used" in told and "default_language: is not used" in told
    assert "intents[0].titles.de: is not used: there is no answer in it." in told
    assert "brand: is missing: customers will read “ours”." in told
    assert load_knowledge(report.folder).brand.name == "ours"


def test_an_answer_that_is_one_text_is_told_with_the_shape_it_needs(tmp_path: Path) -> None:
    told = refused(tmp_path, {"intents": [intent("parcel", answers="We open at 9")]})
    assert 'Write it like {"fr": "…", "en": "…"}.' in told and len(told.splitlines()) == 1


def test_a_slip_in_json_written_by_hand_is_told_with_its_line(tmp_path: Path) -> None:
    told = refused(tmp_path, '{"intents": [\n  {"name": "a"}\n  {"name": "b"}\n]}')
    assert "export.json:3" in told and "a comma or a quote too many or too few" in told
    assert "Export it again" in refused(tmp_path, "name;answer\nhours;9-5\n")


# -------------------------------------------------------------------------------- examples


def test_an_example_written_twice_is_kept_once(tmp_path: Path) -> None:
    examples = {"fr": ["où", "quand", "où "], "en": ["when", "where"]}
    report = bring_in(tmp_path, {"intents": [intent("parcel", examples=examples)]})
    assert load_knowledge(report.folder).subjects["parcel"].examples["fr"] == ("où", "quand")
    assert report.warnings[0].place.endswith("intents[0].examples.fr[2]")


def test_an_example_of_two_subjects_is_left_out_of_both_and_told(tmp_path: Path) -> None:
    parcel, refund = intent("parcel"), intent("refund")
    parcel["examples"]["fr"].append("Où c'est?")
    refund["examples"]["fr"].insert(0, "ou c'est?")
    report = bring_in(tmp_path, {"intents": [parcel, refund]})
    places = [warning.place.partition(": ")[2] for warning in report.warnings]
    assert places == ["intents[0].examples.fr[2]", "intents[1].examples.fr[0]"]
    assert all("parcel, refund" in warning.what for warning in report.warnings)
    assert report.examples == 8


def test_two_subjects_that_share_their_only_examples_are_told_of_each_other(tmp_path: Path) -> None:
    examples = {"fr": ["où", "quand"]}
    told = refused(tmp_path, {"intents": [intent(n, examples=examples) for n in ("a", "b")]})
    assert "intents[0].examples.fr[1]: is an example of several subjects: a, b." in told
    assert "intents[1].examples has 0 of the 2" in told


def test_two_subjects_that_would_have_the_same_button_are_refused(tmp_path: Path) -> None:
    titles = {"fr": "Retour", "en": "Return"}
    told = refused(
        tmp_path,
        {"intents": [intent("a", titles={"en": "RETURN"}), intent("back", titles=titles)]},
    )
    assert told.count("more than once: customers see two equal buttons") == 2
    assert "intents[0].titles.en" in told and "intents[1].titles.en" in told
    assert "titles.fr" not in told


LONG = "where is the parcel that I ordered last "  # 40 characters: as many as a button takes


@pytest.mark.parametrize(
    ("names", "titles"),
    [
        (["order_status", "order-status"], ["Order status", "Order status 2"]),
        (
            [f"{LONG}week", f"{LONG}year"],
            [LONG.strip().capitalize(), f"{LONG[:36].capitalize()} 2"],
        ),
        (["return", "back"], ["Return 2", "Return"]),  # what was given stays as it is
        (["---", "..."], ["Subject", "..."]),
    ],
)
def test_names_that_begin_alike_are_told_apart_on_their_buttons(
    tmp_path: Path, names: list[str], titles: list[str]
) -> None:
    given = {"titles": {"fr": "Return", "en": "Return"}}
    intents = [intent(name, **(given if name == "back" else {})) for name in names]
    report = bring_in(tmp_path, {"intents": intents})
    subjects = load_knowledge(report.folder).subjects.values()
    answers = {subject.answers["en"]: subject.titles for subject in subjects}
    found = [answers[f"Answer {name}."] for name in names]
    assert found == [{"fr": title, "en": title} for title in titles]
    numbered = [n for n, title in enumerate(titles) if title.endswith(" 2")]
    places = [warning.place.partition(": ")[2] for warning in report.warnings]
    assert places == [f"intents[{n}].titles.{code}" for code in ("fr", "en") for n in numbered]


# -------------------------------------------------------------------------- what is refused

BAD: list[tuple[dict[str, Any], str]] = [
    ({"name": ""}, "intents[0].name"),
    ({"name": 5}, "intents[0].name"),
    ({"answers": "yes"}, "intents[0].answers"),
    ({"answers": {}}, "intents[0].answers"),
    ({"answers": {"fr": 5, "en": "A."}}, "intents[0].answers.fr"),
    ({"answers": {"en": "x" * 4001}}, "intents[0].answers.en"),
    ({"answers": {"fr-CA": "Réponse.", "en": "A."}}, "intents[0].answers.fr-CA"),
    ({"examples": ["where"]}, "intents[0].examples"),
    ({"examples": {"fr": ["a", "b", 5]}}, "intents[0].examples.fr[2]"),
    ({"examples": {"fr": ["a", "b", " "]}}, "intents[0].examples.fr[2]"),
    ({"examples": {"fr": ["a"]}}, "intents[0].examples"),
    ({"examples": {"de": ["a", "b"]}}, "intents[0].examples"),
    ({"description": ["a"]}, "intents[0].description"),
    ({"description": "\ud83d"}, "intents[0].description"),
]


@pytest.mark.parametrize(("changed", "place"), BAD)
def test_what_is_wrong_is_told_at_its_place_and_nothing_is_written(
    tmp_path: Path, changed: dict[str, Any], place: str
) -> None:
    told = refused(tmp_path, {"intents": [{**intent("parcel"), **changed}]})
    assert f"export.json: {place}: " in told


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    told = refused(tmp_path, {"intents": [intent(""), 5, intent("x", answers=[])]})
    assert all(f"intents[{n}]" in told for n in (0, 1)) and "intents[2].answers" in told


def test_the_same_name_twice_is_refused(tmp_path: Path) -> None:
    told = refused(tmp_path, {"intents": [intent("a"), intent("a", examples={"fr": ["x", "y"]})]})
    assert "intents[1].name" in told


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{", "export.json:1"),
        ('{"intents": [\n}', "export.json:2"),
        ("[]", "not an object"),
        ("{}", "has no intent"),
        ('{"intents": []}', "has no intent"),
        ('{"intents": {}}', "intents"),
        ('{"intents": [{"answers": {"fr": "A.", "fr": "B."}}]}', "intents[0].answers.fr: is there"),
        ("[" * 100_000, "cannot be understood"),
    ],
)
def test_a_file_of_another_shape_is_refused(tmp_path: Path, content: str, told: str) -> None:
    assert told in refused(tmp_path, content)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        import_knowledge(tmp_path / "none.json", tmp_path / "ours")


def test_what_is_not_used_is_told(tmp_path: Path) -> None:
    report = bring_in(tmp_path, {"intents": [intent("parcel", owner="Zoé")]})
    assert [w.place.partition(": ")[2] for w in report.warnings] == ["intents[0].owner"]


def test_what_customers_would_read_raw_comes_in_and_is_told(tmp_path: Path) -> None:
    answers = {"fr": "Voyez [ici](https://nord.example).", "en": "Hello {{name}}."}
    report = bring_in(tmp_path, {"intents": [intent("parcel", answers=answers)]})
    told = {warning.place.partition(": ")[2]: warning.what for warning in report.warnings}
    assert told.keys() == {f"intents[0].answers.{code}" for code in ("fr", "en")}
    assert "“[ici](https://nord.example)”" in told["intents[0].answers.fr"]
    assert load_knowledge(report.folder).subjects["parcel"].answers == answers


# ------------------------------------------------------------------------------ the folder


def test_a_folder_that_holds_something_is_never_touched(tmp_path: Path) -> None:
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours" / "mine.txt").write_text("mine")
    with pytest.raises(ConfigError, match="Name a new folder"):
        bring_in(tmp_path, {"intents": [intent("parcel")]})
    assert [path.name for path in (tmp_path / "ours").iterdir()] == ["mine.txt"]


def test_an_empty_folder_is_filled_and_parents_are_made(tmp_path: Path) -> None:
    (tmp_path / "ours").mkdir()
    bring_in(tmp_path, {"intents": [intent("parcel")]})
    bring_in(tmp_path, {"intents": [intent("parcel")]}, to="deep/er")
    for folder in ("ours", "deep/er"):
        assert load_knowledge(tmp_path / folder).subjects.keys() == {"parcel"}
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["er"]


def test_folders_that_were_made_for_nothing_are_taken_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: Path) -> None:
        raise OSError(28, "No space left on device", "brand.toml")

    monkeypatch.setattr("bot.cli.import_knowledge.load_knowledge", full)
    with pytest.raises(OSError, match="No space left"):
        bring_in(tmp_path, {"intents": [intent("parcel")]}, to="deep/er/brand")
    assert [path.name for path in tmp_path.iterdir()] == ["export.json"]


def test_five_hundred_subjects_come_in(tmp_path: Path) -> None:
    report = bring_in(tmp_path, {"intents": [intent(f"subject {n}") for n in range(500)]})
    assert len(load_knowledge(report.folder).subjects) == 500


def test_one_subject_is_not_told_as_several(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "one.json"
    file.write_text(json.dumps({"brand": "Nord", "intents": [intent("refund")]}), "utf-8")
    assert main(["import-knowledge", str(file), "--to", str(tmp_path / "brand")]) == 0
    assert "subjects: 1, examples: 4" in capsys.readouterr().out
