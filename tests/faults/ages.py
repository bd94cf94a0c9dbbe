"""How long people wait, as Telegram saw it: until taken, until first words, until staff see it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.sandbox import Call, Chat, Sandbox
from bot.sandbox.updates import KEPT_S
from tests.load.figures import percentile

CASE = re.compile(r"#(\d+) ")
SHARES = (0.5, 0.95, 0.99)


@dataclass(frozen=True, slots=True)
class Written:
    """One message of a customer; ``angry``: as it was meant."""

    person: int
    message_id: int
    at: float
    angry: bool = False


@dataclass
class Ages:
    """In seconds. ``acknowledged``: from writing to the offset that says that we have it;
    ``replied``: to the first words in their chat after it; ``seen``: of an escalation, to its
    number among staff; ``carried``: of words in a held case, to their copy among staff."""

    acknowledged: list[float] = field(default_factory=list)
    replied: list[float] = field(default_factory=list)
    seen: list[float] = field(default_factory=list)
    angry_seen: list[float] = field(default_factory=list)
    carried: list[float] = field(default_factory=list)
    unheard: int = 0
    """People to whom nothing was said."""

    @property
    def of_people(self) -> list[float]:
        """Everything that somebody waited for."""
        return [*self.replied, *self.seen, *self.carried]


def note_acknowledgements(sandbox: Sandbox, ages: list[float]) -> None:
    """From now on, write down how old each update is when the bot confirms it."""
    updates = sandbox.world.updates
    confirm = updates._confirm_before

    def noted(offset: int) -> None:
        now = sandbox.world.clock()
        past = (update for update in updates.pending() if update.id < offset)
        ages.extend(now - (update.expires - KEPT_S) for update in past)
        confirm(offset)

    updates._confirm_before = noted  # type: ignore[method-assign]


def judge(
    ages: Ages, sandbox: Sandbox, staff: Chat, written: Sequence[Written], cases: dict[int, int]
) -> Ages:
    """Fill in what Telegram saw of these messages. ``cases``: a person -> their first case."""
    said, shown, copied = _seen(sandbox.calls, staff.id)
    first: dict[int, Written] = {}
    for one in written:
        first.setdefault(one.person, one)
        if (there := copied.get((one.person, one.message_id))) is not None:
            ages.carried.append(there - one.at)
    for person, one in first.items():
        words = min((at for at in said.get(person, ()) if at >= one.at), default=None)
        ages.unheard += words is None
        if words is not None:
            ages.replied.append(words - one.at)
        if (there := shown.get(cases.get(person, 0))) is not None:
            ages.seen.append(there - one.at)
            ages.angry_seen += [there - one.at] if one.angry else []
    return ages


def _seen(
    calls: Sequence[Call], staff: int
) -> tuple[dict[int, list[float]], dict[int, float], dict[tuple[int, int], float]]:
    """Words by person; the first sight of each case; copies by person and message."""
    said: dict[int, list[float]] = {}
    shown: dict[int, float] = {}
    copied: dict[tuple[int, int], float] = {}
    for call in calls:
        chat = call.params.get("chat_id")
        if not call.done or not isinstance(chat, int):
            continue
        if call.method == "sendMessage" and chat > 0:
            said.setdefault(chat, []).append(call.at)
        elif call.method == "sendMessage" and chat == staff:
            for case in CASE.findall(call.params["text"]):
                shown.setdefault(int(case), call.at)
        elif call.method == "copyMessage" and chat == staff:
            copied.setdefault((call.params["from_chat_id"], call.params["message_id"]), call.at)
    return said, shown, copied


def row(name: str, ages: Sequence[float]) -> tuple[str, int, float, float, float]:
    """A row of a table: how many, p50, p95, p99."""
    p50, p95, p99 = (percentile(ages, share) if ages else 0.0 for share in SHARES)
    return name, len(ages), p50, p95, p99


HEAD = ("age in seconds", "n", "p50", "p95", "p99")
