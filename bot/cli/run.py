"""Going live: connect, start the app, receive until somebody stops it."""

from __future__ import annotations

import asyncio
import gc
import logging

from ..answers import Knowledge
from ..app import App
from ..clock import Clock
from ..config import AS_THE_EXAMPLE, Settings
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
    if settings.brand.is_example:
        log.error("%s", AS_THE_EXAMPLE)
    try:
        async with app, app.receiving() as task:
            if brain.missing:
                log.error("%s Every message goes to a person until it is mended.", brain.missing)
            log.warning("%s is ready: %s", knowledge.brand.name, settings.telegram.mode)
            await _look_at_the_groups(edge, app)
            _search_no_more()
            await asyncio.shield(task)
    finally:
        await edge.stop()


async def _look_at_the_groups(edge: TelegramEdge, app: App) -> None:
    """What keeps staff from seeing cases is read by whoever starts the bot, not found out later."""
    staff = app.settings.staff
    group = await app.store.read(lambda records: records.chat_now(staff.chat_id))
    problems = await edge.staff_rights(group)
    for chat in staff.overflow_chat_ids:
        problems += await edge.staff_rights(chat, further=True)
    for problem in problems:
        log.error("%s", problem)
    log.info("the staff group was looked at: %d problems", len(problems))


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
