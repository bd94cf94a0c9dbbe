"""The brand's own words: found beside its subjects, checked before a customer reads them."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path
from string import Formatter

import pytest

from bot.answers import load_knowledge
from bot.config import EXAMPLE_BRAND
from bot.customers.customer_words import PHRASES, CustomerWords
from bot.customers.own_words import LONGEST_BUTTON, LONGEST_TOAST, TOASTS, load_words
from bot.errors import ConfigError, Problem

from .shop import open_shop


def brand_with(folder: Path, words: str) -> Path:
    """The example brand, with these words of its own."""
    shutil.copytree(EXAMPLE_BRAND, folder / "brand")
    (folder / "brand" / "words.toml").write_text(words, "utf-8")
    return folder / "brand"


async def test_a_customer_reads_the_brands_own_words(tmp_path: Path) -> None:
    folder = brand_with(tmp_path, '[fr]\nresolved = "C’est tout bon de notre côté."\n')
    async with open_shop(tmp_path, knowledge=load_knowledge(folder)) as shop:
        camille = shop.customer()
        thread = await shop.claimed(camille)
        await shop.agent.presses(await shop.brief_of(camille), "✅ Fermer")
        await shop.hears(camille, "C’est tout bon de notre côté.")
        assert thread


def test_what_the_brand_did_not_write_is_said_in_the_words_that_ship() -> None:
    words = CustomerWords({"fr": {"thanks": "Merci à vous."}})
    assert words.phrase("fr", "thanks") == "Merci à vous."
    assert words.phrase("fr", "glad") == PHRASES["fr"]["glad"]
    assert words.phrase("en", "thanks") == PHRASES["en"]["thanks"]


def test_a_brand_may_speak_a_language_that_does_not_ship(tmp_path: Path) -> None:
    file = tmp_path / "words.toml"
    file.write_text('[es]\nthanks = "¡Con gusto!"\n', "utf-8")
    words = load_words(file, ["es"], [], [])
    assert words.phrase("es", "thanks") == "¡Con gusto!"
    assert words.phrase("es", "glad") == PHRASES["en"]["glad"]


@pytest.mark.parametrize(
    ("languages", "told"),
    [
        (["fr", "en"], "Posez votre question, en français ou en anglais."),
        (["fr"], "Posez votre question."),
        (["fr", "en", "es"], "Posez votre question."),
    ],
)
@pytest.mark.parametrize("own", ["", '[fr]\nthanks = "Merci à vous."\n'])
def test_both_languages_are_promised_only_where_the_brand_serves_just_these(
    tmp_path: Path, languages: list[str], told: str, own: str
) -> None:
    (tmp_path / "words.toml").write_text(own, "utf-8")
    words = load_words(tmp_path / "words.toml", languages, [], [])
    assert words.phrase("fr", "ask_away") == told
    both = words.phrase("en", "menu_language") == "English or French"
    assert both is (len(languages) == 2)


async def test_a_brand_of_one_language_offers_no_other(tmp_path: Path) -> None:
    folder = brand_with(tmp_path, "")
    knowledge = load_knowledge(folder)
    alone = replace(knowledge, words=CustomerWords(served=frozenset({"fr"})))
    async with open_shop(tmp_path, knowledge=alone) as shop:
        camille = shop.customer()
        await camille.says("bonjour")
        hello = (await shop.next_from_bot(camille)).text or ""
        assert "Posez votre question." in hello and "anglais" not in hello


def test_without_the_file_nothing_is_asked(tmp_path: Path) -> None:
    problems: list[Problem] = []
    assert load_words(tmp_path / "words.toml", ["fr", "en"], problems, problems) == CustomerWords()
    assert not problems


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('thank = "Merci."', "Did you mean thanks?"),
        ('intro = "Bonjour, ici le robot."', "lacks {brand}"),
        ('intro = "Bonjour, ici {marque}, de {brand}."', "{marque}, which nothing fills in here"),
        ('intro = "Bonjour, ici {brand."', "braces that cannot be filled in"),
        ('intro = "Bonjour, ici {brand.name}."', "braces that cannot be filled in"),
        ('intro = "Bonjour, ici {brand!r}."', "braces that cannot be filled in"),
        ('intro = "Bonjour, ici {brand:>9}."', "braces that cannot be filled in"),
        ('intro = "Bonjour, ici {}."', "braces that cannot be filled in"),
        ('thanks = "Merci {brand}."', "no braces at all"),
        ('weekdays = "lun mar mer jeu ven sam"', "has 6 words, not 7"),
        ('thanks = ""', "is empty."),
        ("thanks = 3", "is not a text between quotes"),
        (f'btn_person = "{"x" * (LONGEST_BUTTON + 1)}"', "the most is 40"),
        (f'glad = "{"x" * (LONGEST_TOAST + 1)}"', "the most is 200"),
    ],
)
def test_words_that_would_not_fit_are_named_with_line_and_mend(
    tmp_path: Path, line: str, told: str
) -> None:
    folder = brand_with(tmp_path, f"[fr]\n# ours\n{line}\n")
    with pytest.raises(ConfigError) as error:
        load_knowledge(folder)
    assert "words.toml:3: fr." in str(error.value) and told in str(error.value)


def test_words_in_a_language_that_is_not_served_are_named(tmp_path: Path) -> None:
    folder = brand_with(tmp_path, '[de]\nthanks = "Gern!"\n')
    with pytest.raises(ConfigError, match=r"words\.toml:1: de is not a key"):
        load_knowledge(folder)


def test_what_answers_a_press_is_not_cut() -> None:
    """Telegram shows so much of it, and the edge cuts the rest off in mid-word."""
    assert [(k, t) for t in PHRASES.values() for k in TOASTS if len(t[k]) > LONGEST_TOAST] == []


def test_a_brands_name_may_begin_with_a_vowel() -> None:
    """“de {brand}” would be “de Aéro”: where French elides, the name stands elsewhere."""
    elided = re.compile(r"\b(de|du|que|le|la|ce) \{brand\}", re.I)
    assert [key for key, text in PHRASES["fr"].items() if elided.search(text)] == []


def test_every_language_that_ships_says_the_same_things_with_the_same_blanks() -> None:
    def blanks(text: str) -> set[str | None]:
        return {name for _, name, _, _ in Formatter().parse(text) if name is not None}

    french, english = PHRASES["fr"], PHRASES["en"]
    assert french.keys() == english.keys()
    assert [key for key in french if blanks(french[key]) != blanks(english[key])] == []
