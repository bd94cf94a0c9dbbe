"""Reading, Case, Policy -> Decision and why. Values only: no I/O, no async, no clock.

The order of the questions is the promise: first what must reach a person, then small talk, then
what can be answered, then what is worth one question; whatever is left goes to a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .conversation import (
    UNKNOWN,
    Case,
    Clarify,
    Decision,
    HandOver,
    Policy,
    Priority,
    Reading,
    Reason,
    Reply,
    SmallTalk,
    StayQuiet,
    Tone,
)
from .customers.bare_words import chosen, gives_a_number
from .incoming import HEARD_ONLY_BY_PEOPLE, MOVING, Turn
from .typeset import typeset

RATHER = 0.5
"""From here on a plea for a person is likelier than none; below, staff read how likely it is."""

HELLO = 0.9
"""After an answer, a less sure hello may as well be a goodbye: “bonne soirée”."""

WHY: Mapping[str, Mapping[str, str]] = {
    "fr": {
        "held": "Une personne tient ce cas.",
        "risk": "À risque : {told}",
        "risk_by_model": "À risque, selon le modèle : {told}",
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
        "remark": "Une remarque : rien n’est demandé.",
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
        "remark": "A remark: nothing is asked.",
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


def decide(turn: Turn, reading: Reading, case: Case, policy: Policy) -> Decision:
    """What to do about a turn. Total: every combination of values has a decision."""
    if case.state.with_staff:
        return StayQuiet(_why(policy, "held"))
    return (
        _veto(turn, reading, policy)
        or _without_words(turn, case, policy)
        or _in_their_case(turn, case, policy)
        or _small_talk(turn, reading, case, policy)
        or _several_questions(turn, reading, case, policy)
        or _known_subject(turn, reading, case, policy)
        or _near_subjects(turn, reading, case, policy)
        or _unknown(reading, case, policy)
    )


def presses(reading: Reading, policy: Policy) -> HandOver | None:
    """What makes a case urgent, whoever has it: somebody at risk, or who sounds angry."""
    if reading.risk:
        told = " ".join(policy.marks.get(mark, f"{mark}.") for mark in reading.risk)
        why = _why(policy, "risk_by_model" if reading.risk_by_model else "risk", told=told)
        return HandOver(Reason.RISK, Priority.URGENT, why)
    if reading.sounds is Tone.ANGRY:
        return HandOver(Reason.ANGRY, Priority.URGENT, _why(policy, "angry"))
    return None


def _veto(turn: Turn, reading: Reading, policy: Policy) -> Decision | None:
    """What never gets a canned answer, however sure the subject is."""
    if (urgent := presses(reading, policy)) is not None:
        return urgent
    priority = Priority.NORMAL if reading.sounds is Tone.CALM else Priority.HIGH
    if reading.asks_person:
        probability = reading.asks_person_probability
        may = 0.0 < probability < RATHER  # else certain: words, a command
        why = _why(policy, "may_ask", p=probability) if may else _why(policy, "asks")
        return HandOver(Reason.ASKED, priority, why)
    if reading.tone is Tone.ANGRY:
        why = _why(policy, "maybe_angry", p=reading.tones[Tone.ANGRY])
        return HandOver(Reason.MAYBE_ANGRY, priority, why)
    if any(m.kind in HEARD_ONLY_BY_PEOPLE for m in turn.media):
        return HandOver(Reason.MEDIA, Priority.NORMAL, _why(policy, "voice"))
    if reading.failed is not None and turn.text.strip():
        return HandOver(Reason.MODEL_FAILED, Priority.NORMAL, _why(policy, reading.failed))
    return None


def _without_words(turn: Turn, case: Case, policy: Policy) -> Decision | None:
    if turn.text.strip():
        return None
    if all(m.kind == "sticker" for m in turn.media) and case.answered:
        return StayQuiet(_why(policy, "sticker"))
    if turn.edit_of_answered and all(m.kind in MOVING for m in turn.media):
        return StayQuiet(_why(policy, "moved"))
    if case.clarified:
        return HandOver(Reason.MEDIA, Priority.NORMAL, _why(policy, "media_again"))
    if case.answered:
        return HandOver(Reason.MEDIA, Priority.NORMAL, _why(policy, "media_added"))
    return Clarify((), _why(policy, "media"))


def _in_their_case(turn: Turn, case: Case, policy: Policy) -> Decision | None:
    """Few words that mean nothing by themselves: a choice in words, or the number that an answer
    asked for, which only people can look up."""
    if turn.edit_of_answered:
        return None
    named = chosen(turn.text, case.choices)
    if picked := [name for name in named if _is_open(name, case, policy)]:
        names = ", ".join(policy.titles.get(name, name) for name in picked)
        return Reply(picked[0], _why(policy, "picked", names=names), also=tuple(picked[1:]))
    if case.answered and gives_a_number(turn.text):
        return HandOver(Reason.ADDED, Priority.NORMAL, _why(policy, "added"))
    return None


def _is_open(subject: str, case: Case, policy: Policy) -> bool:
    return subject in policy.answerable and subject not in case.answered


def _small_talk(turn: Turn, reading: Reading, case: Case, policy: Policy) -> Decision | None:
    asks = _asks_surely(turn, reading, case, policy)
    match _small_talk_of(reading, case):
        case SmallTalk.REJECTION if (case.answered or case.clarified) and not asks:
            return HandOver(Reason.NOT_HELPED, Priority.NORMAL, _why(policy, "rejected"))
        case SmallTalk.GREETING | SmallTalk.THANKS as kind if not asks:
            return Reply(kind, _why(policy, kind), small_talk=True)
        case SmallTalk.REMARK as kind if case.answered and _near_nothing(reading):
            return Reply(kind, _why(policy, kind), small_talk=True)
        case _:
            return None


def _small_talk_of(reading: Reading, case: Case) -> SmallTalk:
    """What the turn is as small talk; after an answer, an unsure hello is a remark."""
    kind = reading.small_talk
    unsure = kind is SmallTalk.GREETING and reading.small_talk_probability < HELLO
    return SmallTalk.REMARK if case.answered and unsure else kind


def _asks_surely(turn: Turn, reading: Reading, case: Case, policy: Policy) -> bool:
    """Is there a question to answer behind the hello, or the no: “hi hours?”. Thanks may name what
    they are for, so behind them it must be the surer."""
    subject, probability = reading.best
    thanked = reading.small_talk_probability if reading.small_talk is SmallTalk.THANKS else 0.0
    surest = max(thanked, reading.probabilities.get(UNKNOWN, 0.0))
    needed = max(_needed(turn, subject, case, policy), surest)
    return probability >= needed and subject not in case.answered


def _needed(turn: Turn, subject: str, case: Case, policy: Policy) -> float:
    """How sure the bot must be of a subject; less of one that it has just asked about."""
    picks = subject in case.choices and not turn.edit_of_answered
    return min(policy.pick_at, policy.reply_at) if picks else policy.reply_at


def _near_nothing(reading: Reading) -> bool:
    """Calm, and likelier about nothing that the knowledge base knows."""
    unknown = reading.probabilities.get(UNKNOWN, 1.0)
    return reading.tone is Tone.CALM and unknown >= reading.best[1]


def _several_questions(turn: Turn, reading: Reading, case: Case, policy: Policy) -> Decision | None:
    """All of them are answered, or it asks which; never one of them only."""
    if not (asked := _asked(turn, reading, case, policy)):
        return None
    names = _named(policy, asked.items())
    if unanswered := [name for name in asked if name not in policy.answerable]:
        title = policy.titles.get(unanswered[0], unanswered[0])
        why = _why(policy, "no_answer", subject=title)
        return HandOver(Reason.NO_ANSWER, Priority.NORMAL, why)
    if min(asked.values()) >= policy.reply_at:
        first, *more = asked
        why = _why(policy, "each_sure", names=names, needed=policy.reply_at)
        return Reply(first, why, also=tuple(more))
    if case.clarified:
        return None
    return Clarify(tuple(asked)[: policy.max_choices], _why(policy, "each", names=names))


def _asked(turn: Turn, reading: Reading, case: Case, policy: Policy) -> dict[str, float]:
    """What a turn asks that asks several things, of an edit what is new in it; empty where it asks
    one, as it does when the whole is more surely about something that no part of it asks."""
    asked = {name: p for name, p in reading.asked if p >= policy.beside_at}
    if len(asked) < 2:
        return {}
    subject, probability = reading.best
    whole = probability >= policy.reply_at and probability > min(asked.values())
    if whole and subject not in asked:
        return {}
    new = {name: p for name, p in asked.items() if name not in case.answered}
    return new if turn.edit_of_answered or len(new) == len(asked) else {}


def _known_subject(turn: Turn, reading: Reading, case: Case, policy: Policy) -> Decision | None:
    subject, probability = reading.best
    needed = _needed(turn, subject, case, policy)
    if probability < max(needed, reading.probabilities.get(UNKNOWN, 0.0)):
        return None
    title = policy.titles.get(subject, subject)
    if subject not in policy.answerable:
        why = _why(policy, "no_answer", subject=title)
        return HandOver(Reason.NO_ANSWER, Priority.NORMAL, why)
    if subject in case.answered:
        return _again(turn, title, policy)
    sure = _why(policy, "sure", subject=title, p=probability, needed=needed)
    return Reply(subject, sure)


def _near_subjects(turn: Turn, reading: Reading, case: Case, policy: Policy) -> Decision | None:
    """Ask once between the subjects that cannot be told apart; none that was answered is offered,
    and none at all where nothing known is likelier.

    A typo mended in what was asked back leaves the buttons where they are.
    """
    mended = turn.edit_of_answered and bool(case.choices)
    if case.clarified and not mended:
        return None
    ranked = [(name, p) for name, p in reading.ranked() if name in policy.answerable]
    near = [(name, p) for name, p in ranked if p >= policy.near * ranked[0][1]]
    near = near[: policy.max_choices]
    if not near or sum(p for _, p in near) < policy.clarify_at:
        return None
    if near[0][1] <= reading.probabilities.get(UNKNOWN, 0.0):
        return None
    if near[0][0] in case.answered:
        return _again(turn, policy.titles.get(near[0][0], near[0][0]), policy)
    near = [(name, p) for name, p in near if name not in case.answered]
    names = _named(policy, near)
    if case.clarified:
        shown = any(name in case.choices for name, _ in near)
        return StayQuiet(_why(policy, "still_near", names=names)) if shown else None
    return Clarify(tuple(name for name, _ in near), _why(policy, "near", names=names))


def _again(turn: Turn, title: str, policy: Policy) -> Decision:
    """What was answered has not helped: a person is next, unless only its wording was mended."""
    if turn.edit_of_answered:
        return StayQuiet(_why(policy, "same_edit", subject=title))
    why = _why(policy, "again", subject=title)
    return HandOver(Reason.ASKED_AGAIN, Priority.NORMAL, why)


def _unknown(reading: Reading, case: Case, policy: Policy) -> Decision:
    subject, probability = reading.best
    title = policy.titles.get(subject, subject)
    reason = Reason.UNCLEAR if case.clarified else Reason.UNKNOWN
    why = _why(policy, reason, subject=title, p=probability)
    return HandOver(reason, Priority.NORMAL, why)


def _named(policy: Policy, subjects: Iterable[tuple[str, float]]) -> str:
    """The names of subjects for staff, each with its probability."""
    quoted = typeset("fr", "« {} » {}") if policy.desk_language == "fr" else "“{}” {}"
    titles = [(policy.titles.get(name, name), _percent(policy, p)) for name, p in subjects]
    return ", ".join(quoted.format(*one) for one in titles)


def _percent(policy: Policy, share: float) -> str:
    """As the desk's language writes it: 97 % in French, 97% in English."""
    return f"{share:.0%}".replace("%", "\u00a0%" if policy.desk_language == "fr" else "%")


def _why(policy: Policy, key: str, **values: object) -> str:
    """In the desk's words; a number is a share, shown in percent."""
    told = {
        name: _percent(policy, value) if isinstance(value, float) else value
        for name, value in values.items()
    }
    phrase = WHY.get(policy.desk_language, WHY["en"])[key]
    return typeset(policy.desk_language, phrase).format(**told)
