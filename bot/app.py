"""The one place where parts meet: builds, starts and stops everything."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import uuid
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from typing import Any, Protocol
from urllib.parse import urlsplit

from aiohttp import web

from . import promise, webhook
from .aloud import Aloud
from .answers import Knowledge
from .away import Away
from .budget import Budget
from .clock import Clock, SystemClock
from .config import Settings
from .conversation import Case, Person
from .crash_points import Point, passing
from .customer import CustomerSide, OnDecision
from .customers.own_rights import OwnRights
from .delivery import Delivery
from .desk import lists
from .desk.introductions import introduce
from .desk.order import Rules
from .desk.place import move_house
from .desk.second_look import SecondLook
from .effects import Effect, Outcome
from .errors import ConfigError, Problem, TwoInstances
from .house import House
from .incoming import Wrote
from .ledger import Ledger
from .outage import Outage
from .outbox import Limits, Sender
from .promises.terms import Terms
from .reader import Brain
from .receive import Door, Receiver, Source
from .respond import Responder
from .restored import go_on_from_a_copy
from .ringing import Clocks
from .route import Route
from .staff import StaffSide
from .store.engine import Store
from .store.records import Records
from .telegram import parse
from .understand import Understand
from .upkeep import Upkeep
from .voice import Desk
from .watch.endpoint import Endpoint
from .watch.health_settings import host_and_port

log = logging.getLogger(__name__)


class Edge(Source, Door, Protocol):
    """The outside world, as far as the bot needs it."""

    async def perform(self, effect: Effect) -> Outcome: ...
    async def set_staff_commands(self, chat_id: int, commands: Mapping[str, str]) -> None: ...
    async def member(self, chat_id: int, user_id: int) -> Person | None: ...


class App:
    """A running bot. Use as ``async with App(...) as app``; see `settle` for replays and tests."""

    def __init__(
        self,
        settings: Settings,
        knowledge: Knowledge,
        brain: Brain,
        edge: Edge,
        me: Person,
        *,
        clock: Clock | None = None,
        limits: Limits | None = None,
        on_decision: OnDecision | None = None,
        on_own_rights: Callable[[Wrote], None] | None = None,
    ) -> None:
        self.settings = settings
        self.clock = clock or SystemClock()
        self.store = Store(settings.store.path)
        self._edge = edge
        language = knowledge.brand.default_language
        house = House(knowledge, brain.policy, settings.answers, language)
        customers = CustomerSide(house, on_decision)
        self._desk = Desk(
            settings.staff.chat_id,
            language,
            house.title,
            Terms(settings.promise, settings.ladder, settings.hours),
            knowledge.words,
            settings.staff.agents,
            settings.staff.leads,
            settings.staff.join_from,
            settings.staff.overflow_chat_ids,
        )
        self.understand = Understand(
            brain.reader,
            knowledge.risk,
            self.clock,
            settings.answers.model_timeout_seconds,
        )
        delivery = Delivery(self._desk, house, self.clock.now)
        self.sender = Sender(
            self.store,
            edge,
            limits or Budget(),
            self.clock,
            worker=uuid.uuid4().hex,
            last_moment=delivery.last_moment,
            settle=delivery.settle,
            on_change=self._changed,
        )
        roles = frozenset(settings.staff.everybody)
        rules = Rules(
            settings.staff,
            language,
            house.quiet_s,
            settings.hours.local,
            knowledge.brand.name,
            knowledge.canned,
        )
        second_look = SecondLook(settings.tact, _approved(knowledge), rules)
        self._staff = StaffSide(roles.__contains__, rules, me.username or "", second_look)
        own = OwnRights(house, settings.retention, settings.staff.chat_id, on_own_rights)
        self.responder = Responder(
            self.store,
            self.clock,
            self.understand,
            lambda body, at: parse.parse(body, received_at=at),
            Route(customers, own, self._staff),
            self._desk,
            self._changed,
        )
        self.away = Away(
            self.store,
            self.clock,
            settings.staff.away_minutes * 60.0,
            self._ledger,
            self._changed,
        )
        self._aloud = Aloud(self.store, edge, settings.staff.leads, self._desk)
        self.outage = Outage(self.store, self.clock, self._aloud, self._desk, self._changed)
        self.receiver = Receiver(
            self.store,
            self.clock,
            me.id,
            settings.staff.chat_id,
            parse.conversation_key,
            self.responder.awake.wake,
            self.away.in_touch,
        )
        self.upkeep = Upkeep(self.store, self.clock, settings.retention, self._changed)
        self.clocks = Clocks(
            self.store,
            self.clock,
            self._ledger,
            self._ran_out,
            on_change=self.sender.changed.set,
        )
        self._tasks: list[asyncio.Task[None]] = []
        self._runners: list[web.AppRunner] = []

    # -------------------------------------------------------------------- starting, stopping

    async def __aenter__(self) -> App:
        await self.store.open()
        self._start(self.outage.run(), "outage")
        await go_on_from_a_copy(self.store, self._ledger)
        await self.store.write(
            lambda records: promise.go_on(self._ledger(records), records.waiting_cases())
        )
        await self.understand.start()
        uncertain = await self.sender.recover()
        await self.store.write(lambda records: move_house(self._ledger(records)))
        await self.store.write(lambda records: lists.begin(self._ledger(records)))
        turns = await self.responder.resume()
        if uncertain or turns:
            log.info("resumed: %d open conversations, %d unsettled effects", turns, uncertain)
        self._start(self.sender.run(), "outbox")
        self._start(self.clocks.run(), "clocks")
        await self.upkeep.start()
        self._start(self.upkeep.run(), "upkeep")
        return self

    async def __aexit__(self, *_: object) -> None:
        parts = (self.responder.awake, self.sender, self.understand)
        steps = (self._stop_listening, self._stop_tasks, *(part.stop for part in parts))
        for step in (*steps, self.store.close):
            passing(Point.STOPPING)
            await step()

    async def receive(self) -> None:
        """Receive until cancelled, as the config says. Raises TelegramError when it cannot, and
        ConfigError when nothing can listen where Telegram is to call."""
        try:
            await self._receive()
        except TwoInstances:
            await self._aloud.say_that_it_ends(self.clock.now())
            raise

    async def _receive(self) -> None:
        staff, language = self.settings.staff, self._desk.language
        self._start(introduce(self._edge, self.store, staff, language), "introductions")
        await self._serve_health()
        telegram = self.settings.telegram
        if telegram.mode == "polling":
            await self.receiver.poll(self._edge)
            return
        path = urlsplit(telegram.webhook_url).path or "/"
        door = webhook.routes(path, telegram.webhook_secret, self.receiver.accept)
        try:
            self._runners.append(await webhook.serve(door, *telegram.listen))
        except OSError as error:
            place, what = "telegram.webhook_listen", f"{telegram.webhook_listen} cannot be had"
            mend = "Stop what uses it, or write another address and port of this computer."
            raise ConfigError([Problem(place, f"{what} ({error.strerror}).", mend)]) from error
        await self.receiver.listen(self._edge, telegram.webhook_url, telegram.webhook_secret)

    @contextlib.asynccontextmanager
    async def receiving(self) -> AsyncIterator[asyncio.Task[None]]:
        """Receive in the background; the task ends only when receiving cannot go on."""
        task = asyncio.create_task(self.receive(), name="receive")
        try:
            yield task
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def settle(self) -> None:
        """Return when nothing is left to do at this moment of the clock (replays and tests)."""
        calm = 0
        while calm < 3:
            for _ in range(5):  # whoever the clock has just woken takes some turns to say so
                await asyncio.sleep(0)
            parts = (self.sender, self.clocks, self.understand)
            at_rest = all(part.at_rest for part in parts)
            calm = calm + 1 if at_rest and not self.responder.awake.working else 0
            await asyncio.sleep(0 if calm else 0.0005)

    # ------------------------------------------------------------------------------- inside

    def _start(self, work: Coroutine[Any, Any, None], name: str) -> None:
        self._tasks.append(asyncio.create_task(work, name=name))

    async def _stop_listening(self) -> None:
        for runner in self._runners:
            await runner.cleanup()

    async def _serve_health(self) -> None:
        """Customers do not wait for a monitor: when its port is taken, that is only logged."""
        health = self.settings.health
        if not health.listen:
            return
        endpoint = Endpoint(self.store, self.clock, self.understand, health)
        try:
            self._runners.append(
                await webhook.serve(endpoint.routes(), *host_and_port(health.listen))
            )
        except OSError as error:
            log.error("no monitor can look: [health] listen = %s: %s", health.listen, error)

    async def _stop_tasks(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _changed(self) -> None:
        """Something was committed: there may be effects to do and clocks to move."""
        self.sender.changed.set()
        self.clocks.changed.set()
        self.upkeep.changed.set()

    def _ledger(self, records: Records) -> Ledger:
        return Ledger(records, self.clock.now(), self._desk)

    def _ran_out(self, ledger: Ledger, case: Case, kind: str) -> None:
        if kind == lists.UNSEEN:
            lists.unseen(ledger, case)
        elif not self._staff.clock_ran_out(ledger, case, kind):
            promise.ran_out(ledger, case, kind, self._desk.language)


def _approved(knowledge: Knowledge) -> str:
    """Every word the brand has approved for its customers."""
    answers = [text for one in knowledge.subjects.values() for text in one.answers.values()]
    return "\n".join((*answers, *knowledge.brand.contact.values()))
