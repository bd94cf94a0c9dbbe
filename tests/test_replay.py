"""A replay is the real path in virtual time: last month's messages, decided as they would be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.answers import load_knowledge
from bot.app import Brain
from bot.cli.replay import Replay, Said, read_log
from bot.config import EXAMPLE_BRAND, Settings
from bot.conversation import Policy
from bot.errors import ConfigError

from .reader import ScriptedReader
from .shop import reader_of_the_shop

HOUR = 3600.0


def replay_with(reader: ScriptedReader, resolve_after_s: float = HOUR) -> Replay:
    knowledge = load_knowledge(EXAMPLE_BRAND)
    policy = Policy(reply_at=0.9, answerable=frozenset(knowledge.subjects))
    return Replay(Settings(), knowledge, Brain(reader, policy), resolve_after_s)


async def test_each_turn_gets_a_line_with_what_was_done_and_why() -> None:
    log = [
        Said(0.0, 51, "vous êtes ouvert?"),
        Said(2.0, 52, "grr le délai"),
        Said(5.0, 53, "mon chien"),
    ]
    replay = replay_with(reader_of_the_shop())
    lines = {line["customer_id"]: line for line in await replay.run(log)}
    assert [lines[c]["action"] for c in (51, 52, 53)] == ["reply", "hand_over", "hand_over"]
    assert lines[51]["subject"] == "store-hours"
    assert lines[52]["tone"] == "angry"
    assert lines[53]["reason"] == "unknown"
    assert all(line["why"] for line in lines.values())
    assert replay.summary.actions == {"reply": 1, "hand_over": 2}


async def test_messages_close_in_time_are_one_turn_and_days_apart_are_two() -> None:
    log = [
        Said(0.0, 51, "bonjour je me demandais si"),
        Said(1.0, 51, "vous êtes ouvert"),
        Said(3 * 24 * HOUR, 51, "et la livraison?"),
    ]
    lines = list(await replay_with(reader_of_the_shop()).run(log))
    assert [line["text"] for line in lines] == [
        "bonjour je me demandais si\nvous êtes ouvert",
        "et la livraison?",
    ]


async def test_while_staff_hold_a_case_the_bot_decides_nothing_and_afterwards_it_does() -> None:
    log = [
        Said(0.0, 51, "mon chien a mangé la tente"),
        Said(60.0, 51, "vous êtes ouvert?"),
        Said(90.0, 51, "on regarde ça", by_agent=True),
        Said(3 * HOUR, 51, "vous êtes ouvert?"),
    ]
    lines = list(await replay_with(reader_of_the_shop()).run(log))
    assert [line["action"] for line in lines] == ["hand_over", "reply"]


async def test_who_writes_after_a_quiet_gap_finds_the_case_closed_by_then() -> None:
    """What the gap lets happen (the hand-over itself, then its closing) happens in order."""
    log = [Said(0.0, 51, "mon chien"), Said(2 * HOUR, 51, "vous êtes ouvert?")]
    replay = replay_with(reader_of_the_shop())
    lines = list(await replay.run(log))
    assert [(line["t"], line["action"]) for line in lines] == [
        (0.0, "hand_over"),
        (2 * HOUR, "reply"),
    ]
    assert replay.summary.turns == 2


async def test_many_who_are_handed_over_at_once_are_all_closed_in_their_time() -> None:
    """Nobody looks at a list of joined briefs in a replay: each case has a topic to be closed in."""
    crowd = range(51, 57)
    log = [Said(0.0, one, "mon chien") for one in crowd]
    log += [Said(2 * HOUR, one, "vous êtes ouvert?") for one in crowd]
    lines = list(await replay_with(reader_of_the_shop()).run(log))
    assert [line["action"] for line in lines] == ["hand_over"] * 6 + ["reply"] * 6


async def test_a_month_takes_no_longer_than_its_messages() -> None:
    """Thirty days pass in virtual time: nobody sleeps."""
    log = [Said(day * 24 * HOUR, 51, "vous êtes ouvert?") for day in range(30)]
    assert len(list(await replay_with(reader_of_the_shop()).run(log))) == 30


def test_a_bad_line_is_named_with_its_number_and_its_mend(tmp_path: Path) -> None:
    good = json.dumps({"t": 0, "customer_id": 5, "text": "allô"})
    bad = ['{"t": 1}', "not json", json.dumps({"t": 1, "customer_id": 5, "text": "x", "from": "z"})]
    file = tmp_path / "log.jsonl"
    file.write_text("\n".join([good, *bad]), "utf-8")
    with pytest.raises(ConfigError) as caught:
        read_log(file)
    assert [p.place.rpartition(":")[2] for p in caught.value.problems] == ["2", "3", "4"]
    assert all("customer_id" in p.mend for p in caught.value.problems)
