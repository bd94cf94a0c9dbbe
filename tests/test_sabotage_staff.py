"""The guards of what staff do, each taken away on purpose: the story that was green goes red."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot import customer, delivery
from bot.away import Away
from bot.conversation import Case, Reading, State
from bot.desk import acts, asking, commands, holding, second_look, snooze
from bot.desk import orders as orders_of_staff
from bot.desk.desk_words import CLAIM
from bot.desk.doubt import HeldReply
from bot.desk.order import Order, Said
from bot.desk.tact import Facts
from bot.incoming import Wrote
from bot.ledger import Ledger
from bot.poison import Poison
from bot.private import InPrivate
from bot.staff import StaffSide
from bot.store import own_data
from bot.store.errands import Outbox
from bot.store.presence import Presence
from bot.store.whose import HELD, Held

from . import test_answering as answering
from . import test_authority as authority
from . import test_barring as barring
from . import test_canned as canned
from . import test_desk as desk_stories
from . import test_failures as failures
from . import test_lost_topics as lost_topics
from . import test_orders as orders
from . import test_recovering as recovering
from . import test_second_look as second_looks
from . import test_snoozing as snoozing
from .test_sabotage import Twin, green_and_red, nothing, replaced


def takes_at_once(patch: pytest.MonkeyPatch) -> None:
    """Whoever presses has it, whoever held it before."""
    whole = holding.claim

    def claim(pen: holding.Pen, case: Case, order: Order) -> Said:
        return whole(pen, replace(case, owner_id=None, state=State.WAITING), order)

    patch.setitem(acts.ACTS, CLAIM, claim)


def edited_by_anybody(
    self: StaffSide, ledger: Ledger, edit: Wrote, reading: Reading | None = None
) -> None:
    case = self._case(ledger.records, edit)
    if case is not None:
        self.second_look.edited(ledger, case, edit, edit.who, reading)


def met_once_said(self: Ledger, case: Case) -> bool:
    """Who was told once is not told again, whether it arrived or not."""
    told = "SELECT 1 FROM customers WHERE id = ? AND intro_ref IS NOT NULL"
    return self.records._do(told, (case.customer_id,)).fetchone() is not None


def without_links(**facts: Any) -> Facts:
    return Facts(**facts | {"links": ()})


WHOLE_CLOSE = asking.close


def only_what_was_asked(ledger: Ledger, case: Case, held: HeldReply, *what: Any) -> None:
    """As it was: what waited behind is settled without a word."""
    if held.state == "asked":
        WHOLE_CLOSE(ledger, case, held, *what)
    else:
        ledger.records.held.settle(held.id, what[0])


def with_their_number(_: StaffSide, ledger: Ledger, said: Wrote) -> None:
    """Whoever writes in another group is noted, each time."""
    ledger.note("refused_elsewhere", None, said.who.id, str(said.chat_id))


TWINS = (
    Twin(
        "the check of a command's authority",
        replaced(StaffSide, "_may", lambda *_, **__: True),
        authority.a_stranger_types_commands,
    ),
    Twin(
        "leaving strangers in other groups out of the audit",
        replaced(StaffSide, "refuse_elsewhere", with_their_number),
        authority.strangers_in_a_group_of_theirs,
    ),
    Twin(
        "telling who has no say",
        replaced(StaffSide, "_tell_refused", nothing),
        authority.words_without_a_say,
    ),
    Twin(
        "the check of an editor's authority",
        replaced(StaffSide, "edited", edited_by_anybody),
        authority.who_is_staff_no_more_edits,
        red_at="assert there.text ==",
    ),
    Twin(
        "hearing a slash as a command",
        replaced(commands, "typed", nothing),
        orders.test_commands_typed_in_the_topic_act_on_its_case,
    ),
    Twin(
        "asking about what only looks like a command",
        replaced(second_look, "_slip", nothing),
        orders.an_unknown_command,
    ),
    Twin(
        "keeping what a blocked customer writes to the record",
        replaced(customer, "is_barred", lambda *_: False),
        barring.a_blocked_customer_writes,
    ),
    Twin(
        "the check of what takes a lead",
        replaced(orders_of_staff, "LEADS_ONLY", frozenset()),
        barring.only_a_lead_may,
    ),
    Twin(
        "telling of words that waited behind a held reply",
        replaced(asking, "close", only_what_was_asked),
        second_looks.what_waits_behind_is_told_of_when_the_case_ends,
    ),
    Twin(
        "asking before a case is taken over",
        takes_at_once,
        desk_stories.a_second_claim,
    ),
    Twin(
        "asking before a canned reply in another's case",
        replaced(second_look, "_holder", nothing),
        canned.a_canned_reply_in_anothers_case,
    ),
    Twin(
        "finding the case by what made the topic",
        replaced(Outbox, "topic_made", nothing),
        lost_topics.words_in_a_topic_that_was_made_as_the_process_died,
        red_at='again.hears(camille, "Bonjour!")',
    ),
    Twin(
        "delivering from a topic that the case has left",
        replaced(Outbox, "topic_made", nothing),
        lost_topics.words_in_a_topic_that_the_case_has_left,
    ),
    Twin(
        "answering words for no case",
        replaced(commands, "is_below", lambda *_: False),
        lost_topics.words_for_no_case,
    ),
    Twin(
        "telling the author of words that cannot be processed",
        replaced(Poison, "_tell", nothing),
        failures.test_an_agents_words_that_cannot_be_processed_are_not_swallowed,
    ),
    Twin(
        "waking a case when its customer writes",
        replaced(snooze, "come_back", lambda _pen, case, *_: case),
        snoozing.until_the_customer_writes,
    ),
    Twin(
        "looking once more before a case is said to be back",
        replaced(delivery, "_is_awake", lambda _: True),
        snoozing.back_too_late,
        red_at='assert not any("mais le client a écrit"',
    ),
    Twin(
        "knowing staff who press Start",
        replaced(InPrivate, "starts", lambda *_: False),
        authority.staff_start,
    ),
    Twin(
        "keeping a block over an erasure",
        replaced(own_data, "HELD", (*HELD, Held("customers", "id = :person AND id <> 0"))),
        barring.blocked_and_erased,
    ),
    Twin(
        "introducing the bot by words that arrive",
        replaced(Ledger, "is_met", met_once_said),
        answering.introduced_by_what_arrives,
    ),
    Twin(
        "looking at the links under words",
        replaced(second_look, "Facts", without_links),
        second_looks.a_link_under_words,
    ),
    Twin(
        "telling staff that the bot was away",
        replaced(Away, "_tell", nothing),
        recovering.test_staff_hear_once_that_the_bot_was_away,
    ),
    Twin(
        "telling it once",
        replaced(Presence, "told", nothing),
        recovering.test_staff_hear_once_that_the_bot_was_away,
    ),
)


@pytest.mark.parametrize("twin", TWINS, ids=lambda twin: twin.without.replace(" ", "_"))
async def test_a_story_goes_red_without(
    twin: Twin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await green_and_red(twin, tmp_path, monkeypatch)
