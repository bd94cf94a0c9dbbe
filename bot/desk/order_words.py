"""What staff are told about the acts they ordered, and the buttons that ask back, per language."""

from __future__ import annotations

from collections.abc import Mapping

from ..conversation import Priority
from ..typeset import typeset

ORDER_WORDS: Mapping[str, Mapping[str, str]] = {
    "fr": {
        "yours": "C’est à vous.",
        "taken": "Déjà pris par {owner}. Le reprendre quand même?",
        "taken_by": "Déjà pris par {owner}. Pour le reprendre : /prendre dans son sujet.",
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
        "Écrivez /confier suivi d’un @nom, d’un numéro ou d’un prénom.",
        "which_one": "« {who} » peut être : {names}. Précisez.",
        "nobody_on_duty": "Personne n’est en service.",
        "priority": "🔺 Priorité…",
        "priority_which": "Quelle priorité?",
        "priority_set": "Priorité : {priority}.",
        "priority_unknown": "« {what} » n’est pas une priorité. "
        "Écrivez urgent, prioritaire ou normal.",
        "urgent": "🔴 Urgent",
        "high": "🟠 Prioritaire",
        "normal": "Normal",
        "unknown_command": "🚫 Pas envoyé : {word} n’est pas une commande. "
        "/aide les montre toutes.",
        "which_case": "{word} s’écrit dans le sujet d’un cas, ou en réponse à sa fiche.",
        "queue_waiting": "En attente ({n})",
        "queue_held": "Pris ({n})",
        "queue_empty": "Rien n’attend. 🎉",
        "queue_more": "… et encore {n}",
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
        "menu_block": "bloquer ce client (responsables)",
        "menu_unblock": "débloquer ce client (responsables)",
        "usage_block": "raison",
        "block_why": "Écrivez aussi pourquoi : /bloquer suivi de la raison.",
        "blocked": "⛔ Bloqué. Ce que ce client écrit est gardé et ne va plus nulle part. "
        "/debloquer le débloque.",
        "blocked_before": "Ce client est déjà bloqué.",
        "not_blocked": "Ce client n’est pas bloqué.",
        "unblocked": "Débloqué. Ce qu’il a écrit entre-temps est sur la fiche.",
        "leads_only": "🔒 {word} est réservé aux responsables.",
        "hello_staff": "👋 Bonjour {name}. Vous êtes de l’équipe : je peux vous écrire ici, et "
        "voici ce qui y arrive.\n{what}\nPour répondre aux clients, écrivez dans le groupe de "
        "l’équipe; /aide y montre les commandes. Ce que vous m’écrivez ici, je le lis comme d’un "
        "client.",
        "hello_agent": "• un cas pressant que le groupe ne montre pas à temps : vous pouvez le "
        "prendre d’ici\n• les fiches, si le groupe est hors d’atteinte",
        "hello_lead": "• les cas dont la réponse est en retard : vous pouvez les "
        "prendre, ou dire que vous les avez vus\n• un cas pressant que le groupe ne montre pas à "
        "temps\n• les fiches, si le groupe est hors d’atteinte",
        "menu_on": "vous mettre en service",
        "menu_off": "finir votre service",
        "menu_help": "toutes les commandes",
        "usage_assign": "@nom",
        "usage_priority": "urgent | prioritaire | normal",
        "snooze": "💤 Plus tard…",
        "wake": "⏰ Réveiller",
        "snooze_until": "Reporter à quand?",
        "snooze_hour": "Dans 1 heure",
        "snooze_afternoon": "Cet après-midi, 13 h",
        "snooze_morning": "Demain matin, 9 h",
        "snoozed": "💤 Reporté (retour : {until}). Il revient plus tôt si le client écrit.",
        "snoozed_owed": "💤 Reporté (retour : {until}), mais une réponse est attendue avant "
        "{due} : le rappel sonnera quand même.",
        "snooze_unknown": "« {what} » n’est pas un moment à venir. "
        "Écrivez 2h, 14h30, demain 9h ou 2026-11-25 9h (90 jours au plus).",
        "snooze_late": "Il est passé 13 h : choisissez un autre moment.",
        "not_snoozed": "Ce cas n’est pas reporté.",
        "woken": "⏰ De retour dans la file.",
        "snooze_over": "⏰ Cas nº {n} : il était reporté (retour : {at}). {owner}",
        "snooze_wrote": "⏰ Cas nº {n} : reporté, mais le client a écrit. {owner}",
        "queue_asleep": "Pour plus tard ({n})",
        "menu_snooze": "reporter ce cas",
        "menu_wake": "reprendre un cas reporté",
        "usage_snooze": "2h | 14h30 | demain 9h | 2026-11-25 9h",
        "canned_which": "Quelle réponse?",
        "canned_none": "Aucune réponse n’est enregistrée (replies.toml).",
        "canned_more": "Par leur nom, avec /reponse : {names}.",
        "canned_unknown": "Aucune réponse ne s’appelle « {what} ». Celles-ci existent :",
        "canned_sent": "Envoyé.",
        "menu_canned": "envoyer une réponse enregistrée",
        "usage_canned": "nom",
    },
    "en": {
        "yours": "It is yours.",
        "taken": "Already claimed by {owner}. Take it over all the same?",
        "taken_by": "Already claimed by {owner}. To take it over: /claim in its topic.",
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
        "which_case": "{word} is written in the topic of a case, or as a reply to its brief.",
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
        "menu_block": "block this customer (leads)",
        "menu_unblock": "unblock this customer (leads)",
        "usage_block": "reason",
        "block_why": "Write why as well: /block and the reason.",
        "blocked": "⛔ Blocked. What this customer writes is kept and goes nowhere. "
        "/unblock lets them in again.",
        "blocked_before": "This customer is blocked already.",
        "not_blocked": "This customer is not blocked.",
        "unblocked": "Unblocked. What they wrote meanwhile is on the brief.",
        "leads_only": "🔒 {word} is for leads only.",
        "hello_staff": "👋 Hello {name}. You are of the team: I can write to you here, and this is "
        "what comes here.\n{what}\nTo reply to customers, write in the staff group; /help shows "
        "the commands there. What you write to me here I read as from a customer.",
        "hello_agent": "• a pressing case that the group does not show in time: you may claim it "
        "from here\n• the briefs, if the group is out of reach",
        "hello_lead": "• the cases whose reply is overdue: you may claim them, or "
        "say that you have seen them\n• a pressing case that the group does not show in time\n"
        "• the briefs, if the group is out of reach",
        "menu_on": "go on duty",
        "menu_off": "go off duty",
        "menu_help": "every command",
        "usage_assign": "@name",
        "usage_priority": "urgent | high | normal",
        "snooze": "💤 Later…",
        "wake": "⏰ Wake",
        "snooze_until": "Put off until when?",
        "snooze_hour": "In 1 hour",
        "snooze_afternoon": "This afternoon, 1 pm",
        "snooze_morning": "Tomorrow morning, 9 am",
        "snoozed": "💤 Put off until {until}. It comes back sooner if the customer writes.",
        "snoozed_owed": "💤 Put off until {until}, but a reply is due by {due}: "
        "the reminder will ring all the same.",
        "snooze_unknown": "“{what}” is no moment to come. "
        "Write 2h, 14:30, tomorrow 9:00 or 2026-11-25 09:00 (90 days at most).",
        "snooze_late": "1 pm has passed: choose another moment.",
        "not_snoozed": "This case is not put off.",
        "woken": "⏰ Back in the queue.",
        "snooze_over": "⏰ Case #{n}: it was put off until {at}. {owner}",
        "snooze_wrote": "⏰ Case #{n}: put off, but the customer has written. {owner}",
        "queue_asleep": "Put off ({n})",
        "menu_snooze": "put this case off",
        "menu_wake": "take up a case that was put off",
        "usage_snooze": "2h | 14:30 | tomorrow 9:00 | 2026-11-25 09:00",
        "canned_which": "Which reply?",
        "canned_none": "No reply is kept (replies.toml).",
        "canned_more": "By their name, with /r: {names}.",
        "canned_unknown": "No reply is called “{what}”. There are these:",
        "canned_sent": "Sent.",
        "menu_canned": "send a canned reply",
        "usage_canned": "name",
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
    phrase = ORDER_WORDS.get(language, ORDER_WORDS["en"])[key]
    return typeset(language, phrase).format(**values)
