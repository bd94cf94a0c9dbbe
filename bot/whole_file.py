"""A file that is written whole or not at all: beside its place first, then put in it at once."""

from __future__ import annotations

import contextlib
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
