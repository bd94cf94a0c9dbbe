"""A case that was put off comes back: when its time has come, or when the customer writes."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import SystemClock
from bot.desk.later import LONGEST, until

from .shop import BACK, MORE, Shop, open_shop
from .virtual import MONDAY, at, open_day

MONTREAL = ZoneInfo("America/Toronto")
NOW = datetime(2026, 11, 24, 13, 45, tzinfo=MONTREAL)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("2h", "2026-11-24 15:45"),
        ("90 min", "2026-11-24 15:15"),
        ("3d", "2026-11-27 13:45"),
        ("3 J", "2026-11-27 13:45"),
        ("14:30", "2026-11-24 14:30"),
        ("14h30", "2026-11-24 14:30"),
        ("9 h 05", "2026-11-25 09:05"),
        ("13:45", "2026-11-25 13:45"),
        ("tomorrow", "2026-11-25 09:00"),
        ("demain à 8:15", "2026-11-25 08:15"),
        ("2026-11-25 09:00", "2026-11-25 09:00"),
        ("2026-11-25", "2026-11-25 09:00"),
        ("2026-11-25T9h00", "2026-11-25 09:00"),
        ("2026-11-24 13:45", None),
        ("2026-11-01", None),
        ("2026-02-31", None),
        ("2027-11-25", None),
        ("25:00", None),
        ("0h", None),
        ("9999d", None),
        ("bientôt", None),
        ("", None),
    ],
)
def test_a_moment_is_understood_as_people_write_it(words: str, expected: str | None) -> None:
    moment = until(words, NOW)
    assert (moment and moment.strftime("%Y-%m-%d %H:%M")) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("14h", "2026-11-24 14:00"),
        ("14 h", "2026-11-24 14:00"),
        ("9h", "2026-11-25 09:00"),
        ("2h", "2026-11-24 15:45"),
        ("6 h", "2026-11-24 19:45"),
        ("24h", "2026-11-25 13:45"),
        ("dans 8 h", "2026-11-24 21:45"),
        ("à 5 h", "2026-11-25 05:00"),
        ("demain 9 h", "2026-11-25 09:00"),
        ("demain à 9 h", "2026-11-25 09:00"),
        ("demain 14h30", "2026-11-25 14:30"),
        ("2026-11-25 14 h", "2026-11-25 14:00"),
        ("aujourd’hui 15 h", "2026-11-24 15:00"),
        ("aujourd'hui 13 h", None),
    ],
)
def test_in_french_an_hour_is_one_of_the_clock(words: str, expected: str | None) -> None:
    moment = until(words, NOW, "fr")
    assert (moment and moment.strftime("%Y-%m-%d %H:%M")) == expected


def test_in_english_an_hour_is_a_length() -> None:
    moment, tomorrow = until("14h", NOW), until("tomorrow at 9", NOW)
    assert moment is not None and moment.strftime("%H:%M") == "03:45"
    assert tomorrow is not None and tomorrow.strftime("%H:%M") == "09:00"


def test_the_change_of_hour_moves_the_wall_clock_and_not_the_time_that_passes() -> None:
    """Clocks go back at 2:00 on 2026-11-01."""
    evening = datetime(2026, 10, 31, 22, 0, tzinfo=MONTREAL)
    in_eight_hours, tomorrow = until("8h", evening), until("tomorrow 06:00", evening)
    assert in_eight_hours is not None and tomorrow is not None
    assert in_eight_hours.strftime("%H:%M") == "05:00"
    assert (tomorrow.timestamp() - evening.timestamp()) / 3600 == 9


@given(st.text(alphabet="0123456789:hdjm -àtomorw", max_size=20), st.sampled_from(["fr", "en"]))
def test_a_moment_is_always_to_come_and_never_out_of_sight(words: str, language: str) -> None:
    moment = until(words, NOW, language)
    if moment is not None:
        assert 0 < moment.timestamp() - NOW.timestamp() <= LONGEST.total_seconds()


# ------------------------------------------------------------------------------------ stories


class LeapingClock(SystemClock):
    """The system's clock, which may leap ahead."""

    ahead = 0.0

    def now(self) -> float:
        return super().now() + self.ahead

    async def sleep_until(self, moment: float) -> None:
        await super().sleep_until(moment - self.ahead)

    def leap(self, shop: Shop, seconds: float) -> None:
        self.ahead += seconds
        shop.app.clocks.changed.set()


async def until_the_time_comes(folder: Path) -> None:
    clock = LeapingClock()
    async with open_shop(folder / "snoozing", clock=clock) as shop:
        camille = shop.customer()
        thread = await shop.claimed(camille)
        await shop.answers(camille, "Je vous reviens.")
        await shop.agent_types("/snooze 2h", thread)
        await shop.staff_see("💤 Reporté (retour :")
        brief = await shop.brief_of(camille)
        await shop.until(lambda: "💤 retour :" in (brief.text or ""))
        await shop.agent_types("/queue")
        assert "Pour plus tard (1)" in ((await shop.staff_see("#1 Camille")).text or "")
        clock.leap(shop, 2 * 3600 - 60)
        await shop.quiet()
        assert not any("il était reporté" in (m.text or "") for m in shop.in_topics())
        clock.leap(shop, 61)
        back = await shop.staff_see("il était reporté (retour :")
        assert "Noémie" in (back.text or "")
        assert back.thread == thread
        await shop.until(lambda: "💤" not in (brief.text or ""))
        assert (await shop.case_of(camille)).owner_id == shop.agent.id


async def test_a_case_put_off_comes_back_when_the_time_comes(tmp_path: Path) -> None:
    await until_the_time_comes(tmp_path)


async def until_the_customer_writes(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    await shop.answers(camille, "Je vous reviens demain.")
    await shop.agent_types("/snooze demain 9:00", thread)
    await shop.case_where(camille, lambda case: case.snoozed_until is not None)
    await camille.says("finalement c'est réglé")
    back = await shop.staff_see("mais le client a écrit. Noémie")
    assert back.thread == thread
    await shop.case_where(camille, lambda case: case.snoozed_until is None)
    before = [m.text for m in shop.topic(thread) if m.id < back.id]
    assert "finalement c'est réglé" in before


async def test_a_case_put_off_comes_back_when_the_customer_writes(shop: Shop) -> None:
    await until_the_customer_writes(shop)


async def test_a_snooze_never_silences_a_promise(tmp_path: Path) -> None:
    """Nobody has replied yet: the customer was told when, and that is what rings."""
    clock = LeapingClock()
    async with open_shop(tmp_path, clock=clock) as shop:
        camille = shop.customer()
        thread = await shop.claimed(camille)
        await shop.agent_types("/snooze 3d", thread)
        await shop.staff_see("mais une réponse est attendue avant")
        clock.leap(shop, 3600)
        rang = await shop.staff_see("n’est pas partie")
        assert rang.thread == thread


async def test_a_snooze_survives_a_restart(tmp_path: Path) -> None:
    clock = LeapingClock()
    async with open_shop(tmp_path, clock=clock) as shop:
        camille = shop.customer()
        thread = await shop.claimed(camille)
        await shop.answers(camille, "Je vous reviens.")
        await shop.agent_types("/snooze 1h", thread)
        await shop.case_where(camille, lambda case: case.snoozed_until is not None)
        await shop.quiet()
        await shop.closes()
        clock.ahead += 7200
        sandbox, settings = shop.sandbox, shop.settings
        async with open_shop(tmp_path, sandbox=sandbox, settings=settings, clock=clock) as later:
            assert (await later.staff_see("il était reporté (retour :")).thread == thread


async def test_a_case_is_put_off_with_buttons(shop: Shop) -> None:
    camille = shop.customer()
    await shop.claimed(camille)
    brief = await shop.brief_of(camille)
    for button in (MORE, "💤 Plus tard…", "Dans 1 heure"):
        await shop.until(lambda button=button: button in brief.buttons)  # type: ignore[misc]
        await shop.agent.presses(brief, button)
    case = await shop.case_where(camille, lambda case: case.snoozed_until is not None)
    assert case.snoozed_until is not None
    assert abs(case.snoozed_until - shop.app.clock.now() - 3600) < 10
    await shop.until(lambda: MORE in brief.buttons)
    await shop.other_agent.presses(brief, MORE)
    await shop.until(lambda: "⏰ Réveiller" in brief.buttons)
    assert brief.buttons[-1] == BACK
    await shop.other_agent.presses(brief, "⏰ Réveiller")
    await shop.case_where(camille, lambda case: case.snoozed_until is None)
    assert shop.rows("SELECT kind FROM events WHERE kind IN ('snooze', 'wake')") == [
        ("snooze",),
        ("wake",),
    ]


async def test_this_afternoon_is_not_tomorrow(tmp_path: Path) -> None:
    """The button was shown in the morning, and is pressed after the hour that it names."""
    async with open_day(tmp_path, f"{MONDAY} 11:30") as day:
        shop, camille = day.shop, day.shop.customer()
        thread = await day.with_staff(camille)
        await shop.agent_types("/reporter", thread)
        await day.passes(0.1)
        question = await shop.staff_see("Reporter à quand?")
        await day.until(at(f"{MONDAY} 13:05"))
        await shop.agent.presses(question, "Cet après-midi, 13 h")
        await day.passes(0.1)
        assert (await shop.case_of(camille)).snoozed_until is None
        assert any("Il est passé 13 h" in told for told in shop.toasts())


async def test_an_hour_typed_in_french_is_the_clocks(tmp_path: Path) -> None:
    async with open_day(tmp_path, f"{MONDAY} 11:30") as day:
        thread = await day.with_staff(day.shop.customer())
        await day.shop.agent_types("/reporter 14h", thread)
        await day.passes(0.1)
        await day.shop.staff_see("💤 Reporté (retour : 14 h")


async def test_what_is_no_moment_to_come_is_said(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    await shop.agent_types("/snooze hier", thread)
    await shop.staff_see("« hier » n’est pas un moment à venir")
    assert (await shop.case_of(camille)).snoozed_until is None


async def back_too_late(shop: Shop) -> None:
    """By the time the group takes the notice, the case has been put off again."""
    camille = shop.customer()
    thread = await shop.claimed(camille)
    await shop.answers(camille, "Je vous reviens demain.")
    await shop.agent_types("/snooze 3d", thread)
    await shop.case_where(camille, lambda case: case.snoozed_until is not None)
    await shop.quiet()
    with shop.silent(shop.staff):
        await camille.says("finalement c'est réglé")
        await shop.case_where(camille, lambda case: case.snoozed_until is None)
        await shop.agent_types("/snooze 3d", thread)
        await shop.case_where(camille, lambda case: case.snoozed_until is not None)
    await shop.staff_see("finalement c'est réglé")
    await shop.quiet()
    assert not any("mais le client a écrit" in (m.text or "") for m in shop.in_topics())


async def test_that_a_case_is_back_is_not_said_any_more_once_it_was_put_off_again(
    shop: Shop,
) -> None:
    await back_too_late(shop)
