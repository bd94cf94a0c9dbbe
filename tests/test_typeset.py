"""French as Québec sets it: nothing that people read breaks a line at « », before : % or $."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from string import Formatter

import pytest

from bot.answers import load_knowledge
from bot.config import EXAMPLE_BRAND
from bot.conversation import Policy
from bot.customers.customer_words import OTHERWISE, PHRASES, CustomerWords
from bot.decide import WHY, _why
from bot.desk.desk_words import DESK_WORDS, words
from bot.desk.doubt_words import DOUBT_WORDS, doubt_words
from bot.desk.order_words import ORDER_WORDS, said
from bot.desk.store_words import STORE_WORDS
from bot.desk.store_words import words as store_words
from bot.evaluation.words import EVALUATION_WORDS
from bot.evaluation.words import said as evaluation_said

from .shop import Shop

Say = Callable[..., str]


def why(language: str, key: str, **values: object) -> str:
    return _why(Policy(desk_language=language), key, **values)


SAID: list[tuple[Mapping[str, Mapping[str, str]], Say]] = [
    (PHRASES, CustomerWords().phrase),
    (OTHERWISE, CustomerWords(served=frozenset({"fr"})).phrase),
    (DESK_WORDS, words),
    (ORDER_WORDS, said),
    (DOUBT_WORDS, doubt_words),
    (STORE_WORDS, store_words),
    (EVALUATION_WORDS, evaluation_said),
    (WHY, why),
]
BREAKS = re.compile(r" [:»%$]|« ")
"""Where a line of French would begin or end with the mark alone."""


def filled(say: Say, key: str, phrase: str) -> str:
    blanks = {name for _, name, _, _ in Formatter().parse(phrase) if name}
    return say("fr", key, **dict.fromkeys(blanks, "x"))


@pytest.mark.parametrize(("table", "say"), SAID, ids=lambda given: getattr(given, "__module__", ""))
def test_no_french_words_break_at_their_marks(
    table: Mapping[str, Mapping[str, str]], say: Say
) -> None:
    found = {key: filled(say, key, phrase) for key, phrase in table["fr"].items()}
    assert {key: text for key, text in found.items() if BREAKS.search(text)} == {}
    assert {key: text for key, text in found.items() if re.search(r"\s[!?;]", text)} == {}


def test_no_reason_that_a_risk_gives_breaks_at_its_marks() -> None:
    told = [rule.told("fr") for rule in load_knowledge(EXAMPLE_BRAND).risk]
    assert told and [text for text in told if BREAKS.search(text)] == []


def test_english_is_left_as_it_is() -> None:
    assert words("en", "labelled", label="« a »", text="b : c") == "« a »: b : c"


async def test_what_staff_read_keeps_its_marks_and_quotes_customers_to_the_letter(
    shop: Shop,
) -> None:
    camille = shop.customer()
    await camille.says("mon chien a mangé « la tente » : aidez-moi")
    brief = await shop.brief_of(camille)
    ours = brief.written.replace("mon chien a mangé « la tente » : aidez-moi", "…")
    assert "…" in ours and "Pourquoi ici\N{NO-BREAK SPACE}:" in ours
    assert not BREAKS.search(ours)
