"""What a reply is asked about: by table, and measured on written examples with the real model."""

from __future__ import annotations

import pytest

from bot.conversation import Failure, Reading, Tone
from bot.desk import personal
from bot.desk.doubt import Doubt
from bot.desk.tact import Facts, doubts
from bot.model.brain import MODELS
from bot.model.classifier import Classifier

from .tact.measure import HOSTS, examples, measure

ANGRY = Reading(tone_probabilities={Tone.ANGRY: 0.99}, language="fr")


def why(text: str, reading: Reading | None = None, **facts: object) -> list[Doubt]:
    return [found.doubt for found in doubts(text, Facts(**facts), reading)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("NON", []),
        ("La TPS et la TVQ de votre SKU BX-20 pour un VIP", []),
        ("VOTRE COLIS EST EN ROUTE DEPUIS HIER", [Doubt.CAPITALS]),
        ("fyi il est venu hier", [Doubt.NOTE]),
        ("// fyi", [Doubt.NOTE]),
        ("Le client doit présenter sa facture.", []),
        ("Suivez-nous, @boutiquerive", []),
        ("@Olivier tu regardes?", [Doubt.NOTE]),
        ("Voir https://t.me/c/123/4", [Doubt.STAFF_LINK]),
        ("Voir https://t.me/boutiquerive", []),
        ("http://10.0.0.8/x", [Doubt.STAFF_LINK]),
        ("https://8.8.8.8/x", []),
        ("Commande 5145550134, dossier 450-555-0187", []),
        ("Votre voisine est au 450-555-0187", [Doubt.PERSONAL]),
        ("Appelez notre boutique au 450-555-0187", []),
        ("Écrivez à support@ailleurs.example", []),
        ("Écrivez à luc.roy@ailleurs.example", [Doubt.PERSONAL]),
    ],
)
def test_words_alone_say_what_to_ask_about(text: str, expected: list[Doubt]) -> None:
    assert why(text) == expected


def test_what_the_customer_wrote_however_they_wrote_it_is_no_secret_to_them() -> None:
    for said in ("(450) 555-0187", "450.555.0187", "+1 450 555 0187", "4505550187"):
        assert why("Je vous appelle au 450-555-0187", said=f"mon cell: {said}") == []
    assert why("Je vous appelle au 450-555-0187", said="450-555-0188") == [Doubt.PERSONAL]


def test_a_failed_reading_or_none_doubts_nothing() -> None:
    assert why("Relisez mon message, monsieur", ANGRY) == [Doubt.ANGRY]
    assert why("Relisez mon message, monsieur", Reading(failed=Failure.LATE)) == []
    assert why("Relisez mon message, monsieur", None) == []


def test_an_apology_for_anger_is_no_anger() -> None:
    assert why("Désolée, votre colère est justifiée", ANGRY) == []


def test_internal_hosts_count_with_their_subdomains_and_nothing_that_ends_alike() -> None:
    for host, expected in (
        ("intranet.boutique-rive.example", [Doubt.STAFF_LINK]),
        ("a.intranet.boutique-rive.example/x", [Doubt.STAFF_LINK]),
        ("notintranet.boutique-rive.example", []),
    ):
        assert why(f"Voir {host}", hosts=HOSTS) == expected


def test_short_replies_are_in_no_language() -> None:
    english = Reading(language="en")
    assert why("Thank you!", english, language="fr") == []
    assert why("Your parcel is on its way to you.", english, language="fr") == [Doubt.LANGUAGE]
    assert why("Your parcel is on its way to you.", english, language="en") == []


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("4111 1111 1111 1111", ["card"]),
        ("4111 1111 1111 1112", []),
        ("NAS 130 692 544", ["sin"]),
        ("130 692 545", []),
        ("FR76 3000 6000 0112 3456 7890 189", ["iban"]),
        ("15, rue de la République, 69002 Lyon", ["address"]),
        ("15, rue de la République", []),
        ("1 800 555-0142", []),
    ],
)
def test_personal_data_is_known_by_its_check_digits(text: str, kinds: list[str]) -> None:
    assert [one.kind for one in personal.found(text)] == kinds


@pytest.fixture(scope="module")
def reader() -> Classifier:
    return Classifier.load(MODELS, None, ("fr", "en"))


def test_there_are_enough_examples_to_say_anything() -> None:
    halves = ("tune", "report", "fresh")
    assert sum(len(examples("ordinary", half)) for half in halves) >= 600
    assert sum(len(examples("held", half)) for half in halves) >= 200


@pytest.mark.parametrize(
    ("half", "nag", "least"),
    [
        ("tune", 0.01, {"angry": 0.9, "note": 0.9}),
        ("report", 0.01, {"angry": 0.9, "note": 0.9}),
        ("fresh", 0.02, {"angry": 0.25, "note": 0.7}),  # as measured: anger in new words is hard
    ],
)
def test_it_finds_what_should_be_asked_about_and_does_not_nag(
    reader: Classifier, half: str, nag: float, least: dict[str, float]
) -> None:
    figures = measure(reader, half)
    assert figures.nag <= nag, figures.nagged
    for doubt, (found, of) in figures.found.items():
        assert found >= least.get(doubt, 0.9) * of, (doubt, found, of)
