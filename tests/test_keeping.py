"""What is kept for how long: every text column is named, and each table lets go in time."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.clock import VirtualClock
from bot.config import RetentionSettings, load
from bot.conversation import Author, Line, Person, Reading, Reply, State
from bot.effects import CreateTopic, SendText
from bot.errand import Errand, Purpose
from bot.errors import ConfigError
from bot.incoming import Meaning
from bot.store import keeping, opening
from bot.store.engine import Store
from bot.store.keeping import OF_A_CASE
from bot.store.records import Records
from bot.store.whose import HELD, NOBODYS
from bot.upkeep import DAY_S, Upkeep

STAFF, CAMILLE, JACK = -100, 7, 8
EPOCH = 1_700_000_000.0


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = Store(tmp_path / "kept.sqlite3")
    await store.open()
    yield store
    await store.close()


def rows(store: Store, question: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(store.path) as db:
        return db.execute(question).fetchall()


def text_columns(store: Store) -> set[tuple[str, str]]:
    """``(table, column)`` of every column that holds text."""
    tables = [str(name) for (name,) in rows(store, "SELECT name FROM pragma_table_list")]
    ours = [name for name in tables if not name.startswith(("sqlite_", "_"))]
    return {
        (table, str(column))
        for table in ours
        for column, kind in rows(store, f"SELECT name, type FROM pragma_table_info('{table}')")
        if kind in ("TEXT", "ANY", "BLOB", "")
    }


def texts_named() -> dict[str, set[str]]:
    """Table -> the columns named here; a table whose rows go whole names all of them (``*``)."""
    named: dict[str, set[str]] = {}
    for held in HELD:
        named.setdefault(held.table, set()).update(held.emptied or {"*"}, held.kept)
    return named


async def test_every_text_column_is_named_as_somebodys_or_nobodys(store: Store) -> None:
    """A new one? Say in bot/store/whose.py what an erasure leaves of it, or that it is nobody's."""
    named = texts_named()
    forgotten = {
        f"{table}.{column}"
        for table, column in text_columns(store)
        if table not in NOBODYS and not named.get(table, set()) & {column, "*"}
    }
    assert forgotten == set()


async def test_whatever_belongs_to_a_case_goes_with_it(store: Store) -> None:
    """A new table that refers to cases? Add it to OF_A_CASE in bot/keeping.py."""
    tables = {str(name) for (name,) in rows(store, "SELECT name FROM pragma_table_list")}
    referring = {
        table
        for table in tables
        for (to,) in rows(store, f"""SELECT "table" FROM pragma_foreign_key_list('{table}')""")
        if to == "cases"
    }
    assert set(OF_A_CASE) == referring


# ------------------------------------------------------------------------------- in time


def closed_case(person: int, at: float) -> Callable[[Records], int]:
    """A case that was answered and closed at a moment, with something in every table."""

    def work(records: Records) -> int:
        who = Person(person, f"Person {person}")
        records.customers.remember(who, "fr")
        records.customers.introduces(person, 0)
        records.customers.introduced(person, 0, at)
        number = records.inbox.newest_of_all() + 1
        records.inbox.add(1, [(number, f"c:{person}", '{"text":"bonjour"}')], at)
        case = records.new_case(person, at, number, "fr")
        said = Line(Author.CUSTOMER, "où est ma tente", at)
        records.transcript.add(case.id, said, person, number)
        reply = Line(Author.BOT, "la voici", at)
        ref = records.transcript.add(case.id, reply)
        records.add_decision(case.id, (number, number), Reply("store-hours", "sûr"), Reading(), at)
        records.keyboards.add(case.id, person, "customer", ["helped"], at)
        records.timers.set(case.id, "quiet", at)
        for effect, purpose in (
            (CreateTopic(STAFF, f"#{case.id}"), Purpose.TOPIC),
            (SendText(person, "la voici"), Purpose.ANSWER),
        ):
            row = records.outbox.add(Errand(effect, purpose, case.id, ref), at)
            records.outbox.settle(row, "sent", at, [50])
        records.note("answered", at, case.id, person)
        records.inbox.finish([number], "with_customer", at, case.id)
        case = records.save(replace(case, state=State.WITH_BOT, subject="store-hours"), at)
        case = replace(case, staff_chat_id=STAFF, thread_id=50 + case.id)
        records.save(replace(case, state=State.CLOSED, closed_at=at), at)
        return case.id

    return work


async def kept_until(store: Store, days: float) -> Upkeep:
    """Retention as it runs so many days after the epoch, and again once the sender is done."""
    upkeep = Upkeep(store, VirtualClock(EPOCH + days * DAY_S), RetentionSettings(), lambda: None)
    await upkeep._keep()
    await store.write(sender_is_done)
    await upkeep._keep()
    return upkeep


def sender_is_done(records: Records) -> None:
    """What was ordered for the staff group has been done there."""
    for row in records.outbox.due(EPOCH * 2, (), 1000):
        records.outbox.settle(row.id, "sent", EPOCH * 2)


@pytest.mark.parametrize(
    ("days", "left"),
    [
        (29, {"inbox": 1, "outbox": 2, "messages": 2, "cases": 1, "keyboards": 1}),
        (31, {"inbox": 0, "outbox": 0, "messages": 2, "cases": 1, "keyboards": 1}),
        (91, {"inbox": 0, "outbox": 1, "messages": 2, "cases": 1, "keyboards": 0}),
        (396, {"inbox": 0, "outbox": 0, "messages": 0, "cases": 0, "decisions": 0, "events": 0}),
    ],
)
async def test_each_table_lets_go_when_its_time_is_up(
    store: Store, days: float, left: dict[str, int]
) -> None:
    await store.write(closed_case(CAMILLE, EPOCH))
    await kept_until(store, days)
    found = {table: rows(store, f"SELECT count(*) FROM {table}")[0][0] for table in left}
    assert found == left


@pytest.mark.parametrize(
    ("purpose", "kept"), [(Purpose.QUESTION, 1), (Purpose.GIVEN, 1), (Purpose.ANSWER, 0)]
)
async def test_only_what_was_about_to_carry_a_line_takes_it_along(
    store: Store, purpose: Purpose, kept: int
) -> None:
    """A question to an agent has the number of another kind of row, which may be the same."""
    case = await store.write(closed_case(CAMILLE, EPOCH))
    [(line,)] = rows(store, "SELECT id FROM messages WHERE author = 'bot'")

    def withdrawn(records: Records) -> None:
        errand = Errand(SendText(STAFF, "?"), purpose, case, int(str(line)))
        records.outbox.settle(records.outbox.add(errand, EPOCH), "withdrawn", EPOCH)

    await store.write(withdrawn)
    await kept_until(store, 31)
    assert rows(store, "SELECT count(*) FROM messages WHERE author = 'bot'") == [(kept,)]


async def test_buttons_about_a_person_go_when_their_time_is_up(store: Store) -> None:
    await store.write(lambda r: r.keyboards.add(None, CAMILLE, "customer", ["helped"], EPOCH))
    await store.write(lambda r: r.keyboards.add(None, JACK, "customer", ["helped"], EPOCH + DAY_S))
    await kept_until(store, RetentionSettings().keyboards_days + 0.5)
    assert rows(store, "SELECT chat_id FROM keyboards") == [(JACK,)]


async def test_after_their_time_words_are_gone_and_their_topic_is_deleted(store: Store) -> None:
    number = await store.write(closed_case(CAMILLE, EPOCH))
    assert rows(store, "SELECT text FROM messages") == [("où est ma tente",), ("la voici",)]
    await kept_until(store, 91)
    assert rows(store, "SELECT text, chat_id FROM messages") == [("", None), ("", None)]
    assert rows(store, "SELECT why, reading FROM decisions") == [("", "{}")]
    assert rows(store, "SELECT customer_id, subject, thread_id FROM cases") == [
        (CAMILLE, "store-hours", None)
    ]
    topic = rows(store, "SELECT case_id, payload FROM outbox WHERE kind = 'DeleteTopic'")
    assert topic == [(number, f'{{"chat_id":{STAFF},"thread_id":{50 + number}}}')]
    assert b"ma tente" not in store.path.read_bytes()


async def a_case_stays_until_its_topic_is_deleted(store: Store) -> None:
    """Its words and the case itself are due on one day: the order must not go with the case."""
    for person in range(7, 7 + 60):
        await store.write(closed_case(person, EPOCH))
    kept = RetentionSettings(messages_days=90, cases_days=90)
    upkeep = Upkeep(store, VirtualClock(EPOCH + 91 * DAY_S), kept, lambda: None)
    await upkeep._keep()
    ordered = "SELECT count(*) FROM outbox WHERE kind = 'DeleteTopic' AND state = 'new'"
    assert rows(store, ordered) == [(60,)]
    for _ in range(60):
        await store.write(sender_is_done)
    await upkeep._keep()
    assert rows(store, "SELECT count(*) FROM cases") == [(0,)]


async def test_a_case_stays_until_its_topic_is_deleted(store: Store) -> None:
    await a_case_stays_until_its_topic_is_deleted(store)


async def test_orders_for_the_staff_group_are_lost_with_their_cases_when_nobody_looks(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "TO_ERASE", "0")
    with pytest.raises(AssertionError):
        await a_case_stays_until_its_topic_is_deleted(store)


async def test_who_did_what_is_known_longer_than_the_words(store: Store) -> None:
    await store.write(closed_case(CAMILLE, EPOCH))
    moved = "SELECT count(*) FROM events WHERE detail IS NOT NULL AND actor_id IS NULL"
    before = rows(store, moved)
    assert before != [(0,)]
    await kept_until(store, 91)
    assert rows(store, moved) == before


async def test_a_young_case_is_left_alone_whoever_it_belongs_to(store: Store) -> None:
    await store.write(closed_case(CAMILLE, EPOCH))
    await store.write(closed_case(CAMILLE, EPOCH + 80 * DAY_S))
    await kept_until(store, 91)
    assert rows(store, "SELECT case_id, count(*) FROM messages WHERE text <> '' GROUP BY 1") == [
        (2, 2)
    ]


async def test_an_open_case_is_kept_however_old(store: Store) -> None:
    await store.write(lambda r: r.customers.remember(Person(CAMILLE, "Camille")))
    await store.write(lambda r: r.new_case(CAMILLE, EPOCH, 1, "fr"))
    await kept_until(store, 3000)
    assert rows(store, "SELECT count(*) FROM cases") == [(1,)]


async def test_what_goes_is_still_counted(store: Store) -> None:
    for person in range(7, 7 + 60):
        await store.write(closed_case(person, EPOCH))
    await kept_until(store, 400)
    assert rows(store, "SELECT * FROM tallies WHERE what IN ('cases', 'subject')") == [
        ("2023-11", "cases", "cases", 60),
        ("2023-11", "subject", "store-hours", 60),
    ]
    assert rows(store, "SELECT count(*) FROM customers") == [(0,)]


async def test_no_batch_is_large_however_much_there_is_to_do(store: Store) -> None:
    """The writer is never held long: so many statements' worth of rows at most in one turn."""
    for person in range(7, 7 + 120):
        await store.write(closed_case(person, EPOCH))
    changes: list[int] = []
    whole = store.write

    async def counted(work):  # type: ignore[no-untyped-def]
        before = store._writer.total_changes  # type: ignore[union-attr]
        result = await whole(work)
        changes.append(store._writer.total_changes - before)  # type: ignore[union-attr]
        return result

    store.write = counted  # type: ignore[method-assign]
    await kept_until(store, 400)
    assert sum(changes) > 1000 and max(changes) <= 600


async def test_the_retention_runs_daily_and_a_restart_neither_forgets_nor_repeats_it(
    tmp_path: Path,
) -> None:
    store = Store(tmp_path / "kept.sqlite3")
    await store.open()
    clock = VirtualClock(EPOCH)
    upkeep = Upkeep(store, clock, RetentionSettings(), lambda: None)
    await upkeep.start()
    assert await upkeep._do_what_is_due() == EPOCH + DAY_S
    clock.advance(EPOCH + DAY_S / 2)
    again = Upkeep(store, clock, RetentionSettings(), lambda: None)
    await again.start()  # a restart moves nothing
    assert await again._do_what_is_due() == EPOCH + DAY_S
    clock.advance(EPOCH + 1.5 * DAY_S)
    assert await again._do_what_is_due() == EPOCH + 2.5 * DAY_S
    assert [name for name, _ in await store.read(lambda r: r.keeping.chores())] == ["retention"]
    await store.close()


# ----------------------------------------------------------------------------- the config


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("inbox_days = 1", "retention.inbox_days is 1. Write a number from 2 to 3650."),
        ("messages_days = 400", "retention.cases_days is less than retention.messages_days."),
        ("cases_days = 400", "retention.customers_days is less than retention.cases_days."),
        ("message_days = 30", "is not a key this program knows. Did you mean messages_days?"),
    ],
)
def test_days_that_cannot_be_are_told_with_their_mend(
    tmp_path: Path, written: str, told: str
) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f"[retention]\n{written}\n", "utf-8")
    with pytest.raises(ConfigError) as refused:
        load(file, {})
    assert told in str(refused.value)


async def test_a_store_of_before_keeps_its_buttons(tmp_path: Path) -> None:
    """The step of this schema makes `keyboards` anew: what stood in it still works."""
    steps = dict(opening.MIGRATIONS)
    older = dict(list(steps.items())[: list(steps).index("own_rights")])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(opening, "MIGRATIONS", older)
        before = Store(tmp_path / "old.sqlite3")
        await before.open()
        await before.close()
    with sqlite3.connect(before.path) as db:
        db.execute("INSERT INTO customers (id, name) VALUES (7, 'Camille')")
        db.execute(
            "INSERT INTO cases (id, customer_id, state, opened_at, changed_at) "
            "VALUES (1, 7, 'waiting', 0, 0)"
        )
        db.execute("INSERT INTO keyboards VALUES ('abc', 1, 7, 'customer', '[\"person\"]', 0)")
    store = Store(before.path)
    await store.open()
    person = Meaning(1, "customer", "person")
    assert await store.read(lambda r: r.keyboards.meaning("abc.0", 7)) == person
    await store.close()
