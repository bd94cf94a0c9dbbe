"""What a run costs and how it is spread: percentiles, processor time, memory, foreign load."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def percentile(values: Sequence[float], share: float) -> float:
    """The value that ``share`` (0..1) of the values do not exceed; nan when there are none."""
    if not values:
        return float("nan")
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def median(values: Sequence[float]) -> float:
    return percentile(values, 0.5)


def cpu_seconds(pid: int) -> float:
    """Processor time of a process so far, all its threads, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def peak_mb(pid: int) -> float:
    """The most memory a process has held so far (VmHWM), in MiB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return float("nan")


def busy_seconds() -> float:
    """Processor time of everything on this machine so far, in seconds."""
    with Path("/proc/stat").open() as file:
        fields = [int(field) for field in file.readline().split()[1:9]]
    return (sum(fields) - fields[3] - fields[4]) / TICKS


@dataclass(frozen=True, slots=True)
class Spent:
    """``cpu`` seconds of the process looked at, ``own`` of this one, over ``wall`` seconds.

    ``foreign``: cores that everything else kept busy meanwhile.
    """

    cpu: float
    own: float
    wall: float
    foreign: float


class Meter:
    """Reads the clocks now; `spent` says what has been used since."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._start = self._read()

    def _read(self) -> tuple[float, float, float, float]:
        return cpu_seconds(self._pid), time.process_time(), busy_seconds(), time.monotonic()

    def spent(self) -> Spent:
        cpu, own, busy, wall = (
            now - then for now, then in zip(self._read(), self._start, strict=True)
        )
        return Spent(cpu, own, wall, max(0.0, busy - cpu - own) / max(wall, 1e-9))


async def wait_idle(limit_s: float, cores: float = 0.15) -> None:
    """Wait until the machine is idle but for so many cores, or ``limit_s`` seconds are over."""
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        busy, at = busy_seconds(), time.monotonic()
        await asyncio.sleep(1.5)
        if (busy_seconds() - busy) / (time.monotonic() - at) < cores:
            return
