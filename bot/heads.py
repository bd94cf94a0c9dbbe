"""A brand's heads: vectors in, calibrated probabilities of its subjects out, `unknown` included.

Two questions are asked of every turn. Which subject, if any of them? A softmax regression on the
brand's examples. And does it belong to the brand's subjects at all? A second, small regression on
signs of familiarity, which has learned from every subject being taken away in turn.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np

from .conversation import UNKNOWN
from .errors import ModelCorrupt, ModelMissing
from .softmax import Floats, Labels, Softmax, softmax

WEIGHTS, META = "heads.safetensors", "heads.json"
MEND = "Train again: first-responder train."
NEIGHBOURS = 3
"""Nearest examples of the best subject that are looked at together."""
SIGNS = 6


@dataclass(frozen=True, slots=True)
class ConfusedPair:
    """``text``, an example of ``subject``, is read as ``taken_for``; ``times``: as often as that
    happens between the two."""

    subject: str
    taken_for: str
    text: str
    times: int


@dataclass(frozen=True, slots=True)
class TrainingReport:
    """What training measured, by cross-validation on the brand's own examples.

    ``accuracy_cv``: right subject, unseen examples. ``coverage_at_threshold``: unseen covered
    examples answered at ``threshold``. ``wrong_share``: wrong among the answers, with a share of
    uncovered turns as in threshold.py; ``bound``: not exceeded in 95 % of such draws.
    ``promise_kept``: the bound is at most ``max_wrong_answers``; if not there are too few
    examples, or they are too alike, and the threshold is the careful one.
    ``unknown_auroc``: how well covered and left-out subjects separate, 0.5 to 1.
    """

    examples: int
    subjects: int
    accuracy_cv: float
    coverage_at_threshold: float
    wrong_share: float
    bound: float
    max_wrong_answers: float
    promise_kept: bool
    threshold: float
    unknown_auroc: float
    confused_pairs: tuple[ConfusedPair, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class Heads:
    """``examples`` (n, width) and ``labels`` (n,): what the subjects were learned from.

    ``familiar``: signs of familiarity -> [not ours, ours]. ``encoder``: the fingerprint of the
    encoder that made the vectors. ``knowledge``: the version of the knowledge learned from.
    """

    subjects: tuple[str, ...]
    which: Softmax
    familiar: Softmax
    examples: Floats
    labels: Labels
    encoder: str
    knowledge: str
    report: TrainingReport

    def probabilities(self, vectors: Floats) -> list[dict[str, float]]:
        """For each text: subject -> probability, UNKNOWN included; each sums to 1."""
        logits = self.which.logits(vectors)
        seen = signs(logits, vectors, self.examples, self.labels)
        ours = self.familiar.probabilities(seen)[:, 1:].astype(np.float64)
        shares = softmax(logits) * ours
        return [
            dict(zip(self.subjects, map(float, row), strict=True)) | {UNKNOWN: 1 - float(row.sum())}
            for row in shares
        ]

    def save(self, folder: Path) -> None:
        """Write the heads; the same heads are read back to the last bit."""
        from safetensors.numpy import save_file

        folder.mkdir(parents=True, exist_ok=True)
        tensors = {"examples": self.examples, "labels": self.labels}
        for name, head in (("which", self.which), ("familiar", self.familiar)):
            tensors |= {f"{name}.{part}": array for part, array in _parts(head).items()}
        save_file(tensors, folder / WEIGHTS)
        meta = {
            "sha256": sha256((folder / WEIGHTS).read_bytes()).hexdigest(),
            "subjects": self.subjects,
            "encoder": self.encoder,
            "knowledge": self.knowledge,
            "report": asdict(self.report),
        }
        (folder / META).write_text(json.dumps(meta, ensure_ascii=False, indent=1) + "\n", "utf-8")

    @classmethod
    def load(cls, folder: Path, encoder: str) -> Heads:
        """Read heads that fit the encoder with that fingerprint.

        Raises ModelMissing, or ModelCorrupt when they are altered or made for another encoder.
        """
        for name in (META, WEIGHTS):
            if not (folder / name).is_file():
                raise ModelMissing(folder / name, f"The brand's heads are missing. {MEND}")
        try:
            meta = json.loads((folder / META).read_text("utf-8"))
            if meta["sha256"] != sha256((folder / WEIGHTS).read_bytes()).hexdigest():
                raise ModelCorrupt(folder / WEIGHTS, f"The file is cut short or altered. {MEND}")
            if meta["encoder"] != encoder:
                raise ModelCorrupt(folder, f"These heads were made for another encoder. {MEND}")
            return cls._from(folder, meta)
        except (ValueError, KeyError, TypeError) as error:
            why = f"The heads cannot be read ({type(error).__name__}: {error})."
            raise ModelCorrupt(folder / META, f"{why} {MEND}") from error

    @classmethod
    def _from(cls, folder: Path, meta: Mapping[str, object]) -> Heads:
        from safetensors.numpy import load_file

        tensors = load_file(folder / WEIGHTS)
        report = dict(meta["report"])  # type: ignore[call-overload]
        pairs = tuple(ConfusedPair(**pair) for pair in report.pop("confused_pairs"))
        which, familiar = (
            Softmax(*(tensors[f"{name}.{part}"] for part in ("weight", "bias", "centre")))
            for name in ("which", "familiar")
        )
        return cls(
            subjects=tuple(meta["subjects"]),  # type: ignore[arg-type]
            which=which,
            familiar=familiar,
            examples=tensors["examples"],
            labels=tensors["labels"],
            encoder=str(meta["encoder"]),
            knowledge=str(meta["knowledge"]),
            report=TrainingReport(**report, confused_pairs=pairs),
        )


def _parts(head: Softmax) -> dict[str, Floats]:
    return {"weight": head.weight, "bias": head.bias, "centre": head.centre}


def signs(logits: Floats, vectors: Floats, examples: Floats, labels: Labels) -> Floats:
    """(texts, SIGNS): what tells the familiar from the foreign, seen from the best subject.

    How sure the subject is; how far ahead of the next; how strong the evidence is in all; the
    nearest example of that subject and its nearest few; how much nearer than any other subject's.
    """
    best = logits.argmax(axis=1)
    found = np.zeros((len(vectors), SIGNS), dtype=np.float32)
    for row, (vector, label) in enumerate(zip(vectors, best, strict=True)):
        ordered = np.sort(logits[row])[::-1]
        others = np.log(np.exp(ordered[1:] - ordered[0]).sum() + 1e-6)
        nearness = (examples * vector).sum(axis=1)
        own = np.sort(nearness[labels == label])[::-1]
        elsewhere = nearness[labels != label]
        found[row] = (
            -others,
            ordered[0] - (ordered[1] if len(ordered) > 1 else 0.0),
            ordered[0],
            own[0],
            own[:NEIGHBOURS].mean(),
            own[0] - (elsewhere.max() if len(elsewhere) else 0.0),
        )
    return found
