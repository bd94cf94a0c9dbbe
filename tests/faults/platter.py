"""What a disk may hold when the power goes: any mix of what was written since the last sync.

Sectors of 512 bytes. Each one written since its file's last sync is there, is not there, or is
torn: its first bytes are new and its last ones old. What was written twice may be there once. A
file may have its new length and nothing in it. New names and deletions reach the disk in their
order, as journalling file systems keep it, but nobody knows how many did.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from .sqlite_disk import Asked, Cut, Gone, Made, Synced, Wrote

SECTOR = 512
MOODS = (0.0, 0.1, 0.5, 0.9, 1.0)
"""How much of what was not synced is there, from one power cut to the next."""
TORN = 0.1
"""So many of the sectors that are neither there nor not."""


@dataclass(eq=False, slots=True)
class _File:
    syncs_folder: bool
    safe: bytearray = field(default_factory=bytearray)
    open: list[Wrote | Cut] = field(default_factory=list)


class Platter:
    """The disk as far as it was asked; `after_a_cut` is one of the states it may be found in."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._now: dict[str, _File] = {}
        self._names: dict[str, _File] = {}
        self._renaming: list[tuple[str, _File | None]] = []

    def take(self, asked: Asked) -> None:
        """The disk was asked this, and has said yes."""
        match asked:
            case Made(name, syncs_folder):
                self._now[name] = _File(syncs_folder)
                self._renaming.append((name, self._now[name]))
            case Gone(name, syncs_folder):
                del self._now[name]
                self._renaming.append((name, None))
                if syncs_folder:
                    self._folder_is_safe()
            case Wrote(name) | Cut(name):
                self._now[name].open.append(asked)
            case Synced(name, ok):
                self._synced(self._now[name], ok)

    def _synced(self, file: _File, ok: bool) -> None:
        """After a sync that failed the kernel believes that it is done: what did not reach the disk
        never will, unless it is written again."""
        file.safe = self._content(file, 1.0 if ok else self._rng.choice(MOODS))
        file.open.clear()
        if ok and file.syncs_folder:
            self._folder_is_safe()
            file.syncs_folder = False

    def _folder_is_safe(self) -> None:
        self._names = dict(self._now)
        self._renaming.clear()

    @property
    def in_doubt(self) -> set[str]:
        """The files of which something has not been synced."""
        return {name for name, file in self._now.items() if file.open} | {
            name for name, _ in self._renaming
        }

    def after_a_cut(self) -> dict[str, bytes]:
        """The files that are found, each with what is found in it."""
        names = dict(self._names)
        for name, file in self._renaming[: self._rng.randint(0, len(self._renaming))]:
            if file is None:
                names.pop(name, None)
            else:
                names[name] = file
        mood = self._rng.choice(MOODS)
        return {name: bytes(self._content(file, mood)) for name, file in names.items()}

    def _content(self, file: _File, mood: float) -> bytearray:
        content = bytearray(file.safe)
        longest = len(content)
        for asked in file.open:
            if isinstance(asked, Cut):
                if self._rng.random() < mood:
                    _resize(content, asked.size)
                continue
            longest = max(longest, asked.offset + len(asked.data))
            for offset, sector in _sectors(asked):
                if part := self._what_stays(sector, mood):
                    _resize(content, max(len(content), offset + len(part)))
                    content[offset : offset + len(part)] = part
        if 0.0 < mood < 1.0 and self._rng.random() < 0.5:
            _resize(content, max(longest, len(content)))
        return content

    def _what_stays(self, sector: bytes, mood: float) -> bytes:
        if 0.0 < mood < 1.0 and self._rng.random() < TORN:
            return sector[: self._rng.randrange(len(sector))]
        return sector if self._rng.random() < mood else b""


def _sectors(wrote: Wrote) -> Iterator[tuple[int, bytes]]:
    """The parts of a write that lie in one sector each, with their offsets."""
    at = 0
    while at < len(wrote.data):
        offset = wrote.offset + at
        size = SECTOR - offset % SECTOR
        yield offset, wrote.data[at : at + size]
        at += size


def _resize(content: bytearray, size: int) -> None:
    if size < len(content):
        del content[size:]
    else:
        content.extend(bytes(size - len(content)))
