"""The figures of an evaluation on sets so small that each was worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.evaluation.measures import (
    Point,
    auroc,
    bins,
    calibration_error,
    curve,
    found_at,
    macro_f1,
    most_covered,
    share,
    thinned,
)


def doubles(*numbers: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.array(numbers, dtype=np.float64)


def marks(*given: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.array(given, dtype=bool)


@pytest.mark.parametrize(
    ("high", "low", "expected"),
    [
        ((0.9, 0.8), (0.1, 0.2), 1.0),
        ((0.1, 0.2), (0.9, 0.8), 0.0),
        ((0.5, 0.5), (0.5,), 0.5),  # ties count half
        ((0.9, 0.4), (0.5, 0.4), 0.625),  # of four pairs: won, won, lost, tied: 2.5 / 4
        ((0.9, 0.4, 0.4), (0.5, 0.4), 0.5),  # of six: two won, two lost, two tied
    ],
)
def test_auroc_counts_the_pairs_that_are_in_order(
    high: tuple[float, ...], low: tuple[float, ...], expected: float
) -> None:
    assert auroc(doubles(*high), doubles(*low)) == pytest.approx(expected)


def test_figures_that_cannot_be_had_are_none() -> None:
    assert auroc(doubles(), doubles(0.5)) is None
    assert auroc(doubles(0.5), doubles()) is None
    assert share([]) is None
    assert macro_f1([], []) is None
    assert found_at(doubles(), doubles(0.5), 0.05) is None
    assert calibration_error(bins(doubles(), marks())) is None
    assert most_covered(curve(doubles(), marks(), marks()), 0.02) is None


def test_macro_f1_is_the_mean_over_names_that_are_true_or_read() -> None:
    """a: 1 of 2 found, 1 of 1 right: F1 2/3. b: 1 of 1 found, 1 of 2 right: 2/3. c: 0."""
    assert macro_f1(["a", "a", "b", "a"], ["a", "b", "b", "a"]) == pytest.approx(
        (2 * 2 / (3 + 2) + 2 * 1 / (1 + 2)) / 2
    )
    assert macro_f1(["a", "a", "b"], ["a", "c", "b"]) == pytest.approx((2 / 3 + 1 + 0) / 3)


def test_the_curve_goes_down_from_the_surest_and_takes_ties_together() -> None:
    """0.9 right; 0.8 right and uncovered together; 0.3 covered, wrong."""
    points = curve(doubles(0.3, 0.8, 0.9, 0.8), right=marks(0, 1, 1, 0), covered=marks(1, 1, 1, 0))
    assert points == [
        Point(0.9, 1 / 3, 0.0),
        Point(0.8, 2 / 3, 1 / 3),
        Point(0.3, 1.0, 0.5),
    ]
    assert most_covered(points, 0.02) == points[0]
    assert most_covered(points, 0.4) == points[1]
    assert most_covered(points, 1.0) == points[2]


def test_equally_sure_messages_cannot_be_ordered_to_look_better() -> None:
    """All as sure as each other: one point, whatever their order in the file."""
    right = marks(1, 1, 0, 1)
    for order in ([0, 1, 2, 3], [2, 0, 1, 3], [3, 1, 2, 0]):
        points = curve(doubles(0.7, 0.7, 0.7, 0.7), right[order], marks(1, 1, 1, 1))
        assert points == [Point(0.7, 1.0, 0.25)]


def test_calibration_compares_certainty_with_what_came_true() -> None:
    """[0.9, 1]: says 0.95, is right half of the time: 0.45 off. [0.2, 0.3): says 0.25, 0.25 off.
    Two messages of four each: (2 x 0.45 + 2 x 0.25) / 4 = 0.35."""
    parts = bins(doubles(0.9, 1.0, 0.2, 0.3 - 1e-9), marks(1, 0, 0, 1))
    assert [part.messages for part in parts] == [0, 0, 2, 0, 0, 0, 0, 0, 0, 2]
    assert parts[9].mean_probability == pytest.approx(0.95)
    assert parts[9].right == pytest.approx(0.5)
    assert calibration_error(parts) == pytest.approx(0.35)


def test_a_set_that_is_as_sure_as_it_is_right_has_no_calibration_error() -> None:
    assert calibration_error(bins(doubles(0.5, 0.5, 1.0, 0.0), marks(1, 0, 1, 0))) == 0.0


def test_found_at_lets_only_so_many_others_pass() -> None:
    """Twenty calm ones, 0.00 to 0.95: one may pass (5 %), so the limit is 0.90, exclusive."""
    calm = doubles(*(n / 20 for n in range(20)))
    assert found_at(doubles(0.91, 0.90, 0.5, 0.99), calm, 0.05) == 0.5
    assert found_at(doubles(0.91, 0.96, 0.5, 0.99), calm, 0.0) == 0.5


def test_found_at_does_not_find_what_is_tied_with_the_limit() -> None:
    """Everything equally angry: nothing can be found without flagging every calm one."""
    assert found_at(doubles(0.4, 0.4), doubles(*[0.4] * 40), 0.05) == 0.0


def test_a_thinned_curve_keeps_its_ends() -> None:
    points = [Point(1 - n / 1000, n / 1000, 0.0) for n in range(1000)]
    few = thinned(points, 200)
    assert (len(few), few[0], few[-1]) == (200, points[0], points[-1])
    assert thinned(points[:5], 200) == points[:5]


@given(
    st.lists(
        st.tuples(st.sampled_from([0.1, 0.5, 0.9, 0.95]), st.booleans(), st.booleans()),
        min_size=1,
        max_size=30,
    )
)
def test_the_curve_ends_with_everything_answered(rows: list[tuple[float, bool, bool]]) -> None:
    sure = doubles(*(p for p, _, _ in rows))
    covered = np.array([c for _, c, _ in rows])
    right = np.array([c and r for _, c, r in rows])
    points = curve(sure, right, covered)
    assert points[-1].risk == pytest.approx(1 - right.mean())
    assert points[-1].coverage == (1.0 if covered.any() else 0.0)
    assert [p.probability for p in points] == sorted(set(sure.tolist()), reverse=True)
    for point in points:
        answered = sure >= point.probability
        assert point.risk == pytest.approx(1 - right[answered].mean())
