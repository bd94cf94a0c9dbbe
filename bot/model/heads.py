"""A brand's heads: vectors in, calibrated probabilities of its subjects out, `unknown` included.

A softmax regression on the brand's examples says which of its subjects a turn is most like; how
near the turn is to them at all is weighed beside it, and "none of these" stands among the answers.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

from ..conversation import UNKNOWN
from ..errors import ModelCorrupt, ModelMissing
from ..whole_file import written_whole
from .found_words import Laid
from .letters import Letters
from .nearness import Judge, Taught, Texts
from .softmax import Softmax

WEIGHTS, META = "heads.safetensors", "heads.json"
MEND = "Train again: first-responder train."


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

    ``accuracy_cv``: right subject, unseen examples (of more than 4,000, so many of them).
    ``coverage_at_threshold``: of these, answered at ``threshold``. ``wrong_share``: wrong among the
    answers, with a share of uncovered turns as in threshold.py; ``bound``: not exceeded in 95 % of
    such draws.
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
    """``which``: the softmax regression. ``taught``: the examples it was learned from.

    ``judge`` weighs the evidence; it came with the encoder. ``release``: which encoder and which
    experience they were trained with. ``knowledge``: the version of the knowledge learned from.
    """

    subjects: tuple[str, ...]
    which: Softmax
    taught: Taught
    judge: Judge
    release: str
    knowledge: str
    report: TrainingReport

    def probabilities(self, texts: Texts) -> list[dict[str, float]]:
        """For each text: subject -> probability, UNKNOWN included; each sums to 1."""
        logits = self.which.logits(texts.vectors)
        shares = self.judge.shares(self.taught.evidence(logits, texts))
        names = (*self.subjects, UNKNOWN)
        return [dict(zip(names, map(float, row), strict=True)) for row in shares]

    def save(self, folder: Path) -> None:
        """Write the heads; the same heads are read back to the last bit. Raises OSError."""
        from safetensors.numpy import save

        folder.mkdir(parents=True, exist_ok=True)
        tensors = {"examples": self.taught.examples, "labels": self.taught.labels}
        letters = self.taught.letters
        tensors |= {f"letters.{part}": getattr(letters, part) for part in _LETTERS}
        tensors |= {f"which.{part}": getattr(self.which, part) for part in _PARTS}
        tensors |= {f"words.{part}": getattr(self.taught.laid, part) for part in _LAID}
        tensors |= {"judge.weight": self.judge.weight, "judge.none": self.judge.none}
        weights = save(tensors)
        meta = {
            "sha256": sha256(weights).hexdigest(),
            "subjects": self.subjects,
            "release": self.release,
            "knowledge": self.knowledge,
            "report": asdict(self.report),
        }
        told = json.dumps(meta, ensure_ascii=False, indent=1) + "\n"
        for name, content in ((WEIGHTS, weights), (META, told.encode())):
            with written_whole(folder / name) as file:
                file.write(content)

    @classmethod
    def load(cls, folder: Path, release: str) -> Heads:
        """Read heads that were trained with this release of the model.

        Raises ModelMissing, or ModelCorrupt when they are altered or made with another one.
        """
        for name in (META, WEIGHTS):
            if not (folder / name).is_file():
                raise ModelMissing(folder / name, f"The brand's heads are missing. {MEND}")
        try:
            meta = json.loads((folder / META).read_text("utf-8"))
            if meta["sha256"] != sha256((folder / WEIGHTS).read_bytes()).hexdigest():
                raise ModelCorrupt(folder / WEIGHTS, f"The file is cut short or altered. {MEND}")
            if meta["release"] != release:
                raise ModelCorrupt(folder, f"These heads were made with another model. {MEND}")
            return cls._from(folder, meta)
        except (ValueError, KeyError, TypeError) as error:
            why = f"The heads cannot be read ({type(error).__name__}: {error})."
            raise ModelCorrupt(folder / META, f"{why} {MEND}") from error

    @classmethod
    def _from(cls, folder: Path, meta: Mapping[str, object]) -> Heads:
        from safetensors.numpy import load_file

        tensors = load_file(folder / WEIGHTS)
        report = dict(meta["report"])  # type: ignore[call-overload]
        kept = {part: tensors[f"letters.{part}"] for part in _LETTERS}
        letters = Letters(**kept, examples=len(tensors["examples"]))
        pairs = tuple(ConfusedPair(**pair) for pair in report.pop("confused_pairs"))
        return cls(
            subjects=tuple(meta["subjects"]),  # type: ignore[arg-type]
            which=Softmax(*(tensors[f"which.{part}"] for part in _PARTS)),
            taught=Taught.again(
                tensors["examples"],
                tensors["labels"],
                letters,
                Laid.again(*(tensors[f"words.{part}"] for part in _LAID)),
            ),
            judge=Judge(tensors["judge.weight"], tensors["judge.none"]),
            release=str(meta["release"]),
            knowledge=str(meta["knowledge"]),
            report=TrainingReport(**report, confused_pairs=pairs),
        )


_PARTS = ("weight", "bias", "centre")
_LAID = ("codes", "scale", "starts")
_LETTERS = ("ids", "rarity", "starts", "rows", "values")
