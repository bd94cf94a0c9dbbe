"""A port for a server that a test starts a little later."""

from __future__ import annotations

import contextlib
import random
import socket

OURS = range(20_000, 32_000)
"""Below the ports that the system gives out by itself: no other test's server comes to have one."""


def free_port() -> int:
    """A port of this computer on which nobody listens."""
    while True:
        port = random.choice(OURS)
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
