"""Tuning the encoder survives an interruption, and never takes another run's checkpoint."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

sys.path.insert(0, str(Path(__file__).parent.parent / "models"))

import tune_encoder
from episodes import Asked, Episode

MODELS = Path(__file__).parent.parent / "models"
EPISODE = Episode(
    support=["vous ouvrez quand", "opening hours", "où est mon colis", "track my parcel"],
    owner=[0, 0, 1, 1],
    queries=[Asked("ouvert dimanche?", "hours"), Asked("my parcel is late", "parcel")],
    target=[0, 1],
    subjects=2,
    beside=[Asked("c'est long!!", None, 1)],
)


def tuned(work: Path, begins: list[int], run: str = "this") -> torch.Tensor:
    """One matrix of a student that has learned two steps in ``work``; where it began is noted."""

    def drawn(begun: int) -> Iterator[Episode]:
        begins.append(begun)
        while True:
            yield EPISODE

    torch.manual_seed(3)
    pupil = tune_encoder.student(MODELS)
    tune_encoder.learn(pupil, drawn, 2, work, run)
    weight: torch.Tensor = pupil.bert.encoder.layer[-1].output.dense.weight
    return weight.detach().clone()


def test_an_interrupted_run_goes_on_where_it_was_and_no_other_run_takes_it_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tune_encoder, "CHECKPOINT_EVERY", 1)
    begins: list[int] = []
    whole = tuned(tmp_path / "whole", begins)
    keep = tune_encoder._keep

    def keep_and_stop(*what: Any) -> None:
        keep(*what)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(tune_encoder, "_keep", keep_and_stop)
        tuned(tmp_path / "cut", begins)
    assert torch.equal(tuned(tmp_path / "cut", begins), whole)
    assert begins == [0, 0, 1]
    with pytest.raises(SystemExit, match=r"checkpoint\.pt is of a run with other steps"):
        tuned(tmp_path / "cut", begins, run="another")
