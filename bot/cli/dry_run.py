"""What the bot would understand and decide if each of these texts began a case. Nothing is sent."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from ..answers import Knowledge
from ..clock import Clock
from ..conversation import Case, Decision, Person, Reading, State
from ..decide import decide
from ..incoming import Turn, Wrote
from ..reader import Brain
from ..understand import Understand

CHUNK = 256
"""Texts understood between two reports of progress."""


async def dry_run(
    knowledge: Knowledge,
    brain: Brain,
    texts: Sequence[str],
    *,
    clock: Clock,
    timeout_s: float,
    on_progress: Callable[[int, int, str], None] = lambda _done, _total, _label: None,
) -> list[tuple[Reading, Decision]]:
    """The reading and the decision for each text, in order.

    The model has ``timeout_s`` by ``clock`` for a batch, as in the running bot; with a clock that
    stands still it has all the time it needs. ``on_progress(done, total, label)`` is told the way.
    """
    understand = Understand(brain.reader, knowledge.risk, clock, timeout_s)
    turns = [Turn((Wrote(0, Person(1, "?"), 1, 1, 0.0, text),)) for text in texts]
    case = Case(0, 1, State.NEW, 0.0, 0.0, brain.policy.desk_language)
    readings: list[Reading] = []
    await understand.start()
    try:
        for start in range(0, len(turns), CHUNK):
            on_progress(start, len(turns), "messages")
            part = turns[start : start + CHUNK]
            readings += await asyncio.gather(*map(understand.read, part))
        on_progress(len(turns), len(turns), "messages")
    finally:
        await understand.stop()
    return [
        (reading, decide(turn, reading, case, brain.policy))
        for turn, reading in zip(turns, readings, strict=True)
    ]
