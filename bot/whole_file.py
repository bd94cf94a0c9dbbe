"""A file or folder that is written whole or not at all: beside its place first, then put there."""

from __future__ import annotations

import contextlib
import io
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO


@contextlib.contextmanager
def written_whole(path: Path, *, private: bool = False) -> Iterator[IO[bytes]]:
    """What is written inside becomes the content of ``path`` at the end; if it fails, ``path``
    stays as it was. ``private``: nobody else on this machine may ever read it.

    Raises OSError that names ``path``: at the beginning for a place that cannot be written, at the
    end for one that takes no more. What is there and is no file (a pipe, a terminal) is written to
    as it is: nothing may be put in its place.
    """
    stays = path.exists() and not path.is_file()
    place = path if stays else path.resolve()
    draft = place if stays else place.with_name(place.name + ".part")
    content = io.BytesIO()
    try:
        with _naming(path):
            file = draft.open("wb") if stays else _anew(draft, 0o600 if private else 0o666)
        with file:
            yield content
            with _naming(path):
                file.write(content.getbuffer())
                file.close()  # only now a full disk may say so
                if not stays:
                    draft.replace(place)
    except BaseException:
        if not stays:
            with contextlib.suppress(OSError):
                draft.unlink()
        raise


def _anew(path: Path, rights: int) -> IO[bytes]:
    """A new file that has these rights from its first byte on."""
    path.unlink(missing_ok=True)
    return open(path, "xb", opener=lambda name, flags: os.open(name, flags, rights))


@contextlib.contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Whatever the system refuses in here, it is told by the name that a person knows."""
    try:
        yield
    except OSError as error:
        error.filename, error.filename2 = str(path), None
        raise


@contextlib.contextmanager
def folder_written_whole(to: Path) -> Iterator[Path]:
    """What is written into the folder that is given becomes ``to`` at the end; if it fails,
    nothing appears, and no folder above it either.

    ``to`` is not there yet, or an empty folder. Raises OSError.
    """
    missing = [folder for folder in to.parents if not folder.exists()]
    to.parent.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(prefix=f".{to.name}-", dir=to.parent) as scratch:
            made = Path(scratch) / to.name
            made.mkdir()
            yield made
            if to.exists():
                to.rmdir()
            made.rename(to)
    except BaseException:
        for folder in missing:
            folder.rmdir()
        raise
