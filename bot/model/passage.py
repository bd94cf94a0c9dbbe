"""A text as the model reads it: without capitals that say nothing, its core, and its questions."""

from __future__ import annotations

from dataclasses import dataclass

from .capitals import lowered
from .courtesies import matter
from .questions import questions


@dataclass(frozen=True, slots=True)
class Passage:
    """``text`` as it was typed; ``said``: the same without capitals that say nothing, of the same
    length; ``core``: of that, what stands between the courtesies, and ``typed`` the same as typed;
    ``questions``: the parts of the core, where it asks several things."""

    text: str
    said: str
    core: str
    typed: str
    questions: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Passage:
        said = lowered(text)
        where = matter(said)
        core = said[where]
        return cls(text, said, core, text[where], tuple(questions(core)))

    def as_typed(self, words: str) -> str:
        """``words`` of what is said, as they were typed."""
        at = self.said.find(words)
        return self.text[at : at + len(words)]
