"""Is everything ready to go live? Config, knowledge, model, token, rights in the staff groups."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from .. import config
from ..answers import load_knowledge
from ..clock import TOLERANCE_S, SystemClock
from ..config import Settings
from ..desk.desk_words import language_name
from ..errors import ConfigError, Problem, TelegramError
from ..model.brain import heads_fit, model_problem
from ..secret import others_can_read
from ..telegram.edge import TelegramEdge


async def check(path: Path, env: Mapping[str, str]) -> tuple[list[Problem], list[str]]:
    """``(problems, what is fine or worth knowing)``; each problem with its place and mend."""
    try:
        settings = config.load(path, env, to_run=True)
    except ConfigError as error:
        return error.problems, []
    staff = settings.staff
    fine = [f"{path}: read; agents: {len(staff.agents)}, leads: {len(staff.leads)}"]
    problems = _store(settings) + _knowledge(settings, fine)
    problem = model_problem()
    if problem is not None:
        problems.append(problem)
    else:
        fine.append("model: complete")
    return problems + await _telegram(settings, fine), fine


def _store(settings: Settings) -> list[Problem]:
    """A database of before may be open to everybody on this machine; a new one is not."""
    path = settings.store.path
    if not path.exists() or not others_can_read(path):
        return []
    what = "can be read by other users of this machine; customers' words stand in it."
    return [Problem(str(path), what, f"Run: chmod 600 {shlex.quote(str(path))}*")]


def _knowledge(settings: Settings, fine: list[str]) -> list[Problem]:
    try:
        knowledge = load_knowledge(settings.brand.knowledge)
    except ConfigError as error:
        return error.problems
    if settings.brand.is_example:
        return [config.AS_THE_EXAMPLE]
    brand = knowledge.brand
    languages = ", ".join(language_name("en", code) for code in brand.languages)
    if len(knowledge.subjects) < 2:
        what = "has only one subject: with nothing to tell it from, the model learns nothing, and "
        what += "people get every message."
        place = str(settings.brand.knowledge / "subjects")
        return [Problem(place, what, "Add another subject.")]
    fine.append(f"{brand.name}: {len(knowledge.subjects)} subjects in {languages}")
    fine += [f"worth knowing: {warning}" for warning in knowledge.warnings]
    if not heads_fit(settings, knowledge):
        fine.append("the heads do not fit this knowledge yet: `run` trains them, or run `train`")
    return []


async def _telegram(settings: Settings, fine: list[str]) -> list[Problem]:
    clock = SystemClock()
    edge = edge_of(settings, clock)
    try:
        me = await edge.start()
        fine.append(f"token: accepted, the bot is @{me.username}")
        problems = await edge.staff_rights(settings.staff.chat_id)
        for chat in settings.staff.overflow_chat_ids:
            problems += await edge.staff_rights(chat, further=True)
        if settings.telegram.mode == "polling" and (url := (await edge.calls()).url):
            what = f"is still set for this bot, to {urlsplit(url).netloc}: updates go there."
            mend = 'Stop that program and run once with --forget-webhook, or set mode = "webhook".'
            problems.append(Problem("webhook", what, mend))
        for person in settings.staff.everybody:
            problems += await edge.problems_of(settings.staff.chat_id, person)
        if abs(off := clock.computer_is_off) > TOLERANCE_S:
            told = f"this computer's clock is {off:+.0f} s off; the bot goes by Telegram's"
            fine.append(f"worth knowing: {told}")
        if not problems:
            fine.append("staff group: topics on, every right that is needed")
        return problems
    except TelegramError as error:
        return [Problem("telegram", str(error), "")]
    finally:
        await edge.stop()


def edge_of(settings: Settings, clock: SystemClock) -> TelegramEdge:
    """The Telegram of the config: Telegram's own server, or the brand's; it sets the clock."""
    base = settings.telegram.base_url.rstrip("/")
    return TelegramEdge(
        settings.telegram.token,
        base_url=f"{base}/bot",
        base_file_url=f"{base}/file/bot",
        clock=clock,
    )
