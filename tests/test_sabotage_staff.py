"""The guards of what staff do, each taken away on purpose: the story that was green goes red."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot import customer
from bot.conversation import Case, State
from bot.desk import acts, commands, second_look, snooze
from bot.desk import orders as orders_of_staff
from bot.desk.desk_words import CLAIM
from bot.desk.order import Order, Said
from bot.staff import StaffSide

from . import test_authority as authority
from . import test_barring as barring
from . import test_canned as canned
from . import test_desk as desk_stories
from . import test_orders as orders
from . import test_snoozing as snoozing
from .test_sabotage import RED, Twin, nothing, replaced, told


def takes_at_once(patch: pytest.MonkeyPatch) -> None:
    """Whoever presses has it, whoever held it before."""
    whole = acts.claim

    def claim(pen: acts.Pen, case: Case, order: Order) -> Said:
        return whole(pen, replace(case, owner_id=None, state=State.WAITING), order)

    patch.setitem(acts.ACTS, CLAIM, claim)


TWINS = (
    Twin(
        "the check of a command's authority",
        replaced(StaffSide, "_may", lambda *_, **__: True),
        authority.a_stranger_types_commands,
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
        "waking a case when its customer writes",
        replaced(snooze, "come_back", lambda _pen, case, *_: case),
        snoozing.until_the_customer_writes,
    ),
)


@pytest.mark.parametrize("twin", TWINS, ids=lambda twin: twin.without.replace(" ", "_"))
async def test_a_story_goes_red_without(
    twin: Twin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        await told(twin.story, tmp_path / "green", patch)
    with monkeypatch.context() as patch:
        twin.sabotage(patch)
        with pytest.raises(RED):
            await told(twin.story, tmp_path / "red", patch, 1.5)
