"""Stands between SQLite and the disk: writes down every write and sync, refuses what it is told to.

SQLite asks the disk through a table of functions, its VFS. A copy of that table, with our own
functions for opening, writing, cutting, syncing and deleting, is made the default for a while. So
the bot runs as it is, in this process, and what it was told and what the disk was asked stand in
one list, in order. Unlike a preloaded C library or a tracer it needs no compiler and no rights;
what it does not see is what the kernel makes of a sync, which is the same for every program.
"""

from __future__ import annotations

import _sqlite3
import contextlib
import ctypes
import threading
from collections.abc import Callable, Iterator
from ctypes import CFUNCTYPE, POINTER, Structure, c_char_p, c_int, c_int64, c_void_p
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

OK, FULL = 0, 13
IO_ERROR_WRITE, IO_ERROR_FSYNC = 10 | 3 << 8, 10 | 4 << 8
_CREATE, _MAIN, _JOURNAL, _WAL = 0x4, 0x100, 0x800, 0x80000


@dataclass(frozen=True, slots=True)
class Made:
    """A file that was not there. ``syncs_folder``: its first sync makes its name durable too."""

    name: str
    syncs_folder: bool


@dataclass(frozen=True, slots=True)
class Wrote:
    name: str
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Cut:
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Synced:
    """The disk said that it has everything written to the file so far. Not ``ok``: it failed, and
    nobody can know what of it is there."""

    name: str
    ok: bool = True


@dataclass(frozen=True, slots=True)
class Gone:
    name: str
    syncs_folder: bool


Asked = Made | Wrote | Cut | Synced | Gone
Refusal = Callable[[type[Asked], str], int]
"""What is asked and of which file -> SQLite's number of the error, or `OK`."""


class NoView(Exception):
    """This Python's SQLite does not let anybody look; the message says why."""


@dataclass
class Disk:
    """The disk under a database: ``log`` is what was asked of it and what others `note`d."""

    database: Path
    log: list[object] = field(default_factory=list)
    refuse: Refusal = lambda _asked, _name: OK
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, mark: object) -> None:
        """Something that others were told, in its place among what the disk was asked."""
        self.log.append(mark)

    def has(self, name: str) -> bool:
        """Does a file belong to the database: itself, its journal, its log?"""
        return name in (f"{self.database}{end}" for end in ("", "-journal", "-wal"))

    def asked(self, what: Asked, does: Callable[[], int]) -> int:
        """Do it unless it is refused, and write it down. Returns SQLite's number of the error."""
        with self._lock:
            code = self.refuse(type(what), what.name) or does()
            if code == OK:
                self.log.append(what)
            elif isinstance(what, Synced):
                self.log.append(Synced(what.name, ok=False))
            return code


# --------------------------------------------------------------------------- SQLite's own tables


class _Vfs(Structure):
    _fields_ = (
        ("version", c_int),
        ("file_size", c_int),
        ("longest_path", c_int),
        ("next", c_void_p),
        ("name", c_char_p),
        ("data", c_void_p),
        ("open", c_void_p),
        ("delete", c_void_p),
        ("rest", c_void_p * 14),
    )


class _Methods(Structure):
    _fields_ = (
        ("version", c_int),
        ("close", c_void_p),
        ("read", c_void_p),
        ("write", c_void_p),
        ("truncate", c_void_p),
        ("sync", c_void_p),
        ("rest", c_void_p * 13),
    )


class _File(Structure):
    _fields_ = (("methods", POINTER(_Methods)),)


_OPEN = CFUNCTYPE(c_int, c_void_p, c_void_p, POINTER(_File), c_int, c_void_p)
_DELETE = CFUNCTYPE(c_int, c_void_p, c_char_p, c_int)
_WRITE = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)
_TRUNCATE = CFUNCTYPE(c_int, c_void_p, c_int64)
_SYNC = CFUNCTYPE(c_int, c_void_p, c_int)

_KEPT: list[object] = []
"""SQLite holds pointers into these for as long as a connection is open, which nobody tells us."""


def _library() -> ctypes.CDLL:
    """The very SQLite that the `sqlite3` module uses."""
    library = ctypes.CDLL(getattr(_sqlite3, "__file__", None))
    try:
        library.sqlite3_vfs_find.restype = POINTER(_Vfs)
    except AttributeError:
        raise NoView("SQLite is built into this Python, with its functions hidden.") from None
    return library


@contextlib.contextmanager
def watched(database: Path) -> Iterator[Disk]:
    """See everything asked for this database by connections that are opened meanwhile.

    Raises `NoView` where SQLite cannot be looked at.
    """
    disk = Disk(database.resolve())
    library = _library()
    usual = library.sqlite3_vfs_find(None)
    ours = _Vfs.from_buffer_copy(usual.contents)
    ours.name = b"watched"
    opens, deletes = _opener(disk, usual), _deleter(disk, usual)
    ours.open, ours.delete = (ctypes.cast(one, c_void_p).value for one in (opens, deletes))
    _KEPT.extend((ours, opens, deletes))
    library.sqlite3_vfs_register(ctypes.byref(ours), 1)
    try:
        yield disk
    finally:
        library.sqlite3_vfs_register(usual, 1)
        library.sqlite3_vfs_unregister(ctypes.byref(ours))


def _opener(disk: Disk, usual: Any) -> Any:
    whole = _OPEN(usual.contents.open)
    names: dict[int, str] = {}
    tables: dict[int, _Methods] = {}

    def opens(vfs: int, path: int | None, file: Any, flags: int, flags_out: int) -> int:
        # The name is handed on as it came: SQLite keeps the pointer, and what stands behind it.
        name = "" if path is None else ctypes.string_at(path).decode()
        # The store makes its file itself, empty, so that it is nobody else's.
        there = Path(name)
        is_new = disk.has(name) and (
            not there.exists() or (bool(flags & _MAIN) and not there.stat().st_size)
        )
        code = int(whole(vfs, path, file, flags, flags_out))
        if code == OK and disk.has(name):
            if is_new and flags & _CREATE:
                disk.note(Made(name, bool(flags & (_JOURNAL | _WAL))))
            usual_methods = file.contents.methods
            address = ctypes.addressof(usual_methods.contents)
            if address not in tables:
                tables[address] = _methods(disk, usual_methods.contents, names)
            names[ctypes.addressof(file.contents)] = name
            file.contents.methods = ctypes.pointer(tables[address])
        return code

    return _OPEN(opens)


def _methods(disk: Disk, usual: _Methods, names: dict[int, str]) -> _Methods:
    """The table of an open file, with our eyes in it. ``names``: of the files, by address."""
    ours = _Methods.from_buffer_copy(usual)
    write, truncate, sync = _WRITE(usual.write), _TRUNCATE(usual.truncate), _SYNC(usual.sync)

    def writes(file: int, data: int, size: int, offset: int) -> int:
        what = Wrote(names[file], offset, ctypes.string_at(data, size))
        return disk.asked(what, lambda: write(file, data, size, offset))

    def truncates(file: int, size: int) -> int:
        return disk.asked(Cut(names[file], size), lambda: truncate(file, size))

    def syncs(file: int, flags: int) -> int:
        return disk.asked(Synced(names[file]), lambda: sync(file, flags))

    eyes = _WRITE(writes), _TRUNCATE(truncates), _SYNC(syncs)
    ours.write, ours.truncate, ours.sync = (ctypes.cast(one, c_void_p).value for one in eyes)
    _KEPT.extend((ours, *eyes))
    return ours


def _deleter(disk: Disk, usual: Any) -> Any:
    whole = _DELETE(usual.contents.delete)

    def deletes(vfs: int, path: bytes, syncs_folder: int) -> int:
        name = path.decode()
        if not disk.has(name):
            return int(whole(vfs, path, syncs_folder))
        return disk.asked(
            Gone(name, bool(syncs_folder)), lambda: int(whole(vfs, path, syncs_folder))
        )

    return _DELETE(deletes)
