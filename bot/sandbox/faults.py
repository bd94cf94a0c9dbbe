"""Scripted faults: the next calls that match are refused, cut off or delayed, as a test says."""

from __future__ import annotations

from dataclasses import dataclass, field

from .params import Params, Refused
from .wire import Json

_USUAL = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden: bot was blocked by the user",
    404: "Not Found",
    409: "Conflict: terminated by other getUpdates request; "
    "make sure that only one bot instance is running",
    413: "Request Entity Too Large",
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


@dataclass(slots=True)
class Fault:
    """What goes wrong with calls of `method` (None: any) in `chat_id` (None: any).

    `code` answers with an error; `cut` drops the connection without an answer; `delay` (seconds)
    only holds the call up. `after_effect`: the thing asked for is done first, and then the answer
    is lost, or late. `times`: how many calls it hits (None: all until removed).
    """

    method: str | None = None
    chat_id: int | None = None
    code: int | None = None
    description: str | None = None
    parameters: Json | None = None
    times: int | None = 1
    delay: float = 0.0
    cut: bool = False
    after_effect: bool = False

    def hits(self, method: str, params: Params) -> bool:
        if self.method is not None and self.method.lower() != method.lower():
            return False
        return self.chat_id is None or params.values.get("chat_id") == self.chat_id

    @property
    def replaces_answer(self) -> bool:
        return self.cut or self.code is not None

    @property
    def lets_through(self) -> bool:
        """Whether the thing asked for is done."""
        return self.after_effect or not self.replaces_answer

    @property
    def refusal(self) -> Refused:
        """The error it answers with; codes alone get Telegram's usual words."""
        if self.cut:
            return Refused(0, "the connection was dropped")
        code = self.code or 500
        parameters = self.parameters
        description = self.description or _USUAL.get(code, "Error")
        if code == 429:
            parameters = parameters or {"retry_after": 1}
            if self.description is None:
                description += f": retry after {parameters['retry_after']}"
        return Refused(code, description, parameters)


@dataclass(slots=True)
class Faults:
    """The scripted faults, in the order they were added; the first that hits is used."""

    waiting: list[Fault] = field(default_factory=list)

    def add(self, fault: Fault) -> Fault:
        self.waiting.append(fault)
        return fault

    def remove(self, fault: Fault) -> None:
        self.waiting = [one for one in self.waiting if one is not fault]

    def clear(self) -> None:
        self.waiting.clear()

    def take(self, method: str, params: Params) -> Fault | None:
        """The fault for this call, used up by one."""
        for fault in self.waiting:
            if fault.hits(method, params):
                if fault.times is not None:
                    fault.times -= 1
                    if fault.times <= 0:
                        self.remove(fault)
                return fault
        return None
