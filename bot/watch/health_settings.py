"""Where a monitor finds the bot's health, and from when on it is told: [health] of the config."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..toml_file import Table


@dataclass(frozen=True, slots=True)
class HealthSettings:
    """``listen`` empty: nothing listens. The others are the most seconds that are still well."""

    listen: str = ""
    unanswered_seconds: float = 60.0
    unseen_seconds: float = 120.0
    silent_seconds: float = 120.0


def host_and_port(listen: str) -> tuple[str, int]:
    """``127.0.0.1:9464`` in its two parts; an empty host or port 0 where there is none."""
    host, _, port = listen.rpartition(":")
    return host.strip("[]"), int(port) if re.fullmatch("[0-9]{1,5}", port) else 0


def is_address(listen: str) -> bool:
    host, port = host_and_port(listen)
    return bool(host) and 0 < port < 65536


def read_health(table: Table) -> HealthSettings:
    base = HealthSettings()
    listen = table.text("listen", base.listen)
    if listen and not is_address(listen):
        mend = 'Write an address and a port, like "127.0.0.1:9464", or "" for nowhere.'
        table.problem("listen", "is not an address with a port.", mend)
    return HealthSettings(
        listen,
        table.number("unanswered_seconds", base.unanswered_seconds, 10, 86400),
        table.number("unseen_seconds", base.unseen_seconds, 10, 86400),
        table.number("silent_seconds", base.silent_seconds, 90, 86400),
    )
