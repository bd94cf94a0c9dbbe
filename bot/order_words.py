"""What staff are told about the acts they ordered, and the buttons that ask back, per language."""

from __future__ import annotations

from collections.abc import Mapping

from .conversation import Priority

ORDER_WORDS: Mapping[str, Mapping[str, str]] = {
    "fr": {
        "yours": "C’est à vous.",
        "taken": "Déjà pris par {owner}. Le reprendre quand même?",
        "take_over": "✋ Oui, le reprendre",
        "took_over": "{agent} a repris ce cas, que tenait {owner}.",
        "freed": "Libéré.",
        "not_held": "Personne ne le tient.",
        "noted": "Noté.",
        "resolved": "Fermé. Le client est prévenu.",
        "handed_back": "Rendu au robot. Le client est prévenu.",
        "over": "Ce cas n’est plus entre les mains de l’équipe.",
        "no_such_act": "Ce bouton ne veut plus rien dire.",
        "menu": "Que faire de ce cas?",
        "back": "‹ Retour",
        "assign": "👤 Confier…",
        "assign_whom": "À qui le confier?",
        "assigned": "Confié à {owner}.",
        "assigned_note": "👤 {owner}, {agent} vous confie ce cas.",
        "assigned_from": "👤 {owner}, {agent} vous confie ce cas, que tenait {before}.",
        "not_staff": "« {who} » ne correspond à personne de l’équipe. "
        "Écrivez /assign suivi d’un @nom, d’un numéro ou d’un prénom.",
        "which_one": "« {who} » peut être : {names}. Précisez.",
        "nobody_on_duty": "Personne n’est en service.",
        "priority": "🔺 Priorité…",
        "priority_which": "Quelle priorité?",
        "priority_set": "Priorité : {priority}.",
        "priority_unknown": "« {what} » n’est pas une priorité. Écrivez urgent, high ou normal.",
        "urgent": "🔴 Urgent",
        "high": "🟠 Prioritaire",
        "normal": "Normal",
        "unknown_command": "🚫 Pas envoyé : {word} n’est pas une commande. "
        "/help les montre toutes.",
        "which_case": "{word} s’écrit dans le sujet d’un cas, ou en réponse à sa fiche.",
        "queue_waiting": "En attente ({n})",
        "queue_held": "Pris ({n})",
        "queue_empty": "Rien n’attend. 🎉",
        "queue_more": "… et {n} autres",
        "days": "{n} jours",
        "mine": "Vos cas",
        "mine_none": "Vous ne tenez aucun cas.",
        "on_duty": "Vous êtes en service.",
        "off_duty": "Vous n’êtes plus en service.",
        "help_words": "Dans le sujet d’un cas, ce que vous écrivez part au client. "
        "// devant : une note interne.",
        "menu_queue": "ce qui attend, le plus pressant d’abord",
        "menu_mine": "vos cas",
        "menu_claim": "prendre ce cas",
        "menu_release": "libérer ce cas",
        "menu_assign": "confier ce cas à quelqu’un",
        "menu_priority": "changer la priorité",
        "menu_resolve": "fermer ce cas",
        "menu_hand_back": "rendre ce cas au robot",
        "menu_unsend": "retirer chez le client le message auquel vous répondez",
        "menu_on": "vous mettre en service",
        "menu_off": "finir votre service",
        "menu_help": "toutes les commandes",
        "usage_assign": "@nom",
        "usage_priority": "urgent | high | normal",
    },
    "en": {
        "yours": "It is yours.",
        "taken": "Already claimed by {owner}. Take it over all the same?",
        "take_over": "✋ Yes, take it over",
        "took_over": "{agent} took over this case, which {owner} held.",
        "freed": "Released.",
        "not_held": "Nobody holds it.",
        "noted": "Noted.",
        "resolved": "Closed. The customer has been told.",
        "handed_back": "Back with the bot. The customer has been told.",
        "over": "This case is no longer with staff.",
        "no_such_act": "That button no longer means anything.",
        "menu": "What about this case?",
        "back": "‹ Back",
        "assign": "👤 Assign…",
        "assign_whom": "Assign it to whom?",
        "assigned": "Assigned to {owner}.",
        "assigned_note": "👤 {owner}, {agent} assigns this case to you.",
        "assigned_from": "👤 {owner}, {agent} assigns this case to you; {before} held it.",
        "not_staff": "“{who}” is nobody of the team. "
        "Write /assign and an @name, an id or a first name.",
        "which_one": "“{who}” may be: {names}. Say which.",
        "nobody_on_duty": "Nobody is on duty.",
        "priority": "🔺 Priority…",
        "priority_which": "Which priority?",
        "priority_set": "Priority: {priority}.",
        "priority_unknown": "“{what}” is no priority. Write urgent, high or normal.",
        "urgent": "🔴 Urgent",
        "high": "🟠 High",
        "normal": "Normal",
        "unknown_command": "🚫 Not sent: {word} is not a command. /help shows them all.",
        "which_case": "{word} is written in the topic of a case, or as a reply to its card.",
        "queue_waiting": "Waiting ({n})",
        "queue_held": "Claimed ({n})",
        "queue_empty": "Nothing waits. 🎉",
        "queue_more": "… and {n} more",
        "days": "{n} days",
        "mine": "Your cases",
        "mine_none": "You hold no case.",
        "on_duty": "You are on duty.",
        "off_duty": "You are off duty.",
        "help_words": "In the topic of a case, what you write goes to the customer. "
        "// in front: an internal note.",
        "menu_queue": "what waits, the most pressing first",
        "menu_mine": "your cases",
        "menu_claim": "claim this case",
        "menu_release": "release this case",
        "menu_assign": "assign this case to somebody",
        "menu_priority": "change the priority",
        "menu_resolve": "close this case",
        "menu_hand_back": "hand this case back to the bot",
        "menu_unsend": "take the message you reply to back from the customer",
        "menu_on": "go on duty",
        "menu_off": "go off duty",
        "menu_help": "every command",
        "usage_assign": "@name",
        "usage_priority": "urgent | high | normal",
    },
}

PRIORITIES: Mapping[str, Priority] = {
    "urgent": Priority.URGENT,
    "urgente": Priority.URGENT,
    "high": Priority.HIGH,
    "haute": Priority.HIGH,
    "prioritaire": Priority.HIGH,
    "normal": Priority.NORMAL,
    "normale": Priority.NORMAL,
}
"""What a person may type for a priority."""


def usage(language: str, name: str) -> str:
    """What is written after a command; empty when nothing is."""
    return ORDER_WORDS.get(language, ORDER_WORDS["en"]).get(f"usage_{name}", "")


def said(language: str, key: str, **values: object) -> str:
    """A phrase in the desk's language; English stands in for one that has none."""
    return ORDER_WORDS.get(language, ORDER_WORDS["en"])[key].format(**values)
