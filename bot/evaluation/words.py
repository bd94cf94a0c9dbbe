"""The words of an evaluation, in French and English: titles, what figures mean, what to do."""

from __future__ import annotations

from collections.abc import Mapping

from ..desk.desk_words import language_name
from ..typeset import typeset
from .results import Confusion

EVALUATION_WORDS: Mapping[str, Mapping[str, str]] = {
    "fr": {
        "title": "Évaluation · {brand}",
        "lead": "Messages étiquetés : {messages}; couverts par la base de connaissances : "
        "{covered}. Le robot lit et décide comme en service; rien n’est envoyé.",
        "at_a_glance": "En bref",
        "accuracy": "Bon sujet",
        "accuracy_means": "des messages couverts : leur meilleur sujet est le bon",
        "coverage": "Avec réponse",
        "coverage_means": "des messages couverts reçoivent une réponse sans personne",
        "wrong": "Réponses fausses",
        "wrong_means": "des réponses envoyées; le maximum demandé est {max}",
        "auroc": "AUROC de l’inconnu",
        "auroc_means": "des comparaisons : le message couvert est plus sûr que celui qui ne l’est "
        "pas (50 % = hasard)",
        "unmeasured": "rien ici ne permet de le mesurer",
        "actions": "Ce que fait le robot",
        "action": "Action",
        "answer": "répond",
        "clarify": "redemande",
        "human": "passe à une personne",
        "either": "redemande ou passe",
        "offered_means": "Quand le robot redemande, le bon sujet est parmi les boutons "
        "{offered} du temps.",
        "share": "Part",
        "curve": "Couverture et risque",
        "curve_means": "Si le robot répondait à tout à partir d’une certitude : à gauche les plus "
        "sûrs, à droite tous. Le point est le seuil en service ({threshold}); la ligne, le maximum "
        "de réponses fausses ({max}).",
        "possible_means": "Avec le meilleur seuil possible sur ces messages : {possible} auraient "
        "une réponse.",
        "curve_x": "messages couverts avec réponse",
        "curve_y": "réponses fausses",
        "certainty": "Certitude",
        "calibration": "La certitude dit-elle vrai?",
        "calibration_means": "Un point sur la diagonale : quand le robot dit 80 %, il a raison "
        "80 fois sur 100.",
        "ece_means": "Écart moyen (ECE) : {ece}.",
        "calibration_x": "certitude du robot",
        "calibration_y": "bon sujet",
        "right": "Bon sujet",
        "languages": "Par langue",
        "language": "Langue",
        "messages": "Messages",
        "covered": "Couverts",
        "macro_f1": "F1 macro",
        "confusions": "Sujets pris l’un pour l’autre",
        "no_confusion": "Aucun sujet n’a été pris pour un autre.",
        "misread": "{subject} lu comme {taken_for} : {times} sur {of}",
        "merge": "Ils ont la même réponse : réunissez-les en un seul sujet.",
        "contrast": "Chacun est souvent pris pour l’autre. Si une même réponse convient aux deux, "
        "réunissez-les; sinon, ajoutez aux deux des exemples qui disent ce qui les sépare.",
        "add": "Ajoutez à {names} des exemples comme ces phrases.",
        "few": "{subject} : exemples en {language}, {examples} seulement.",
        "once": "Une phrase ajoutée aux exemples ne peut plus servir à mesurer.",
        "strays": "Non couverts, mais lus comme un sujet",
        "no_stray": "Aucun message non couvert n’a été pris pour un sujet.",
        "stray": "{subject} · messages : {times} · ont reçu sa réponse : {answered}",
        "stray_mend": "Si ces questions reviennent, donnez-leur un sujet, même pour dire non : "
        "le robot n’apprend « ce n’est pas ça » qu’en voyant à quoi ça ressemble.",
        "tone": "Ton",
        "tone_means": "Colère trouvée, et messages calmes pris pour de la colère, tels que livrés; "
        "puis la colère trouvée si 5 % des messages calmes d’ici étaient signalés.",
        "angry_found": "Colère trouvée",
        "calm_flagged": "Calmes signalés",
        "angry_found_at_5": "Trouvée à 5 %",
        "tone_accuracy": "Ton exact",
        "tone_read": "Tons lus, tous les messages",
        "true_tone": "Vrai ton",
        "calm": "calme",
        "annoyed": "agacé",
        "angry": "en colère",
        "must": "Ce qu’il doit faire",
        "must_means": "Messages traités comme ils doivent l’être : {agreed} de {messages}.",
        "must_be": "Doit",
        "broken": "Traités autrement",
        "broken_line": "doit : {must}; fait : {action}. {why}",
        "all": "toutes",
    },
    "en": {
        "title": "Evaluation · {brand}",
        "lead": "Labelled messages: {messages}; covered by the knowledge base: {covered}. "
        "The bot reads and decides as it does in service; nothing is sent.",
        "at_a_glance": "At a glance",
        "accuracy": "Right subject",
        "accuracy_means": "of the covered messages: their best subject is the true one",
        "coverage": "Answered",
        "coverage_means": "of the covered messages get an answer without a person",
        "wrong": "Wrong answers",
        "wrong_means": "of the answers sent; at most {max} is asked for",
        "auroc": "AUROC for unknown",
        "auroc_means": "of the comparisons: the covered message is surer than the one that is not "
        "(50% = chance)",
        "unmeasured": "nothing here to measure it by",
        "actions": "What the bot does",
        "action": "Action",
        "answer": "answers",
        "clarify": "asks back",
        "human": "hands over",
        "either": "asks back or hands over",
        "offered_means": "When it asks back, the right subject is among the buttons "
        "{offered} of the time.",
        "share": "Share",
        "curve": "Coverage against risk",
        "curve_means": "If the bot answered everything from some certainty on: the surest on the "
        "left, all of them on the right. The dot is the threshold in service ({threshold}); the "
        "line, the most wrong answers allowed ({max}).",
        "possible_means": "With the best threshold possible on these messages: {possible} "
        "answered.",
        "curve_x": "covered messages answered",
        "curve_y": "wrong answers",
        "certainty": "Certainty",
        "calibration": "Does its certainty tell the truth?",
        "calibration_means": "A dot on the diagonal: when the bot says 80%, it is right 80 times "
        "in 100.",
        "ece_means": "Mean distance (ECE): {ece}.",
        "calibration_x": "the bot's certainty",
        "calibration_y": "right subject",
        "right": "Right subject",
        "languages": "Per language",
        "language": "Language",
        "messages": "Messages",
        "covered": "Covered",
        "macro_f1": "Macro F1",
        "confusions": "Subjects taken for each other",
        "no_confusion": "No subject was taken for another.",
        "misread": "{subject} read as {taken_for}: {times} of {of}",
        "merge": "They have the same answer: join them into one subject.",
        "contrast": "Each is often taken for the other. If one answer fits both, join them; if "
        "not, add examples to both that say what sets them apart.",
        "add": "Add examples like these sentences to {names}.",
        "few": "{subject}: examples in {language}, only {examples}.",
        "once": "A sentence that became an example can no longer be used to measure.",
        "strays": "Not covered, yet read as a subject",
        "no_stray": "No uncovered message was taken for a subject.",
        "stray": "{subject} · messages: {times} · got its answer: {answered}",
        "stray_mend": "If these questions keep coming, give them a subject, if only to say no: "
        "the bot learns “that is not it” only from seeing what it looks like.",
        "tone": "Tone",
        "tone_means": "Anger found, and calm messages taken for anger, as shipped; then the anger "
        "found if 5% of the calm messages here were flagged.",
        "angry_found": "Anger found",
        "calm_flagged": "Calm flagged",
        "angry_found_at_5": "Found at 5%",
        "tone_accuracy": "Tone right",
        "tone_read": "Tones read, all messages",
        "true_tone": "True tone",
        "calm": "calm",
        "annoyed": "annoyed",
        "angry": "angry",
        "must": "What it must do",
        "must_means": "Messages treated as they must be: {agreed} of {messages}.",
        "must_be": "Must",
        "broken": "Treated otherwise",
        "broken_line": "must: {must}; did: {action}. {why}",
        "all": "all",
    },
}


def said(desk: str, key: str, **values: object) -> str:
    """A phrase in the desk's language; English stands in for one that has none."""
    phrase = EVALUATION_WORDS.get(desk, EVALUATION_WORDS["en"])[key]
    return typeset(desk, phrase).format(**values)


def percent(desk: str, figure: float | None, digits: int = 1) -> str:
    """0.9231 -> ``92.3%`` (``92,3 %`` in French); a dash for a figure that cannot be had."""
    if figure is None:
        return "–"
    text = f"{figure * 100:.{digits}f}"
    return f"{text.replace('.', ',')}\N{NO-BREAK SPACE}%" if desk == "fr" else f"{text}%"


def mends(desk: str, pair: Confusion) -> list[str]:
    """What to do about two confused subjects, a sentence each."""
    few = [
        said(
            desk,
            "few",
            subject=one.subject,
            examples=one.examples,
            language=language_name(desk, one.language),
        )
        for one in pair.few
    ]
    return [said(desk, pair.advice, names=", ".join(pair.add_to)), *few]
