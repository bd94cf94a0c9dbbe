"""Where secrets may come from (the environment, a private file) and where none may stand.

No message ever repeats a value that may be a secret.
"""

from __future__ import annotations

import os
import re
import shlex
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from .errors import Problem
from .toml_file import Table

TOKEN = re.compile(r"\d{6,}:[A-Za-z0-9_-]{30,}")
"""What BotFather gives: the bot's number, a colon, 35 characters."""

TAKE_OUT = (
    "Take it out, revoke it with @BotFather if anybody saw this file, and put the new one in"
    " the environment or in a file that only you can read (chmod 600)."
)


def token(table: Table, variable: str, file: Path | None, env: Mapping[str, str]) -> str:
    """The bot's token: the environment's, or else the file's; empty when there is none."""
    value, key = env.get(variable, "").strip(), "token_env"
    if not value and file is not None:
        value, key = _in_file(table, file), "token_file"
    if value and not re.fullmatch(r"\d+:[A-Za-z0-9_-]+", value):
        mend = "Copy the token again from @BotFather: digits, a colon, letters."
        table.problem(key, "leads to something that is not a token.", mend)
    return value


def _in_file(table: Table, path: Path) -> str:
    try:
        if others_can_read(path):
            what = f"names a file that others can read ({path})."
            table.problem("token_file", what, f"Run: chmod 600 {shlex.quote(str(path))}")
            return ""
        return path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        what = f"names a file that cannot be read ({path})."
        table.problem("token_file", what, "Check its name and its owner.")
        return ""


def others_can_read(path: Path) -> bool:
    """May other users of this machine read, or change, this file? Raises OSError."""
    return os.name == "posix" and bool(stat.S_IMODE(path.stat().st_mode) & 0o077)


def webhook_secret(table: Table, variable: str, env: Mapping[str, str]) -> str:
    """What Telegram sends along with each call; empty when there is none."""
    value = env.get(variable, "").strip()
    if value and not re.fullmatch(r"[A-Za-z0-9_-]{16,256}", value):
        mend = "Use 16 to 256 letters, digits, _ and -: Telegram takes no others."
        table.problem("webhook_secret_env", "names a variable with a secret unfit for use.", mend)
    return value


def leaked(path: Path) -> Iterator[Problem]:
    """Tokens anywhere in the file, comments included."""
    for number, line in enumerate(path.read_bytes().split(b"\n"), start=1):
        if TOKEN.search(line.decode("utf-8", "replace")):
            yield Problem(f"{path}:{number}", "a bot's token stands in the file.", TAKE_OUT)


def refuse_keys(table: Table) -> None:
    """Keys that hold a secret by their name, told before they are refused as merely unknown."""
    for key in ("token", "webhook_secret"):
        if key in table.values:
            table.known.setdefault(key)
            if not TOKEN.search(str(table.values[key])):  # else it is told already
                table.problem(key, "is a secret, and none may stand in the file.", TAKE_OUT)
