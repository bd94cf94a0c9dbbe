"""A replay is the real path in virtual time: last month's messages, decided as they would be."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import resource
import stat
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.__main__ import main
from bot.answers import load_knowledge
from bot.app import App
from bot.cli.logged import Said, read_log
from bot.cli.replay import Replay
from bot.config import EXAMPLE_BRAND, Settings
from bot.conversation import Case, Policy
from bot.customer import CustomerSide
from bot.errors import ConfigError
from bot.model import brain
from bot.reader import Brain
from bot.whole_file import written_whole

from .reader import DESPAIR, ScriptedReader
from .shop import policy_of, reader_of_the_shop

HOUR = 3600.0


def replay_with(reader: ScriptedReader, resolve_after_s: float = HOUR) -> Replay:
    knowledge = load_knowledge(EXAMPLE_BRAND)
    return Replay(Settings(), knowledge, Brain(reader, policy_of(knowledge)), resolve_after_s)


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


async def test_while_staff_hold_a_case_the_bot_is_quiet_and_afterwards_it_is_not() -> None:
    log = [
        Said(0.0, 51, "mon chien a mangé la tente"),
        Said(60.0, 51, "pfff vous êtes ouvert?"),
        Said(90.0, 51, "on regarde ça", by_agent=True),
        Said(3 * HOUR, 51, "vous êtes ouvert?"),
    ]
    replay = replay_with(reader_of_the_shop())
    lines = list(await replay.run(log))
    assert [(line["action"], line["held"]) for line in lines] == [
        ("hand_over", False),
        ("stay_quiet", True),
        ("reply", False),
    ]
    quiet = lines[1]
    assert "tient ce cas" in quiet["why"] and quiet["answers"] == []
    assert (quiet["subject"], quiet["probability"]) == ("store-hours", 0.96)
    assert (
        quiet["tone"] == "annoyed"
    )  # as the model reads it; the running bot asks it for danger only
    assert replay.summary.actions == {"hand_over": 1, "for_people": 1, "reply": 1}
    assert "Turns: 3; for people who had the case already: 1." in replay.summary.as_text()


async def test_what_makes_a_waiting_case_urgent_has_its_line() -> None:
    log = [
        Said(0.0, 51, "mon chien a mangé la tente"),
        Said(60.0, 51, "je vais appeler mon avocat"),
        Said(120.0, 51, "alors mon avocat"),
    ]
    replay = replay_with(reader_of_the_shop())
    lines = list(await replay.run(log))
    assert [(line["action"], line.get("reason"), line["held"]) for line in lines] == [
        ("hand_over", "unknown", False),
        ("hand_over", "risk", True),
        ("stay_quiet", None, True),  # it is urgent already
    ]
    assert replay.summary.actions == {"hand_over": 1, "made_urgent": 1, "for_people": 1}
    assert replay.summary.reasons == {"unknown": 1}


async def test_danger_that_the_model_hears_in_a_held_case_stands_in_the_line_of_its_words() -> None:
    log = [
        Said(0.0, 51, "mon chien a mangé la tente"),
        Said(60.0, 51, f"bon, {DESPAIR}"),
        Said(120.0, 51, "vous êtes ouvert?"),
    ]
    replay = replay_with(reader_of_the_shop())
    lines = list(await replay.run(log))
    assert [(line["action"], line.get("reason"), line["text"]) for line in lines] == [
        ("hand_over", "unknown", "mon chien a mangé la tente"),
        ("hand_over", "risk", f"bon, {DESPAIR}"),
        ("stay_quiet", None, "vous êtes ouvert?"),
    ]
    assert replay.summary.actions == {"hand_over": 1, "made_urgent": 1, "for_people": 1}


async def test_what_is_said_in_a_held_case_does_not_put_off_its_closing() -> None:
    log = [
        Said(0.0, 51, "mon chien a mangé la tente"),
        Said(0.9 * HOUR, 51, "je vais appeler mon avocat"),
        Said(1.1 * HOUR, 51, "vous êtes ouvert?"),
    ]
    lines = list(await replay_with(reader_of_the_shop()).run(log))
    assert [line["held"] for line in lines] == [False, True, False]


@pytest.mark.parametrize("held", [False, True])
async def test_a_command_about_ones_own_data_has_its_line(held: bool) -> None:
    log = [Said(0.0, 51, "mon chien" if held else "vous êtes ouvert?"), Said(60.0, 51, "/privacy")]
    first, line = await replay_with(reader_of_the_shop()).run(log)
    assert first["action"] == ("hand_over" if held else "reply")
    assert (line["t"], line["action"], line["text"]) == (60.0, "reply", "/privacy")
    assert "ses propres données" in line["why"]
    assert (line["subject"], line["answers"], line["held"]) == (None, [], False)


async def test_every_message_is_in_one_line() -> None:
    words = ["mon chien", "/privacy", "grr", "👍", "", "merci", "vous êtes ouvert?", "/start", "?"]
    log = [
        Said(n * 30.0 + who, who, text) for who in range(1, 6) for n, text in enumerate(words[who:])
    ]
    lines = list(await replay_with(reader_of_the_shop()).run(sorted(log, key=lambda one: one.t)))
    assert sum(line["messages"] for line in lines) == len(log)


async def test_told_only_of_what_the_bot_decides_a_replay_would_leave_words_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The twin."""
    told = CustomerSide._reported

    def of_its_own(self: CustomerSide, *args: Any, held: bool = False) -> Case:
        case: Case = args[0]
        return case if held else told(self, *args)

    monkeypatch.setattr(CustomerSide, "_reported", of_its_own)
    with pytest.raises(AssertionError):
        await test_every_message_is_in_one_line()


def on_lines(lines: Iterable[dict[str, Any]], *keys: str) -> list[tuple[Any, ...]]:
    return [tuple(line[key] for key in keys) for line in lines]


async def test_a_line_gives_back_the_time_and_the_customer_of_the_log() -> None:
    begin = 1_700_000_000.75
    log = [
        Said(begin, "c17", "bonjour je me demandais si"),
        Said(begin + 0.5, "c17", "vous êtes ouvert"),
        Said(begin + 60.25, 0, "et la livraison?"),
        Said(begin + 61.5, -5, "et la livraison?"),
        Said(begin + 3 * HOUR, "c17", "et la livraison?"),
    ]
    lines = list(await replay_with(reader_of_the_shop()).run(log))
    assert on_lines(lines, "t", "customer_id", "messages") == [
        (begin, "c17", 2),
        (begin + 60.25, 0, 1),
        (begin + 61.5, -5, 1),
        (begin + 3 * HOUR, "c17", 1),
    ]


async def test_subject_and_probability_are_of_one_thing_and_small_talk_is_none() -> None:
    log = [
        Said(0.0, 51, "bonjour"),
        Said(1.0, 52, "vous êtes ouvert? et la livraison?"),
        Said(2.0, 53, "merci"),
    ]
    replay = replay_with(reader_of_the_shop())
    hello, both, thanks = await replay.run(log)
    assert (hello["action"], hello["small_talk"], hello["answers"]) == ("reply", "greeting", [])
    assert (hello["subject"], hello["probability"]) == (None, 0.0)
    assert both["answers"] == ["store-hours", "delivery-cost"]
    assert (both["subject"], both["probability"]) == ("delivery-cost", 0.48)  # read as a whole
    assert thanks["small_talk"] == "thanks"
    assert replay.summary.subjects == {"store-hours": 1, "delivery-cost": 1}


async def test_a_subject_called_thanks_is_no_small_talk() -> None:
    reader = reader_of_the_shop()
    reader.knows("remercier", "thanks")
    knowledge = load_knowledge(EXAMPLE_BRAND)
    subject = replace(knowledge.subjects["jobs"], name="thanks")
    knowledge = replace(knowledge, subjects={**knowledge.subjects, "thanks": subject})
    replay = Replay(Settings(), knowledge, Brain(reader, policy_of(knowledge)), HOUR)
    log = [Said(0.0, 51, "comment remercier votre équipe si utile?"), Said(1.0, 52, "merci")]
    lines = await replay.run(log)
    assert on_lines(lines, "answers", "small_talk") == [(["thanks"], "none"), ([], "thanks")]
    assert replay.summary.subjects == {"thanks": 1}


async def test_every_tone_has_its_probability_also_where_no_model_was_asked() -> None:
    texts = ["👍", "/person", "😡", "vous êtes des voleurs", "/privacy"]
    log = [Said(float(n), n, text) for n, text in enumerate(texts)]
    lines = list(await replay_with(reader_of_the_shop()).run(log))
    tones = [line["tone_probability"] for line in lines]
    assert all(set(one) == {"calm", "annoyed", "angry"} for one in tones)
    assert [sum(one.values()) for one in tones] == [1.0] * len(texts)
    assert [one["angry"] for one in tones] == [0.0, 0.0, 1.0, 1.0, 0.0]


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
    """Nobody looks at a list of joined briefs in a replay: each case gets its own topic."""
    crowd = range(51, 57)
    log = [Said(0.0, one, "mon chien") for one in crowd]
    log += [Said(2 * HOUR, one, "vous êtes ouvert?") for one in crowd]
    lines = list(await replay_with(reader_of_the_shop()).run(log))
    assert [line["action"] for line in lines] == ["hand_over"] * 6 + ["reply"] * 6


async def test_a_month_takes_no_longer_than_its_messages() -> None:
    """Thirty days pass in virtual time: nobody sleeps."""
    log = [Said(day * 24 * HOUR, 51, "vous êtes ouvert?") for day in range(30)]
    assert len(list(await replay_with(reader_of_the_shop()).run(log))) == 30


async def test_whatever_a_customer_is_called_they_get_their_answer() -> None:
    """Also by a number that the replay's own people have."""
    numbers: list[int | str] = [
        1,
        2,
        3,
        777000,
        2**62,
        2**62 + 1,
        -1000000000001,
        10**30,
        "c17",
        "7",
        7,
        "voilà",
    ]
    log = [Said(float(n), one, "vous êtes ouvert?") for n, one in enumerate(numbers)]
    lines = list(await replay_with(reader_of_the_shop()).run(log))
    assert [(line["customer_id"], line["action"]) for line in lines] == [
        (one, "reply") for one in numbers
    ]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("[1]", "is not an object"),
        ('{"customer_id": 5, "text": "a"}', '"t"'),
        ('{"t": 0, "text": "a"}', '"customer_id"'),
        ('{"t": 0, "customer_id": 1e999, "text": "a"}', '"customer_id" is Infinity'),
        ('{"t": 0, "customer_id": 7.9, "text": "a"}', '"customer_id" is 7.9'),
        ('{"t": 0, "customer_id": true, "text": "a"}', '"customer_id" is true'),
        ('{"t": 0, "customer_id": null, "text": "a"}', '"customer_id" is null'),
        ('{"t": 0, "customer_id": [7], "text": "a"}', '"customer_id" is [7]'),
        ('{"t": 0, "customer_id": {"id": 7}, "text": "a"}', '"customer_id" is {"id": 7}'),
        ('{"t": 0, "customer_id": " ", "text": "a"}', '"customer_id" is " "'),
        ('{"t": true, "customer_id": 5, "text": "a"}', '"t"'),
        ('{"t": NaN, "customer_id": 5, "text": "a"}', '"t" is nan'),
        ('{"t": 1e999, "customer_id": 5, "text": "a"}', '"t" is inf'),
        ('{"t": 1700000000000, "customer_id": 5, "text": "a"}', "not milliseconds"),
        ('{"t": 0, "customer_id": 5, "text": ["a"]}', '"text"'),
        ("[" * 100_000, "is not JSON"),
    ],
)
def test_a_line_that_is_no_message_is_refused(line: str, says: str, tmp_path: Path) -> None:
    file = tmp_path / "log.jsonl"
    file.write_text('\ufeff{"t": 0, "customer_id": 5, "text": "allô"}\n' + line, "utf-8")
    with pytest.raises(ConfigError) as caught:
        read_log(file)
    [problem] = caught.value.problems
    assert problem.place == f"{file}:2"
    assert says in str(problem) and problem.mend


def test_a_customer_keeps_the_name_of_the_log_and_nobody_wrote_it_is_a_customer(
    tmp_path: Path,
) -> None:
    file = tmp_path / "log.jsonl"
    names = ["c17", "9f86d081884c7d65", 0, -5, 2**63, 7.0]
    lines = [{"t": n, "customer_id": one, "text": "a", "from": None} for n, one in enumerate(names)]
    file.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    log = read_log(file)
    assert [one.customer_id for one in log] == names
    assert not any(one.by_agent for one in log)


@pytest.mark.parametrize("content", ["", "\n\n"])
def test_a_log_without_messages_is_told(content: str, tmp_path: Path) -> None:
    (tmp_path / "log.jsonl").write_text(content, "utf-8")
    with pytest.raises(ConfigError, match="holds no message"):
        read_log(tmp_path / "log.jsonl")


@pytest.fixture
def without_a_model(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A log of one message, in a folder in which `replay` needs no model."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(brain, "load", lambda *_: Brain(None, Policy(), "not needed here"))
    log = tmp_path / "log.jsonl"
    log.write_text('{"t": 0, "customer_id": 5, "text": "oups"}\n', "utf-8")
    return log


def test_the_log_is_never_written_over(
    without_a_model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = without_a_model.read_bytes()
    without_a_model.with_name("same.jsonl").symlink_to(without_a_model)
    for out in ("log.jsonl", "./log.jsonl", "same.jsonl"):
        assert main(["replay", "log.jsonl", "--out", out]) == 1
        assert "is the log itself" in capsys.readouterr().err
    assert without_a_model.read_bytes() == before


def an_earlier_result_is_replaced_only_by_a_whole_one(log: Path) -> None:
    out = log.with_name("out.jsonl")
    out.write_text("earlier\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Replay, "run", lambda *_: asyncio.sleep(0, 1 / 0))
        with pytest.raises(ZeroDivisionError):
            main(["replay", "log.jsonl", "--out", "out.jsonl"])
    assert out.read_text() == "earlier\n"
    assert main(["replay", "log.jsonl", "--out", "out.jsonl"]) == 0
    [line] = map(json.loads, out.read_text("utf-8").splitlines())
    assert line["customer_id"] == 5
    assert {path.name for path in log.parent.iterdir()} == {"log.jsonl", "out.jsonl"}


def test_an_earlier_result_is_replaced_only_by_a_whole_one(without_a_model: Path) -> None:
    an_earlier_result_is_replaced_only_by_a_whole_one(without_a_model)


def test_opened_in_its_place_an_earlier_result_would_be_lost(
    without_a_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin."""
    monkeypatch.setattr("bot.__main__.written_whole", lambda path, **_: path.open("wb"))
    with pytest.raises(AssertionError):
        an_earlier_result_is_replaced_only_by_a_whole_one(without_a_model)


@contextlib.contextmanager
def room_for(size: int) -> Iterator[None]:
    """No file can be longer than so many bytes: the system refuses the rest."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def what_customers_wrote_is_its_owners_alone(log: Path) -> None:
    out, before = log.with_name("out.jsonl"), os.umask(0o022)
    try:
        for _ in ("a new file", "one that others could read"):
            assert main(["replay", "log.jsonl", "--out", "out.jsonl"]) == 0
            assert stat.S_IMODE(out.stat().st_mode) == 0o600
            out.chmod(0o644)
    finally:
        os.umask(before)


def test_what_customers_wrote_is_its_owners_alone(without_a_model: Path) -> None:
    what_customers_wrote_is_its_owners_alone(without_a_model)


def test_with_ordinary_rights_all_of_the_machine_could_read_it(
    without_a_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin."""
    monkeypatch.setattr("bot.__main__.written_whole", lambda path, **_: written_whole(path))
    with pytest.raises(AssertionError):
        what_customers_wrote_is_its_owners_alone(without_a_model)


@pytest.mark.usefixtures("without_a_model")
def test_a_folder_that_is_not_there_is_told_with_its_mend(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["replay", "log.jsonl", "--out", "nowhere/out.jsonl"]) == 1
    told = "✗ nowhere/out.jsonl: No such file or directory. Check the folder"
    assert told in capsys.readouterr().err


def test_a_disk_that_takes_no_more_is_told_and_the_earlier_file_stays(
    without_a_model: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = without_a_model.with_name("out.jsonl")
    out.write_text("earlier\n")
    monkeypatch.setattr(Replay, "run", lambda *_: asyncio.sleep(0, [{"text": "word " * 1000}]))
    with room_for(1024):
        assert main(["replay", "log.jsonl", "--out", "out.jsonl"]) == 1
    assert "✗ out.jsonl: File too large. Make room there" in capsys.readouterr().err
    assert out.read_text() == "earlier\n"
    assert {path.name for path in out.parent.iterdir()} == {"log.jsonl", "out.jsonl"}


@pytest.mark.usefixtures("without_a_model")
def test_a_pipe_is_written_to_as_it_is() -> None:
    read, write = os.pipe()
    assert main(["replay", "log.jsonl", "--out", f"/dev/fd/{write}"]) == 0
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        assert json.loads(pipe.read())["customer_id"] == 5


async def test_looked_for_only_before_the_gap_a_closing_would_come_too_late(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The twin."""

    async def looked_for_once(self: Replay, app: App, moment: float) -> None:
        planned, self._closing = self._closing, []
        for at, customer_id in sorted(planned):
            await self._press_resolve(app, customer_id) if at <= moment else None
        while (wake := self._clock.next_wake() or moment + 1) <= moment:
            self._clock.advance(wake)
            await app.settle()
        self._clock.advance(moment)

    monkeypatch.setattr(Replay, "_until", looked_for_once)
    with pytest.raises(AssertionError):
        await test_who_writes_after_a_quiet_gap_finds_the_case_closed_by_then()


def test_a_bad_line_is_named_with_its_number_and_its_mend(tmp_path: Path) -> None:
    good = json.dumps({"t": 0, "customer_id": 5, "text": "allô"})
    bad = ['{"t": 1}', "not json", json.dumps({"t": 1, "customer_id": 5, "text": "x", "from": "z"})]
    file = tmp_path / "log.jsonl"
    file.write_text("\n".join([good, *bad]), "utf-8")
    with pytest.raises(ConfigError) as caught:
        read_log(file)
    assert [p.place.rpartition(":")[2] for p in caught.value.problems] == ["2", "3", "4"]
    assert all("customer_id" in p.mend for p in caught.value.problems)
