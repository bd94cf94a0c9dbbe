"""Results of an evaluation -> its summary. Every figure can be taken again from the results."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from ..answers import Knowledge
from ..config import Settings
from ..conversation import ANNOYED_COUNTS, Policy, Tone
from . import measures
from .confusions import confusions, strays
from .measures import share
from .results import Broken, Figures, Musts, Result, Rule, Summary, Tones

ACTIONS = ("answer", "clarify", "human")
CALM_FLAGGED = 0.05
"""The share of calm messages that may be taken for angry when tone heads are compared."""
MOST_POINTS = 200


def summed(
    results: Sequence[Result], settings: Settings, knowledge: Knowledge, policy: Policy
) -> Summary:
    """All figures, from the results alone and what the knowledge says of its subjects."""
    max_wrong = settings.answers.max_wrong_answers
    sure, right, _ = _arrays(results)
    parts = measures.bins(sure, right)
    return Summary(
        brand=knowledge.brand.name,
        max_wrong_answers=max_wrong,
        threshold=policy.reply_at,
        all=_figures(results, max_wrong),
        languages={lang: _figures(some, max_wrong) for lang, some in _by_language(results).items()},
        at_threshold=_rule(results, lambda r: r.probability >= policy.reply_at),
        as_a_class=_rule(results, lambda r: r.probability > r.unknown),
        curve=measures.thinned(measures.curve(*_arrays(results)), MOST_POINTS),
        calibration_error=measures.calibration_error(parts),
        calibration=parts,
        tone=_tones(results),
        must=_musts(results),
        confusions=confusions(results, knowledge),
        strays=strays(results),
    )


def _arrays(
    results: Sequence[Result],
) -> tuple[measures.Doubles, measures.Marks, measures.Marks]:
    """(sure, right, covered) of the results."""
    return (
        np.array([r.probability for r in results], dtype=np.float64),
        np.array([r.right for r in results], dtype=bool),
        np.array([r.message.covered for r in results], dtype=bool),
    )


def _by_language(results: Sequence[Result]) -> dict[str, list[Result]]:
    found: dict[str, list[Result]] = {}
    for result in results:
        found.setdefault(result.lang, []).append(result)
    return dict(sorted(found.items()))


def _figures(results: Sequence[Result], max_wrong: float) -> Figures:
    covered = [r for r in results if r.message.covered]
    sure, right, is_covered = _arrays(results)
    best = measures.most_covered(measures.curve(sure, right, is_covered), max_wrong)
    counts = Counter(r.action for r in results)
    return Figures(
        messages=len(results),
        covered=len(covered),
        accuracy=share(r.right for r in covered),
        macro_f1=measures.macro_f1(
            [r.message.intent or "" for r in covered], [r.subject or "" for r in covered]
        ),
        auroc=measures.auroc(sure[is_covered], sure[~is_covered]),
        coverage=share(r.action == "answer" for r in covered),
        wrong_share=share(
            r.message.intent not in r.answers for r in results if r.action == "answer"
        ),
        possible=(best.coverage if best else 0.0) if covered else None,
        offered=share(r.message.intent in r.choices for r in covered if r.action == "clarify"),
        actions={action: counts[action] / len(results) for action in ACTIONS},
    )


def _rule(results: Sequence[Result], passes: Callable[[Result], bool]) -> Rule:
    return Rule(
        covered_right=share(r.right and passes(r) for r in results if r.message.covered),
        uncovered_found=share(not passes(r) for r in results if not r.message.covered),
    )


def _tones(results: Sequence[Result]) -> dict[str, Tones]:
    """Tone figures of all labelled messages ("all") and of each language."""
    told = [r for r in results if r.message.tone is not None]
    groups = {"all": told, **_by_language(told)} if told else {}
    return {lang: _tone_figures(some) for lang, some in groups.items()}


def _tone_figures(results: Sequence[Result]) -> Tones:
    of = {tone: [r for r in results if r.message.tone is tone] for tone in Tone}
    angry, calm = (
        np.array([_anger(r.tone_probability) for r in of[tone]], dtype=np.float64)
        for tone in (Tone.ANGRY, Tone.CALM)
    )
    counts = {tone: Counter(r.tone for r in some) for tone, some in of.items()}
    return Tones(
        messages=len(results),
        accuracy=share(r.tone is r.message.tone for r in results),
        angry_found=share(r.tone is Tone.ANGRY for r in of[Tone.ANGRY]),
        calm_flagged=share(r.tone is Tone.ANGRY for r in of[Tone.CALM]),
        angry_found_at_5=measures.found_at(angry, calm, CALM_FLAGGED),
        read={str(true): {str(t): counts[true][t] for t in Tone} for true in Tone},
    )


def _anger(shares: Mapping[str, float]) -> float:
    return shares[Tone.ANGRY] + ANNOYED_COUNTS * shares[Tone.ANNOYED]


def _musts(results: Sequence[Result]) -> Musts:
    told = [r for r in results if r.message.must is not None]
    counts = Counter((r.message.must or "", r.action) for r in told)
    wanted = sorted({must for must, _ in counts})
    return Musts(
        messages=len(told),
        agreed=share(_as_it_must(r) for r in told),
        done={must: {action: counts[must, action] for action in ACTIONS} for must in wanted},
        broken=[
            Broken(r.message.id, r.message.text, r.message.must or "", r.action, r.why)
            for r in told
            if not _as_it_must(r)
        ],
    )


def _as_it_must(result: Result) -> bool:
    if result.message.must == "either":
        return result.action in ("clarify", "human")
    return result.action == result.message.must
