"""What the bot says inside a transaction: to a customer, to the group, to one person of staff.

Each becomes an errand that waits in the outbox.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from html import escape

from .conversation import Author, Case, Line
from .customers.customer_words import CustomerWords
from .effects import Button, EditText, Effect, Keyboard, Rows, SendText
from .errand import Errand, Purpose
from .incoming import Wrote
from .promises.terms import Terms
from .promises.when import clock_time
from .store.records import Records

LEADS_EVERY_S = 60.0
"""Seconds between two messages about overdue cases to a lead, or about cases in a list to General;
the first is sent at once."""
ALL_OFF_EVERY_S = 600.0
"""Seconds until General is told again that nobody is on duty, however many cases wait."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What of the brand a brief needs: its group, its language, its promises.

    ``title``: a subject's name for staff. ``words``: what the bot says to customers, with the
    brand's own phrases. ``join_from``: so many waiting briefs are joined; 0: never.
    ``overflow``: further groups of staff, for when the first cannot take it.
    """

    chat_id: int
    language: str
    title: Callable[[str], str]
    terms: Terms = field(default_factory=Terms)
    words: CustomerWords = field(default_factory=CustomerWords)
    agents: tuple[int, ...] = ()
    leads: tuple[int, ...] = ()
    join_from: int = 4
    overflow: tuple[int, ...] = ()

    def wall(self, moment: float | None, now: float) -> str:
        """A moment as staff read it on their clock."""
        if moment is None:
            return "?"
        local = self.terms.hours.local
        return clock_time(self.language, local(moment), local(now))


class Voice:
    """One per transaction: `records`, the time it is, and the desk whose words these are."""

    def __init__(self, records: Records, now: float, desk: Desk) -> None:
        self.records = records
        self.now = now
        self.desk = desk

    @cached_property
    def staff_chat_id(self) -> int:
        """The id the staff group answers to today."""
        return self.records.chat_now(self.desk.chat_id)

    @property
    def desk_language(self) -> str:
        return self.desk.language

    def phrase(self, language: str, key: str, **values: object) -> str:
        """A fixed phrase for the customer, in the brand's own words where it has some."""
        return self.desk.words.phrase(language, key, **values)

    def say(
        self,
        case: Case,
        text: str,
        rows: Rows = (),
        purpose: Purpose = Purpose.ANSWER,
        introduces: bool = False,
    ) -> None:
        """The bot's words to the customer: a line, its buttons, and the effect that waits."""
        ref = self.records.transcript.add(case.id, Line(Author.BOT, text, self.now))
        if introduces:
            self.records.customers.introduces(case.customer_id, ref)
        buttons = self.keyboard(case, case.customer_id, "customer", rows)
        self.send(SendText(case.customer_id, text, buttons), purpose, case, ref)

    def tell(
        self,
        case: Case,
        html: str,
        rows: Rows = (),
        purpose: Purpose = Purpose.TELL,
        reply_to: int | None = None,
        ref: int | None = None,
    ) -> None:
        """Our words to staff, in the case's topic (in General while it has none).

        A new alarm takes the place of the one before, sent or not: it says all that one said.
        """
        if purpose is Purpose.ALARM:
            self.records.outbox.withdraw(case.id, Purpose.ALARM, self.now)
        chat = case.staff_chat_id or self.staff_chat_id
        buttons = self.keyboard(case, chat, "staff", rows)
        effect = SendText(chat, html, buttons, case.thread_id, reply_to, html=True)
        self.send(effect, purpose, case, ref)
        if purpose is Purpose.ALARM:
            self._strike_out(case)  # behind the new one, which waits for no edit

    def quieten(self, case: Case) -> None:
        """The alarm in its topic is true no more: it is not sent, or struck out, buttons gone."""
        self.records.outbox.withdraw(case.id, Purpose.ALARM, self.now)
        self._strike_out(case)

    def _strike_out(self, case: Case) -> None:
        """The alarm that was sent last."""
        message, alarm = self.records.outbox.last_alarm(case.id) or (0, None)
        if isinstance(alarm, SendText):
            text = alarm.text if alarm.html else escape(alarm.text)
            struck = EditText(alarm.chat_id, message, f"<s>{text}</s>", html=True)
            self.send(struck, Purpose.MARK, case)

    def page(self, person_id: int, html: str, case: Case | None = None, rows: Rows = ()) -> None:
        """Our words to one person of staff, in their private chat with the bot.

        Telegram refuses it for whoever never started the bot: never the only road.
        """
        buttons = self.keyboard(case, person_id, "staff", rows)
        self.send(SendText(person_id, html, buttons, html=True), Purpose.PAGE, case)

    def page_leads(self, case: Case) -> None:
        """Tell each lead that the case is overdue, in one message with all others of a minute."""
        for lead in self.desk.leads:
            self._tell_of(case, lead, Errand(SendText(lead, "", html=True), Purpose.OVERDUE))

    def ring_together(self, case: Case) -> None:
        """The alarm of a case in a list, in General: one message with all others of a minute."""
        errand = Errand(SendText(self.staff_chat_id, "", html=True), Purpose.ALARMS)
        self._tell_of(case, None, errand)

    def _tell_of(self, case: Case, lead: int | None, errand: Errand) -> None:
        """What the message says is decided as it goes; until then it takes in what comes."""
        outbox = self.records.outbox
        self.records.pages.add(lead, case.id)
        if not outbox.awaits(errand.queue):
            moment = outbox.last_at(errand.queue) + LEADS_EVERY_S
            outbox.postpone(outbox.add(errand, self.now), moment)

    def tell_all_off(self, html: str) -> None:
        """Say in General that nobody is on duty, unless that was said a while ago at most."""
        errand = Errand(SendText(self.staff_chat_id, html, html=True), Purpose.ALL_OFF)
        outbox = self.records.outbox
        lately = outbox.last_at(errand.queue) > self.now - ALL_OFF_EVERY_S
        if not lately and not outbox.awaits(errand.queue):
            outbox.add(errand, self.now)

    def page_everyone(self, html: str, case: Case | None = None, rows: Rows = ()) -> None:
        """To whoever is on duty, and to the leads whether they are or not."""
        agents = [person.id for person in self.records.team.on_duty(self.desk.agents)]
        for person_id in dict.fromkeys((*agents, *self.desk.leads)):
            self.page(person_id, html, case, rows)

    def answer(self, message: Wrote, html: str) -> None:
        """Our words to whoever wrote in the group, about no case: right below what they wrote."""
        thread, asked = message.thread_id, message.message_id
        effect = SendText(message.chat_id, html, thread_id=thread, reply_to=asked, html=True)
        self.send(effect, Purpose.TELL, None)

    def send(
        self, effect: Effect, purpose: Purpose, case: Case | None, ref: int | None = None
    ) -> None:
        errand = Errand(effect, purpose, None if case is None else case.id, ref)
        self.records.outbox.add(errand, self.now)

    def keyboard(self, case: Case | None, chat_id: int, role: str, rows: Rows) -> Keyboard:
        """Buttons whose meaning is stored; ``role``: customer or staff. Without a case: about
        the person whose chat it is."""
        acts = [act for row in rows for _, act in row]
        if not acts:
            return ()
        number = None if case is None else case.id
        data = iter(self.records.keyboards.add(number, chat_id, role, acts, self.now))
        return tuple(tuple(Button(label, next(data)) for label, _ in row) for row in rows)

    def wall(self, moment: float | None) -> str:
        return self.desk.wall(moment, self.now)
