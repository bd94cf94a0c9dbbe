"""Reads a JSON file that another program wrote, and names what to mend by its path in the file."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import ConfigError, Problem
from .toml_file import Keys, Table


@dataclass(frozen=True, slots=True)
class _Json:
    """The place of a key in the JSON file, as a path: ``FILE: intents[3].examples.fr[2]``."""

    path: Path
    assign: str = ":"

    def place(self, keys: Keys, item: int | None = None) -> str:
        return f"{self.path}: {'.'.join(keys)}{'' if item is None else f'[{item}]'}"


class _Object(dict[str, Any]):
    """An object as it stands there: a key that comes again takes the place of the first."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        count = Counter(key for key, _ in pairs)
        self.repeated = [key for key in self if count[key] > 1]


def read(source: Path, problems: list[Problem]) -> Table:
    """The file's top object, without nulls and with one kind of line end.

    Raises ConfigError when it cannot be read at all; what else is wrong is added to ``problems``.
    """
    place, mend = str(source), "Export it again as JSON, in UTF-8."
    try:
        text = source.read_bytes().decode("utf-8-sig")
        value = json.loads(text, object_pairs_hook=_Object)
        if not isinstance(value, dict):
            raise ConfigError([Problem(place, "is not an object.", 'Write {"intents": […]}.')])
        return Table(_Json(source), problems, _plain(value, source, "", problems))
    except OSError as error:
        mend = "Check the name of the file and its rights."
        raise ConfigError([Problem(place, f"cannot be read ({error.strerror}).", mend)]) from error
    except (ValueError, RecursionError) as error:
        if isinstance(error, json.JSONDecodeError):
            place += f":{error.lineno}"
        if isinstance(error, json.JSONDecodeError) and error.pos > 0:  # it begins as JSON does
            what = "a comma or a quote too many or too few"
            mend = f"Mend this line: {what}, here or just above."
        raise ConfigError([Problem(place, f"cannot be understood: {error}.", mend)]) from error


def _plain(value: Any, source: Path, place: str, problems: list[Problem]) -> Any:
    """``value`` without nulls; broken characters and repeated keys are problems."""
    if isinstance(value, _Object):
        inner = {key: (f"{place}.{key}".lstrip("."), item) for key, item in value.items()}
        for key in value.repeated:
            what, mend = "is there more than once.", "Join what stands under it."
            problems.append(Problem(f"{source}: {inner[key][0]}", what, mend))
        return {
            key: _plain(item, source, at, problems)
            for key, (at, item) in inner.items()
            if item is not None
        }
    if isinstance(value, list):
        return [_plain(v, source, f"{place}[{n}]", problems) for n, v in enumerate(value)]
    if isinstance(value, str):
        if any("\ud800" <= character <= "\udfff" for character in value):
            what, mend = "holds half a character.", "Write it again."
            problems.append(Problem(f"{source}: {place}", what, mend))
        return re.sub(r"\r\n?", "\n", value)
    return value
