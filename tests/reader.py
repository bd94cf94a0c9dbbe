"""The one scripted stand-in for the model: it understands exactly what a story tells it."""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence

from bot.conversation import UNKNOWN, Reading, SmallTalk, Tone
from bot.model.questions import questions
from bot.model.telling import clauses

FRENCH = ("je", "vous", "ça", "le", "la", "c'est", "bonjour", "merci", "non", "mon", "quand", "où")

DESPAIR = "tout est vain"
"""Words in which no list finds a risk, but the model does."""
UNWELL = "des frissons bizarres"
"""Of danger, perhaps: enough for a person to look, too little for the alarm."""
CURT = "bof"
"""Said calmly, and perhaps in anger: likely enough for the limit, likelier not."""
HEATED = ("grr", "pfff", DESPAIR)


class ScriptedReader:
    """Words in a message -> what the model would have understood.

    ``knows("ouvert", "store-hours")``; a message that holds several known words is torn between
    their subjects, unless it asks about one after the other. ``pause`` holds the model's thread
    until it is released; ``breaks`` makes every pass raise.
    """

    def __init__(self) -> None:
        self.subjects: dict[str, str] = {}
        self.asked: list[str] = []
        self.breaks: BaseException | None = None
        self.go = threading.Event()
        self.go.set()

    def knows(self, word: str, subject: str) -> None:
        self.subjects[word] = subject

    def read(self, texts: Sequence[str]) -> list[Reading]:
        self.asked.extend(texts)
        self.go.wait(20)
        if self.breaks is not None:
            raise self.breaks
        return [self._one(text.lower()) for text in texts]

    def _found(self, text: str) -> list[str]:
        return sorted({subject for word, subject in self.subjects.items() if word in text})

    def _one(self, text: str) -> Reading:
        found = self._found(text)
        each = [self._found(part) for part in questions(text)]
        share = 0.96 / len(found) if found else 0.0
        probabilities = dict.fromkeys(found, share) | {UNKNOWN: 1.0 - share * len(found)}
        curt = CURT in text
        tone = (
            Tone.ANGRY if "grr" in text or curt else Tone.ANNOYED if "pfff" in text else Tone.CALM
        )
        return Reading(
            probabilities=probabilities,
            tone=tone,
            tone_probabilities={Tone.CALM: 0.8, Tone.ANGRY: 0.2} if curt else {tone: 0.99},
            risk=("self_harm",) if DESPAIR in text else (),
            maybe_risk=DESPAIR in text or UNWELL in text,
            telling=tuple(
                c for c in clauses(text) if any(w in c for w in ("grr", "pfff", DESPAIR, UNWELL))
            ),
            asked=tuple((part[0], 0.96) for part in each) if _one_each(each) else (),
            asks_person="quelqu'un" in text or "a person" in text,
            small_talk=_small_talk(text),
            small_talk_probability=0.9,
            language="fr" if set(re.findall(r"[\w']+", text)) & set(FRENCH) else "en",
        )


def _one_each(found: Sequence[Sequence[str]]) -> bool:
    return len(found) > 1 and all(len(one) == 1 for one in found) and len({*map(tuple, found)}) > 1


def _small_talk(text: str) -> SmallTalk:
    words = text.strip(" !.?").split()
    if not words or len(words) > 4:
        return SmallTalk.NONE
    if words[0] in ("merci", "thanks", "thank"):
        return SmallTalk.THANKS
    if words[0] in ("bonjour", "hello", "salut"):
        return SmallTalk.GREETING
    if words[0] in ("non", "no"):
        return SmallTalk.REJECTION
    if words[0] in ("hmm", "lol"):
        return SmallTalk.REMARK
    return SmallTalk.NONE
