"""Going live: connect, start the app, receive until somebody stops it."""

from __future__ import annotations

import asyncio
import gc
import logging

from ..answers import Knowledge
from ..app import App
from ..clock import Clock
from ..config import Settings
from ..conversation import Person
from ..customers.customer_words import CustomerWords
from ..reader import Brain
from ..telegram.edge import TelegramEdge
from ..telegram.outcome import Unreachable
from .menus import set_menus

log = logging.getLogger(__name__)


async def run(
    settings: Settings,
    knowledge: Knowledge,
    brain: Brain,
    edge: TelegramEdge,
    clock: Clock,
    forget_webhook: bool = False,
) -> None:
    """Serve until cancelled. Raises TelegramError when Telegram refuses for good.

    ``forget_webhook``: one that was left by another program is deleted; what waits is kept.
    """
    me = await _connect(edge, knowledge.words, clock)
    if forget_webhook:
        await edge.delete_webhook()
    app = App(settings, knowledge, brain, edge, me, clock=clock)
    try:
        async with app, app.receiving() as task:
            if brain.missing:
                log.error("%s Every message goes to a person until it is mended.", brain.missing)
            log.warning("%s is ready: %s", knowledge.brand.name, settings.telegram.mode)
            _search_no_more()
            await asyncio.shield(task)
    finally:
        await edge.stop()


def _search_no_more() -> None:
    """What is there by now lives as long as the program; the collector need not search it.

    With the model loaded these are 400,000 objects. Searching them holds every thread for 250 ms
    of processor time, and with it whoever is writing just then.
    """
    gc.collect()
    gc.freeze()


async def _connect(edge: TelegramEdge, words: CustomerWords, clock: Clock) -> Person:
    """Ask Telegram who we are, as often as it takes while it cannot be reached.

    Its answers set the clock before any promise is made by it.
    """
    while True:
        try:
            me = await edge.start()
            break
        except Unreachable as error:
            log.warning("Telegram cannot be reached, again in %.0f s: %s", error.retry_after, error)
            await clock.sleep_until(clock.now() + error.retry_after)
    await set_menus(edge, words)
    return me
