"""Years of messages cost nothing: no question of a story reads a large table from end to end.

The statements of whole stories are noted, and asked of a store with many closed cases: how would
SQLite look that up?
"""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from . import test_closing, test_desk, test_handing_over, test_relaying, test_surging
from .load.large import filled_store
from .shop import Shop, open_shop

GROWS = ("messages", "cases", "customers", "inbox", "outbox", "decisions", "events", "keyboards")
"""What has a row for every message, or for every case there ever was."""
FEW = 100
STORIES: tuple[Callable[[Shop], Awaitable[None]], ...] = (
    test_handing_over.test_anger_is_a_veto_however_sure_the_subject_is,
    test_handing_over.test_the_brief_says_who_what_why_tone_language_and_by_when,
    test_relaying.test_words_go_both_ways_and_the_bot_is_silent,
    test_relaying.test_an_edit_of_the_customer_is_shown_below_the_original,
    test_desk.test_a_case_is_assigned_to_somebody_on_duty_who_is_told,
    test_closing.test_words_after_the_tap_are_kept_with_it_and_open_nothing,
    test_closing.test_a_case_taken_up_again_goes_back_to_the_same_person_in_the_same_topic,
    test_surging.test_the_board_says_what_waits_and_who_holds_what,
)

Asked = dict[str, tuple[Any, ...] | Mapping[str, Any]]
"""Each statement, and the values it was first asked with."""


def noting(asked: Asked) -> type[sqlite3.Connection]:
    class Noting(sqlite3.Connection):
        def execute(self, sql: str, values: Any = (), /) -> sqlite3.Cursor:
            asks = sql.lstrip().startswith(("SELECT", "UPDATE", "DELETE", "WITH", "INSERT"))
            if asks and "keyboards_of_all" not in sql:  # a table that lives within one migration
                asked.setdefault(sql, values)
            return super().execute(sql, values)

    return Noting


async def tell(folder: Path) -> None:
    for number, story in enumerate(STORIES):
        async with open_shop(folder / str(number)) as shop:
            await story(shop)


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Asked:
    """By all stories together."""
    noted: Asked = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite3, "connect", partial(sqlite3.connect, factory=noting(noted)))
        asyncio.run(tell(tmp_path_factory.mktemp("stories")))
    return noted


def read_whole(db: sqlite3.Connection, asked: Asked) -> dict[str, str]:
    """Statement -> the large table that it reads from end to end, and how SQLite says so.

    An index on few of the rows, those that are open, may be read whole.
    """
    found = {}
    small = set(small_indexes(db))
    for sql, values in asked.items():
        names = {alias or table for table, alias in _tables(sql)}
        for step in db.execute(f"EXPLAIN QUERY PLAN {sql}", values):
            scan = re.match(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?", step[3])
            if scan and scan[1] in names and scan[2] not in small:
                found[sql] = step[3]
    return found


def small_indexes(db: sqlite3.Connection) -> Iterator[str]:
    """Those that hold hardly any row of their table, however many it has."""
    partial_ones = "SELECT name, tbl_name, sql FROM sqlite_schema WHERE sql LIKE '%INDEX%WHERE%'"
    for name, table, sql in db.execute(partial_ones).fetchall():
        part = sql.rsplit("WHERE", 1)[1]
        if db.execute(f"SELECT count(*) FROM {table} WHERE {part}").fetchone()[0] < FEW:
            yield name


def _tables(sql: str) -> list[tuple[str, str]]:
    named = "|".join(GROWS)
    ends = r"WHERE|JOIN|SET|ON|ORDER|LIMIT|INDEXED|GROUP|UNION|LEFT|VALUES|AS"
    return re.findall(rf"\b({named})\b(?: (?!(?:{ends})\b)(\w+))?", sql)


@pytest.fixture
def grown(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    path = tmp_path / "grown.sqlite3"
    asyncio.run(filled_store(path, 20_000, ["bonjour"], 1))
    with closing(sqlite3.connect(path)) as db:
        yield db


def test_no_story_reads_a_large_table_from_end_to_end(
    grown: sqlite3.Connection, asked: Asked
) -> None:
    assert len(asked) > 60
    assert read_whole(grown, asked) == {}


@pytest.mark.parametrize(
    "index",
    ["cases_customer", "messages_case", "outbox_queue"],
)
def test_without_an_index_some_story_does(
    grown: sqlite3.Connection, asked: Asked, index: str
) -> None:
    grown.execute(f"DROP INDEX {index}")
    assert read_whole(grown, asked) != {}


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT count(*) FROM cases WHERE state IN ('waiting', 'claimed')",
        "SELECT o.case_id FROM outbox o JOIN cases c ON c.id = o.case_id WHERE o.purpose = 'topic' "
        "AND o.state = 'new' AND c.state = 'waiting' ORDER BY o.id",
        "SELECT closed_at FROM cases WHERE state = 'closed' ORDER BY closed_at",
    ],
)
def test_questions_that_would_are_found(grown: sqlite3.Connection, sql: str) -> None:
    """An index's condition in other words; an order that the table is in already; an index on a
    part of the rows that is nearly all of them."""
    assert list(read_whole(grown, {sql: ()})) == [sql]
