"""The bot's own command in a process of its own, changed only as a load run asks for.

    python -m tests.load.child [--no-budget] [--scripted] [--sabotage WHICH] run --config FILE

Everything after the options goes to ``python -m bot`` unchanged. The product has no switch for any
of this: what is changed is changed here, from outside.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

import bot.app
import bot.model.brain
from bot import __main__ as command
from bot.answers import Knowledge
from bot.config import Settings
from bot.conversation import Policy
from bot.effects import Effect
from bot.reader import Brain
from bot.store import errands, fairness

from ..shop import reader_of_the_shop
from .sabotage import SABOTAGE


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


def main(argv: Sequence[str]) -> int:
    options = argparse.ArgumentParser(prog="tests.load.child", description=__doc__)
    options.add_argument("--no-budget", action="store_true")
    options.add_argument("--scripted", action="store_true")
    options.add_argument("--sabotage", choices=sorted(SABOTAGE))
    options.add_argument("command", nargs=argparse.REMAINDER)
    given = options.parse_args(argv)
    if given.no_budget:
        vars(bot.app)["Budget"] = NoBudget
        vars(errands)["HEADS"] = fairness.HEADS.replace("latest + ", "0 * ")
    if given.scripted:
        vars(bot.model.brain)["load"] = scripted
    if given.sabotage:
        SABOTAGE[given.sabotage]()
    return command.main(given.command)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
