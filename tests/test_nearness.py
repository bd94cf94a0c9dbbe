"""Evidence: how near a text is to each subject, weighed together, with none of these beside."""

from __future__ import annotations

import numpy as np
import pytest

from bot.model.nearness import KINDS, Judge, Taught

EAST, NORTH, UP = np.eye(3, dtype=np.float32)
LABELS = np.array([0, 0, 1])
EXAMPLES = np.stack([EAST, NORTH, UP])


def logits(*rows: tuple[float, float]) -> np.ndarray:
    return np.array(rows, dtype=np.float32)


def test_evidence_is_the_heads_share_the_middle_and_the_nearest_example() -> None:
    found = Taught.of(EXAMPLES, LABELS).evidence(logits((0.0, 0.0)), EAST[None])
    assert found.shape == (1, 2, KINDS)
    assert found[0, 0] == pytest.approx([np.log(0.5), 20 / np.sqrt(2), 20], abs=1e-4)
    assert found[0, 1] == pytest.approx([np.log(0.5), 0, 0], abs=1e-4)


def test_what_is_near_nothing_is_none_of_these() -> None:
    judge = Judge(np.array([1, 0.5, 0.5], dtype=np.float32), np.array([8.0], dtype=np.float32))
    taught = Taught.of(EXAMPLES, LABELS)
    near, far = judge.shares(taught.evidence(logits((3, 0), (3, 0)), np.stack([EAST, -EAST])))
    assert near.argmax() == 0
    assert far.argmax() == 2
    assert near.sum() == pytest.approx(1.0)


def test_a_text_gets_the_same_evidence_whatever_stands_beside_it() -> None:
    random = np.random.default_rng(0)
    vectors = random.normal(size=(50, 384)).astype(np.float32)
    taught = Taught.of(vectors[:40], np.arange(40) // 4)
    scores = random.normal(size=(50, 10)).astype(np.float32)
    together = taught.evidence(scores, vectors)
    alone = np.concatenate(
        [taught.evidence(scores[n : n + 1], vectors[n : n + 1]) for n in range(50)]
    )
    assert np.array_equal(together, alone)


@pytest.mark.parametrize("labels", [[1, 0, 1], [0, 0, 2]])
def test_examples_out_of_order_are_refused(labels: list[int]) -> None:
    with pytest.raises(ValueError, match="ascend"):
        Taught.of(EXAMPLES, np.array(labels))
