"""Logs carry neither words nor the token, whatever goes wrong; a line that does is found."""

from __future__ import annotations

import pytest

from bot import understand

from .faults import SHORT, Report, leaks


async def found() -> list[str]:
    report = Report("leaks")
    await leaks.run(SHORT, 1, report)
    return [one.what for one in report.violations]


async def test_whatever_goes_wrong_the_logs_carry_neither_words_nor_the_token() -> None:
    assert await found() == []


async def test_a_line_with_words_in_it_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """An error's message is logged, and not only its name and place."""
    monkeypatch.setattr(understand, "where", str)
    assert any("words" in one for one in await found())
