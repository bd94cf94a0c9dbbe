"""Moments at which a process can be told to kill itself, so that tests see what survives it.

    FIRST_RESPONDER_CRASH_AT=K6:3 first-responder run

dies by SIGKILL, as in a power cut of the process, when it passes K6 for the third time. Told
nothing, as always but in tests, passing a point is one call that returns at once.
"""

from __future__ import annotations

import os
import signal
from enum import StrEnum
from functools import cache

VARIABLE = "FIRST_RESPONDER_CRASH_AT"


class Point(StrEnum):
    """Where a message, or the program itself, is when the process dies."""

    RECEIVED = "K1"
    """Updates are in memory and not on disk."""
    STORED = "K2"
    """They are on disk, and Telegram does not know that yet."""
    TAKEN_UP = "K3"
    """Telegram has been told; a turn is about to be worked on."""
    READING = "K4"
    """The model is reading it."""
    DECIDED = "K5"
    """The decision and its effects are on disk, and nobody has been woken to do them."""
    CLAIMED = "K6"
    """The claim of an effect is on disk; the request has not left."""
    SENDING = "K7"
    """Telegram has done what was asked (or has updates for us); its answer is half read."""
    SENT = "K8"
    """The answer is known, and not written down."""
    MIGRATING = "K9"
    """A statement of a migration has run."""
    BACKING_UP = "K10"
    """A copy of the database is being made."""
    STOPPING = "K11"
    """The program is shutting down in order."""


def passing(point: Point) -> None:
    """Do nothing; or die here, when the environment says so."""
    told = _told()
    if told is not None and told.point is point:
        told.count_down()


class _Told:
    def __init__(self, words: str) -> None:
        name, _, times = words.partition(":")
        self.point = Point(name)
        self._left = int(times or 1)

    def count_down(self) -> None:
        self._left -= 1
        if not self._left:
            os.kill(os.getpid(), signal.SIGKILL)


@cache
def _told() -> _Told | None:
    words = os.environ.get(VARIABLE)
    return _Told(words) if words else None
