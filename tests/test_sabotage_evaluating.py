"""Each story of an evaluation, with what it relies on taken away: it must go red."""

from __future__ import annotations

import numpy as np
import pytest

from bot.evaluation import evaluate as step
from bot.evaluation import figures, measures
from bot.evaluation.results import Result

from . import test_evaluating as told
from . import test_measures as counted


async def test_without_the_real_decision_the_actions_are_wrong(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whoever reported the best subject as the answer would miss what tone and doubt decide."""
    monkeypatch.setattr(step, "_action", lambda _decision: "answer")
    with pytest.raises(AssertionError):
        await told.test_each_message_gets_the_action_that_the_bot_would_take()


async def test_if_uncovered_messages_were_passed_over_the_risk_would_look_lower(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def covered_only(results: list[Result]) -> tuple[object, ...]:
        kept = [r for r in results if r.message.covered]
        sure = np.array([r.probability for r in kept])
        right = np.array([r.right for r in kept], dtype=bool)
        return sure, right, np.ones(len(kept), dtype=bool)

    monkeypatch.setattr(figures, "_arrays", covered_only)
    with pytest.raises(AssertionError):
        await told.test_the_curve_the_rule_and_the_calibration_are_those_worked_out_by_hand()


def test_if_ties_counted_as_won_the_auroc_would_be_too_high(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def proud(high: measures.Doubles, low: measures.Doubles) -> float:
        return float((high[:, None] >= low[None, :]).mean())

    monkeypatch.setattr(counted, "auroc", proud)
    with pytest.raises(AssertionError):
        counted.test_auroc_counts_the_pairs_that_are_in_order((0.5, 0.5), (0.5,), 0.5)


def test_if_ties_were_ordered_as_they_come_the_curve_would_depend_on_the_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def greedy(
        sure: measures.Doubles, right: measures.Marks, covered: measures.Marks
    ) -> list[measures.Point]:
        steps = range(1, len(sure) + 1)
        whole = covered.sum()
        return [
            measures.Point(float(sure[n - 1]), covered[:n].sum() / whole, 1 - right[:n].mean())
            for n in steps
        ]

    monkeypatch.setattr(counted, "curve", greedy)
    with pytest.raises(AssertionError):
        counted.test_equally_sure_messages_cannot_be_ordered_to_look_better()


def test_if_the_limit_let_its_ties_pass_everybody_calm_would_be_flagged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def lax(wanted: measures.Doubles, others: measures.Doubles, flagged: float) -> float:
        limit = np.sort(others)[::-1][int(flagged * len(others))]
        return float((wanted >= limit).mean())

    monkeypatch.setattr(counted, "found_at", lax)
    with pytest.raises(AssertionError):
        counted.test_found_at_does_not_find_what_is_tied_with_the_limit()
