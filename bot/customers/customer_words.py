"""The customer's words: every fixed phrase, per language, and the brand's own in their place.

How a brand writes its own: own_words.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..conversation import Score
from ..typeset import typeset

FACES: Mapping[Score, str] = {Score.GOOD: "👍", Score.FAIR: "😐", Score.BAD: "👎"}
"""How it went, for every language."""

PHRASES: Mapping[str, Mapping[str, str]] = {
    "fr": {
        "intro": "Bonjour! Vous êtes chez {brand}; ici l’assistant automatique. "
        "Pour parler à une personne, touchez le bouton ou écrivez « une personne ».",
        "intro_plain": "Vous êtes chez {brand}; ici l’assistant automatique.",
        "ask_away": "Posez votre question, en français ou en anglais.",
        "greeting": "Bonjour! Comment puis-je vous aider?",
        "thanks": "Avec plaisir! Bonne journée.",
        "remark": "D’accord. Autre chose?",
        "sorry": "Désolé pour ce désagrément.",
        "clarify": "Je veux être certain de bien comprendre. Votre question porte sur…",
        "clarify_open": "Merci! De quoi s’agit-il? Écrivez-le en quelques mots.",
        "picked_wrong": "Ce choix n’est plus ouvert. Écrivez votre question, ou demandez une "
        "personne.",
        "button_gone": "Ce bouton ne fait plus rien. Écrivez votre question, ou « une personne » "
        "pour parler à quelqu’un.",
        "glad": "Tant mieux! N’hésitez pas à réécrire.",
        "handed_calm": "Je passe votre message à une personne de l’équipe. "
        "Vous aurez une réponse ici même, {wait}.",
        "handed_annoyed": "Je comprends, et je suis désolé. Je passe votre message à une personne "
        "de l’équipe, qui vous répondra ici même {wait}.",
        "handed_angry": "Je suis désolé. Votre message mérite mieux qu’une réponse automatique : "
        "il est maintenant devant l’équipe, et une personne vous répondra ici même {wait}.",
        "away_calm": "Je passe votre message à une personne de l’équipe. "
        "L’équipe est de retour {back} et vous répondra ici même.",
        "away_annoyed": "Je comprends, et je suis désolé. Je passe votre message à une personne "
        "de l’équipe, de retour {back}, qui vous répondra ici même.",
        "away_angry": "Je suis désolé. Votre message mérite mieux qu’une réponse automatique : "
        "une personne de l’équipe l’aura devant elle à son retour, {back}, et vous répondra ici "
        "même.",
        "away_again": "Votre message est bien arrivé. L’équipe est de retour {back} et vous "
        "répondra ici même.",
        "missed": "Nous vous devions une réponse, et elle n’est pas encore partie. Nous "
        "en sommes désolés. Votre message est toujours devant l’équipe; vous n’avez pas à le "
        "réécrire.",
        "already": "Votre demande est déjà devant l’équipe.",
        "resolved": "L’équipe considère votre demande comme réglée. "
        "Si quelque chose reste à régler, écrivez simplement ici.",
        "how_was_it": "Comment ça s’est passé?",
        "rated_good": "Merci de votre avis. Un mot à ajouter? Écrivez-le ici.",
        "rated_fair": "Merci de votre avis. Qu’est-ce qui aurait été mieux? Écrivez-le ici, "
        "l’équipe le lira.",
        "rated_bad": "Merci de nous le dire. Qu’est-ce qui n’a pas fonctionné? Écrivez-le ici : "
        "une personne de l’équipe vous répondra.",
        "rated_once": "Votre avis est déjà compté.",
        "comment_kept": "Merci, c’est noté pour l’équipe.",
        "handed_back": "L’assistant automatique est de retour. "
        "Posez votre question, ou demandez une personne à tout moment.",
        "btn_helped": "👍 Ça m’aide",
        "btn_not_helped": "👎 Ce n’est pas ça",
        "btn_person": "🙋 Parler à une personne",
        "btn_none": "Autre chose : une personne",
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
        "first_of_month": "1er",
        "weekdays": "lundi mardi mercredi jeudi vendredi samedi dimanche",
        "months": "janvier février mars avril mai juin juillet août septembre octobre novembre "
        "décembre",
        "menu_start": "Poser une question",
        "menu_person": "Parler à une personne",
        "menu_privacy": "Ce qui est gardé à votre sujet, et pour combien de temps",
        "menu_export": "Recevoir une copie de vos données",
        "menu_delete": "Effacer vos données",
        "menu_language": "Français ou anglais",
        "privacy": "🔒 Vos données chez {brand}\n\n"
        "• Un assistant automatique lit vos messages et répond aux questions courantes. Le reste "
        "va à une personne, que vous pouvez demander à tout moment, aussi pour revoir ce que "
        "l’assistant a décidé.\n"
        "• Gardés : votre nom et votre numéro Telegram, votre langue, vos messages et nos "
        "réponses, et ce que l’assistant en a compris. Vos fichiers restent chez Telegram.\n"
        "• Les mots : {words} jours après la fermeture d’une demande. La demande elle-même (dates, "
        "sujet) : {cases} jours. Ensuite, des totaux seulement.\n"
        "• Qui les lit : chez {brand}, l’équipe, dans son groupe Telegram. Rien n’est vendu ni "
        "envoyé à un autre service.\n"
        "• Vos droits : /exporter pour une copie, /effacer pour tout effacer, /langue pour choisir "
        "la langue.\n\n{contact}",
        "exported": "Tout ce qui est gardé à votre sujet chez {brand}. Les notes internes de "
        "l’équipe et ce qu’elle a retiré n’y sont pas : demandez-les à une personne.",
        "nothing_known": "Rien n’est gardé à votre sujet, sauf, dans un journal, votre numéro "
        "Telegram et la date de vos commandes comme celle-ci.",
        "erase": "Effacer tout ce qui est gardé à votre sujet : messages, réponses, nom? C’est "
        "définitif. Cette conversation reste sur votre appareil : vous pouvez la supprimer "
        "vous-même.",
        "erase_held": "Votre demande est entre les mains de l’équipe : elle sera fermée et "
        "personne ne pourra plus vous répondre. Effacer quand même tout ce qui est gardé à votre "
        "sujet? C’est définitif.",
        "btn_erase": "🗑 Oui, tout effacer",
        "btn_keep": "Non, garder",
        "kept": "Rien n’a été effacé.",
        "erased": "C’est fait : vos messages, votre nom et vos demandes sont effacés. "
        "Si vous réécrivez, tout recommence à neuf.",
        "erased_barred": "C’est fait : vos messages, votre nom et vos demandes sont effacés. "
        "L’équipe vous a bloqué; votre numéro Telegram et la date du blocage sont conservés, et ce "
        "que vous écrirez ne lui parviendra pas.",
        "which_language": "Dans quelle langue voulez-vous les réponses?",
        "btn_own_language": "Français",
        "btn_as_written": "Comme j’écris",
        "language_chosen": "Entendu : les réponses seront en français.",
        "language_as_written": "Entendu : les réponses seront dans la langue de vos messages.",
        "too_often": "Vous l’avez demandé plusieurs fois : réessayez dans une heure. "
        "Vos autres messages sont lus comme d’habitude.",
    },
    "en": {
        "intro": "Hello! This is {brand}’s automatic assistant. "
        "To talk to a person, press the button or write “a person”.",
        "intro_plain": "This is {brand}’s automatic assistant.",
        "ask_away": "Ask your question, in English or in French.",
        "greeting": "Hello! How can I help you?",
        "thanks": "You’re welcome! Have a good day.",
        "remark": "All right. Anything else?",
        "sorry": "Sorry about the trouble.",
        "clarify": "I want to be sure I understand. Is your question about…",
        "clarify_open": "Thank you! What is it about? Tell me in a few words.",
        "picked_wrong": "That choice is no longer open. Write your question, or ask for a person.",
        "button_gone": "This button does nothing any more. Write your question, or “a person” to "
        "talk to somebody.",
        "glad": "Glad to hear it! Write again any time.",
        "handed_calm": "I am passing your message to a person on our team. "
        "You will get a reply right here {wait}.",
        "handed_annoyed": "I understand, and I am sorry. I am passing your message to a person on "
        "our team, who will reply right here {wait}.",
        "handed_angry": "I am sorry. Your message deserves better than an automatic answer: "
        "it is in front of our team now, and a person will reply right here {wait}.",
        "away_calm": "I am passing your message to a person on our team. "
        "The team is here again from {back} and will reply right here.",
        "away_annoyed": "I understand, and I am sorry. I am passing your message to a person on "
        "our team, which is here again from {back} and will reply right here.",
        "away_angry": "I am sorry. Your message deserves better than an automatic answer: "
        "a person on our team will have it in front of them from {back} on, and will reply right "
        "here.",
        "away_again": "Your message has arrived. The team is here again from {back} and will "
        "reply right here.",
        "missed": "You should have had a reply by now, and it has not been sent yet. We are sorry. "
        "Your message is still in front of the team; you do not need to write it again.",
        "already": "Your request is already with the team.",
        "resolved": "Our team considers your request settled. "
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
        "btn_none": "Something else: a person",
        "within": "within {span}",
        "by": "by {moment}",
        "minutes": "{n} minutes",
        "hours": "{n} hours",
        "hour": "an hour",
        "on_the_hour": "{h}:00",
        "clock": "{h}:{m}",
        "today_at": "{time} today",
        "tomorrow_at": "tomorrow at {time}",
        "weekday_at": "{day} at {time}",
        "date_at": "{day}, {month} {n}, at {time}",
        "first_of_month": "1",
        "weekdays": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
        "months": "January February March April May June July August September October November "
        "December",
        "menu_start": "Ask a question",
        "menu_person": "Talk to a person",
        "menu_privacy": "What is kept about you, and for how long",
        "menu_export": "Get a copy of your data",
        "menu_delete": "Erase your data",
        "menu_language": "English or French",
        "privacy": "🔒 Your data with {brand}\n\n"
        "• An automatic assistant reads your messages and answers common questions. The rest goes "
        "to a person, whom you can ask for at any time, also to have another look at what the "
        "assistant decided.\n"
        "• Kept: your name and Telegram number, your language, your messages and our replies, and "
        "what the assistant understood of them. Your files stay with Telegram.\n"
        "• The words: {words} days after a request is closed. The request itself (dates, subject): "
        "{cases} days. After that, totals only.\n"
        "• Who reads them: the team of {brand}, in its Telegram group. Nothing is sold or sent to "
        "any other service.\n"
        "• Your rights: /export for a copy, /delete_me to erase everything, /language to choose "
        "the language.\n\n{contact}",
        "exported": "Everything {brand} keeps about you. The team’s internal notes and what it "
        "took back are not in it: ask a person for them.",
        "nothing_known": "Nothing is kept about you but, in a log, your Telegram number and the "
        "date of commands like this one.",
        "erase": "Erase everything that is kept about you: messages, replies, name? This cannot be "
        "undone. This chat stays on your device: you can delete it yourself.",
        "erase_held": "Your request is with the team: it will be closed and "
        "nobody will be able to reply to you. Erase everything that is kept about you all the "
        "same? This cannot be undone.",
        "btn_erase": "🗑 Yes, erase everything",
        "btn_keep": "No, keep it",
        "kept": "Nothing has been erased.",
        "erased": "Done: your messages, your name and your requests are erased. "
        "If you write again, everything starts afresh.",
        "erased_barred": "Done: your messages, your name and your requests are erased. "
        "The team has blocked you; your Telegram number and the date of the block are kept, and "
        "what you write will not reach it.",
        "which_language": "In which language would you like the answers?",
        "btn_own_language": "English",
        "btn_as_written": "As I write",
        "language_chosen": "Noted: the answers will be in English.",
        "language_as_written": "Noted: the answers will be in the language of your messages.",
        "too_often": "You have asked for this several times: try again in an hour. "
        "Your other messages are read as usual.",
    },
}

BOTH = frozenset({"fr", "en"})
OTHERWISE: Mapping[str, Mapping[str, str]] = {
    "fr": {"ask_away": "Posez votre question.", "menu_language": "Choisir la langue"},
    "en": {"ask_away": "Ask your question.", "menu_language": "Choose the language"},
}
"""In place of what promises both languages, where a brand serves others, or one alone."""

CHOSEN: Mapping[str, Mapping[str, str]] = {
    "es": {
        "btn_own_language": "Español",
        "language_chosen": "Entendido: las respuestas serán en español.",
    },
    "de": {
        "btn_own_language": "Deutsch",
        "language_chosen": "Verstanden: Die Antworten kommen auf Deutsch.",
    },
    "pt": {
        "btn_own_language": "Português",
        "language_chosen": "Entendido: as respostas serão em português.",
    },
    "it": {
        "btn_own_language": "Italiano",
        "language_chosen": "Va bene: le risposte saranno in italiano.",
    },
}
"""Of the other languages that a brand may serve, what must not stand there in English."""


@dataclass(frozen=True, slots=True)
class CustomerWords:
    """What the bot says by itself. ``own``: language -> key -> the brand's words for it.

    ``served``: the languages that the brand serves.
    """

    own: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    served: frozenset[str] = BOTH

    def phrase(self, language: str, key: str, **values: object) -> str:
        """A phrase, filled in; English stands in for a language that has none."""
        ships = language if language in PHRASES else "en"
        built_in = {**PHRASES[ships], **CHOSEN.get(language, {})}
        if self.served != BOTH:
            built_in |= OTHERWISE[ships]
        text = self.own.get(language, {}).get(key) or typeset(language, built_in[key])
        return text.format(**values)


def phrase(language: str, key: str, **values: object) -> str:
    """A phrase as the bot ships it, whatever the brand's own words are."""
    return CustomerWords().phrase(language, key, **values)
