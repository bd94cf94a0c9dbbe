"""A sandbox with people, a staff forum and the real python-telegram-bot client, for its tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from telegram import Bot, Message, TelegramObject, Update
from telegram.error import TelegramError

from bot.sandbox import Chat, Person, Sandbox

PNG = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + b"\0\0\1\0" + b"\0\0\0\x80" + b"\x08\x02\0\0\0"


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Town:
    """Alice has started the bot, Bob works in the forum `staff`, Carol never met the bot."""

    sandbox: Sandbox
    clock: Clock
    bot: Bot
    alice: Person
    bob: Person
    carol: Person
    staff: Chat

    async def updates(self, **asked: object) -> list[Update]:
        """Everything that waits, confirmed."""
        found = list(await self.bot.get_updates(**asked))  # type: ignore[arg-type]
        if found:
            await self.bot.get_updates(offset=found[-1].update_id + 1, timeout=0)
        return found

    async def topic(self, name: str = "Case 1") -> int:
        return (await self.bot.create_forum_topic(self.staff.id, name)).message_thread_id

    async def message(self, text: str = "hello") -> Message:
        return await self.bot.send_message(self.alice.id, text)


@asynccontextmanager
async def open_town(**settings: object) -> AsyncIterator[Town]:
    clock = Clock()
    async with Sandbox(clock=clock, **settings) as sandbox:  # type: ignore[arg-type]
        alice = sandbox.add_person("Alice", language_code="fr", username="alice")
        bob = sandbox.add_person("Bob")
        carol = sandbox.add_person("Carol")
        staff = sandbox.add_group("Staff", forum=True, members={bob.id: "administrator"})
        async with Bot(
            sandbox.token, base_url=sandbox.base_url, base_file_url=sandbox.base_file_url
        ) as bot:
            town = Town(sandbox, clock, bot, alice, bob, carol, staff)
            await alice.starts()
            await town.updates()
            sandbox.calls.clear()
            yield town


class Refusal:
    """What the client raised inside the `with`."""

    error: TelegramError

    def __str__(self) -> str:
        return self.error.message


@asynccontextmanager
async def refused(*words: str, kind: type[TelegramError] = TelegramError) -> AsyncIterator[Refusal]:
    """Asserts that the call inside is refused, in these very words (case as the client shows)."""
    refusal = Refusal()
    with pytest.raises(kind) as caught:
        yield refusal
    refusal.error = caught.value
    for word in words:
        assert word.lower() in str(caught.value).lower(), str(caught.value)


def strays(value: object, path: str = "") -> list[str]:
    """Fields of the JSON that python-telegram-bot does not know: there must be none."""
    found: list[str] = []
    if isinstance(value, TelegramObject):
        found += [f"{path}.{name}" for name in value.api_kwargs]
        for name in value._get_attrs():
            found += strays(getattr(value, name, None), f"{path}.{name}")
    elif isinstance(value, list | tuple):
        for number, item in enumerate(value):
            found += strays(item, f"{path}[{number}]")
    return found
