"""The brand's rules: what may be said, from which certainty on, who may act."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .answers import Knowledge
from .config import AnswerSettings
from .conversation import Policy


@dataclass(frozen=True, slots=True)
class House:
    """One brand's rules, as every step needs them."""

    knowledge: Knowledge
    policy: Policy
    answers: AnswerSettings
    desk_language: str

    @property
    def brand(self) -> str:
        return self.knowledge.brand.name

    @property
    def quiet_s(self) -> float:
        """A case in which nothing is said for so long is closed."""
        return float(self.answers.close_after_hours) * 3600.0

    @property
    def reopen_s(self) -> float:
        """Who writes within so long of a closing writes about the case that was closed."""
        return float(self.answers.reopen_within_hours) * 3600.0

    def language_for(self, *wishes: str | None) -> str:
        """The first of the wishes that the brand serves, else its own language."""
        served = self.knowledge.brand.languages
        for wish in wishes:
            code = (wish or "").partition("-")[0].lower()
            if code in served:
                return code
        return self.knowledge.brand.default_language

    def served(self, language: str | None) -> str | None:
        """The language, if the brand serves it."""
        return language if language in self.knowledge.brand.languages else None

    def answer(self, subject: str, language: str) -> str:
        answers = self.knowledge.subjects[subject].answers
        return answers.get(language) or answers[self.knowledge.brand.default_language]

    def title(self, subject: str) -> str:
        """A subject's name for staff; one that is gone meanwhile keeps its own."""
        return self.titles([subject], self.desk_language).get(subject, subject)

    def titles(self, subjects: Sequence[str], language: str) -> dict[str, str]:
        known = self.knowledge.subjects
        default = self.knowledge.brand.default_language
        return {
            name: known[name].titles.get(language) or known[name].titles.get(default) or name
            for name in subjects
            if name in known
        }
