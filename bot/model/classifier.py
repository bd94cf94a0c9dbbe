"""The model as the rest of the bot knows it: texts in, readings out."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from ..conversation import UNKNOWN, Reading, Tone
from ..errors import ModelError
from .encoder import Encoder, Vectors
from .found_words import Pieces
from .general import RISKS, SMALL_TALK, TONES, GeneralHeads, anger
from .heads import Heads
from .language import Languages, is_legible
from .nearness import Texts
from .passage import Passage
from .pleas import Plea, pleas
from .questions import names_something
from .softmax import Floats, softmax
from .telling import telling

log = logging.getLogger(__name__)

ALSO = 0.005
"""From here on a message is also about a subject, beside a likelier one."""

Shares = dict[str, float]
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
        As much again where courtesies stand around what it says, per clause of one that is not calm
        and per question of one that may ask several.
        """
        every = [Passage.of(text) for text in texts]
        if not every:
            return []
        about = _once(one for passage in every for one in (passage.core, *passage.questions))
        read = _once([*about, *(passage.said for passage in every)])
        vectors, pieces = self.encoder.read(read)
        place = {text: n for n, text in enumerate(read)}
        found = self._subjects(about, vectors[: len(about)], pieces[: len(about)])
        subjects = dict(zip(about, found, strict=True))
        tones = self._tones(every, vectors[[place[passage.core] for passage in every]])
        wholes = vectors[[place[passage.said] for passage in every]]
        heard = pleas(self.general, self.encoder.encode, [p.said for p in every], wholes)
        talks = self.general.small_talk.probabilities(wholes)
        languages = self.general.language.probabilities(wholes)
        readings = [
            self._reading(passage, subjects, *one)
            for passage, *one in zip(every, tones, heard, talks, languages, strict=True)
        ]
        return self._told([passage.typed for passage in every], readings)

    def _tones(self, every: Sequence[Passage], vectors: Vectors) -> Floats:
        """(passages, TONES). ``vectors``: of their cores. What is calm without capitals that say
        nothing is calm; they make what is not worse."""
        cores = [passage.core for passage in every]
        tones = softmax(self.general.tone_logits(cores, vectors))
        loud = [n for n in self._heated(tones) if every[n].typed != cores[n]]
        if loud:
            aloud = self._shares([every[n].typed for n in loud])
            angrier = anger(aloud) > anger(tones[loud])
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
        passage: Passage,
        subjects: Mapping[str, Shares],
        tone: Floats,
        plea: Plea,
        talk: Floats,
        words: Floats,
    ) -> Reading:
        language = self._languages.of(passage.said, words)
        if not is_legible(passage.text):
            return Reading({UNKNOWN: 1.0}, tone_probabilities={Tone.CALM: 1.0}, language=language)
        small_talk = self.general.small_talk_of(talk)
        alarm = plea.alarm if plea.risk in self._marks else 0.0
        maybe = alarm >= self.general.limits.maybe_risk
        return Reading(
            probabilities=subjects[passage.core],
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
            telling=(passage.as_typed(plea.words),) if maybe else (),
            asked=_asked(passage, subjects),
        )


def _asked(passage: Passage, subjects: Mapping[str, Shares]) -> Asked:
    """Subject and probability of each question; of one that names nothing only where the whole is
    about that too: in "do you repair zippers and how long does it take" it is no parcel. Each
    subject once, as sure as it is surest; none where all are about the same."""
    whole = subjects[passage.core]
    surest: dict[str, float] = {}
    for part in passage.questions:
        subject, probability = Reading(subjects[part]).best
        if names_something(part) or whole.get(subject, 0.0) >= ALSO:
            surest[subject] = max(probability, surest.get(subject, 0.0))
    return tuple(surest.items()) if len(surest) > 1 else ()


def _once(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))
