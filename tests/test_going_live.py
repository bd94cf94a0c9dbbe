"""`run`, from connecting to being stopped: what whoever starts the bot reads in its log."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from bot.answers import load_knowledge
from bot.cli import run as going_live
from bot.clock import SystemClock
from bot.config import EXAMPLE_BRAND, Settings, StaffSettings, StoreSettings
from bot.conversation import Policy
from bot.reader import Brain
from bot.sandbox import Sandbox
from bot.telegram.edge import TelegramEdge

from .shop import PATIENCE_S, while_patient


async def errors_of_a_bot_gone_live(
    folder: Path, caplog: pytest.LogCaptureFixture, chat_id: int = 0
) -> list[str]:
    """With the example brand and no model; ``chat_id`` 0: a staff group as it must be."""
    async with Sandbox() as sandbox:
        lead = sandbox.add_person("Sylvie")
        group = sandbox.add_group("Équipe", forum=True, members={lead.id: "administrator"})
        settings = replace(
            Settings(),
            staff=StaffSettings(chat_id or group.id, (), (lead.id,)),
            store=StoreSettings(folder / "live.sqlite3"),
        )
        edge = TelegramEdge(sandbox.token, base_url=sandbox.base_url)
        mind = Brain(None, Policy(), "There is no model here.")
        knowledge = load_knowledge(EXAMPLE_BRAND)
        task = asyncio.create_task(going_live.run(settings, knowledge, mind, edge, SystemClock()))
        for _ in while_patient(PATIENCE_S):
            if "was looked at" in caplog.text:
                break
            await asyncio.sleep(0.02)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    return [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]


async def test_a_group_that_is_not_there_is_an_error_at_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    errors = await errors_of_a_bot_gone_live(tmp_path, caplog, -1009999999999)
    (told,) = [line for line in errors if line.startswith("staff group")]
    assert "-1009999999999" in told and "Add the bot to the group" in told


async def test_who_speaks_as_the_example_shop_reads_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    errors = await errors_of_a_bot_gone_live(tmp_path, caplog)
    assert any("customers would be answered as that fictitious shop" in line for line in errors)
    assert not any(line.startswith("staff group") for line in errors)
