"""Whatever the computer's clock shows: no alarm early, none late, nobody kept waiting."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest

from bot.clock import TOLERANCE_S, SystemClock
from bot.sandbox import Fault

from .faults import SHORT, Report, clocks
from .faults.computer import Computer, open_computer, started_again
from .virtual import at

HOUR_S = 3600.0
MORNING = "2026-12-21 09:00"


async def test_no_alarm_is_early_late_or_double_in_generated_schedules() -> None:
    out = Report("clocks")
    await clocks.run(SHORT, 3, out)
    assert not out.violations
    assert out.figures["alarms"] > 1


async def an_alarm_rings_when_it_is_due_though_the_computer_was_set(
    tmp_path: Path, ahead: float
) -> None:
    computer = Computer(at(MORNING))
    async with open_computer(tmp_path, computer) as day:
        await day.with_staff(day.shop.customer())
        await day.passes(5)
        computer.is_set(ahead)
        await day.passes(9)
        assert not day.rung("⏰")
        await day.passes(2)
        assert len(day.rung("personne ne le tient")) == 1


@pytest.mark.parametrize("ahead", [-2 * HOUR_S, 2 * HOUR_S])
async def test_an_alarm_rings_when_it_is_due_though_the_computer_was_set(
    tmp_path: Path, ahead: float
) -> None:
    await an_alarm_rings_when_it_is_due_though_the_computer_was_set(tmp_path, ahead)


async def set_forwards(tmp_path: Path) -> None:
    await an_alarm_rings_when_it_is_due_though_the_computer_was_set(tmp_path, 2 * HOUR_S)


async def set_back(tmp_path: Path) -> None:
    await an_alarm_rings_when_it_is_due_though_the_computer_was_set(tmp_path, -2 * HOUR_S)


async def an_alarm_rings_when_it_is_due_whatever_the_pace(tmp_path: Path, pace: float) -> None:
    computer = Computer(at(MORNING))
    async with open_computer(tmp_path, computer) as day:
        await day.with_staff(day.shop.customer())
        computer.runs_at(pace)
        await day.passes(14)
        assert not day.rung("⏰")
        await day.passes(2)
        assert len(day.rung("personne ne le tient")) == 1


@pytest.mark.parametrize("pace", [0.0, 10.0])
async def test_an_alarm_rings_when_it_is_due_whatever_the_pace(tmp_path: Path, pace: float) -> None:
    await an_alarm_rings_when_it_is_due_whatever_the_pace(tmp_path, pace)


async def a_frozen_clock(tmp_path: Path) -> None:
    await an_alarm_rings_when_it_is_due_whatever_the_pace(tmp_path, 0.0)


async def a_racing_clock(tmp_path: Path) -> None:
    await an_alarm_rings_when_it_is_due_whatever_the_pace(tmp_path, 10.0)


async def a_computer_that_stood_still_rings_when_it_goes_on(tmp_path: Path) -> None:
    computer = Computer(at(MORNING))
    async with open_computer(tmp_path, computer) as day:
        await day.with_staff(day.shop.customer())
        await day.passes(5)
        computer.stands_still(11 * 60.0)
        for _ in range(2):
            await day.with_staff(day.shop.customer("Passante"))
        await day.passes(1)
        assert len(day.rung("cas nº 1 : personne")) + len(day.rung("Cas nº 1 : personne")) == 1


async def test_a_computer_that_stood_still_rings_when_it_goes_on(tmp_path: Path) -> None:
    await a_computer_that_stood_still_rings_when_it_goes_on(tmp_path)


async def a_computer_that_starts_with_the_wrong_time_rings_when_it_is_due(tmp_path: Path) -> None:
    """Stopped, set back, started: Telegram's first answer says what time it is."""
    computer = Computer(at(MORNING))
    async with open_computer(tmp_path, computer) as day:
        await day.with_staff(day.shop.customer())
        await day.passes(5)
        computer.is_set(-2 * HOUR_S)
        async with started_again(day.shop, tmp_path, computer) as day:
            await day.passes(9)
            assert not day.rung("⏰")
            await day.passes(2)
            assert len(day.rung("personne ne le tient")) == 1


async def test_a_computer_that_starts_with_the_wrong_time_rings_when_it_is_due(
    tmp_path: Path,
) -> None:
    await a_computer_that_starts_with_the_wrong_time_rings_when_it_is_due(tmp_path)


async def a_burst_ends_though_the_computer_is_set_back_in_it(tmp_path: Path) -> None:
    computer = Computer(at(MORNING))
    async with open_computer(tmp_path, computer) as day:
        camille = day.shop.customer()
        await camille.says("vous êtes ouvert le dimanche?")
        await day.calm()
        computer.is_set(-2 * HOUR_S)
        await day.passes(1)
        assert len(day.shop.heard(camille)) == 1


async def test_a_burst_ends_though_the_computer_is_set_back_in_it(tmp_path: Path) -> None:
    await a_burst_ends_though_the_computer_is_set_back_in_it(tmp_path)


async def a_model_that_hangs_is_given_up_though_the_computer_is_set_back(tmp_path: Path) -> None:
    computer = Computer(at(MORNING))
    async with open_computer(tmp_path, computer) as day:
        shop, camille = day.shop, day.shop.customer()
        shop.reader.go.clear()
        await camille.says("vous êtes ouvert le dimanche?")
        await shop.until(lambda: shop.rows("SELECT 1 FROM inbox"))
        for second in range(10):  # nothing settles while the model is at work: time just passes
            computer.is_set(-HOUR_S * second)
            computer.truth.advance(computer.truth.now() + 1.0)
            await asyncio.sleep(0.02)
        shop.reader.go.set()
        await shop.case_of(camille, "waiting")


async def test_a_model_that_hangs_is_given_up_though_the_computer_is_set_back(
    tmp_path: Path,
) -> None:
    await a_model_that_hangs_is_given_up_though_the_computer_is_set_back(tmp_path)


async def what_telegram_postponed_goes_when_it_said(tmp_path: Path, ahead: float) -> None:
    computer = Computer(at(MORNING))
    async with open_computer(tmp_path, computer) as day:
        camille = day.shop.customer()
        asked = {"retry_after": 600}
        day.shop.sandbox.faults.add(Fault("sendMessage", camille.id, code=429, parameters=asked))
        await camille.says("vous êtes ouvert le dimanche?")
        await day.passes(1)
        computer.is_set(ahead)
        await day.passes(8)
        assert not day.shop.heard(camille)
        await day.passes(3)
        assert len(day.shop.heard(camille)) == 1


@pytest.mark.parametrize("ahead", [-2 * HOUR_S, 2 * HOUR_S])
async def test_what_telegram_postponed_goes_when_it_said(tmp_path: Path, ahead: float) -> None:
    await what_telegram_postponed_goes_when_it_said(tmp_path, ahead)


async def test_what_is_on_its_way_is_not_given_up_because_the_clock_was_set(tmp_path: Path) -> None:
    """A claim has no end in time: only the next start of the program settles what was left."""
    computer = Computer(at(MORNING))
    async with open_computer(tmp_path, computer) as day:
        camille = day.shop.customer()
        day.shop.sandbox.faults.add(Fault("sendMessage", camille.id, delay=0.3))
        await camille.says("vous êtes ouvert le dimanche?")
        passing = asyncio.create_task(day.passes(1))
        claimed = "SELECT 1 FROM outbox WHERE state = 'claimed'"
        await day.shop.until(lambda: day.shop.rows(claimed))
        computer.is_set(2 * HOUR_S)
        await passing
        await day.passes(2)
        assert len(day.shop.heard(camille)) == 1
        assert not day.shop.rows("SELECT 1 FROM outbox WHERE state = 'uncertain'")


# ------------------------------------------------------------------------ what Telegram says


def a_clock(computer: Computer) -> SystemClock:
    clock = computer.clock()
    clock.told(computer.truth.now(), 0.0)
    return clock


def test_the_first_answer_is_believed() -> None:
    computer = Computer(1e9)
    computer.is_set(-7200.0)
    assert computer.clock().now() == 1e9 - 7200.0
    assert a_clock(computer).now() == 1e9


def test_later_two_answers_in_a_row_must_agree(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    computer = Computer(1e9)
    clock = a_clock(computer)
    for odd in (1e9 + 7200, 1e9, 1e9 - 7200, 1e9 + 7200):
        clock.told(odd, 0.0)
        assert clock.now() == 1e9
    assert not caplog.text
    clock.told(1e9 + 7200, 0.0)
    assert clock.now() == 1e9 + 7200
    assert "put right" in caplog.text


def test_an_answer_that_took_long_to_come_proves_little() -> None:
    computer = Computer(1e9)
    clock = a_clock(computer)
    for _ in range(3):
        clock.told(1e9 - 50.0, 50.0)
        assert clock.now() == 1e9
    for _ in range(2):
        clock.told(1e9 - 200.0, 50.0)
    assert clock.now() == pytest.approx(1e9 - 149.0)


def test_a_computer_that_stood_still_is_put_right() -> None:
    computer = Computer(1e9)
    clock = a_clock(computer)
    computer.stands_still(3000.0)
    assert clock.now() == 1e9
    for _ in range(2):
        clock.told(computer.truth.now(), 0.0)
    assert clock.now() == 1e9 + 3000.0


def test_it_is_known_by_how_much_the_computer_is_off() -> None:
    computer = Computer(1e9)
    clock = a_clock(computer)
    computer.is_set(7200.0)
    assert clock.computer_is_off == 7200.0 > TOLERANCE_S
    assert clock.now() == 1e9
