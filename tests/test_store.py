"""The database keeps what it was told: commits, rollbacks, migrations, backups, the audit."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import stat
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from bot.conversation import MOVES, Author, Case, Line, Person, Reading, Reply, State, Tone
from bot.effects import (
    AnswerPress,
    Button,
    CloseTopic,
    Copy,
    CreateTopic,
    EditButtons,
    EditText,
    Effect,
    React,
    ReopenTopic,
    SendText,
)
from bot.errand import POLICY, Errand, Purpose
from bot.errors import CaseConflict, StoreError, StoreTooNew
from bot.incoming import Meaning
from bot.store import commits, opening
from bot.store.engine import Store
from bot.store.records import Records
from bot.store.written import decode, encode

ANNE = Person(11, "Anne")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = Store(tmp_path / "s.sqlite3")
    await store.open()
    yield store
    await store.close()


async def test_a_new_database_is_its_owners_alone_with_all_that_lies_beside_it(
    tmp_path: Path,
) -> None:
    before = os.umask(0o022)
    try:
        store = Store(tmp_path / "new.sqlite3")
        await store.open()
        await store.write(partial(add_one, 1))
        assert rights_in(tmp_path) == {f"new.sqlite3{end}": 0o600 for end in ("", "-wal", "-shm")}
        await store.close()
    finally:
        os.umask(before)


def rights_in(folder: Path) -> dict[str, int]:
    return {file.name: stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()}


def a_case(records: Records, person: Person = ANNE) -> Case:
    records.customers.remember(person)
    return records.new_case(person.id, 1.0, 0, "fr")


def add_one(number: int, records: Records) -> None:
    records.inbox.add(1, [(number, "c", "{}")], 1.0)


def log_of(store: Store) -> int:
    """The bytes of its write-ahead log."""
    return Path(f"{store.path}-wal").stat().st_size


def looked_at(store: Store, question: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(store.path)) as other:
        return other.execute(question).fetchall()


# -------------------------------------------------------------------------------- commits


async def test_what_write_returned_is_on_disk_for_everyone(store: Store) -> None:
    await store.write(lambda r: r.inbox.add(1, [(5, "c:1", "{}")], 1.0))
    assert looked_at(store, "SELECT update_id FROM inbox") == [(5,)]


async def test_writes_that_queue_up_share_one_commit(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    whole = commits.commit

    def counted(connection: sqlite3.Connection, records: Records, batch: list[commits.Job]) -> None:
        sizes.append(len(batch))
        whole(connection, records, batch)

    monkeypatch.setattr(commits, "commit", counted)
    await asyncio.gather(*(store.write(partial(add_one, number)) for number in range(100)))
    assert sum(sizes) == 100
    assert len(sizes) < 50
    assert looked_at(store, "SELECT count(*) FROM inbox") == [(100,)]


async def test_work_that_raises_is_undone_alone(store: Store) -> None:
    def breaks(records: Records) -> None:
        records.inbox.add(1, [(666, "c", "{}")], 1.0)
        raise ZeroDivisionError

    results = await asyncio.gather(
        store.write(lambda r: r.inbox.add(1, [(1, "c", "{}")], 1.0)),
        store.write(breaks),
        store.write(lambda r: r.inbox.add(1, [(2, "c", "{}")], 1.0)),
        return_exceptions=True,
    )
    assert isinstance(results[1], ZeroDivisionError)
    assert looked_at(store, "SELECT update_id FROM inbox ORDER BY 1") == [(1,), (2,)]


async def test_a_full_disk_is_the_stores_refusal_and_it_recovers(store: Store) -> None:
    def full(_: Records) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with pytest.raises(StoreError, match="disk is full"):
        await store.write(full)
    await store.write(lambda r: r.inbox.add(1, [(1, "c", "{}")], 1.0))


async def test_a_disk_that_fills_up_in_the_middle_stores_all_or_nothing(store: Store) -> None:
    pages = looked_at(store, "PRAGMA page_count")[0][0]
    await store.write(lambda r: r._do(f"PRAGMA max_page_count = {pages}"))
    big = "x" * 500_000
    with pytest.raises(StoreError):
        await store.write(lambda r: r.inbox.add(1, [(1, "c", big), (2, "c", big)], 1.0))
    assert looked_at(store, "SELECT count(*) FROM inbox") == [(0,)]
    await store.write(lambda r: r._do("PRAGMA max_page_count = 100000"))
    await store.write(lambda r: r.inbox.add(1, [(1, "c", big)], 1.0))
    assert looked_at(store, "SELECT count(*) FROM inbox") == [(1,)]


async def test_a_closed_store_refuses(tmp_path: Path) -> None:
    store = Store(tmp_path / "s.sqlite3")
    with pytest.raises(StoreError, match="not open"):
        await store.write(lambda _: None)
    with pytest.raises(StoreError, match="not open"):
        await store.read(lambda _: None)


async def test_closing_finishes_what_was_queued(tmp_path: Path) -> None:
    store = Store(tmp_path / "s.sqlite3")
    await store.open()
    tasks = [asyncio.create_task(store.write(partial(add_one, number))) for number in range(20)]
    await asyncio.sleep(0)
    await store.close()
    await asyncio.gather(*tasks)
    assert looked_at(store, "SELECT count(*) FROM inbox") == [(20,)]


async def test_readers_cannot_write(store: Store) -> None:
    with pytest.raises(StoreError, match="readonly"):
        await store.read(lambda r: r.inbox.add(1, [(1, "c", "{}")], 1.0))


# ------------------------------------------------------------------------ opening, migrations


async def test_every_setting_the_promises_rest_on_is_in_force(store: Store) -> None:
    def settings(records: Records) -> dict[str, object]:
        return {name: records._do(f"PRAGMA {name}").fetchone()[0] for name in opening.PRAGMAS}

    assert await store.write(settings) == opening.PRAGMAS
    assert opening.PRAGMAS["synchronous"] == 2 and opening.PRAGMAS["journal_mode"] == "wal"


async def test_a_setting_that_sqlite_refuses_is_said_with_the_mend(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(opening.PRAGMAS, "synchronous", 7)
    with pytest.raises(StoreError, match="local disk"):
        await Store(tmp_path / "s.sqlite3").open()


async def test_opening_again_changes_nothing(tmp_path: Path) -> None:
    for _ in range(3):
        store = Store(tmp_path / "s.sqlite3")
        await store.open()
        await store.write(lambda r: r.inbox.add(1, [(1, "c", "{}")], 1.0))
        await store.close()
    assert looked_at(store, "SELECT count(*) FROM inbox") == [(1,)]


async def test_a_step_added_later_is_applied_once_and_keeps_the_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path / "s.sqlite3")
    await store.open()
    await store.write(lambda r: r.inbox.add(1, [(1, "c", "{}")], 1.0))
    await store.close()

    def second(db: sqlite3.Connection) -> None:
        db.execute("ALTER TABLE inbox ADD COLUMN colour TEXT")

    monkeypatch.setitem(opening.MIGRATIONS, "second", second)
    for _ in range(2):
        await store.open()
        await store.close()
    assert looked_at(store, "SELECT update_id, colour FROM inbox") == [(1, None)]


async def test_a_step_that_fails_leaves_the_database_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path / "s.sqlite3")
    await store.open()
    await store.close()

    def breaks(db: sqlite3.Connection) -> None:
        db.execute("CREATE TABLE half_done (x)")
        raise sqlite3.OperationalError("no")

    with monkeypatch.context() as patched:
        patched.setitem(opening.MIGRATIONS, "second", breaks)
        with pytest.raises(StoreError, match="cannot be opened"):
            await store.open()
    assert not looked_at(store, "SELECT 1 FROM sqlite_master WHERE name = 'half_done'")
    await store.open()
    await store.close()


async def test_a_database_of_a_newer_version_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path / "s.sqlite3")
    with monkeypatch.context() as patched:
        patched.setitem(opening.MIGRATIONS, "from_the_future", lambda _: None)
        await store.open()
        await store.close()
    with pytest.raises(StoreTooNew, match="from_the_future"):
        await store.open()


async def test_what_is_not_a_database_is_said_with_the_mend(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite3"
    path.write_bytes(b"not a database, but long enough to look at" * 40)
    with pytest.raises(StoreError, match="restore a backup"):
        await Store(path).open()


async def test_a_backup_made_while_writing_opens_and_is_whole(store: Store, tmp_path: Path) -> None:
    await store.write(lambda r: r.inbox.add(1, [(n, "c", "{}") for n in range(50)], 1.0))
    writing = [store.write(partial(add_one, number)) for number in range(50, 80)]
    await asyncio.gather(store.backup(tmp_path / "copies" / "b.sqlite3", 60.0), *writing)
    assert [path.name for path in (tmp_path / "copies").iterdir()] == ["b.sqlite3"]
    copy = Store(tmp_path / "copies" / "b.sqlite3")
    await copy.open()
    assert len(await copy.read(lambda r: r.inbox.open_seqs())) >= 50
    await copy.close()


# -------------------------------------------------------------------------------- the rows


async def test_an_update_is_kept_once_however_often_it_comes(store: Store) -> None:
    rows = [(7, "c:1", '{"a": 1}')]
    assert await store.write(lambda r: r.inbox.add(1, rows, 1.0)) == {"c:1": 1}
    assert await store.write(lambda r: r.inbox.add(1, rows, 2.0)) == {}
    assert await store.write(lambda r: r.inbox.add(2, rows, 2.0)) == {"c:1": 1}  # another bot


async def test_the_offset_never_goes_back(store: Store) -> None:
    await store.write(lambda r: r.inbox.move_offset(1, 10))
    await store.write(lambda r: r.inbox.move_offset(1, 4))
    assert await store.read(lambda r: r.inbox.offset(1)) == 10


async def test_a_conversation_is_given_out_in_order_of_arrival(store: Store) -> None:
    rows = [(9, "c:1", "a"), (3, "c:1", "b"), (5, "c:2", "c")]
    await store.write(lambda r: r.inbox.add(1, rows, 1.0))
    pending = await store.read(lambda r: r.inbox.pending("c:1"))
    assert [row.body for row in pending] == ["a", "b"]
    await store.write(lambda r: r.inbox.finish([pending[0].seq], "answered", 2.0))
    assert [row.body for row in await store.read(lambda r: r.inbox.pending("c:1"))] == ["b"]
    assert await store.read(lambda r: r.inbox.open_conversations()) == ["c:1", "c:2"]


@pytest.mark.parametrize("sql", ["UPDATE events SET kind = 'x'", "UPDATE events SET detail = ''"])
async def test_the_audit_cannot_be_rewritten(store: Store, sql: str) -> None:
    await store.write(lambda r: r.note("claim", 1.0, None, 5))
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        await store.write(lambda r: r._do(sql))


async def test_a_customer_has_one_open_case(store: Store) -> None:
    await store.write(a_case)
    with pytest.raises(sqlite3.IntegrityError):
        await store.write(a_case)


async def test_a_case_makes_only_the_moves_that_are_drawn(store: Store) -> None:
    """Every pair of states: allowed exactly when MOVES says so."""
    number = 100
    for before in State:
        for after in State:
            number += 1
            person = Person(number, "N")

            def try_it(records: Records, person: Person = person, before: State = before) -> Case:
                case = a_case(records, person)
                records._do("UPDATE cases SET state = ? WHERE id = ?", (before, case.id))
                found = records.case(case.id)
                assert found is not None
                return found

            case = await store.write(try_it)
            moved = replace(case, state=after)
            if after is before or after in MOVES[before]:
                saved = await store.write(lambda r, moved=moved: r.save(moved, 2.0))  # type: ignore[misc]
                assert (saved.state, saved.version) == (after, case.version + 1)
            else:
                with pytest.raises(CaseConflict, match="cannot go"):
                    await store.write(lambda r, moved=moved: r.save(moved, 2.0))  # type: ignore[misc]


async def test_a_change_made_on_an_old_reading_of_the_case_is_refused(store: Store) -> None:
    case = await store.write(a_case)
    await store.write(lambda r: r.save(replace(case, language="fr"), 2.0))
    with pytest.raises(CaseConflict, match="changed meanwhile"):
        await store.write(lambda r: r.save(replace(case, language="en"), 3.0))


async def test_a_case_is_read_back_as_it_was_saved(store: Store) -> None:
    case = await store.write(a_case)
    full = replace(
        case,
        state=State.WITH_BOT,
        language="fr",
        subject="store-hours",
        answered=("a", "b"),
        choices=("c",),
        clarified=True,
        tone=Tone.ANNOYED,
        owner_id=2**40,
        owner_name="É",
        due_at=12.5,
        thread_id=3,
        staff_chat_id=-(2**40),
    )
    saved = await store.write(lambda r: r.save(full, 2.0))
    assert await store.read(lambda r: r.case(case.id)) == saved


EFFECTS: tuple[Effect, ...] = (
    SendText(5, "é <b>", ((Button("a", "t.0"),), (Button("b", "t.1"),)), 7, 8, html=True),
    Copy(5, -6, (1, 2, 3), 7, 8),
    EditText(-5, 6, "x", ((Button("a", "t.0"),),), html=True),
    EditButtons(-5, 6),
    React(5, 6, None),
    AnswerPress("77", "ok", alert=True),
    CreateTopic(-5, "🔴 #1"),
    CloseTopic(-5, 6),
    ReopenTopic(-5, 6),
)


@pytest.mark.parametrize("effect", EFFECTS, ids=lambda effect: type(effect).__name__)
def test_an_effect_is_read_back_as_it_was_stored(effect: Effect) -> None:
    assert decode(type(effect).__name__, encode(effect)) == effect


def test_every_purpose_has_a_policy() -> None:
    assert set(POLICY) == set(Purpose)


async def test_a_queue_is_done_one_after_the_other_and_the_pressing_lane_goes_first(
    store: Store,
) -> None:
    def fill(records: Records) -> None:
        for chat, purpose in ((1, Purpose.ANSWER), (1, Purpose.WORDS), (-9, Purpose.BRIEF)):
            records.outbox.add(Errand(SendText(chat, purpose), purpose), 1.0)

    await store.write(fill)
    due = await store.read(lambda r: r.outbox.due(2.0))
    assert [row.errand.purpose for row in due] == [Purpose.BRIEF, Purpose.ANSWER]
    assert await store.write(lambda r: r.outbox.claim(due[1], due[1].errand.effect, "w", 2.0))
    assert not await store.write(lambda r: r.outbox.claim(due[1], due[1].errand.effect, "v", 2.0))
    assert [row.id for row in await store.read(lambda r: r.outbox.due(2.0))] == [due[0].id]
    assert [row.id for row in await store.read(lambda r: r.outbox.left_behind("v"))] == [due[1].id]


async def test_a_timer_fires_once_and_moves_when_it_is_set_again(store: Store) -> None:
    case = await store.write(a_case)
    await store.write(lambda r: r.timers.set(case.id, "due", 10.0))
    await store.write(lambda r: r.timers.set(case.id, "due", 20.0))
    assert await store.write(lambda r: r.timers.fire(15.0)) == []
    assert await store.write(lambda r: r.timers.fire(25.0)) == [(case.id, "due")]
    assert await store.write(lambda r: r.timers.fire(30.0)) == []
    assert await store.read(lambda r: r.timers.next_at()) is None


async def test_a_button_is_known_in_its_own_chat_only(store: Store) -> None:
    case = await store.write(a_case)
    yes, no = await store.write(lambda r: r.keyboards.add(case.id, 11, "customer", ["a", "b"], 1.0))
    for data, act in ((yes, "a"), (no, "b")):
        meant = await store.read(lambda r, d=data: r.keyboards.meaning(d, 11))  # type: ignore[misc]
        assert meant == Meaning(case.id, "customer", act)
    for data, chat in ((yes, 12), (yes + "9", 11), (yes[:-1] + "²", 11), ("", 11)):
        assert await store.read(lambda r, d=data, c=chat: r.keyboards.meaning(d, c)) is None  # type: ignore[misc]
    assert len(yes.encode()) <= 64


async def test_an_edited_line_keeps_its_first_words(store: Store) -> None:
    case = await store.write(a_case)
    line = Line(Author.CUSTOMER, "un", 1.0)
    ref = await store.write(lambda r: r.transcript.add(case.id, line, 11, 5))
    for words in ("deux", "trois"):
        await store.write(lambda r, words=words: r.transcript.edit(ref, words))  # type: ignore[misc]
    assert looked_at(store, "SELECT text, was FROM messages") == [("trois", "un")]
    assert [one.edited for one in await store.read(lambda r: r.transcript.last(case.id))] == [True]


async def test_a_decision_is_kept_with_its_why_and_what_was_understood(store: Store) -> None:
    case = await store.write(a_case)
    reading = Reading({"a": 0.9, "b": 0.0004}, risk=("safety",))
    await store.write(lambda r: r.add_decision(case.id, (1, 2), Reply("a", "sure"), reading, 1.0))
    kind, subject, why, kept = looked_at(
        store, "SELECT kind, subject, why, reading FROM decisions"
    )[0]
    assert (kind, subject, why) == ("reply", "a", "sure")
    assert '"a":0.9' in str(kept) and '"b"' not in str(kept) and "safety" in str(kept)


async def test_the_log_is_wiped_by_the_writer_and_not_while_somebody_reads(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    await store.write(lambda r: r._do("PRAGMA busy_timeout = 50"))
    await store.write(partial(add_one, 1))
    with closing(sqlite3.connect(store.path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM inbox").fetchall()
        await store.write(partial(add_one, 2))
        with pytest.raises(StoreError, match="reading"):
            await store.wipe_log()
    monkeypatch.setattr(sqlite3, "connect", None)  # no second connection
    wiping, _ = await asyncio.gather(store.wipe_log(), store.write(partial(add_one, 3)))
    assert wiping is None
    assert not store.refusal, "a reader is no reason for an alarm"
    await store.wipe_log()
    assert log_of(store) == 0
