"""The customer's words: every fixed phrase, per language, and the brand's own in their place.

A brand puts its own words in ``words.toml`` beside its ``brand.toml``, under the same keys:

    [fr]
    handed_calm = "Une personne de l’équipe vous répond {wait}."
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from string import Formatter

from . import toml_file
from .conversation import Score
from .errors import Problem
from .toml_file import Table

LONGEST_PHRASE = 1000
"""Characters; some phrases stand in one message with an approved answer."""
LONGEST_BUTTON = 40
LISTS = ("weekdays", "months")
"""Their words are counted off: a brand's own list has as many."""

FACES: Mapping[Score, str] = {Score.GOOD: "👍", Score.FAIR: "😐", Score.BAD: "👎"}
"""How it went, for every language."""

PHRASES: Mapping[str, Mapping[str, str]] = {
    "fr": {
        "intro": "Bonjour! Ici l’assistant automatique de {brand}. "
        "Pour parler à une personne, touchez le bouton ou écrivez « une personne ».",
        "intro_plain": "Ici l’assistant automatique de {brand}.",
        "ask_away": "Posez votre question, en français ou en anglais.",
        "greeting": "Bonjour! Comment puis-je vous aider?",
        "thanks": "Avec plaisir! Bonne journée.",
        "sorry": "Désolé pour ce désagrément.",
        "clarify": "Je veux être certain de bien comprendre. Votre question porte sur…",
        "clarify_open": "Merci! De quoi s’agit-il? Écrivez-le en quelques mots.",
        "picked_wrong": "Ce choix n’est plus ouvert. Écrivez votre question, ou demandez une "
        "personne.",
        "glad": "Tant mieux! N’hésitez pas à réécrire.",
        "handed_calm": "Je passe votre message à une personne de l’équipe. "
        "Vous aurez une réponse ici même, {wait}.",
        "handed_annoyed": "Je comprends, et je suis désolé. Je passe votre message à une personne "
        "de l’équipe, qui vous répondra ici même {wait}.",
        "handed_angry": "Je suis désolé. Votre message mérite mieux qu’une réponse automatique : "
        "une personne de l’équipe l’a devant elle et vous répondra ici même {wait}.",
        "away_calm": "Je passe votre message à une personne de l’équipe. "
        "L’équipe est de retour {back} et vous répondra ici même.",
        "away_annoyed": "Je comprends, et je suis désolé. Je passe votre message à une personne "
        "de l’équipe, de retour {back}, qui vous répondra ici même.",
        "away_angry": "Je suis désolé. Votre message mérite mieux qu’une réponse automatique : "
        "une personne de l’équipe l’aura devant elle à son retour, {back}, et vous répondra ici "
        "même.",
        "away_again": "Votre message est bien arrivé. L’équipe est de retour {back} et vous "
        "répondra ici même.",
        "missed": "Vous deviez avoir une réponse maintenant, et elle n’est pas encore partie. Nous "
        "en sommes désolés. Votre message est toujours devant l’équipe; vous n’avez pas à le "
        "réécrire.",
        "already": "Une personne de l’équipe a déjà votre demande.",
        "resolved": "Votre demande est maintenant fermée par l’équipe. "
        "Si quelque chose reste à régler, écrivez simplement ici.",
        "how_was_it": "Comment ça s’est passé?",
        "rated_good": "Merci de votre avis. Un mot à ajouter? Écrivez-le ici.",
        "rated_fair": "Merci de votre avis. Qu’est-ce qui aurait été mieux? Écrivez-le ici, "
        "l’équipe le lira.",
        "rated_bad": "Merci de nous le dire. Qu’est-ce qui n’a pas été? Écrivez-le ici : "
        "une personne de l’équipe vous répondra.",
        "rated_once": "Votre avis est déjà compté.",
        "comment_kept": "Merci, c’est noté pour l’équipe.",
        "handed_back": "L’assistant automatique est de retour. "
        "Posez votre question, ou demandez une personne à tout moment.",
        "btn_helped": "👍 C’est réglé",
        "btn_not_helped": "👎 Ce n’est pas ça",
        "btn_person": "🙋 Parler à une personne",
        "btn_none": "Autre chose",
        "within": "d’ici {span}",
        "by": "d’ici {moment}",
        "minutes": "{n} minutes",
        "hours": "{n} heures",
        "hour": "une heure",
        "on_the_hour": "{h} h",
        "clock": "{h} h {m}",
        "today_at": "à {time}",
        "tomorrow_at": "demain à {time}",
        "weekday_at": "{day} à {time}",
        "date_at": "le {day} {n} {month} à {time}",
        "weekdays": "lundi mardi mercredi jeudi vendredi samedi dimanche",
        "months": "janvier février mars avril mai juin juillet août septembre octobre novembre "
        "décembre",
        "menu_start": "Poser une question",
        "menu_person": "Parler à une personne",
    },
    "en": {
        "intro": "Hello! This is {brand}’s automatic assistant. "
        "To talk to a person, press the button or write “a person”.",
        "intro_plain": "This is {brand}’s automatic assistant.",
        "ask_away": "Ask your question, in English or in French.",
        "greeting": "Hello! How can I help you?",
        "thanks": "You’re welcome! Have a good day.",
        "sorry": "Sorry about the trouble.",
        "clarify": "I want to be sure I understand. Is your question about…",
        "clarify_open": "Thank you! What is it about? Tell me in a few words.",
        "picked_wrong": "That choice is no longer open. Write your question, or ask for a person.",
        "glad": "Glad to hear it! Write again any time.",
        "handed_calm": "I am passing your message to a person on our team. "
        "You will get a reply right here {wait}.",
        "handed_annoyed": "I understand, and I am sorry. I am passing your message to a person on "
        "our team, who will reply right here {wait}.",
        "handed_angry": "I am sorry. Your message deserves better than an automatic answer: "
        "a person on our team has it in front of them and will reply right here {wait}.",
        "away_calm": "I am passing your message to a person on our team. "
        "The team is back {back} and will reply right here.",
        "away_annoyed": "I understand, and I am sorry. I am passing your message to a person on "
        "our team, who is back {back} and will reply right here.",
        "away_angry": "I am sorry. Your message deserves better than an automatic answer: "
        "a person on our team will have it in front of them when they are back, {back}, and will "
        "reply right here.",
        "away_again": "Your message has arrived. The team is back {back} and will reply right "
        "here.",
        "missed": "You were to have a reply by now, and it has not been sent yet. We are sorry. "
        "Your message is still in front of the team; you do not need to write it again.",
        "already": "A person on our team already has your request.",
        "resolved": "Our team has now closed your request. "
        "If anything is left to settle, just write here.",
        "how_was_it": "How did it go?",
        "rated_good": "Thank you for your rating. Anything to add? Write it here.",
        "rated_fair": "Thank you for your rating. What would have been better? Write it here, "
        "the team will read it.",
        "rated_bad": "Thank you for telling us. What went wrong? Write it here: "
        "a person on our team will reply.",
        "rated_once": "Your rating has been counted already.",
        "comment_kept": "Thank you, the team will read it.",
        "handed_back": "The automatic assistant is back. "
        "Ask your question, or ask for a person at any time.",
        "btn_helped": "👍 That helped",
        "btn_not_helped": "👎 That’s not it",
        "btn_person": "🙋 Talk to a person",
        "btn_none": "Something else",
        "within": "within {span}",
        "by": "by {moment}",
        "minutes": "{n} minutes",
        "hours": "{n} hours",
        "hour": "an hour",
        "on_the_hour": "{h}:00",
        "clock": "{h}:{m}",
        "today_at": "today at {time}",
        "tomorrow_at": "tomorrow at {time}",
        "weekday_at": "{day} at {time}",
        "date_at": "{day}, {month} {n}, at {time}",
        "weekdays": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
        "months": "January February March April May June July August September October November "
        "December",
        "menu_start": "Ask a question",
        "menu_person": "Talk to a person",
    },
}


@dataclass(frozen=True, slots=True)
class CustomerWords:
    """What the bot says by itself. ``own``: language -> key -> the brand's words for it."""

    own: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def phrase(self, language: str, key: str, **values: object) -> str:
        """A phrase, filled in; English stands in for a language that has none."""
        built_in = PHRASES.get(language, PHRASES["en"])
        text = self.own.get(language, {}).get(key) or built_in[key]
        return text.format(**values)


def phrase(language: str, key: str, **values: object) -> str:
    """A phrase as the bot ships it, whatever the brand's own words are."""
    return CustomerWords().phrase(language, key, **values)


def load_words(file: Path, languages: Sequence[str], problems: list[Problem]) -> CustomerWords:
    """The brand's own words, if it has any. What must be mended is added to ``problems``."""
    if not file.exists():
        return CustomerWords()
    top = toml_file.read(file, problems)
    if top is None:
        return CustomerWords()
    own = {language: _checked(top.table(language), language) for language in languages}
    top.refuse_unknown()
    return CustomerWords(own)


def _checked(table: Table, language: str) -> Mapping[str, str]:
    own: dict[str, str] = {}
    for key, built_in in PHRASES.get(language, PHRASES["en"]).items():
        longest = LONGEST_BUTTON if key.startswith("btn_") else LONGEST_PHRASE
        text = table.text(key, None if key in table.values else "", longest)
        if text and _fits(table, key, text, built_in):
            own[key] = text
    return own


def _fits(table: Table, key: str, text: str, built_in: str) -> bool:
    """Does it ask for the same values? What is between braces is filled in by the bot."""
    wanted = {name for name in _blanks(built_in) if name is not None}
    listed = " and ".join(f"{{{name}}}" for name in sorted(wanted)) or "no braces at all"
    try:
        blanks = _blanks(text)
    except ValueError:
        blanks = [None]
    if None in blanks:
        what = "has braces that cannot be filled in."
    elif foreign := sorted({name for name in blanks if name} - wanted):
        what = f"has {{{foreign[0]}}}, which nothing fills in here."
    elif missing := sorted(wanted - set(blanks)):
        what = f"lacks {{{missing[0]}}}."
    elif key in LISTS and len(text.split()) != len(built_in.split()):
        what = f"has {len(text.split())} words, not {len(built_in.split())}."
    else:
        return True
    table.problem(key, what, f"Write it with {listed}, as in: {built_in}")
    return False


def _blanks(text: str) -> list[str | None]:
    """The names between braces; None for one that is not a plain name. Raises ValueError."""
    return [
        name if name.isidentifier() and not form and not turn else None
        for _, name, form, turn in Formatter().parse(text)
        if name is not None
    ]
