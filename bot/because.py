"""Why it was decided so: the sentence that staff, and whoever asks by `ask`, read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .conversation import Policy, Reading
from .typeset import typeset

WHY: Mapping[str, Mapping[str, str]] = {
    "fr": {
        "held": "Une personne tient ce cas.",
        "risk": "À risque : {told}",
        "risk_by_model": "À risque, selon le modèle : {told}",
        "maybe_risk": "Quelqu’un va peut-être mal ou est en danger : le modèle n’en est pas assez "
        "sûr pour donner l’alarme.",
        "angry": "Le client semble en colère.",
        "maybe_angry": "Colère possible ({p}), quoique moins probable.",
        "asks": "Le client demande une personne.",
        "may_ask": "Le client demande peut-être une personne ({p}).",
        "voice": "Voix ou vidéo : le robot ne peut pas écouter.",
        "model_missing": "Le modèle n’a pas pu être chargé : `first-responder check` dit pourquoi.",
        "model_silent": "Le modèle ne répond pas.",
        "model_late": "Le modèle n’a pas répondu à temps.",
        "model_broke": "Le modèle a échoué sur ce message : le journal dit pourquoi.",
        "nothing_readable": "Rien de lisible dans le message.",
        "sticker": "Un autocollant après une réponse ne demande rien.",
        "moved": "Une position en direct a bougé : rien n’est demandé.",
        "media_again": "Encore un média sans mots, après l’avoir demandé une fois.",
        "media_added": "Un média sans mots, après une réponse.",
        "added": "Un numéro, une adresse ou un lien, après une réponse : à une personne de voir.",
        "media": "Média sans mots : demande de quoi il s’agit.",
        "rejected": "Le client dit que ce n’est pas la bonne réponse.",
        "greeting": "Politesse : bonjour.",
        "thanks": "Politesse : merci.",
        "who": "Demande qui répond : le robot le dit.",
        "remark": "Une remarque : rien n’est demandé.",
        "puzzled": "Le client n’a pas compris ce qui lui a été répondu.",
        "no_answer": "« {subject} » n’a pas de réponse approuvée aujourd’hui.",
        "same_edit": "Le message modifié porte encore sur « {subject} ».",
        "still_near": "Message modifié, encore proche de ce qui a été proposé : {names}.",
        "again": "Redemande « {subject} » : la réponse a déjà été donnée.",
        "picked": "Choisi en toutes lettres : {names}.",
        "sure": "« {subject} » à {p}, il fallait {needed}.",
        "each_sure": "Plusieurs questions, toutes claires : {names}; il fallait {needed}.",
        "each": "Plusieurs questions : {names}.",
        "near": "Pourrait être {names}.",
        "unclear": "Toujours pas clair après une question (au mieux « {subject} » à {p}).",
        "unknown": "Rien de tel dans la base de connaissances (au mieux « {subject} » à {p}).",
    },
    "en": {
        "held": "A person holds this case.",
        "risk": "At risk: {told}",
        "risk_by_model": "At risk, as the model hears it: {told}",
        "maybe_risk": "Somebody may be unwell or in danger; the model is not sure enough of it to "
        "raise the alarm.",
        "angry": "The customer sounds angry.",
        "maybe_angry": "Anger is possible ({p}), though less likely.",
        "asks": "The customer asks for a person.",
        "may_ask": "The customer may be asking for a person ({p}).",
        "voice": "Voice or video: the bot cannot listen.",
        "model_missing": "The model could not be loaded: `first-responder check` says why.",
        "model_silent": "The model does not answer.",
        "model_late": "The model did not answer in time.",
        "model_broke": "The model failed on this message: the log says why.",
        "nothing_readable": "Nothing readable in the message.",
        "sticker": "A sticker after an answer asks for nothing.",
        "moved": "A live location has moved: nothing is asked.",
        "media_again": "Media without words again, after asking once.",
        "media_added": "Media without words, after an answer.",
        "added": "A number, an address or a link after an answer: for a person to look at.",
        "media": "Media without words: asks what it is about.",
        "rejected": "The customer says that it is not the right answer.",
        "greeting": "Small talk: a greeting.",
        "thanks": "Small talk: thanks.",
        "who": "Asks who answers: the bot says so.",
        "remark": "A remark: nothing is asked.",
        "puzzled": "The customer has not understood what they were told.",
        "no_answer": "“{subject}” has no approved answer today.",
        "same_edit": "The edited message is still about “{subject}”.",
        "still_near": "An edited message, still near to what was asked back: {names}.",
        "again": "Asks again about “{subject}”, already answered.",
        "picked": "Picked in so many words: {names}.",
        "sure": "“{subject}” at {p}, needed {needed}.",
        "each_sure": "Several questions, each of them clear: {names}; needed {needed}.",
        "each": "Several questions: {names}.",
        "near": "Could be {names}.",
        "unclear": "Still unclear after one question (best: “{subject}” at {p}).",
        "unknown": "Nothing like it in the knowledge base (best: “{subject}” at {p}).",
    },
}


def because(policy: Policy, key: str, **values: object) -> str:
    """In the desk's words; a number is a share, shown in percent."""
    told = {
        name: _percent(policy, value) if isinstance(value, float) else value
        for name, value in values.items()
    }
    phrase = WHY.get(policy.desk_language, WHY["en"])[key]
    return typeset(policy.desk_language, phrase).format(**told)


def at_risk(policy: Policy, reading: Reading) -> str:
    """What the marks of risk in a reading mean, each in its sentence."""
    told = " ".join(policy.marks.get(mark, f"{mark}.") for mark in reading.risk)
    return because(policy, "risk_by_model" if reading.risk_by_model else "risk", told=told)


def named(policy: Policy, subjects: Iterable[tuple[str, float]]) -> str:
    """The names of subjects for staff, each with its probability."""
    quoted = typeset("fr", "« {} » {}") if policy.desk_language == "fr" else "“{}” {}"
    titles = [(policy.titles.get(name, name), _percent(policy, p)) for name, p in subjects]
    return ", ".join(quoted.format(*one) for one in titles)


def _percent(policy: Policy, share: float) -> str:
    """As the desk's language writes it: 97 % in French, 97% in English."""
    return f"{share:.0%}".replace("%", "\u00a0%" if policy.desk_language == "fr" else "%")
