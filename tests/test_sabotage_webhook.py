"""The guards of the webhook taken away: the same stories of strangers and odd bodies go red."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from bot import webhook as door
from bot.store.inbox import Inbox

from . import test_faults_webhook as webhook
from . import test_receiving as receiving
from .test_sabotage import Twin, green_and_red, no_dedupe, replaced

whole_add = Inbox.add


def newer_only(
    self: Inbox, bot_id: int, updates: Iterable[tuple[int, str, str]], now: float
) -> dict[str, int]:
    """Whatever has a lower number than the last is taken for one that came before."""
    (last,) = self._do("SELECT coalesce(max(update_id), 0) FROM inbox").fetchone()
    return whole_add(self, bot_id, [one for one in updates if one[0] > last], now)


def trusting(body: bytes) -> list[Mapping[str, object]]:
    """Whoever knows the secret sends an update."""
    update: Mapping[str, object] = json.loads(body)
    return [update]


TWINS = (
    Twin(
        "knowing an update that comes again",
        no_dedupe,
        webhook.an_update_delivered_again_after_its_answer_is_not_answered_again,
    ),
    Twin(
        "taking updates out of order",
        replaced(Inbox, "add", newer_only),
        receiving.test_a_late_update_with_a_lower_number_is_not_dropped,
    ),
    Twin(
        "comparing the secret",
        replaced(hmac, "compare_digest", lambda *_: True),
        webhook.what_is_forged_is_not_stored,
    ),
    Twin(
        "a limit to a body",
        replaced(door, "MOST_BODY", 64 * door.MOST_BODY),
        webhook.a_body_longer_than_any_update_is_dropped,
    ),
    Twin(
        "expecting what is no JSON",
        replaced(door, "_updates", trusting),
        webhook.what_makes_no_sense_is_never_answered_500,
    ),
)


@pytest.mark.parametrize("twin", TWINS, ids=lambda twin: twin.without.replace(" ", "_"))
async def test_a_story_of_the_webhook_goes_red_without(
    twin: Twin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await green_and_red(twin, tmp_path, monkeypatch)
