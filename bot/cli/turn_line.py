"""A turn as plain values: what was understood, what was done and why; and many of them counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..conversation import UNKNOWN, Clarify, Decision, HandOver, Reading, Reply
from ..typeset import typeset

DIGITS = 4

OWN_DATA: Mapping[str, str] = {
    "fr": "Commande sur ses propres données : le robot y répond aussitôt, qui que tienne le cas.",
    "en": "A command about their own data: the bot answers at once, whoever holds the case.",
}
"""Why nothing was decided, in the desk's language."""


def turn_line(decision: Decision, reading: Reading) -> dict[str, Any]:
    """A decision and the reading behind it.

    ``subject`` and ``probability``: the best of the brand's subjects, whatever was done (None and
    0.0 when it was not read for its subject). ``answers``: the subjects that are answered.
    """
    answers = list(decision.subjects) if isinstance(decision, Reply) else []
    line = _line(_ACTIONS.get(type(decision), "stay_quiet"), answers, reading, decision.why)
    if isinstance(decision, HandOver):
        line["reason"] = str(decision.reason)
    if isinstance(decision, Clarify):
        line["choices"] = list(decision.subjects)
    return line


def own_data_line(language: str) -> dict[str, Any]:
    """A command about the customer's own data, which is never read."""
    why = typeset(language, OWN_DATA.get(language, OWN_DATA["en"]))
    return _line("reply", [], Reading(), why)


def _line(action: str, answers: list[str], reading: Reading, why: str) -> dict[str, Any]:
    subject, probability = reading.best
    return {
        "action": action,
        "subject": None if subject == UNKNOWN else subject,
        "probability": round(probability, DIGITS),
        "answers": answers,
        "tone": str(reading.tone),
        "tone_probability": {str(tone): round(p, DIGITS) for tone, p in reading.tones.items()},
        "asks_human": reading.asks_person,
        "small_talk": str(reading.small_talk),
        "language": reading.language,
        "why": why,
    }


_ACTIONS: dict[type[Decision], str] = {Reply: "reply", Clarify: "clarify", HandOver: "hand_over"}


@dataclass
class Summary:
    """Counts of the whole replay; ``assumed`` says what was made up for it.

    ``held``: turns of cases that people had already. Among the actions they count as ``for_people``
    or ``made_urgent``, and their reasons are not those of a hand-over.
    """

    turns: int = 0
    held: int = 0
    actions: Counter[str] = field(default_factory=Counter)
    subjects: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    tones: Counter[str] = field(default_factory=Counter)
    assumed: str = ""

    def as_text(self) -> str:
        """A few lines for a person."""
        had = f"for people who had the case already: {self.held}"
        parts = [f"Turns: {self.turns}; {had}. {self.assumed}"]
        for title, counts in (
            ("action", self.actions),
            ("reason", self.reasons),
            ("tone", self.tones),
            ("subject answered", self.subjects),
        ):
            for name, count in counts.most_common():
                parts.append(f"{title:>18}  {name:<24} {count:>6}  {count / self.turns:6.1%}")
        return "\n".join(parts)

    def add(self, line: Mapping[str, Any]) -> None:
        self.turns += 1
        self.tones[line["tone"]] += 1
        self.subjects.update(line["answers"])
        if line["held"]:
            self.held += 1
            self.actions["made_urgent" if "reason" in line else "for_people"] += 1
            return
        self.actions[line["action"]] += 1
        if "reason" in line:
            self.reasons[line["reason"]] += 1
