"""The bot's own command in a process of its own, changed only as a load run asks for.

    python -m tests.load.child [--no-budget] [--scripted] [--sabotage WHICH] run --config FILE

Everything after the options goes to ``python -m bot`` unchanged. The product has no switch for any
of this: what is changed is changed here, from outside.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import bot.app
import bot.model.brain
from bot import __main__ as command
from bot.answers import Knowledge
from bot.app import Brain
from bot.config import Settings
from bot.conversation import Policy
from bot.effects import Effect
from bot.receive import Receiver
from bot.store import engine
from bot.store.queues import Inbox

from ..shop import reader_of_the_shop

LATE_S = 0.3
"""How long the saboteur keeps acknowledged updates in memory only."""

LATER: set[asyncio.Task[None]] = set()


class NoBudget:
    """Telegram's limits are off in this run, so the bot's own are too."""

    def wait(self, effect: Effect, now: float) -> float:  # noqa: ARG002
        return 0.0

    def spend(self, effect: Effect, now: float) -> None: ...
    def hold(self, chat_id: int, until: float) -> None: ...


def scripted(_settings: Settings, knowledge: Knowledge, *_: object, **__: object) -> Brain:
    """A reader that costs nothing: for short runs whose subject is not the model."""
    policy = Policy(reply_at=0.9, answerable=frozenset(knowledge.subjects))
    return Brain(reader_of_the_shop(), policy)


def acknowledge_early() -> None:
    """Updates are confirmed while they are in memory only: what bot frameworks do."""

    async def accept(
        self: Receiver, updates: Sequence[Mapping[str, object]], next_offset: int | None = None
    ) -> None:
        await honest(self, [], next_offset)

        async def later() -> None:
            await asyncio.sleep(LATE_S)
            await honest(self, updates)

        task = asyncio.create_task(later())
        LATER.add(task)
        task.add_done_callback(LATER.discard)

    honest = Receiver.accept
    Receiver.accept = accept  # type: ignore[method-assign]


def forget_unique() -> None:
    """An update that comes again is taken for a new one."""

    def add(
        self: Inbox, bot_id: int, updates: Sequence[tuple[int, str, str]], now: float
    ) -> dict[str, int]:
        fresh: dict[str, int] = {}
        for update_id, conversation, body in updates:
            self._do(
                "INSERT INTO inbox (bot_id, update_id, conversation, body, received_at) "
                "VALUES (?, ?, ?, ?, ?)",
                (bot_id, update_id, conversation, body, now),
            )
            fresh[conversation] = fresh.get(conversation, 0) + 1
        return fresh

    schema = (Path(engine.__file__).parent / "schema.sql").read_text("utf-8")
    unguarded = schema.replace("UNIQUE (bot_id, update_id)", "spare INTEGER")
    assert unguarded != schema, "the schema has changed: this sabotage removes nothing"
    vars(engine)["MIGRATIONS"] = engine._steps(unguarded)
    Inbox.add = add  # type: ignore[assignment, method-assign]


SABOTAGE: Mapping[str, Callable[[], None]] = {
    "ack-early": acknowledge_early,
    "no-unique": forget_unique,
}


def main(argv: Sequence[str]) -> int:
    options = argparse.ArgumentParser(prog="tests.load.child", description=__doc__)
    options.add_argument("--no-budget", action="store_true")
    options.add_argument("--scripted", action="store_true")
    options.add_argument("--sabotage", choices=sorted(SABOTAGE))
    options.add_argument("command", nargs=argparse.REMAINDER)
    given = options.parse_args(argv)
    if given.no_budget:
        vars(bot.app)["Budget"] = NoBudget
    if given.scripted:
        vars(bot.model.brain)["load"] = scripted
    if given.sabotage:
        SABOTAGE[given.sabotage]()
    return command.main(given.command)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
