"""Logs and figures carry neither words nor the token, whatever goes wrong; what does is found."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

import pytest

from bot import redact, understand
from bot.store.backlog import Backlog
from bot.store.own_data import OwnData
from bot.telegram.edge import TelegramEdge
from bot.watch.vitals import Waiting

from .faults import SHORT, Report, leaks
from .test_sabotage import Sabotage, replaced


async def found() -> list[str]:
    report = Report("leaks")
    await leaks.run(SHORT, 1, report)
    return [one.what for one in report.violations]


async def test_whatever_goes_wrong_logs_and_figures_carry_neither_words_nor_the_token() -> None:
    assert await found() == []


# ------------------------------------------------------------------------------------- twins


def silent(patch: pytest.MonkeyPatch) -> None:
    """No library is told to be quiet: each request is logged, its address and parameters too."""
    for module in (redact, leaks):
        patch.setattr(module, "TALKATIVE", ())


def told_where(patch: pytest.MonkeyPatch) -> None:
    """Each poll logs the address that it asks, as clients of HTTP do: the token is a part of it."""
    whole = TelegramEdge.fetch

    async def fetch(self: TelegramEdge, *given: Any, **named: Any) -> Any:
        logging.getLogger("bot").info("POST %s/getUpdates", self._bot.base_url)
        return await whole(self, *given, **named)

    patch.setattr(TelegramEdge, "fetch", fetch)


async def test_an_address_that_is_logged_is_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    told_where(monkeypatch)
    assert await found() == []


def unhidden(patch: pytest.MonkeyPatch) -> None:
    """And nothing takes the token out of it."""
    told_where(patch)
    patch.setattr(redact.Redact, "filter", lambda *_: True)


@dataclass(frozen=True)
class Named:
    """Stands in for a lane: its name becomes a label."""

    name: str


def by_name(self: Backlog) -> dict[Named, Waiting]:
    """What waits is counted for each customer, under their name."""
    names = self._do("SELECT DISTINCT name FROM customers WHERE name <> ''")
    return {Named(name): Waiting(1) for (name,) in names}


def of_everybody(self: OwnData, _case: int) -> list[dict[str, Any]]:
    """What was said in a case is not looked up by its number."""
    return self._rows("SELECT author, text, taken_back_at FROM messages")


@pytest.mark.parametrize(
    ("sabotage", "told"),
    [
        (replaced(understand, "where", str), "a log line carries somebody's words"),
        (silent, "a log line carries somebody's words"),
        (unhidden, "a log line carries the token"),
        (replaced(Backlog, "_lanes", by_name), "what a monitor is told carries somebody's words"),
        (replaced(OwnData, "_lines", of_everybody), "an export tells of somebody else"),
    ],
    ids=["an_errors_place_alone", "quiet_libraries", "redacting", "nameless_figures", "own_case"],
)
async def test_it_is_seen_when_there_is_no_more(
    sabotage: Sabotage, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sabotage(monkeypatch)
    assert told in await found()
