"""What training found, in words: how sure the bot can be, and what would make it surer."""

from __future__ import annotations

from .heads import TrainingReport

PAIRS_SHOWN = 5


def told(report: TrainingReport) -> str:
    """The report for a community manager at a terminal."""
    lines = [
        f"Learned {report.subjects} subjects from {report.examples} examples "
        f"in {report.seconds:.0f} s.",
        f"Right subject, for examples it had not seen: {report.accuracy_cv:.0%}.",
        f"It answers by itself from {report.threshold:.1%} on: "
        f"{report.coverage_at_threshold:.0%} of the questions you cover.",
        _promise(report),
    ]
    pairs = report.confused_pairs[:PAIRS_SHOWN]
    if pairs:
        lines.append("Most often taken for each other (tell them apart, or join them):")
        lines += [f"  {p.subject} / {p.taken_for} ({p.times}): “{p.text}”" for p in pairs]
    return "\n".join(lines)


def _promise(report: TrainingReport) -> str:
    asked = f"{report.max_wrong_answers:.0%}"
    measured = f"{report.wrong_share:.1%} wrong measured, at most {report.bound:.1%} (95 % sure)"
    if report.promise_kept:
        return f"Promise kept: at most {asked} of its answers are wrong; {measured}."
    return (
        f"Too few examples to promise {asked} wrong answers: {measured}. It is careful: what it is "
        "not sure of, it asks about once or hands over. More examples per subject help most."
    )
