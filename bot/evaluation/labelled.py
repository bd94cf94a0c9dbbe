"""Labelled messages from a file: what customers wrote, and what a person says is right for each."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from ..conversation import Tone
from ..json_lines import Bad, read_lines
from ..subject_names import siblings, slug

MUSTS = ("answer", "clarify", "human", "either")
SHAPE = 'Write {"id": "1", "text": "…", "intent": "a-subject"}, or null when it is not covered.'


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

    Raises ConfigError naming each bad line (the first ones) and its mend.
    """
    return read_lines(path, SHAPE, lambda raw: _labelled(raw, subjects))


def _labelled(raw: Mapping[str, Any], subjects: Collection[str]) -> Labelled:
    number = raw.get("id")
    if not isinstance(number, str | int) or isinstance(number, bool):
        raise Bad('has no "id", a text or a number.')
    if not isinstance(raw.get("text"), str):
        raise Bad('has no "text".')
    if "intent" not in raw:
        raise Bad('does not say its "intent".')
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
    """The subject of that name; one that was brought in under a tidier name is found too, unless
    it may be one of several."""
    if name is None:
        return None
    if not isinstance(name, str):
        raise Bad('"intent" is neither the name of a subject nor null.')
    if name in subjects:
        return name
    if (tidy := slug(name)) in subjects:
        if others := siblings(tidy, subjects):
            which = " or ".join([tidy, *others])
            mend = f"Write {which}: import-knowledge said which it is."
            raise Bad(f"“{name}” may be one of several subjects.", mend)
        return tidy
    near = get_close_matches(slug(name), list(subjects), 1)
    mend = f"Did you mean “{near[0]}”?" if near else "Name one of them, or null: not covered."
    raise Bad(f"“{name}” is no subject of this knowledge.", mend)


def _text(raw: Mapping[str, Any], key: str) -> str | None:
    value = raw.get(key)
    if value is not None and not isinstance(value, str):
        raise Bad(f'"{key}" is not a text.', f'Write "{key}": "…", or leave it out.')
    return value


def _one_of(raw: Mapping[str, Any], key: str, allowed: Collection[str]) -> str | None:
    value = _text(raw, key)
    if value is not None and value not in allowed:
        raise Bad(f'"{key}" is “{value}”.', f"Write one of {', '.join(allowed)}, or leave it out.")
    return value
