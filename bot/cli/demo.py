"""The demo: a Telegram on this computer, the example brand, and one address to open."""

from __future__ import annotations

import asyncio
import tempfile
from dataclasses import replace
from pathlib import Path

from ..answers import Knowledge, load_knowledge
from ..app import App
from ..config import (
    EXAMPLE_BRAND,
    AnswerSettings,
    BrandSettings,
    Settings,
    StaffSettings,
    StoreSettings,
)
from ..reader import Brain
from ..sandbox import Sandbox
from ..telegram.edge import TelegramEdge
from .menus import set_menus

DEMO = replace(
    Settings(),
    answers=AnswerSettings(max_wrong_answers=0.05),
    brand=BrandSettings(heads=Path("data/demo-heads")),
)
"""Bolder than the default of 0.02, at which the model as it is today mostly asks back."""
CUSTOMERS = (("Camille", "fr"), ("Jack", "en"), ("Mathilde", "fr"))
AGENTS = ("Noémie", "Olivier")
LEAD = "Sylvie"
TEAM = {"fr": "équipe", "en": "team"}


def example_brand(language: str) -> Knowledge:
    """The example brand, whose staff read this language."""
    knowledge = load_knowledge(EXAMPLE_BRAND)
    return replace(knowledge, brand=replace(knowledge.brand, default_language=language))


async def demo(settings: Settings, knowledge: Knowledge, brain: Brain, port: int) -> None:
    """Serve until cancelled. Everything lives in a temporary folder and is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="first-responder-") as folder:
        async with Sandbox(port) as sandbox:
            sandbox.limits.enabled = True
            sandbox.bot.first_name = knowledge.brand.name
            sandbox.suggestions = {
                language: list(texts) for language, texts in knowledge.brand.suggestions.items()
            }
            for name, language in CUSTOMERS:
                sandbox.add_person(name, language_code=language)
            own = replace(
                settings,
                staff=await _staff(sandbox, knowledge),
                store=StoreSettings(Path(folder) / "demo.sqlite3"),
            )
            await _serve(own, knowledge, brain, sandbox)


async def _staff(sandbox: Sandbox, knowledge: Knowledge) -> StaffSettings:
    """A group with agents and a lead who have all started the bot: it may write to them alone."""
    desk = knowledge.brand.default_language
    people = [sandbox.add_person(name, language_code=desk) for name in (*AGENTS, LEAD)]
    for person in people:
        await person.starts()
    *agents, lead = (person.id for person in people)
    members = dict.fromkeys(agents, "member") | {lead: "administrator"}
    group = sandbox.add_group(f"{knowledge.brand.name} · {TEAM[desk]}", forum=True, members=members)
    return StaffSettings(group.id, tuple(agents), (lead,))


async def _serve(settings: Settings, knowledge: Knowledge, brain: Brain, sandbox: Sandbox) -> None:
    edge = TelegramEdge(
        sandbox.token, base_url=sandbox.base_url, base_file_url=sandbox.base_file_url
    )
    me = await edge.start()
    await set_menus(edge, knowledge.words)
    try:
        async with App(settings, knowledge, brain, edge, me) as app, app.receiving() as task:
            print(f"\n  {knowledge.brand.name}: the demo is ready.\n", flush=True)
            print(f"  Open  {sandbox.page_url}\n\n  Ctrl+C stops it.", flush=True)
            await asyncio.shield(task)
    finally:
        await edge.stop()
