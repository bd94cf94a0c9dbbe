"""Hostile updates: none blocks a chat, none does what only staff may do, each guard is needed."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from telegram import Update

from bot import poison as setting_aside
from bot import respond
from bot.customer import CustomerSide
from bot.desk import commands, orders
from bot.ledger import Ledger
from bot.staff import StaffSide
from bot.store.keyboards import Keyboards
from bot.telegram import parse as parsing
from bot.webhook import SECRET_HEADER, routes, serve

from .faults import SHORT, Report, Scale, authority, poison
from .faults.world import open_world, scratch
from .test_sabotage import Sabotage, no_dedupe, nothing, replaced

Theme = Callable[[Scale, int, Report], Awaitable[None]]


async def found(theme: Theme, scale: Scale = SHORT) -> list[str]:
    report = Report("hostile")
    await theme(scale, 1, report)
    return [one.what for one in report.violations]


async def test_no_update_whatever_blocks_a_chat_and_poison_is_shown_to_staff() -> None:
    assert await found(poison.run) == []


async def test_whoever_is_no_staff_changes_nothing_that_only_staff_may_change() -> None:
    assert await found(authority.run) == []


async def test_what_is_nested_as_deep_as_can_be_read_is_taken_and_set_aside() -> None:
    """There is a depth that Python reads and cannot write: a 500 would block its chat for ever."""
    with scratch() as folder:
        await _deeper_and_deeper(folder)


async def _deeper_and_deeper(folder: Path) -> None:
    async with open_world(folder) as world, ClientSession() as session:
        runner = await serve(routes("/hook", "s", world.app.receiver.accept), "127.0.0.1", 0)
        address = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
        for number, depth in enumerate(range(880, 1010), 1):
            chat = '{"id": 71, "type": "private"}'
            deep = "[" * depth + "7" + "]" * depth
            body = f'{{"update_id": {number}, "message": {{"chat": {chat}, "deep": {deep}}}}}'
            async with session.post(address, data=body, headers={SECRET_HEADER: "s"}) as answer:
                assert answer.status == 200
        await world.rests()
        await runner.cleanup()
        assert not world.blocked()
        assert world.rows("SELECT 1 FROM inbox WHERE state = 'poison' AND body = ''")


# ------------------------------------------------------------------------------------- twins


@dataclass(frozen=True)
class Guard:
    """``by``, a theme or one kind of attack, finds something as soon as this guard is gone."""

    without: str
    sabotage: Sabotage
    by: Callable[..., Any]
    found: str


def any_chat(self: Keyboards, data: str, _chat: int) -> Any:
    """A button counts wherever it is pressed."""
    token = data.rpartition(".")[0]
    row = self._do("SELECT chat_id FROM keyboards WHERE token = ?", (token,)).fetchone()
    return None if row is None else whole_pressed(self, data, row[0])


whole_pressed = Keyboards._pressed


anywhere = replaced(Keyboards, "_pressed", any_chat)
anybody = replaced(StaffSide, "_may", lambda *_, **__: True)
no_leads = replaced(orders, "LEADS_ONLY", frozenset())
no_record = replaced(Ledger, "note", nothing)


def of_customers(step: str) -> Sabotage:
    return replaced(CustomerSide, step, nothing)


def never_set_aside(patch: pytest.MonkeyPatch) -> None:
    for module in (setting_aside, respond):
        patch.setattr(module, "POISON_AFTER", 10**6)


def forwards_count(patch: pytest.MonkeyPatch) -> None:
    whole = commands.typed

    def typed(message: Any, username: str) -> Any:
        object.__setattr__(message, "forwarded", False)
        return whole(message, username)

    patch.setattr(commands, "typed", typed)


def unexpecting(body: str, received_at: float) -> Any:
    """Whatever the library raises about a wrong value is raised."""
    raw = json.loads(body)
    return parsing._understood(Update.de_json(raw, None), received_at)


GUARDS = (
    Guard("an error of its own", replaced(poison, "parse", unexpecting), poison.known, "raised"),
    Guard("setting poison aside", never_set_aside, poison.known, "is blocked"),
    Guard("telling staff of poison", of_customers("poison"), poison.known, "not told"),
    Guard("a role", anybody, authority.writes_without_a_role, "changed"),
    Guard("a role to press", anybody, authority.presses_without_a_role, "changed"),
    Guard("a button's own chat", anywhere, authority.presses_elsewhere, "recorded of"),
    Guard("a lead's word", no_leads, authority.asks_for_what_takes_a_lead, "changed"),
    Guard("knowing a replay", no_dedupe, authority.replays, "changed"),
    Guard("seeing a forward", forwards_count, authority.forwards_a_command, "changed"),
    Guard("the record of refusals", no_record, authority.writes_elsewhere, "0 recorded"),
)


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.without.replace(" ", "_"))
async def test_it_is_seen_when_there_is_no_more(
    guard: Guard, monkeypatch: pytest.MonkeyPatch
) -> None:
    guard.sabotage(monkeypatch)
    theme, attacks = guard.by, [one for one in authority.ATTACKS if one.make is guard.by]
    if attacks:
        monkeypatch.setattr(authority, "ATTACKS", attacks)
        theme = authority.run
    few = Scale(is_long=False, counts={"attacks": 60})
    assert any(guard.found in what for what in await found(theme, few))
