"""The experience of other brands: learned from the messages of those the encoder never saw.

One small set of weights for every brand: a conditional logit over a brand's subjects, and "none of
these" beside them. Near misses are among the messages, so it learns how near is near enough.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from corpus import Brand
from numpy.typing import NDArray

from bot.model.encoder import Encoder
from bot.model.found_words import Usage
from bot.model.general import Experience
from bot.model.nearness import HINTS, KINDS, Judge, Nearness, Taught, Texts, hints
from bot.model.softmax import Labels, folds, tune
from bot.model.threshold import Elsewhere
from bot.model.train import Effort

PENALTY = 1e-3
STEPS = 200


@dataclass(frozen=True, slots=True)
class Seen:
    """The evidence about a brand's messages, and the place of each one's subject (messages,); past
    the last subject when the brand does not cover it. ``may``: those that may be answered by a
    machine at all, for nobody is angry or asks for a person."""

    evidence: Nearness
    target: Labels
    may: NDArray[np.bool_]


def seen(encoder: Encoder, usage: Usage, brand: Brand) -> Seen:
    """The evidence that the brand's own teaching examples give about its messages."""
    names = sorted(brand.taught)
    texts = [text for name in names for text in brand.taught[name]]
    labels = np.array([n for n, name in enumerate(names) for _ in brand.taught[name]])
    taught = Texts.read(encoder, usage, texts)
    effort = Effort.for_size(len(texts), len(names))
    fold = folds(labels, min(effort.folds, int(np.bincount(labels).min())))
    head = tune(taught.vectors, labels, len(names), fold, effort.strengths).head
    messages = [message.text for message in brand.messages]
    asked = Texts.read(encoder, usage, messages)
    place = {name: n for n, name in enumerate(names)}
    target = [place.get(message.intent or "", len(names)) for message in brand.messages]
    found = Taught.of(taught, labels).evidence(head.logits(asked.vectors), asked)
    may = [m.tone != "angry" and m.kind != "asks_person" for m in brand.messages]
    return Seen(found, np.array(target), np.array(may))


def learn_usage(encoder: Encoder, texts: Sequence[str]) -> Usage:
    """How subjects are worded, from many teaching texts of many brands."""
    counts = np.zeros(encoder.vocabulary)
    for text in texts:
        counts[list(set(encoder.tokens(text)))] += 1
    rarity = np.log((1 + len(texts)) / (1 + counts)).astype(np.float16)
    return Usage(rarity, encoder.encode(texts).mean(axis=0))


def learn_experience(usage: Usage, every: Sequence[Seen]) -> Experience:
    """The judge, and how right it is about a brand when the other brands taught it."""
    sure, right = [], []
    for one in every:
        judge = learn_judge([other for other in every if other is not one])
        shares = judge.shares(one.evidence.where(one.may))[:, :-1]
        sure.append(shares.max(axis=1).astype(np.float64))
        right.append(shares.argmax(axis=1) == one.target[one.may])
    elsewhere = Elsewhere(np.concatenate(sure), np.concatenate(right))
    return Experience(usage, learn_judge(every), elsewhere)


def learn_judge(every: Sequence[Seen]) -> Judge:
    """The weights under which the true subjects, or none, are least surprising; brands count the
    same. They are learned on evidence brought to one scale, and given for evidence as it is."""
    given = [
        (
            torch.from_numpy(one.evidence.near),
            torch.from_numpy(hints(one.evidence)[:, 1:]),
            one.target,
        )
        for one in every
    ]
    around = torch.cat([hinted for _, hinted, _ in given])
    middle, spread = around.mean(0), around.std(0) + 1e-6
    weight = torch.zeros(KINDS, requires_grad=True)
    none = torch.zeros(HINTS, requires_grad=True)
    optimiser = torch.optim.LBFGS([weight, none], max_iter=STEPS, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        total = PENALTY * ((weight * weight).sum() + (none[1:] * none[1:]).sum())
        for found, hinted, target in given:
            foreign = none[:1] + ((hinted - middle) / spread) @ none[1:]
            near = (found - middle[:KINDS]) @ weight
            logits = torch.cat([near, foreign[:, None]], dim=1)
            lost = torch.nn.functional.cross_entropy(logits, torch.from_numpy(target))
            total = total + lost / len(given)
        total.backward()  # type: ignore[no-untyped-call]
        return total

    optimiser.step(loss)  # type: ignore[no-untyped-call]
    learned, slopes = weight.detach(), none.detach()[1:] / spread
    constant = none.detach()[:1] - middle @ slopes + middle[:KINDS] @ learned
    return Judge(learned.numpy(), torch.cat([constant, slopes]).numpy())
