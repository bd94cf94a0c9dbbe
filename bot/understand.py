"""A turn -> Reading: asks the classifier, in batches; a failure becomes a failed reading.

Turns that wait at the same time are read in one pass. Risk rules are words, not weights: they are
applied whether the model works or not.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from .clock import Clock
from .conversation import Failure, Reading, SmallTalk, Tone
from .crash_points import Point, passing
from .customers.bare_words import HARMLESS, WAVES, declines, emoji_in
from .customers.thanks import EMOJI as _THANKS
from .errors import ModelError, ModelFailed, where
from .incoming import PERSON_COMMANDS, Turn, command
from .reader import Reader
from .risk import ACCUSATION, PERSON, RiskRule, found, passed_over, standing_alone
from .safe_text import shown
from .watch.vitals import ModelState, Passes

log = logging.getLogger(__name__)

MOST_AT_ONCE = 32
LONGEST_READ = 4096

GREETING_COMMANDS = frozenset({"/start", "/help", "/aide"})

_ANGRY = frozenset("😡🤬👿😠💢🖕")


class Understand:
    """``rules``: of words whose meaning needs no model. ``reader`` None: nothing can be read."""

    def __init__(
        self,
        reader: Reader | None,
        rules: Sequence[RiskRule],
        clock: Clock,
        timeout_s: float,
    ) -> None:
        self._reader = reader
        self._rules = rules
        self._clock = clock
        self._timeout_s = timeout_s
        self.passes = Passes()
        self._waiting: list[tuple[str, asyncio.Future[Reading]]] = []
        self._more = asyncio.Event()
        self._reading = False
        self._stuck = self._late = False
        self._worker: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="model")

    @property
    def at_rest(self) -> bool:
        """False while the model has something to read that it has not been given up on."""
        return self._stuck or not (self._reading or self._waiting)

    @property
    def state(self) -> ModelState:
        """What is known of the model: from its last pass, or that there is none."""
        if self._reader is None:
            return ModelState.MISSING
        failing = self._stuck or self.passes.last_failed
        return ModelState.FAILING if failing else ModelState.READY

    async def start(self) -> None:
        if self._worker is None:
            self._worker = asyncio.create_task(self._work(), name="understand")

    async def stop(self) -> None:
        if self._worker is not None:
            self._worker.cancel()
            await asyncio.gather(self._worker, return_exceptions=True)
            self._worker = None
        for _, answer in self._waiting:
            answer.cancel()
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def read(self, turn: Turn) -> Reading:
        """What the turn means. Never raises for what the model does: see ``Reading.failed``."""
        texts, whole = _words_of(turn)
        text = whole[:LONGEST_READ]
        reading = self._plain(turn, texts, text)
        if text and (reading is None or _asks_by_command(texts)):
            reading = _also_asks(await self._in_place(text, turn.asked_back), reading)
        elif reading is None:
            reading = Reading(failed=Failure.EMPTY if turn.text else None)
        return self._marked(reading, whole)

    def at_a_glance(self, turn: Turn) -> Reading:
        """What shows without the model, for who waits for a person already: risk, accusations.

        The words go to people at once; the model hears them after that, for danger.
        """
        texts, whole = _words_of(turn)
        return self._marked(self._plain(turn, texts, whole) or Reading(), whole)

    def _plain(self, turn: Turn, texts: Sequence[str], text: str) -> Reading | None:
        """What needs no model: bare commands, bare words for a person, a no to what else, bare
        emoji.

        ``texts``: the messages as written; ``text``: all their words.
        """
        if _asks_by_command(texts) or PERSON in standing_alone(self._rules, text):
            return Reading(asks_person=True, asks_person_probability=1.0)
        if {command(one)[0] for one in texts} & GREETING_COMMANDS and not text:
            return Reading(small_talk=SmallTalk.GREETING, small_talk_probability=1.0)
        wants_no_more = declines(text, turn.after_small_talk)
        if wants_no_more and not turn.asked_back and not turn.media:
            return Reading(small_talk=SmallTalk.THANKS, small_talk_probability=1.0)
        return _emoji(text)

    def _marked(self, reading: Reading, whole: str) -> Reading:
        """``whole``: all of the words; threats tend to stand at the end of a long letter."""
        risk = found(self._rules, whole)
        if accused := risk.pop(ACCUSATION, None):
            reading = _angered(reading, accused)
        if risk.pop(PERSON, None):
            reading = replace(reading, asks_person=True, asks_person_probability=1.0)
        none = passed_over(self._rules, whole) if reading.maybe_risk or reading.risk else ()
        by_model = [mark for mark in reading.risk if mark not in none]
        marks = dict.fromkeys((*risk, *by_model))
        more = (one for one in risk.values() if not any(one in told for told in reading.telling))
        heard = bool(by_model) and not risk
        silent = none and not by_model and reading.tone is Tone.CALM
        telling = (*more, *(() if silent else reading.telling))
        return replace(
            reading,
            risk=tuple(marks),
            risk_by_model=heard,
            maybe_risk=reading.maybe_risk and not none,
            telling=telling,
        )

    async def _in_place(self, text: str, asked_back: str) -> Reading:
        """By itself, and behind ``asked_back``, of which it may be the answer."""
        if not asked_back:
            return await self._by_model(text)
        both = f"{asked_back}\n{text}"[-LONGEST_READ:]
        alone, behind = await asyncio.gather(self._by_model(text), self._by_model(both))
        return replace(alone, behind=behind.probabilities)

    async def _by_model(self, text: str) -> Reading:
        if self._reader is None:
            return Reading(failed=Failure.MISSING)
        if self._stuck:
            return Reading(failed=Failure.SILENT)
        answer: asyncio.Future[Reading] = asyncio.get_running_loop().create_future()
        self._waiting.append((text, answer))
        self._more.set()
        return await answer

    async def _work(self) -> None:
        while True:
            await self._more.wait()
            self._more.clear()
            while self._waiting:
                batch, self._waiting = (
                    self._waiting[:MOST_AT_ONCE],
                    self._waiting[MOST_AT_ONCE:],
                )
                self._reading = True
                try:
                    readings = await self._read_batch([text for text, _ in batch])
                    for (_, answer), reading in zip(batch, readings, strict=True):
                        if not answer.done():
                            answer.set_result(reading)
                finally:  # stopped in the middle: nobody is left waiting
                    self._reading = False
                    for _, answer in batch:
                        answer.cancel()

    async def _read_batch(self, texts: list[str]) -> list[Reading]:
        assert self._reader is not None
        if self._stuck:
            return [Reading(failed=Failure.SILENT)] * len(texts)
        work = self._begin(texts)
        passing(Point.READING)
        began = self._clock.now()
        limit = asyncio.ensure_future(self._clock.sleep_until(began + self._timeout_s))
        either: set[asyncio.Future[Any]] = {work, limit}
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        limit.cancel()
        failed = not work.done() or work.exception() is not None
        self.passes = self.passes.and_one(self._clock.now() - began, failed)
        if not work.done():
            self._give_up_on(work)
            return [Reading(failed=Failure.LATE)] * len(texts)
        try:
            readings = work.result()
            if len(readings) != len(texts):
                raise ModelError("model", f"{len(readings)} readings for {len(texts)} texts")
            self._answers()
            return readings
        except Exception as error:
            log.error("the model failed on a batch of %d: %s", len(texts), where(error))
            if len(texts) == 1:
                return [Reading(failed=Failure.BROKE)]
        # One text may have spoiled it for all: read each by itself.
        return [(await self._read_batch([text]))[0] for text in texts]

    def _begin(self, texts: list[str]) -> asyncio.Future[list[Reading]]:
        """A pass in the model's thread. Where there is no memory for a thread, it has failed."""
        loop = asyncio.get_running_loop()
        try:
            return asyncio.ensure_future(loop.run_in_executor(self._thread, self._pass, texts))
        except Exception as error:
            failed: asyncio.Future[list[Reading]] = loop.create_future()
            failed.set_exception(error)
            return failed

    def _pass(self, texts: list[str]) -> list[Reading]:
        assert self._reader is not None
        try:
            return self._reader.read(texts)
        except Exception:
            raise
        except BaseException as error:  # a library in Rust has panicked: it ends a pass, not us
            raise ModelFailed("model", type(error).__name__) from error

    def _answers(self) -> None:
        if self._late:
            log.warning("the model answers again")
        self._late = False

    def _give_up_on(self, work: asyncio.Future[list[Reading]]) -> None:
        """Until the late pass returns, nobody else waits for the model: people get the turns.

        Then the next turn tries it. It answers again when that one has come back in time.
        """
        if not self._late:
            log.error("the model does not answer within %g s", self._timeout_s)
        self._stuck = self._late = True
        for _, answer in self._waiting:
            if not answer.done():
                answer.set_result(Reading(failed=Failure.SILENT))
        self._waiting.clear()

        def back(done: asyncio.Future[list[Reading]]) -> None:
            self._stuck = False
            if not done.cancelled():
                done.exception()

        work.add_done_callback(back)


def _asks_by_command(texts: Sequence[str]) -> bool:
    return any(command(one)[0] in PERSON_COMMANDS for one in texts)


def _also_asks(reading: Reading, plain: Reading | None) -> Reading:
    """What the model made of the words beside `/person`; where it made nothing, they ask anyway."""
    if plain is None:
        return reading
    if reading.failed:
        return plain
    return replace(reading, asks_person=True, asks_person_probability=1.0)


def _without_command(text: str) -> str:
    """The words of a message. What follows /start is a link's payload, not a person's words."""
    first, rest = command(text)
    if first == "/start":
        return ""
    return rest if first in GREETING_COMMANDS or first in PERSON_COMMANDS else text


def _angered(reading: Reading, words: str) -> Reading:
    told = (words, *(one for one in reading.telling if words not in one))
    return replace(reading, tone=Tone.ANGRY, tone_probabilities={Tone.ANGRY: 1.0}, telling=told)


def _words_of(turn: Turn) -> tuple[list[str], str]:
    """The messages as they are shown, and all their words."""
    texts = [shown(message.text) for message in turn.messages]
    return texts, "\n".join(words for words in map(_without_command, texts) if words)


def _emoji(text: str) -> Reading | None:
    """What emoji say where there is nothing else, and all of them are known."""
    emoji = emoji_in(text)
    if not emoji or any(char.isalnum() for char in text):
        return None
    if emoji & _ANGRY:
        return Reading(tone=Tone.ANGRY, tone_probabilities={Tone.ANGRY: 1.0}, telling=(text,))
    if not emoji <= HARMLESS:
        return None
    kind = SmallTalk.GREETING if emoji & WAVES else SmallTalk.REMARK
    kind = SmallTalk.THANKS if emoji & _THANKS else kind
    return Reading(small_talk=kind, small_talk_probability=1.0)
