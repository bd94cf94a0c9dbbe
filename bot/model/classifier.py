"""The model as the rest of the bot knows it: texts in, readings out."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from ..conversation import UNKNOWN, Reading, Tone
from ..errors import ModelError
from .capitals import lowered, unstopped
from .encoder import Encoder, Vectors
from .found_words import Pieces
from .general import RISKS, SMALL_TALK, TONES, GeneralHeads
from .heads import Heads
from .language import Languages, is_legible
from .nearness import Texts
from .pleas import Plea, pleas
from .questions import names_something, questions
from .softmax import Floats, softmax
from .telling import telling

log = logging.getLogger(__name__)

ALSO = 0.005
"""From here on a message is also about a subject, beside a likelier one."""

Shares = Mapping[str, float]
Asked = tuple[tuple[str, float], ...]
"""Of each of several questions the likeliest subject, with its probability."""


class Classifier:
    """One encoder, the heads every brand shares, and the brand's own (None: all is unknown).

    Not for several threads at once: call it from one worker thread.
    """

    def __init__(
        self,
        encoder: Encoder,
        general: GeneralHeads,
        heads: Heads | None,
        languages: Languages,
        marks: Collection[str] = RISKS,
    ) -> None:
        """``marks``: of risk that it may raise."""
        self.encoder = encoder
        self.general = general
        self.heads = heads
        self._languages = languages
        self._marks = frozenset(marks)

    @classmethod
    def load(cls, models: Path, brand_heads: Path | None, served: Sequence[str] = ()) -> Classifier:
        """Load everything from ``models`` and the folder of the brand's heads; takes seconds.

        ``served``: the brand's languages. Raises ModelMissing or ModelCorrupt.
        """
        encoder = Encoder.load(models)
        general = GeneralHeads.load(models, encoder.fingerprint)
        heads = Heads.load(brand_heads, general.experience.release) if brand_heads else None
        return cls(encoder, general, heads, Languages(served))

    def read(self, texts: Sequence[str]) -> list[Reading]:
        """One reading per text, in order; what stands beside a text does not change its reading.

        (Of ``telling`` there may be less when many texts are not calm.)

        Takes about 5 ms a text on one core, and as much again where it has several clauses: a plea
        for help, or for a person, that stands beside a question is heard by itself.
        As much again per clause of one that is not calm and per question of one that may ask
        several.
        """
        said = [lowered(text) for text in texts]
        parts = [questions(text) if self.heads else [] for text in said]
        every = [*said, *(part for cut in parts for part in cut)]
        vectors, pieces = self.encoder.read(every)
        subjects = self._subjects(every, vectors, pieces)
        vectors, apart = vectors[: len(texts)], iter(subjects[len(texts) :])
        asked = [
            _each_once(_each_named(cut, [Reading(next(apart)).best for _ in cut], whole))
            for cut, whole in zip(parts, subjects, strict=False)
        ]
        tones = self._tones(texts, said, vectors)
        heard = pleas(self.general, self.encoder.encode, said, vectors)
        talks = self.general.small_talk.probabilities(vectors)
        languages = self.general.language.probabilities(vectors)
        readings = [
            self._reading(*one)
            for one in zip(
                texts, subjects[: len(texts)], asked, tones, heard, talks, languages, strict=True
            )
        ]
        return self._told(texts, readings)

    def _tones(self, texts: Sequence[str], said: Sequence[str], vectors: Vectors) -> Floats:
        """(texts, TONES). ``said``: the texts without capitals that say nothing, and ``vectors``
        theirs. What is calm so, or without its stops, is calm; capitals make what is not worse."""
        tones = softmax(self.general.tone_logits(said, vectors))
        stopped = [place for place in self._heated(tones) if unstopped(said[place]) != said[place]]
        if stopped:
            evenly = self._shares([unstopped(said[place]) for place in stopped])
            calm = [n for n in range(len(stopped)) if n not in self._heated(evenly)]
            tones[np.array(stopped)[calm]] = evenly[calm]
        loud = [place for place in self._heated(tones) if texts[place] != said[place]]
        if loud:
            aloud = self._shares([texts[place] for place in loud])
            angry = TONES.index(Tone.ANGRY)
            angrier = aloud[:, angry] > tones[loud][:, angry]
            tones[np.array(loud)[angrier]] = aloud[angrier]
        return tones

    def _shares(self, texts: Sequence[str]) -> Floats:
        return softmax(self.general.tone_logits(texts, self.encoder.encode(texts)))

    def _heated(self, tones: Floats) -> list[int]:
        """The places of those that are not calm in every language."""
        of, languages = self.general.tone_of, (None, *self.general.limits.angry)
        return [
            place
            for place, one in enumerate(tones)
            if any(of(one, language) is not Tone.CALM for language in languages)
        ]

    def _told(self, texts: Sequence[str], readings: list[Reading]) -> list[Reading]:
        """With the words that show the tone, where it is not calm; without them if that fails."""
        heated = [place for place, one in enumerate(readings) if one.tone is not Tone.CALM]
        try:
            told = telling([texts[place] for place in heated], self._heat)
        except ModelError as error:
            log.warning("no words that show the tone: %s", error)
            return readings
        for place, words in zip(heated, told, strict=True):
            before = readings[place].telling
            more = (words,) if words and words not in before else ()
            readings[place] = replace(readings[place], telling=(*before, *more))
        return readings

    def _heat(self, texts: Sequence[str]) -> list[float]:
        """How far each text is from calm, in log-odds."""
        logits = self.general.tone_logits(texts, self.encoder.encode(texts))
        heat = np.logaddexp(logits[:, 1], logits[:, 2]) - logits[:, 0]
        return [float(one) for one in heat]

    def _subjects(
        self, texts: Sequence[str], vectors: Vectors, pieces: Sequence[Pieces]
    ) -> list[dict[str, float]]:
        if self.heads is None:
            return [{UNKNOWN: 1.0} for _ in vectors]
        usage = self.general.experience.usage
        return self.heads.probabilities(Texts.of(texts, vectors, pieces, usage))

    def _reading(
        self,
        text: str,
        subjects: dict[str, float],
        asked: Asked,
        tone: Floats,
        plea: Plea,
        talk: Floats,
        words: Floats,
    ) -> Reading:
        said = lowered(text)
        language = self._languages.of(said, words)
        if not is_legible(text):
            return Reading({UNKNOWN: 1.0}, tone_probabilities={Tone.CALM: 1.0}, language=language)
        small_talk = self.general.small_talk_of(talk)
        alarm = plea.alarm if plea.risk in self._marks else 0.0
        maybe = alarm >= self.general.limits.maybe_risk
        at = said.find(plea.words)
        return Reading(
            probabilities=subjects,
            tone=self.general.tone_of(tone, language),
            tone_probabilities=dict(zip(TONES, map(float, tone), strict=True)),
            asks_person=self.general.asks_person(plea.whole, plea.beside, talk),
            asks_person_probability=max(plea.whole, plea.beside),
            small_talk=small_talk,
            small_talk_probability=float(talk[SMALL_TALK.index(small_talk)]),
            language=language,
            risk=(plea.risk,) if alarm >= self.general.limits.risk else (),
            maybe_risk=maybe,
            risk_probability=alarm,
            telling=(text[at : at + len(plea.words)],) if maybe else (),
            asked=asked,
        )


def _each_named(cut: Sequence[str], found: Sequence[tuple[str, float]], whole: Shares) -> Asked:
    """Subject and probability of each question; of one that names nothing only where the ``whole``
    is about that too: in "do you repair zippers and how long does it take" it is no parcel."""
    return tuple(
        best
        for part, best in zip(cut, found, strict=True)
        if names_something(part) or whole.get(best[0], 0.0) >= ALSO
    )


def _each_once(asked: Sequence[tuple[str, float]]) -> Asked:
    """Subject and probability of each question -> each subject once, as sure as it is surest; none
    where all are about the same."""
    surest: dict[str, float] = {}
    for subject, probability in asked:
        surest[subject] = max(probability, surest.get(subject, 0.0))
    return tuple(surest.items()) if len(surest) > 1 else ()
