"""Telegram's budgets, off until switched on: 30/s in all, 1/s per person, 20/min per group."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from typing import Protocol

from .params import Params, Refused

COUNTED = ("send", "copy", "forward", "createforumtopic")
"""Methods that spend; edits, deletions, reactions and answers do not."""
_FREE = frozenset({"sendchataction"})


def too_many(retry_after: int) -> Refused:
    return Refused(
        429,
        f"Too Many Requests: retry after {retry_after}",
        {"retry_after": retry_after},
    )


class Budget(Protocol):
    """So many sends in some time."""

    def wait(self, now: float, amount: int) -> float:
        """Seconds until `amount` more fit; 0 when they do now."""

    def spend(self, now: float, amount: int) -> None: ...


@dataclass(slots=True)
class Window:
    """At most `most` in any `seconds`."""

    most: int
    seconds: float
    spent: deque[float] = field(default_factory=deque)

    def wait(self, now: float, amount: int) -> float:
        while self.spent and self.spent[0] <= now - self.seconds:
            self.spent.popleft()
        over = len(self.spent) + amount - self.most
        if over <= 0 or not self.spent:
            return 0.0
        return self.spent[min(over, len(self.spent)) - 1] + self.seconds - now

    def spend(self, now: float, amount: int) -> None:
        self.spent.extend([now] * amount)


@dataclass(slots=True)
class Bucket:
    """One a second, and up to `burst` at once after a silence. A batch may overdraw it."""

    burst: int
    tokens: float
    at: float

    def wait(self, now: float, amount: int) -> float:
        self.tokens = min(float(self.burst), self.tokens + now - self.at)
        self.at = now
        return max(0.0, min(amount, self.burst) - self.tokens)

    def spend(self, now: float, amount: int) -> None:
        self.tokens -= amount
        self.at = now


@dataclass(slots=True)
class Limits:
    """The budgets of one bot. A refused call spends nothing."""

    enabled: bool = False
    per_second: int = 30
    private_burst: int = 3
    """Messages one person may get at once before 1/s holds."""
    group_per_minute: int = 20
    _all: Window = field(default_factory=lambda: Window(30, 1.0), init=False)
    _chats: dict[int, Budget] = field(default_factory=dict, init=False)

    def spend(self, method: str, params: Params, now: float) -> None:
        """Counts one call, or refuses it with 429 and the whole seconds to wait."""
        name = method.lower()
        if not self.enabled or not name.startswith(COUNTED) or name in _FREE:
            return
        chat_id, amount = params.integer("chat_id") or 0, _amount(name, params)
        self._all.most = self.per_second
        budgets: list[Budget] = [self._all, self._chat(chat_id, now)]
        wait = max(budget.wait(now, amount) for budget in budgets)
        if wait > 0:
            raise too_many(math.ceil(wait))
        for budget in budgets:
            budget.spend(now, amount)

    def _chat(self, chat_id: int, now: float) -> Budget:
        if chat_id not in self._chats:
            person = chat_id > 0
            self._chats[chat_id] = (
                Bucket(self.private_burst, self.private_burst, now)
                if person
                else Window(self.group_per_minute, 60.0)
            )
        return self._chats[chat_id]


def _amount(name: str, params: Params) -> int:
    """Albums and batches cost as many sends as they hold."""
    several = {"sendmediagroup": "media", "copymessages": "message_ids"}
    several["forwardmessages"] = "message_ids"
    if name in several:
        return max(1, len(params.array(several[name]) or []))
    return 1
