"""Everything a step may write about a case, inside the transaction it was handed.

The words that go out: voice.py. What staff read of a case: desk/gathered.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby

from .conversation import Author, Case, Customer, Line, Person, State
from .desk.brief import LONGEST_LINE, Brief, brief_html
from .desk.desk_words import RESTS
from .desk.gathered import brief_of, entry_of
from .desk.overview import Entry
from .effects import Copy, EditText, Effect, SendText
from .errand import Errand, Purpose, queue_of_desk
from .hand_over import desk_rows
from .incoming import Wrote
from .marked_text import opened
from .promises.terms import MISSED, REPEAT, RUNGS
from .safe_text import called, rings_nobody
from .store.records import Records
from .store.transcript import THANKED, Beyond
from .voice import Desk, Voice

MOST_ENCLOSED = 10
SETTLING_S, BOARD_EVERY_S = 3.0, 10.0
"""Until the board is drawn after something has changed; and from one drawing to the next."""
TO_CARD = 0
"""Message number that stands for "the case's card", known when the effect is claimed."""


class Ledger(Voice):
    """One per transaction: `records`, the time it is, and by whom it came about (None: the bot)."""

    def __init__(self, records: Records, now: float, desk: Desk, by: int | None = None) -> None:
        super().__init__(records, now, desk)
        self.by = by
        self.team = records.team
        self.promises = records.promises
        self.terms = desk.terms

    # --------------------------------------------------------------------------- the case

    @property
    def newest_seq(self) -> int:
        return self.records.inbox.newest_of_all()

    def save(self, case: Case) -> Case:
        saved = self.records.save(case, self.now, self.by)
        if saved.waiting_since is not None:  # staff have, or had, something to do with it
            self.draw_board()
            if not saved.state.with_staff:  # copies of others' words, needed no longer
                self.records.drafts.forget(case.id)
        return saved

    def set_timer(self, case_id: int, kind: str, due_at: float) -> None:
        self.records.timers.set(case_id, kind, due_at)

    def clear_timers(self, case_id: int) -> None:
        self.records.timers.clear(case_id)

    def owe(self, case: Case, since: float) -> Case:
        """A person owes the customer a reply since then: until when, and the clocks that ring."""
        if self._stands_still(case):
            self.note("clock_started", case.id, None)
        due_at = self.terms.due_at(case.priority, since)
        case = self.save(replace(case, waiting_since=since, due_at=due_at))
        on_duty = len(self.on_duty())
        self.records.promises.made(case.id, case.priority, since, due_at, on_duty)
        self.records.promises.stop_clocks(case.id, RUNGS)
        for rung, moment in self.terms.rungs(case.priority, since).items():
            self.set_timer(case.id, rung, moment)
        return case

    def owe_anew(self, case: Case) -> Case:
        """Its priority has changed: the wait counts from its beginning, unless there is none, or
        that promise would be broken by now already."""
        since = None if case.due_at is None else case.waiting_since
        if since is None or self.terms.due_at(case.priority, since) <= self.now:
            since = self.now
        return self.owe(case, since=since)

    def owe_again(self, case: Case) -> Case:
        """Nobody holds a case that was answered: a reply is owed from now on, or, to a customer who
        blocked the bot, once they are back."""
        customer = self.records.customers.get(case.customer_id)
        if customer is None or not customer.blocked:
            return self.owe(case, since=self.now)
        self._stop_clock(case)
        return self.save(case)

    def ring_again(self, case: Case) -> None:
        """A case that nobody holds any more: what its holder silenced when it ran out rings again,
        the last rung after a while, and at once what the customer was told."""
        if MISSED in self.promises.clocks_by(case.id, self.now):
            self.set_timer(case.id, MISSED, self.now)
        again = self.terms.again_at(case.priority, self.now, self.terms.ladder.repeat_minutes)
        if again is not None and case.due_at is not None and case.due_at <= self.now:
            self.note(RESTS, case.id, None)  # what was done before, the release too, is no answer
            self.set_timer(case.id, REPEAT, again)

    def owe_no_more(self, case: Case) -> Case:
        """A person's words have arrived: no clock rings."""
        self.records.promises.keep(case.id, self.now)
        self.records.promises.stop_clocks(case.id, (*RUNGS, MISSED))
        self.quieten(case)
        return self.save(replace(case, due_at=None))

    def unreachable(self, case: Case) -> Case:
        """The customer cannot be written to: the case stays with staff, its clock stands still."""
        if not case.state.with_staff or case.due_at is None:
            return case
        self.records.promises.stop_clocks(case.id, (*RUNGS, MISSED))
        self._stop_clock(case)
        return self.save(replace(case, due_at=None))

    def reachable(self, case: Case) -> Case:
        """They are back: a clock that stood still begins again."""
        if not case.state.with_staff or not self._stands_still(case):
            return case
        return self.owe(case, since=self.now)

    def _stop_clock(self, case: Case) -> None:
        """Once, however often it is asked to: each stop has one start."""
        if not self._stands_still(case):
            self.note("clock_stopped", case.id, None)

    def _stands_still(self, case: Case) -> bool:
        """Is a reply owed to a customer who was out of reach, once they are back?"""
        stopped, started = (
            self.records.count_notes(kind, case.id) for kind in ("clock_stopped", "clock_started")
        )
        return stopped > started

    def on_duty(self) -> list[Person]:
        """Who answers customers now; where there are no agents, leads do."""
        return self.team.on_duty(self.desk.agents or self.desk.leads)

    def is_on_duty(self, person: int) -> bool:
        return bool(self.team.on_duty((person,)))

    @property
    def staff_ids(self) -> tuple[int, ...]:
        return self.desk.agents + self.desk.leads

    def leads(self) -> list[Person]:
        return [self.team.person(lead) for lead in self.desk.leads]

    def note(
        self, kind: str, case_id: int | None, actor_id: int | None, detail: str | None = None
    ) -> None:
        self.records.note(kind, self.now, case_id, actor_id, detail)

    def noted(self, kind: str, case_id: int, detail: str) -> bool:
        return self.records.noted(kind, case_id, detail)

    def comment(self, case: Case, message: Wrote) -> None:
        """The message, written down already, is what the customer adds to their rating."""
        found = self.records.transcript.find(message.chat_id, message.message_id)
        if found is not None:
            self.records.ratings.comment(case.id, found[0])
            self.note("commented", case.id, case.customer_id)
            self.card(case)

    def thanked(self, case: Case, messages: Iterable[Wrote]) -> None:
        """These, written down already, want no reply; nor when one arrives that was on its way."""
        found = map(self.records.transcript.of_message, messages)
        for ref, _ in filter(None, found):
            self.note(THANKED, case.id, case.customer_id, str(ref))

    def rated(self, case: Case) -> bool:
        return self.records.ratings.of(case.id) is not None

    def meet(self, who: Person, language: str | None) -> Customer:
        """Write down who the customer is now; they wrote, so they can be reached again."""
        known = self.records.customers.remember(who, language)
        if known.blocked:
            self.records.customers.set_blocked(who.id, False)
        return known

    def is_met(self, case: Case) -> bool:
        """Has the customer been told that a machine answers, or is that on its way to them?"""
        customer = self.records.customers.get(case.customer_id)
        if customer is None or customer.met_at is not None:
            return True
        return self.records.customers.introduction_is_under_way(case.customer_id)

    # -------------------------------------------------------------------------- the words

    def hear(self, case: Case, line: Line, message: Wrote) -> int:
        if message.pressed:  # the message pressed on is ours: these words have none yet
            return self.records.transcript.add(case.id, line)
        return self.records.transcript.add(case.id, line, message.chat_id, message.message_id)

    def rewrite(self, message: Wrote) -> int | None:
        found = self.records.transcript.find(message.chat_id, message.message_id)
        if found is None:
            return None
        of_customer = message.chat_id > 0
        text = opened(message).text if of_customer else message.text
        self.records.transcript.edit(found[0], text)
        return found[1]

    def reword(self, case: Case, ref: int, effect: Effect) -> bool:
        return self.records.outbox.reword(case.id, ref, effect)

    def line_at(self, chat_id: int, message_id: int) -> tuple[int, Line] | None:
        return self.records.transcript.line_at(chat_id, message_id)

    def album_of(self, case: Case, chat_id: int, message_id: int) -> list[int]:
        return self.records.outbox.album_of(case.id, chat_id, message_id) or [message_id]

    def last_pressed(self, case: Case) -> int | None:
        return self.records.transcript.last_pressed(case.id)

    def copies(self, case: Case, refs: Sequence[int]) -> list[tuple[int, int]]:
        copies = filter(None, map(self.records.transcript.copy_of, refs))
        # Of an album that was copied in part nobody knows which copy is which.
        there = list(copies) or self.records.outbox.arrived_as(case.id, refs)
        return [(case.customer_id, copy) for copy in there]

    def may_have_arrived(self, case: Case, refs: Sequence[int]) -> bool:
        return self.records.outbox.is_unsure_of(case.id, refs)

    def recall(self, refs: Sequence[int]) -> bool:
        if not any(self.records.outbox.recall(ref, self.now) for ref in refs):
            return False
        for ref in refs:
            self.records.transcript.take_back(ref, self.now)
        return True

    def counterpart(self, chat_id: int, message_id: int) -> tuple[int, int] | None:
        return self.records.transcript.counterpart(chat_id, message_id)

    def pressed_line(self, case: Case, label: str, again: bool = True) -> bool:
        """Staff read in the transcript what the customer pressed.

        Not ``again``: False, and no line, when it is what the customer did last.
        """
        line = Line(Author.CUSTOMER, f"[{label}]", self.now)
        lines = reversed(self.records.transcript.last(case.id))
        last = next((one.text for one in lines if one.author is Author.CUSTOMER), None)
        if not again and last == line.text:
            return False
        self.records.transcript.add(case.id, line)
        return True

    def hush(self, case: Case) -> None:
        """Take back what the bot has still to say in this case, to the customer and to staff: a
        person has it in hand now."""
        self.records.outbox.withdraw(case.id, Purpose.ANSWER, self.now)
        self.quieten(case)

    def entries(self, cases: Iterable[Case] | None = None) -> list[Entry]:
        """Cases as lines of a list: these, or all that staff hold or that wait for them."""
        found = self.records.waiting_cases() if cases is None else cases
        return [entry_of(self, case) for case in found]

    def overflow_chats(self) -> list[int]:
        return [self.records.chat_now(chat) for chat in self.desk.overflow]

    def draw_board(self, after_s: float = 0.0) -> None:
        """The board is drawn soon: once for all that changes until then."""
        chat, outbox = self.staff_chat_id, self.records.outbox
        message, last = self.records.listings.board(chat)
        moment = max(self.now + max(after_s, SETTLING_S), last + BOARD_EVERY_S)
        if not outbox.no_later(queue_of_desk(Purpose.BOARD, chat), moment):
            blank = EditText(chat, message, "") if message else SendText(chat, "")
            outbox.postpone(outbox.add(Errand(blank, Purpose.BOARD), self.now), moment)

    # -------------------------------------------------------------------------- the brief

    def enclose(self, case: Case, again: bool = False) -> None:
        """Behind the brief: the customer's messages that it can only mention, media or long.

        ``again``: those that staff had before, and lost with their place.
        """
        found = self.records.transcript.beyond_brief(
            case.id, LONGEST_LINE, MOST_ENCLOSED, copied=again
        )
        for media, run in groupby(found, key=lambda one: one.media):
            several = list(run)
            if media:
                self._enclose_media(case, several)
                continue
            for one in several:
                self.send(self._enclosed(case, one.text), Purpose.RELAY, case, one.ref)

    def _enclose_media(self, case: Case, several: Sequence[Beyond]) -> None:
        """As they are; words under them that would ring somebody stand behind them instead."""
        chat, ids = case.staff_chat_id or self.staff_chat_id, tuple(one.message for one in several)
        copy = Copy(chat, case.customer_id, ids, thread_id=case.thread_id)
        rings = any(called(one.text) for one in several)
        copy = replace(copy, caption="") if rings else copy
        self.send(copy, Purpose.RELAY, case, several[0].ref)
        for text in [one.text for one in several if rings and one.text]:
            self.send(self._enclosed(case, text), Purpose.RELAY, case)

    def _enclosed(self, case: Case, text: str) -> SendText:
        chat = case.staff_chat_id or self.staff_chat_id
        return SendText(chat, rings_nobody(text), thread_id=case.thread_id)

    def brief(self, case: Case, why: str) -> Brief:
        return brief_of(self, case, why)

    def card(self, case: Case) -> None:
        """Bring the brief and its buttons up to date with the case, and its line in a list."""
        if case.staff_chat_id is None or self._is_only_listed(case):
            return
        brief = self.brief(case, self.records.last_why(case.id))
        rows = desk_rows(case, self.desk.language, brief.draft)
        buttons = self.keyboard(case, case.staff_chat_id, "staff", rows)
        html = brief_html(brief, self.desk.language)
        effect = EditText(case.staff_chat_id, case.card_id or TO_CARD, html, buttons, html=True)
        self.send(effect, Purpose.CARD, case)

    def is_parked(self, case: Case) -> bool:
        return self.records.listings.is_parked(case.id)

    def draw_list(self, list_id: int, chat: int, message: int) -> None:
        """A list that was sent is brought up to date soon."""
        if not self.records.outbox.awaits(queue_of_desk(Purpose.LISTED, chat), list_id):
            self.send(EditText(chat, message, "", html=True), Purpose.LISTED, None, list_id)

    def _is_only_listed(self, case: Case) -> bool:
        """A case that has no topic yet gets one when it is claimed; its lists follow the state."""
        listings = self.records.listings
        for place in listings.showing(case.id):
            self.draw_list(*place)
        if not listings.is_parked(case.id):
            return False
        if case.state is State.CLAIMED:
            listings.unpark(case.id)
        elif not case.state.with_staff:
            listings.drop(case.id, self.now)
        return True
