"""Whatever befalls the model: no start is stopped, no turn waits, none is answered by guess."""

from __future__ import annotations

import asyncio
import json
import logging
import math
import random
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest

from bot.burst import Bursts
from bot.conversation import Failure, Person, Reading
from bot.errors import ModelCorrupt, ModelError
from bot.incoming import Turn, Wrote
from bot.model import brain, encoder
from bot.poison import Suspects
from bot.understand import Understand

from .faults import SHORT, Report, mind
from .faults.mind import KNOWN, Panic, Told, loaded_from, trial
from .test_sabotage import RED, Twin, green_and_red, replaced
from .test_understanding import Model


async def test_no_fault_of_the_model_keeps_a_turn_from_people() -> None:
    out = Report("mind")
    await mind.run(SHORT, 3, out)
    assert not out.violations
    assert out.figures["model_turns"] >= 22


# ---------------------------------------------------------------------------------- the start


@pytest.mark.parametrize(
    ("error", "named"),
    [
        (MemoryError(), "too little memory"),
        (RuntimeError("can't allocate memory: 2359296 bytes"), "too little memory"),
        (OSError(5, "Input/output error"), "Input/output error"),
        (ImportError("libtorch_cpu.so: cannot open"), "libtorch_cpu.so"),
        (KeyError("tone"), "KeyError"),
    ],
)
def test_a_model_that_cannot_be_made_ready_is_named_and_stops_no_start(
    error: Exception,
    named: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("bot.model.encoder.Encoder.load", raising(error))
    made = loaded_from(brain.MODELS, tmp_path)
    assert made.reader is None and named in made.missing
    assert type(error).__name__ in caplog.text
    assert named in str(brain.model_problem())


def raising(error: BaseException) -> Callable[..., NoReturn]:
    def raises(*_: object, **__: object) -> NoReturn:
        raise error

    return raises


async def a_start_without_memory_is_a_bot_that_hands_over(folder: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.model.brain.Encoder.load", raising(MemoryError()))
        made = loaded_from(brain.MODELS, folder)
    told = await mind.without_a_model("no memory", made, 1)
    assert (told.reached_people, told.brief_says_why, told.answered) == (1, 1, 0)
    assert "too little memory" in told.named


async def a_file_that_is_spoilt_stops_no_start(spoil: mind.Spoil) -> None:
    made = mind.spoilt_brain("encoder.safetensors", spoil, 3)
    assert made.reader is None and "encoder.safetensors" in made.missing


async def a_missing_file_stops_no_start() -> None:
    await a_file_that_is_spoilt_stops_no_start(mind.missing)


async def a_file_cut_short_stops_no_start() -> None:
    await a_file_that_is_spoilt_stops_no_start(mind.cut_short)


async def a_flipped_bit_is_found_before_anything_is_read(folder: Path) -> None:
    weights = mind.a_copy_of_the_model(folder / "models") / "encoder.safetensors"
    content = weights.read_bytes()
    weights.unlink()
    weights.write_bytes(content)
    mind.one_bit_flipped(weights, random.Random(3))
    with pytest.raises(ModelCorrupt, match="altered"):
        encoder.Encoder.load(weights.parent)


# -------------------------------------------------------------------------------- the reading


async def a_pass_that_cannot_begin_fails_only_its_turns() -> None:
    """`can't start new thread` is what a process without memory says."""
    understand = Understand(Model(), (), _Still(), 1.0)
    await understand.start()
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(
                understand._thread, "submit", raising(RuntimeError("can't start new thread"))
            )
            starved = await asyncio.wait_for(understand.read(_turn("a")), 5.0)
        assert starved.failed is Failure.BROKE
        fed = await asyncio.wait_for(understand.read(_turn("b")), 5.0)
        assert fed.best[0] == "b"
    finally:
        await understand.stop()


async def a_panic_ends_a_pass_and_not_the_reading() -> None:
    model = Model()
    understand = Understand(model, (), _Still(), 1.0)
    await understand.start()
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(model, "read", raising(Panic()))
            assert (await asyncio.wait_for(understand.read(_turn("a")), 5.0)).failed
        fed = await asyncio.wait_for(understand.read(_turn("b")), 5.0)
        assert fed.best[0] == "b"
    finally:
        await understand.stop()


class _Still:
    """A clock on which no time limit is ever reached."""

    def now(self) -> float:
        return 0.0

    async def sleep_until(self, _moment: float) -> None:
        await asyncio.Event().wait()


def _turn(text: str) -> Turn:
    return Turn((Wrote(1, Person(11, "Anne"), 11, 1, 0.0, text),))


# ------------------------------------------------------------------------------------- in time


async def first_words_come_within_two_seconds_though_the_model_hangs(folder: Path) -> None:
    async with trial(folder) as there:
        there.reader.seconds = math.inf
        told = Told("it hangs")
        await there.writes(told)
        assert told.slowest_s <= mind.FIRST_WORDS_S, told


async def a_model_that_is_always_late_is_not_said_to_answer(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    async with trial(folder) as there:
        there.reader.seconds = 10.0
        for _ in range(5):
            await there.writes(Told("slow"))
            await there.passes(4.0)
        assert caplog.text.count("the model does not answer within") == 1
        assert "the model answers again" not in caplog.text
        there.reader.seconds = 0.0
        assert await there.is_answered_again()
        assert caplog.text.count("the model answers again") == 1


async def test_a_model_that_is_always_late_is_not_said_to_answer(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    await a_model_that_is_always_late_is_not_said_to_answer(tmp_path, caplog)


async def what_may_have_ended_the_last_run_is_counted_before_it_is_read(folder: Path) -> None:
    """Read ahead, it would end this run too, uncounted: and so each run."""
    async with trial(folder) as there:
        there.shop.app.responder._suspects._seqs.update(range(1, 10))  # open at the start
        await there.shop.customer().says(KNOWN)
        await there.passes(1.0)
        assert not there.reader.asked
        await there.passes(2.0)
        assert there.reader.asked == [KNOWN]


# ----------------------------------------------------------------------------- and the twins


def _raised(error: Exception) -> NoReturn:
    raise error


def _unguarded(self: Understand, texts: list[str]) -> asyncio.Future[list[Reading]]:
    loop = asyncio.get_running_loop()
    return asyncio.ensure_future(loop.run_in_executor(self._thread, self._pass, texts))


def _as_it_comes(self: Understand, texts: list[str]) -> list[Reading]:
    assert self._reader is not None
    return self._reader.read(texts)


async def _never_ahead(*_: object) -> None:
    return None


def _as_the_manifest_says(folder: Path, name: str) -> str:
    """Nobody looks at the file itself."""
    return str(json.loads((folder / "manifest.json").read_text("utf-8"))[name])


TWINS = (
    Twin(
        "a reason in place of every error of loading",
        replaced(brain, "_as_model_error", _raised),
        a_start_without_memory_is_a_bot_that_hands_over,
    ),
    Twin(
        "a reason in place of a missing file",
        replaced(brain, "_as_model_error", _raised),
        a_missing_file_stops_no_start,
    ),
    Twin(
        "a reason in place of a file cut short",
        replaced(brain, "_as_model_error", _raised),
        a_file_cut_short_stops_no_start,
    ),
    Twin(
        "comparing the files with their sums",
        replaced(encoder, "check", _as_the_manifest_says),
        a_flipped_bit_is_found_before_anything_is_read,
    ),
    Twin(
        "expecting that a pass cannot begin",
        replaced(Understand, "_begin", _unguarded),
        a_pass_that_cannot_begin_fails_only_its_turns,
    ),
    Twin(
        "expecting a panic",
        replaced(Understand, "_pass", _as_it_comes),
        a_panic_ends_a_pass_and_not_the_reading,
    ),
    Twin(
        "reading while the burst may go on",
        replaced(Bursts, "_read_ahead", _never_ahead),
        first_words_come_within_two_seconds_though_the_model_hangs,
    ),
    Twin(
        "counting suspects before they are read",
        replaced(Suspects, "__contains__", lambda *_: False),
        what_may_have_ended_the_last_run_is_counted_before_it_is_read,
    ),
)


@pytest.mark.parametrize("twin", TWINS, ids=lambda twin: twin.without.replace(" ", "_"))
async def test_a_fault_of_the_model_is_felt_without(
    twin: Twin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    felt = (*RED, MemoryError, ModelError, asyncio.CancelledError)
    monkeypatch.setattr("tests.twins.RED", felt)
    await green_and_red(twin, tmp_path, monkeypatch)
