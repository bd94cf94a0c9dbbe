"""Evidence: how near a text is to each subject, weighed together, with none of these beside."""

from __future__ import annotations

import numpy as np
import pytest

from bot.model.letters import Groups, Letters
from bot.model.nearness import HINTS, KINDS, Judge, Taught, Texts, hints

EAST, NORTH, UP = np.eye(3, dtype=np.float32)
LABELS = np.array([0, 0, 1])
WORDS = ["where is my parcel", "parcel tracking", "opening hours"]
EXAMPLES = Texts.of(WORDS, np.stack([EAST, NORTH, UP]))


def logits(*rows: tuple[float, float]) -> np.ndarray:
    return np.array(rows, dtype=np.float32)


def test_evidence_is_the_heads_share_the_middle_the_nearest_and_the_letters() -> None:
    asked = Texts.of(["parcel tracking"], EAST[None])
    found = Taught.of(EXAMPLES, LABELS).evidence(logits((0.0, 0.0)), asked)
    assert found.shape == (1, 2, KINDS)
    assert found[0, 0, :4] == pytest.approx([np.log(0.5), 20 / np.sqrt(2), 20, 10], abs=1e-4)
    assert 5 < found[0, 0, 4] < 10
    assert found[0, 1] == pytest.approx([np.log(0.5), 0, 0, *found[0, 1, 3:]], abs=1e-4)
    assert max(found[0, 1, 3:]) < 2  # "ing " ends both


def test_what_is_near_nothing_is_none_of_these() -> None:
    weight = np.array([1, 0.5, 0.5, 0, 0], dtype=np.float32)
    none = np.zeros(HINTS, dtype=np.float32)
    none[0] = 8.0
    asked = Texts.of(["", ""], np.stack([EAST, -EAST]))
    evidence = Taught.of(EXAMPLES, LABELS).evidence(logits((3, 0), (3, 0)), asked)
    near, far = Judge(weight, none).shares(evidence)
    assert near.argmax() == 0
    assert far.argmax() == 2
    assert near.sum() == pytest.approx(1.0)


def test_a_lead_over_the_next_subject_can_speak_against_none() -> None:
    evidence = np.zeros((2, 3, KINDS), dtype=np.float32)
    evidence[0, 0], evidence[1, :2] = 4, 4
    none = np.zeros(HINTS, dtype=np.float32)
    none[1 + KINDS] = -1.0
    clear, tied = Judge(np.zeros(KINDS, dtype=np.float32), none).shares(evidence)
    assert clear[-1] < tied[-1]
    assert hints(evidence)[0].tolist() == [1.0] + [4.0] * KINDS * 2
    assert hints(evidence)[1].tolist() == [1.0] + [4.0] * KINDS + [0.0] * KINDS


def test_a_text_gets_the_same_evidence_whatever_stands_beside_it() -> None:
    random = np.random.default_rng(0)
    vectors = random.normal(size=(50, 384)).astype(np.float32)
    texts = Texts.of([f"{WORDS[n % 3]} {n * 7}" for n in range(50)], vectors)
    first = np.arange(50) < 40
    taught = Taught.of(texts.where(first), np.arange(40) // 4)
    scores = random.normal(size=(50, 10)).astype(np.float32)
    together = taught.evidence(scores, texts)
    alone = np.concatenate(
        [taught.evidence(scores[n : n + 1], texts.where(np.arange(50) == n)) for n in range(50)]
    )
    assert np.array_equal(together, alone)


@pytest.mark.parametrize("labels", [[1, 0, 1], [0, 0, 2]])
def test_examples_out_of_order_are_refused(labels: list[int]) -> None:
    with pytest.raises(ValueError, match="ascend"):
        Taught.of(EXAMPLES, np.array(labels))


# ----------------------------------------------------------------------------------- letters


def alike(text: str) -> tuple[list[float], list[float]]:
    each, whole = Letters.of(EXAMPLES.letters, LABELS).alike(Groups.of(text))
    return [round(float(x), 3) for x in each], [round(float(x), 3) for x in whole]


def test_letters_are_those_of_scikit_learns_char_wb() -> None:
    """Written out: TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True) on
    the three examples, with strip_accents="unicode", gives these cosines for "my parcels"."""
    each, _ = alike("my parcels")
    assert each == LIKE_MY_PARCELS


def test_case_and_accents_make_no_difference_and_foreign_letters_no_likeness() -> None:
    assert alike("OPÉNING höurs") == alike("opening hours")
    assert alike("zzz 東京") == ([0, 0, 0], [0, 0])
    assert alike("") == ([0, 0, 0], [0, 0])


def test_the_same_text_is_wholly_alike_and_its_subject_most_alike() -> None:
    each, whole = alike("where is my parcel")
    assert each[0] == 1.0
    assert whole[0] > 0.7 > whole[1]


LIKE_MY_PARCELS = [0.61, 0.413, 0.0]
