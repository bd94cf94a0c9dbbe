"""Sets up logging so that no token, and no other secret, is ever written to a log."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterable
from urllib.parse import quote

HIDDEN = "[hidden]"
TOKEN = re.compile(r"\d{5,}(?::|%3A)[A-Za-z0-9_-]{30,}", re.IGNORECASE)
"""What a bot's token looks like: hidden even when it is not among the secrets we know."""

TALKATIVE = ("httpx", "httpcore", "aiohttp", "telegram")
"""Libraries that write addresses (and so tokens), or what people wrote, below WARNING."""


class Redact(logging.Filter):
    """Replaces secrets in a record before its handler writes it: message, extras, traceback."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__()
        known = {form for secret in secrets if secret for form in (secret, quote(secret, safe=""))}
        longest_first = sorted(known, key=len, reverse=True)
        self._secrets = re.compile("|".join(map(re.escape, longest_first))) if known else TOKEN
        self._formatter = logging.Formatter()

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = _message(record), ()
        if record.exc_info:
            record.exc_text = record.exc_text or self._formatter.formatException(record.exc_info)
            record.exc_info = None  # a handler that formats it anew would write it unredacted
        for name, value in record.__dict__.items():
            if isinstance(value, str):
                record.__dict__[name] = self.redact(value)
        return True

    def redact(self, text: str) -> str:
        return TOKEN.sub(HIDDEN, self._secrets.sub(HIDDEN, text))


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception:
        # logging would print message and arguments to stderr, past every filter
        return f"{record.msg} (its arguments do not fit)"


def configure_logging(level: str | int, secrets: Iterable[str]) -> None:
    """Log to stderr at ``level``, with ``secrets`` and anything like a bot's token hidden.

    Every handler there is, on whichever logger, gets the filter. Call it again, with all the
    secrets, when another becomes known or another handler is added.
    """
    redact = Redact(secrets)
    root = logging.getLogger()
    root.setLevel(level)
    if not root.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        root.addHandler(handler)
    for logger in (root, *root.manager.loggerDict.values()):
        for handler in getattr(logger, "handlers", ()):
            for old in [f for f in handler.filters if isinstance(f, Redact)]:
                handler.removeFilter(old)
            handler.addFilter(redact)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
