"""Documents that cannot lie: what README says of commands and states is what the code says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.__main__ import parser
from bot.conversation import STATES

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")


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


def test_the_states_in_the_readme_are_those_of_the_code() -> None:
    chart = dict(line.split() for line in _block_after("the state chart").splitlines())
    assert chart == {str(state): str(actor) for state, actor in STATES.items()}


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_every_file_a_document_points_to_is_there(document: str) -> None:
    text = (ROOT / document).read_text("utf-8")
    links = [link for link in re.findall(r"\]\(([^)]+)\)", text) if "://" not in link]
    named = re.findall(r"`((?:bot|tests|models|docs)/[\w./-]+)`", text)
    missing = [name for name in links + named if not (ROOT / name.partition("#")[0]).exists()]
    assert not missing


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
