"""A bot that starts on a copy of its store: nothing is done twice, staff learn what is missing."""

from __future__ import annotations

import logging
from collections.abc import Callable

from .desk.store_words import words
from .effects import SendText
from .errand import Purpose
from .ledger import Ledger
from .store.engine import Store
from .store.inbox import POISON_AFTER
from .store.records import Records

log = logging.getLogger(__name__)


async def go_on_from_a_copy(store: Store, ledger: Callable[[Records], Ledger]) -> bool:
    """Before anything is resumed. True: it is a copy, and stands for the original from now on."""
    at = await store.read(lambda records: records.copied.at())
    if at is None:
        return False

    def take_over(records: Records) -> None:
        effects, turns = records.copied.becomes_the_original(POISON_AFTER - 1)
        log.error("going on from a copy: %d effects and %d turns go to people", effects, turns)
        now = ledger(records)
        now.note("restored", None, None, f"{at:.0f}")
        text = words(now.desk_language, "restored", at=now.wall(at), effects=effects, turns=turns)
        now.send(SendText(now.staff_chat_id, text), Purpose.TELL, None)

    await store.write(take_over)
    return True
