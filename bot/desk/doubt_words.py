"""What an agent is asked about a reply that is held back, and what became of it, per language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from ..typeset import typeset
from .desk_words import language_name
from .doubt import Doubt, Found

DOUBT_WORDS: Mapping[str, Mapping[str, str]] = {
    "fr": {
        "send_held": "📤 Envoyer tel quel",
        "drop_held": "🗑 Ne pas envoyer",
        "question": "✋ <b>Pas encore envoyé.</b> Ce message :\n{why}\n"
        "L’envoyer quand même? Vous pouvez aussi le modifier : corrigé, il part tout seul. "
        "Ce que vous écrivez ensuite part après lui. Sans réponse d’ici {minutes} minutes, rien ne "
        "part.",
        "asked": "Regardez la question : elle a changé.",
        "behind": "Il attend son tour.",
        "with_it": "Ce qui attendait derrière n’est pas parti non plus : {n}.",
        "sent": "📤 Envoyé.",
        "discarded": "🗑 Pas envoyé.",
        "expired": "⌛ Pas envoyé : la question est restée sans réponse.",
        "over": "🚫 Pas envoyé : le cas n’est plus entre les mains de l’équipe.",
        "doubt_angry": "semble fâché : « {what} »",
        "doubt_angry_bare": "semble fâché",
        "doubt_capitals_bare": "est en majuscules",
        "doubt_note": "ressemble à une note interne : « {what} »",
        "doubt_staff_link": "contient un lien interne : {what}",
        "doubt_personal": "contient des données personnelles que le client n’a pas écrites ici : "
        "{what}",
        "doubt_language": "est en {what}, le client écrit dans une autre langue",
        "doubt_collision": "répond dans un cas que tient {what}",
        "doubt_command": "commence comme une commande : {what} (/aide les montre toutes)",
    },
    "en": {
        "send_held": "📤 Send as is",
        "drop_held": "🗑 Do not send",
        "question": "✋ <b>Not sent yet.</b> This message:\n{why}\n"
        "Send it all the same? You can also edit it: once it is fine, it goes out by itself. "
        "What you write next goes out after it. Without an answer within {minutes} minutes, "
        "nothing goes out.",
        "asked": "Look at the question: it has changed.",
        "behind": "It waits for its turn.",
        "with_it": "What waited behind it was not sent either: {n}.",
        "sent": "📤 Sent.",
        "discarded": "🗑 Not sent.",
        "expired": "⌛ Not sent: nobody answered the question.",
        "over": "🚫 Not sent: the case is no longer with staff.",
        "doubt_angry": "reads as angry: “{what}”",
        "doubt_angry_bare": "reads as angry",
        "doubt_capitals_bare": "is in capitals",
        "doubt_note": "looks like an internal note: “{what}”",
        "doubt_staff_link": "has an internal link: {what}",
        "doubt_personal": "has personal data that the customer did not write here: {what}",
        "doubt_language": "is in {what}, the customer writes in another language",
        "doubt_collision": "replies in a case that {what} holds",
        "doubt_command": "begins like a command: {what} (/help shows them all)",
    },
}


def doubt_words(language: str, key: str, **values: object) -> str:
    """A phrase in the desk's language; English stands in for one that has none."""
    phrase = DOUBT_WORDS.get(language, DOUBT_WORDS["en"])[key]
    return typeset(language, phrase).format(**values)


def question(language: str, found: Sequence[Found], waits_s: float) -> str:
    """What an agent is asked, as HTML: every doubt a line, and how long the question stands."""
    lines = []
    for one in found:
        what = one.what
        if one.doubt is Doubt.LANGUAGE:
            what = language_name(language, one.what)
        key = f"doubt_{one.doubt}" + ("" if what else "_bare")
        lines.append("• " + doubt_words(language, key, what=escape(what)))
    minutes = round(waits_s / 60)
    return doubt_words(language, "question", why="\n".join(lines), minutes=minutes)
