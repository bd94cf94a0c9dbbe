"""What an evaluation found, for a person at a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..safe_text import shortened, shown
from .figures import ACTIONS
from .results import Confusion, Figures, Summary
from .words import mends, percent

PAIRS_SHOWN = 5
SENTENCES_SHOWN = 2
LONGEST = 68
COLUMNS = 6


def told(summary: Summary) -> str:
    """A page of text: figures, then what to mend. The HTML page and the JSON say more."""
    every = summary.all
    parts = [
        f"{summary.brand} · messages: {every.messages} · covered: {every.covered}",
        f"It answers by itself from {_share(summary.threshold)} on, to give at most "
        f"{_share(summary.max_wrong_answers)} wrong answers.",
        "",
        *_figures(
            {"all": every, **summary.languages} if len(summary.languages) > 1 else {"all": every}
        ),
        "",
        *_in_words(summary),
        *_tones(summary),
        *_musts(summary),
        *_confusions(summary.confusions),
        *_strays(summary),
    ]
    return "\n".join(parts)


def _in_words(summary: Summary) -> Iterable[str]:
    """What could be measured, a sentence each."""
    sentences = (
        ("With the best threshold for these messages it could answer {}.", summary.all.possible),
        ("Asked back, the right subject stands among the buttons for {}.", summary.all.offered),
        ("Its certainty is {} off, on average (ECE).", summary.calibration_error),
        ("At the threshold, {} of covered: right and sure.", summary.at_threshold.covered_right),
        ("At the threshold, {} of uncovered: held back.", summary.at_threshold.uncovered_found),
    )
    for sentence, figure in sentences:
        if figure is not None:
            yield sentence.format(_share(figure))


def _figures(groups: dict[str, Figures]) -> Iterable[str]:
    """A line for each figure, a column for each language: so many as a terminal has room for."""
    names = list(groups)
    for at in range(0, len(names), COLUMNS):
        ones = [groups[name] for name in names[at : at + COLUMNS]]
        yield _row("", [shown(name)[:8] for name in names[at : at + COLUMNS]])
        yield _row("messages", [str(one.messages) for one in ones])
        yield _row("right subject", [_share(one.accuracy) for one in ones])
        yield _row("AUROC", ["–" if one.auroc is None else f"{one.auroc:.3f}" for one in ones])
        yield _row("covered, answered", [_share(one.coverage) for one in ones])
        yield _row("wrong answers", [_share(one.wrong_share) for one in ones])
        for action in ACTIONS:
            yield _row(action, [_share(one.actions[action]) for one in ones])


def _row(label: str, cells: Sequence[str]) -> str:
    return f"{label:<18}" + "".join(f"{cell:>10}" for cell in cells)


def _tones(summary: Summary) -> Iterable[str]:
    if not summary.tone:
        return
    names = ("tone right", "angry found", "calm flagged", "found at 5%")
    yield ""
    yield f"{'tone':<8}{'messages':>9}" + "".join(f"{name:>14}" for name in names)
    for lang, one in summary.tone.items():
        figures = (one.accuracy, one.angry_found, one.calm_flagged, one.angry_found_at_5)
        cells = "".join(f"{_share(figure):>14}" for figure in figures)
        yield f"{shown(lang)[:8]:<8}{one.messages:>9}{cells}"


def _musts(summary: Summary) -> Iterable[str]:
    must = summary.must
    if not must.messages:
        return
    yield ""
    yield f"Treated as they must be: {_share(must.agreed)} of {must.messages}."
    for wanted, done in must.done.items():
        yield f"  must {wanted}: " + ", ".join(f"{name} {n}" for name, n in done.items())


def _confusions(pairs: Sequence[Confusion]) -> Iterable[str]:
    if not pairs:
        return
    yield ""
    yield f"Taken for each other most often, of {len(pairs)} pairs:"
    for pair in pairs[:PAIRS_SHOWN]:
        for way in pair.misread:
            yield f"  {way.subject} read as {way.taken_for}: {way.times} of {way.of}"
            yield from (f"      “{_short(s.text)}”" for s in way.texts[:SENTENCES_SHOWN])
        yield f"    → {' '.join(mends('en', pair))}"


def _strays(summary: Summary) -> Iterable[str]:
    if not summary.strays:
        return
    yield ""
    yield "Not covered, yet read as a subject:"
    for stray in summary.strays[:PAIRS_SHOWN]:
        yield f"  {stray.subject} · messages: {stray.times} · got its answer: {stray.answered}"
        yield from (f"      “{_short(s.text)}”" for s in stray.texts[:SENTENCES_SHOWN])


def _share(figure: float | None) -> str:
    return percent("en", figure)


def _short(text: str) -> str:
    return shortened(" ".join(shown(text).split()), LONGEST)
