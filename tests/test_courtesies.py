"""What a message says is found between its greeting and its thanks, and nothing of it is lost."""

from __future__ import annotations

import pytest

from bot.model.courtesies import matter


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Bonjour, vous ouvrez quand?", "vous ouvrez quand?"),
        ("bonjour vous ouvrez quand merci", "vous ouvrez quand"),
        ("Bonjour la gang! C'est ouvert? Merci pour votre aide!", "C'est ouvert?"),
        ("salut ça va? c tu ouvert dimanche", "c tu ouvert dimanche"),
        ("hi how are you? do you ship to Laval", "do you ship to Laval"),
        ("Bonjour, horaires?", "horaires?"),
        ("Allo!! c'est combien la livraison svp", "c'est combien la livraison"),
        ("je veux un remboursement. merci d'avance", "je veux un remboursement."),
        ("J'ai reçu le mauvais sac. Merci et bonne soirée", "J'ai reçu le mauvais sac."),
        ("Where is my order? Thank you so much! Have a nice day!", "Where is my order?"),
        ("Hi there, my bag has a hole. Thanks!", "my bag has a hole."),
        ("où est mon colis.\n\nSteve Roy", "où est mon colis."),
        ("où est mon colis? Merci!\nSteve", "où est mon colis?"),
        ("ma boîte est arrivée ouverte. Many thanks, Priya Nair", "ma boîte est arrivée ouverte."),
        ("Madame, Monsieur,\n\nMa télé coule. Je vous remercie.", "Ma télé coule."),
        ("Hi there, I’d like a quote 🙂 thx so much 🙏", "I’d like a quote"),
        ("vous ouvrez quand merci bonne journée", "vous ouvrez quand"),
        ("où est mon colis.\n- Jean", "où est mon colis."),
        (
            "Bonjour,\n\nJ'aimerais savoir vos heures.\n\nMerci beaucoup,\nMarie Tremblay",
            "J'aimerais savoir vos heures.",
        ),
        (
            "Dear Sir or Madam,\nI would like your prices.\nKind regards,\nEmily Carter",
            "I would like your prices.",
        ),
    ],
)
def test_courtesies_around_it_are_no_part_of_what_is_said(text: str, said: str) -> None:
    assert text[matter(text)] == said


@pytest.mark.parametrize(
    "text",
    [
        "Bonjour",
        "bonjour madame",
        "Merci!",
        "no, thanks",
        "ok\nmerci\nbonne journée",
        "merci de vérifier ma commande",
        "mon colis est pas arrivé\nRemboursement",
        "My name is Sam. Is it open?",
        "où est mon colis. Merci, Laval",
        "Can I pick up another day? thanks, Tuesday",
        "annulez ceci, merci\nCMD-99812",
        "je veux commander:\n- Pommes\n- Poires",
        "livraison pour\nMont Tremblant",
        "ma fournaise fume.\n\nUrgent",
        "no thanks",
        "thanks for the lies",
        "merci pour votre incompétence",
        "Hello?? he's bloated",
        "hi-fi repair, how much",
        "le virement a été\nenvoyé de mon compte",
        "",
        " \n ",
    ],
)
def test_where_nothing_else_is_said_all_of_it_is(text: str) -> None:
    assert text[matter(text)] == text


def test_whom_a_greeting_calls_needs_a_stop_behind_it() -> None:
    text = "Hi there is a hole in my bag"
    assert text[matter(text)] == "there is a hole in my bag"


@pytest.mark.parametrize(
    "text", ["a" + "\n" * 4_000 + "b", "Merci " * 700, "Bonjour, " * 450, "a\n- A" * 800]
)
def test_long_texts_of_nothing_but_courtesies_are_read_too(text: str) -> None:
    where = matter(text)
    assert 0 <= where.start <= where.stop <= len(text)
