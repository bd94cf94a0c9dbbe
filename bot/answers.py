"""The knowledge base: a folder that the community manager edits -> Knowledge, checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Brand:
    """Who the bot speaks for. Languages are ISO 639-1 codes; mappings go from language.

    ``suggestions``: things to try in the demo. ``contact``: how else to reach people.
    """

    name: str
    languages: tuple[str, ...]
    default_language: str
    suggestions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    contact: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing customers ask about; ``titles``, ``examples``, ``answers`` go from language."""

    name: str
    titles: Mapping[str, str]
    description: str
    examples: Mapping[str, tuple[str, ...]]
    answers: Mapping[str, str]
    file: Path


@dataclass(frozen=True, slots=True)
class RiskRule:
    """Words that send a turn to a person whatever the model thinks; ``why`` is for staff."""

    mark: str
    why: str
    words: Mapping[str, tuple[str, ...]]

    def matches(self, text: str) -> bool:
        """True when one of the words stands in ``text``."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Everything the bot may say and what it learns from.

    ``version``: SHA-256 (hex) of the content that heads are trained on.
    ``warnings``: what would make it better, with place and mend; nothing that prevents its use.
    """

    brand: Brand
    subjects: Mapping[str, Subject]
    risk: tuple[RiskRule, ...]
    version: str
    warnings: tuple[str, ...] = ()


def load_knowledge(folder: Path) -> Knowledge:
    """The knowledge in ``folder``. Raises ConfigError with every problem at once."""
    raise NotImplementedError
