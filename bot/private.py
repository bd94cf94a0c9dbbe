"""What somebody of staff says to the bot in private: they are greeted, or told where it works."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape

from .conversation import Person
from .desk import commands
from .desk.desk_words import words
from .desk.order import Rules
from .desk.order_words import said as order_said
from .incoming import PERSON_COMMANDS, Edited, Incoming, Reachability, Wrote, command
from .ledger import Ledger
from .safe_text import shown_name
from .store.records import Records

START = "/start"


@dataclass(frozen=True, slots=True)
class InPrivate:
    """``is_staff``: does this numeric id hold a role, now? ``username``: the bot's own."""

    is_staff: Callable[[int], bool]
    rules: Rules
    username: str

    def starts(self, heard: Incoming) -> Person | None:
        """Who of staff presses Start in their private chat with the bot."""
        if not isinstance(heard, Wrote) or command(heard.text)[0] != START:
            return None
        theirs = heard.chat_id == heard.who.id and self.is_staff(heard.who.id)
        return heard.who if theirs else None

    def of_the_desk(self, heard: Incoming) -> Wrote | None:
        """What somebody of staff says in their private chat with the bot that may be for the desk:
        a command of its, or words that answer the bot's. Who asks for a person is a customer."""
        said = heard.now if isinstance(heard, Edited) else heard
        if (
            not isinstance(said, Wrote)
            or said.chat_id != said.who.id
            or not self.is_staff(said.who.id)
            or command(said.text)[0] in PERSON_COMMANDS
        ):
            return None
        typed = commands.typed(said, self.username)
        ordered = typed is not None and typed.name is not None
        return said if ordered or commands.is_below(said, self.username) else None

    def misplaced(self, records: Records, said: Wrote) -> bool:
        """Is what may be for the desk for it, which works in the group? What answers the bot's
        words to them as to a customer is not."""
        line = said.reply_to and records.transcript.line_at(said.chat_id, said.reply_to)
        return line is None or commands.typed(said, self.username) is not None

    def told_where(self, ledger: Ledger, said: Wrote) -> None:
        """It went to nobody and opens no case: they are told where it works."""
        ledger.note("misplaced", None, said.who.id)
        ledger.answer(said, words(self.rules.language, "not_from_here"))

    def greeted(self, ledger: Ledger, who: Person) -> None:
        """They are told what comes to them there; it opens no case. From now on it can come."""
        ledger.records.team.started(who, ledger.now)
        ledger.note("started", None, who.id)
        lead = who.id in self.rules.staff.leads
        name = escape(shown_name(who.name))
        role = order_said(self.rules.language, "hello_lead" if lead else "hello_agent")
        ledger.page(who.id, order_said(self.rules.language, "hello_staff", name=name, what=role))

    def reachability(self, ledger: Ledger, change: Reachability) -> None:
        """Somebody of staff blocked the bot, or lets it write to them again."""
        if self.is_staff(change.who.id):
            ledger.records.team.started(change.who, None if change.blocked else ledger.now)
