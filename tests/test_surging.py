"""When more waits for staff than their group can take: the angry first, and nobody left out."""

from __future__ import annotations

import contextlib
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot import ledger
from bot.budget import Budget
from bot.config import AnswerSettings, Settings, StaffSettings, StoreSettings
from bot.conversation import Person as Teller
from bot.conversation import Priority, State
from bot.desk import lists
from bot.effects import MAKERS, Copy, CreateTopic, Effect
from bot.errand import Errand, OutboxRow, Purpose
from bot.sandbox import Fault, Message, Person, Sandbox
from bot.store.engine import Store
from bot.store.records import Records

from .shop import (
    CLAIM,
    QUICK,
    RELEASE,
    ManyASecond,
    Shop,
    SlowGroup,
    afternoon,
    english_desk,
    open_shop,
)
from .virtual import MONDAY, at, open_day

ANGRY, CALM = "grr vous êtes jamais ouvert", "mon chien a mangé la tente"
LIST, DIGEST = "personnes attendent", "demandes non urgentes"


def waiting(shop: Shop) -> int:
    """How many of the customers' words wait to be carried to staff."""
    return len(shop.rows("SELECT 1 FROM outbox WHERE state = 'new' AND purpose = 'relay'"))


async def words_of_a_flooder_delay_nobody(folder: Path) -> None:
    """Each case has its share of a short budget: who had least lately goes first."""
    limits = SlowGroup()
    async with open_shop(folder, limits=limits) as shop:
        flooder, camille = shop.customer("Flo"), shop.customer()
        await shop.with_staff(flooder)
        thread = await shop.with_staff(camille)
        await shop.quiet()
        limits.hold(shop.staff.id, afternoon() + 3600.0)
        limits.pace = 0.5  # longer than a send takes: else whoever is not under way goes next
        for number in range(40):
            await flooder.says(f"et puis {number}")
        await shop.until(lambda: waiting(shop) == 40)
        await camille.says("et ma commande?")
        await shop.until(lambda: waiting(shop) == 41)
        limits.release(shop.staff.id)
        shop.app.sender.changed.set()
        await shop.until(lambda: any(m.text == "et ma commande?" for m in shop.topic(thread)))
        assert waiting(shop) > 10


async def test_words_of_a_flooder_do_not_delay_those_of_other_customers(tmp_path: Path) -> None:
    await words_of_a_flooder_delay_nobody(tmp_path)


async def who_had_least_goes_first(folder: Path) -> None:
    """Among words of one lane, and not who came first."""
    store = Store(folder / "s.sqlite3")
    await store.open()

    def order(records: Records) -> list[int | None]:
        for person in (51, 52):
            records.customers.remember(Teller(person, "?"))
            case = records.new_case(person, 0.0, 0, "fr")
            words = Errand(Copy(-100, person, (1,)), Purpose.RELAY, case.id)
            rows = [records.outbox.add(words, 1.0) for _ in range(3 if person == 51 else 1)]
            if person == 51:  # the first of them has gone
                records.outbox.claim(OutboxRow(rows[0], words), words.effect, "me", 2.0)
                records.outbox.settle(rows[0], "sent", 2.0)
        return [row.errand.case_id for row in records.outbox.due(3.0)]

    found = await store.write(order)
    await store.close()
    assert found == [2, 1]


async def test_whose_words_had_least_of_the_last_minute_go_first(tmp_path: Path) -> None:
    await who_had_least_goes_first(tmp_path)


async def a_crowd_asks_as_little(folder: Path, forget: str = "") -> None:
    """What is asked at every hand-over: whose topic is to be made, who is in no list yet."""

    def asked(records: Records, people: int) -> int:
        for person in range(people):
            customer = records.customers.remember(Teller(1000 + person, "?"))
            case = records.new_case(customer.id, 1.0, 0, "fr")
            records.save(replace(case, state=State.WAITING, waiting_since=1.0, seen_at=2.0), 1.0)
            records.outbox.add(Errand(CreateTopic(-100, "?"), Purpose.TOPIC, case.id), 1.0)
            records.listings.park([case.id])
        counted = [0]

        def count() -> int:
            counted[0] += 1
            return 0

        connection = records._connection
        connection.execute(forget)
        connection.set_progress_handler(count, 10)
        records.listings.unbegun(-100)
        for priorities in lists.KINDS.values():
            records.listings.pooled(priorities, lists.MOST)
        connection.set_progress_handler(None, 0)
        return counted[0]

    found = []
    for people in (10, 400):
        store = Store(folder / f"{people}.sqlite3")
        await store.open()
        found.append(await store.write(lambda records, n=people: asked(records, n)))  # type: ignore[misc]
        await store.close()
    assert found[1] <= found[0] + 5


async def test_a_hand_over_in_a_crowd_asks_as_little_as_one_of_few(tmp_path: Path) -> None:
    await a_crowd_asks_as_little(tmp_path)


async def test_without_an_index_of_those_not_shown_it_reads_the_crowd(tmp_path: Path) -> None:
    with pytest.raises(AssertionError):
        await a_crowd_asks_as_little(tmp_path, "DROP INDEX cases_unseen")


async def how_many_wait_is_read_from_an_index_alone(folder: Path, *instead: str) -> None:
    def how(records: Records) -> list[str]:
        connection, asked = records._connection, list[str]()
        for statement in instead:
            connection.execute(statement)
        connection.set_trace_callback(asked.append)
        records.promises.ahead(1, Priority.NORMAL)
        records.promises.oldest(1, Priority.NORMAL)
        connection.set_trace_callback(None)
        plans = [connection.execute(f"EXPLAIN QUERY PLAN {one}") for one in asked]
        return [row[3] for plan in plans for row in plan if "cases_owed" in row[3]]

    store = Store(folder / "s.sqlite3")
    await store.open()
    found = await store.write(how)
    await store.close()
    assert len(found) == 2
    assert all("COVERING" in step for step in found)


async def test_how_many_wait_is_read_from_an_index_alone(tmp_path: Path) -> None:
    await how_many_wait_is_read_from_an_index_alone(tmp_path)


async def test_from_an_index_without_the_promise_it_goes_to_each_case(tmp_path: Path) -> None:
    narrow = (
        "CREATE INDEX cases_owed ON cases (priority, state, waiting_since) "
        "WHERE state IN ('waiting', 'claimed') AND due_at IS NOT NULL"
    )
    with pytest.raises(AssertionError):
        await how_many_wait_is_read_from_an_index_alone(tmp_path, "DROP INDEX cases_owed", narrow)


# -------------------------------------------------------------------------------- the lists


@contextlib.asynccontextmanager
async def crowded(
    folder: Path, *said: str, fault: Fault | None = None
) -> AsyncIterator[tuple[Shop, Sequence[Person]]]:
    """A group that takes nothing until everybody has been handed over to staff."""
    limits = ManyASecond()
    async with open_shop(folder, limits=limits) as shop:
        limits.hold(shop.staff.id, afternoon() + 3600.0)
        people = [shop.customer(f"Camille {n}") for n in range(1, len(said) + 1)]
        for person, text in zip(people, said, strict=True):
            await person.says(text)
            await shop.case_of(person, "waiting")
        if fault is not None:
            shop.sandbox.faults.add(replace(fault, chat_id=shop.staff.id))
        limits.release(shop.staff.id)
        shop.app.sender.changed.set()
        yield shop, people


async def the_list(shop: Shop, words: str = LIST) -> Message:
    return await shop.staff_see(words)


def numbers(message: Message) -> list[int]:
    """The cases in a list, as they stand there."""
    return [int(n) for n in re.findall(r"#(\d+)", message.text or "")]


async def everybody_is_seen(folder: Path) -> None:
    async with crowded(folder, *[ANGRY] * 9) as (shop, _):
        joined = await the_list(shop)
        assert sorted(numbers(joined)) == list(range(1, 10))
        assert joined.buttons == [f"✋ nº {n}" for n in range(1, 10)]
        await shop.quiet()
        assert shop.rows("SELECT count(*) FROM cases WHERE seen_at IS NULL") == [(0,)]
        assert shop.events("seen") == 9


async def test_briefs_that_pile_up_are_joined_in_one_list_and_nobody_is_left_out(
    tmp_path: Path,
) -> None:
    await everybody_is_seen(tmp_path)


async def test_a_list_costs_one_message_and_no_topic(tmp_path: Path) -> None:
    async with crowded(tmp_path, *[ANGRY] * 6) as (shop, _):
        await the_list(shop)
        await shop.quiet()
        assert [m.thread for m in shop.in_topics() if "📋" not in (m.text or "")] == [None]
        assert not shop.staff.topics


async def the_angry_come_first(folder: Path) -> None:
    """Whoever came first: the angry are in the first list, the calm in a digest after it."""
    async with crowded(folder, *[CALM] * 3, *[ANGRY] * 3) as (shop, _):
        digest = await the_list(shop, DIGEST)
        joined = await the_list(shop)
        assert numbers(joined) == [4, 5, 6]
        assert numbers(digest) == [1, 2, 3]
        assert joined.id < digest.id


async def test_the_angry_are_listed_before_the_calm_who_came_before_them(tmp_path: Path) -> None:
    await the_angry_come_first(tmp_path)


async def who_presses_stands_in_front(folder: Path) -> None:
    """More than one message holds; the angry came last of all."""
    annoyed, angry = ["pfff je veux quelqu'un"] * 8, ["grr je veux quelqu'un"] * 5
    async with crowded(folder, CALM, *annoyed, *angry) as (shop, _):
        await shop.until(lambda: shop.rows("SELECT 1 FROM cases WHERE id = 1 AND seen_at > 0"))
        shown = [numbers(m) for m in shop.in_topics() if LIST in (m.text or "")]
        assert shown == [[10, 11, 12, 13, 14, *range(2, 9)], [9, 1]]


async def test_who_presses_stands_in_front_in_lists_and_digests(tmp_path: Path) -> None:
    await who_presses_stands_in_front(tmp_path)


async def the_most_pressing_topic_is_made_first(folder: Path) -> None:
    """Nothing is joined, and the group takes one message after the other."""
    limits = SlowGroup()
    async with open_shop(folder, limits=limits, staff_given={"join_from": 0}) as shop:
        with shop.silent(shop.staff):
            for number, text in enumerate([*[CALM] * 6, ANGRY], 1):
                person = shop.customer(f"Camille {number}")
                await person.says(text)
                await shop.case_of(person, "waiting")
        await shop.until(lambda: shop.staff.topics)
        assert [topic.name for topic in shop.staff.topics.values()] == ["🔴 #7 Camille 7"]


async def test_the_topic_of_the_angry_is_made_before_those_of_the_calm(tmp_path: Path) -> None:
    await the_most_pressing_topic_is_made_first(tmp_path)


async def forty_calm_people_are_seen_soon(folder: Path) -> None:
    """A full digest does not wait for its minute: the group has places to spare."""
    async with open_day(folder, limits=Budget(), answers=AnswerSettings()) as day:
        shop, clock = day.shop, day.clock
        for n in range(40):
            await shop.customer(f"Camille {n}").says(CALM)
        await day.until(clock.now() + 90.0)
        shown = [n for m in shop.in_topics() if DIGEST in (m.text or "") for n in numbers(m)]
        assert len(shown) == len(set(shown)), "nobody twice"
        assert shop.rows("SELECT count(*) FROM cases WHERE seen_at IS NULL") == [(0,)]


async def test_forty_calm_people_are_seen_soon(tmp_path: Path) -> None:
    await forty_calm_people_are_seen_soon(tmp_path)


async def test_a_list_goes_by_subject_and_says_what_each_wants(tmp_path: Path) -> None:
    said = ("grr ouvert?", "grr retour de la tente", "grr jamais ouvert", "grr retour des skis")
    async with crowded(tmp_path, *said) as (shop, _):
        joined = await the_list(shop)
        assert numbers(joined) == [1, 3, 2, 4]
        assert all(f"« {text} »" in (joined.text or "") for text in said)
        titles = [shop.knowledge.subjects[s].titles["fr"] for s in ("store-hours", "return-policy")]
        assert all(f"{title} · 2" in (joined.text or "") for title in titles)


async def test_where_nothing_has_a_subject_no_heading_says_so(tmp_path: Path) -> None:
    async with crowded(tmp_path, *["grr mon chien a mangé la tente"] * 5) as (shop, _):
        assert "Autres sujets" not in ((await the_list(shop)).text or "")
    both = ("grr ouvert?", *["grr mon chien a mangé la tente"] * 4)
    async with crowded(tmp_path / "both", *both) as (shop, _):
        assert "Autres sujets · 4" in ((await the_list(shop)).text or "")


async def a_claim_in_the_list_opens_the_topic(folder: Path) -> None:
    """With the brief, and with what the customer wrote since; the list says who holds it."""
    async with crowded(folder, *[ANGRY] * 5) as (shop, people):
        joined = await the_list(shop)
        await people[2].says("et ça continue")
        await shop.quiet()
        await shop.agent.presses(joined, "✋ nº 3")
        brief = await shop.brief_of(people[2])
        await shop.until(lambda: RELEASE in brief.buttons)
        thread = await shop.topic_of(people[2])
        assert shop.staff.topics[thread].name == "🔴 #3 Camille 3"
        await shop.until(lambda: [m.text for m in shop.topic(thread)][-1] == "et ça continue")
        await shop.until(lambda: "#3 Camille 3 · 🔵 Pris par Noémie" in (joined.text or ""))
        assert joined.buttons == [f"✋ nº {n}" for n in (1, 2, 4, 5)]
        await shop.answers(people[2], "On regarde ça.")


async def test_a_claim_in_the_list_opens_the_topic_with_all_that_waited(tmp_path: Path) -> None:
    await a_claim_in_the_list_opens_the_topic(tmp_path)


async def test_who_is_not_staff_cannot_claim_in_a_list(tmp_path: Path) -> None:
    async with crowded(tmp_path, *[ANGRY] * 5) as (shop, people):
        joined = await the_list(shop)
        stranger = shop.customer("Rémi")
        await stranger.joins(shop.staff)
        await stranger.presses(joined, "✋ nº 1")
        await shop.recorded("refused_staff", stranger)
        assert (await shop.case_of(people[0])).state == "waiting"


async def test_a_list_that_telegram_refuses_gives_each_case_its_own_topic(tmp_path: Path) -> None:
    refused = Fault("sendMessage", code=400, description="Bad Request: no such thing")
    async with crowded(tmp_path, *[ANGRY] * 5, fault=refused) as (shop, people):
        for person in people:
            await shop.topic_of(person)


async def test_a_list_that_may_not_have_arrived_comes_again_and_says_so(tmp_path: Path) -> None:
    cut = Fault("sendMessage", cut=True, after_effect=True)
    async with crowded(tmp_path, *[ANGRY] * 5, fault=cut) as (shop, _):
        again = await the_list(shop, "(de nouveau)")
        assert sorted(numbers(again)) == [1, 2, 3, 4, 5]


async def test_a_few_briefs_at_a_time_have_their_topics_as_ever(tmp_path: Path) -> None:
    async with crowded(tmp_path, *[ANGRY] * 3) as (shop, people):
        for person in people:
            await shop.topic_of(person)
        assert not any(LIST in (m.text or "") for m in shop.in_topics())


class FullGroup(ManyASecond):
    """While ``full``, the staff group has no place for a message."""

    full = False

    def wait(self, effect: Effect, now: float) -> float:
        no_place = self.full and isinstance(effect, MAKERS) and effect.chat_id < 0
        return 3600.0 if no_place else super().wait(effect, now)


async def a_claim_shows_in_a_full_group(folder: Path) -> None:
    """Briefs wait for their places; who holds a case is an edit, and needs none."""
    limits = FullGroup()
    async with open_shop(folder, limits=limits) as shop:
        camille, jack = shop.customer(), shop.customer("Jack")
        await shop.with_staff(camille)
        brief = await shop.brief_of(camille)
        await shop.quiet()
        limits.full = True
        await jack.says(CALM)
        await shop.case_of(jack, "waiting")
        await shop.agent.presses(brief, CLAIM)
        await shop.until(lambda: RELEASE in brief.buttons)
        assert len(shop.staff.topics) == 1


async def test_a_claim_shows_in_a_full_group(tmp_path: Path) -> None:
    await a_claim_shows_in_a_full_group(tmp_path)


# -------------------------------------------------------------------------------- the board


@pytest.fixture
def quick_board(monkeypatch: pytest.MonkeyPatch) -> None:
    """A board that is drawn at once, and again as soon as something changes."""
    monkeypatch.setattr(ledger, "SETTLING_S", 0.0)
    monkeypatch.setattr(ledger, "BOARD_EVERY_S", 0.05)


@pytest.mark.usefixtures("quick_board")
async def test_the_board_says_what_waits_and_who_holds_what(shop: Shop) -> None:
    await shop.with_staff(shop.customer(), ANGRY)
    await shop.with_staff(shop.customer("Jack"))
    await shop.claimed(shop.customer("Léa"))
    board = await the_list(shop, "📋 Tableau")
    await shop.until(lambda: "En attente : 2 (🔴 URGENT : 1 · Normal : 1)" in (board.text or ""))
    await shop.until(lambda: "Pris : 1 (Noémie 1)" in (board.text or ""))
    assert "Attend depuis le plus longtemps : #1, 0 min" in (board.text or "")


@pytest.mark.usefixtures("quick_board")
async def test_the_board_puts_nothing_in_brackets_where_nothing_is_to_be_told_apart(
    shop: Shop,
) -> None:
    await shop.with_staff(shop.customer())
    board = await the_list(shop, "📋 Tableau")
    await shop.until(lambda: "En attente : 1\n" in (board.text or ""))
    assert (board.text or "").endswith("Pris : 0")


async def test_after_a_weekend_nobody_counts_minutes(tmp_path: Path) -> None:
    """The board says days, and the brief names the day and not a bare date."""
    async with open_day(tmp_path, "2026-12-18 16:30") as day:
        shop, camille = day.shop, day.shop.customer()
        await day.with_staff(camille)
        await day.until(at(f"{MONDAY} 07:30"))
        board = await the_list(shop, "📋 Tableau")
        assert "Attend depuis le plus longtemps : #1, 2 jours" in (board.text or "")
        await shop.agent.presses(await shop.brief_of(camille), CLAIM)
        await day.passes(0.1)
        text = (await shop.brief_of(camille)).text or ""
        assert "Attend depuis le 18 déc. à 16 h 30" in text
        assert "réponse attendue avant le 18 déc. à 17 h" in text


@pytest.mark.usefixtures("quick_board")
async def test_an_english_desk_is_punctuated_as_english_is(tmp_path: Path) -> None:
    async with open_shop(tmp_path, knowledge=english_desk()) as shop:
        await shop.with_staff(shop.customer("Jack"), "hello. grr you are never open!")
        brief = await shop.staff_see("their words: “")
        assert "Wants: hello. grr you are never open!" in (brief.text or "")
        board = await the_list(shop, "📋 Board")
        await shop.until(lambda: "Waiting: 1 (🔴 URGENT: 1)" in (board.text or ""))
        assert not [m.text for m in shop.in_topics() if re.search("[«»]| [:;!?]", m.text or "")]


@pytest.mark.usefixtures("quick_board")
async def test_there_is_one_board_edited_in_place_and_pinned(shop: Shop) -> None:
    for name in ("Camille", "Jack", "Léa"):
        await shop.with_staff(shop.customer(name))
    board = await the_list(shop, "📋 Tableau")
    await shop.until(lambda: "En attente : 3" in (board.text or ""))
    assert sum("📋" in (m.text or "") for m in shop.in_topics()) == 1
    assert board.thread is None
    await shop.until(lambda: board.id in shop.staff.pinned)


@pytest.mark.usefixtures("quick_board")
async def test_a_board_that_was_deleted_comes_back(shop: Shop) -> None:
    await shop.with_staff(shop.customer())
    board = await the_list(shop, "📋 Tableau")
    await shop.until(lambda: board.id in shop.staff.pinned)
    await shop.lead.deletes(board)
    await shop.with_staff(shop.customer("Jack"))
    again = await the_list(shop, "📋 Tableau")
    await shop.until(lambda: "En attente : 2" in (again.text or ""))


async def a_group_that_was_lost_keeps_its_board(shop: Shop) -> None:
    """No second one beside it, and it says what waits as soon as the bot is back."""
    await shop.with_staff(shop.customer())
    board = await the_list(shop, "📋 Tableau")
    await shop.until(lambda: board.id in shop.staff.pinned)
    await shop.quiet()
    shop.sandbox.set_bot(shop.staff, "kicked")
    jack = shop.customer("Jack")
    await jack.says(CALM)
    refused = "SELECT 1 FROM outbox WHERE purpose = 'board' AND state = 'failed'"
    await shop.until(lambda: shop.rows(refused))
    shop.sandbox.set_bot(shop.staff, "administrator")
    await shop.brief_of(jack)
    await shop.until(lambda: "En attente : 2" in (board.text or ""))
    await shop.quiet()
    assert sum("📋" in (m.text or "") for m in shop.in_topics()) == 1


@pytest.mark.usefixtures("quick_board")
async def test_a_group_that_was_lost_keeps_its_board(shop: Shop) -> None:
    await a_group_that_was_lost_keeps_its_board(shop)


@pytest.mark.usefixtures("quick_board")
async def test_the_board_never_takes_a_place_that_a_brief_needs(tmp_path: Path) -> None:
    limits = SlowGroup()
    async with open_shop(tmp_path, limits=limits) as shop:
        limits.hold(shop.staff.id, afternoon() + 3600.0)
        for number in range(3):
            await shop.customer(f"Camille {number}").says(CALM)
        await shop.until(lambda: shop.rows("SELECT 1 FROM outbox WHERE purpose = 'board'"))
        await shop.until(lambda: len(shop.rows("SELECT 1 FROM outbox WHERE purpose='brief'")) == 3)
        limits.release(shop.staff.id)
        shop.app.sender.changed.set()
        await the_list(shop, "📋 Tableau")
        sent = [m.text or "" for m in shop.in_topics() if m.text]
        assert "📋" in sent[-1] and len(sent) == 4


# ---------------------------------------------------------------- when the group is not enough


@contextlib.asynccontextmanager
async def silent_group(
    folder: Path, overflow: bool = False, join_from: int = 4
) -> AsyncIterator[Shop]:
    """The staff group takes nothing; Noémie, who is on duty, has started the bot."""
    limits = ManyASecond()
    async with Sandbox(privacy=True, clock=afternoon) as sandbox:
        settings = shop_settings(sandbox, folder)
        settings = replace(settings, staff=replace(settings.staff, join_from=join_from))
        if overflow:
            members = dict.fromkeys(settings.staff.agents, "member")
            second = sandbox.add_group("Renfort", members=members)
            more = replace(settings.staff, overflow_chat_ids=(second.id,))
            settings = replace(settings, staff=more)
        async with open_shop(folder, limits=limits, sandbox=sandbox, settings=settings) as shop:
            limits.hold(shop.staff.id, afternoon() + 3600.0)
            yield shop


def shop_settings(sandbox: Sandbox, folder: Path) -> Settings:
    people = [sandbox.add_person(name) for name in ("Noémie", "Olivier", "Sylvie")]
    members = dict.fromkeys([person.id for person in people], "member")
    staff = sandbox.add_group("Équipe", forum=True, members=members)
    first, second, lead = (person.id for person in people)
    return replace(
        Settings(),
        answers=QUICK,
        staff=StaffSettings(staff.id, (first, second), (lead,)),
        store=StoreSettings(folder / "shop.sqlite3"),
    )


@pytest.fixture
def soon_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is noticed within a blink that a pressing case was not shown."""
    monkeypatch.setattr(lists, "UNSEEN_S", 0.3)


@pytest.mark.usefixtures("soon_noticed")
async def test_an_angry_case_the_group_does_not_take_reaches_somebody_on_duty(
    tmp_path: Path,
) -> None:
    async with silent_group(tmp_path) as shop:
        await shop.agent.says("/start")
        await shop.next_from_bot(shop.agent)
        camille = shop.customer()
        await camille.says(ANGRY)
        case = await shop.case_of(camille, "waiting")
        await shop.hears(shop.agent, f"#{case.id} Camille")
        shown = shop.from_bot(shop.agent)[-1]
        await shop.case_where(camille, lambda case: case.seen_at is not None)
        assert not shop.heard(shop.other_agent)
        await shop.agent.presses(shown, f"✋ nº {case.id}")
        held = await shop.case_of(camille, "claimed")
        assert held.owner_id == shop.agent.id
        await shop.until(lambda: "🔵 Pris par Noémie" in (shown.text or ""))


@pytest.mark.usefixtures("soon_noticed")
async def test_a_further_group_shows_what_the_first_cannot_take(tmp_path: Path) -> None:
    async with silent_group(tmp_path, overflow=True) as shop:
        second = next(c for c in shop.sandbox.world.chats.values() if c.title == "Renfort")
        people = [shop.customer("Camille"), shop.customer("Jack")]
        for person in people:
            await person.says(ANGRY)
            await shop.case_of(person, "waiting")
        await shop.until(lambda: any(LIST in (m.text or "") for m in second.visible()))
        for person in people:
            await shop.case_where(person, lambda case: case.seen_at is not None)
        shown = next(m for m in second.visible() if "✋ nº 1" in m.buttons)
        stranger = shop.customer("Rémi")
        await stranger.joins(second)
        await stranger.presses(shown, "✋ nº 1")
        await shop.recorded("refused_staff", stranger)
        await shop.other_agent.presses(shown, "✋ nº 1")
        held = await shop.case_of(people[0], "claimed")
        assert held.owner_id == shop.other_agent.id


async def pressing_where_nothing_is_joined(folder: Path, **staff: Any) -> None:
    """Who wants no lists in the group still hears of whom it does not show, by the other roads."""
    async with silent_group(folder, join_from=0, **staff) as shop:
        await shop.agent.says("/start")
        await shop.next_from_bot(shop.agent)
        camille, jack = shop.customer(), shop.customer("Jack")
        await jack.says("mon chien a mangé la tente")
        await camille.says(ANGRY)
        case = await shop.case_where(camille, lambda case: case.seen_at is not None)
        second = [c for c in shop.sandbox.world.chats.values() if c.title == "Renfort"]
        read = shop.from_bot(shop.agent) if not second else second[0].visible()
        shown = next(m for m in read if f"#{case.id} Camille" in (m.text or ""))
        assert "Jack" not in (shown.text or "")
        await shop.agent.presses(shown, f"✋ nº {case.id}")
        await shop.case_of(camille, "claimed")
        assert not shop.rows("SELECT 1 FROM outbox WHERE parked = 1")


@pytest.mark.usefixtures("soon_noticed")
@pytest.mark.parametrize("staff", [{}, {"overflow": True}], ids=["in private", "in another group"])
async def test_the_other_roads_are_taken_where_nothing_is_joined(
    tmp_path: Path, staff: dict[str, Any]
) -> None:
    await pressing_where_nothing_is_joined(tmp_path, **staff)


async def a_config_that_gives_up_lists(folder: Path) -> None:
    """Whoever waited for a place in one gets a topic."""
    async with silent_group(folder) as shop:
        people = [shop.customer(f"Client {n}") for n in range(5)]
        for person in people:
            await person.says("mon chien a mangé la tente")
        await shop.until(lambda: shop.rows("SELECT 1 FROM outbox WHERE parked = 1"))
        await shop.closes()
        never = replace(shop.settings, staff=replace(shop.settings.staff, join_from=0))
        async with open_shop(folder, sandbox=shop.sandbox, settings=never) as again:
            for person in people:
                await again.topic_of(person)


async def test_a_config_that_gives_up_lists_leaves_nobody_without_a_topic(tmp_path: Path) -> None:
    await a_config_that_gives_up_lists(tmp_path)


async def what_the_group_postpones_goes_another_way(folder: Path, refused: Fault) -> None:
    """Five angry people in a list that Telegram does not take: it waits for it, they do not."""
    limits = ManyASecond()
    async with open_shop(folder, limits=limits) as shop:
        await shop.agent.says("/start")
        await shop.next_from_bot(shop.agent)
        limits.hold(shop.staff.id, afternoon() + 3600.0)
        people = [shop.customer(f"Camille {n}") for n in range(1, 6)]
        for person in people:
            await person.says(ANGRY)
            await shop.case_of(person, "waiting")
        shop.sandbox.faults.add(replace(refused, chat_id=shop.staff.id))
        limits.release(shop.staff.id)
        shop.app.sender.changed.set()
        waits = "SELECT 1 FROM outbox WHERE purpose = 'list' AND state = 'new' AND tries > 0"
        await shop.until(lambda: shop.rows(waits))
        await shop.app.store.write(lambda r: r.timers.set(1, lists.UNSEEN, 0.0))
        shop.app.clocks.changed.set()
        shown = await shop.hears(shop.agent, LIST)
        assert sorted(numbers(shown)) == [1, 2, 3, 4, 5]


SLOWED = Fault("sendMessage", code=429, parameters={"retry_after": 3600}, times=None)
REMOVED = Fault(
    "sendMessage",
    code=403,
    description="Forbidden: bot was kicked from the supergroup chat",
    times=None,
)


@pytest.mark.parametrize("refused", [SLOWED, REMOVED], ids=["slowed down", "removed"])
async def test_a_list_that_waits_for_the_group_keeps_nobody_from_another_road(
    tmp_path: Path, refused: Fault
) -> None:
    await what_the_group_postpones_goes_another_way(tmp_path, refused)


async def a_further_group_that_cannot_be_written_to_hides_nobody(folder: Path) -> None:
    """Nor is it said that the staff group is out of reach: that one is only slow."""
    async with silent_group(folder, overflow=True) as shop:
        second = next(c for c in shop.sandbox.world.chats.values() if c.title == "Renfort")
        shop.sandbox.set_bot(second, "kicked")
        await shop.agent.says("/start")
        await shop.next_from_bot(shop.agent)
        people = [shop.customer("Camille"), shop.customer("Jack")]
        for person in people:
            await person.says(ANGRY)
        for person in people:
            await shop.case_where(person, lambda case: case.seen_at is not None)
        assert any("Camille" in text for text in shop.heard(shop.agent))
        assert shop.events("group_lost") == 0


@pytest.mark.usefixtures("soon_noticed")
async def test_a_further_group_that_cannot_be_written_to_hides_nobody(tmp_path: Path) -> None:
    await a_further_group_that_cannot_be_written_to_hides_nobody(tmp_path)
