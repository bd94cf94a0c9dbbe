"""The promises of the relay and of recovery, each with its guard taken away: the story goes red."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from bot import delivery, detour, marked_text, relay, safe_text, staff
from bot.burst import Burst, Bursts
from bot.conversation import Case
from bot.desk import reach
from bot.effects import Copy
from bot.incoming import Wrote
from bot.ledger import Ledger
from bot.private import InPrivate
from bot.staff import StaffSide
from bot.store.group import Group
from bot.store.held_replies import HeldReplies
from bot.telegram import outcome

from . import shop as shops
from . import test_edited_before_arrival as edited
from . import test_recovering as recovering
from . import test_relaying_faithfully as faithful
from .shop import open_shop, while_patient
from .test_sabotage import RED, Twin, green_and_red, nothing, replaced


async def never(*_: Any) -> bool:
    return False


def copied_as_it_stands(_: Any, case: Case, group: Sequence[Wrote]) -> Copy:
    return Copy(case.customer_id, group[0].chat_id, tuple(one.message_id for one in group))


TWINS = (
    Twin(
        "enclosing behind the brief what it can only mention",
        replaced(Ledger, "enclose", nothing),
        faithful.the_photo_that_brought_the_case_is_behind_the_brief,
    ),
    Twin(
        "a note in the place of what cannot be copied",
        replaced(detour, "_instead", nothing),
        faithful.what_this_version_does_not_know_arrives_as_a_note,
    ),
    Twin(
        "finding the copy of an edited message at the last moment",
        replaced(delivery, "at_the_copy", lambda _records, effect, _ref: effect),
        faithful.an_edit_of_words_on_their_way_arrives,
    ),
    Twin(
        "taking words back at the customer's",
        replaced(staff, "unsend", nothing),
        faithful.what_an_agent_takes_back_is_gone_at_the_customers,
    ),
    Twin(
        "handing over what the bot could not say",
        replaced(detour, "_instead", nothing),
        recovering.an_answer_that_telegram_refuses,
    ),
    Twin(
        "writing to the people of a group that is lost",
        replaced(Ledger, "page_everyone", nothing),
        recovering.the_people_of_staff_get_the_brief_themselves,
    ),
    Twin(
        "telling staff who write in private where it works",
        replaced(InPrivate, "misplaced", lambda *_: False),
        recovering.an_answer_below_a_brief_in_private,
    ),
    Twin(
        "saying in words what the bot's marks may not",
        replaced(detour, "_unmarked", nothing),
        faithful.a_group_without_the_bots_marks,
    ),
    Twin(
        "telling the bot's marks from a customer's",
        replaced(HeldReplies, "of_message", nothing),
        faithful.a_group_without_the_bots_marks,
    ),
    Twin(
        "telling that topics are refused",
        replaced(reach, "no_topics", nothing),
        recovering.topics_are_refused,
    ),
    Twin(
        "showing where links behind words lead",
        replaced(marked_text, "opened", lambda said: said),
        faithful.where_a_link_leads,
    ),
    Twin(
        "ringing nobody whom a customer names",
        replaced(safe_text, "_MENTION", re.compile("(?!)")),
        faithful.named_in_a_brief,
    ),
    Twin(
        "showing where links of a forward lead",
        replaced(relay, "_behind_words", nothing),
        faithful.where_a_link_of_a_forward_leads,
    ),
    Twin(
        "ringing nobody whom a customer names in the topic",
        replaced(relay, "for_staff", marked_text.opened),
        faithful.named_in_the_topic,
    ),
    Twin(
        "leaving code as it was written",
        replaced(marked_text, "_is_code", lambda *_: False),
        faithful.named_beside_code,
    ),
    Twin(
        "ringing nobody whom a customer names beside code",
        replaced(marked_text, "_is_code", lambda *_: True),
        faithful.named_beside_code,
    ),
    Twin(
        "sending what was read",
        replaced(relay, "_carried", copied_as_it_stands),
        edited.what_was_read_is_what_arrives,
    ),
    Twin(
        "making a deleted topic again",
        replaced(outcome, "TOPIC_GONE", ()),
        faithful.test_a_topic_made_again_has_the_photos_again,
    ),
    Twin(
        "opening a topic that was closed by hand",
        replaced(StaffSide, "topic_closed", nothing),
        recovering.a_topic_closed_by_hand_is_open_again,
    ),
    Twin(
        "stopping the clock of a customer who left",
        replaced(Ledger, "unreachable", lambda _, case: case),
        recovering.the_clock_stands_still_while_the_customer_is_gone,
    ),
)


@pytest.mark.parametrize("twin", TWINS, ids=lambda twin: twin.without.replace(" ", "_"))
async def test_a_story_goes_red_without(
    twin: Twin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(detour, "LONGEST_PAUSE_S", 0.02)
    monkeypatch.setattr("bot.respond.TRY_AGAIN_S", 0.005)
    monkeypatch.setattr("bot.burst.MOVE_S", 0.005)
    await green_and_red(twin, tmp_path, monkeypatch)


async def test_a_reply_to_a_notice_finds_nothing_without_the_posts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Group, "posted", nothing)
    monkeypatch.setattr(shops, "PATIENCE_S", 2.0)  # it would be over in no time
    with pytest.raises(RED):
        await recovering.test_a_reply_in_general_to_a_notice_of_the_clock_finds_its_case(tmp_path)


@pytest.mark.parametrize("wait", [True, False])
async def test_the_words_of_the_upgrades_batch_are_refused_without_waiting_for_the_move(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wait: bool
) -> None:
    """The move is slow to be taken up; whoever does not wait for it is refused."""
    whole = Bursts.settled

    async with open_shop(tmp_path, group="group") as shop:
        taken = "SELECT 1 FROM inbox WHERE body LIKE '%/queue%' AND state <> 'new'"

        async def settled(self: Bursts, *given: Any) -> Burst:
            burst = await whole(self, *given)
            if any("migrate_" in row.body for row in burst.rows):
                for _ in while_patient(0.3 if wait else shops.PATIENCE_S):
                    if shop.rows(taken):
                        break
                    await asyncio.sleep(0.01)
            return burst

        monkeypatch.setattr(Bursts, "settled", settled)
        if not wait:
            monkeypatch.setattr(Bursts, "_comes_after_a_move", never)
            shop.patience = 2.0
        with contextlib.nullcontext() if wait else pytest.raises(RED):
            await recovering.an_agents_words_in_the_batch_of_the_upgrade_arrive(shop)
        refused = shop.rows("SELECT 1 FROM events WHERE kind = 'refused_elsewhere'")
        assert bool(refused) is not wait
