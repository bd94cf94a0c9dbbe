"""What an evaluation found, as values: one result per message, and the summary of all of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ..conversation import Tone
from .labelled import Labelled
from .measures import Bin, Point

DIGITS = 6
"""Every probability is rounded so, and every figure is taken from the rounded ones."""


@dataclass(frozen=True, slots=True)
class Result:
    """What the bot would do with one message.

    ``action``: ``answer`` = an approved answer is sent; ``clarify`` = the bot asks back, with
    buttons or, after small talk, for the question itself; ``human`` = a person gets the case.
    ``subject`` and ``probability``: the best of the brand's subjects, whatever was done (None and
    0.0 when the message was not read for its subject). ``unknown``: that none of them fits.
    ``answers``: the subjects that are answered, several when it asks several things.
    ``choices``: the subjects on the buttons when the bot asks back.
    """

    message: Labelled
    action: str
    answers: tuple[str, ...]
    choices: tuple[str, ...]
    subject: str | None
    probability: float
    unknown: float
    tone: Tone
    tone_probability: Mapping[str, float]
    asks_human: bool
    small_talk: str
    language: str | None
    why: str

    @property
    def right(self) -> bool:
        """The best subject is the true one."""
        return self.message.covered and self.subject == self.message.intent

    @property
    def lang(self) -> str:
        """The language it is counted under: as labelled, else as read."""
        return self.message.lang or self.language or "?"

    def line(self) -> dict[str, Any]:
        """As plain values. The text is not repeated: ``id`` finds it."""
        values = {name: getattr(self, name) for name in self.__slots__ if name != "message"}
        return {"id": self.message.id, **values}


@dataclass(frozen=True, slots=True)
class Figures:
    """Some messages, counted. ``accuracy``, ``macro_f1``: the best subject of covered messages.

    ``auroc``: covered against uncovered. ``coverage``: covered messages that got an answer;
    ``wrong_share``: answers without the true subject among them. ``possible``: the coverage if the
    best threshold for ``max_wrong_answers`` had been known. ``offered``: of the covered messages
    that are asked back, those whose subject is among the buttons. ``actions``: shares.
    """

    messages: int
    covered: int
    accuracy: float | None
    macro_f1: float | None
    auroc: float | None
    coverage: float | None
    wrong_share: float | None
    possible: float | None
    offered: float | None
    actions: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Rule:
    """The subject alone, without tone or risk. ``covered_right``: covered messages with the right
    subject that pass; ``uncovered_found``: uncovered ones that do not."""

    covered_right: float | None
    uncovered_found: float | None


@dataclass(frozen=True, slots=True)
class Tones:
    """Messages whose tone is labelled. ``angry_found`` and ``calm_flagged``: read as angry, as
    shipped. ``angry_found_at_5``: found if just 5 % of the calm ones here were flagged.
    ``read``: true tone -> tone read -> messages."""

    messages: int
    accuracy: float | None
    angry_found: float | None
    calm_flagged: float | None
    angry_found_at_5: float | None
    read: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Broken:
    """A message that must be treated otherwise than it was."""

    id: str | int
    text: str
    must: str
    action: str
    why: str


@dataclass(frozen=True, slots=True)
class Musts:
    """``agreed``: the share treated as they must; ``done``: must -> action -> messages."""

    messages: int
    agreed: float | None
    done: Mapping[str, Mapping[str, int]]
    broken: Sequence[Broken]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A message behind a figure, and how sure its best subject was."""

    id: str | int
    text: str
    probability: float


@dataclass(frozen=True, slots=True)
class Misread:
    """``times`` of the ``of`` messages about ``subject`` were ``taken_for`` another."""

    subject: str
    taken_for: str
    times: int
    of: int
    texts: Sequence[Sentence]


@dataclass(frozen=True, slots=True)
class Few:
    """A subject with too few examples in a language."""

    subject: str
    language: str
    examples: int


@dataclass(frozen=True, slots=True)
class Confusion:
    """Two subjects that are taken for each other, in either direction, and the mend.

    ``advice``: ``merge`` (they have the same answer), ``contrast`` (each is often taken for the
    other) or ``add`` (examples to the subjects in ``add_to``). ``few``: where examples are few.
    """

    subjects: tuple[str, str]
    times: int
    misread: Sequence[Misread]
    advice: str
    add_to: Sequence[str]
    few: Sequence[Few]


@dataclass(frozen=True, slots=True)
class Stray:
    """Uncovered messages that look like ``subject``; ``answered``: they got its answer."""

    subject: str
    times: int
    answered: int
    texts: Sequence[Sentence]


@dataclass(frozen=True, slots=True)
class Summary:
    """Everything that was measured; docs/evaluate.md says what each key means."""

    brand: str
    max_wrong_answers: float
    threshold: float
    all: Figures
    languages: Mapping[str, Figures]
    at_threshold: Rule
    as_a_class: Rule
    curve: Sequence[Point]
    calibration_error: float | None
    calibration: Sequence[Bin]
    tone: Mapping[str, Tones]
    must: Musts
    confusions: Sequence[Confusion]
    strays: Sequence[Stray]


@dataclass(frozen=True, slots=True)
class Evaluation:
    results: Sequence[Result]
    summary: Summary

    def as_json(self) -> str:
        """``{"results": [...], "summary": {...}}``, every figure rounded to DIGITS."""
        lines = ",\n".join(_json(result.line()) for result in self.results)
        text = f'{{"results": [\n{lines}\n],\n"summary": {_json(asdict(self.summary))}}}'
        # Half of a surrogate pair cannot be written in UTF-8, but its escape is good JSON.
        return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _json(value: Any) -> str:
    return json.dumps(_rounded(value), ensure_ascii=False, allow_nan=False)


def _rounded(value: Any) -> Any:
    match value:
        case float():
            return round(value, DIGITS)
        case dict():
            return {key: _rounded(one) for key, one in value.items()}
        case list() | tuple():
            return [_rounded(one) for one in value]
        case _:
            return value
