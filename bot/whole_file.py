"""A file or folder that is written whole or not at all: beside its place first, then put there."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO


@contextlib.contextmanager
def written_whole(path: Path) -> Iterator[IO[bytes]]:
    """What is written inside becomes the content of ``path`` at the end; if it fails, ``path``
    stays as it was.

    Raises OSError, at the beginning for a place that cannot be written. What is there and is no
    file (a pipe, a terminal) is written to as it is: nothing may be put in its place.
    """
    if path.exists() and not path.is_file():
        with path.open("wb") as there:
            yield there
        return
    place = path.resolve()
    draft = place.with_name(place.name + ".part")
    try:
        with draft.open("wb") as beside:
            yield beside
        draft.replace(place)
    except BaseException as error:
        with contextlib.suppress(OSError):
            draft.unlink()
        if isinstance(error, OSError) and error.filename == str(draft):
            error.filename = str(path)  # the name that a person knows
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
