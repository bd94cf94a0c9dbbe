"""What staff are told of the store itself: it takes nothing, it takes again, it is an old copy."""

from __future__ import annotations

from collections.abc import Mapping

from ..typeset import typeset

STORE_WORDS: Mapping[str, Mapping[str, str]] = {
    "fr": {
        "refuses": "🛑 Depuis {since}, le robot ne peut rien enregistrer : il ne répond plus, et "
        "ce que vous écrivez dans les sujets attend. Telegram garde les messages "
        "pendant 24 heures; après, ils sont perdus. Prévenez qui s’occupe du serveur.\n{why}",
        "takes": "✅ Le robot enregistre de nouveau. Début de la panne : {since}; fin : "
        "{until}. Ce que Telegram gardait est repris.",
        "restored": "♻ Le robot repart d’une copie ({at}). Ce qui s’est passé ensuite n’y "
        "est pas : relisez les conversations. Ce qui était en cours alors n’est pas renvoyé par le "
        "robot mais vous est montré (envois : {effects}, messages : {turns}).",
    },
    "en": {
        "refuses": "🛑 Since {since} the bot can store nothing: it no longer answers, and what you "
        "write in the topics waits. Telegram keeps the messages for 24 hours; after that they are "
        "lost. Tell whoever looks after the server.\n{why}",
        "takes": "✅ The bot stores again: nothing was stored from {since} to {until}. What "
        "Telegram kept is being taken up.",
        "restored": "♻ The bot goes on from a copy ({at}). What happened after that is not "
        "in it: read the chats again. What was under way then is not sent again by the bot but "
        "shown to you (sends: {effects}, messages: {turns}).",
    },
}


def words(language: str, key: str, **values: object) -> str:
    """A phrase in the desk's language, English where there is none."""
    phrase = STORE_WORDS.get(language, STORE_WORDS["en"])[key]
    return typeset(language, phrase).format(**values)
