"""config.toml -> Settings; every problem named at once, with its line and its mend.

``config.example.toml`` is the reference of the keys: one sentence above each, every default.
Secrets are read from the environment or from a file that only its owner can read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from ipaddress import ip_address
from pathlib import Path
from typing import overload
from urllib.parse import SplitResult, urlsplit

from . import secret, toml_file
from .desk.tact_settings import TactSettings, read_tact
from .errors import ConfigError, Problem
from .promises.hours import Hours, read_hours
from .promises.terms import LadderSettings, PromiseSettings, read_ladder, read_promise
from .toml_file import Table
from .watch.health_settings import HealthSettings, host_and_port, is_address, read_health

EXAMPLE_BRAND = Path(__file__).parent / "example_brand"
BOT_API = "https://api.telegram.org"

WEBHOOK_PORTS = (443, 80, 88, 8443)
"""Telegram calls no others."""

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")

NOBODY = (777000, 1087968824, 136817688)
"""Telegram's own accounts, an anonymous admin and a channel: they speak for no one person."""


@dataclass(frozen=True, slots=True)
class BrandSettings:
    """Folders: ``knowledge`` to read, ``heads`` where ``train`` writes what it learned."""

    knowledge: Path = EXAMPLE_BRAND
    heads: Path = Path("data/heads")


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


@dataclass(frozen=True, slots=True)
class StaffSettings:
    """The forum supergroup and who may act in it, by Telegram's numeric ids.

    ``join_from``: so many briefs that wait for the group are joined into a list; 0: never.
    ``away_minutes``: staff are told of every absence of the bot that is longer.
    ``overflow_chat_ids``: groups that are shown what the first one cannot take.
    """

    chat_id: int = 0
    agents: tuple[int, ...] = ()
    leads: tuple[int, ...] = ()
    join_from: int = 4
    away_minutes: float = 5.0
    overflow_chat_ids: tuple[int, ...] = ()

    @property
    def everybody(self) -> tuple[int, ...]:
        """The agents, then the leads."""
        return self.agents + self.leads

    @property
    def deciders(self) -> tuple[int, ...]:
        """Who may do what takes a lead; where there are none, the agents."""
        return self.leads or self.agents


@dataclass(frozen=True, slots=True)
class AnswerSettings:
    """How careful and how quick the bot is."""

    max_wrong_answers: float = 0.02
    quiet_seconds: float = 1.5
    longest_burst_seconds: float = 8.0
    close_after_hours: float = 12.0
    reopen_within_hours: float = 72.0
    model_timeout_seconds: float = 1.8


@dataclass(frozen=True, slots=True)
class StoreSettings:
    path: Path = Path("data/first-responder.sqlite3")


@dataclass(frozen=True, slots=True)
class RetentionSettings:
    """For how many days each table keeps what it has of people; a case counts from its close.

    ``messages_days``: the words of a case and what was understood of them.
    """

    inbox_days: float = 30.0
    outbox_days: float = 30.0
    keyboards_days: float = 90.0
    messages_days: float = 90.0
    cases_days: float = 395.0
    customers_days: float = 395.0
    events_days: float = 395.0


@dataclass(frozen=True, slots=True)
class LogSettings:
    level: str = "INFO"


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything config.toml says, checked. Paths in it are relative to its own folder."""

    brand: BrandSettings = BrandSettings()
    telegram: TelegramSettings = TelegramSettings()
    staff: StaffSettings = StaffSettings()
    answers: AnswerSettings = AnswerSettings()
    promise: PromiseSettings = field(default_factory=PromiseSettings)
    ladder: LadderSettings = field(default_factory=LadderSettings)
    hours: Hours = field(default_factory=Hours)
    tact: TactSettings = field(default_factory=TactSettings)
    store: StoreSettings = StoreSettings()
    retention: RetentionSettings = RetentionSettings()
    health: HealthSettings = field(default_factory=HealthSettings)
    log: LogSettings = LogSettings()


def load(path: Path, env: Mapping[str, str], *, to_run: bool = False) -> Settings:
    """The settings of ``path``, with the secrets that ``env`` or the token file hold.

    ``to_run`` also asks for what only a running bot needs: token, staff group, agents.
    Raises ConfigError with every problem of the file at once.
    """
    problems: list[Problem] = []
    top = toml_file.read(path, problems)
    if top is None:
        raise ConfigError(problems)
    problems.extend(secret.leaked(path))
    store = StoreSettings(_path(top.table("store"), "path", StoreSettings().path))
    settings = Settings(
        brand=_brand(top.table("brand"), store),
        telegram=_telegram(top.table("telegram"), env),
        staff=_staff(top.table("staff")),
        answers=_answers(top.table("answers")),
        promise=read_promise(top.table("promise")),
        ladder=read_ladder(top.table("ladder")),
        hours=read_hours(top.table("hours")),
        tact=read_tact(top.table("tact")),
        store=store,
        retention=_retention(top.table("retention")),
        health=read_health(top.table("health")),
        log=LogSettings(top.table("log").one_of("level", LogSettings().level, LEVELS)),
    )
    if to_run:
        _needed_to_run(top, settings)
    secret.refuse_keys(top.table("telegram"))
    top.refuse_unknown()
    if problems:
        raise ConfigError(toml_file.in_order(problems))
    return settings


# ------------------------------------------------------------------------------ the sections


def _brand(table: Table, store: StoreSettings) -> BrandSettings:
    knowledge = _path(table, "knowledge", EXAMPLE_BRAND)
    if not knowledge.is_dir():
        mend = "Write the name of the folder with brand.toml in it."
        table.problem("knowledge", f"is not a folder ({knowledge}).", mend)
    return BrandSettings(knowledge, heads=_path(table, "heads", store.path.parent / "heads"))


def _telegram(table: Table, env: Mapping[str, str]) -> TelegramSettings:
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
        token_file=_path(table, "token_file", None),
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


def _staff(table: Table) -> StaffSettings:
    chat_id = table.whole("chat_id", 0)
    if chat_id > 0:
        mend = "Write the id of the staff group; ids of groups begin with a minus sign."
        table.problem("chat_id", "is the id of a person.", mend)
    roles = {role: table.wholes(role) for role in ("agents", "leads")}
    seen: set[int] = set()
    for role, ids in roles.items():
        for number, person in ids.items():
            what, mend = "", "Write the numeric id of a person."
            if person in NOBODY:
                what = f"holds {person}, which Telegram uses for nobody in particular."
            elif person <= 0:
                what = f"holds {person}, which is not the id of a person."
            elif person in seen:
                what, mend = f"holds {person} a second time.", "Keep each person once, in one role."
            if what:
                table.problem(role, what, mend, item=number)
            seen.add(person)
    join_from = table.whole("join_from", StaffSettings().join_from)
    if join_from < 0 or join_from == 1:
        table.problem("join_from", "joins nothing.", "Write 2 or more, or 0 for never.")
    agents, leads = (tuple(ids.values()) for ids in roles.values())
    away = table.number("away_minutes", StaffSettings().away_minutes, 1, 1440)
    overflow = table.wholes("overflow_chat_ids")
    for number, chat in overflow.items():
        if chat >= 0 or chat == chat_id:
            mend = "Write the id of another group; ids of groups begin with a minus sign."
            table.problem("overflow_chat_ids", f"holds {chat}.", mend, item=number)
    return StaffSettings(chat_id, agents, leads, join_from, away, tuple(overflow.values()))


def _answers(table: Table) -> AnswerSettings:
    base = AnswerSettings()
    answers = AnswerSettings(
        max_wrong_answers=table.number("max_wrong_answers", base.max_wrong_answers, 0.001, 0.5),
        quiet_seconds=table.number("quiet_seconds", base.quiet_seconds, 0, 30),
        longest_burst_seconds=table.number(
            "longest_burst_seconds", base.longest_burst_seconds, 0, 120
        ),
        close_after_hours=table.number("close_after_hours", base.close_after_hours, 0.1, 720),
        reopen_within_hours=table.number("reopen_within_hours", base.reopen_within_hours, 0, 720),
        model_timeout_seconds=table.number(
            "model_timeout_seconds", base.model_timeout_seconds, 0.1, 60
        ),
    )
    if answers.longest_burst_seconds < answers.quiet_seconds:
        what, mend = "is less than answers.quiet_seconds.", "Write a larger number."
        table.problem("longest_burst_seconds", what, mend)
    return answers


def _retention(table: Table) -> RetentionSettings:
    """At least two days: for one day Telegram may deliver again what we have had already."""
    base = asdict(RetentionSettings())
    kept = RetentionSettings(**{key: table.number(key, base[key], 2, 3650) for key in base})
    if kept.cases_days < kept.messages_days:
        what = "is less than retention.messages_days."
        table.problem("cases_days", what, "Write a larger number.")
    if kept.customers_days < kept.cases_days:
        what = "is less than retention.cases_days."
        table.problem("customers_days", what, "Write a larger number.")
    return kept


# ------------------------------------------------------------------------- kinds of values


@overload
def _path(table: Table, key: str, default: Path) -> Path: ...
@overload
def _path(table: Table, key: str, default: None) -> Path | None: ...
def _path(table: Table, key: str, default: Path | None) -> Path | None:
    """A path beside config.toml, unless absolute; the default is beside it too."""
    text = table.text(key, "")
    path = Path(text).expanduser() if text else default
    return None if path is None else table.source.path.parent / path


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


def _needed_to_run(top: Table, settings: Settings) -> None:
    telegram, staff = top.table("telegram"), top.table("staff")
    if not settings.telegram.token:
        what = f"finds nothing: the variable {settings.telegram.token_env} is empty."
        mend = "Ask @BotFather for a token and put it there, or in a file named in token_file."
        telegram.problem("token_env", what, mend)
    if settings.telegram.mode == "webhook" and not settings.telegram.webhook_secret:
        name = settings.telegram.webhook_secret_env
        mend = "Put 16 or more random letters and digits there: openssl rand -hex 32"
        telegram.problem("webhook_secret_env", f"finds nothing: {name} is empty.", mend)
    if settings.staff.chat_id == 0:
        mend = "Write the id of the staff group, like -1001234567890."
        staff.problem("chat_id", toml_file.MISSING, mend)
    if not settings.staff.everybody:
        mend = "Write the numeric ids of those who answer customers, like [123456789]."
        staff.problem("agents", "names nobody.", mend)
