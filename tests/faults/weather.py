"""An hour in which customers and staff write through a Telegram in foul weather; virtual time."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

from bot.budget import Budget
from bot.clock import VirtualClock
from bot.sandbox import Fault, Message, Person
from tests.shop import CLAIM, Shop, open_shop
from tests.virtual import MONDAY, at

from .cutting import Cutting

GIVES_UP_S = 0.4
"""Real seconds after which this bot no longer waits for an answer."""
ESCALATES = "mon chien a mangé la tente"
QUESTIONS = ("vous êtes ouvert le dimanche?", "quel est le délai?")
HOUR_S = 3600.0
FOLLOW_UPS = 2


@dataclass
class Customer:
    """One customer of the hour, and what was written."""

    person: Person
    wrote: list[Message] = field(default_factory=list)
    escalated: bool = False
    agents_words: list[str] = field(default_factory=list)


@dataclass
class Sky:
    """What the hour met: people, the shop, the proxy, and what befell them."""

    shop: Shop
    truth: VirtualClock
    proxy: Cutting
    dice: random.Random
    customers: list[Customer] = field(default_factory=list)
    befell: Counter[str] = field(default_factory=Counter)

    async def settles(self) -> None:
        """What can be done at this moment is done; a poll that only waits for the clock may."""
        for _ in range(40):
            await self.shop.app.settle()
            if not len(self.shop.sandbox.world.updates):
                return
            await asyncio.sleep(0.002)

    async def passes(self, seconds: float) -> None:
        """Virtual seconds pass, stopping wherever somebody wants to be woken."""
        until = self.truth.now() + seconds
        await self.settles()
        while (wake := self.truth.next_wake()) is not None and wake <= until:
            self.truth.advance(wake)
            await self.settles()
        self.truth.advance(until)
        await self.settles()


@contextlib.asynccontextmanager
async def open_sky(folder: Path, seed: int, share: float, people: int) -> AsyncIterator[Sky]:
    """A shop with Telegram's budgets, behind a proxy that spoils this share of the requests."""
    truth, dice = VirtualClock(at(f"{MONDAY} 09:00")), random.Random(seed)
    async with contextlib.AsyncExitStack() as stack:
        shop = await stack.enter_async_context(
            open_shop(folder, clock=truth, time_there=truth.now, limits=Budget())
        )
        await shop.closes()
        sandbox = shop.sandbox
        sandbox.limits.enabled = True
        proxy = await stack.enter_async_context(Cutting(sandbox.base_url, dice))
        given = {"base_url": proxy.base_url, "read_timeout": GIVES_UP_S}
        shop = await stack.enter_async_context(
            open_shop(
                folder,
                clock=truth,
                limits=Budget(),
                sandbox=sandbox,
                settings=shop.settings,
                edge_given=given,
            )
        )
        sky = Sky(shop, truth, proxy, dice)
        for colleague in (shop.agent, shop.other_agent, shop.lead):
            await colleague.starts()
        await sky.passes(10)
        proxy.share = share
        sky.customers = [Customer(shop.customer(f"Cliente {n}")) for n in range(people)]
        yield sky


async def lives(sky: Sky, *, storms: bool, places: bool) -> None:
    """The hour: everybody writes, Telegram and the staff group are not always there."""
    steps = [(sky.dice.uniform(0, HOUR_S), one) for one in sky.customers for _ in range(6)]
    acts: list[tuple[float, str, Customer | None]] = [(at, "goes on", one) for at, one in steps]
    if storms:
        acts += [(sky.dice.uniform(0, HOUR_S), "storm", None) for _ in range(12)]
    if places:
        acts += [(sky.dice.uniform(0, HOUR_S), "place", None) for _ in range(8)]
    began = sky.truth.now()
    for when, act, one in sorted(acts, key=lambda act: act[0]):
        await sky.passes(began + when - sky.truth.now())
        if one is not None:
            await _goes_on(sky, one)
        elif act == "storm":
            _storm(sky)
        else:
            await _loses_a_place(sky)
    await sky.passes(began + HOUR_S - sky.truth.now())


async def clears(sky: Sky) -> None:
    """The weather clears; whatever waited has two hours to arrive."""
    sky.proxy.share = 0.0
    sky.shop.sandbox.faults.clear()
    _bot_is_back(sky)
    for _ in range(24):
        await sky.passes(300)


# ------------------------------------------------------------------------------- what people do


async def _goes_on(sky: Sky, one: Customer) -> None:
    """The next thing in a customer's story: two questions, a need, more about it, a reply."""
    done = len(one.wrote)
    if done < len(QUESTIONS):
        one.wrote.append(await one.person.says(QUESTIONS[done]))
    elif not one.escalated:
        one.escalated = True
        one.wrote.append(await one.person.says(ESCALATES))
    elif done < len(QUESTIONS) + 1 + FOLLOW_UPS:
        one.wrote.append(await one.person.says(f"suite {done} de {one.person.user.first_name}."))
    else:
        await _is_answered(sky, one)


async def _is_answered(sky: Sky, one: Customer) -> None:
    """An agent who sees the case claims it and answers; if they do not see it yet, they cannot."""
    shop = sky.shop
    case = await shop.app.store.read(lambda records: records.last_case(one.person.id))
    card = None if case is None or case.card_id is None else shop.staff.message(case.card_id)
    bot_is_there = shop.staff.member(shop.sandbox.bot.id).is_admin
    if case is None or card is None or case.thread_id is None or not bot_is_there:
        return
    if CLAIM in card.buttons:
        await shop.agent.presses(card, CLAIM)
        await sky.passes(5)
    topic = shop.staff.topics.get(case.thread_id)
    if topic is None or topic.deleted or topic.closed:
        return
    text = f"réponse à {one.person.user.first_name}"
    await shop.agent.says(text, chat=shop.staff, thread=case.thread_id)
    one.agents_words.append(text)


# ---------------------------------------------------------------------------- what befalls them


def _storm(sky: Sky) -> None:
    """429 for a chat, or for everything at once, some times over."""
    chats = [sky.shop.staff.id, None, *(one.person.id for one in sky.customers)]
    chat = sky.dice.choice(chats[:2] * 3 + chats)
    asked = {"retry_after": sky.dice.randint(1, 90)}
    fault = Fault(None, chat, 429, parameters=asked, times=sky.dice.randint(1, 6))
    sky.shop.sandbox.faults.add(fault)
    sky.befell["storms of 429"] += 1


async def _loses_a_place(sky: Sky) -> None:
    shop, dice = sky.shop, sky.dice
    open_topics = [topic for topic in shop.staff.topics.values() if not topic.deleted]
    what = dice.choice(("topic deleted", "topic closed", "kicked", "without rights", "back"))
    if what.startswith("topic") and not open_topics:
        return
    sky.befell[what] += 1
    match what:
        case "topic deleted":
            shop.sandbox.world.delete_topic(shop.staff, dice.choice(open_topics))
        case "topic closed":
            topic = dice.choice(open_topics)
            topic.closed = True
            seen = {"forum_topic_closed": dict[str, object]()}
            shop.sandbox.world.tell_topic(shop.staff, topic, shop.lead.user, seen)
        case "kicked":
            shop.sandbox.set_bot(shop.staff, "kicked")
        case "without rights":
            shop.sandbox.set_bot(shop.staff, "administrator", ())
        case _:
            _bot_is_back(sky)


def _bot_is_back(sky: Sky) -> None:
    sky.shop.sandbox.set_bot(sky.shop.staff, "administrator")
