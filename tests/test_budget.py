"""Telegram's limits are kept in any window, and one chat never waits for another."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.budget import Budget
from bot.effects import (
    AnswerPress,
    CloseTopic,
    Copy,
    CreateTopic,
    EditButtons,
    EditText,
    Effect,
    React,
    SendText,
)

CUSTOMER, OTHER, GROUP = 7, 8, -1001
NOW = 1_700_000_000.0


@dataclass
class Sender:
    """Sends as soon as the budget allows, in virtual time, and remembers when."""

    budget: Budget
    now: float = NOW

    def send(self, effect: Effect) -> float:
        for _ in range(1000):
            wait = self.budget.wait(effect, self.now)
            if wait == 0:
                self.budget.spend(effect, self.now)
                return self.now
            assert self.now + wait > self.now, "a wait that does not move the clock"
            self.now += wait
        raise AssertionError("never allowed")


def most_in_any(seconds: float, moments: list[float]) -> int:
    """The largest number of moments in a half-open window of that length."""
    return max(
        (sum(start <= moment < start + seconds for moment in moments) for start in moments),
        default=0,
    )


def text(chat_id: int) -> SendText:
    return SendText(chat_id, "hello")


effects = st.one_of(
    st.builds(text, st.sampled_from([CUSTOMER, OTHER, 9, 10, 11, GROUP, -1002])),
    st.builds(CreateTopic, st.just(GROUP), st.just("case")),
    st.builds(lambda n: Copy(GROUP, 7, tuple(range(n))), st.integers(1, 10)),
    st.builds(lambda n: Copy(CUSTOMER, GROUP, tuple(range(n))), st.integers(1, 3)),
    st.builds(EditText, st.sampled_from([CUSTOMER, GROUP]), st.just(1), st.just("x")),
    st.just(AnswerPress("1")),
)
pauses = st.one_of(st.just(0.0), st.floats(0, 2), st.floats(0, 90))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(effects, pauses), max_size=120))
def test_no_window_ever_holds_more_than_telegram_allows(
    wishes: list[tuple[Effect, float]],
) -> None:
    sender = Sender(Budget())
    new: dict[int, list[float]] = {}
    for effect, pause in wishes:
        sender.now += pause
        at = sender.send(effect)
        count = len(effect.message_ids) if isinstance(effect, Copy) else 1
        if isinstance(effect, SendText | CreateTopic | Copy):
            new.setdefault(effect.chat_id, []).extend([at] * count)
    everything = [moment for moments in new.values() for moment in moments]
    assert most_in_any(1, everything) <= 30
    for chat_id, moments in new.items():
        assert most_in_any(*((3, moments) if chat_id > 0 else (60, moments))) <= (
            3 if chat_id > 0 else 20
        )


@settings(max_examples=100, deadline=None)
@given(st.lists(effects, max_size=60), st.floats(1, 100))
def test_a_chat_without_traffic_never_waits_for_the_others(
    others: list[Effect], later: float
) -> None:
    budget = Budget()
    sender = Sender(budget)
    for effect in others:
        sender.send(effect)
    budget.hold(CUSTOMER, sender.now + 1000)
    now = sender.now + later  # a second on, nothing counts for the bot as a whole any more
    assert budget.wait(text(999), now) == 0
    assert budget.wait(text(-999), now) == 0


def test_thirty_sends_to_thirty_people_go_at_once_and_the_next_waits_for_its_second() -> None:
    sender = Sender(Budget())
    assert {sender.send(text(person)) for person in range(1, 31)} == {NOW}
    assert sender.send(text(31)) == NOW + 1


def test_one_person_gets_a_burst_of_three_then_one_a_second_on_average() -> None:
    sender = Sender(Budget())
    sent = [sender.send(text(CUSTOMER)) - NOW for _ in range(9)]
    assert sent == pytest.approx([0, 0, 0, 3, 3, 3, 6, 6, 6], abs=0.01)


def test_a_busy_group_gets_twenty_a_minute_and_no_send_waits_for_long() -> None:
    """The second half of a minute's places is spread: an angry case gets its place in seconds."""
    sender = Sender(Budget())
    sent = [sender.send(text(GROUP)) - NOW for _ in range(200)]
    gaps = [after - before for before, after in pairwise(sent)]
    assert sent[9] == 0
    assert max(gaps) < 7
    assert most_in_any(60, sent) == 20
    assert sent[-1] <= 600


def test_topics_count_for_their_group() -> None:
    sender = Sender(Budget())
    for _ in range(20):
        sender.send(CreateTopic(GROUP, "case"))
    assert sender.budget.wait(text(GROUP), sender.now) > 0


@pytest.mark.parametrize(
    "free",
    [
        EditText(GROUP, 1, "x"),
        EditButtons(GROUP, 1),
        React(GROUP, 1, "👍"),
        CloseTopic(GROUP, 1),
        AnswerPress("1"),
    ],
)
def test_what_makes_no_message_is_free_for_the_group(free: Effect) -> None:
    sender = Sender(Budget())
    for _ in range(20):
        sender.send(text(GROUP))
    later = sender.now + 1
    assert sender.budget.wait(text(GROUP), later) > 0
    assert sender.budget.wait(free, later) == 0
    for _ in range(25):
        sender.budget.spend(free, later)
    assert sender.budget.wait(free, later) == 0


def test_an_answer_to_a_press_never_waits() -> None:
    budget = Budget()
    for person in range(100):
        budget.spend(text(person + 1), NOW)
    assert budget.wait(AnswerPress("1"), NOW) == 0
    assert budget.wait(text(500), NOW) > 0


def test_an_album_takes_a_place_for_each_of_its_messages() -> None:
    sender = Sender(Budget())
    album = Copy(CUSTOMER, GROUP, tuple(range(10)))
    assert sender.send(album) == NOW
    assert sender.send(text(CUSTOMER)) == pytest.approx(NOW + 10, abs=2.01)


def test_a_text_of_several_messages_takes_as_many_places() -> None:
    budget = Budget()
    budget.spend(SendText(CUSTOMER, "x" * 4096 * 2 + "x"), NOW)
    assert budget.wait(text(CUSTOMER), NOW) > 0


def test_a_chat_told_to_wait_waits_and_the_others_do_not() -> None:
    budget = Budget()
    budget.hold(CUSTOMER, NOW + 30)
    assert budget.wait(text(CUSTOMER), NOW) == 30
    assert budget.wait(EditText(CUSTOMER, 1, "x"), NOW + 10) == 20
    assert budget.wait(text(CUSTOMER), NOW + 30) == 0
    assert budget.wait(text(OTHER), NOW) == 0


def test_a_shorter_hold_never_shortens_a_longer_one() -> None:
    budget = Budget()
    budget.hold(CUSTOMER, NOW + 30)
    budget.hold(CUSTOMER, NOW + 5)
    assert budget.wait(text(CUSTOMER), NOW) == 30


def test_a_clock_that_steps_back_two_hours_silences_nobody() -> None:
    budget = Budget()
    for _ in range(3):
        budget.spend(text(CUSTOMER), NOW)
    budget.hold(OTHER, NOW + 30)
    assert budget.wait(text(CUSTOMER), NOW - 7200) == 0
    assert budget.wait(text(OTHER), NOW - 7200) == 0


def test_memory_is_bounded_by_the_last_minute() -> None:
    sender = Sender(Budget())
    for person in range(1, 20_001):
        sender.now += 0.05
        sender.send(text(person))
        sender.send(AnswerPress("1"))
    assert len(sender.budget._chats) < 20 * 61


def test_old_holds_are_forgotten() -> None:
    budget = Budget()
    for person in range(1, 1001):
        budget.spend(text(person), NOW + person)
        budget.hold(person, NOW + person + 1)
    assert len(budget._held) < 5
