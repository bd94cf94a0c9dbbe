"""The commands as a person types them."""

from __future__ import annotations

import asyncio
import io
import json
import os
import shutil
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from safetensors.numpy import save_file

from bot import config as configs
from bot.__main__ import main
from bot.answers import load_knowledge
from bot.cli.ask import ASK_WORDS, as_text, ask
from bot.cli.demo import example_brand
from bot.cli.terminal import folded, tell
from bot.config import EXAMPLE_BRAND, BrandSettings, Settings
from bot.conversation import ANNOYED_COUNTS, Policy, SmallTalk, Tone
from bot.errors import ModelCorrupt, ModelMissing
from bot.model import brain, general
from bot.model.encoder import WEIGHTS, Encoder, check, record
from bot.model.general import GeneralHeads
from bot.model.heads import Heads
from bot.reader import Brain
from bot.sandbox import Sandbox

CONFIG = """
[brand]
heads = "{heads}"
[answers]
max_wrong_answers = 0.05
"""
HALF_AN_EMOJI = "\ud83d"


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A config whose heads are trained by the first command that needs them."""
    folder = tmp_path_factory.mktemp("brand")
    file = folder / "config.toml"
    file.write_text(CONFIG.format(heads=folder / "heads"), "utf-8")
    return file


def test_train_says_how_sure_it_is_and_keeps_the_heads(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", "--json", "--config", str(config)]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["subjects"] == 26
    assert 0.0 < report["threshold"] <= 1.0
    assert (config.parent / "heads" / "heads.safetensors").exists()


def test_ask_tells_what_it_would_do_and_why(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ask", "c'est tu ouvert dimanche?", "--json", "--config", str(config)]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["action"], report["subject"]) == ("reply", "store-hours")
    assert report["language"] == "fr"
    assert "magasins" in report["answer"]
    assert report["why"]
    assert sum(report["probabilities"].values()) <= 1.001


@pytest.mark.parametrize(
    ("text", "small_talk", "tone"),
    [
        ("👍", "thanks", "calm"),
        ("/person", "none", "calm"),
        ("vous êtes des voleurs", "none", "angry"),
    ],
)
def test_what_ask_tells_has_every_tone_and_keeps_small_talk_apart(
    config: Path, capsys: pytest.CaptureFixture[str], text: str, small_talk: str, tone: str
) -> None:
    assert main(["ask", text, "--json", "--config", str(config)]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["small_talk"], report["answers"]) == (small_talk, [])
    assert report["probability"] == report["probabilities"].get(report["subject"], 0.0)
    tones = report["tone_probability"]
    assert set(tones) == {"calm", "annoyed", "angry"} and tones[tone] == sum(tones.values()) == 1.0


def test_a_terminal_without_utf_8_ends_no_work(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    narrow = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr("sys.stdout", narrow)
    assert main(["ask", "c'est tu ouvert dimanche?", "--config", str(config)]) == 0
    narrow.flush()
    assert b"ton        calme" in narrow.buffer.getvalue()


def test_ask_for_a_person_at_a_terminal(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The way a person reads it: a decision, a why, and bars."""
    message = "you people are thieves, give me my money back now or I call my lawyer"
    assert main(["ask", message, "--config", str(config)]) == 0
    out = capsys.readouterr().out
    assert "passer à une personne" in out
    assert "legal" in out
    assert "il faut, pour répondre" in out


def test_ask_at_a_terminal_speaks_the_language_of_the_desk(config: Path) -> None:
    brand = example_brand("en")
    settings = configs.load(config, os.environ)
    mind = brain.load(settings, brand, lambda *_: None)
    report = asyncio.run(ask(settings, brand, mind, "can I get married in your store?"))
    english, french = as_text(report, "en"), as_text(report, "fr")
    assert "why        Nothing like it in the knowledge base" in english
    labels = ("decision", "tone", "limits", "needed to answer")
    assert all(label in english and label not in french for label in labels)
    assert ASK_WORDS["fr"].keys() == ASK_WORDS["en"].keys()
    assert {*Tone, *SmallTalk} - {SmallTalk.NONE} <= ASK_WORDS["en"].keys()


def test_ask_shows_what_is_said_to_who_asks_who_answers(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ask", "are you a robot?", "--json", "--config", str(config)]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["action"] == "reply" and "automatic assistant" in report["answer"]


def test_ask_says_from_where_on_a_turn_is_angry(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is angry from a limit on, and not when that is its greatest share."""
    message = "Three weeks, no parcel, nobody answers. Where is my order?"
    assert main(["ask", message, "--json", "--config", str(config)]) == 0
    report = json.loads(capsys.readouterr().out)
    shares, needed = report["tone_probability"], report["tone_needed"]
    assert report["tone"] == "angry"
    score = shares["angry"] + ANNOYED_COUNTS * shares["annoyed"]
    assert needed["angry"] <= score < shares["annoyed"]
    assert main(["ask", message, "--config", str(config)]) == 0
    limit = f"{needed['angry']:.0%}".replace("%", "\u00a0%")
    assert f"limites    en colère dès {limit}" in capsys.readouterr().out


def test_ask_shows_what_each_of_several_questions_is_about(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    message = "are you open sunday and how much is shipping?"
    assert main(["ask", message, "--config", str(config)]) == 0
    out = capsys.readouterr().out
    bars = [line.split()[0] for line in out.splitlines() if "█" in line]
    assert bars == ["store-hours", "delivery-cost"]
    assert " 0,0" not in out


@pytest.mark.parametrize("text", ["", "  \n"])
def test_there_is_nothing_to_ask_about_no_words(
    text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["ask", text])
    assert "empty: write what a customer would" in capsys.readouterr().err


def test_only_who_works_on_the_example_brand_says_so_in_its_help(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def falls_back(command: str) -> bool:
        with pytest.raises(SystemExit):
            main([command, "--help"])
        return "the example brand" in " ".join(capsys.readouterr().out.split())

    commands = ["run", "ask", "check", "train", "evaluate", "replay", "export", "erase", "backup"]
    assert set(filter(falls_back, commands)) == {"ask", "train", "replay"}


def test_long_lines_are_folded_between_words_at_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    line = "  examples where there are few: contest-photo-rights 7, contest-enter 12"
    few = "  examples where there are few:"
    told = [few, "    contest-photo-rights 7,", "    contest-enter 12"]
    assert folded(line, 40).splitlines() == told
    tell(line)
    assert capsys.readouterr().out == f"{line}\n"
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "40")
    tell(line)
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 40


def test_without_a_config_whose_brand_it_is_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(brain, "load", lambda *_: Brain(None, Policy(), "not needed here"))
    assert main(["ask", "allô"]) == 0
    assert "no config.toml here: the example brand" in capsys.readouterr().err


async def test_check_lets_nobody_go_live_as_the_example_shop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async with Sandbox() as sandbox:
        ids = {"chat": -100, "agent": 5, "lead": 6, "further": ""}
        base = sandbox.page_url.rstrip("/")
        file = tmp_path / "config.toml"
        file.write_text(CHECKED.format(base=base, heads=tmp_path, **ids), "utf-8")
        monkeypatch.setenv("TELEGRAM_TOKEN", sandbox.token)
        assert await asyncio.to_thread(main, ["check", "--config", str(file)]) == 1
    assert "customers would be answered as that fictitious shop" in capsys.readouterr().out


WORKS = """
import asyncio, os, signal
from bot.__main__ import _until_stopped

async def work():
    try:
        os.kill(os.getpid(), signal.SIGHUP)
        await asyncio.sleep(0.2)
        print("goes on")
    except asyncio.CancelledError:
        print("stops in order")

signal.signal(signal.SIGHUP, signal.{before})
_until_stopped(work())
"""


@pytest.mark.parametrize(
    ("before", "does"), [("SIG_DFL", "stops in order\n"), ("SIG_IGN", "goes on\n")]
)
def test_a_terminal_that_closes_ends_it_in_order_and_nohup_keeps_it(before: str, does: str) -> None:
    script = [sys.executable, "-c", WORKS.format(before=before)]
    done = subprocess.run(script, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, does)


def test_replay_writes_a_line_per_turn_and_a_summary(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log, out = tmp_path / "log.jsonl", tmp_path / "out.jsonl"
    said = ["c'est tu ouvert dimanche?", "how much is shipping to Ottawa?", "asdf qwer zxcv"]
    lines = [{"t": n * 60, "customer_id": 7 + n, "text": text} for n, text in enumerate(said)]
    lines.append({"t": 180, "customer_id": HALF_AN_EMOJI, "text": HALF_AN_EMOJI})
    log.write_text("\n".join(json.dumps(line) for line in lines), "utf-8")
    assert main(["replay", str(log), "--out", str(out), "--config", str(config)]) == 0
    turns = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert [turn["customer_id"] for turn in turns] == [7, 8, 9, HALF_AN_EMOJI]
    assert turns[2]["action"] == "hand_over"
    assert all(turn["why"] and turn["tone_probability"] for turn in turns)
    assert "Turns: 4;" in capsys.readouterr().err


def test_import_knowledge_makes_a_folder_that_train_accepts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    intents = [
        {
            "name": name,
            "description": "…",
            "answers": {"en": f"About <b>{name}</b>."},
            "examples": {"en": [f"{word} {name}" for word in ("where is", "how about", "tell me")]},
        }
        for name in ("parking", "opening hours")
    ]
    source = tmp_path / "mine.json"
    source.write_text(json.dumps({"intents": intents}), "utf-8")
    assert main(["import-knowledge", str(source), "--to", str(tmp_path / "brand")]) == 0
    told = capsys.readouterr().out
    assert "“opening hours” is now called opening-hours." in told
    assert "intents[0].answers.en holds “<b>”, “</b>”" in told
    config = tmp_path / "config.toml"
    config.write_text(f'[brand]\nknowledge = "{tmp_path / "brand"}"\n', "utf-8")
    assert main(["train", "--config", str(config)]) == 0
    trained = capsys.readouterr()
    assert trained.out.startswith("brand\nLearned 2 subjects")
    assert trained.out.splitlines()[-1].startswith("A running bot goes on with what it started")
    assert "parking.toml" in trained.err and "answer.en holds “<b>”, “</b>”" in trained.err


def test_a_bad_config_is_told_with_its_line_and_its_mend(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "config.toml"
    config.write_text("[answers]\nmax_wrong_answer = 2\n", "utf-8")
    assert main(["ask", "allô", "--config", str(config)]) == 1
    told = capsys.readouterr().err
    assert "config.toml:2" in told
    assert "max_wrong_answers" in told


@pytest.mark.parametrize(
    ("typed", "mend"),
    [
        (["run"], "Copy config.example.toml"),
        (["check"], "Copy config.example.toml"),
        (["replay", "nowhere.jsonl"], "Name a JSONL file"),
        (["import-knowledge", "nowhere.json", "--to", "brand"], "nowhere.json"),
    ],
)
def test_a_file_that_is_not_there_is_told_with_its_mend(
    typed: list[str],
    mend: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(typed) == 1
    assert mend in capsys.readouterr().err


def test_a_taken_port_is_told_with_its_mend(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(brain, "load", lambda *_: Brain(None, Policy(), "not needed here"))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert main(["demo", "--port", str(taken.getsockname()[1])]) == 1
    assert "--port" in capsys.readouterr().err


def test_check_finds_what_is_missing_before_going_live(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "config.toml"
    config.write_text("[staff]\nagents = [5]\n", "utf-8")
    assert main(["check", "--config", str(config)]) == 1
    assert "chat_id" in capsys.readouterr().out


@pytest.mark.parametrize("harm", ["missing", "cut short", "altered"])
def test_a_broken_model_is_told_and_replaced_by_people(
    harm: str,
    config: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Every message goes to a person, and whoever asks is told the file and the mend."""
    for file in brain.MODELS.glob("*.*"):
        if file.suffix in (".json", ".safetensors"):
            (tmp_path / file.name).write_bytes(file.read_bytes())
    weights = tmp_path / "encoder.safetensors"
    whole = weights.read_bytes()
    if harm == "missing":
        weights.unlink()
    elif harm == "cut short":
        weights.write_bytes(whole[: len(whole) // 2])
    else:
        weights.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    monkeypatch.setattr(brain, "MODELS", tmp_path)
    assert main(["ask", "c'est tu ouvert dimanche?", "--json", "--config", str(config)]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["action"] == "hand_over"
    assert "n’a pas pu être chargé" in report["why"]
    assert "encoder.safetensors" in report["model"]
    with pytest.raises((ModelCorrupt, ModelMissing)):
        Encoder.load(tmp_path)


async def test_check_finds_a_knowledge_that_the_model_cannot_learn_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`train` would refuse it, and people would get every message."""
    folder = tmp_path / "brand"
    (folder / "subjects").mkdir(parents=True)
    one = EXAMPLE_BRAND / "subjects" / "store-hours.toml"
    shutil.copy(one, folder / "subjects")
    shutil.copy(EXAMPLE_BRAND / "brand.toml", folder)
    async with Sandbox() as sandbox:
        base = sandbox.page_url.rstrip("/")
        ids = {"chat": -100, "agent": 5, "lead": 6, "further": ""}
        text = CHECKED.format(base=base, heads=tmp_path, **ids)
        file = tmp_path / "config.toml"
        file.write_text(text.replace("[brand]", '[brand]\nknowledge = "brand"'), "utf-8")
        monkeypatch.setenv("TELEGRAM_TOKEN", sandbox.token)
        assert await asyncio.to_thread(main, ["check", "--config", str(file)]) == 1
    assert "has only one subject" in capsys.readouterr().out


def heads_that_cannot_be_kept_are_used_all_the_same(folder: Path) -> None:
    """A full disk, a folder without rights; here a folder stands where the file must go."""
    (folder / "heads" / "heads.safetensors").mkdir(parents=True)
    own = replace(Settings(), brand=BrandSettings(heads=folder / "heads"))
    mind = brain.load(own, load_knowledge(EXAMPLE_BRAND), lambda *_: None)
    assert mind.missing == "" and mind.reader is not None
    kept = [path.name for path in (folder / "heads").iterdir()]
    assert kept == ["heads.safetensors"], "half a file is left"


def test_heads_that_cannot_be_kept_are_used_all_the_same(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    heads_that_cannot_be_kept_are_used_all_the_same(tmp_path)
    assert "could not be kept" in caplog.text


def test_written_by_a_library_with_errors_of_its_own_they_would_cost_the_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin."""

    def save(heads: Heads, folder: Path) -> None:
        save_file({"labels": heads.taught.labels}, folder / "heads.safetensors")

    monkeypatch.setattr(Heads, "save", save)
    with pytest.raises(AssertionError):
        heads_that_cannot_be_kept_are_used_all_the_same(tmp_path)


def another_release_trains_the_heads_again(config: Path, folder: Path) -> None:
    """New experience came with the model: "nothing may be believed". The encoder is the same."""
    heads, models = folder / "heads", folder / "models"
    shutil.copytree(config.parent / "heads", heads)
    models.mkdir()
    for file in brain.MODELS.glob("*.*"):
        if file.suffix in (".json", ".safetensors"):
            shutil.copyfile(file, models / file.name)
    own = folder / "config.toml"
    own.write_text(CONFIG.format(heads=heads), "utf-8")

    def asked() -> tuple[str, float]:
        assert main(["ask", "c'est tu ouvert dimanche?", "--config", str(own)]) == 0
        kept = json.loads((heads / "heads.json").read_text("utf-8"))
        return kept["release"], kept["report"]["threshold"]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(brain, "MODELS", models)
        before = asked()
        assert asked() == before == _kept(config)
        encoder = check(models, WEIGHTS)
        made = GeneralHeads.load(models, encoder)
        elsewhere = replace(
            made.experience.elsewhere, right=made.experience.elsewhere.right & False
        )
        doubtful = replace(made.experience, elsewhere=elsewhere)
        replace(made, experience=doubtful).save(models, encoder, {})
        record(models, [general.WEIGHTS, general.META])
        after = asked()
    assert after[0] != before[0] and after[1] > before[1], "an old threshold"


def _kept(config: Path) -> tuple[str, float]:
    kept = json.loads((config.parent / "heads" / "heads.json").read_text("utf-8"))
    return kept["release"], kept["report"]["threshold"]


def test_heads_of_another_release_of_the_model_are_trained_again(
    config: Path, tmp_path: Path
) -> None:
    another_release_trains_the_heads_again(config, tmp_path)


def test_heads_known_by_their_encoder_alone_keep_an_old_threshold(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin."""
    same = general.release(brain.MODELS)
    monkeypatch.setattr(general, "_release", lambda *_: same)
    with pytest.raises(AssertionError, match="an old threshold"):
        another_release_trains_the_heads_again(config, tmp_path)


CHECKED = """
[brand]
heads = "{heads}"
[telegram]
base_url = "{base}"
[staff]
chat_id = {chat}
agents = [{agent}]
leads = [{lead}]
overflow_chat_ids = [{further}]
"""


async def test_check_looks_at_the_token_and_the_rights_in_the_groups_of_staff(
    config: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """All well; then the bot is demoted and removed, a lead leaves, and the token is wrong."""
    async with Sandbox() as sandbox:
        agent, lead = sandbox.add_person("Noémie"), sandbox.add_person("Sylvie")
        members = {agent.id: "member", lead.id: "administrator"}
        group = sandbox.add_group("Équipe", forum=True, members=members)
        file = tmp_path / "config.toml"
        base = sandbox.page_url.rstrip("/")
        heads = config.parent / "heads"
        further = sandbox.add_group("Renfort", members=members)
        ids = {"chat": group.id, "agent": agent.id, "lead": lead.id, "further": further.id}
        shutil.copytree(EXAMPLE_BRAND, tmp_path / "brand")
        text = CHECKED.format(base=base, heads=heads, **ids)
        file.write_text(text.replace("[brand]", '[brand]\nknowledge = "brand"'), "utf-8")

        async def checked() -> tuple[int, str]:
            code = await asyncio.to_thread(main, ["check", "--config", str(file)])
            return code, capsys.readouterr().out

        monkeypatch.setenv("TELEGRAM_TOKEN", sandbox.token)
        code, out = await checked()
        assert (code, "✗" in out) == (0, False), out
        assert "every right that is needed" in out

        store = tmp_path / "data" / "first-responder.sqlite3"
        store.parent.mkdir()
        store.touch(0o644)
        store.chmod(0o644)
        code, out = await checked()
        assert code == 1
        assert f"chmod 600 {store}*" in out
        store.chmod(0o600)

        sandbox.set_bot(group, "member")
        sandbox.set_bot(further, "kicked")
        await lead.leaves(group)
        code, out = await checked()
        assert code == 1
        assert "administrator" in out
        assert str(further.id) in out
        assert str(lead.id) in out

        monkeypatch.setenv("TELEGRAM_TOKEN", "1234567:" + "x" * 35)
        code, out = await checked()
        assert code == 1
        assert "BotFather" in out
