"""What an evaluation found, for a person at a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..safe_text import shortened, shown
from .results import Confusion, Figures, Summary
from .words import mends, percent

PAIRS_SHOWN = 5
SENTENCES_SHOWN = 2
LONGEST = 90


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
        f"With the best threshold for these messages it could answer {_share(every.possible)}.",
        f"Asked back, the right subject stands among the buttons for {_share(every.offered)}.",
        f"Its certainty is {_share(summary.calibration_error)} off, on average (ECE).",
        f"At the threshold: {_share(summary.at_threshold.covered_right)} of covered messages "
        f"right and sure, {_share(summary.at_threshold.uncovered_found)} of uncovered held back.",
        *_tones(summary),
        *_musts(summary),
        *_confusions(summary.confusions),
        *_strays(summary),
    ]
    return "\n".join(parts)


def _figures(groups: dict[str, Figures]) -> Iterable[str]:
    names = ("right subject", "AUROC", "answered", "wrong", "answer", "clarify", "human")
    yield f"{'':<8}{'messages':>9}" + "".join(f"{name:>14}" for name in names)
    for lang, one in groups.items():
        auroc = "–" if one.auroc is None else f"{one.auroc:.3f}"
        cells = [_share(one.accuracy), auroc, _share(one.coverage), _share(one.wrong_share)]
        cells += [_share(one.actions[action]) for action in ("answer", "clarify", "human")]
        yield f"{shown(lang)[:8]:<8}{one.messages:>9}" + "".join(f"{cell:>14}" for cell in cells)


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
