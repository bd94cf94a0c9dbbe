"""A dry run on one text: what the bot would understand, decide and say. Nothing is sent."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from ..answers import Knowledge
from ..clock import SystemClock
from ..config import Settings
from ..conversation import UNKNOWN, WHO, Decision, Reading, Reply
from ..evaluation.words import percent
from ..house import House
from ..model.classifier import Classifier
from ..reader import Brain
from ..reply import BETWEEN
from .dry_run import dry_run
from .turn_line import DIGITS, turn_line

MOST_SUBJECTS = 5

ASK_WORDS: Mapping[str, Mapping[str, str]] = {
    "fr": {
        "decision": "décision",
        "why": "pourquoi",
        "language": "langue",
        "tone": "ton",
        "limits": "limites",
        "limits_are": "en colère dès {angry}, un dixième de l’agacement compris; "
        "agacé dès {annoyed}, colère comprise",
        "model": "modèle",
        "asks": "demande",
        "person": "une personne",
        "small_talk": "politesse",
        "risk": "risque",
        "needed": "il faut, pour répondre",
        UNKNOWN: "inconnu",
        "reply": "répondre",
        "clarify": "redemander",
        "hand_over": "passer à une personne",
        "stay_quiet": "se taire",
        "calm": "calme",
        "annoyed": "agacé",
        "angry": "en colère",
        "greeting": "bonjour",
        "thanks": "merci",
        "rejection": "non, pas ça",
        "remark": "remarque",
    },
    "en": {
        "decision": "decision",
        "why": "why",
        "language": "language",
        "tone": "tone",
        "limits": "limits",
        "limits_are": "angry from {angry} on, a tenth of annoyed included; "
        "annoyed from {annoyed}, anger included",
        "model": "model",
        "asks": "asks for",
        "person": "a person",
        "small_talk": "small talk",
        "risk": "risk",
        "needed": "needed to answer",
        UNKNOWN: "unknown",
        "reply": "reply",
        "clarify": "clarify",
        "hand_over": "hand over",
        "stay_quiet": "stay quiet",
        "calm": "calm",
        "annoyed": "annoyed",
        "angry": "angry",
        "greeting": "greeting",
        "thanks": "thanks",
        "rejection": "rejection",
        "remark": "remark",
    },
}


async def ask(settings: Settings, knowledge: Knowledge, brain: Brain, text: str) -> dict[str, Any]:
    """The reading, the decision with its why, and the answer, as plain values."""
    [(reading, decision)] = await dry_run(
        knowledge,
        brain,
        [text],
        clock=SystemClock(),
        timeout_s=settings.answers.model_timeout_seconds,
    )
    return _report(settings, knowledge, brain, decision, reading)


def _report(
    settings: Settings, knowledge: Knowledge, brain: Brain, decision: Decision, reading: Reading
) -> dict[str, Any]:
    desk = knowledge.brand.default_language
    house = House(knowledge, brain.policy, settings.answers, desk)
    language = house.language_for(reading.language)
    ranked = sorted(reading.probabilities.items(), key=lambda pair: -pair[1])
    report = turn_line(decision, reading)
    report["probabilities"] = {name: round(p, DIGITS) for name, p in ranked[:MOST_SUBJECTS]}
    report["asked"] = {name: round(p, DIGITS) for name, p in reading.asked}
    report["tone_needed"] = _tone_limits(brain, reading)
    report["needed"] = round(brain.policy.reply_at, DIGITS)
    report["risk"] = list(reading.risk)
    report["answer"] = None
    report["model"] = brain.missing or "ready"
    if isinstance(decision, Reply):
        report["answer"] = (
            knowledge.words.phrase(language, _phrase_of(decision), brand=house.brand)
            if decision.small_talk
            else BETWEEN.join(house.answer(name, language).strip() for name in decision.subjects)
        )
    return report


def _phrase_of(decision: Reply) -> str:
    return "intro" if decision.to == WHO else decision.to


def _tone_limits(brain: Brain, reading: Reading) -> dict[str, float]:
    """From which probability on a turn is angry (with `ANNOYED_COUNTS` of annoyed), or annoyed
    (with angry): limits decide, not the greatest share. Empty where no model read it."""
    if not isinstance(brain.reader, Classifier) or not reading.tone_probabilities:
        return {}
    limits = brain.reader.general.limits
    return {"annoyed": limits.annoyed, "angry": limits.angry_in(reading.language)}


def as_json(report: dict[str, Any]) -> str:
    return json.dumps(report, ensure_ascii=False, indent=2)


def as_text(report: dict[str, Any], desk: str) -> str:
    """The same for a person at a terminal, in the desk's language as the why is."""
    word = ASK_WORDS.get(desk, ASK_WORDS["en"])
    rows = [
        ("decision", word[report["action"]]),
        ("why", report["why"]),
        ("language", report["language"] or "?"),
        ("tone", f"{word[report['tone']]}  {_tones(report['tone_probability'], desk, word)}"),
    ]
    if limits := report["tone_needed"]:
        shares = {tone: percent(desk, share, 0) for tone, share in limits.items()}
        rows.append(("limits", word["limits_are"].format(**shares)))
    if report["model"] != "ready":
        rows.append(("model", report["model"]))
    if report["asks_human"]:
        rows.append(("asks", word["person"]))
    if report["small_talk"] != "none":
        rows.append(("small_talk", word[report["small_talk"]]))
    if report["risk"]:
        rows.append(("risk", ", ".join(report["risk"])))
    lines = [f"{word[label]:<10} {value}" for label, value in rows]
    lines += _subjects(report, desk, word)
    if report["answer"]:
        lines += ["", report["answer"].strip()]
    return "\n".join(lines)


def _tones(shares: Mapping[str, float], desk: str, word: Mapping[str, str]) -> str:
    return " · ".join(f"{word[tone]} {percent(desk, share, 0)}" for tone, share in shares.items())


def _subjects(report: dict[str, Any], desk: str, word: Mapping[str, str]) -> Iterable[str]:
    """Each question's own subject where several were asked; else what the turn may be about."""
    if not (found := report["asked"] or report["probabilities"]):
        return
    for name, share in found.items():
        if round(share, 3):
            bar = "█" * round(share * 30)
            title = word[UNKNOWN] if name == UNKNOWN else name
            yield f"{title:>24} {percent(desk, share):>7} {bar}".rstrip()
    yield f"{word['needed']:>24} {percent(desk, report['needed']):>7}"
