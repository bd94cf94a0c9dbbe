"""What the model does for brands it has never seen: python models/measure_brands.py [dev|test].

Per brand: heads trained on its teaching examples only, as `first-responder train` does; then its
messages are read. top1: covered messages whose best subject is theirs. auroc: covered against
uncovered (a quarter of the messages are near misses). answered / wrong: at the threshold that
training chose for max_wrong_answers = 0.02, the share of covered messages answered, and the share
of all answers that are wrong. possible: the share of covered messages that could be answered with
at most 2 % of answers wrong if the best threshold were known.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from corpus import Brand, brands
from experience import learn_experience, seen

from bot.conversation import UNKNOWN
from bot.model.encoder import Encoder
from bot.model.general import Experience, GeneralHeads
from bot.model.nearness import Texts
from bot.model.train import train_heads

MODELS = Path(__file__).parent
MOST_WRONG = 0.02


@dataclass(frozen=True, slots=True)
class Measured:
    """One brand's messages after reading: the best subject's probability, and what was true.

    ``may``: those that a machine may answer at all: nobody is angry or asks for a person."""

    name: str
    sure: NDArray[np.float64]
    may: NDArray[np.bool_]
    right: NDArray[np.bool_]
    covered: NDArray[np.bool_]
    threshold: float

    @property
    def top1(self) -> float:
        return float(self.right[self.covered].mean())

    @property
    def auroc(self) -> float:
        known, unknown = self.sure[self.covered], np.sort(self.sure[~self.covered])
        below = np.searchsorted(unknown, known, "left") + np.searchsorted(unknown, known, "right")
        return float(below.mean() / 2 / len(unknown))

    @property
    def answered(self) -> float:
        return float((self.may & (self.sure >= self.threshold))[self.covered].mean())

    @property
    def wrong(self) -> float:
        answers = self.may & (self.sure >= self.threshold)
        return float((answers & ~self.right).sum() / max(1, answers.sum()))

    @property
    def possible(self) -> float:
        order = np.argsort(-self.sure, kind="stable")
        order = order[self.may[order]]
        share = np.cumsum(~self.right[order]) / np.arange(1, len(order) + 1)
        fits = np.flatnonzero(share <= MOST_WRONG)
        if not len(fits):
            return 0.0
        return float(self.covered[order[: fits[-1] + 1]].sum() / self.covered.sum())


def measure(encoder: Encoder, experience: Experience, brand: Brand) -> Measured:
    heads = train_heads(encoder, experience, brand.taught, max_wrong_answers=MOST_WRONG)
    asked = [message.text for message in brand.messages]
    read = heads.probabilities(Texts.read(encoder, experience.usage, asked))
    best = [
        max(((p, name) for name, p in one.items() if name != UNKNOWN), default=(0.0, UNKNOWN))
        for one in read
    ]
    return Measured(
        brand.name,
        sure=np.array([p for p, _ in best]),
        right=np.array(
            [name == m.intent for (_, name), m in zip(best, brand.messages, strict=True)]
        ),
        may=np.array([m.tone != "angry" and m.kind != "asks_person" for m in brand.messages]),
        covered=np.array([message.intent is not None for message in brand.messages]),
        threshold=heads.report.threshold,
    )


def table(measured: Sequence[Measured]) -> str:
    names = ("top1", "auroc", "answered", "wrong", "possible")
    rows = [f"{'':<28}" + "".join(f"{name:>10}" for name in names)]
    rows += [f"{m.name:<28}" + "".join(f"{getattr(m, n):>10.3f}" for n in names) for m in measured]
    mean = "".join(f"{np.mean([getattr(m, n) for m in measured]):>10.3f}" for n in names)
    return "\n".join([*rows, f"{'mean':<28}{mean}"])


def main() -> None:
    split = sys.argv[1] if len(sys.argv) > 1 else "test"
    models = Path(sys.argv[2]) if len(sys.argv) > 2 else MODELS
    encoder = Encoder.load(models)
    usage = GeneralHeads.load(models, encoder.fingerprint).experience.usage
    taught = {brand.name: seen(encoder, usage, brand) for brand in brands("dev")}
    measured = []
    for brand in brands(split):  # a dev brand is judged by what the others taught
        others = [one for name, one in taught.items() if name != brand.name]
        measured.append(measure(encoder, learn_experience(usage, others), brand))
    print(table(measured))


if __name__ == "__main__":
    main()
