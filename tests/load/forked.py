"""A bot process that is there in milliseconds: forked from one that has all modules loaded.

A start from nothing takes a second for the imports alone, which would be most of the life of a bot
that is killed a thousand times. What is loaded and stored is the same.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

from . import child

_PR_SET_PDEATHSIG = 1
_SERVER = multiprocessing.get_context("forkserver")
_SERVER.set_forkserver_preload(["tests.load.mortal"])


class Forked:
    """`child` with these options, and the verbs of ``subprocess.Popen`` that a stage needs."""

    def __init__(self, options: Sequence[str], env: dict[str, str], log: Path) -> None:
        self._process = _SERVER.Process(target=_live, args=(options, env, log), daemon=True)
        self._process.start()
        assert self._process.pid is not None
        self.pid: int = self._process.pid

    def poll(self) -> int | None:
        """The exit status (a signal's number negative), None while it runs."""
        return self._process.exitcode

    def send_signal(self, how: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, how)

    def wait(self, timeout: float) -> int:
        self._process.join(timeout)
        status = self.poll()
        if status is None:
            raise subprocess.TimeoutExpired(child.__name__, timeout)
        return status


def die_with_parent() -> None:
    """Whatever happens to a run, it leaves no process behind."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _live(options: Sequence[str], env: dict[str, str], log: Path) -> None:
    die_with_parent()
    out = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.dup2(out, 1)
    os.dup2(out, 2)
    os.environ.clear()
    os.environ.update(env)
    raise SystemExit(child.main(options))
