"""When the examples cannot promise what is asked, training says so, and what to add."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.answers import load_knowledge
from bot.config import EXAMPLE_BRAND
from bot.model.heads import ConfusedPair, TrainingReport
from bot.model.threshold import upper_bound
from bot.model.training_report import Missing, advice, told

SHOP = load_knowledge(EXAMPLE_BRAND)

CAREFUL = TrainingReport(
    examples=400,
    subjects=26,
    accuracy_cv=0.85,
    coverage_at_threshold=0.5,
    wrong_share=0.01,
    bound=0.03,
    max_wrong_answers=0.02,
    promise_kept=False,
    threshold=0.9,
    unknown_auroc=0.8,
    confused_pairs=(
        ConfusedPair("delivery-delay", "delivery-cost", "la livraison est lente", 9),
        ConfusedPair("delivery-delay", "order-status", "c'est pour quand", 4),
    ),
    seconds=2.0,
)


def test_the_subjects_that_are_confused_most_get_the_most_examples() -> None:
    wanted = advice(CAREFUL, SHOP).contrast
    assert wanted == {"delivery-delay": 13, "delivery-cost": 9, "order-status": 4}
    assert "delivery-delay 13, delivery-cost 9" in told(CAREFUL, SHOP)


def test_subjects_with_few_examples_are_named_with_how_many_are_missing() -> None:
    subject = replace(SHOP.subjects["gift-card"], examples={"fr": ("a", "b", "c")})
    thin = replace(SHOP, subjects=dict(SHOP.subjects) | {"gift-card": subject})
    assert advice(CAREFUL, SHOP).missing == ()
    missing = advice(CAREFUL, thin).missing
    assert missing == (Missing("gift-card", "fr", 5), Missing("gift-card", "en", 8))
    assert "gift-card 5 in French, gift-card 8 in English" in told(CAREFUL, thin)


def test_how_many_examples_would_do_follows_from_the_bound() -> None:
    """At 1 % wrong and half of them answered: so many that the bound is under 2 %."""
    needed = advice(CAREFUL, SHOP).in_all
    assert needed is not None
    answers = needed * CAREFUL.coverage_at_threshold
    assert upper_bound(0.01 * answers, answers) <= 0.02
    assert upper_bound(0.01 * answers * 0.8, answers * 0.8) > 0.02
    text = told(CAREFUL, SHOP)
    assert f"about {needed} examples in all; there are 400" in text
    assert "Too few examples to promise 2% wrong answers: 1.0% wrong measured" in text


def test_no_number_is_promised_where_more_of_the_same_would_not_do() -> None:
    hopeless = replace(CAREFUL, wrong_share=0.02)
    assert advice(hopeless, SHOP).in_all is None
    text = told(hopeless, SHOP)
    assert "Cannot promise 2% wrong answers: 2.0% wrong measured, at most 3.0% (95% sure)" in text
    assert "more of the same will not do" in text and "Too few" not in text


def test_who_never_answers_is_not_told_that_subjects_are_too_alike() -> None:
    """No answer was measured, so no figure says anything: examples are what it lacks."""
    silent = replace(CAREFUL, coverage_at_threshold=0.0, wrong_share=0.0, bound=1.0)
    assert advice(silent, SHOP).in_all is None
    text = told(silent, SHOP)
    assert "Cannot promise 2% wrong answers: it is never sure enough yet" in text
    assert "examples for every subject" in text
    assert "wrong measured" not in text and "too alike" not in text


def test_a_promise_that_is_kept_asks_for_nothing() -> None:
    kept = replace(CAREFUL, promise_kept=True, bound=0.019)
    assert advice(kept, SHOP).in_all == kept.examples
    assert "What to add" not in told(kept, SHOP)


@pytest.mark.parametrize(("asked", "told_as"), [(0.004, "0.4%"), (0.015, "1.5%"), (0.07, "7%")])
def test_what_was_asked_for_is_told_as_it_was_asked(asked: float, told_as: str) -> None:
    kept = replace(CAREFUL, promise_kept=True, max_wrong_answers=asked)
    assert f"at most {told_as} of its answers are wrong" in told(kept, SHOP)
    assert f"promise {told_as} wrong" in told(replace(kept, promise_kept=False), SHOP)
