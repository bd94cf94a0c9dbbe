"""The brief: what a person can act on in ten seconds, in one message, whatever people write."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import risk
from bot.conversation import Author, Case, Customer, Draft, Line, Priority, Reason, State, Tone
from bot.desk.brief import Brief, Past, brief_html
from bot.desk.desk_words import media_name
from bot.model.telling import MOST_CLAUSES, MOST_READ, clauses, telling
from bot.parts import MESSAGE_UNITS, units, without_tags
from bot.sandbox.nouns import as_read

from .shop import CLAIM, HELPED, RESOLVE, Shop, open_shop

# ------------------------------------------------------------------------ words that show the tone


def heat(texts: Sequence[str]) -> list[float]:
    """The more exclamation marks, the hotter."""
    return [float(text.count("!")) for text in texts]


def test_the_clause_without_which_a_text_reads_calmest_shows_its_tone() -> None:
    texts = ["Bonjour. Trois fois que j'appelle!! Ça va finir quand?", "Rendez l'argent", ""]
    assert telling(texts, heat) == ["Trois fois que j'appelle!!", "Rendez l'argent", ""]


def test_clauses_end_where_a_reader_takes_breath() -> None:
    text = "Bonjour,\nma commande 12.5 est en retard… deux semaines! 😡\n\n"
    assert clauses(text) == ["Bonjour,", "ma commande 12.5 est en retard…", "deux semaines!"]


def test_a_long_text_is_told_by_its_beginning_and_its_end() -> None:
    parts = clauses(" ".join(f"phrase {n}." for n in range(50)))
    assert len(parts) == MOST_CLAUSES
    assert (parts[0], parts[-1]) == ("phrase 0.", "phrase 49.")


def test_a_crowd_of_angry_texts_is_not_read_again_without_end() -> None:
    asked: list[str] = []

    def counting(texts: Sequence[str]) -> list[float]:
        asked.extend(texts)
        return heat(texts)

    told = telling(["Un. Deux! Trois."] * 100, counting)
    assert len(asked) <= MOST_READ
    assert told[0] == "Deux!" and told[-1] == ""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Le réchaud  a PRIS FEU hier", "a PRIS FEU"),
        ("Mon fils s’est Blessé", "Blessé"),
        ("J’ai Appe\u200blé MON\n avocat", "MON avocat"),
    ],
)
def test_risk_words_are_quoted_as_the_customer_wrote_them(text: str, words: str) -> None:
    found = risk.found(risk.load_risk(Path("none"), []), text)
    assert list(found.values()) == [words]


async def test_the_brief_quotes_the_words_that_show_anger(shop: Shop) -> None:
    camille = shop.customer()
    await camille.says("Bonjour. grr vous êtes jamais ouvert! Vous êtes où?")
    text = (await shop.brief_of(camille)).text or ""
    assert "Ton en colère · écrit en français · ses mots : « grr vous êtes jamais ouvert! »" in text


async def test_the_brief_quotes_the_words_that_show_a_risk(shop: Shop) -> None:
    camille = shop.customer()
    await camille.says("Bonjour, le réchaud a Pris Feu")
    assert "ses mots : « a Pris Feu »" in ((await shop.brief_of(camille)).text or "")


async def test_words_of_anger_stay_in_the_brief_when_the_customer_presses_a_button_later(
    shop: Shop,
) -> None:
    camille = shop.customer()
    await camille.says("pfff vous êtes ouvert quand?")
    await camille.presses(await shop.next_from_bot(camille), "🙋 Parler à une personne")
    assert "Ton agacé · écrit en français · ses mots : « pfff" in (
        (await shop.brief_of(camille)).text or ""
    )


# ----------------------------------------------------------------------------------- earlier cases


async def test_the_brief_names_the_customers_last_cases_and_who_settled_them(shop: Shop) -> None:
    camille = shop.customer()
    await camille.says("vous êtes ouvert le dimanche?")
    await camille.presses(await shop.next_from_bot(camille), HELPED)
    await shop.case_of(camille, "closed")
    await shop.with_staff(camille)
    brief = await shop.brief_of(camille)
    title = shop.knowledge.subjects["store-hours"].titles["fr"]
    when = r"(hier à )?\d+ h( \d\d)?"  # of the same day: an hour, and no bare date
    assert re.search(f"↺ {when} · {title} · réglé par le robot", brief.text or "")
    await shop.agent.presses(brief, RESOLVE)
    await shop.case_of(camille, "closed")


# --------------------------------------------------------------------------------- in one message


def a_brief(words: str, count: int = 12, language: str = "fr") -> Brief:
    case = Case(
        id=1,
        customer_id=2,
        state=State.CLAIMED,
        opened_at=0.0,
        changed_at=0.0,
        language=language,
        reason=Reason.ANGRY,
        priority=Priority.URGENT,
        tone=Tone.ANGRY,
        telling=(words, words),
        owner_id=3,
        owner_name=words,
    )
    lines = [Line(a, words, 0.0, "photo", name=words) for a in (Author.CUSTOMER, Author.AGENT)]
    return Brief(
        case=case,
        customer=Customer(2, words, "camille"),
        cases=9,
        lines=lines * (count // 2),
        why=words,
        since="12:00",
        due="12:05",
        draft=Draft(1, words),
        past=[Past(words, "2026-11-22", words)] * 3,
    )


@settings(deadline=None)
@given(
    st.text(max_size=5000)
    | st.sampled_from(["😡" * 4096, "<&>" * 1300, "a\n" * 2048, "mot " * 1000])
)
def test_the_brief_fits_in_one_message_whatever_people_write(words: str) -> None:
    html = brief_html(a_brief(words), "fr")
    assert units(without_tags(html)) <= MESSAGE_UNITS


def test_what_media_say_is_as_harmless_as_words() -> None:
    """A file's name that reads backwards, or without end."""
    name = "\u202egpj.exe " + "x" * 3000
    line = Line(Author.CUSTOMER, "voici", 0.0, f"document {name}")
    text = without_tags(brief_html(replace(a_brief("bonjour"), lines=[line] * 3), "fr"))
    assert text.count("[fichier gpj.exe xxx") == text.count("… voici") == 3
    assert "\u202e" not in text


def test_a_short_case_keeps_all_its_exchanges() -> None:
    assert without_tags(brief_html(a_brief("bonjour"), "fr")).count("[photo] bonjour") == 12


def test_a_long_case_keeps_its_newest_exchanges() -> None:
    lines = [Line(Author.CUSTOMER, f"{n} " + "mot " * 100, 0.0) for n in range(12)]
    brief = a_brief("bonjour")
    brief = Brief(brief.case, brief.customer, 1, lines, "", "12:00", "12:05")
    text = as_read(without_tags(brief_html(brief, "fr")))
    assert "Client : 11 mot" in text and "Client : 0 mot" not in text


async def test_a_long_case_keeps_its_newest_exchanges_in_its_card(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        camille = shop.customer("C" * 200)
        await camille.says("mon chien a mangé la tente " * 150)
        brief = await shop.brief_of(camille)
        for number in range(5):
            await camille.says(f"{number} " + "et encore " * 190)
        await shop.until(lambda: any("4 et encore" in (m.text or "") for m in shop.in_topics()))
        await shop.agent.presses(brief, CLAIM)
        await shop.until(lambda: "🔵 Pris par Noémie" in (brief.text or ""))
        assert "Client : 4 et encore" in (brief.text or "")
        assert units(brief.text or "") <= MESSAGE_UNITS and brief.buttons


def test_a_button_that_was_pressed_is_not_what_they_want() -> None:
    said = (
        (Author.CUSTOMER, "c’est tu ouvert lundi?"),
        (Author.BOT, "Oui!"),
        (Author.CUSTOMER, "[👎]"),
    )
    brief = replace(a_brief("bonjour"), lines=[Line(who, text, 0.0) for who, text in said])
    assert "Demande : c’est tu ouvert lundi?\n" in as_read(without_tags(brief_html(brief, "fr")))


def told(reason: Reason, *said: str) -> str:
    """What staff read as the want; ``said``: "c:" the customer's, "b:" the bot's, "a:" an agent's,
    each later than the one before. The case waits since `NUMBER`."""
    authors = {"c": Author.CUSTOMER, "b": Author.BOT, "a": Author.AGENT}
    lines = [Line(authors[one[0]], one[2:], float(at)) for at, one in enumerate(said)]
    brief = a_brief("bonjour")
    since = float(said.index(NUMBER)) if NUMBER in said else 9.0
    case = replace(brief.case, reason=reason, waiting_since=since)
    text = as_read(without_tags(brief_html(replace(brief, case=case, lines=lines), "fr")))
    return text.partition("Demande : ")[2].partition("\n")[0]


LEFT, NUMBER = "c:deux bottes gauches", "c:BPA-77410"


@pytest.mark.parametrize(
    ("reason", "said", "wants"),
    [
        (Reason.ADDED, [LEFT, "b:Désolé!", NUMBER], "deux bottes gauches / BPA-77410"),
        (Reason.UNCLEAR, ["c:mes bottes", "b:Sur…?", "c:aucun"], "mes bottes / aucun"),
        (
            Reason.ADDED,
            [LEFT, "c:que faire?", "b:Désolé!", NUMBER],
            "deux bottes gauches / BPA-77410",
        ),
        (
            Reason.ADDED,
            ["c:allo", "b:Allo!", LEFT, "b:Ah!", NUMBER],
            "deux bottes gauches / BPA-77410",
        ),
        (Reason.UNKNOWN, ["c:vos heures?", "b:De 9 à 5.", LEFT], "deux bottes gauches"),
        (Reason.NOT_HELPED, ["c:allo", "b:Allo!", LEFT, "b:Ah!", "c:[👎]"], "deux bottes gauches"),
        (
            Reason.ADDED,
            [LEFT, "b:Désolé!", NUMBER, "b:Une personne vous répondra.", "c:j'ai la facture"],
            "deux bottes gauches / BPA-77410 / j'ai la facture",
        ),
        (Reason.ADDED, [LEFT, "b:Désolé!", NUMBER, "a:Je regarde.", "c:ok"], "ok"),
        (
            Reason.ADDED,
            [LEFT, "b:Désolé!", NUMBER, "a:Je regarde."],
            "deux bottes gauches / BPA-77410",
        ),
    ],
)
def test_words_that_point_back_stand_beside_those_before_them(
    reason: Reason, said: list[str], wants: str
) -> None:
    assert told(reason, *said) == wants


async def test_a_number_after_an_answer_stands_beside_what_it_is_about(shop: Shop) -> None:
    camille = shop.customer()
    await camille.says("c'est pour un retour")
    await shop.next_from_bot(camille)
    await camille.says("BPA-77410")
    brief = await shop.brief_of(camille)
    assert "Demande : c'est pour un retour / BPA-77410\n" in as_read(brief.text or "")
    await camille.says("j'ai encore la facture")
    await shop.agent.presses(brief, CLAIM)
    await shop.until(lambda: "BPA-77410 / j'ai encore la facture" in (brief.text or ""))


@pytest.mark.parametrize(
    ("reason", "why", "shown"),
    [
        (Reason.UNKNOWN, "Rien de tel dans la base de connaissances (au mieux x).", "rien de tel"),
        (Reason.ASKED, "Le client demande une personne.", "le client demande une personne."),
        (Reason.ASKED, "Le client a touché un bouton.", "demande une personne. Le client a touché"),
    ],
)
def test_why_it_is_here_is_not_said_twice(reason: Reason, why: str, shown: str) -> None:
    brief = a_brief("bonjour")
    brief = replace(brief, why=why, case=replace(brief.case, reason=reason))
    text = as_read(without_tags(brief_html(brief, "fr")))
    assert f"Pourquoi ici : {shown}" in text
    assert text.casefold().count(why[:20].casefold()) == 1


def test_a_closed_case_owes_nothing() -> None:
    brief = a_brief("bonjour")
    due = replace(brief.case, due_at=300.0)
    closed = replace(brief, case=replace(due, state=State.CLOSED))
    assert "attendue" in brief_html(replace(brief, case=due), "fr")
    assert "attendue" not in brief_html(closed, "fr")


def test_media_are_named_in_the_desks_language() -> None:
    """As Telegram calls them they say little to people."""
    spoken = Line(Author.CUSTOMER, "", 0.0, media="voice")
    round_one = Line(Author.CUSTOMER, "", 0.0, media="video_note")
    brief = replace(a_brief("bonjour", 1), lines=[spoken, round_one])
    text = without_tags(brief_html(brief, "fr"))
    assert "[message vocal] / [message vidéo]" in text
    assert text.count("[message vocal]") == 2
    assert "[voice message] / [video message]" in without_tags(brief_html(brief, "en"))
    assert media_name("fr", "contact Jo +14185550100") == "[contact Jo +14185550100]"
    assert media_name("fr", "venue Chez Jo") == "[lieu Chez Jo]"
