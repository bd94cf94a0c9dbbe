"""Replies written beforehand: checked on load, sent with /r in the customer's language."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.answers import load_knowledge
from bot.config import EXAMPLE_BRAND
from bot.desk.canned import filled, load_canned
from bot.errors import Problem
from bot.sandbox.nouns import as_read
from bot.store.keyboards import Keyboards

from .shop import RELEASE, Shop, open_shop

SEND = "📤 Envoyer tel quel"


def loaded(tmp_path: Path, text: str) -> list[Problem]:
    file, problems = tmp_path / "replies.toml", list[Problem]()
    file.write_text(text, "utf-8")
    load_canned(file, ("fr", "en"), problems, [])
    return problems


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('[a]\nfr = "Allô"\n', 1, "a.en"),
        ('[a]\nfr = "Allô {nom}"\nen = "Hi"\n', 2, "{name}, {agent}, {brand}, {case}"),
        ('[a]\nfr = "Allô"\nen = "Hi {"\n', 3, "braces"),
        ('[a]\nfr = "Allô"\nen = "Hi {name!r}{case:9}"\n[b\n', 4, "cannot be understood"),
        ('[a]\nfr = "Allô"\nen = "Hi"\nes_MX = "Hola"\n', 4, "es_MX"),
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
    asked = next(m for m in shop.topic(thread) if m.text == "/r merci")
    await shop.until(lambda: "👌" in str(asked.reactions))


async def test_a_canned_reply_goes_out_in_the_customers_language(shop: Shop) -> None:
    await a_canned_reply_in_their_language(shop)


async def test_r_alone_lists_the_replies_as_buttons(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    await shop.agent.says("/r", chat=shop.staff, thread=thread)
    asked = await shop.staff_see("Quelle réponse?")
    assert asked.buttons == ["merci", "numero", "verifie", "‹ Retour"]
    await shop.agent.presses(asked, "numero")
    await shop.hears(camille, "ici Noémie, de l’équipe Boréal Plein Air. Quel est votre numéro")
    await shop.agent.says("/r bonjour", chat=shop.staff, thread=thread)
    await shop.staff_see("Aucune réponse ne s’appelle « bonjour »")


async def a_canned_reply_pressed_twice(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    await shop.agent.says("/r", chat=shop.staff, thread=thread)
    asked = await shop.staff_see("Quelle réponse?")
    button = next(b for row in asked.keyboard for b in row if b["text"] == "numero")
    for _ in range(2):  # faster than the buttons go
        shop.sandbox.world.press(asked, shop.agent.user, button["callback_data"])
    await shop.hears(camille, "Quel est votre numéro")
    await shop.quiet()
    assert sum("Quel est votre numéro" in text for text in shop.heard(camille)) == 1


async def test_a_canned_reply_pressed_twice_goes_out_once(shop: Shop) -> None:
    await a_canned_reply_pressed_twice(shop)


async def test_buttons_that_are_not_spent_send_a_canned_reply_twice(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Keyboards, "spend", lambda *_: None)
    with pytest.raises(AssertionError):
        await a_canned_reply_pressed_twice(shop)


async def a_canned_reply_in_anothers_case(shop: Shop) -> None:
    """Typed and pressed alike: whoever does not hold the case is asked first."""
    camille = shop.customer()
    thread = await shop.claimed(camille)
    await shop.quiet()
    heard = len(shop.heard(camille))
    await shop.other_agent.says("/r", chat=shop.staff, thread=thread)
    await shop.other_agent.presses(await shop.staff_see("Quelle réponse?"), "numero")
    asked = await shop.staff_see("répond dans un cas que tient Noémie")
    await shop.other_agent.says("/r merci", chat=shop.staff, thread=thread)
    await shop.quiet()
    assert len(shop.heard(camille)) == heard
    assert RELEASE in (await shop.brief_of(camille)).buttons
    await shop.other_agent.presses(asked, SEND)
    await shop.hears(camille, "Merci de votre patience")
    texts = shop.heard(camille)[heard:]
    assert [text[:12] for text in texts] == ["Bonjour Cami", "Merci de vot"]


async def test_a_canned_reply_in_anothers_case_asks_first(shop: Shop) -> None:
    await a_canned_reply_in_anothers_case(shop)


async def test_the_model_reads_a_canned_reply_and_a_draft_before_they_go_out(shop: Shop) -> None:
    camille = shop.customer()
    await camille.says("pfff vous êtes ouvert quand? je veux quelqu'un")
    brief = await shop.brief_of(camille)
    thread = await shop.topic_of(camille)
    await shop.agent.says("/r verifie", chat=shop.staff, thread=thread)
    await shop.hears(camille, "Je vérifie avec l’équipe")
    answer = shop.answer_to("store-hours", "fr").strip()
    await shop.agent.presses(brief, "📤 Envoyer")
    await shop.hears(camille, answer)
    assert {"Je vérifie avec l’équipe et je vous réponds ici même.", answer} <= {
        as_read(text.strip()) for text in shop.reader.asked
    }


async def test_unsend_takes_a_canned_reply_back(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    asked = await shop.agent.says("/r merci", chat=shop.staff, thread=thread)
    await shop.hears(camille, "Merci de votre patience")
    await shop.until(lambda: "👌" in str(asked.reactions))
    await shop.agent.says("/unsend", chat=shop.staff, thread=thread, reply_to=asked)
    await shop.until(lambda: not any("patience" in text for text in shop.heard(camille)))


async def test_where_no_reply_is_kept_a_name_finds_none(tmp_path: Path) -> None:
    bare = replace(load_knowledge(EXAMPLE_BRAND), canned={})
    async with open_shop(tmp_path, knowledge=bare) as shop:
        thread = await shop.claimed(shop.customer())
        await shop.agent.says("/r merci", chat=shop.staff, thread=thread)
        told = await shop.staff_see("Aucune réponse n’est enregistrée")
        assert not told.buttons


async def test_replies_beyond_the_buttons_are_named(tmp_path: Path) -> None:
    texts = {"fr": "Voilà.", "en": "There."}
    many = {f"reponse{number}": texts for number in range(1, 24)}
    full = replace(load_knowledge(EXAMPLE_BRAND), canned=many)
    async with open_shop(tmp_path, knowledge=full) as shop:
        camille = shop.customer()
        thread = await shop.claimed(camille)
        await shop.agent.says("/r", chat=shop.staff, thread=thread)
        told = await shop.staff_see("Quelle réponse?")
        assert "reponse20" in told.buttons
        assert "reponse21, reponse22, reponse23" in (told.text or "")
        await shop.agent.says("/r reponse23", chat=shop.staff, thread=thread)
        await shop.hears(camille, "Voilà.")
