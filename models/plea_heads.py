"""Learns to hear pleas, for a person and for help, and from what probability on to believe them.

Danger is taught by models/teaching/risk.jsonl, beside the corpus's training messages and the texts
with a tone, which are taken for harmless where no rule of risk.toml finds a word in them. It is
measured on risk_unseen.jsonl, by another author, and on the dev brands' messages.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from episodes import TEACHING
from teaching_texts import Mask, Texts, limit
from wording_head import learn_wording

from bot import risk
from bot.model.encoder import Encoder
from bot.model.general import LANGUAGES, RISKS, GeneralHeads
from bot.model.pleas import Plea, pleas
from bot.model.softmax import Labels, Softmax, fit
from bot.model.telling import clauses
from bot.model.wording import Wording

WRONGLY_ASKED, OR_BESIDE = 0.01, 0.02
"""Share of turns that ask for nobody and may go to a person all the same: by the whole of them; and
by that or by one of their clauses. (At 0.05, 98 % of those who ask were found instead of 96, and
"where is my order?" was taken for one of them.)"""
WRONGLY_ALARMED = 0.01
"""Share of turns without a word of danger that may be taken for a plea for help. (Of the 70 dev
messages that this flags about half tell of danger or distress: nobody had marked them.)"""
MAYBE_ALARMED = 0.03
"""Share of them that may go to a person for it, be the alarm rung or not (measure_alarm.py)."""
CUT = 22_000
"""Messages whose clauses teach that a clause by itself asks for nobody."""
EVERY = 5
"""One in so many of the harmless texts teaches the wording; all of them would take minutes more."""
STRENGTH = 1e-5
UNSURE = "unsure"
"""Texts of which two people would not say the same: they neither teach nor measure."""


@dataclass(frozen=True)
class Marked:
    """``label``: the place in RISKS."""

    text: str
    lang: str
    label: int


def marked(name: str) -> list[Marked]:
    """The lines of a teaching file, without those of which nobody is sure."""
    return [
        Marked(row["text"], row["lang"], RISKS.index(row["risk"] or ""))
        for row in _rows(name)
        if row["risk"] != UNSURE
    ]


def harmless(texts: Iterable[str]) -> Mask:
    """In which no rule finds a word of danger, and which nobody has marked."""
    known = {row["text"] for name in ("risk", "risk_unseen") for row in _rows(name)}
    return np.array([text not in known and not has_words(text) for text in texts])


def has_words(text: str) -> bool:
    """Does a rule find a word of danger in it?"""
    return any(rule.found(risk.fold(text)) for rule in _RULES)


def learn_risk(encoder: Encoder, around: Texts) -> tuple[Softmax, Wording]:
    """``around``: very many texts; those of them that are harmless teach what danger is not."""
    taught, calm = marked("risk"), around.where(harmless(map(str, around.texts)))
    said = [one.text for one in taught]
    texts = [*said, *map(str, calm.texts)]
    vectors = np.concatenate([encoder.encode(said), calm.vectors])
    labels: Labels = np.zeros(len(texts), dtype=np.int64)
    labels[: len(taught)] = [one.label for one in taught]
    head = fit(vectors, labels, len(RISKS), STRENGTH)
    some = [*range(len(said)), *range(len(said), len(texts), EVERY)]
    wording = learn_wording([texts[n] for n in some], labels[some], len(RISKS), telling=len(said))
    return head, wording


def learn_person(encoder: Encoder, learned: Texts) -> Softmax:
    """Clauses of those who ask for nobody teach beside whole texts: else one that says little by
    itself ("Madame, Monsieur,") is taken for a plea."""
    quiet = [str(text) for text in learned.texts[learned.labels == 0]]
    some = random.Random(1).sample(quiet, min(CUT, len(quiet)))
    cut = [part for parts in map(clauses, some) if len(parts) > 1 for part in parts]
    vectors = np.concatenate([learned.vectors, encoder.encode(cut)])
    labels = np.concatenate([learned.labels, np.zeros(len(cut), dtype=np.int64)])
    return fit(vectors, labels, 2, STRENGTH)


def believed(
    heads: GeneralHeads, encoder: Encoder, unseen: Texts, figures: dict[str, float]
) -> GeneralHeads:
    """The heads with the limits of the pleas; ``unseen``: whether each asks for a person."""
    texts = [str(text) for text in unseen.texts]
    heard = pleas(heads, encoder.encode, texts, unseen.vectors)
    whole, beside = (np.array([getattr(h, n) for h in heard]) for n in ("whole", "beside"))
    wanted = unseen.labels == 1
    asks = limit(whole[~wanted], WRONGLY_ASKED)
    left = beside[~wanted & (whole < asks)]
    room = OR_BESIDE * (~wanted).sum() - (whole[~wanted] >= asks).sum()
    also = limit(left, room / len(left))
    found = (whole >= asks) | (beside >= also)
    for language in LANGUAGES:
        figures[f"person.found.{language}"] = _share(found[wanted & (unseen.languages == language)])
    figures["person.wrongly"] = _share(found[~wanted])
    figures["person.texts"] = len(wanted)
    at, maybe = _alarm_limits(heads, encoder, texts, heard, figures)
    limits = replace(heads.limits, asks_person=asks, asks_beside=also, risk=at, maybe_risk=maybe)
    return replace(heads, limits=limits)


def _alarm_limits(
    heads: GeneralHeads,
    encoder: Encoder,
    texts: Sequence[str],
    heard: Sequence[Plea],
    figures: dict[str, float],
) -> tuple[float, float]:
    """Of the alarm, and of what only goes to a person."""
    ours = np.array([plea.alarm for plea in heard], dtype=np.float32)[harmless(texts)]
    at = limit(ours, WRONGLY_ALARMED)
    unseen = marked("risk_unseen")
    said = [one.text for one in unseen]
    alarms = np.array([p.alarm for p in pleas(heads, encoder.encode, said, encoder.encode(said))])
    words = np.array([has_words(text) for text in said])
    for place, mark in enumerate(RISKS):
        name, here = mark or "none", np.array([one.label == place for one in unseen])
        figures[f"risk.by_words.{name}"] = _share(words[here])
        figures[f"risk.by_model.{name}"] = _share((alarms >= at)[here])
        figures[f"risk.by_either.{name}"] = _share((words | (alarms >= at))[here])
    figures["risk.wrongly"] = _share(ours >= at)
    figures["risk.texts"] = len(unseen)
    return at, limit(ours, MAYBE_ALARMED)


def _share(found: Mask) -> float:
    return float(found.mean())


def _rows(name: str) -> list[dict[str, str]]:
    lines = (TEACHING / f"{name}.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


_RULES = [rule for rule in risk.load_risk(TEACHING / "risk.toml", []) if rule.mark in RISKS]
"""The packaged ones, for there is no such file."""
