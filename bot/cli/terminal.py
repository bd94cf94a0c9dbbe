"""What a person reads at a terminal: lines that are too long for it are folded between words."""

from __future__ import annotations

import shutil
import sys
import textwrap


def tell(text: str) -> None:
    """Print it; as it is where no terminal shows it."""
    print(folded(text, shutil.get_terminal_size().columns) if sys.stdout.isatty() else text)


def folded(text: str, width: int) -> str:
    """Each line in so many columns; what is carried over stands two columns further in."""
    return "\n".join(_folded(line, width) for line in text.splitlines())


def _folded(line: str, width: int) -> str:
    if len(line) <= width:
        return line
    further = " " * (len(line) - len(line.lstrip()) + 2)
    fold = textwrap.TextWrapper(
        width, subsequent_indent=further, break_long_words=False, break_on_hyphens=False
    )
    return fold.fill(line)
