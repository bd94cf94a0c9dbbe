"""A Telegram on loopback, a staff group, and a bot process that can be killed and started again."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from bot.config import EXAMPLE_BRAND
from bot.sandbox import Chat, Person, Sandbox
from bot.sandbox.updates import Update
from bot.sandbox.webhook import Target

from .forked import Forked, die_with_parent

START_LIMIT_S = 180.0
"""Seconds a bot may take until it asks for updates; the first start trains the heads."""
CHECKOUT = Path(__file__).parents[2]


class BotDied(Exception):
    """The bot process ended or never began to ask for updates; holds the end of its log."""


class Polls:
    """What the bot was given, by poll or webhook; ``asked``: it is ready for updates."""

    def __init__(self, sandbox: Sandbox) -> None:
        updates, webhook = sandbox.world.updates, sandbox.api.webhook
        self._poll, self._set, self._post = updates.poll, webhook.set, webhook._post
        self.asked = asyncio.Event()
        self.fetched: list[bytes] = []
        """Updates as they travelled, in order; one that was given again stands there again."""
        updates.poll = self._noted  # type: ignore[method-assign]
        webhook.set = self._is_set  # type: ignore[method-assign]
        webhook._post = self._posted  # type: ignore[method-assign]

    async def _noted(self, offset: int, limit: int, hold: float) -> list[bytes]:
        self.asked.set()
        batch = await self._poll(offset, limit, hold)
        self.fetched.extend(batch)
        return batch

    async def _is_set(self, target: Target) -> None:
        await self._set(target)
        self.asked.set()

    async def _posted(self, update: Update, delay: float) -> float | None:
        self.fetched.append(update.body)
        return await self._post(update, delay)


class Running(Protocol):
    """What ``subprocess.Popen`` and `Forked` have in common."""

    pid: int

    def poll(self) -> int | None: ...
    def send_signal(self, how: int, /) -> None: ...
    def wait(self, timeout: float) -> int: ...


@dataclass(slots=True)
class BotProcess:
    """One command that serves the sandbox's bot; dies with this process.

    ``forked``: its options, for a `child` that starts in milliseconds instead.
    """

    command: Sequence[str]
    log: Path
    env: dict[str, str]
    polls: Polls
    forked: Sequence[str] | None = None
    process: Running | None = None
    started_at: float = 0.0

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def launch(self) -> None:
        """Start it, and wait for nothing."""
        self.polls.asked.clear()
        self.started_at = time.time()
        if self.forked is not None:
            self.process = Forked(self.forked, self.env, self.log)
            return
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                self.command,
                cwd=CHECKOUT,
                env=self.env,
                stdout=out,
                stderr=out,
                preexec_fn=die_with_parent,
            )

    async def start(self) -> float:
        """Start it; returns the seconds until it asks for updates. Raises `BotDied`."""
        self.launch()
        limit = self.started_at + START_LIMIT_S
        while not self.polls.asked.is_set():
            if self.has_ended or time.time() > limit:
                self.kill()
                raise BotDied(f"{' '.join(self.command)}\n{self.end_of_log()}")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.polls.asked.wait(), 0.05)
        return time.time() - self.started_at

    @property
    def has_ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def stop(self) -> None:
        """Ask it to stop in order, and wait for nothing."""
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)

    def kill(self) -> int | None:
        """End it, unless it has ended already, and collect it; its exit status."""
        if self.process is None:
            return None
        self.process.send_signal(signal.SIGKILL)
        status = self.process.wait(20)
        self.process = None
        return status

    def must_live(self) -> None:
        """Raise `BotDied` when it has ended by itself."""
        if self.has_ended:
            raise BotDied(self.end_of_log())

    def end_of_log(self) -> str:
        return self.log.read_text()[-3000:]


@dataclass(slots=True)
class Stage:
    """Where a run takes place. ``folder`` holds the config, the store and the bot's log."""

    sandbox: Sandbox
    staff: Chat
    agent: Person
    folder: Path
    polls: Polls
    _ids: itertools.count[int] = field(default_factory=lambda: itertools.count(8_000_000_001))

    @property
    def store(self) -> Path:
        return self.folder / "store.sqlite3"

    def customer(self, language: str = "fr", id: int | None = None) -> Person:
        """Somebody new, or the customer of that number."""
        number = next(self._ids) if id is None else id
        return self.sandbox.add_person(f"Client {number % 100000}", language, id=number)

    def now(self) -> float:
        return self.sandbox.world.clock()

    @property
    def env(self) -> dict[str, str]:
        proxies = ("http_proxy", "https_proxy", "all_proxy")
        kept = {name: value for name, value in os.environ.items() if name.lower() not in proxies}
        return kept | {
            "TELEGRAM_TOKEN": self.sandbox.token,
            "TELEGRAM_WEBHOOK_SECRET": "s3cret-s3cret-s3cret",
            "LOOPBACK": self.sandbox.page_url,
        }

    def process(self, *command: str) -> BotProcess:
        line = (sys.executable, "-m", *command)
        return BotProcess(line, self.folder / "bot.log", self.env, self.polls)

    def bot(
        self,
        *options: str,
        quiet_seconds: float = 1.5,
        heads: Path | None = None,
        knowledge: Path = EXAMPLE_BRAND,
        join_from: int = 0,
        forked: bool = False,
        webhook: bool = False,
    ) -> BotProcess:
        """This project's bot with a config of its own, started by `child` with these options.

        ``join_from`` 0: a Telegram without limits, on which no brief waits for another.
        """
        heads = heads or self.folder / "heads"
        telegram = _webhook() if webhook else {}
        self._write_config(quiet_seconds, heads, knowledge, telegram, join_from)
        return self.child(*options, "run", forked=forked)

    def child(self, *line: str, forked: bool = False) -> BotProcess:
        """Any command of the program, on the config of this stage's bot."""
        line = (*line, "--config", str(self._config))
        process = self.process("tests.load.child", *line)
        return replace(process, forked=line) if forked else process

    @property
    def _config(self) -> Path:
        return self.folder / "config.toml"

    def _write_config(
        self,
        quiet_seconds: float,
        heads: Path,
        knowledge: Path,
        telegram: dict[str, object],
        join_from: int,
    ) -> None:
        sections: dict[str, dict[str, object]] = {
            "brand": {"knowledge": str(knowledge), "heads": str(heads)},
            "telegram": {"base_url": self.sandbox.page_url.rstrip("/"), **telegram},
            "staff": {
                "chat_id": self.staff.id,
                "agents": [self.agent.id],
                "leads": [],
                "join_from": join_from,
            },
            "answers": {"quiet_seconds": quiet_seconds},
            "store": {"path": str(self.store)},
            "log": {"level": "WARNING"},
        }
        lines = [
            f"[{name}]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in keys.items())
            for name, keys in sections.items()
        ]
        self._config.write_text("\n".join(lines), encoding="utf-8")

    async def quiet(self, still_s: float, limit_s: float, done: Callable[[], bool]) -> bool:
        """Wait until ``done`` and Telegram has seen nothing for ``still_s`` s; False: gave up."""
        end = time.monotonic() + limit_s
        seen, since = -1, time.monotonic()
        while time.monotonic() < end:
            now = len(self.sandbox.calls) + len(self.sandbox.world.updates)
            if now != seen:
                seen, since = now, time.monotonic()
            nothing_waits = not len(self.sandbox.world.updates) and done()
            if nothing_waits and time.monotonic() - since >= still_s:
                return True
            await asyncio.sleep(0.1)
        return False


def _webhook() -> dict[str, object]:
    """[telegram] of a bot that Telegram calls, on a free port."""
    with contextlib.closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{free.getsockname()[1]}"
    return {"mode": "webhook", "webhook_url": f"http://{place}/hook", "webhook_listen": place}


@contextlib.asynccontextmanager
async def open_stage(folder: Path) -> AsyncIterator[Stage]:
    """A Telegram without limits, with one staff group; the bots on it are the caller's."""
    async with Sandbox(light=True) as sandbox:
        agent = sandbox.add_person("Noémie")
        staff = sandbox.add_group("Équipe", forum=True, members={agent.id: "administrator"})
        yield Stage(sandbox, staff, agent, folder, Polls(sandbox))
