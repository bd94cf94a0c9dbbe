"""No test text reaches training, not even nearly."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "models"))

from leaks import leaked
from plea_heads import marked
from sources import measuring, own_sources, toned, without_tests
from teaching_texts import taught_texts, teaching_messages


@pytest.mark.parametrize(
    ("taught", "test"),
    [
        ("Où est mon colis?", "ou est mon colis"),
        ("I lost my card!!", "i lost my card"),
        ("how do I report a stolen card to you", "how do i report a stolen card to you guys"),
    ],
)
def test_a_repeated_text_is_found_whatever_its_case_accents_or_a_word(
    taught: str, test: str
) -> None:
    assert leaked([taught, "quelque chose d’autre entièrement"], [test]) == {taught: test}


@pytest.mark.parametrize(
    ("taught", "test"),
    [
        ("I lost my card", "I lost my phone"),
        ("merci", "merci bien"),
        ("quand ouvrez-vous le dimanche matin", "quand fermez-vous le dimanche soir"),
    ],
)
def test_a_different_text_stays(taught: str, test: str) -> None:
    assert leaked([taught], [test]) == {}


def test_what_encoder_and_heads_learn_from_holds_no_text_that_measures() -> None:
    own, beside, out = without_tests(own_sources(), toned(), None)
    learned = [asked.text for asked in beside]
    for source in own:
        learned += [text for texts in source.examples.values() for text in texts]
        learned += [asked.text for several in source.asked.values() for asked in several]
        learned += source.about.values()
    learned += [message.text for message in teaching_messages()]
    learned += [*taught_texts(), *(one.text for one in marked("risk"))]
    assert out, "nothing was left out: is anything compared at all?"
    assert len(learned) > 15_000
    assert leaked(learned, measuring(None)) == {}
