"""Labelled messages from a file: what customers wrote, and what a person says is right for each."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from ..cli.import_knowledge import slug
from ..conversation import Tone
from ..errors import ConfigError, Problem

MUSTS = ("answer", "clarify", "human", "either")
SHAPE = 'Write {"id": "1", "text": "…", "intent": "a-subject"}, or null when it is not covered.'
MOST_PROBLEMS = 20


@dataclass(frozen=True, slots=True)
class Labelled:
    """One message and what is right for it.

    ``intent``: the subject that covers it; None: no subject does. ``tone`` and ``must`` (what the
    bot has to do; ``either``: ask back or hand over, but not answer) are None when nobody said.
    """

    id: str | int
    text: str
    intent: str | None
    lang: str | None = None
    tone: Tone | None = None
    must: str | None = None

    @property
    def covered(self) -> bool:
        return self.intent is not None


def read_labelled(path: Path, subjects: Collection[str]) -> list[Labelled]:
    """The messages of a JSONL file, in its order; keys that are not known are passed over.

    Raises ConfigError naming each bad line (the first MOST_PROBLEMS) and its mend.
    """
    messages: list[Labelled] = []
    problems: list[Problem] = []
    for number, line in enumerate(_lines(path), 1):
        if not line.strip():
            continue
        try:
            messages.append(_labelled(json.loads(line), subjects))
        except _Bad as bad:
            problems.append(Problem(f"{path}:{number}", bad.what, bad.mend))
        except (ValueError, RecursionError) as error:
            problems.append(Problem(f"{path}:{number}", f"is not JSON ({error}).", SHAPE))
    if len(problems) > MOST_PROBLEMS:
        more = len(problems) - MOST_PROBLEMS
        rest = Problem(str(path), f"{more} more lines cannot be read.", "Mend these first.")
        problems = [*problems[:MOST_PROBLEMS], rest]
    if not messages and not problems:
        problems.append(Problem(str(path), "holds no message.", SHAPE))
    if problems:
        raise ConfigError(problems)
    return messages


class _Bad(Exception):
    def __init__(self, what: str, mend: str = SHAPE) -> None:
        self.what, self.mend = what, mend


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text("utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        mend = "Name a JSONL file in UTF-8."
        raise ConfigError([Problem(str(path), f"cannot be read ({error}).", mend)]) from error


def _labelled(raw: Any, subjects: Collection[str]) -> Labelled:
    if not isinstance(raw, dict):
        raise _Bad("is not an object.")
    number = raw.get("id")
    if not isinstance(number, str | int) or isinstance(number, bool):
        raise _Bad('has no "id", a text or a number.')
    if not isinstance(raw.get("text"), str):
        raise _Bad('has no "text".')
    if "intent" not in raw:
        raise _Bad('does not say its "intent".')
    tone = _one_of(raw, "tone", [str(tone) for tone in Tone])
    return Labelled(
        id=number,
        text=raw["text"],
        intent=_subject(raw["intent"], subjects),
        lang=_text(raw, "lang"),
        tone=None if tone is None else Tone(tone),
        must=_one_of(raw, "must", MUSTS),
    )


def _subject(name: object, subjects: Collection[str]) -> str | None:
    """The subject of that name; one that was brought in under a tidier name is found too."""
    if name is None:
        return None
    if not isinstance(name, str):
        raise _Bad('"intent" is neither the name of a subject nor null.')
    for known in (name, slug(name)):
        if known in subjects:
            return known
    near = get_close_matches(slug(name), list(subjects), 1)
    mend = f"Did you mean “{near[0]}”?" if near else "Name one of them, or null: not covered."
    raise _Bad(f"“{name}” is no subject of this knowledge.", mend)


def _text(raw: Mapping[str, Any], key: str) -> str | None:
    value = raw.get(key)
    if value is not None and not isinstance(value, str):
        raise _Bad(f'"{key}" is not a text.', f'Write "{key}": "…", or leave it out.')
    return value


def _one_of(raw: Mapping[str, Any], key: str, allowed: Collection[str]) -> str | None:
    value = _text(raw, key)
    if value is not None and value not in allowed:
        raise _Bad(f'"{key}" is “{value}”.', f"Write one of {', '.join(allowed)}, or leave it out.")
    return value
