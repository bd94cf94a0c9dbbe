"""The path of a message on one page. Keeps the promises; decides nothing.

    receive ─> understand ─> decide ─┬─> reply ──────────┐
    (inbox)    (Reading)     (why)   ├─> clarify ────────┤
                                     ├─> hand_over ──────┼─> outbox ─> telegram
                                     └─> stay quiet      │
            staff ─> relay, claim, resolve, hand back ───┘

The unit of work is ``drain(conversation)``: take its inbox rows in order, run the path, commit
state and effects in one transaction. A turn is open until that commit, and is taken up again at
start. Nothing here raises: what fails five times is set aside and shown to staff.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence

from .awake import Awake
from .burst import MOST_ROWS, Ahead, Bursts, Parse, is_held
from .clock import Clock
from .conversation import Case, Reading
from .crash_points import Point, passing
from .customer import CustomerSide
from .customers import own_rights
from .customers.own_rights import OwnRights
from .desk.place import move_chat
from .desk.reach import standing
from .errors import StoreError, where
from .incoming import (
    LISTENED,
    Edited,
    InboxRow,
    Incoming,
    Moved,
    Pressed,
    Reachability,
    Reacted,
    Standing,
    TopicClosed,
    Turn,
    Unheard,
    Wrote,
)
from .ledger import Ledger
from .poison import Poison, Suspects
from .staff import StaffSide
from .store.engine import Store
from .store.inbox import POISON_AFTER
from .store.records import Records
from .turns import Heard, reply_of, words_of
from .understand import Understand
from .voice import Desk

log = logging.getLogger(__name__)

MOST_AT_ONCE = 64
STORE_RETRY_S = 1.0
TRY_AGAIN_S = 0.05
"""After a failure on a row; twice as long after each further one."""


class Responder:
    def __init__(
        self,
        store: Store,
        clock: Clock,
        understand: Understand,
        parse: Parse,
        customers: CustomerSide,
        own: OwnRights,
        staff: StaffSide,
        desk: Desk,
        on_commit: Callable[[], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._understand = understand
        self._customers = customers
        self._own = own
        self._staff = staff
        self._desk = desk
        self._poison = Poison(customers, parse, self._ledger)
        self._suspects = Suspects(store)
        self._on_commit = on_commit
        self.awake = Awake(self.drain, clock)
        self.bursts = Bursts(
            store, clock, self.awake.nap, understand, parse, self._suspects, customers, staff
        )
        self._slots = asyncio.Semaphore(MOST_AT_ONCE)

    async def resume(self) -> int:
        """At start: take up every turn that has no outcome yet; returns how many."""
        conversations = await self._store.read(lambda r: r.inbox.open_conversations())
        await self._suspects.remember()
        self.awake.wake(conversations)
        return len(conversations)

    # -------------------------------------------------------------------------- one drain

    async def drain(self, conversation: str) -> None:
        """Run the path until no row of the conversation is open. Never raises."""
        while True:
            rows: list[InboxRow] = []
            try:
                rows, ahead = await self.bursts.settled(conversation)
                if not rows:
                    return
                passing(Point.TAKEN_UP)
                async with self._suspects.tried(rows[0]), self._slot(conversation):
                    heard = self.bursts.heard(rows)
                    await self._once(conversation, heard, seen=rows[-1].seq, ahead=ahead)
                passing(Point.DECIDED)
                self._on_commit()
            except StoreError as error:  # nothing is lost; `outage` says it aloud
                log.debug("%s: the store refuses, trying again: %s", conversation, error)
                await self.awake.nap(self._clock.now() + STORE_RETRY_S)
            except Exception as error:
                log.error("%s: could not be processed: %s", conversation, where(error))
                await self._failed(conversation, rows)

    def _slot(self, conversation: str) -> contextlib.AbstractAsyncContextManager[object]:
        """What people have already keeps nobody's words from them while the model hears it."""
        return contextlib.nullcontext() if conversation.startswith(LISTENED) else self._slots

    async def _once(self, conversation: str, heard: Heard, seen: int, ahead: Ahead | None) -> None:
        """Do what the first row asks for, together with the rows that belong to it.

        ``seen``: the last row that was there when we looked, whether it could be heard or not.
        """
        first = heard[0][1]
        if conversation.startswith(LISTENED):
            await self._listened(heard, ahead)
        elif conversation.startswith("c:") and own_rights.asked_by(first):
            await self._commit(heard[:1], self._asked)
        elif conversation.startswith("c:") and self._staff.private.starts(first):
            await self._commit(heard[:1], self._greeted)
        elif conversation.startswith("c:") and await self._is_misplaced(first):
            await self._commit(heard[:1], self._told_where)
        elif conversation.startswith("c:") and isinstance(first, Wrote | Edited):
            await self._customer_wrote(conversation, heard, seen, ahead)
        elif isinstance(first, Wrote | Edited):
            await self._staff_wrote(reply_of(heard))
        elif isinstance(first, Pressed) and not conversation.startswith("c:"):
            await self._staff_pressed(heard[:1], first)
        else:
            await self._commit(heard[:1], self._other)

    # --------------------------------------------------------------------- a customer's turn

    async def _customer_wrote(
        self, conversation: str, heard: Heard, seen: int, ahead: Ahead | None
    ) -> None:
        turn, rows = await self.bursts.turn(heard)
        held = await self.bursts.held(conversation)
        glance = self._understand.at_a_glance
        reading = glance(turn) if held else await self._reading(turn, ahead)
        late = rows[0].received_at + self._customers.house.answers.longest_burst_seconds
        seqs = [row.seq for row in rows]

        def commit(records: Records) -> bool:
            if not records.inbox.are_open(seqs):
                return False  # the person was erased meanwhile, and these words with them
            ledger = self._ledger(records, turn.messages[0])
            more = records.inbox.newest_after(conversation, seen)
            if more and not held and ledger.now < late and len(heard) < MOST_ROWS:
                return False  # more arrived: this answer is dropped, the turn is read again, whole
            if held and not is_held(records, conversation):
                return False  # handed back meanwhile: the bot must read it first
            outcome, case = self._taken(ledger, turn, reading, seqs)
            listens = held and bool(turn.text.strip())
            done = records.inbox.listen if listens else records.inbox.finish
            done(seqs, outcome, ledger.now, None if case is None else case.id)
            return listens

        if await self._store.write(commit):
            self.awake.wake([conversation.replace("c:", LISTENED, 1)])

    def _taken(
        self, ledger: Ledger, turn: Turn, reading: Reading, seqs: Sequence[int]
    ) -> tuple[str, Case | None]:
        """What became of a turn, and of which case."""
        customers = self._customers
        if turn.edit_of_answered and all(
            customers.old_edit(ledger, message, reading) for message in turn.messages
        ):
            return "old_edit", None
        case = customers.turn(ledger, turn, reading, seqs)
        return ("barred", None) if case is None else (case.state, case)

    async def _listened(self, heard: Heard, ahead: Ahead | None) -> None:
        """What people have already; the model hears danger in words that no list knows."""
        turn, rows = await self.bursts.turn(heard)
        reading, seqs = await self._reading(turn, ahead), [row.seq for row in rows]

        def commit(records: Records) -> None:
            if records.inbox.are_open(seqs):
                ledger = self._ledger(records, turn.messages[0])
                self._customers.listened(ledger, turn, reading, seqs)
                records.inbox.heard(seqs)

        await self._store.write(commit)

    async def _reading(self, turn: Turn, ahead: Ahead | None) -> Reading:
        return await (ahead[1] if ahead and ahead[0] == turn else self._understand.read(turn))

    # ----------------------------------------------------------------------- everything else

    def _asked(self, ledger: Ledger, heard: Heard) -> str:
        message = own_rights.asked_by(heard[0][1])
        assert message is not None
        self._own.asked(ledger, message)
        return "own_rights"

    def _greeted(self, ledger: Ledger, heard: Heard) -> str:
        said = heard[0][1]
        assert isinstance(said, Wrote)
        self._staff.private.greeted(ledger, said.who)
        return "greeted"

    async def _is_misplaced(self, said: Incoming) -> bool:
        if self._staff.private.of_the_desk(said) is None:
            return False
        return await self._store.read(lambda records: self._staff.private.misplaced(records, said))

    def _told_where(self, ledger: Ledger, heard: Heard) -> str:
        self._staff.private.told_where(ledger, heard[0][1])
        return "misplaced"

    async def _staff_wrote(self, heard: Heard) -> None:
        """Words of staff; the model reads them too, before the transaction, for a second look."""
        words, edit = words_of(heard), isinstance(heard[0][1], Edited)
        unread = await self._store.read(lambda r: self._staff.unread(r, words, edit))
        reading = await self._second_reading(unread)

        def step(ledger: Ledger, _: Heard) -> str:
            if ledger.records.chat_now(words[0].chat_id) != ledger.staff_chat_id:
                self._staff.refuse_elsewhere(ledger, words[0])
                return "elsewhere"
            if edit:
                self._staff.edited(ledger, words[0], reading)
                return "edited"
            return "relayed" if self._staff.wrote(ledger, words, reading) else "not_for_a_case"

        await self._commit(heard, step)

    async def _staff_pressed(self, heard: Heard, press: Pressed) -> None:
        """A button of the desk; it may send words, which the model reads as if they were typed."""
        unread = await self._store.read(lambda r: self._staff.unread_press(r, press))
        reading = await self._second_reading(unread)

        def step(ledger: Ledger, _: Heard) -> str:
            self._staff.pressed(ledger, press, reading)
            return "pressed"

        await self._commit(heard, step)

    async def _second_reading(self, unread: tuple[Wrote, ...]) -> Reading | None:
        return await self._understand.read(Turn(unread)) if unread else None

    def _other(self, ledger: Ledger, heard: Heard) -> str:
        row, said = heard[0]
        from_customer = row.conversation.startswith("c:")
        match said:
            case Pressed() if from_customer and _is_of_the_desk(ledger, said):
                self._staff.pressed(ledger, said)
            case Pressed() if from_customer and self._own.pressed(ledger, said, row.seq):
                pass
            case Pressed() if from_customer:
                self._customers.pressed(ledger, said, row.seq)
            case Reacted() if from_customer:
                self._customers.reacted(ledger, said)
            case Reacted():
                self._staff.reacted(ledger, said)
            case Reachability():
                self._customers.reachability(ledger, said)
                self._staff.private.reachability(ledger, said)
            case Standing():
                standing(ledger, said)
            case TopicClosed():
                self._staff.topic_closed(ledger, said)
            case Moved():
                move_chat(ledger, said.old_chat_id, said.new_chat_id, self._desk.language)
            case Unheard(kind=kind):
                return f"unheard:{kind}"
        return type(said).__name__.lower()

    async def _commit(self, heard: Heard, step: Callable[[Ledger, Heard], str]) -> None:
        def commit(records: Records) -> None:
            seqs = [row.seq for row, _ in heard]
            if not records.inbox.are_open(seqs):
                return
            ledger = self._ledger(records, heard[0][1])
            records.inbox.finish(seqs, step(ledger, heard), ledger.now)

        await self._store.write(commit)

    # ------------------------------------------------------------------------- when it fails

    async def _failed(self, conversation: str, rows: Sequence[InboxRow]) -> None:
        """Count the failure of the first row; after the last try set it aside, visibly."""
        if not rows:
            await self.awake.nap(self._clock.now() + STORE_RETRY_S)
            return
        bad, tries = rows[0], rows[0].tries + 1
        try:
            await self._store.write(lambda records: self._poison.count(records, bad))
        except Exception as error:
            log.error("%s: the failure is not recorded yet: %s", conversation, where(error))
            await self.awake.nap(self._clock.now() + STORE_RETRY_S)
        self._on_commit()
        if tries < POISON_AFTER:
            await self.awake.nap(self._clock.now() + TRY_AGAIN_S * 2.0**tries)

    def _ledger(self, records: Records, said: Incoming | None = None) -> Ledger:
        who = getattr(said, "who", None)
        return Ledger(records, self._clock.now(), self._desk, who.id if who else None)


def _is_of_the_desk(ledger: Ledger, press: Pressed) -> bool:
    """A button of staff in a private chat: a list that went to somebody on duty."""
    found = ledger.records.keyboards.act_of(press.data, press.chat_id)
    return found is not None and found[1] == "staff"
