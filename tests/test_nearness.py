"""Evidence: how near a text is to each subject, weighed together, with none of these beside."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from bot.model.found_words import Pieces, Usage
from bot.model.letters import Groups, Letters
from bot.model.nearness import HINTS, KINDS, Judge, Nearness, Taught, Texts, hints

EAST, NORTH, UP = np.eye(3, dtype=np.float32)
LABELS = np.array([0, 0, 1])
WORDS = ["where is my parcel", "parcel tracking", "opening hours"]
USAGE = Usage(np.array([1, 2], dtype=np.float16), np.zeros(3, dtype=np.float32))


def texts_of(texts: Sequence[str], vectors: np.ndarray, usage: Usage = USAGE) -> Texts:
    """As if each text were one piece that means what the whole does."""
    codes = [(100 * vector[None]).round().astype(np.int8) for vector in vectors]
    pieces = [Pieces(np.array([1]), each, np.array([0.01], dtype=np.float32)) for each in codes]
    return Texts.of(texts, vectors, pieces, usage)


EXAMPLES = texts_of(WORDS, np.stack([EAST, NORTH, UP]))


def logits(*rows: tuple[float, float]) -> np.ndarray:
    return np.array(rows, dtype=np.float32)


def test_evidence_is_the_heads_share_the_middle_the_nearest_the_letters_and_the_words() -> None:
    asked = texts_of(["parcel tracking"], EAST[None])
    found = Taught.of(EXAMPLES, LABELS).evidence(logits((0.0, 0.0)), asked).near
    assert found.shape == (1, 2, KINDS)
    assert found[0, 0, :4] == pytest.approx([np.log(0.5), 20 / np.sqrt(2), 20, 10], abs=1e-4)
    assert 5 < found[0, 0, 4] < 10
    assert found[0, 1] == pytest.approx([np.log(0.5), 0, 0, *found[0, 1, 3:]], abs=1e-4)
    assert max(found[0, 1, 3:5]) < 2  # "ing " ends both
    assert found[0, :, 5:].tolist() == [[10, 0], [0, -20]]


def test_how_usual_a_text_is_and_how_long_stands_beside_the_evidence() -> None:
    usage = Usage(USAGE.rarity, 0.5 * EAST)
    asked = texts_of(["one two three", ""], np.stack([EAST, NORTH]), usage)
    found = Taught.of(EXAMPLES, LABELS).evidence(logits((0, 0), (0, 0)), asked)
    assert found.manner == pytest.approx(np.array([[10, np.log(4)], [0, 0]]), abs=1e-4)
    none = np.zeros(HINTS, dtype=np.float32)
    none[-2] = -1.0  # what is written as customers write is less likely none of these
    usual, foreign = Judge(np.zeros(KINDS, dtype=np.float32), none).shares(found)
    assert usual[-1] < foreign[-1]


def test_what_is_near_nothing_is_none_of_these() -> None:
    weight = np.array([1, 0.5, 0.5, 0, 0, 0, 0], dtype=np.float32)
    none = np.zeros(HINTS, dtype=np.float32)
    none[0] = 8.0
    asked = texts_of(["", ""], np.stack([EAST, -EAST]))
    evidence = Taught.of(EXAMPLES, LABELS).evidence(logits((3, 0), (3, 0)), asked)
    near, far = Judge(weight, none).shares(evidence)
    assert near.argmax() == 0
    assert far.argmax() == 2
    assert near.sum() == pytest.approx(1.0)


def test_a_lead_over_the_next_subject_can_speak_against_none() -> None:
    near = np.zeros((2, 3, KINDS), dtype=np.float32)
    near[0, 0], near[1, :2] = 4, 4
    evidence = Nearness(near, np.array([[1, 2], [3, 4]], dtype=np.float32))
    none = np.zeros(HINTS, dtype=np.float32)
    none[1 + KINDS] = -1.0
    clear, tied = Judge(np.zeros(KINDS, dtype=np.float32), none).shares(evidence)
    assert clear[-1] < tied[-1]
    assert hints(evidence)[0].tolist() == [1.0] + [4.0] * KINDS * 2 + [1.0, 2.0]
    assert hints(evidence)[1].tolist() == [1.0] + [4.0] * KINDS + [0.0] * KINDS + [3.0, 4.0]


def test_a_text_gets_the_same_evidence_whatever_stands_beside_it() -> None:
    random = np.random.default_rng(0)
    vectors = random.normal(size=(50, 384)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    usage = Usage(USAGE.rarity, vectors[0])
    texts = texts_of([f"{WORDS[n % 3]} {n * 7}" for n in range(50)], vectors, usage)
    first = np.arange(50) < 40
    taught = Taught.of(texts.where(first), np.arange(40) // 4)
    scores = random.normal(size=(50, 10)).astype(np.float32)
    together = taught.evidence(scores, texts)
    alone = [taught.evidence(scores[n : n + 1], texts.where(np.arange(50) == n)) for n in range(50)]
    for kind in (0, 1):
        assert np.array_equal(together[kind], np.concatenate([one[kind] for one in alone]))


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
