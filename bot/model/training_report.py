"""What training found, in words: how sure the bot can be, and what would make it surer."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import ceil

from ..answers import ENOUGH_EXAMPLES, Knowledge
from ..desk.desk_words import language_name
from .heads import TrainingReport
from .threshold import upper_bound

PAIRS_SHOWN = 5
MOST_NEEDED = 100_000
"""More examples than that are no advice."""


@dataclass(frozen=True, slots=True)
class Missing:
    """``examples`` to write for a subject, in ``language``, to have ENOUGH_EXAMPLES of them."""

    subject: str
    language: str
    examples: int


@dataclass(frozen=True, slots=True)
class Advice:
    """What to add so that the promise can be kept.

    ``missing``: subjects with few examples. ``contrast``: subject -> examples to write that tell
    it from those it is taken for, as many as were taken wrongly; most first. ``in_all``: about how
    many examples the brand needs before such a share of wrong answers can be promised at all;
    None: no number of them would do, as long as the subjects are confused as they are.
    """

    missing: tuple[Missing, ...]
    contrast: dict[str, int]
    in_all: int | None


def advice(report: TrainingReport, knowledge: Knowledge) -> Advice:
    missing = tuple(
        Missing(name, language, ENOUGH_EXAMPLES - count)
        for name, subject in knowledge.subjects.items()
        for language in knowledge.brand.languages
        if (count := len(subject.examples.get(language, ()))) < ENOUGH_EXAMPLES
    )
    taken = Counter[str]()
    for pair in report.confused_pairs:
        taken.update({pair.subject: pair.times, pair.taken_for: pair.times})
    return Advice(missing, dict(taken.most_common(PAIRS_SHOWN)), _in_all(report))


def told(report: TrainingReport, knowledge: Knowledge) -> str:
    """The report for a community manager at a terminal."""
    lines = [
        f"Learned {report.subjects} subjects from {report.examples} examples "
        f"in {report.seconds:.0f} s.",
        f"Right subject, for examples it had not seen: {report.accuracy_cv:.0%}.",
        f"It answers by itself from {report.threshold:.1%} on: "
        f"{report.coverage_at_threshold:.0%} of the questions you cover.",
        _promise(report),
    ]
    if not report.promise_kept:
        lines += _to_add(report, advice(report, knowledge))
    pairs = report.confused_pairs[:PAIRS_SHOWN]
    if pairs:
        lines.append("Most often taken for each other (tell them apart, or join them):")
        lines += [f"  {p.subject} / {p.taken_for} ({p.times}): “{p.text}”" for p in pairs]
    return "\n".join(lines)


def _in_all(report: TrainingReport) -> int | None:
    """As many as it takes for the bound to be low enough, if new ones are read as the old ones."""
    if report.promise_kept:
        return report.examples
    if report.wrong_share >= report.max_wrong_answers or not report.coverage_at_threshold:
        return None
    answers = 1
    while upper_bound(report.wrong_share * answers, answers) > report.max_wrong_answers:
        answers = answers + max(1, answers // 20)
        if answers > MOST_NEEDED:
            return None
    needed = ceil(answers / report.coverage_at_threshold / 10) * 10
    return max(report.examples, needed)


def _promise(report: TrainingReport) -> str:
    asked = f"{100 * report.max_wrong_answers:g}%"
    measured = f"{report.wrong_share:.1%} wrong measured, at most {report.bound:.1%} (95% sure)"
    if report.promise_kept:
        return f"Promise kept: at most {asked} of its answers are wrong; {measured}."
    begins = "Too few examples to promise"
    if not report.coverage_at_threshold:
        begins, measured = "Cannot promise", "it is never sure enough yet to answer by itself"
    elif report.wrong_share >= report.max_wrong_answers:
        begins = "Cannot promise"
    return (
        f"{begins} {asked} wrong answers: {measured}. It is careful: what it is not sure of, it "
        "asks about once or hands over."
    )


def _to_add(report: TrainingReport, found: Advice) -> list[str]:
    lines = ["What to add, the most useful first:"]
    if found.contrast:
        wanted = ", ".join(f"{name} {count}" for name, count in found.contrast.items())
        lines.append(f"  examples that tell a subject from those it is taken for: {wanted}")
    if found.missing:
        few = found.missing[:PAIRS_SHOWN]
        wanted = ", ".join(
            f"{one.subject} {one.examples} in {language_name('en', one.language)}" for one in few
        )
        more = len(found.missing) - len(few)
        lines.append(f"  examples where there are few: {wanted}" + (f", {more} more" * (more > 0)))
    if not report.coverage_at_threshold:
        lines.append("  examples for every subject, until it is sure enough to answer")
    elif found.in_all is None:
        lines.append("  more of the same will not do: these subjects are too alike as they are")
    else:
        lines.append(f"  about {found.in_all} examples in all; there are {report.examples}")
    return lines
