"""What an app would not let a person do, and the sentence that says why, in French and English."""

from __future__ import annotations

from collections.abc import Mapping

from ..typeset import typeset

_FIRST = "en"
_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "no_act": "Nobody can do {name} here.",
        "no_person": "There is no such person.",
        "no_chat": "There is no such chat.",
        "no_message": "The message is not there any more.",
        "no_topic": "There is no such topic.",
        "no_right": "Only an administrator who manages topics may do that.",
        "no_name": "A person has a first name.",
        "empty": "An empty text cannot be sent.",
        "too_long": "This text is too long: at most {most} characters fit.",
        "not_yours_to_delete": "{name} may not delete that message.",
        "not_yours_to_edit": "{name} cannot edit that message.",
        "opens": "The button “{button}” opens something else.",
        "no_button": "There is no button {button} on this message, only {buttons}.",
        "no_reaction": "{emoji} is not a reaction.",
        "no_customer": "The owner of a business chat names the customer.",
        "deactivated": "The account of {name} is deactivated.",
        "blocked": "{name} has blocked the bot.",
        "no_member": "{name} is not a member of {chat}.",
        "closed": "The topic is closed.",
        "deleted": "The message is deleted.",
        "unseen": "{name} does not see that message.",
    },
    "fr": {
        "no_act": "Personne ne peut faire {name} ici.",
        "no_person": "Cette personne n’existe pas.",
        "no_chat": "Cette conversation n’existe pas.",
        "no_message": "Le message n’est plus là.",
        "no_topic": "Ce sujet n’existe pas.",
        "no_right": "Seul un administrateur qui gère les sujets peut faire cela.",
        "no_name": "Une personne a un prénom.",
        "empty": "Un texte vide ne s’envoie pas.",
        "too_long": "Ce texte est trop long : {most} caractères au plus.",
        "not_yours_to_delete": "{name} n’a pas le droit de supprimer ce message.",
        "not_yours_to_edit": "{name} ne peut pas modifier ce message.",
        "opens": "Le bouton « {button} » ouvre autre chose.",
        "no_button": "Ce message n’a pas de bouton {button}, seulement {buttons}.",
        "no_reaction": "{emoji} n’est pas une réaction.",
        "no_customer": "Le propriétaire d’un compte professionnel nomme le client.",
        "deactivated": "Le compte de {name} est désactivé.",
        "blocked": "{name} a bloqué le robot.",
        "no_member": "{name} n’est pas membre de {chat}.",
        "closed": "Le sujet est fermé.",
        "deleted": "Le message est supprimé.",
        "unseen": "{name} ne voit pas ce message.",
    },
}


class CannotDo(Exception):
    """Telegram's app would not let this person do that; the sentence says why, in English."""

    def __init__(self, why: str, **values: object) -> None:
        self._why, self._values = why, values
        super().__init__(self.said(_FIRST))

    def said(self, language: str) -> str:
        """The sentence in a language of the page; in English for any other."""
        sentence = _WORDS.get(language, _WORDS[_FIRST])[self._why]
        return typeset(language, sentence).format(**self._values)
