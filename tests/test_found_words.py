"""Words looked for in examples: what no example has anything like of speaks against a subject."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from bot.model import found_words, packed_bert
from bot.model.found_words import Laid, Pieces, Said, Usage, laid_out, product, ready_to_multiply

PAUSE, BOX, NEWSLETTER, THE = np.eye(4, dtype=np.float32)
COMMON, RARE = 0, 1
USAGE = Usage(np.array([0.5, 2.0], dtype=np.float16), np.zeros(4, dtype=np.float32))


def said(*pieces: tuple[int, np.ndarray]) -> Said:
    ids = np.array([id for id, _ in pieces], dtype=np.int64)
    codes = np.array([100 * state for _, state in pieces], dtype=np.int8).reshape(-1, 4)
    return Said.of(Pieces(ids, codes, np.full(len(ids), 0.01, dtype=np.float32)), USAGE)


def look(text: Said, *subjects: Sequence[Said]) -> list[list[float]]:
    labels = np.array([n for n, each in enumerate(subjects) for _ in each])
    laid = Laid.of([one for each in subjects for one in each], labels)
    return [[round(float(x), 3) for x in row] for row in laid.found(text)]


PAUSE_BOX = said((RARE, PAUSE), (COMMON, THE), (RARE, BOX))


def test_a_text_is_wholly_found_where_its_words_stand_in_whatever_order() -> None:
    asked = said((RARE, BOX), (RARE, PAUSE))
    assert look(asked, [PAUSE_BOX], [said((RARE, NEWSLETTER))]) == [[1, 0], [0, -2]]


def test_words_may_stand_in_several_examples_of_a_subject_but_not_of_two_subjects() -> None:
    apart = [said((RARE, PAUSE)), said((RARE, BOX))]
    asked = said((RARE, PAUSE), (RARE, BOX))
    assert look(asked, apart) == [[1, 0]]
    assert look(asked, apart[:1], apart[1:]) == [[0.5, -2], [0.5, -2]]


def test_a_rare_word_that_is_not_found_weighs_more_than_a_common_one() -> None:
    foreign = look(said((RARE, PAUSE), (RARE, NEWSLETTER)), [PAUSE_BOX])
    usual = look(said((RARE, PAUSE), (COMMON, NEWSLETTER)), [PAUSE_BOX])
    assert foreign == [[0.5, -2]]
    assert usual == [[0.8, -0.5]]


def test_what_says_nothing_is_found_nowhere_and_lacks_nothing() -> None:
    assert look(said(), [PAUSE_BOX], [PAUSE_BOX]) == [[0, 0], [0, 0]]
    assert look(PAUSE_BOX, [said()], [PAUSE_BOX]) == [[0, -2], [1, 0]]
    assert look(PAUSE_BOX.forgotten(), [PAUSE_BOX]) == [[0, 0]]


def test_of_a_long_text_the_rarest_pieces_are_looked_for() -> None:
    asked = said(*[(COMMON, THE)] * found_words.MOST_PIECES, (RARE, NEWSLETTER))
    ((mean, worst),) = look(asked, [PAUSE_BOX])
    assert worst == -2
    rest = found_words.MOST_PIECES - 1
    assert mean == pytest.approx(0.5 * rest / (0.5 * rest + 2), abs=1e-3)


def test_of_a_long_example_the_rarest_pieces_are_kept() -> None:
    long = said(*[(COMMON, THE)] * found_words.MOST_PIECES, (RARE, NEWSLETTER))
    laid = Laid.of([long, PAUSE_BOX], np.array([0, 1]))
    assert laid.starts.tolist() == [0, found_words.MOST_PIECES]
    assert look(said((RARE, NEWSLETTER)), [long], [PAUSE_BOX]) == [[1, 0], [0, -2]]


def test_of_many_examples_some_all_along_are_kept_the_same_of_each_subject(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(found_words, "MOST_LAID", 8)
    labels = np.repeat(np.arange(2), [10, 3])
    there = np.ones(13, dtype=bool)
    assert np.flatnonzero(laid_out(labels, there)).tolist() == [0, 3, 6, 9, 10, 11, 12]
    there[[0, 3, 10, 11, 12]] = False  # forgotten, because so many texts are not held in memory
    assert np.flatnonzero(laid_out(labels, there)).tolist() == [1, 4, 7, 9]


def test_codes_are_multiplied_exactly_with_or_without_int8_in_the_processor(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    random = np.random.default_rng(0)
    one, other = (random.integers(-127, 128, (n, 384), dtype=np.int8) for n in (7, 900))
    exact = (one.astype(np.int64) @ other.T.astype(np.int64)).astype(np.float32)
    for fast in (packed_bert.has_fast_int8(), False):
        monkeypatch.setattr(packed_bert, "has_fast_int8", lambda fast=fast: fast)
        assert np.array_equal(product(one, ready_to_multiply(other)), exact)
        assert np.array_equal(product(one[:1], ready_to_multiply(other[:1])), exact[:1, :1])
