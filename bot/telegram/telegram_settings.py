"""How Telegram is reached, and with which secrets: [telegram] of the config."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from .. import secret, toml_file
from ..toml_file import Table
from ..watch.health_settings import host_and_port, is_address

BOT_API = "https://api.telegram.org"

WEBHOOK_PORTS = (443, 80, 88, 8443)
"""Telegram calls no others."""


@dataclass(frozen=True, slots=True)
class TelegramSettings:
    """How to reach Telegram. ``token`` and ``webhook_secret`` are resolved, never printed."""

    mode: str = "polling"
    base_url: str = BOT_API
    token_env: str = "TELEGRAM_TOKEN"
    token_file: Path | None = None
    webhook_url: str = ""
    webhook_listen: str = "127.0.0.1:8443"
    webhook_secret_env: str = "TELEGRAM_WEBHOOK_SECRET"
    token: str = field(default="", repr=False)
    webhook_secret: str = field(default="", repr=False)

    @property
    def listen(self) -> tuple[str, int]:
        """``webhook_listen`` as host and port."""
        return host_and_port(self.webhook_listen)


def read_telegram(table: Table, env: Mapping[str, str]) -> TelegramSettings:
    base = TelegramSettings()
    mode = table.one_of("mode", base.mode, ("polling", "webhook"))
    base_url = table.text("base_url", base.base_url).rstrip("/")
    if not _is_https(base_url) and not _is_loopback(base_url):
        mend = "Write an address with https://, or http:// on this machine (127.0.0.1)."
        table.problem("base_url", "would send the token in the clear.", mend)
    settings = TelegramSettings(
        mode=mode,
        base_url=base_url,
        token_env=_variable(table, "token_env", base.token_env),
        token_file=table.file("token_file", None),
        webhook_url=_webhook_url(table, mode, base_url),
        webhook_listen=table.text("webhook_listen", base.webhook_listen),
        webhook_secret_env=_variable(table, "webhook_secret_env", base.webhook_secret_env),
    )
    if not is_address(settings.webhook_listen):
        mend = f'Write an address and a port, like "{base.webhook_listen}".'
        table.problem("webhook_listen", "is not an address with a port.", mend)
    return replace(
        settings,
        token=secret.token(table, settings.token_env, settings.token_file, env),
        webhook_secret=secret.webhook_secret(table, settings.webhook_secret_env, env),
    )


def _variable(table: Table, key: str, default: str) -> str:
    name = table.text(key, default)
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
        # The value is not repeated: it may be the secret itself.
        mend = f'Write the name of the variable, like "{default}", never the secret itself.'
        table.problem(key, "is not the name of an environment variable.", mend)
        return default
    return name


def _webhook_url(table: Table, mode: str, base_url: str) -> str:
    url = table.text("webhook_url", "")
    if mode == "webhook" and not url:
        mend = 'Write where Telegram reaches this bot, like "https://bot.example.org/telegram".'
        table.problem("webhook_url", toml_file.MISSING, mend)
    if (
        url
        and base_url == BOT_API
        and not (_is_https(url) and (_parts(url).port or 443) in WEBHOOK_PORTS)
    ):
        mend = f"Write an https:// address on port {', '.join(map(str, WEBHOOK_PORTS))}."
        table.problem("webhook_url", "is not an address that Telegram calls.", mend)
    return url


def _is_https(url: str) -> bool:
    parts = _parts(url)
    return parts.scheme == "https" and bool(parts.hostname) and parts.username is None


def _is_loopback(url: str) -> bool:
    parts = _parts(url)
    if parts.scheme != "http" or parts.username is not None:
        return False
    try:
        return parts.hostname == "localhost" or ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False


def _parts(url: str) -> SplitResult:
    """The parts of an address; all empty when it is not one."""
    try:
        parts = urlsplit(url)
        return parts if parts.port != 0 else urlsplit("")
    except ValueError:
        return urlsplit("")
