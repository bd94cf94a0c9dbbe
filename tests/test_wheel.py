"""What `pip install .` gives: a wheel with the code and whatever the code needs beside itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).parents[1]
BESIDE = {"bot/config.example.toml", "bot/models/manifest.json", "bot/models/README.md"}
IS_READY = """
from pathlib import Path
from bot import config
from bot.answers import load_knowledge
from bot.model import brain
assert Path(brain.__file__).is_relative_to(Path.cwd()), brain.__file__
assert brain.model_problem() is None, brain.model_problem()
assert load_knowledge(config.EXAMPLE_BRAND).subjects
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built as pip builds it, with what builds it installed already."""
    folder = tmp_path_factory.mktemp("wheel")
    [built] = WheelBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"])
    return Path(built)


def test_the_wheel_carries_the_package_the_model_and_nothing_else(wheel: Path) -> None:
    code = (path for path in (ROOT / "bot").rglob("*") if path.is_file())
    package = {
        path.relative_to(ROOT).as_posix() for path in code if path.parent.name != "__pycache__"
    }
    model = {
        f"bot/models/{name}" for name in json.loads((ROOT / "models/manifest.json").read_text())
    }
    with zipfile.ZipFile(wheel) as inside:
        carried = {name for name in inside.namelist() if ".dist-info/" not in name}
    assert carried == package | model | BESIDE
    for needed in (
        "sandbox/page.html",
        "example_brand/brand.toml",
        "store/schema.sql",
        "risk.toml",
    ):
        assert f"bot/{needed}" in carried


def test_what_was_installed_finds_its_model_and_its_example_brand(
    wheel: Path, tmp_path: Path
) -> None:
    with zipfile.ZipFile(wheel) as inside:
        inside.extractall(tmp_path)
    subprocess.run(
        [sys.executable, "-c", IS_READY],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        check=True,
    )
