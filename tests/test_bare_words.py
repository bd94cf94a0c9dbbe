"""A choice in words, and a number: what they mean, and what they do not."""

from __future__ import annotations

import pytest

from bot.customers.bare_words import chosen, gives_a_number, gives_only_a_number


@pytest.mark.parametrize(
    ("text", "choices", "picked"),
    [
        ("oui", ("a",), ("a",)),
        ("no 2 svp", ("a", "b"), ("b",)),
        ("No that's ok", ("a",), ()),
        ("no its ok thanks", ("a",), ()),
        ("c’est correct merci", ("a",), ()),
        ("that's ok, thanks", ("a",), ()),
    ],
)
def test_no_is_no_choice(text: str, choices: tuple[str, ...], picked: tuple[str, ...]) -> None:
    assert chosen(text, choices) == picked


@pytest.mark.parametrize(
    ("text", "gives", "nothing_else"),
    [
        ("order 77120", True, True),
        ("j'ai 1500 points, je peux les utiliser comment", True, False),
        ("can i return my order from 2024-11-03", False, False),
        ("since 2024", False, False),
        ("77120", True, True),
        ("voici mon numéro : 77120", True, True),
        ("voici donc mon numéro : 77120", True, False),
        ("order 77120?", False, False),
    ],
)
def test_a_number_in_a_clear_question_is_no_order_number(
    text: str, gives: bool, nothing_else: bool
) -> None:
    assert (gives_a_number(text), gives_only_a_number(text)) == (gives, nothing_else)
