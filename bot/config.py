"""config.toml -> Settings; every problem named at once, with its line and its mend.

``config.example.toml`` is the reference of the keys: one sentence above each, every default.
Secrets are read from the environment or from a file that only its owner can read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from . import secret, toml_file
from .desk.tact_settings import TactSettings, read_tact
from .errors import ConfigError, Problem
from .promises.hours import Hours, read_hours
from .promises.terms import LadderSettings, PromiseSettings, read_ladder, read_promise
from .telegram.telegram_settings import TelegramSettings, read_telegram
from .toml_file import Table
from .watch.health_settings import HealthSettings, read_health

EXAMPLE_BRAND = Path(__file__).parent / "example_brand"
MOST_WRONG_ANSWERS = 0.1
"""Where more may be wrong, ever less is unknown to the bot: at 0.5 it answers whatever comes."""
AS_THE_EXAMPLE = Problem(
    "brand.knowledge",
    "is empty, or the example brand: customers would be answered as that fictitious shop.",
    "Write the name of your own folder there.",
)
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")

NOBODY = (777000, 1087968824, 136817688)
"""Telegram's own accounts, an anonymous admin and a channel: they speak for no one person."""


@dataclass(frozen=True, slots=True)
class BrandSettings:
    """Folders: ``knowledge`` to read, ``heads`` where ``train`` writes what it learned."""

    knowledge: Path = EXAMPLE_BRAND
    heads: Path = Path("data/heads")

    @property
    def is_example(self) -> bool:
        """Would customers be answered as the fictitious shop of the demo?"""
        return self.knowledge.resolve() == EXAMPLE_BRAND.resolve()


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
    telegram: TelegramSettings = field(default_factory=TelegramSettings)
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
    store = StoreSettings(top.table("store").file("path", StoreSettings().path))
    settings = Settings(
        brand=_brand(top.table("brand"), store),
        telegram=read_telegram(top.table("telegram"), env),
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
    knowledge = table.file("knowledge", EXAMPLE_BRAND)
    if not knowledge.is_dir():
        mend = "Write the name of the folder with brand.toml in it."
        table.problem("knowledge", f"is not a folder ({knowledge}).", mend)
    return BrandSettings(knowledge, heads=table.file("heads", store.path.parent / "heads"))


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
        max_wrong_answers=table.number(
            "max_wrong_answers", base.max_wrong_answers, 0.001, MOST_WRONG_ANSWERS
        ),
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
