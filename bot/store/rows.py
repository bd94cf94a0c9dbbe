"""A case as its row, and back; a decision and a reading as they are kept."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

from ..conversation import (
    Case,
    Clarify,
    Decision,
    HandOver,
    Priority,
    Reading,
    Reason,
    Reply,
    State,
    Tone,
)

_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
"""As `json.dumps` with these options, which would build an encoder anew for each call."""

_CASE = tuple(f.name for f in fields(Case))
_LISTS = ("answered", "choices", "telling")
"""Columns of a case that hold JSON."""
CASE_COLUMNS = ", ".join(_CASE)
_FIXED = ("id", "customer_id", "opened_at")
SAVE_CASE = (  # without what never changes: SQLite would write its index entries anew
    f"UPDATE cases SET {', '.join(f'{c} = :{c}' for c in _CASE if c not in _FIXED)} WHERE id = :id"
)

_RANKED = " ".join(f"WHEN '{priority}' THEN {rank}" for rank, priority in enumerate(Priority))
PRIORITY_ORDER = f"CASE priority {_RANKED} END"
"""Urgent cases first, in a query of `cases`."""


def row_of(case: Case) -> dict[str, Any]:
    """Its values by column."""
    values: dict[str, Any] = {name: getattr(case, name) for name in _CASE}
    for name in _LISTS:
        values[name] = _json(values[name]) if values[name] else "[]"
    return values


def case_of_row(row: tuple[Any, ...]) -> Case:
    """``row``: the values of CASE_COLUMNS."""
    values = dict(zip(_CASE, row, strict=True))
    values["state"] = State(values["state"])
    for name in _LISTS:
        values[name] = () if values[name] == "[]" else tuple(json.loads(values[name]))
    values["clarified"] = bool(values["clarified"])
    values["reason"] = None if values["reason"] is None else Reason(values["reason"])
    values["priority"] = Priority(values["priority"])
    values["tone"] = Tone(values["tone"])
    return Case(**values)


def reading_json(reading: Reading) -> str:
    """A reading as it is kept: nobody's words, and no subject under one in a thousand."""
    kept: dict[str, Any] = {f.name: getattr(reading, f.name) for f in fields(reading)}
    del kept["telling"]
    for shares in ("probabilities", "behind"):
        kept[shares] = {name: round(p, 4) for name, p in kept[shares].items() if p >= 0.001}
    return _json(kept)


def decision_columns(decision: Decision) -> tuple[str, str | None, str | None]:
    """Its kind, subject and reason."""
    match decision:
        case Reply(to=subject):
            return "reply", subject, None
        case Clarify(subjects=subjects):
            return "clarify", ",".join(subjects) or None, None
        case HandOver(reason=reason):
            return "hand_over", None, reason
        case _:
            return "stay_quiet", None, None
