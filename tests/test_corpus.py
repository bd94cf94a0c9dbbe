"""The training corpus is what its README says: whole brands, true labels, no line twice."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "models"))

from corpus import CORPUS, Brand, brands
from measure_corpus import agreement, sizes

BRANDS = brands()
MEASURING = [brand for brand in BRANDS if brand.split != "train"]
TONES, LANGUAGES = {"calm", "annoyed", "angry"}, {"fr", "en", "mixed"}


def texts(brand: Brand) -> list[str]:
    taught = [text for examples in brand.examples.values() for text in examples]
    return taught + [message.text for message in brand.messages]


def test_its_readme_says_how_much_there_is_and_how_far_two_readers_agree() -> None:
    said = (CORPUS / "README.md").read_text("utf-8")
    assert sizes(BRANDS) in said
    assert agreement(BRANDS) in said


@pytest.mark.parametrize("brand", BRANDS, ids=lambda brand: brand.name)
def test_a_brand_is_complete(brand: Brand) -> None:
    """Twelve subjects or more, seven examples of each, near misses, known labels."""
    assert 12 <= len(brand.examples) <= 30
    assert all(len(examples) >= 7 for examples in brand.examples.values())
    assert sum(m.kind == "near_miss" for m in brand.messages) >= 40
    assert {m.tone for m in brand.messages} == TONES
    assert {"fr", "en"} <= {m.lang for m in brand.messages} <= LANGUAGES
    assert {m.intent for m in brand.messages} == {*brand.examples, None}


@pytest.mark.parametrize("brand", MEASURING, ids=lambda brand: brand.name)
def test_a_brand_that_measures_is_a_large_one_and_was_read_twice(brand: Brand) -> None:
    """Sixteen examples of each subject, as a careful community manager gives."""
    assert all(len(examples) == 16 for examples in brand.examples.values())
    assert {m.lang for m in brand.messages} == LANGUAGES
    assert {m.again.tone if m.again else None for m in brand.messages} <= TONES


@pytest.mark.parametrize("brand", BRANDS, ids=lambda brand: brand.name)
def test_no_message_of_a_brand_is_one_of_its_teaching_examples(brand: Brand) -> None:
    taught = {text.casefold() for examples in brand.examples.values() for text in examples}
    assert not [m.text for m in brand.messages if m.text.casefold() in taught]


def test_no_message_of_a_brand_held_out_is_a_text_of_those_trained_on() -> None:
    train = {text.casefold() for b in BRANDS if b.split == "train" for text in texts(b)}
    held = {m.text.casefold() for b in BRANDS if b.split != "train" for m in b.messages}
    assert {text for text in train & held if len(text.split()) > 2} == set()
