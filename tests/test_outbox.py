"""What may go, goes, the most pressing first; what must wait neither spins nor holds others up."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot import outbox
from bot.clock import SystemClock
from bot.conversation import Person
from bot.effects import (
    MAKERS,
    CreateTopic,
    EditText,
    Effect,
    NotSent,
    Outcome,
    Refused,
    SendText,
    Sent,
)
from bot.errand import Errand, OutboxRow, Purpose
from bot.outbox import Sender
from bot.store.engine import Store
from bot.store.errands import Outbox
from bot.store.fairness import BUSY, MANY, REST_S
from bot.store.records import Records

STAFF = -100


class Telegram:
    """Notes what is done; answers as it is told to."""

    def __init__(self) -> None:
        self.done: list[Effect] = []
        self.says: Callable[[Effect], Outcome] = lambda _: Sent((1,))
        self.go = asyncio.Event()
        self.go.set()

    async def perform(self, effect: Effect) -> Outcome:
        self.done.append(effect)
        await self.go.wait()
        return self.says(effect)

    def chats(self) -> list[int]:
        return [getattr(effect, "chat_id", 0) for effect in self.done]


class Budget:
    """``closed``: chats that must wait, ``full``: those that take no message; ``all_closed``: the
    bot as a whole must wait."""

    def __init__(self) -> None:
        self.closed: dict[int, float] = {}
        self.full: dict[int, float] = {}
        self.all_closed = 0.0
        self.asked = 0

    def wait(self, effect: Effect, _now: float) -> float:
        self.asked += 1
        chat = getattr(effect, "chat_id", 0)
        full = self.full.get(chat, 0.0) if isinstance(effect, MAKERS) else 0.0
        return max(self.all_closed, self.closed.get(chat, 0.0), full)

    def spend(self, effect: Effect, now: float) -> None: ...
    def hold(self, chat_id: int, until: float) -> None: ...


class Desk:
    """A store with an outbox, a sender at work on it, and the Telegram and budget it meets."""

    def __init__(self, store: Store, at_once: int = 64) -> None:
        self.store, self.telegram, self.budget = store, Telegram(), Budget()
        self.looks = 0
        self.sender = Sender(
            store,
            self.telegram,
            self.budget,
            SystemClock(),
            "me",
            lambda _records, row: row.errand.effect,
            self.settle,
            at_once=at_once,
        )

    def settle(self, records: Records, row: OutboxRow, outcome: Outcome) -> None:
        if isinstance(outcome, NotSent):
            records.outbox.postpone(row.id, SystemClock().now() + outcome.retry_after)
        else:
            records.outbox.settle(row.id, "sent", 1.0)

    async def put(self, *errands: Errand) -> None:
        def add(records: Records) -> None:
            for errand in errands:
                records.outbox.add(errand, 1.0)

        await self.store.write(add)
        self.sender.changed.set()

    def states(self) -> list[str]:
        """What is on disk of every effect, asked past the program."""
        with contextlib.closing(sqlite3.connect(self.store.path)) as db:
            return [state for (state,) in db.execute("SELECT state FROM outbox")]

    async def until(self, what: Callable[[], object]) -> None:
        for _ in range(600):
            if what():
                return
            await asyncio.sleep(0.005)
        raise AssertionError("it did not happen")


def to(chat: int, purpose: Purpose = Purpose.ANSWER) -> Errand:
    return Errand(SendText(chat, "x"), purpose)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with working(tmp_path) as desk:
        yield desk


@asynccontextmanager
async def working(folder: Path, at_once: int = 64) -> AsyncIterator[Desk]:
    store = Store(folder / "s.sqlite3")
    await store.open()
    desk = Desk(store, at_once)
    work = asyncio.create_task(desk.sender.run())
    yield desk
    work.cancel()
    desk.telegram.go.set()
    await desk.sender.stop()
    await store.close()


async def what_falls_due_during_a_slow_look_goes(desk: Desk) -> None:
    """Not due when it was asked what is due, past when it was asked what will be: it goes."""
    look = desk.store.read

    async def slow(work: Callable[[Records], Any]) -> Any:
        found = await look(work)
        await asyncio.sleep(0.05)
        return found

    def soon(records: Records) -> None:
        row = records.outbox.add(to(1), 1.0)
        records.outbox.postpone(row, SystemClock().now() + 0.03)

    desk.store.read = slow  # type: ignore[method-assign]
    await desk.store.write(soon)
    desk.sender.changed.set()
    await desk.until(lambda: desk.telegram.done)


async def test_what_falls_due_during_a_slow_look_goes(desk: Desk) -> None:
    await what_falls_due_during_a_slow_look_goes(desk)


async def test_a_second_question_of_a_later_moment_misses_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = Outbox.next_due_at
    monkeypatch.setattr(Outbox, "next_due_at", lambda self, now: ask(self, now + 0.05))
    with pytest.raises(AssertionError):
        await what_falls_due_during_a_slow_look_goes(desk)


async def what_waits_for_a_place_goes(folder: Path, on_change: bool = False) -> None:
    """All places are freed in one moment, here the only one."""
    async with working(folder, at_once=1) as desk:
        if on_change:
            desk.sender._on_change = desk.sender.changed.set
        await desk.put(to(1), to(2), to(3))
        await desk.until(lambda: len(desk.telegram.done) == 3)


async def test_what_waits_for_a_place_goes_once_all_are_free(tmp_path: Path) -> None:
    await what_waits_for_a_place_goes(tmp_path)


async def test_woken_before_its_place_is_free_the_outbox_rests(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Sender, "_free", lambda self, task: self._doing.discard(task))
    with pytest.raises(AssertionError, match="did not happen"):
        await what_waits_for_a_place_goes(tmp_path, on_change=True)


async def test_escalations_go_before_answers_and_edits_last(desk: Desk) -> None:
    desk.budget.all_closed = 0.1
    await desk.put(to(1, Purpose.MARK), to(2), to(3, Purpose.WORDS), to(4, Purpose.BRIEF))
    await asyncio.sleep(0.02)
    desk.budget.all_closed = 0.0
    await desk.until(lambda: len(desk.telegram.done) == 4)
    assert desk.telegram.chats() == [4, 3, 2, 1]


async def test_a_group_whose_budget_is_spent_holds_nobody_else_up(desk: Desk) -> None:
    """More cases wait for it than one look takes in; a customer's answer goes all the same."""

    def cases(records: Records) -> list[int]:
        people = [records.customers.remember(Person(number, "N")) for number in range(1000, 1150)]
        return [records.new_case(person.id, 1.0, 0, "fr").id for person in people]

    desk.budget.closed[STAFF] = 30.0
    topics = [
        Errand(CreateTopic(STAFF, "t"), Purpose.TOPIC, case)
        for case in await desk.store.write(cases)
    ]
    await desk.put(*topics, *(to(chat) for chat in range(1, 4)))
    await desk.until(lambda: sorted(desk.telegram.chats()) == [1, 2, 3])


async def a_full_group_takes_edits(desk: Desk) -> None:
    """Behind more messages than one look takes in; but none before the message it belongs to."""

    def cases(records: Records) -> list[int]:
        people = [records.customers.remember(Person(number, "N")) for number in range(1000, 1100)]
        return [records.new_case(person.id, 1.0, 0, "fr").id for person in people]

    desk.budget.full[STAFF] = 30.0
    first, other, *crowd = await desk.store.write(cases)
    topics = [Errand(CreateTopic(STAFF, "t"), Purpose.TOPIC, case) for case in crowd]
    brief, behind = Errand(SendText(STAFF, "x"), Purpose.BRIEF, first), EditText(STAFF, 2, "later")
    shown = EditText(STAFF, 1, "who holds it")
    await desk.put(*topics, brief, Errand(behind, Purpose.CARD, first))
    await desk.put(Errand(shown, Purpose.CARD, other))
    await desk.until(lambda: desk.telegram.done)
    await asyncio.sleep(0.05)
    assert desk.telegram.done == [shown]


async def test_a_full_group_takes_edits(desk: Desk) -> None:
    await a_full_group_takes_edits(desk)


async def test_a_group_told_to_be_silent_takes_no_edits_either(desk: Desk) -> None:
    desk.budget.closed[STAFF] = 30.0
    await desk.put(Errand(EditText(STAFF, 1, "who holds it"), Purpose.BOARD), to(7))
    await desk.until(lambda: desk.telegram.done)
    await asyncio.sleep(0.05)
    assert desk.telegram.chats() == [7]


async def test_while_a_full_group_counts_as_silent_its_edits_wait(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin."""
    monkeypatch.setattr("bot.outbox.MAKERS", ())
    with pytest.raises(AssertionError, match="did not happen"):
        await a_full_group_takes_edits(desk)


async def test_a_bot_whose_budget_is_spent_does_not_spin_over_all_that_waits(desk: Desk) -> None:
    desk.budget.all_closed = 0.1
    await desk.put(*(to(chat) for chat in range(1, 1000)))
    await asyncio.sleep(0.35)
    assert desk.budget.asked < 64 * 10


async def test_a_postponed_effect_is_not_kept_waiting_by_a_chat_that_is_held(desk: Desk) -> None:
    desk.budget.closed[STAFF] = 30.0
    tried: list[int] = []

    def once_slow(_: Effect) -> Outcome:
        tried.append(1)
        return NotSent("slow down", 0.1) if len(tried) == 1 else Sent((1,))

    desk.telegram.says = once_slow
    await desk.put(to(STAFF, Purpose.BRIEF), to(7))
    await desk.until(lambda: len(tried) == 2)
    assert desk.telegram.chats() == [7, 7]


async def test_effects_of_one_chat_are_done_one_after_the_other(desk: Desk) -> None:
    desk.telegram.go.clear()
    await desk.put(to(1), to(1), to(2))
    await desk.until(lambda: sorted(desk.telegram.chats()) == [1, 2])
    await asyncio.sleep(0.05)
    assert sorted(desk.telegram.chats()) == [1, 2]
    desk.telegram.go.set()
    await desk.until(lambda: sorted(desk.telegram.chats()) == [1, 1, 2])


async def test_a_claim_is_on_disk_before_the_request_leaves(desk: Desk) -> None:
    seen: list[str] = []
    whole = desk.telegram.perform

    async def looks(effect: Effect) -> Outcome:
        seen.extend(desk.states())
        return await whole(effect)

    desk.telegram.perform = looks  # type: ignore[method-assign]
    await desk.put(to(1))
    await desk.until(lambda: desk.telegram.done)
    assert seen == ["claimed"]


async def test_what_never_comes_back_is_left_for_the_next_start(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.outbox.STOP_S", 0.05)
    desk.telegram.go.clear()
    await desk.put(to(1))
    await desk.until(lambda: desk.telegram.done)
    await desk.sender.stop()
    assert desk.states() == ["claimed"]


@asynccontextmanager
async def opened(path: Path) -> AsyncIterator[Store]:
    store = Store(path)
    await store.open()
    try:
        yield store
    finally:
        await store.close()


async def words_of_one_conversation_rest(folder: Path) -> None:
    """A busy group takes some at once, then one in a while; another conversation's at any time."""

    def look(records: Records) -> list[tuple[int, float | None]]:
        flooder, other, quiet = (
            records.customers.remember(Person(number, "N")) for number in (51, 52, 53)
        )
        case, busy, quiet_case = (
            records.new_case(o.id, 0.0, 0, "fr").id for o in (flooder, other, quiet)
        )
        relay = Errand(SendText(STAFF, "x"), Purpose.RELAY, case)
        for _ in range(BUSY - MANY):
            taken = records.outbox.add(replace(relay, case_id=busy), 1.0)
            assert records.outbox.claim(OutboxRow(taken, relay), relay.effect, "me", 1.0)
            records.outbox.settle(taken, "sent", 1.0)
        for _ in range(MANY + 2):
            records.outbox.add(relay, 1.0)
        seen = []
        for now in (*range(2, 2 + MANY + 1), 2 + MANY + REST_S):
            due = records.outbox.due(now)
            seen.append((len(due), records.outbox.next_due_at(now)))
            for row in due:
                assert records.outbox.claim(row, relay.effect, "me", now)
                records.outbox.settle(row.id, "sent", now)
        records.outbox.add(replace(relay, case_id=quiet_case), 9.0)
        assert [row.errand.case_id for row in records.outbox.due(9.0)] == [quiet_case]
        return seen

    async with opened(folder / "rest.sqlite3") as store:
        found = await store.write(look)
    last = 1 + MANY
    assert found == [(1, None)] * MANY + [(0, last + REST_S), (1, None)]


async def test_in_a_calm_group_words_of_one_conversation_do_not_rest(tmp_path: Path) -> None:
    def look(records: Records) -> int:
        case = records.new_case(records.customers.remember(Person(51, "N")).id, 0.0, 0, "fr").id
        relay = Errand(SendText(STAFF, "x"), Purpose.RELAY, case)
        for _ in range(MANY + 2):
            records.outbox.add(relay, 1.0)
        went = 0
        for now in range(2, 2 + MANY + 1):
            for row in records.outbox.due(now):
                went += records.outbox.claim(row, relay.effect, "me", now)
                records.outbox.settle(row.id, "sent", now)
        return went

    async with opened(tmp_path / "calm.sqlite3") as store:
        assert await store.write(look) == MANY + 1


async def test_words_of_one_conversation_rest_once_a_group_has_had_many(tmp_path: Path) -> None:
    await words_of_one_conversation_rest(tmp_path)


async def test_what_stands_behind_the_first_of_a_queue_is_not_looked_at(desk: Desk) -> None:
    """So ten thousand words of a flooder make no look at the outbox longer."""

    def steps(records: Records) -> int:
        counted = [0]

        def count() -> int:
            counted[0] += 1
            return 0

        connection = records._connection
        connection.set_progress_handler(count, 100)
        records.outbox.due(0.5)
        records.outbox.next_due_at(0.5)
        connection.set_progress_handler(None, 0)
        return counted[0]

    desk.budget.all_closed = 3600.0
    await desk.put(to(1), to(2))
    few = await desk.store.read(steps)
    await desk.put(*(to(1) for _ in range(2000)))
    assert await desk.store.read(steps) <= few + 2


# ------------------------------------------------------------------------- a mistake of ours


async def what_cannot_be_made_ready_holds_nobody_up(desk: Desk) -> None:
    """One effect fails each time it is looked at: the others go, and it is refused in the end."""
    settled: list[tuple[int, Outcome]] = []

    def ready(_records: Records, row: OutboxRow) -> Effect:
        if row.errand.chat_id == 7:
            raise KeyError("a mistake of ours")
        return row.errand.effect

    def settle(records: Records, row: OutboxRow, outcome: Outcome) -> None:
        settled.append((row.errand.chat_id or 0, outcome))
        records.outbox.settle(row.id, "failed" if isinstance(outcome, Refused) else "sent", 1.0)

    desk.sender._last_moment, desk.sender._settle = ready, settle
    await desk.put(to(1), to(7), to(2))
    await desk.until(lambda: desk.telegram.chats() == [1, 2])
    await desk.until(lambda: len(settled) == 3)
    assert [chat for chat, outcome in settled if isinstance(outcome, Refused)] == [7]
    await desk.until(lambda: desk.sender.at_rest)
    assert desk.telegram.chats() == [1, 2]


async def test_an_effect_that_cannot_be_made_ready_holds_nobody_up(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "RETRY_S", 0.05)
    await what_cannot_be_made_ready_holds_nobody_up(desk)


async def test_tried_without_end_it_is_never_done_with(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "RETRY_S", 0.05)
    monkeypatch.setattr(outbox, "SET_ASIDE_AFTER", 10**9)
    with pytest.raises(AssertionError):
        await what_cannot_be_made_ready_holds_nobody_up(desk)


async def test_an_outcome_that_cannot_be_settled_is_uncertain_and_done_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "RETRY_S", 0.05)
    plain = desk.sender._settle

    def settle(records: Records, row: OutboxRow, outcome: Outcome) -> None:
        if row.errand.chat_id == 7:
            raise KeyError("a mistake of ours")
        plain(records, row, outcome)

    desk.sender._settle = settle
    await desk.put(to(7), to(1))
    await desk.until(lambda: sorted(desk.telegram.chats()) == [1, 7])
    await desk.until(lambda: desk.sender.at_rest)
    states = await desk.store.read(states_of)
    assert states == {7: "uncertain", 1: "sent"}
    assert sorted(desk.telegram.chats()) == [1, 7]


def states_of(records: Records) -> dict[int, str]:
    rows = records._connection.execute("SELECT chat_id, state FROM outbox")
    return {int(chat): str(state) for chat, state in rows}


async def test_what_a_run_left_behind_and_cannot_be_settled_keeps_no_bot_from_starting(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path / "store.sqlite3") as store:

        def left(records: Records) -> None:
            for chat in (7, 1):
                row = records.outbox.add(to(chat), 1.0)
                found = next(one for one in records.outbox.due(2.0) if one.id == row)
                records.outbox.claim(found, found.errand.effect, "who died", 2.0)

        await store.write(left)

        def settle(records: Records, row: OutboxRow, _: Outcome) -> None:
            if row.errand.chat_id == 7:
                raise KeyError("a mistake of ours")
            records.outbox.settle(row.id, "uncertain", 3.0, "told")

        sender = Sender(
            store,
            Telegram(),
            Budget(),
            SystemClock(),
            "me",
            lambda _records, row: row.errand.effect,
            settle,
        )
        assert await sender.recover() == 2
        assert await store.read(states_of) == {7: "uncertain", 1: "uncertain"}
