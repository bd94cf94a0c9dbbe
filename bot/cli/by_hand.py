"""The commands `export`, `erase` and `backup`: straight from the store, also while the bot runs."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from ..clock import Clock, SystemClock
from ..config import Settings
from ..customers.own_rights import Group, as_json, erase
from ..errors import ConfigError, Problem
from ..store.engine import Store


async def export_by_hand(settings: Settings, person: int) -> str:
    """Everything known of a person as JSON, with staff's internal notes."""
    async with _opened(settings) as store:
        known = await store.read(lambda records: records.own_data.export(person, notes=True))
    if not known:
        raise _stranger(person)
    return as_json(known)


async def about(settings: Settings, person: int) -> str:
    """What an erasure would take, in a few words."""
    async with _opened(settings) as store:
        known = await store.read(lambda records: records.own_data.export(person, notes=True))
    if not known:
        raise _stranger(person)
    cases = known["cases"]
    words = sum(len(case["messages"]) for case in cases)
    numbers = ", ".join(f"#{case['number']}" for case in cases) or "none"
    return f"{known['person']['name']}: cases {numbers}, {words} messages"


async def erase_by_hand(
    settings: Settings, person: int, desk_language: str, clock: Clock | None = None
) -> list[int]:
    """Erase a person as their own command does; also while the bot runs. Their cases' numbers."""
    now = (clock or SystemClock()).now()
    group = Group(settings.staff.chat_id, desk_language)
    async with _opened(settings) as store:
        cases = await store.write(
            lambda records: erase(records, person, records.inbox.newest_of_all(), now, group)
        )
        await store.wipe_log()
    return cases


async def backup_by_hand(settings: Settings, to: Path, clock: Clock | None = None) -> None:
    """A checked copy of the whole store, in place of an earlier one."""
    await _existing(settings).backup(to, (clock or SystemClock()).now())


def _existing(settings: Settings) -> Store:
    if not settings.store.path.exists():
        mend = "Name the config of the bot whose store it is: --config."
        raise ConfigError([Problem(str(settings.store.path), "is not here.", mend)])
    return Store(settings.store.path)


@contextlib.asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[Store]:
    store = _existing(settings)
    await store.open()
    try:
        yield store
    finally:
        await store.close()


def _stranger(person: int) -> ConfigError:
    mend = "Check the number: it is Telegram's id of the person."
    return ConfigError([Problem(f"customer {person}", "is not known here.", mend)])
