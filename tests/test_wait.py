"""The wait that is told: never shorter than is likely, rounded as a person would."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.promises.wait import ENOUGH, Queue, Wait, likely_seconds, rounded_up

TARGET, MIN = 1800.0, 60.0


def likely(queue: Queue, waits: list[Wait], now: float = 10_000.0) -> float:
    return likely_seconds(TARGET, queue, waits, now, lambda a, b: b - a)


def waited(minutes: float, ahead: int = 0, on_duty: int = 1) -> Wait:
    return Wait(0.0, minutes * MIN, ahead, on_duty)


@pytest.mark.parametrize(
    ("queue", "waits", "minutes"),
    [
        # Nothing is known yet: the brand's own target, once for each place in the queue.
        (Queue(0, None, 2), [], 30),
        (Queue(1, None, 2), [], 30),
        (Queue(5, None, 2), [], 90),
        (Queue(0, None, 0), [], 30),
        # A few recent waits say nothing; from five on they do.
        (Queue(0, None, 1), [waited(3)] * (ENOUGH - 1), 30),
        (Queue(0, None, 1), [waited(3)] * ENOUGH, 3),
        # Four in five waited no longer than this.
        (Queue(0, None, 1), [waited(m) for m in (1, 2, 3, 4, 50)], 4),
        (Queue(0, None, 1), [waited(m) for m in (1, 2, 3, 50, 50)], 50),
        # Three minutes when nobody was ahead make thirty behind nine others, fifteen with two.
        (Queue(9, None, 1), [waited(3)] * 9, 30),
        (Queue(9, None, 2), [waited(3, on_duty=2)] * 9, 30),
        (Queue(9, None, 4), [waited(3, on_duty=2)] * 9, 15),
        (Queue(0, None, 1), [waited(30, ahead=9)] * 9, 3),
        # Somebody ahead has waited for two hours already: it will not be five minutes.
        (Queue(1, 10_000.0 - 120 * MIN, 1), [waited(2)] * 9, 120),
    ],
)
def test_the_likely_wait(queue: Queue, waits: list[Wait], minutes: float) -> None:
    assert likely(queue, waits) == pytest.approx(minutes * MIN)


@pytest.mark.parametrize(
    ("minutes", "told"),
    [(0, 5), (1, 5), (5, 5), (5.01, 10), (29, 30), (56, 60), (60, 60), (61, 120), (179, 180)],
)
def test_a_wait_is_rounded_up(minutes: float, told: float) -> None:
    assert rounded_up(minutes * MIN) == told * MIN


waits = st.builds(
    lambda length, ahead, on_duty: Wait(0.0, length, ahead, on_duty),
    st.floats(1.0, 1e5),
    st.integers(0, 50),
    st.integers(0, 9),
)


@given(st.lists(waits, max_size=50), st.integers(0, 300), st.integers(0, 9), st.floats(0, 1e6))
def test_a_longer_queue_or_fewer_people_never_shorten_it(
    recent: list[Wait], ahead: int, on_duty: int, seconds: float
) -> None:
    by_queue = [likely(Queue(n, None, on_duty), recent) for n in (ahead, ahead + 1)]
    by_people = [likely(Queue(ahead, None, n), recent) for n in (on_duty + 1, on_duty)]
    for shorter, longer in pairwise([*by_queue, by_queue[1]]):
        assert shorter <= longer
    assert by_people[0] <= by_people[1]
    assert rounded_up(seconds) >= seconds - 1e-6
