"""The desk's words: everything that staff read on buttons, briefs and notices, per language."""

from __future__ import annotations

from collections.abc import Mapping

from ..typeset import typeset

CLAIM, RELEASE, RESOLVE, HAND_BACK, AGAIN = "claim", "release", "resolve", "hand_back", "again"
SEND_DRAFT, EDIT_DRAFT, OTHER_DRAFT = "send_draft", "edit_draft", "other_draft"
TAKE_OVER, ASSIGN, PRIORITY, MORE, BACK = "take_over", "assign", "priority", "more", "back"
ACK = "ack"
AMONG = "among"
"""After an act and a colon: its button stands among those of other cases."""
SNOOZE, WAKE, CANNED = "snooze", "wake", "canned"
BLOCK, UNBLOCK = "block", "unblock"
HOLDING = frozenset({CLAIM, TAKE_OVER, ASSIGN})
"""Acts by which somebody holds the case from then on."""
DELIVERED, WAITING = "👌", "🤔"
"""The bot's marks on an agent's message: the customer has it; it waits behind one asked about."""
RANG, RESTS = "rang", "alarm_rests"
"""How the audit calls an alarm that rang, and one that was heard and comes back later."""

DESK_WORDS: Mapping[str, Mapping[str, str]] = {
    "fr": {
        "claim": "✋ Prendre",
        "release": "↩ Libérer",
        "resolve": "✅ Fermer",
        "hand_back": "🤖 Rendre au robot",
        "more": "⋯ Plus",
        "again": "↻ Renvoyer",
        "who": "{name} · {cases}",
        "first": "premier contact",
        "known": "{n}e demande",
        "by_person": "réglé par {owner}",
        "by_bot": "réglé par le robot",
        "labelled": "{label} : {text}",
        "quoted": "« {text} »",
        "wants": "Demande",
        "why": "Pourquoi ici",
        "tone": "Ton {tone} · écrit en {language}",
        "clock": "{h} h {m}",
        "on_the_hour": "{h} h",
        "yesterday": "hier {time}",
        "today": "{time}",
        "tomorrow": "demain {time}",
        "date": "le {n} {month} à {time}",
        "date_of_year": "le {n} {month} {year} à {time}",
        "first_of_month": "1er",
        "months": "janv. févr. mars avr. mai juin juill. août sept. oct. nov. déc.",
        "telling": "ses mots : {quoted}",
        "since": "Attend depuis {at}, réponse attendue avant {due}",
        "told": " (annoncé au client : avant {told})",
        "draft": "Proposition · {source}",
        "draft_approved": "réponse approuvée",
        "draft_from": "réponse donnée au cas nº {n}",
        "send_draft": "📤 Envoyer",
        "edit_draft": "✏️ Modifier",
        "other_draft": "🔀 Autre",
        "draft_gone": "Cette proposition n’est plus ouverte.",
        "draft_sent": "Envoyé.",
        "draft_held": "À confirmer avant l’envoi.",
        "draft_copy": "✏️ Touchez le texte pour le copier; ce que vous écrivez ensuite part au "
        "client.",
        "draft_given": "Le texte est dans le sujet.",
        "lately": "Échanges",
        "customer": "Client",
        "bot": "Robot",
        "agent": "Équipe",
        "note": "Note",
        "edited": " (modifié)",
        "unconfirmed": " ⚠ envoi non confirmé",
        "waiting": "⏳ En attente d’une personne",
        "claimed": "🔵 Pris par {owner}",
        "closed": "⚪ Fermé",
        "asleep": " · 💤 retour : {until}",
        "barred": "⛔ Bloqué par {who}, {at} : {why}",
        "barred_once": "⛔ bloqué",
        "with_bot": "🟢 Rendu au robot",
        "urgent": "🔴 URGENT",
        "high": "🟠 PRIORITAIRE",
        "normal": "Normal",
        "calm": "calme",
        "annoyed": "agacé",
        "angry": "en colère",
        "asked": "demande une personne",
        "risk": "à risque",
        "reason_angry": "en colère : jamais de réponse toute faite",
        "not_helped": "la réponse automatique n’a pas aidé",
        "maybe_risk": "peut-être à risque : jamais de réponse toute faite",
        "maybe_angry": "peut-être en colère : jamais de réponse toute faite",
        "asked_again": "repose une question qui a déjà eu sa réponse",
        "added": "complète ce qui a eu sa réponse",
        "unknown": "rien de tel dans la base de connaissances",
        "unclear": "toujours pas clair après une question",
        "media": "média que le robot ne peut pas lire",
        "model_failed": "le modèle n’a pas pu lire le message",
        "no_answer": "aucune réponse approuvée pour ce sujet",
        "poison": "message que le robot n’a pas pu traiter",
        "ack": "👀 Vu",
        "seen_one": "👀 nº {n}",
        "remind": "⏰ Cas nº {n} : personne ne le tient, réponse attendue avant {due}.",
        "duty": "⏰ {people} : le cas nº {n} attend une réponse, due avant {due}.",
        "lead": "🔴 {people} : cas nº {n}, la réponse attendue avant {due} n’est pas partie.",
        "lead_page": "🔴 Cas nº {n} : la réponse attendue avant {due} n’est pas partie.",
        "lead_pages": "🔴 {n} cas : les réponses attendues ne sont pas parties.",
        "alarms": "⏰ En liste et toujours sans réponse ({n}).",
        "alarms_called": "⏰ {people} : en liste et toujours sans réponse ({n}).",
        "nobody": "Personne n’est en service",
        "all_off": "📵 Personne n’est en service et le cas nº {n} attend.",
        "lead_unreached": "📵 {lead}, je ne peux pas vous écrire en privé : écrivez-moi /start une "
        "fois. {text}",
        "open_case": "Ouvrir le cas",
        "answered": "✅ Une personne a répondu; rien n’est dû",
        "reopened": "le client revient sur un cas fermé",
        "why_pressed": "Le client a touché un bouton.",
        "why_picked": "Le client l’a choisi.",
        "why_reopened": "Écrit après la fermeture, par une personne, de ce cas.",
        "now_urgent": "🔴 Urgent maintenant. <i>{why}</i>",
        "why_disputed": "Le client dit, après coup, que la réponse n’était pas la bonne.",
        "why_rated_bad": "Suite d’une mauvaise note : on lui a promis qu’une personne répondrait.",
        "why_thanks": "Remercie après la fermeture.",
        "why_greeting": "Salue après la fermeture : la suite dira de quoi il s’agit.",
        "why_comment": "Un mot ajouté à l’avis du client.",
        "rated": "Avis du client : {score}",
        "rated_bad": "👎 Cas nº {n} : le client n’est pas satisfait.",
        "pressed": "👆 Cas nº {n} : le client a touché « {label} ».",
        "commented": "💬 Cas nº {n} : le client a ajouté un mot à son avis : voyez la fiche.",
        "erased": "🗑 À sa demande, les données d’un client sont effacées ({numbers}), et ses "
        "sujets dans ce groupe aussi. Ce que vous en avez copié ailleurs : effacez-le, s’il vous "
        "plaît.",
        "erased_open": "🗑 À sa demande, les données d’un client sont effacées ({numbers}), son cas "
        "ouvert est fermé et ses sujets dans ce groupe disparaissent. Ce que vous en avez copié "
        "ailleurs : effacez-le, s’il vous plaît.",
        "wiped": "🗑 Effacé.",
        "cannot_erase": "🗑 Cas nº {n} : ses mots doivent disparaître, mais Telegram refuse que le "
        "robot efface ce qui en reste ici (le droit lui manque, c’est vieux de plus de 48 "
        "heures, ou d’avant un changement de groupe). Effacez-le à la main, s’il vous "
        "plaît :\n{places}",
        "left_behind": "🗑 Ce qui s’est écrit dans ce groupe avant sa conversion arrive au terme "
        "de sa conservation (nº {n} et d’autres), et Telegram ne laisse pas le robot l’effacer. "
        "Effacez à la main, s’il vous plaît, ce qui date d’avant : je ne le redemanderai pas "
        "pour chaque cas.",
        "group_changed": "🏠 La configuration nomme maintenant ce groupe. Repris du groupe "
        "d’avant, où plus personne n’est entendu : {cases}.",
        "left": "🚫 Le client a bloqué le robot, ou supprimé son compte. Le cas reste à vous; son "
        "horloge est arrêtée.",
        "came_back": "Le client a débloqué le robot. L’horloge repart.",
        "still_open": "Ce sujet a été fermé à la main, mais le cas nº {n} ne l’est pas : il est "
        "rouvert. Pour finir le cas, touchez « Fermer ».",
        "for_no_case": "🚫 Pas envoyé au client : je ne sais pas de quel cas il s’agit. Écrivez "
        "dans le sujet du cas, ou en réponse à sa fiche; /file montre ceux qui sont ouverts.",
        "not_with_staff": "🚫 Pas envoyé au client : ce cas n’est plus entre les mains de "
        "l’équipe.",
        "sent_again": "Renvoyé.",
        "not_sent_again": "Pas renvoyé : ce message a été modifié depuis. Écrivez-le de nouveau.",
        "staff_only": "Réservé à l’équipe.",
        "anonymous": "🚫 Pas envoyé au client : écrit au nom d’un groupe ou d’un canal, ceci ne me "
        "dit pas qui vous êtes. Cessez d’être administrateur anonyme, puis écrivez-le de nouveau.",
        "not_listed": "🚫 Pas envoyé au client : je ne transmets que ce qu’écrivent les personnes "
        "nommées sous [staff] dans la configuration, et vous n’y êtes pas. Votre numéro, pour qui "
        "vous y ajoute : <code>{id}</code>.",
        "not_from_here": "🚫 Rien n’est parti : d’ici, je ne transmets rien aux clients. Écrivez "
        "dans le sujet du cas, dans le groupe de l’équipe; les commandes aussi n’agissent que là.",
        "customer_poison": "Le robot n’a pas pu lire ce que le client a envoyé (réf. {n}) : "
        "demandez-lui ce que c’était.",
        "staff_poison": "🚫 Je n’ai pas pu lire ceci (réf. {n}). Si c’était pour un "
        "client, il ne l’a pas reçu : écrivez-le de nouveau.",
        "clock_failed": "⚠ Cas nº {n} : une de ses échéances est arrivée et je n’ai pas pu la "
        "traiter. Regardez où il en est : elle ne sonnera plus. Le journal dit pourquoi.",
        "no_topics": "⚠ Je ne peux plus créer de sujets : les nouveaux cas arrivent ici, dans "
        "Général. Rendez-moi le droit « Gérer les sujets »; d’ici là, répondez à un cas en "
        "répondant à sa fiche.",
        "no_forum": "⚠ Ce groupe n’a pas de sujets : activez-les dans ses réglages. D’ici là, "
        "répondez à un cas en répondant à sa fiche : le reste, je ne le transmets à personne.",
        "two_instances": "🛑 Un autre programme reçoit les messages destinés à ce robot : je "
        "m’arrête, et personne ici ne répond plus aux clients par moi. Qui s’occupe du serveur "
        "doit arrêter cet autre programme, puis me redémarrer.",
        "was_away": "🔌 Le robot était absent. Début : {since}; fin : {until}. "
        "Messages de clients repris : {n}.",
        "taken_back": " (retiré chez le client)",
        "live": "📍 Position en direct : le point ci-dessus est le premier. Telegram ne laisse pas "
        "le robot la suivre ici; demandez où le client se trouve maintenant.",
        "elsewhere": "↪ En réponse à une story ou à un message d’une autre conversation",
        "in_answer_to": "↪ En réponse à : « {text} »",
        "behind_words": "🔗 Derrière ces mots, un lien vers :\n{places}",
        "reacted": "{emoji} à : « {text} »",
        "reacted_below": "Le client a réagi : {emoji}",
        "no_tick": "⚠ Ce groupe n’admet pas la réaction 👌, par laquelle je dis qu’un message est "
        "arrivé. Permettez 👌 et 🤔 dans ses réglages (Réactions). D’ici là, je continue de dire "
        "ce qui n’arrive pas.",
        "waits_behind": "⏳ Pas encore envoyé : ce message attend derrière celui sur lequel je "
        "vous ai posé une question.",
        "unusual": "Réaction (emoji personnalisé)",
        "uncopied": "(Telegram refuse la copie : {why}. Demandez-le au client sous une autre "
        "forme, par exemple une capture d’écran.)",
        "unshown": "(Telegram refuse un message ici : {why}. Son texte est dans l’exportation des "
        "données du client.)",
        "partly": "⚠ Cas nº {n} : éléments arrivés, {part} sur {all}; Telegram ne copie pas le "
        "reste.",
        "note_stays": "✏️ Une note reste une note : pour l’envoyer au client, écrivez-la de "
        "nouveau sans //.",
        "sent_stays": "✏️ Le client a déjà ce message. Pour le retirer, répondez-y par /retirer.",
        "unsend_what": "Répondez par /retirer au message que vous avez envoyé au client et que "
        "vous voulez retirer; à la fiche du cas, pour une proposition envoyée d’un bouton.",
        "unsent": "Retiré : ce message n’était pas encore parti.",
        "unsend_late": "Ce message n’a pas de copie chez le client : rien à retirer.",
        "unsend_unsure": "⚠ Pas retiré : ce message est en route, ou son envoi n’est pas "
        "confirmé. Le client l’a peut-être. S’il reçoit son 👌, répondez-y de nouveau par "
        "/retirer.",
        "edit_of_unsent": "✏️ Ce message n’est jamais parti, sa modification non plus : pour "
        "l’envoyer au client, écrivez-le de nouveau.",
        "edit_unsure": "✏️ Modification mise de côté : ce message est en route, ou son envoi "
        "n’est pas confirmé. Ce qu’il dit maintenant ne partira pas : pour l’envoyer au client, "
        "écrivez-le de nouveau.",
        "unsend_refused": "🚫 Pas retiré : Telegram refuse ({why}). Après 48 heures, un message ne "
        "peut plus être supprimé chez le client.",
        "edit_refused": "🚫 La modification n’est pas arrivée chez le client ({why}).",
        "undelivered": "la réponse du robot n’a pas pu partir",
        "blocked": "🚫 Cas nº {n}, pas envoyé au client : il a bloqué le robot, ou son compte "
        "n’existe plus.",
        "refused": "🚫 Cas nº {n}, pas envoyé au client : Telegram refuse ({why}).",
        "unsure": "⚠ Cas nº {n}, envoi non confirmé : {text}",
        "repeated": "(de nouveau)",
        "group_lost": "🚨 Je ne peux plus écrire dans le groupe de l’équipe ({why}). Remettez-moi "
        "dans le groupe, comme administrateur qui gère les sujets. D’ici là, les nouveaux cas "
        "vous arrivent ici.",
        "group_found": "🔁 De nouveau dans le groupe : je ne pouvais plus y écrire depuis {since}. "
        "En attente d’une personne : {n} ({cases}).",
        "board": "📋 Tableau · {at}",
        "board_waiting": "En attente : {n}{by}",
        "board_oldest": "Attend depuis le plus longtemps : #{n}, {waited}",
        "board_unseen": "🚨 En colère et pas encore affiché : depuis {waited}",
        "board_held": "Pris : {n}{by}",
        "list_head": "🔴 {n} personnes attendent une réponse",
        "list_head_one": "🔴 Une personne attend une réponse",
        "digest_head": "🗂 {n} demandes non urgentes attendent",
        "digest_head_one": "🗂 Une demande non urgente attend",
        "list_over": "✅ Plus personne n’attend dans cette liste",
        "claim_one": "✋ nº {n}",
        "mark_urgent": "🔴 ",
        "mark_high": "🟠 ",
        "mark_normal": "",
        "no_subject": "Autres sujets",
    },
    "en": {
        "claim": "✋ Claim",
        "release": "↩ Release",
        "resolve": "✅ Resolve",
        "hand_back": "🤖 Hand back to bot",
        "more": "⋯ More",
        "again": "↻ Send again",
        "who": "{name} · {cases}",
        "first": "first contact",
        "known": "case {n} of theirs",
        "by_person": "settled by {owner}",
        "by_bot": "settled by the bot",
        "labelled": "{label}: {text}",
        "quoted": "“{text}”",
        "wants": "Wants",
        "why": "Why it is here",
        "tone": "Tone {tone} · writes in {language}",
        "clock": "{h}:{m}",
        "on_the_hour": "{h}:00",
        "yesterday": "yesterday at {time}",
        "today": "{time}",
        "tomorrow": "tomorrow at {time}",
        "date": "{month} {n} at {time}",
        "date_of_year": "{month} {n}, {year}, at {time}",
        "first_of_month": "1",
        "months": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
        "telling": "their words: {quoted}",
        "since": "Waiting since {at}, reply due by {due}",
        "told": " (the customer was told: by {told})",
        "draft": "Draft · {source}",
        "draft_approved": "approved answer",
        "draft_from": "answer given in case #{n}",
        "send_draft": "📤 Send",
        "edit_draft": "✏️ Edit",
        "other_draft": "🔀 Other",
        "draft_gone": "This draft is no longer open.",
        "draft_sent": "Sent.",
        "draft_held": "To be confirmed before it goes out.",
        "draft_copy": "✏️ Touch the text to copy it; what you write next goes to the customer.",
        "draft_given": "The text is in the topic.",
        "lately": "Lately",
        "customer": "Customer",
        "bot": "Bot",
        "agent": "Staff",
        "note": "Note",
        "edited": " (edited)",
        "unconfirmed": " ⚠ delivery unconfirmed",
        "waiting": "⏳ Waiting for a person",
        "claimed": "🔵 Claimed by {owner}",
        "closed": "⚪ Closed",
        "asleep": " · 💤 until {until}",
        "barred": "⛔ Blocked by {who}, {at}: {why}",
        "barred_once": "⛔ blocked",
        "with_bot": "🟢 Back with the bot",
        "urgent": "🔴 URGENT",
        "high": "🟠 HIGH",
        "normal": "Normal",
        "calm": "calm",
        "annoyed": "annoyed",
        "angry": "angry",
        "asked": "asks for a person",
        "risk": "at risk",
        "reason_angry": "angry: never gets a canned answer",
        "not_helped": "the automatic answer did not help",
        "maybe_risk": "may be at risk: never gets a canned answer",
        "maybe_angry": "may be angry: never gets a canned answer",
        "asked_again": "asks again what was answered already",
        "added": "adds to what was answered",
        "unknown": "nothing like it in the knowledge base",
        "unclear": "still unclear after one question",
        "media": "media that the bot cannot read",
        "model_failed": "the model could not read the message",
        "no_answer": "no approved answer for this subject",
        "poison": "a message that the bot could not process",
        "ack": "👀 Seen",
        "seen_one": "👀 #{n}",
        "remind": "⏰ Case #{n}: nobody holds it, reply due by {due}.",
        "duty": "⏰ {people}: case #{n}, reply due by {due}.",
        "lead": "🔴 {people}: case #{n}, the reply due by {due} has not been sent.",
        "lead_page": "🔴 Case #{n}: the reply due by {due} has not been sent.",
        "lead_pages": "🔴 {n} cases: the replies due have not been sent.",
        "alarms": "⏰ In a list, still without a reply ({n}).",
        "alarms_called": "⏰ {people}: in a list, still without a reply ({n}).",
        "nobody": "Nobody is on duty",
        "all_off": "📵 Nobody is on duty and case #{n} waits.",
        "lead_unreached": "📵 {lead}, I cannot write to you in private: send me /start once. "
        "{text}",
        "open_case": "Open the case",
        "answered": "✅ A person has replied; nothing is owed",
        "reopened": "the customer comes back to a closed case",
        "why_pressed": "The customer pressed a button.",
        "why_picked": "The customer picked it.",
        "why_reopened": "Written after a person had closed this case.",
        "now_urgent": "🔴 Urgent now. <i>{why}</i>",
        "why_disputed": "The customer says afterwards that the answer was not the right one.",
        "why_rated_bad": "It went badly, they said; they were promised that a person would answer.",
        "why_thanks": "Says thanks after the closing.",
        "why_greeting": "Greets after the closing: what follows will say what it is about.",
        "why_comment": "Words added to the customer’s rating.",
        "rated": "Customer’s rating: {score}",
        "rated_bad": "👎 Case #{n}: the customer is not satisfied.",
        "pressed": "👆 Case #{n}: the customer pressed “{label}”.",
        "commented": "💬 Case #{n}: the customer added words to their rating: see the brief.",
        "erased": "🗑 At their request, a customer’s data has been erased ({numbers}), and their "
        "topics in this group with it. What you copied elsewhere: please delete it.",
        "erased_open": "🗑 At their request, a customer’s data has been erased ({numbers}): their "
        "open case is closed and their topics in this group disappear. What you copied "
        "elsewhere: please delete it.",
        "wiped": "🗑 Erased.",
        "cannot_erase": "🗑 Case #{n}: its words are to go, but Telegram does not let the bot "
        "delete what is left of them here (the right is missing, it is older than 48 hours, "
        "or from before the group changed). "
        "Please delete it by hand:\n{places}",
        "left_behind": "🗑 What was written in this group before it was upgraded is due to go "
        "(#{n} and others), and Telegram does not let the bot delete it. Please delete by hand "
        "what is from before: I will not ask again for each case.",
        "group_changed": "🏠 The config names this group now. Taken over from the group before, "
        "where nobody is heard any more: {cases}.",
        "left": "🚫 The customer blocked the bot, or deleted the account. The case stays with you; "
        "its clock is stopped.",
        "came_back": "The customer unblocked the bot. The clock runs again.",
        "still_open": "This topic was closed by hand, but case #{n} is not: it is open again. "
        "To end the case, press “Resolve”.",
        "for_no_case": "🚫 Not delivered: I cannot tell which case this is for. Write in the topic "
        "of the case, or as a reply to its brief; /queue shows those that are open.",
        "not_with_staff": "🚫 Not delivered: this case is no longer with staff.",
        "sent_again": "Sent again.",
        "not_sent_again": "Not sent again: this message was edited since. Write it again.",
        "staff_only": "Staff only.",
        "anonymous": "🚫 Not delivered: written in the name of a group or a channel, this does not "
        "tell me who you are. Stop being an anonymous administrator and write it again.",
        "not_listed": "🚫 Not delivered: I pass on only what is written by the people named under "
        "[staff] in the config, and you are not among them. Your number, for whoever adds you: "
        "<code>{id}</code>.",
        "not_from_here": "🚫 Nothing was delivered: from here I pass nothing on to customers. "
        "Write in the topic of the case, in the staff group; commands work only there, too.",
        "customer_poison": "The bot could not read what the customer sent (ref. {n}): ask them "
        "what it was.",
        "staff_poison": "🚫 I could not read this (ref. {n}). If it was for a customer, they "
        "did not get it: write it again.",
        "clock_failed": "⚠ Case #{n}: one of its clocks ran out and I could not act on it. See how "
        "it stands: that clock rings no more. The log says why.",
        "no_topics": "⚠ I can no longer create topics: new cases arrive here, in General. Give me "
        "the right “Manage topics” back; until then answer a case by replying to its brief.",
        "no_forum": "⚠ This group has no topics: switch them on in its settings. Until then answer "
        "a case by replying to its brief: anything else I pass on to nobody.",
        "two_instances": "🛑 Another program receives the messages that are for this bot: I stop, "
        "and nobody here answers customers through me any more. Whoever looks after the server "
        "has to stop that other program, then start me again.",
        "was_away": "🔌 The bot was away from {since} to {until}. "
        "Customers’ messages taken up: {n}.",
        "taken_back": " (taken back at the customer’s)",
        "live": "📍 Live location: the point above is the first one. Telegram does not let the bot "
        "follow it here; ask where the customer is now.",
        "elsewhere": "↪ In answer to a story, or to a message of another conversation",
        "in_answer_to": "↪ In answer to: “{text}”",
        "behind_words": "🔗 Behind these words is a link to:\n{places}",
        "reacted": "{emoji} to: “{text}”",
        "reacted_below": "The customer reacted: {emoji}",
        "no_tick": "⚠ This group does not allow the reaction 👌, by which I say that a message was "
        "delivered. Allow 👌 and 🤔 in its settings (Reactions). Until then I still say what was "
        "not delivered.",
        "waits_behind": "⏳ Not sent yet: this message waits behind the one I asked you about.",
        "unusual": "Reaction (custom emoji)",
        "uncopied": "(Telegram refuses the copy: {why}. Ask the customer for it in another form, "
        "a screenshot for example.)",
        "unshown": "(Telegram does not take a message here: {why}. Its text is in the export of "
        "the customer's data.)",
        "partly": "⚠ Case #{n}: items that arrived, {part} of {all}; Telegram does not copy the "
        "rest.",
        "note_stays": "✏️ A note stays a note: to send it to the customer, write it again "
        "without //.",
        "sent_stays": "✏️ The customer has this message already. To take it back, reply to it with "
        "/unsend.",
        "unsend_what": "Reply with /unsend to the message you sent the customer and want to take "
        "back; to the brief of the case, for a draft sent by its button.",
        "unsent": "Taken back: this message had not left yet.",
        "unsend_late": "This message has no copy at the customer’s: nothing to take back.",
        "unsend_unsure": "⚠ Not taken back: this message is on its way, or its delivery is not "
        "confirmed. The customer may have it. Once it has its 👌, reply to it with /unsend again.",
        "edit_of_unsent": "✏️ This message was never sent, nor is its edit: to send it to the "
        "customer, write it again.",
        "edit_unsure": "✏️ Edit set aside: this message is on its way, or its delivery is not "
        "confirmed. What it says now will not go: to send it to the customer, write it again.",
        "unsend_refused": "🚫 Not taken back: Telegram refuses ({why}). After 48 hours a message "
        "can no longer be deleted at the customer’s.",
        "edit_refused": "🚫 The edit did not reach the customer ({why}).",
        "undelivered": "the bot’s answer could not be sent",
        "blocked": "🚫 Case #{n}, not delivered: the customer blocked the bot, or the account "
        "is gone.",
        "refused": "🚫 Case #{n}, not delivered: Telegram refuses ({why}).",
        "unsure": "⚠ Case #{n}, delivery unconfirmed: {text}",
        "repeated": "(again)",
        "group_lost": "🚨 I can no longer write in the staff group ({why}). Put me back, as an "
        "administrator who manages topics. Until then new cases reach you here.",
        "group_found": "🔁 Back in the group: I could not write here since {since}. "
        "Waiting for a person: {n} ({cases}).",
        "board": "📋 Board · {at}",
        "board_waiting": "Waiting: {n}{by}",
        "board_oldest": "Has waited longest: #{n}, {waited}",
        "board_unseen": "🚨 Angry and not shown yet: for {waited}",
        "board_held": "Claimed: {n}{by}",
        "list_head": "🔴 {n} people wait for a reply",
        "list_head_one": "🔴 One person waits for a reply",
        "digest_head": "🗂 {n} requests that do not press wait",
        "digest_head_one": "🗂 One request that does not press waits",
        "list_over": "✅ Nobody in this list waits any more",
        "claim_one": "✋ #{n}",
        "mark_urgent": "🔴 ",
        "mark_high": "🟠 ",
        "mark_normal": "",
        "no_subject": "Other subjects",
    },
}


LANGUAGES: Mapping[str, Mapping[str, str]] = {
    "fr": {
        "fr": "français",
        "en": "anglais",
        "es": "espagnol",
        "de": "allemand",
        "pt": "portugais",
        "it": "italien",
    },
    "en": {
        "fr": "French",
        "en": "English",
        "es": "Spanish",
        "de": "German",
        "pt": "Portuguese",
        "it": "Italian",
    },
}
"""Desk's language -> code of a language that a brand may serve -> its name."""

MEDIA: Mapping[str, Mapping[str, str]] = {
    "fr": {
        "animation": "animation",
        "checklist": "liste de tâches",
        "dice": "dé",
        "document": "fichier",
        "game": "jeu",
        "gift": "cadeau",
        "giveaway": "concours",
        "invoice": "facture",
        "live_location": "position en direct",
        "live_photo": "photo animée",
        "location": "position",
        "paid_media": "média payant",
        "poll": "sondage",
        "sticker": "autocollant",
        "venue": "lieu",
        "video": "vidéo",
        "video_note": "message vidéo",
        "voice": "message vocal",
    },
    "en": {
        "document": "file",
        "venue": "place",
        "video_note": "video message",
        "voice": "voice message",
    },
}
"""Desk's language -> Telegram's name of a kind of media -> what staff call it."""


def words(desk: str, key: str, **values: object) -> str:
    """A fixed phrase in the desk's language; English stands in for one that has none."""
    return typeset(desk, DESK_WORDS.get(desk, DESK_WORDS["en"])[key]).format(**values)


def media_name(desk: str, media: str | None) -> str:
    """What stands in the transcript for media, in brackets: its kind, and what it says."""
    kind, _, says = (media or "?").partition(" ")
    name = MEDIA.get(desk, MEDIA["en"]).get(kind, kind.replace("_", " "))
    return f"[{name} {says}]" if says else f"[{name}]"


def language_name(desk: str, code: str | None) -> str:
    """The language a customer writes in, in the desk's language."""
    return LANGUAGES.get(desk, LANGUAGES["en"]).get(code or "", code or "?")
