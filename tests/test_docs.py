"""Documents that cannot lie: what README says of commands and states is what the code says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.__main__ import COMMANDS as COMMANDS_RUN
from bot.cli.command_line import parser
from bot.conversation import STATES
from bot.desk.commands import COMMANDS
from bot.desk.desk_words import DESK_WORDS
from bot.desk.doubt_words import DOUBT_WORDS
from bot.desk.order_words import ORDER_WORDS
from bot.evaluation.labelled import Labelled
from bot.evaluation.measures import Bin, Point
from bot.evaluation.results import (
    Broken,
    Confusion,
    Few,
    Figures,
    Misread,
    Musts,
    Result,
    Rule,
    Sentence,
    Stray,
    Summary,
    Tones,
)

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
GUIDE = (ROOT / "docs" / "desk.md").read_text("utf-8")


def _block_after(marker: str) -> str:
    """The code block that follows a comment."""
    found = re.search(rf"<!-- {marker}.*?-->\n```\n(.*?)```", README, re.DOTALL)
    assert found, f"README has no block after “{marker}”"
    return found[1]


def test_the_help_in_the_readme_is_the_help_of_the_program(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    assert _block_after("the help") == parser().format_help()


def test_every_command_of_the_help_does_something() -> None:
    typed = re.findall(r"^    ([a-z-]+)\b", parser().format_help(), re.MULTILINE)
    assert typed == list(COMMANDS_RUN)


def test_the_states_in_the_readme_are_those_of_the_code() -> None:
    chart = dict(line.split() for line in _block_after("the state chart").splitlines())
    assert chart == {str(state): str(actor) for state, actor in STATES.items()}


DOCUMENTS = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"]
GUIDES = sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))


@pytest.mark.parametrize("document", DOCUMENTS + GUIDES)
def test_every_file_a_document_points_to_is_there(document: str) -> None:
    text = (ROOT / document).read_text("utf-8")
    links = [link for link in re.findall(r"\]\(([^)]+)\)", text) if "://" not in link]
    named = re.findall(r"`((?:bot|tests|models|docs)/[\w./-]+)`", text)
    places = [(ROOT / document).parent / link.partition("#")[0] for link in links]
    missing = [place for place in places + [ROOT / name for name in named] if not place.exists()]
    assert not missing


def test_the_guide_for_staff_shows_every_command_and_its_french_name() -> None:
    rows = re.findall(r"^\| `/(\w+)[^`]*` \| (?:`/(\w+)`)? ?\|", GUIDE, re.MULTILINE)
    shown = {tuple(word for word in row if word) for row in rows}
    assert shown == set(COMMANDS.values()), "docs/desk.md, the table of commands"


def test_the_documents_name_no_command_that_staff_or_customers_do_not_have() -> None:
    known = {word for typed in COMMANDS.values() for word in typed}
    for text in (README, GUIDE):
        named = {found for found in re.findall(r"`/(\w+)", text) if not found.startswith("set")}
        assert named - known <= {"newbot", "start"}


def test_every_button_in_the_guide_for_staff_is_on_the_desk() -> None:
    homes = (DESK_WORDS, DOUBT_WORDS, ORDER_WORDS)
    labels = {label.split(" ", 1)[-1] for home in homes for label in home["en"].values()}
    named = set(re.findall(r"\*\*([A-Z][\w …]*)\*\*", GUIDE))
    assert len(named) > 10
    assert named <= labels, named - labels


def test_every_make_target_a_document_names_exists() -> None:
    rules = "".join(
        path.read_text("utf-8") for path in ROOT.glob("**/*.mk") if ".venv" not in str(path)
    )
    rules += (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([\w-]+):", rules, re.MULTILINE))
    for document in ("README.md", "CONTRIBUTING.md", "models/README.md"):
        text = (ROOT / document).read_text("utf-8") if (ROOT / document).exists() else ""
        named = set(re.findall(r"(?:^|`)make ([a-z][\w-]+)", text, re.MULTILINE))
        assert named <= targets, document


def test_the_keys_in_the_document_of_evaluate_are_those_it_writes() -> None:
    """Every key of a result, of the summary, and of what is in it, and no other in the tables."""
    text = (ROOT / "docs" / "evaluate.md").read_text("utf-8")
    nouns = (Sentence, Misread, Few, Confusion, Stray, Point, Bin, Broken, Musts, Tones, Rule)
    written = {field for noun in (Summary, Figures, *nouns) for field in noun.__annotations__}
    written |= (set(Result.__annotations__) - {"message"}) | {"id"}
    told = set(re.findall(r"`(\w+)`", text))
    assert written <= told, written - told
    for name in re.findall(r"^\| ((?:`\w+`(?:, )?)+)\?? \|", text, re.MULTILINE):
        keys = set(re.findall(r"\w+", name))
        assert keys <= written | set(Labelled.__annotations__), keys
