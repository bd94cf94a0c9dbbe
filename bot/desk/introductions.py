"""The bot and the staff group get to know each other at start: the commands, people's names."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Protocol

from ..config import StaffSettings
from ..conversation import Person
from ..store.engine import Store
from .overview import menu

log = logging.getLogger(__name__)


class Edge(Protocol):
    async def set_staff_commands(self, chat_id: int, commands: Mapping[str, str]) -> None: ...
    async def member(self, chat_id: int, user_id: int) -> Person | None: ...


async def introduce(edge: Edge, store: Store, staff: StaffSettings, language: str) -> None:
    """Telegram shows staff the commands; staff are called by name before they first act.

    Never raises: all of this is convenience, and is tried again at the next start.
    """
    try:
        chat_id = await store.read(lambda records: records.chat_now(staff.chat_id))
        await edge.set_staff_commands(chat_id, menu(language))
        for who in staff.everybody:
            known = await store.read(lambda records, who=who: records.team.knows(who))  # type: ignore[misc]
            person = None if known else await edge.member(chat_id, who)
            if person is not None:
                await store.write(lambda records, one=person: records.team.seen(one))  # type: ignore[misc]
    except Exception as error:
        log.warning("the staff group was not shown the commands: %s", type(error).__name__)
