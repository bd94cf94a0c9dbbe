"""The record of a case, its promise and the retention with each guard taken away: it goes red."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.delivery import Ordinary
from bot.desk import lists, place
from bot.errand import OutboxRow, Purpose
from bot.store.engine import Store
from bot.store.errands import Outbox
from bot.store.keeping import Keeping
from bot.store.own_data import OwnData
from bot.store.records import Records

from . import test_case_record as record
from . import test_drafts as drafts
from . import test_keeping as keeping
from .test_sabotage import Sabotage, Story, Twin, green_and_red, nothing, replaced


def in_a_store(story: Story, **given: object) -> Story:
    """A story of the retention, which needs a store and no shop."""

    async def told(tmp_path: Path) -> None:
        store = Store(tmp_path / "kept.sqlite3")
        await store.open()
        try:
            await story(store, **given)
        finally:
            await store.close()

    return told


def after_days(days: float, **left: int) -> Story:
    return in_a_store(keeping.test_each_table_lets_go_when_its_time_is_up, days=days, left=left)


def unwritten(kind: str) -> Sabotage:
    """Events of one kind never reach the record."""
    whole = Records.note

    def note(self: Records, what: str, now: float, *rest: Any) -> None:
        if what != kind:
            whole(self, what, now, *rest)

    return replaced(Records, "note", note)


def as_the_bots_own(patch: pytest.MonkeyPatch) -> None:
    """What staff send again is taken for the bot's words, which are no reply."""
    whole = Outbox.get

    def get(self: Outbox, row_id: int) -> tuple[OutboxRow, str] | None:
        found = whole(self, row_id)
        if found is None:
            return None
        row, state = found
        return replace(row, errand=replace(row.errand, purpose=Purpose.ANSWER)), state

    patch.setattr(Outbox, "get", get)


def seen_without_a_place(patch: pytest.MonkeyPatch) -> None:
    """A case that loses its topic keeps the mark that staff have seen it."""

    def mark_stays(noun: Any, **changes: Any) -> Any:
        changes.pop("seen_at", None)
        return replace(noun, **changes)

    patch.setattr(place, "replace", mark_stays)


TWINS = (
    Twin(
        "the retention of the inbox",
        replaced(Keeping, "drop_inbox", nothing),
        after_days(31, inbox=0),
    ),
    Twin(
        "the retention of the outbox",
        replaced(Keeping, "drop_outbox", nothing),
        after_days(31, outbox=0),
    ),
    Twin(
        "the retention of buttons about a person",
        replaced(Keeping, "drop_buttons", nothing),
        in_a_store(keeping.test_buttons_about_a_person_go_when_their_time_is_up),
    ),
    Twin(
        "the retention of the audit",
        replaced(Keeping, "drop_events", nothing),
        after_days(396, events=0),
    ),
    Twin(
        "the retention of whole cases",
        replaced(Keeping, "drop_cases", nothing),
        after_days(396, cases=0, messages=0, decisions=0),
    ),
    Twin(
        "the retention of words",
        replaced(Keeping, "cases_to_empty", lambda *_: []),
        in_a_store(keeping.test_after_their_time_words_are_gone_and_their_topic_is_deleted),
    ),
    Twin(
        "deleting the topic with the words",
        replaced(OwnData, "traces", lambda *_: []),
        in_a_store(keeping.test_after_their_time_words_are_gone_and_their_topic_is_deleted),
    ),
    Twin(
        "the retention of names",
        replaced(Keeping, "drop_customers", nothing),
        in_a_store(keeping.test_what_goes_is_still_counted),
    ),
    *(
        Twin(
            f"the event {kind} in the record of a case",
            unwritten(kind),
            record.the_record_holds_every_event,
        )
        for kind in ("moved", "claim", "replied", "resolve", "rated", "reopened")
    ),
    Twin(
        "knowing a draft that is sent again for a person's words",
        as_the_bots_own,
        drafts.sent_again,
    ),
    Twin(
        "knowing a canned reply that is sent again for a person's words",
        as_the_bots_own,
        record.a_canned_reply_sent_again,
    ),
    Twin(
        "keeping the promise when the words arrive",
        replaced(Ordinary, "_kept", nothing),
        record.a_canned_reply_sent_again,
    ),
    Twin(
        "taking the mark away from a case without a place",
        seen_without_a_place,
        record.a_case_without_its_topic_is_unseen,
    ),
    Twin(
        "marking a case when its brief is there",
        replaced(lists, "seen", lambda _, case: case),
        record.a_case_without_its_topic_is_unseen,
    ),
)


@pytest.mark.parametrize("twin", TWINS, ids=lambda twin: twin.without.replace(" ", "_"))
async def test_a_story_of_the_record_goes_red_without(
    twin: Twin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await green_and_red(twin, tmp_path, monkeypatch)
