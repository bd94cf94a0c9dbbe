"""The tone that wording shows: learned in a moment, blind to what it never met."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "models"))

from wording_head import learn_wording

from bot.model.wording import Wording, features

CALM = ["where is my order", "what are your hours", "thieves took my bag", "is it in stock"] * 3
ANGRY = ["this is a SCAM!!", "what a SCAM, you thieves", "THIEVES!!", "scam scam scam!!"] * 3


@pytest.fixture(scope="module")
def wording() -> Wording:
    labels = np.array([0] * len(CALM) + [1] * len(ANGRY))
    return learn_wording([*CALM, *ANGRY], labels, 2)


def test_words_and_marks_show_the_tone(wording: Wording) -> None:
    calm, angry = wording.logits(["where is my bag", "you SCAM thieves!!"])
    assert calm.argmax() == 0
    assert angry.argmax() == 1


def test_capitals_are_heard(wording: Wording) -> None:
    quiet, loud = wording.logits(["thieves", "THIEVES"])
    assert loud[1] - loud[0] > quiet[1] - quiet[0]


@pytest.mark.parametrize("text", ["", "   ", "東京", "\ud800", "z" * 100_000])
def test_what_was_never_met_says_nothing(wording: Wording, text: str) -> None:
    assert np.array_equal(wording.logits([text])[0], wording.bias)


def test_a_text_says_the_same_whatever_stands_beside_it(wording: Wording) -> None:
    together = wording.logits([*CALM, *ANGRY])
    alone = np.concatenate([wording.logits([text]) for text in [*CALM, *ANGRY]])
    assert np.array_equal(together, alone)


def test_cooling_changes_how_sure_not_which(wording: Wording) -> None:
    texts = ["this scam", "what hours"]
    warm, cool = wording.logits(texts), wording.cooled(2.0).logits(texts)
    assert np.array_equal(warm.argmax(axis=1), cool.argmax(axis=1))
    assert cool == pytest.approx(warm / 2, abs=2e-3)


def test_features_are_groups_as_written_and_words_folded() -> None:
    assert features("Été!") != features("ete!")
    assert set(features("Été!")) & set(features("ete!"))
    assert sum(features("a b").values()) == 9
