"""The tree of errors. The docstring of each says what a person should understand.

FirstResponderError
├── ConfigError         config.toml or the knowledge folder cannot be used as it is
├── ModelError
│   ├── ModelMissing    a file of the model is not there
│   ├── ModelCorrupt    a file of the model is not what it should be
│   └── ModelFailed     the model was loaded but could not read
├── StoreError          the database cannot be used
│   └── StoreTooNew     it was written by a newer version
├── CaseConflict        a change does not fit the case as it is now
└── TelegramError       Telegram refuses what the bot needs in order to run
    └── TwoInstances    another process uses the same token, or a webhook is left over
"""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from pathlib import Path


class FirstResponderError(Exception):
    """Something a person has to mend; the message says what, where and how."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend: the place (file and line where known), what is wrong, the mend."""

    place: str
    what: str
    mend: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what} {self.mend}"


class ConfigError(FirstResponderError):
    """The configuration or the knowledge cannot be used; all problems are listed at once."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


class ModelError(FirstResponderError):
    """The model cannot be used: every turn goes to a person until it is mended."""

    def __init__(self, path: Path | str, what: str) -> None:
        self.path = path
        super().__init__(f"{path}: {what}")


class ModelMissing(ModelError):
    """A file of the model is not there."""


class ModelCorrupt(ModelError):
    """A file of the model is cut short or altered."""


class ModelFailed(ModelError):
    """The model was loaded but could not read."""


class StoreError(FirstResponderError):
    """The database cannot be used."""


class StoreTooNew(StoreError):
    """The database was written by a newer version of the program."""


class CaseConflict(FirstResponderError):
    """A change of a case that was changed meanwhile, or a move that no case may make."""


class TelegramError(FirstResponderError):
    """Telegram refuses what the bot needs in order to run."""


class TwoInstances(TelegramError):
    """Another process receives with the same token, or a webhook is left over."""


def lacks_memory(error: BaseException) -> bool:
    """Was there no memory for it? torch and safetensors say so in words, not by the type."""
    return isinstance(error, MemoryError) or "allocate memory" in str(error)


def where(error: BaseException) -> str:
    """What broke and in which lines of code, for the log. Its message may hold people's words."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    return f"{type(error).__name__}\n{frames}".rstrip()
