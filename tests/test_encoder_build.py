"""The files in models/ are whole, safe and small, and whatever is wrong with them is named."""

from __future__ import annotations

import hashlib
import json
import pickle
import shutil
from pathlib import Path

import pytest

from bot.errors import ModelCorrupt, ModelMissing
from bot.model.encoder import FILES, Encoder, record
from bot.model.general import META, WEIGHTS, GeneralHeads

MODELS = Path(__file__).parent.parent / "models"
SHIPPED = (*FILES, WEIGHTS, META)
MOST_BYTES = 40_000_000


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A folder with the shipped files, free to be damaged."""
    for name in (*SHIPPED, "manifest.json"):
        shutil.copyfile(MODELS / name, tmp_path / name)
    return tmp_path


def test_the_manifest_names_every_shipped_file_and_its_sum() -> None:
    manifest = json.loads((MODELS / "manifest.json").read_text("utf-8"))
    assert set(manifest) == set(SHIPPED)
    for name, expected in manifest.items():
        assert hashlib.sha256((MODELS / name).read_bytes()).hexdigest() == expected, name


def test_the_encoder_is_small_enough_to_live_in_git() -> None:
    assert sum((MODELS / name).stat().st_size for name in SHIPPED) < MOST_BYTES


def test_no_file_in_models_is_a_pickle() -> None:
    for path in MODELS.rglob("*"):
        if not path.is_file() or path.suffix == ".pyc":
            continue
        assert path.suffix not in {".pt", ".bin", ".pkl", ".pickle", ".joblib"}, path
        start = path.open("rb").read(4)
        assert not start.startswith((b"PK\x03\x04", b"\x80\x02", b"\x80\x04", b"\x80\x05")), path


def test_the_pickle_test_would_see_a_pickle() -> None:
    assert pickle.dumps({"weights": 1}).startswith(b"\x80")


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named_with_its_mend(copy: Path, name: str) -> None:
    (copy / name).unlink()
    with pytest.raises(ModelMissing, match=rf"{name}.*make encoder"):
        Encoder.load(copy)


def test_a_missing_manifest_is_named(copy: Path) -> None:
    (copy / "manifest.json").unlink()
    with pytest.raises(ModelMissing, match=r"manifest\.json"):
        Encoder.load(copy)


@pytest.mark.parametrize("name", FILES)
def test_a_file_cut_short_is_refused(copy: Path, name: str) -> None:
    whole = (copy / name).read_bytes()
    (copy / name).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ModelCorrupt, match=rf"{name}.*cut short or altered"):
        Encoder.load(copy)


@pytest.mark.parametrize("name", FILES)
def test_one_flipped_bit_is_refused(copy: Path, name: str) -> None:
    data = bytearray((copy / name).read_bytes())
    data[len(data) // 2] ^= 1
    (copy / name).write_bytes(data)
    with pytest.raises(ModelCorrupt, match=name):
        Encoder.load(copy)


def test_a_manifest_that_is_not_json_is_refused(copy: Path) -> None:
    (copy / "manifest.json").write_text("{", "utf-8")
    with pytest.raises(ModelCorrupt, match="manifest"):
        Encoder.load(copy)


def test_files_that_do_not_fit_each_other_are_refused_although_their_sums_are_right(
    copy: Path,
) -> None:
    config = json.loads((copy / "config.json").read_text("utf-8"))
    (copy / "config.json").write_text(json.dumps(config | {"num_hidden_layers": 11}), "utf-8")
    record(copy, FILES)
    with pytest.raises(ModelCorrupt, match="do not make an encoder"):
        Encoder.load(copy)


def test_general_heads_of_another_encoder_are_refused(copy: Path) -> None:
    with pytest.raises(ModelCorrupt, match="another encoder"):
        GeneralHeads.load(copy, encoder="0" * 64)


@pytest.mark.parametrize("name", [WEIGHTS, META])
def test_altered_general_heads_are_refused(copy: Path, name: str) -> None:
    (copy / name).write_bytes((copy / name).read_bytes() + b" ")
    with pytest.raises(ModelCorrupt, match=name):
        GeneralHeads.load(copy, encoder="whatever")
