"""Walls around this machine: whoever asks for an address elsewhere gets none, and is known."""

from __future__ import annotations

import socket
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any

import pytest


def is_here(host: object) -> bool:
    """Telegram is on loopback in the stories."""
    try:
        return host in ("localhost", None) or ip_address(str(host)).is_loopback
    except ValueError:
        return False


class Walls:
    """Whoever asks for an address that is not on this machine gets none, and is written down."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.asked: list[object] = []
        patch.setattr(socket, "getaddrinfo", self._before(socket.getaddrinfo, lambda a: a[0]))
        for name in ("connect", "connect_ex", "sendto"):
            real = getattr(socket.socket, name)
            patch.setattr(socket.socket, name, self._before(real, _host))

    def _before(
        self, real: Callable[..., Any], host: Callable[[tuple[Any, ...]], object]
    ) -> Callable[..., Any]:
        def checked(*given: Any, **named: Any) -> Any:
            if not is_here(asked := host(given)):
                self.asked.append(asked)
                raise socket.gaierror(f"nobody may ask for {asked}")
            return real(*given, **named)

        return checked


def _host(given: tuple[Any, ...]) -> object:
    """Of ``(socket, …, address)``; a socket of files leads nowhere else."""
    sock, address = given[0], given[-1]
    return None if sock.family not in (socket.AF_INET, socket.AF_INET6) else address[0]
