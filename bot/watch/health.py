"""Is the bot well? What is wrong with it, if not. Values only."""

from __future__ import annotations

from collections.abc import Mapping

from .health_settings import HealthSettings
from .vitals import ModelState, Vitals


def ailments(vitals: Vitals, limits: HealthSettings) -> Mapping[str, str]:
    """The part -> what is wrong with it; empty when everything works.

    After a start nobody is blamed for the silence before it.
    """
    rows, now = vitals.backlog, vitals.now
    silent = now - max(rows.heard_at or 0.0, vitals.started_at)
    turn, unseen = rows.turns.age(now), rows.pressing.age(now)
    found = {
        "store": "takes nothing" if vitals.refuses else "",
        "telegram": _too_long("silent", silent, limits.silent_seconds),
        "model": "" if vitals.model is ModelState.READY else str(vitals.model),
        "turns": _too_long("the oldest unanswered", turn, limits.unanswered_seconds),
        "escalations": _too_long("the oldest pressing unseen", unseen, limits.unseen_seconds),
    }
    return {part: what for part, what in found.items() if what}


def _too_long(what: str, seconds: float, most: float) -> str:
    return f"{what} for {seconds:.0f} s" if seconds > most else ""
