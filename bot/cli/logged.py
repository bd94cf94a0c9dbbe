"""Last month's messages from a file: what customers and the brand's people wrote, and when."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..json_lines import Bad, read_lines

LONGEST_S = 1e11
"""Three thousand years; milliseconds since 1970 are more."""
SHAPE = 'Write {"t": seconds, "customer_id": number or text, "text": "…"}.'


@dataclass(frozen=True, slots=True)
class Said:
    """One line of the file. ``t``: seconds, from any beginning; ``customer_id``: as it is there."""

    t: float
    customer_id: int | str
    text: str
    by_agent: bool = False


def read_log(path: Path) -> list[Said]:
    """The lines of a JSONL file, by time. Raises ConfigError naming each bad line."""
    return sorted(read_lines(path, SHAPE, _said), key=lambda one: one.t)


def _said(raw: Mapping[str, Any]) -> Said:
    who = raw.get("from")
    if who not in (None, "customer", "agent"):
        raise Bad(f'"from" is {who!r}, not "customer" or "agent".')
    if not isinstance(raw.get("text"), str):
        raise Bad('has no "text".')
    return Said(_seconds(raw), _customer_id(raw), raw["text"], who == "agent")


def _seconds(raw: Mapping[str, Any]) -> float:
    given = raw.get("t")
    try:
        t = float("" if isinstance(given, bool | None) else given)
    except (TypeError, ValueError, OverflowError) as error:
        raise Bad('has no "t" that is a number.') from error
    if not abs(t) < LONGEST_S:  # nor is it not a number at all
        raise Bad(f'"t" is {t:g}.', "Write seconds, from any beginning; not milliseconds.")
    return t


def _customer_id(raw: Mapping[str, Any]) -> int | str:
    """Whatever tells a customer from others: nothing is read into it."""
    match raw.get("customer_id"):
        case bool():
            pass
        case int() as number:
            return number
        case float() as number if number.is_integer():  # what a spreadsheet makes of a number
            return int(number)
        case str() as text if text.strip():
            return text
    if "customer_id" not in raw:
        raise Bad('has no "customer_id".')
    given = json.dumps(raw["customer_id"])[:40]
    raise Bad(f'"customer_id" is {given}.', "Write the customer's number, or a text of its own.")
