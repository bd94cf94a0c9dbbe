"""Replies written beforehand: checked on load, sent with /r in the customer's language."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.canned import filled, load_canned
from bot.errors import Problem

from .shop import RELEASE, Shop


def loaded(tmp_path: Path, text: str) -> list[Problem]:
    file, problems = tmp_path / "replies.toml", list[Problem]()
    file.write_text(text, "utf-8")
    load_canned(file, ("fr", "en"), problems)
    return problems


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('[a]\nfr = "Allô"\n', 1, "a.en"),
        ('[a]\nfr = "Allô {nom}"\nen = "Hi"\n', 2, "{name}, {agent}, {brand}, {case}"),
        ('[a]\nfr = "Allô"\nen = "Hi {"\n', 3, "braces"),
        ('[a]\nfr = "Allô"\nen = "Hi {name!r}{case:9}"\n[b\n', 4, "cannot be understood"),
        ('[a]\nfr = "Allô"\nen = "Hi"\nes = "Hola"\n', 4, "es"),
    ],
)
def test_what_is_wrong_with_a_reply_is_told_with_its_line(
    tmp_path: Path, text: str, line: int, words: str
) -> None:
    [problem] = loaded(tmp_path, text)
    assert f"replies.toml:{line}" in problem.place
    assert words in f"{problem.what} {problem.mend}"


def test_braces_in_a_name_are_only_a_name() -> None:
    assert filled("Allô {name}", {"name": "{agent}"}) == "Allô {agent}"


async def a_canned_reply_in_their_language(shop: Shop) -> None:
    jack = shop.customer("Jack", "en")
    await jack.says("my dog ate the tent")
    thread = await shop.topic_of(jack)
    await shop.agent.says("/r merci", chat=shop.staff, thread=thread)
    await shop.hears(jack, "Thank you for your patience, Jack.")
    assert (await shop.case_of(jack, "claimed")).owner_id == shop.agent.id
    shown = await shop.staff_see("➡ Thank you for your patience")
    assert shown.thread == thread
    replied = "SELECT actor_id, detail FROM events WHERE kind = 'replied'"
    assert shop.rows(replied) == [(shop.agent.id, "merci")]


async def test_a_canned_reply_goes_out_in_the_customers_language(shop: Shop) -> None:
    await a_canned_reply_in_their_language(shop)


async def test_r_alone_lists_the_replies_as_buttons(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    await shop.agent.says("/r", chat=shop.staff, thread=thread)
    asked = await shop.staff_see("Quelle réponse?")
    assert asked.buttons == ["merci", "numero", "verifie", "‹ Retour"]
    await shop.agent.presses(asked, "numero")
    await shop.hears(camille, "ici Noémie, de Boréal Plein Air. Quel est votre numéro")
    await shop.agent.says("/r bonjour", chat=shop.staff, thread=thread)
    await shop.staff_see("Aucune réponse ne s’appelle « bonjour »")


async def test_a_canned_reply_in_anothers_case_asks_first(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    await shop.quiet()
    heard = len(shop.heard(camille))
    await shop.other_agent.says("/r merci", chat=shop.staff, thread=thread)
    await shop.staff_see("Déjà pris par Noémie")
    await shop.quiet()
    assert len(shop.heard(camille)) == heard
    assert RELEASE in (await shop.brief_of(camille)).buttons
