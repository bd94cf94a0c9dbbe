"""Each guard of a surge taken away on purpose: the story that was green must go red."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import queues

from . import test_surging as surging
from .test_sabotage import RED


async def test_first_come_first_served_lets_a_flooder_delay_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queues, "_TURN", "?4")
    with pytest.raises(RED):
        await surging.words_of_a_flooder_delay_nobody(tmp_path)
