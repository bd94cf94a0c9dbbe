"""Texts that teach are typed as other people would: the words stay, only the manner changes."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "models"))

from courteous import GREETINGS, THANKS, courteous
from retyped import in_haste, lively, retyped, with_care

from bot.model.courtesies import matter
from bot.model.wording import features, plainly


@pytest.mark.parametrize(
    ("text", "care", "haste"),
    [
        ("je vais y penser", "Je vais y penser.", "je vais y penser"),
        ("ok. c'est noté", "Ok. C'est noté.", "ok c'est noté"),
        ("C'est où?", "C'est où?", "c'est où?"),
        ("VOLEURS!!", "VOLEURS!!", "VOLEURS!!"),
        (
            "It never came. I WANT it now!",
            "It never came. I WANT it now.",
            "it never came i want it now",
        ),
    ],
)
def test_the_same_words_with_care_and_in_haste(text: str, care: str, haste: str) -> None:
    assert with_care(text) == care
    assert in_haste(text) == haste


def test_a_lively_hand_ends_with_a_mark() -> None:
    assert lively("je vais y penser") == "Je vais y penser!"
    assert lively("c'est où?") == "C'est où?"


def test_the_same_text_is_always_typed_in_the_same_manner() -> None:
    texts = [f"colis numéro {n}" for n in range(200)]
    assert [retyped(text) for text in texts] == [retyped(text) for text in texts]
    assert len({retyped(text)[0].isupper() for text in texts}) == 2


def test_a_careful_hand_changes_nothing_of_the_wording() -> None:
    text = "je vais y penser. vous ouvrez quand"
    assert features(with_care(text)) == features(text) == features(lively(text))
    assert plainly("VOLEURS!! Rendez-moi ÇA.") == "VOLEURS!! rendez-moi ÇA"


@pytest.mark.parametrize("language", ["fr", "en"])
def test_nothing_of_what_is_said_is_cut_away_with_the_courtesies(language: str) -> None:
    text = {"fr": "mon colis de mardi est brisé", "en": "the parcel of Tuesday is broken"}[language]
    found = [courteous(text, language, random.Random(n)) for n in range(2_000)]
    assert all(text in one for one in found)
    assert all(text in one[matter(one)] for one in found)
    assert len(set(found)) > 1_000


@pytest.mark.parametrize("language", ["fr", "en"])
def test_most_courtesies_are_known(language: str) -> None:
    """Those that are not ("au plaisir" and a place, a name on its own) stay, and only cost."""
    around = [(before, "") for before in GREETINGS[language]]
    around += [("", behind) for behind in THANKS[language]]
    text = "vous ouvrez quand?"
    left = [(b, e) for b, e in around if (b + text + e)[matter(b + text + e)] != text]
    assert len(left) <= len(around) // 5, left
