"""A dry run on one text: what the bot would understand, decide and say. Nothing is sent."""

from __future__ import annotations

import json
from typing import Any

from ..answers import Knowledge
from ..clock import SystemClock
from ..config import Settings
from ..conversation import Decision, Reading, Reply
from ..house import House
from ..reader import Brain
from ..reply import BETWEEN
from .dry_run import dry_run
from .turn_line import DIGITS, turn_line

MOST_SUBJECTS = 5


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
    report["needed"] = round(brain.policy.reply_at, DIGITS)
    report["risk"] = list(reading.risk)
    report["answer"] = None
    report["model"] = brain.missing or "ready"
    if isinstance(decision, Reply):
        report["answer"] = (
            knowledge.words.phrase(language, decision.to)
            if decision.small_talk
            else BETWEEN.join(house.answer(name, language).strip() for name in decision.subjects)
        )
    return report


def as_json(report: dict[str, Any]) -> str:
    return json.dumps(report, ensure_ascii=False, indent=2)


def as_text(report: dict[str, Any]) -> str:
    """The same for a person at a terminal."""
    lines = [
        f"decision   {report['action'].replace('_', ' ')}",
        f"why        {report['why']}",
        f"language   {report['language'] or '?'}",
        f"tone       {report['tone']}  {_shares(report['tone_probability'])}",
    ]
    if report["model"] != "ready":
        lines.append(f"model      {report['model']}")
    if report["asks_human"]:
        lines.append("asks for   a person")
    if report["small_talk"] != "none":
        lines.append(f"small talk {report['small_talk']}")
    if report["risk"]:
        lines.append(f"risk       {', '.join(report['risk'])}")
    for name, probability in report["probabilities"].items():
        bar = "█" * round(probability * 30)
        lines.append(f"{name:>24} {probability:6.1%} {bar}")
    if report["probabilities"]:
        lines.append(f"{'needed to answer':>24} {report['needed']:6.1%}")
    if report["answer"]:
        lines += ["", report["answer"].strip()]
    return "\n".join(lines)


def _shares(probabilities: dict[str, float]) -> str:
    return " · ".join(f"{name} {p:.0%}" for name, p in probabilities.items())
