"""A busy hour of the running bot: what its store asked of the disk and told others, in one list."""

from __future__ import annotations

import asyncio
import contextlib
import random
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from bot import outbox, receive, respond
from bot.effects import Effect
from bot.errand import OutboxRow
from bot.errors import StoreError
from bot.outbox import Sender
from bot.sandbox import Person
from bot.store import commits, opening
from bot.store.records import Records

from ..load.messages import SCRIPTED
from ..shop import CLAIM, RESOLVE, Shop, open_shop
from .sqlite_disk import IO_ERROR_FSYNC, OK, Asked, Disk, Refusal, Synced, watched

PEOPLE = 12
SOON_S = 0.05
"""Until the bot tries again what the store refused: this hour is a short one."""

TRACE = """SELECT
  (SELECT count(*) || '.' || total(seq) || '.' || total(tries) FROM inbox),
  (SELECT group_concat(n) FROM (SELECT state || count(*) n FROM inbox GROUP BY state ORDER BY 1)),
  (SELECT group_concat(n) FROM
    (SELECT state || count(*) || '.' || total(tries) n FROM outbox GROUP BY state ORDER BY 1)),
  (SELECT count(*) || '.' || total(version) FROM cases),
  (SELECT count(*) || '.' || total(length(text)) || '.' || total(message_id) FROM messages),
  (SELECT count(*) || '.' || total(id) FROM events),
  (SELECT total(at) FROM presence), (SELECT total(next) FROM offsets)"""

Trace = tuple[object, ...]
"""What tells the state after one commit from the state after another."""


@dataclass(frozen=True, slots=True)
class Received:
    """Telegram was told that we have these updates."""

    updates: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Effected:
    """The sender went on with an effect because its row stood in this state."""

    row: int
    state: str


@dataclass(frozen=True, slots=True)
class Committed:
    """Everybody whose work was in a commit was told that it is on disk."""

    trace: Trace


@contextlib.contextmanager
def _told(disk: Disk, synchronous: int) -> Iterator[None]:
    """Whatever the store and the sender tell others is noted among what the disk was asked."""
    commit, do = commits.commit, Sender._do

    def noted_commit(connection: sqlite3.Connection, records: Records, batch: list[Any]) -> None:
        commit(connection, records, batch)
        disk.note(Committed(connection.execute(TRACE).fetchone()))

    async def noted_do(sender: Sender, row: OutboxRow, effect: Effect) -> None:
        disk.note(Effected(row.id, "claimed"))
        await do(sender, row, effect)
        found = await sender._store.read(lambda records: records.outbox.get(row.id))
        if found is not None:
            disk.note(Effected(row.id, found[1]))

    with (
        mock.patch.object(commits, "commit", noted_commit),
        mock.patch.object(receive, "RETRY_S", SOON_S),
        mock.patch.object(respond, "STORE_RETRY_S", SOON_S),
        mock.patch.object(outbox, "RETRY_S", SOON_S),
        mock.patch.object(Sender, "_do", noted_do),
        mock.patch.dict(opening.PRAGMAS, synchronous=synchronous),
    ):
        yield


def _note_confirmations(shop: Shop, disk: Disk) -> None:
    updates = shop.sandbox.world.updates
    confirm = updates._confirm_before

    def noted(offset: int) -> None:
        ids = tuple(update.id for update in updates.pending() if update.id < offset)
        if ids:
            disk.note(Received(ids))
        confirm(offset)

    updates._confirm_before = noted  # type: ignore[method-assign]


async def record(
    folder: Path, messages: int, seed: int, *, synchronous: int = 2, failing: float = 0.0
) -> Disk:
    """The disk under the bot's store in a busy hour of so many messages, with a restart in it.

    ``failing``: the share of syncs that fail, once the bot runs. Raises `NoView` where SQLite
    cannot be looked at.
    """
    rng = random.Random(seed)
    with watched(folder / "shop.sqlite3") as disk, _told(disk, synchronous):
        async with open_shop(folder) as shop:
            _note_confirmations(shop, disk)
            disk.refuse = _failing_syncs(failing, rng)
            people = [shop.customer(f"Client {n}") for n in range(PEOPLE)]
            await busy(shop, people, messages // 2, rng)
            await _wiped(shop)
            await shop.closes()
            disk.refuse = _failing_syncs(0.0, rng)  # a bot that cannot store at its start says so
            async with open_shop(folder, sandbox=shop.sandbox, settings=shop.settings) as again:
                disk.refuse = _failing_syncs(failing, rng)
                await busy(again, people, messages - messages // 2, rng)
    return disk


def _failing_syncs(share: float, rng: random.Random) -> Refusal:
    def refuse(asked: type[Asked], _: str) -> int:
        return IO_ERROR_FSYNC if asked is Synced and rng.random() < share else OK

    return refuse


async def busy(shop: Shop, people: Sequence[Person], messages: int, rng: random.Random) -> None:
    """People write so many messages, staff act now and then; until it is quiet."""
    for number in range(messages):
        await rng.choice(people).says(rng.choice(SCRIPTED))
        await asyncio.sleep(rng.uniform(0.0, 0.01))
        if number % 10 == 9:
            await _staff_act(shop, rng)
    await shop.quiet()


async def _wiped(shop: Shop) -> None:
    """The log is emptied, as after an erasure; tried again as the upkeep does."""
    while True:
        try:
            await shop.app.store.wipe_log()
            return
        except StoreError:
            await asyncio.sleep(SOON_S)


async def _staff_act(shop: Shop, rng: random.Random) -> None:
    """Somebody claims a case, writes in it and resolves it, or one of these."""
    claimable = [message for message in shop.in_topics() if CLAIM in message.buttons]
    if claimable:
        brief = rng.choice(claimable)
        await shop.agent.presses(brief, CLAIM)
        await shop.agent.says("On regarde ça.", chat=shop.staff, thread=brief.thread)
    resolvable = [message for message in shop.in_topics() if RESOLVE in message.buttons]
    if resolvable and rng.random() < 0.5:
        await shop.agent.presses(rng.choice(resolvable), RESOLVE)
