"""Telegram's budgets, off until switched on: 30/s in all, 1/s per person, 20/min per group."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field

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


@dataclass(slots=True)
class Budget:
    """At most `amount` in any `seconds`; a sliding window."""

    amount: int
    seconds: float
    spent: deque[float] = field(default_factory=deque)

    def wait(self, now: float, amount: int = 1) -> float:
        """Seconds until `amount` more fit; 0 when they do now."""
        while self.spent and self.spent[0] <= now - self.seconds:
            self.spent.popleft()
        over = len(self.spent) + amount - self.amount
        if over <= 0:
            return 0.0
        return self.spent[min(over, len(self.spent)) - 1] + self.seconds - now


@dataclass(slots=True)
class Limits:
    """The budgets of one bot. A refused call spends nothing."""

    enabled: bool = False
    per_second: int = 30
    private_burst: int = 3
    """Messages one person may get at once before 1/s holds: so many in so many seconds."""
    group_per_minute: int = 20
    _all: Budget = field(default_factory=lambda: Budget(30, 1.0), init=False)
    _chats: dict[int, Budget] = field(default_factory=dict, init=False)

    def spend(self, method: str, params: Params, now: float) -> None:
        """Counts one call, or refuses it with 429 and the whole seconds to wait."""
        name = method.lower()
        if not self.enabled or not name.startswith(COUNTED) or name in _FREE:
            return
        chat_id, amount = params.integer("chat_id") or 0, _amount(name, params)
        self._all.amount = self.per_second
        budgets = [self._all, self._chat(chat_id)]
        wait = max(budget.wait(now, min(amount, budget.amount)) for budget in budgets)
        if wait > 0:
            raise too_many(max(1, math.ceil(wait)))
        for budget in budgets:
            budget.spent.extend([now] * amount)

    def _chat(self, chat_id: int) -> Budget:
        budget = self._chats.get(chat_id)
        if budget is None:
            budget = Budget(self.group_per_minute, 60.0)
            if chat_id > 0:
                budget = Budget(self.private_burst, float(self.private_burst))
            self._chats[chat_id] = budget
        return budget


def _amount(name: str, params: Params) -> int:
    """Albums and batches cost as many sends as they hold."""
    several = {"sendmediagroup": "media", "copymessages": "message_ids"}
    several["forwardmessages"] = "message_ids"
    if name in several:
        return max(1, len(params.array(several[name]) or []))
    return 1
