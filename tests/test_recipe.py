"""The encoder's recipe keeps what it is given: weights go in and out of the file unchanged."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import torch

sys.path.insert(0, str(Path(__file__).parent.parent / "models"))

from blend_encoder import blended
from stored_encoder import BESIDE, float_weights, store

from bot.model.encoder import WEIGHTS, check

MODELS = Path(__file__).parent.parent / "models"


@pytest.fixture(scope="module")
def weights() -> dict[str, torch.Tensor]:
    return float_weights(MODELS)


def test_an_encoder_taken_out_of_its_file_and_stored_again_is_the_same(
    weights: dict[str, torch.Tensor], tmp_path: Path
) -> None:
    from safetensors.torch import load_file

    store(weights, MODELS, tmp_path)
    before, after = load_file(MODELS / WEIGHTS), load_file(tmp_path / WEIGHTS)
    assert before.keys() == after.keys()
    assert [name for name in before if not torch.equal(before[name], after[name])] == []
    assert all(check(tmp_path, name) == check(MODELS, name) for name in BESIDE)


def test_a_blend_lies_between_the_two(weights: dict[str, torch.Tensor]) -> None:
    other = {name: weight + 1 for name, weight in weights.items()}
    between = blended(weights, other, 0.8)
    assert all(torch.allclose(between[n] - weights[n], torch.tensor(0.2), atol=1e-5) for n in other)


def test_encoders_that_differ_in_shape_are_not_blended(weights: dict[str, torch.Tensor]) -> None:
    name = next(iter(weights))
    for other in ({}, {**weights, "more": weights[name]}, {**weights, name: weights[name][:1]}):
        with pytest.raises(ValueError, match="differ"):
            blended(weights, other, 0.8)
