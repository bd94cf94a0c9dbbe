"""The customer's words, per language and tone: the only home of customer-facing text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol

from .conversation import Case, SmallTalk, State, Tone
from .effects import Purpose

Rows = tuple[tuple[tuple[str, str], ...], ...]
"""Buttons under a message: rows of (words on the button, act it stands for)."""

HELPED, NOT_HELPED, PERSON, NONE_OF_THESE, PICK = "helped", "not_helped", "person", "none", "pick:"

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
        "Vous aurez une réponse ici même, d’ici {wait}.",
        "handed_annoyed": "Je comprends, et je suis désolé. Je passe votre message à une personne "
        "de l’équipe, qui vous répondra ici même d’ici {wait}.",
        "handed_angry": "Je suis désolé. Votre message mérite mieux qu’une réponse automatique : "
        "une personne de l’équipe l’a devant elle et vous répondra ici même d’ici {wait}.",
        "already": "Une personne de l’équipe a déjà votre demande.",
        "resolved": "Votre demande est maintenant fermée par l’équipe. "
        "Si quelque chose reste à régler, écrivez simplement ici.",
        "handed_back": "L’assistant automatique est de retour. "
        "Posez votre question, ou demandez une personne à tout moment.",
        "btn_helped": "👍 C’est réglé",
        "btn_not_helped": "👎 Ce n’est pas ça",
        "btn_person": "🙋 Parler à une personne",
        "btn_none": "Autre chose",
        "minutes": "{n} minutes",
        "hours": "{n} heures",
        "hour": "une heure",
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
        "You will get a reply right here within {wait}.",
        "handed_annoyed": "I understand, and I am sorry. I am passing your message to a person on "
        "our team, who will reply right here within {wait}.",
        "handed_angry": "I am sorry. Your message deserves better than an automatic answer: "
        "a person on our team has it in front of them and will reply right here within {wait}.",
        "already": "A person on our team already has your request.",
        "resolved": "Our team has now closed your request. "
        "If anything is left to settle, just write here.",
        "handed_back": "The automatic assistant is back. "
        "Ask your question, or ask for a person at any time.",
        "btn_helped": "👍 That helped",
        "btn_not_helped": "👎 That’s not it",
        "btn_person": "🙋 Talk to a person",
        "btn_none": "Something else",
        "minutes": "{n} minutes",
        "hours": "{n} hours",
        "hour": "an hour",
        "menu_start": "Ask a question",
        "menu_person": "Talk to a person",
    },
}

CLOSE_TO_THANKS_S = 60.0


class Pen(Protocol):
    """What this step may do with a case, inside the transaction."""

    @property
    def now(self) -> float: ...
    def save(self, case: Case) -> Case: ...
    def say(
        self, case: Case, text: str, rows: Rows = (), purpose: Purpose = Purpose.ANSWER
    ) -> None: ...
    def introduce(self, case: Case) -> bool:
        """True the first time: the customer has not been told yet that a machine answers."""

    def set_timer(self, case_id: int, kind: str, due_at: float) -> None: ...


def phrase(language: str, key: str, **values: object) -> str:
    """A fixed phrase; English stands in for a language that has none."""
    return PHRASES.get(language, PHRASES["en"])[key].format(**values)


def person_row(language: str) -> Rows:
    return (((phrase(language, "btn_person"), PERSON),),)


def answer_rows(language: str) -> Rows:
    """The buttons under every answer: a person is always one press away."""
    helped = (phrase(language, "btn_helped"), HELPED)
    not_helped = (phrase(language, "btn_not_helped"), NOT_HELPED)
    return ((helped, not_helped), *person_row(language))


def waiting_time(language: str, seconds: float) -> str:
    """``seconds`` in words, rounded up to five minutes so that it is not broken by a minute."""
    minutes = max(5, -int(-seconds // 300) * 5)
    if minutes < 60:
        return phrase(language, "minutes", n=minutes)
    hours = -(-minutes // 60)
    return phrase(language, "hour") if hours == 1 else phrase(language, "hours", n=hours)


def answer(pen: Pen, case: Case, brand: str, subject: str, text: str, quiet_s: float) -> Case:
    """Send the approved answer; the customer is next to act, and silence closes the case."""
    language = case.language or "en"
    if case.tone is Tone.ANNOYED:
        text = f"{phrase(language, 'sorry')} {text}"
    pen.say(case, _introduced(pen, case, brand, text), answer_rows(language))
    pen.set_timer(case.id, "quiet", pen.now + quiet_s)
    return pen.save(
        replace(
            case,
            state=State.WITH_CUSTOMER,
            subject=subject,
            answered=(*case.answered, subject),
            choices=(),
        )
    )


def small_talk(pen: Pen, case: Case, brand: str, kind: str, quiet_s: float) -> Case:
    """Greet or thank back. Thanks end the matter soon; a greeting waits for the question."""
    language = case.language or "en"
    words = _introduced(pen, case, brand, phrase(language, kind), greets=True)
    pen.say(case, words, person_row(language))
    thanked = kind == SmallTalk.THANKS
    pen.set_timer(case.id, "quiet", pen.now + (CLOSE_TO_THANKS_S if thanked else quiet_s))
    return pen.save(replace(case, state=State.WITH_CUSTOMER, choices=()))


def clarify(pen: Pen, case: Case, brand: str, titles: Mapping[str, str], quiet_s: float) -> Case:
    """Ask once: between the subjects of ``titles`` (name -> words on the button), or openly."""
    language = case.language or "en"
    choices: Rows = tuple(((title, f"{PICK}{name}"),) for name, title in titles.items())
    if choices:
        choices = (*choices, ((phrase(language, "btn_none"), NONE_OF_THESE),))
    text = phrase(language, "clarify" if titles else "clarify_open")
    pen.say(case, _introduced(pen, case, brand, text), (*choices, *person_row(language)))
    pen.set_timer(case.id, "quiet", pen.now + quiet_s)
    return pen.save(replace(case, state=State.CLARIFYING, clarified=True, choices=tuple(titles)))


def notice(pen: Pen, case: Case, brand: str, wait_s: float) -> None:
    """Tell the customer, in the fitting tone, that a person has the case now, and until when."""
    language = case.language or "en"
    text = phrase(language, f"handed_{case.tone}", wait=waiting_time(language, wait_s))
    if case.tone is not Tone.ANGRY:
        text = _introduced(pen, case, brand, text)
    elif pen.introduce(case):  # no cheerful hello to an angry person
        text = f"{phrase(language, 'intro_plain', brand=brand)} {text}"
    pen.say(case, text)


def _introduced(pen: Pen, case: Case, brand: str, text: str, greets: bool = False) -> str:
    """Put the first words before the first answer: a machine answers, a person is near."""
    if not pen.introduce(case):
        return text
    language = case.language or "en"
    intro = phrase(language, "intro", brand=brand)
    return f"{intro} {phrase(language, 'ask_away')}" if greets else f"{intro}\n\n{text}"
