"""Trains a brand's heads from its examples, and measures what they can promise.

Seconds for a few hundred examples, minutes for tens of thousands.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import ModelFailed
from . import threshold
from .encoder import Encoder
from .found_words import Usage, laid_out
from .general import Experience
from .heads import ConfusedPair, Heads, TrainingReport
from .nearness import Judge, Taught, Texts
from .softmax import STRENGTHS, Labels, Tuned, fit, folds, tune
from .threshold import Evidence, Threshold

OnProgress = Callable[[int, int, str], None]

CHUNK = 64
"""Examples read between two reports of progress, and looked at together."""
LARGE = 200_000
"""Examples times subjects above which fewer folds and penalties are tried."""
MOST_MEASURED = 4_000
"""Examples that are asked about when they are unseen; of more, so many by chance."""
PAIRS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is tried: folds, how many subjects' groups are left out in turn, penalties."""

    folds: int
    groups: int
    strengths: Sequence[float]

    @classmethod
    def for_size(cls, examples: int, subjects: int) -> Effort:
        if examples * subjects > LARGE:
            return cls(folds=3, groups=6, strengths=(3e-6, 1e-5))  # 1e-4 cost 5 points on 10,000
        return cls(folds=5, groups=40, strengths=STRENGTHS)


@dataclass(frozen=True, slots=True)
class Lesson:
    """The examples as numbers, their labels and folds (n,), which are asked about when they are
    unseen, how many subjects."""

    texts: Texts
    labels: Labels
    fold: Labels
    measured: NDArray[np.bool_]
    classes: int


def train_heads(
    encoder: Encoder,
    experience: Experience,
    subjects: Mapping[str, Sequence[str]],
    *,
    max_wrong_answers: float = 0.02,
    knowledge: str = "",
    on_progress: OnProgress = lambda _done, _total, _label: None,
) -> Heads:
    """Heads for ``subjects``: name -> examples, in any languages, at least two of each.

    ``experience``: of other brands; it comes with the encoder. ``knowledge``: the version that
    is kept with the heads. ``on_progress(done, total, label)`` is called as work goes on. The same
    examples give the same heads, ``report.seconds`` apart. Raises ModelFailed for fewer than two
    subjects, or a subject with fewer than two examples.
    """
    began = time.monotonic()
    _refuse_too_little(subjects)
    names = tuple(sorted(subjects))
    texts = [text for name in names for text in subjects[name]]
    labels = np.array([n for n, name in enumerate(names) for _ in subjects[name]], dtype=np.int64)
    effort = Effort.for_size(len(texts), len(names))
    lesson = _lesson(encoder, experience.usage, texts, labels, effort, on_progress)
    vectors = lesson.texts.vectors
    tuned = tune(vectors, labels, lesson.classes, lesson.fold, effort.strengths)
    judge = experience.judge
    known, right = _unseen(lesson, tuned, judge)
    unknown = _left_out(lesson, tuned, judge, effort.groups, on_progress)
    evidence = Evidence(known, right, unknown)
    report = _report(
        evidence,
        threshold.choose(evidence, experience.elsewhere, max_wrong_answers),
        max_wrong_answers,
        _confused(tuned.unseen_logits.argmax(axis=1), labels, names, texts),
        examples=len(texts),
        subjects=len(names),
        seconds=round(time.monotonic() - began, 2),
    )
    taught = Taught.of(lesson.texts, labels)
    return Heads(names, tuned.head, taught, judge, experience.release, knowledge, report)


def _refuse_too_little(subjects: Mapping[str, Sequence[str]]) -> None:
    few = sorted(name for name, examples in subjects.items() if len(examples) < 2)
    if few:
        raise ModelFailed("knowledge", f"Fewer than two examples: {', '.join(few)}. Add some.")
    if len(subjects) < 2:
        raise ModelFailed("knowledge", "The model needs two subjects or more to tell apart.")


def _lesson(
    encoder: Encoder,
    usage: Usage,
    texts: Sequence[str],
    labels: Labels,
    effort: Effort,
    on_progress: OnProgress,
) -> Lesson:
    """The examples as they are read, and which of them are asked about, without which others."""
    measured = np.random.default_rng(1).permutation(len(texts)) < MOST_MEASURED
    needed = measured | laid_out(labels, np.ones(len(texts), dtype=bool))
    read = _read(encoder, usage, texts, needed, on_progress)
    fold = folds(labels, min(effort.folds, int(np.bincount(labels).min())))
    return Lesson(read, labels, fold, measured, int(labels.max()) + 1)


def _read(
    encoder: Encoder,
    usage: Usage,
    texts: Sequence[str],
    needed: NDArray[np.bool_],
    on_progress: OnProgress,
) -> Texts:
    """``needed``: the texts that are looked at piece by piece; of hundreds of thousands the pieces
    of all would not fit into memory."""
    parts = []
    for start in range(0, len(texts), CHUNK):
        on_progress(start, len(texts), "examples")
        some = slice(start, start + CHUNK)
        parts.append(Texts.read(encoder, usage, texts[some]).only(needed[some]))
    on_progress(len(texts), len(texts), "examples")
    return Texts.together(parts)


def _unseen(
    lesson: Lesson, tuned: Tuned, judge: Judge
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """The best subject's probability for each example that is asked about, by what was learned
    without its fold, and whether it is its own."""
    best = np.empty(len(lesson.labels), dtype=np.float64)
    right = np.empty(len(best), dtype=bool)
    for held in np.unique(lesson.fold):
        out = lesson.fold == held
        taught = Taught.of(lesson.texts.where(~out), lesson.labels[~out])
        out &= lesson.measured
        found = taught.evidence(tuned.unseen_logits[out], lesson.texts.where(out), at_once=CHUNK)
        shares = judge.shares(found)[:, :-1]
        best[out] = shares.max(axis=1)
        right[out] = shares.argmax(axis=1) == lesson.labels[out]
    return best[lesson.measured], right[lesson.measured]


def _left_out(
    lesson: Lesson, tuned: Tuned, judge: Judge, groups: int, on_progress: OnProgress
) -> NDArray[np.float64]:
    """The same by what was learned without its whole subject: it plays the unknown."""
    groups = min(groups, lesson.classes)
    group_of = np.random.default_rng(0).permutation(lesson.classes) % groups
    best = np.empty(len(lesson.labels), dtype=np.float64)
    for group in range(groups):
        on_progress(group, groups, "subjects left out")
        out = group_of[lesson.labels] == group
        kept, labels = np.unique(lesson.labels[~out], return_inverse=True)
        rest = lesson.texts.where(~out)
        out &= lesson.measured
        asked = lesson.texts.where(out)
        head = fit(rest.vectors, labels, len(kept), tuned.strength)
        logits = head.cooled(tuned.temperature).logits(asked.vectors)
        found = Taught.of(rest, labels).evidence(logits, asked, at_once=CHUNK)
        best[out] = judge.shares(found)[:, :-1].max(axis=1)
    on_progress(groups, groups, "subjects left out")
    return best[lesson.measured]


def _report(
    evidence: Evidence,
    chosen: Threshold,
    max_wrong_answers: float,
    confused: tuple[ConfusedPair, ...],
    *,
    examples: int,
    subjects: int,
    seconds: float,
) -> TrainingReport:
    return TrainingReport(
        examples=examples,
        subjects=subjects,
        accuracy_cv=float(evidence.right.mean()),
        coverage_at_threshold=chosen.coverage,
        wrong_share=chosen.wrong_share,
        bound=chosen.bound,
        max_wrong_answers=max_wrong_answers,
        promise_kept=chosen.kept,
        threshold=chosen.at,
        unknown_auroc=_auroc(evidence),
        confused_pairs=confused,
        seconds=seconds,
    )


def _auroc(evidence: Evidence) -> float:
    """How often a covered example has a higher probability than an uncovered one."""
    unknown = np.sort(evidence.unknown)
    below = np.searchsorted(unknown, evidence.known, "left")
    not_above = np.searchsorted(unknown, evidence.known, "right")
    return float((below + not_above).mean() / 2 / len(unknown))


def _confused(
    read: Labels, labels: Labels, names: Sequence[str], texts: Sequence[str]
) -> tuple[ConfusedPair, ...]:
    """The pairs that are taken for each other most often, in either direction."""
    wrong = np.flatnonzero(read != labels)
    pairs = Counter(frozenset((int(labels[n]), int(read[n]))) for n in wrong)
    first = {frozenset((int(labels[n]), int(read[n]))): n for n in reversed(wrong)}
    return tuple(
        ConfusedPair(
            names[labels[first[pair]]], names[read[first[pair]]], texts[first[pair]], times
        )
        for pair, times in pairs.most_common(PAIRS_SHOWN)
    )
