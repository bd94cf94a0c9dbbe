"""Customers' own rights with each guard taken away: the same story must go red."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot import delivery, leftovers
from bot.customers import own_rights
from bot.desk import lists
from bot.store import errands, own_data
from bot.store.customers import Customers
from bot.store.engine import Store
from bot.store.inbox import Inbox
from bot.store.own_data import OwnData
from bot.store.whose import HELD

from . import test_own_rights as own
from .test_sabotage import Sabotage, Twin, green_and_red, nothing, replaced


def without_table(table: str) -> Sabotage:
    """Somebody forgot one table."""
    left = tuple(held for held in HELD if held.table != table)
    return replaced(own_data, "HELD", left)


def as_before(table: str, of: str) -> Sabotage:
    """The rows of a table are found as they were before somebody looked closer."""
    held = tuple(replace(one, of=of) if one.table == table else one for one in HELD)
    return replaced(own_data, "HELD", held)


async def no_wiping(_: Store) -> None:
    """The write-ahead log keeps what was erased."""


def bodies_stay(patch: pytest.MonkeyPatch) -> None:
    """Updates of staff keep their words for ever: nobody knows whose they are."""
    whole = Inbox.finish

    def finish(self: Inbox, seqs, outcome, now, case_id=None) -> None:  # type: ignore[no-untyped-def]
        kept = [self._do("SELECT body FROM inbox WHERE seq = ?", (s,)).fetchone()[0] for s in seqs]
        whole(self, seqs, outcome, now, case_id)
        for seq, body in zip(seqs, kept, strict=True):
            self._do("UPDATE inbox SET body = ? WHERE seq = ?", (body, seq))

    patch.setattr(Inbox, "finish", finish)


TWINS = (
    *(
        Twin(
            f"the table {table} in an erasure",
            without_table(table),
            own.test_after_an_erasure_no_file_of_the_store_holds_the_words,
        )
        for table in ("messages", "outbox")
    ),
    *(
        Twin(
            f"the table {table} in an erasure, by number",
            without_table(table),
            own.test_after_an_erasure_no_column_holds_the_persons_number,
        )
        for table in ("inbox", "keyboards", "events")
    ),
    Twin(
        "emptying what was received",
        bodies_stay,
        own.test_after_an_erasure_no_file_of_the_store_holds_the_words,
    ),
    Twin(
        "wiping the write-ahead log",
        replaced(Store, "wipe_log", no_wiping),
        own.test_after_an_erasure_no_file_of_the_store_holds_the_words,
    ),
    Twin(
        "forgetting an answer about their own data once it is given",
        lambda patch: patch.setattr("bot.store.errands.Outbox.forget", nothing),
        own.test_after_an_erasure_no_column_holds_the_persons_number,
    ),
    Twin(
        "deleting the copies in the staff group",
        replaced(OwnData, "traces", lambda *_: []),
        own.test_staff_are_told_and_the_topic_disappears,
    ),
    Twin(
        "looking again whether the words may still be written down",
        replaced(Inbox, "are_open", lambda *_: True),
        own.test_an_erasure_in_the_middle_of_a_drain_takes_those_words_too,
    ),
    Twin(
        "knowing whose words the model still hears",
        as_before("inbox", "conversation = 'c:' || :person AND seq <= :upto"),
        own.erased_before_the_model_has_heard_what_people_have,
        "assert not left",
    ),
    Twin(
        "telling apart what staff took back",
        replaced(own_data, "_of_staff_alone", lambda _: ""),
        own.what_was_taken_back_is_not_handed_out,
    ),
    Twin(
        "telling what staff did from what they did as a customer",
        as_before("events", "actor_id = :person"),
        own.what_staff_did_stays_in_the_audit,
    ),
    Twin(
        "sparing the orders to take words away",
        as_before("outbox", "case_id IN (SELECT value FROM json_each(:cases))"),
        own.an_order_to_take_away_words_outlives_an_erasure,
    ),
    Twin(
        "drawing the lists again",
        replaced(OwnData, "_lists", lambda *_: []),
        own.an_erased_person_leaves_the_list,
    ),
    Twin(
        "looking at a list again once it has arrived",
        replaced(lists, "_overtaken", nothing),
        own.who_is_erased_while_a_list_is_on_its_way_leaves_it,
    ),
    Twin(
        "not storing what is written anew",
        replaced(errands, "COMPOSED", frozenset()),
        own.a_list_that_was_postponed_holds_nobodys_words,
    ),
    Twin(
        "another way for what may not be deleted",
        replaced(leftovers.Erasure, "refused", nothing),
        own.what_may_not_be_deleted_any_more_is_erased,
    ),
    Twin(
        "naming to staff what is left",
        replaced(leftovers, "settled", nothing),
        own.what_may_not_be_deleted_any_more_is_erased,
    ),
    Twin(
        "taking back what was on its way",
        replaced(delivery, "_take_back", nothing),
        own.test_what_was_on_its_way_to_staff_is_taken_back,
    ),
    Twin(
        "keeping such commands out of a turn",
        replaced(own_rights, "asked_by", lambda _: None),
        own.test_a_right_asked_for_in_a_burst_is_no_part_of_the_turn,
    ),
    Twin(
        "the bound on how often they may ask",
        replaced(own_rights.OwnRights, "_within_bounds", lambda *_: True),
        own.test_who_asks_over_and_over_is_told_once_and_may_still_ask_questions,
    ),
    Twin(
        "the chosen language",
        replaced(Customers, "choose_language", nothing),
        own.test_a_chosen_language_stays_whatever_they_write_in,
    ),
)


@pytest.mark.parametrize("twin", TWINS, ids=lambda twin: twin.without.replace(" ", "_"))
async def test_a_right_is_lost_without(
    twin: Twin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await green_and_red(twin, tmp_path, monkeypatch)
