"""What reads, as everybody else knows it: the model with its thresholds, or why there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from .conversation import Policy, Reading


class Reader(Protocol):
    """The model, as far as a turn needs it. Called from one worker thread."""

    def read(self, texts: Sequence[str]) -> list[Reading]: ...


@dataclass(frozen=True, slots=True)
class Brain:
    """The model and its thresholds; ``missing``: the reason why there is none."""

    reader: Reader | None
    policy: Policy
    missing: str = ""
