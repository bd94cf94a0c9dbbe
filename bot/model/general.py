"""The heads that every brand shares: tone, danger, asks-for-a-person, small talk, fr or en."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from ..conversation import ANNOYED_COUNTS, SmallTalk, Tone
from ..errors import ModelCorrupt, ModelFailed, lacks_memory
from .encoder import MORE_MEMORY, check
from .encoder import WEIGHTS as ENCODER
from .found_words import Usage
from .nearness import Judge
from .softmax import Floats, Softmax, softmax
from .threshold import Elsewhere
from .wording import Wording

WEIGHTS, META = "general.safetensors", "general.json"
MEND = "Take it again from the release or the repository, or train it: make heads."
TONES = (Tone.CALM, Tone.ANNOYED, Tone.ANGRY)
SMALL_TALK = (
    SmallTalk.NONE,
    SmallTalk.GREETING,
    SmallTalk.THANKS,
    SmallTalk.REJECTION,
    SmallTalk.REMARK,
)
"""In the order of the head's classes. (One that learned fewer never says the last.)"""
LANGUAGES = ("fr", "en")
RISKS = ("", "self_harm", "safety")
"""The marks of risk.toml that the model hears as well, whatever the words; "" is none."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Least probabilities, chosen on unseen texts; models/README.md says how good they are.

    ``angry``, compared with `anger`, goes from language, so that calm people are taken for angry
    equally seldom in each; other languages take the strictest. ``annoyed`` is compared with annoyed
    and angry together,
    ``small_talk`` with all its kinds; a greeting or thanks, which end with a polite word, must
    reach ``polite`` by themselves, or ``needless`` with all kinds that need nothing (above 1:
    never). ``risk``, from which the alarm rings, is compared with all its marks, and so is
    ``maybe_risk``, from which a person looks. ``asks_beside`` holds for a clause that stands beside
    others, ``asks_person`` for a turn as a whole.
    """

    angry: Mapping[str, float]
    annoyed: float
    asks_person: float
    asks_beside: float
    small_talk: float
    polite: float
    risk: float
    needless: float = 2.0
    maybe_risk: float = 0.98

    def angry_in(self, language: str | None) -> float:
        return self.angry.get(language or "", max(self.angry.values()))


@dataclass(frozen=True, slots=True)
class Experience:
    """What other brands taught: how subjects are worded, how to weigh evidence, when to believe it.

    ``release``: what it came with, as `release` names it.
    """

    usage: Usage
    judge: Judge
    elsewhere: Elsewhere
    release: str = ""


def release(folder: Path) -> str:
    """Of the encoder and of the experience that came with it; a brand's heads that were trained
    with others are trained again. Raises ModelMissing or ModelCorrupt."""
    return _release(check(folder, ENCODER), check(folder, WEIGHTS))


def _release(encoder: str, weights: str) -> str:
    return sha256(f"{encoder} {weights}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class GeneralHeads:
    """Each head gives, for vectors (texts, width), probabilities (texts, classes).

    Tone and risk have two each, which are added: on the encoder's vectors, and on the wording.
    ``experience`` is not a head: every brand's own heads are trained with it.
    """

    tone: Softmax
    wording: Wording
    risk: Softmax
    risk_wording: Wording
    person: Softmax
    small_talk: Softmax
    language: Softmax
    experience: Experience
    limits: Limits

    def tone_logits(self, texts: Sequence[str], vectors: Floats) -> Floats:
        """(texts, TONES)."""
        said: Floats = self.tone.logits(vectors) + self.wording.logits(texts)
        return said

    def risk_shares(self, texts: Sequence[str], vectors: Floats) -> Floats:
        """(texts, RISKS)."""
        return softmax(self.risk.logits(vectors) + self.risk_wording.logits(texts))

    def tone_of(self, shares: Floats, language: str | None) -> Tone:
        """The tone of one turn from its three probabilities."""
        calm = float(shares[0])
        if float(anger(shares)) >= self.limits.angry_in(language):
            return Tone.ANGRY
        return Tone.ANNOYED if 1 - calm >= self.limits.annoyed else Tone.CALM

    def small_talk_of(self, shares: Floats) -> SmallTalk:
        """Small talk only when it is surely no need: a need taken for "hello" gets no answer."""
        if 1 - float(shares[0]) < self.limits.small_talk:
            return SmallTalk.NONE
        kind = SMALL_TALK[1 + int(shares[1:].argmax())]
        needy = float(shares[0] + shares[SMALL_TALK.index(SmallTalk.REJECTION)])
        polite = shares.max() >= self.limits.polite or 1 - needy >= self.limits.needless
        return kind if polite or kind is SmallTalk.REJECTION else SmallTalk.NONE

    def asks_person(self, share: float, beside: float, talk: Floats) -> bool:
        """``share`` of the whole turn, ``beside``: the greatest of its clauses where there are
        several. A hello is no plea: "hi there" calls somebody, but surer is the greeting. What is
        as sure a plea as a clause must be is one, however much it sounds like a hello."""
        greeting = float(talk[SMALL_TALK.index(SmallTalk.GREETING)])
        greets = self.small_talk_of(talk) is SmallTalk.GREETING and greeting > share
        surely = max(share, beside) >= self.limits.asks_beside
        return surely or (share >= self.limits.asks_person and not greets)

    def save(self, folder: Path, encoder: str, figures: Mapping[str, float]) -> None:
        """Write weights and meta; ``figures`` are kept for the reader, not used."""
        from safetensors.numpy import save_file

        heads = {name: getattr(self, name) for name in _HEADS}
        tensors = {f"{n}.{part}": getattr(h, part) for n, h in heads.items() for part in _PARTS}
        for name in _WORDINGS:
            wording = getattr(self, name)
            tensors |= {f"{name}.{part}": getattr(wording, part) for part in _WORDING}
        usage, judge = self.experience.usage, self.experience.judge
        elsewhere = self.experience.elsewhere
        tensors |= {"usage.rarity": usage.rarity, "usage.middle": usage.middle}
        tensors |= {"judge.weight": judge.weight, "judge.none": judge.none}
        tensors |= {"elsewhere.sure": elsewhere.sure, "elsewhere.right": elsewhere.right}
        save_file(tensors, folder / WEIGHTS)
        (folder / WEIGHTS).chmod(0o644)
        meta = {"encoder": encoder, "limits": asdict(self.limits), "figures": dict(figures)}
        (folder / META).write_text(json.dumps(meta, indent=1, sort_keys=True) + "\n", "utf-8")

    @classmethod
    def load(cls, folder: Path, encoder: str) -> GeneralHeads:
        """Check against the manifest and read. Raises ModelMissing or ModelCorrupt."""
        from safetensors.numpy import load_file

        known = _release(encoder, check(folder, WEIGHTS))
        check(folder, META)
        try:
            meta: dict[str, Any] = json.loads((folder / META).read_text("utf-8"))
            tensors = load_file(folder / WEIGHTS)
            heads: dict[str, Any] = {
                name: Softmax(*(tensors[f"{name}.{part}"] for part in _PARTS)) for name in _HEADS
            }
            for name in _WORDINGS:
                heads[name] = Wording(*(tensors[f"{name}.{part}"] for part in _WORDING))
            experience = Experience(
                Usage(tensors["usage.rarity"], tensors["usage.middle"]),
                Judge(tensors["judge.weight"], tensors["judge.none"]),
                Elsewhere(tensors["elsewhere.sure"], tensors["elsewhere.right"]),
                known,
            )
            made = cls(**heads, experience=experience, limits=Limits(**meta["limits"]))
            made_for = meta["encoder"]
        except Exception as error:
            if lacks_memory(error):
                raise ModelFailed(folder, MORE_MEMORY) from error
            why = f"The heads cannot be read ({type(error).__name__}: {error})."
            raise ModelCorrupt(folder / META, f"{why} {MEND}") from error
        if made_for != encoder:
            raise ModelCorrupt(folder / META, f"These heads were made for another encoder. {MEND}")
        return made


def anger(shares: Floats) -> Floats:
    """(…, TONES) -> (…): how angry each is, which is compared with the limits."""
    angry: Floats = shares[..., 2] + np.float32(ANNOYED_COUNTS) * shares[..., 1]
    return angry


_HEADS = ("tone", "risk", "person", "small_talk", "language")
_WORDINGS = ("wording", "risk_wording")
_PARTS = ("weight", "bias", "centre")
_WORDING = ("ids", "rarity", "weight", "bias")
