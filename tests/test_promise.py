"""The promise: who is told as it runs out, what ends it, and what the customer is told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.clock import VirtualClock
from bot.promises.hours import Hours
from bot.promises.terms import LadderSettings, PromiseSettings
from bot.sandbox import Fault, Message, Person

from .shop import CLAIM, HAND_BACK, RELEASE, Shop, open_shop
from .virtual import MONDAY, TORONTO, Day, at, open_day

SEEN = "👀 Vu"
NINE_TO_FIVE = Hours(TORONTO, *(((9 * 60, 12 * 60), (13 * 60, 17 * 60)),) * 5)


@pytest.fixture
async def day(tmp_path: Path) -> AsyncIterator[Day]:
    async with open_day(tmp_path) as day:
        yield day


def said_to(day: Day) -> list[str]:
    """What the lead was told in private."""
    return day.shop.heard(day.shop.lead)


def overdue(day: Day) -> list[Message]:
    """The alarms of a promise that ran out, in the case's topic."""
    return [m for m in day.rung("n’est pas partie") if m.thread is not None]


def late(shop: Shop, customer: Person, seconds: int) -> None:
    """Telegram takes nothing for the customer for so long."""
    asked = {"retry_after": seconds}
    shop.sandbox.faults.add(Fault("sendMessage", customer.id, code=429, parameters=asked))


def called(message: Message) -> list[int]:
    """Whom Telegram rings for a message."""
    entities = message.wire.get("entities", ())
    return [e["user"]["id"] for e in entities if e["type"] == "text_mention"]


# ----------------------------------------------------------------------------- the ladder


async def test_the_ladder_goes_up_until_somebody_claims(day: Day) -> None:
    shop, camille = day.shop, day.shop.customer()
    await shop.lead.starts()
    thread = await day.with_staff(camille)
    began = len(said_to(day))
    await day.passes(14)
    assert not day.rung("⏰")
    await day.passes(1)
    assert [m.thread for m in day.rung("personne ne le tient")] == [thread]
    await day.passes(7.5)
    (call,) = day.rung("attend une réponse, due avant 9 h 30")
    assert called(call) == [shop.agent.id, shop.other_agent.id]
    assert len(said_to(day)) == began
    await day.passes(7.5)
    told = "la réponse attendue avant 9 h 30 n’est pas partie"
    assert f"Cas nº {(await shop.case_of(camille)).id} : {told}" in said_to(day)[-1]
    await day.passes(20)
    assert len(said_to(day)) == began + 3 and len(overdue(day)) == 3
    await shop.agent.presses(overdue(day)[-1], CLAIM)
    await shop.case_of(camille, "claimed")
    await day.passes(120)
    assert len(said_to(day)) == began + 3 and len(overdue(day)) == 3


async def test_a_lead_who_cannot_be_written_to_is_called_in_general(day: Day) -> None:
    await day.with_staff(day.shop.customer())
    await day.passes(30)
    (told,) = day.rung("je ne peux pas vous écrire en privé")
    assert told.thread is None and "Cas nº 1" in (told.text or "")
    assert called(told) == [day.shop.lead.id]


async def test_when_all_are_off_duty_general_is_told(day: Day) -> None:
    await day.with_staff(day.shop.customer())
    for agent in (day.shop.agent, day.shop.other_agent):
        await agent.says("/off", chat=day.shop.staff)
    await day.passes(22.6)
    (told,) = day.rung("Personne n’est en service et le cas nº 1 attend")
    assert told.thread is None


async def nobody_there(day: Day) -> None:
    """Five cases wait and nobody is on duty: General reads it once, not ten times."""
    for agent in (day.shop.agent, day.shop.other_agent):
        await agent.says("/off", chat=day.shop.staff)
    for number in range(5):
        await day.with_staff(day.shop.customer(f"Camille {number}"))
    await day.passes(31)
    assert len(day.rung("Personne n’est en service et le cas nº")) == 1
    await day.passes(10)
    assert len(day.rung("Personne n’est en service et le cas nº")) == 2


async def test_that_nobody_is_on_duty_is_said_once_for_all_cases(day: Day) -> None:
    await nobody_there(day)


async def test_whoever_holds_the_case_is_called_and_acknowledges(day: Day) -> None:
    shop, camille = day.shop, day.shop.customer()
    await day.with_staff(camille)
    await shop.other_agent.presses(await shop.brief_of(camille), CLAIM)
    await day.passes(23)
    assert not day.rung("personne ne le tient")
    (call,) = day.rung("attend une réponse, due avant")
    assert called(call) == [shop.other_agent.id]
    await day.passes(7.5)
    await shop.other_agent.presses(overdue(day)[-1], SEEN)
    await day.passes(35)
    assert len(overdue(day)) == 1


async def nobody_leads(folder: Path) -> None:
    """Who holds the case may be gone, and no lead is told in private: the others are called too."""
    clock = VirtualClock(at(f"{MONDAY} 09:00"))
    async with open_shop(folder, clock=clock) as shop:
        await shop.closes()
        settings = replace(shop.settings, staff=replace(shop.settings.staff, leads=()))
        async with open_shop(folder, sandbox=shop.sandbox, settings=settings, clock=clock) as again:
            day, camille = Day(again, clock), again.customer()
            await day.with_staff(camille)
            await again.other_agent.presses(await again.brief_of(camille), CLAIM)
            await day.passes(23)
            (call,) = day.rung("attend une réponse, due avant")
            assert called(call) == [again.other_agent.id]
            await day.passes(8)
            assert called(overdue(day)[-1]) == [again.other_agent.id, again.agent.id]


async def test_where_nobody_leads_the_others_are_called_beside_who_holds_it(
    tmp_path: Path,
) -> None:
    await nobody_leads(tmp_path)


async def test_what_was_only_seen_comes_back_until_somebody_takes_the_case(day: Day) -> None:
    """Half an hour of silence after the next alarm that it spared, and so again."""
    shop, camille = day.shop, day.shop.customer()
    await day.with_staff(camille)
    await day.passes(31)
    await shop.lead.presses(overdue(day)[-1], SEEN)
    await day.passes(38)
    assert len(overdue(day)) == 1
    await day.passes(2)
    assert len(overdue(day)) == 2
    await shop.lead.presses(overdue(day)[-1], SEEN)
    await day.passes(41)
    assert len(overdue(day)) == 3
    await shop.agent.presses(overdue(day)[-1], CLAIM)
    await day.passes(120)
    assert len(overdue(day)) == 3


async def test_an_overdue_case_that_is_let_go_rings_again(day: Day) -> None:
    shop, camille = day.shop, day.shop.customer()
    await day.with_staff(camille)
    await day.passes(31)
    brief = await shop.brief_of(camille)
    await shop.agent.presses(brief, CLAIM)
    await day.passes(60)
    assert len(overdue(day)) == 1
    await shop.agent.presses(brief, RELEASE)
    await day.passes(11)
    assert len(overdue(day)) == 2


async def who_holds_it_goes_home(day: Day) -> None:
    """They were trusted with an overdue case, and are not there any more."""
    shop, camille = day.shop, day.shop.customer()
    await shop.lead.starts()
    await day.with_staff(camille)
    await day.passes(31)
    await shop.agent.presses(await shop.brief_of(camille), CLAIM)
    await day.passes(15)
    assert len(overdue(day)) == 1
    began = len(said_to(day))
    await shop.agent.says("/off", chat=shop.staff)
    await day.passes(11)
    assert len(overdue(day)) == 2 and len(said_to(day)) == began + 1
    alarm = overdue(day)[-1]
    assert called(alarm) == [shop.other_agent.id]
    await shop.other_agent.presses(alarm, CLAIM)
    await day.passes(0.1)
    await shop.other_agent.presses(alarm, "✋ Oui, le reprendre")
    await day.passes(0.1)
    assert (await shop.case_of(camille)).owner_id == shop.other_agent.id


async def test_an_overdue_case_of_who_goes_home_rings_again(day: Day) -> None:
    await who_holds_it_goes_home(day)


async def who_holds_it_leaves_the_team(folder: Path) -> None:
    clock = VirtualClock(at(f"{MONDAY} 09:00"))
    async with open_shop(folder, clock=clock) as shop:
        day = Day(shop, clock)
        camille = shop.customer()
        await day.with_staff(camille)
        await day.passes(31)
        await shop.agent.presses(await shop.brief_of(camille), CLAIM)
        await day.passes(15)
        await shop.closes()
        staff = replace(shop.settings.staff, agents=(shop.other_agent.id, shop.lead.id))
        settings = replace(shop.settings, staff=staff)
        async with open_shop(folder, sandbox=shop.sandbox, settings=settings, clock=clock) as again:
            later = Day(again, clock)
            await later.passes(11)
            (_, alarm) = overdue(later)
            assert called(alarm) == [shop.other_agent.id, shop.lead.id]


async def test_an_overdue_case_of_who_left_the_team_rings_again(tmp_path: Path) -> None:
    await who_holds_it_leaves_the_team(tmp_path)


async def test_who_takes_a_case_takes_its_alarms_back_that_have_not_been_sent(day: Day) -> None:
    """The group is slow: when its turn comes, "nobody has taken it" is not true any more."""
    shop, camille = day.shop, day.shop.customer()
    await day.with_staff(camille)
    slow = {"retry_after": 120}
    await day.passes(14)
    shop.sandbox.faults.add(Fault("sendMessage", shop.staff.id, code=429, parameters=slow))
    await day.passes(2)
    assert not day.rung("personne ne le tient")
    await shop.agent.presses(await shop.brief_of(camille), CLAIM)
    await day.passes(5)
    assert not day.rung("personne ne le tient")


def struck(message: Message) -> bool:
    entities = message.wire.get("entities", ())
    return any(e["type"] == "strikethrough" for e in entities) and not message.buttons


async def an_alarm_follows_its_case(day: Day) -> None:
    """One at a time has buttons, the last; once somebody takes the case, none says it is free."""
    shop, camille = day.shop, day.shop.customer()
    thread = await day.with_staff(camille)
    await day.passes(31)
    (first,), (second,) = map(day.rung, ("personne ne le tient", "attend une réponse, due avant"))
    (last,) = overdue(day)
    assert first.thread == second.thread == last.thread == thread
    assert struck(first) and struck(second)
    assert last.buttons == [CLAIM, SEEN] and not struck(last)
    await shop.agent.presses(await shop.brief_of(camille), CLAIM)
    await day.passes(0.2)
    assert struck(last)
    await shop.agent.presses(await shop.brief_of(camille), RELEASE)
    await day.passes(11)
    again = overdue(day)[-1]
    assert again.buttons == [CLAIM, SEEN]
    await shop.agent.says("Bonjour, c'est réglé.", chat=shop.staff, thread=thread)
    await day.passes(0.2)
    assert struck(again)


async def test_an_alarm_in_its_topic_follows_the_case(day: Day) -> None:
    await an_alarm_follows_its_case(day)


async def a_slow_group(day: Day) -> None:
    """The group takes nothing for an hour; then it reads one alarm of the case, the last."""
    shop = day.shop
    await day.with_staff(shop.customer())
    slow = {"retry_after": 3600}
    shop.sandbox.faults.add(Fault("sendMessage", shop.staff.id, code=429, parameters=slow))
    await day.passes(65)
    assert not day.rung("⏰") and len(overdue(day)) == 1


async def test_alarms_that_could_not_be_sent_are_not_all_sent_later(day: Day) -> None:
    await a_slow_group(day)


async def overdue_together(day: Day) -> None:
    """Six promises run out within a minute: the lead reads two messages, not six."""
    shop = day.shop
    await shop.lead.starts()
    people = [shop.customer(f"Camille {number}") for number in range(6)]
    for person in people:
        await person.says("mon chien a mangé la tente")
        await day.passes(0.1)
    began = len(said_to(day))
    await day.passes(31.5)
    first, then = said_to(day)[began:]
    assert "Cas nº 1 : la réponse attendue avant 9 h 30 n’est pas partie" in first
    assert "5 cas : les réponses attendues ne sont pas parties" in then
    assert [f"#{number} Camille {number - 1}" in then for number in range(2, 7)] == [True] * 5


async def test_promises_that_run_out_together_are_one_message_to_the_lead(day: Day) -> None:
    await overdue_together(day)


async def test_a_lead_says_in_private_that_it_is_seen_or_takes_the_case(day: Day) -> None:
    shop, camille = day.shop, day.shop.customer()
    await shop.lead.starts()
    await day.with_staff(camille)
    await day.passes(30.1)
    page = shop.from_bot(shop.lead)[-1]
    assert page.buttons == [CLAIM, SEEN]
    await shop.lead.presses(page, SEEN)
    await day.passes(35)
    assert len(overdue(day)) == 1
    await day.passes(10)
    assert len(overdue(day)) == 2
    await shop.lead.presses(shop.from_bot(shop.lead)[-1], CLAIM)
    assert (await shop.case_of(camille, "claimed")).owner_id == shop.lead.id


async def a_lead_takes_over_in_private(day: Day) -> None:
    """An agent was faster; the lead is asked, says yes, and that counts where they were asked."""
    shop, camille = day.shop, day.shop.customer()
    await shop.lead.starts()
    await day.with_staff(camille)
    await day.passes(30.1)
    page = shop.from_bot(shop.lead)[-1]
    claim = page.keyboard[0][0]["callback_data"]
    await shop.agent.presses(await shop.brief_of(camille), CLAIM)
    shop.sandbox.world.press(page, shop.lead.user, claim)
    await shop.until(lambda: page.buttons and CLAIM not in page.buttons)
    await shop.lead.presses(page, page.buttons[0])
    case = await shop.case_where(camille, lambda case: case.owner_id == shop.lead.id)
    assert case.state == "claimed"


async def test_a_lead_who_is_asked_in_private_may_take_the_case_over(day: Day) -> None:
    await a_lead_takes_over_in_private(day)


async def test_a_lead_is_told_of_no_case_that_was_taken_before_the_message_went(day: Day) -> None:
    shop = day.shop
    await shop.lead.starts()
    people = [shop.customer(f"Camille {number}") for number in range(3)]
    for person in people:
        await day.with_staff(person)
    began = len(said_to(day))
    await day.passes(30.1)
    assert len(said_to(day)) == began + 1
    await shop.agent.presses(await shop.brief_of(people[1]), CLAIM)
    await day.passes(1.2)
    (then,) = said_to(day)[began + 1 :]
    assert "Cas nº 3 : " in then


async def test_the_last_rung_rings_once_when_it_is_not_to_be_repeated(tmp_path: Path) -> None:
    async with open_day(tmp_path, ladder=LadderSettings(repeat_minutes=0)) as day:
        await day.with_staff(day.shop.customer())
        await day.passes(600)
        assert len(overdue(day)) == 1


# --------------------------------------------------------------------- what ends the promise


async def test_a_reply_counts_when_it_has_arrived_not_when_it_is_written(day: Day) -> None:
    shop, camille = day.shop, day.shop.customer()
    thread = await day.with_staff(camille)
    late(shop, camille, 900)
    await shop.agent.says("On regarde ça.", chat=shop.staff, thread=thread)
    await day.passes(1)
    assert (await shop.case_of(camille)).due_at is not None
    assert shop.rows("SELECT 1 FROM timers WHERE kind = 'lead' AND fired_at IS NULL")
    await day.passes(16)
    assert "On regarde ça." in shop.heard(camille)
    assert (await shop.case_of(camille)).due_at is None
    assert not shop.rows("SELECT 1 FROM timers")
    (waited,) = shop.rows("SELECT kept_at - since FROM promises")
    assert 900 <= float(str(waited[0])) < 1100
    await day.passes(60)
    assert not overdue(day)


async def test_a_customer_who_writes_again_starts_a_new_clock(day: Day) -> None:
    shop, camille = day.shop, day.shop.customer()
    thread = await day.with_staff(camille)
    await shop.agent.says("On regarde ça.", chat=shop.staff, thread=thread)
    await day.passes(50)
    assert not day.rung("⏰")
    await camille.says("et alors?")
    await day.passes(29)
    brief = await shop.brief_of(camille)
    assert "réponse attendue avant 10 h 20" in (brief.text or ""), brief.text
    assert not overdue(day)
    await day.passes(2)
    assert len(day.rung("🔴 Noémie : cas nº 1, la réponse attendue avant 10 h 20")) == 1


async def test_what_a_customer_wrote_after_the_reply_was_written_still_waits(day: Day) -> None:
    shop, camille = day.shop, day.shop.customer()
    thread = await day.with_staff(camille)
    late(shop, camille, 300)
    await shop.agent.says("On regarde ça.", chat=shop.staff, thread=thread)
    await day.passes(1)
    await camille.says("c’est urgent maintenant")
    asked = day.clock.now()
    await day.passes(10)
    assert "On regarde ça." in shop.heard(camille)
    case = await shop.case_of(camille)
    assert case.due_at == pytest.approx(asked + 30 * 60.0, abs=5)


async def test_a_case_that_is_let_go_after_a_reply_is_owed_one_again(day: Day) -> None:
    shop, camille = day.shop, day.shop.customer()
    thread = await day.with_staff(camille)
    await shop.agent.says("On regarde ça.", chat=shop.staff, thread=thread)
    await day.passes(5)
    brief = await shop.brief_of(camille)
    assert "Une personne a répondu" in (brief.text or "")
    await shop.agent.presses(brief, RELEASE)
    await day.passes(16)
    assert len(day.rung("personne ne le tient")) == 1


async def test_a_case_handed_back_rings_no_more(day: Day) -> None:
    shop, camille = day.shop, day.shop.customer()
    await day.with_staff(camille)
    await shop.agent.presses(await shop.brief_of(camille), HAND_BACK)
    await day.passes(120)
    assert not day.rung("⏰") and not overdue(day)


# ------------------------------------------------------------------- nights, restarts, outages


async def test_nothing_rings_at_night(tmp_path: Path) -> None:
    async with open_day(tmp_path, f"{MONDAY} 16:50", hours=NINE_TO_FIVE) as day:
        await day.with_staff(day.shop.customer())
        await day.until(at("2026-12-22 08:59"))
        assert not day.rung("⏰") and not overdue(day)
        await day.until(at("2026-12-22 09:06"))
        assert len(day.rung("personne ne le tient")) == 1
        await day.until(at("2026-12-22 09:21"))
        assert len(overdue(day)) == 1


async def test_what_is_urgent_rings_at_night_when_the_brand_says_so(tmp_path: Path) -> None:
    promise = PromiseSettings(round_the_clock=("urgent",))
    async with open_day(tmp_path, f"{MONDAY} 23:00", hours=NINE_TO_FIVE, promise=promise) as day:
        await day.with_staff(day.shop.customer(), "grr vous êtes jamais ouvert")
        await day.passes(5)
        assert day.rung("🔴 Noémie, Olivier : cas nº 1")


async def ladder_over_a_restart(folder: Path) -> None:
    """Each rung rings once, whichever run of the program was there to ring it."""
    clock = VirtualClock(at(f"{MONDAY} 09:00"))
    async with open_shop(folder, clock=clock) as shop:
        day = Day(shop, clock)
        await day.with_staff(shop.customer())
        await day.passes(16)
        await shop.closes()
        async with open_shop(
            folder, sandbox=shop.sandbox, settings=shop.settings, clock=clock
        ) as again:
            later = Day(again, clock)
            await later.passes(15)
            assert len(later.rung("personne ne le tient")) == 1
            assert len(later.rung("⏰ ")) == 2
            assert len(overdue(later)) == 1


async def test_clocks_survive_a_restart_and_ring_once(tmp_path: Path) -> None:
    await ladder_over_a_restart(tmp_path)


async def after_an_outage(folder: Path) -> None:
    """Three rungs came due while the program was down: the highest rings for all."""
    clock = VirtualClock(at(f"{MONDAY} 09:00"))
    async with open_shop(folder, clock=clock) as shop:
        await Day(shop, clock).with_staff(shop.customer())
        await shop.closes()
        clock.advance(clock.now() + 7200.0)
        async with open_shop(
            folder, sandbox=shop.sandbox, settings=shop.settings, clock=clock
        ) as again:
            later = Day(again, clock)
            await later.passes(1)
            assert not later.rung("⏰ ")
            assert len(overdue(later)) == 1
            assert again.rows("SELECT detail FROM events WHERE kind = 'rang'") == [("lead",)]


async def test_after_an_outage_the_highest_rung_rings_for_all(tmp_path: Path) -> None:
    await after_an_outage(tmp_path)


async def down_until_night(folder: Path) -> None:
    """What came due by day, while the program was down, waits for the morning."""
    clock = VirtualClock(at(f"{MONDAY} 09:00"))
    async with open_shop(folder, clock=clock, hours=NINE_TO_FIVE) as shop:
        await Day(shop, clock).with_staff(shop.customer())
        await shop.closes()
        clock.advance(at(f"{MONDAY} 22:00"))
        async with open_shop(
            folder, sandbox=shop.sandbox, settings=shop.settings, clock=clock
        ) as again:
            later = Day(again, clock)
            await later.until(at("2026-12-22 08:59"))
            assert not overdue(later)
            await later.until(at("2026-12-22 09:01"))
            assert len(overdue(later)) == 1


async def test_what_came_due_while_we_were_down_does_not_ring_at_night(tmp_path: Path) -> None:
    await down_until_night(tmp_path)


# -------------------------------------------------------------------- what the customer is told


async def test_a_missed_promise_is_owned_up_to_once(day: Day) -> None:
    shop, camille = day.shop, day.shop.customer()
    await day.with_staff(camille)
    assert "d’ici 30 minutes" in shop.heard(camille)[-1]
    await day.passes(29)
    count = len(shop.heard(camille))
    await day.passes(300)
    assert len(shop.heard(camille)) == count + 1
    assert "elle n’est pas encore partie" in shop.heard(camille)[-1]


async def test_while_a_person_holds_the_case_the_bot_owns_up_to_nothing(day: Day) -> None:
    shop, camille = day.shop, day.shop.customer()
    await day.with_staff(camille)
    await shop.agent.presses(await shop.brief_of(camille), CLAIM)
    await day.passes(120)
    assert not any("elle n’est pas encore partie" in text for text in shop.heard(camille))


async def it_owns_up_once_a_case_is_let_go(day: Day) -> None:
    """Whoever held it when the time ran out has said nothing; and it is said once."""
    shop, camille = day.shop, day.shop.customer()
    await day.with_staff(camille)
    brief = await shop.brief_of(camille)
    for before in (0, 1):
        await shop.agent.presses(brief, CLAIM)
        await day.passes(40)
        assert sum("elle n’est pas encore partie" in text for text in shop.heard(camille)) == before
        await shop.agent.presses(brief, RELEASE)
        await day.passes(1)
        assert sum("elle n’est pas encore partie" in text for text in shop.heard(camille)) == 1


async def test_once_a_case_is_let_go_the_bot_owns_up(day: Day) -> None:
    await it_owns_up_once_a_case_is_let_go(day)


async def test_a_case_let_go_in_time_has_nothing_to_own_up_to_yet(day: Day) -> None:
    shop, camille = day.shop, day.shop.customer()
    await day.with_staff(camille)
    brief = await shop.brief_of(camille)
    await shop.agent.presses(brief, CLAIM)
    await day.passes(20)
    await shop.agent.presses(brief, RELEASE)
    await day.passes(1)
    assert not any("elle n’est pas encore partie" in text for text in shop.heard(camille))
    await day.passes(10)
    assert any("elle n’est pas encore partie" in text for text in shop.heard(camille))


async def test_outside_hours_it_says_once_when_people_are_back(tmp_path: Path) -> None:
    async with open_day(tmp_path, f"{MONDAY} 22:00", hours=NINE_TO_FIVE) as day:
        shop, camille = day.shop, day.shop.customer()
        await day.with_staff(camille)
        assert "L’équipe est de retour demain à 9 h" in shop.heard(camille)[-1]
        count = len(shop.heard(camille))
        for _ in range(3):
            await camille.says("allô?")
            await day.passes(5)
        assert len(shop.heard(camille)) == count


async def test_who_still_waits_when_people_leave_is_told_once_when_they_are_back(
    tmp_path: Path,
) -> None:
    async with open_day(tmp_path, "2026-12-25 16:55", hours=NINE_TO_FIVE) as day:
        shop, camille = day.shop, day.shop.customer()
        await day.with_staff(camille)
        assert "d’ici lundi à 9 h 30" in shop.heard(camille)[-1], shop.heard(camille)[-1]
        await day.until(at("2026-12-25 20:00"))
        for _ in range(2):
            await camille.says("allô?")
            await day.passes(5)
        told = [text for text in shop.heard(camille) if "de retour lundi à 9 h" in text]
        assert len(told) == 1


async def test_the_wait_that_is_told_grows_with_the_queue(day: Day) -> None:
    """Two agents, five ahead of the sixth: three times the target of one case."""
    shop = day.shop
    for number in range(5):
        await day.with_staff(shop.customer(f"Client {number}"))
    camille = shop.customer()
    await day.with_staff(camille)
    assert "d’ici 2 heures" in shop.heard(camille)[-1]
    await staff_know_what_was_told(day, camille, "9 h 30 (annoncé au client : avant 11 h)")


async def staff_know_what_was_told(day: Day, customer: Person, both: str) -> None:
    """Beside their own target, on the first brief and on one that is drawn again."""
    brief = await day.shop.brief_of(customer)
    assert both in (brief.text or ""), brief.text
    await day.shop.agent.presses(brief, CLAIM)
    await day.shop.until(lambda: RELEASE in brief.buttons)
    assert both in (brief.text or ""), brief.text


async def test_the_wait_that_is_told_follows_the_waits_of_today(day: Day) -> None:
    """People reply within three minutes today: nobody is told thirty."""
    shop = day.shop
    for number in range(6):
        jack = shop.customer(f"Jack {number}")
        thread = await day.with_staff(jack)
        await day.passes(3)
        await shop.agent.says("Voilà.", chat=shop.staff, thread=thread)
        await day.passes(1)
    camille = shop.customer()
    await day.with_staff(camille)
    assert "d’ici 5 minutes" in shop.heard(camille)[-1]
    await staff_know_what_was_told(day, camille, "9 h 54 (annoncé au client : avant 9 h 29)")


async def test_what_was_told_stands_on_the_brief_only_where_it_is_another_moment(day: Day) -> None:
    camille = day.shop.customer()
    await day.with_staff(camille)
    brief = await day.shop.brief_of(camille)
    assert "réponse attendue avant 9 h 30" in (brief.text or "")
    assert "annoncé au client" not in (brief.text or "")


async def made_urgent_by_hand(day: Day) -> None:
    """It has waited longer than an urgent case may: nobody was promised anything by then."""
    shop, camille = day.shop, day.shop.customer()
    await shop.lead.starts()
    thread = await day.with_staff(camille)
    await day.passes(14)
    began = len(said_to(day))
    await shop.agent.says("/priority urgent", chat=shop.staff, thread=thread)
    await day.passes(0.1)
    case = await shop.case_of(camille)
    assert case.due_at == pytest.approx(day.clock.now() + 5 * 60.0, abs=10)
    assert len(said_to(day)) == began and not overdue(day)
    await day.passes(5)
    assert len(said_to(day)) == began + 1


async def test_a_case_made_urgent_by_hand_is_not_overdue_at_once(day: Day) -> None:
    await made_urgent_by_hand(day)
