"""A person's reply gets a second look: it goes out, or is held until its author has decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from .. import relay
from ..conversation import Case, Person, Reading, State
from ..effects import React
from ..errand import Purpose
from ..incoming import Meaning, Pressed, Wrote
from ..ledger import Ledger
from ..safe_text import shown_name
from . import asking, holding
from .asking import DISCARDED, OVER, SEND_HELD, SENT
from .desk_words import WAITING, words
from .doubt import Doubt, Found, HeldReply, others
from .doubt_words import doubt_words
from .order import Order, Rules
from .tact import Facts, doubts
from .tact_settings import TactSettings

SET_ASIDE = "edit_set_aside"
"""How the audit calls an edit, by its line, of words of which nobody knows whether they arrived."""


@dataclass(frozen=True, slots=True)
class SecondLook:
    """``ours``: the brand's approved words, whose addresses and numbers are nobody's secret."""

    tact: TactSettings
    ours: str
    rules: Rules

    def unread(self, held: HeldReply | None, messages: Sequence[Wrote]) -> tuple[Wrote, ...]:
        """What the model should read before the transaction; empty when nothing is to be read.

        ``held``: the open reply that ``messages``, an edit, belong to.
        """
        if not self.tact.check_replies or any(map(relay.is_note, messages)):
            return ()
        whole = messages if held is None else held.with_edit(messages[0])
        return tuple(whole) if any(m.text.strip() for m in whole) else ()

    def reply(
        self,
        ledger: Ledger,
        case: Case,
        messages: Sequence[Wrote],
        who: Person,
        reading: Reading | None,
    ) -> None:
        """It goes out unless there is a doubt. One agent's words keep their order: while a reply
        of theirs is held, what they write next waits behind it."""
        found = self._doubts(ledger, case, messages, who, reading)
        waits = bool(ledger.records.held.open_in(case.id, who.id))
        if not found and not waits:
            self._deliver(ledger, case, messages, who, who.name)
            return
        state = "behind" if waits else "asked"
        held = ledger.records.held.add(case.id, who, case.owner_id, messages, found, state)
        if waits:
            mark = React(messages[-1].chat_id, messages[-1].message_id, WAITING)
            ledger.send(mark, Purpose.MARK, case)
        else:
            asking.ask(ledger, case, held)

    def edited(
        self, ledger: Ledger, case: Case, edit: Wrote, who: Person, reading: Reading | None
    ) -> None:
        """An edit of a held reply is looked at again; any other goes to the customer's copy."""
        held = ledger.records.held.of_message(edit.chat_id, edit.message_id)
        messages = [edit] if held is None else held.with_edit(edit)
        found = self._doubts(ledger, case, messages, who, reading)
        if held is None:
            if not (relay.is_note(edit) or others(found)):
                relay.edit_to_customer(ledger, case, edit)
            elif not self._edit_before_arrival(ledger, case, edit, who, reading):
                self._edit_of_delivered(ledger, case, edit, who, others(found))
            return
        held = ledger.records.held.change(held, messages, found, case.owner_id, held.state)
        if held.state == "behind":
            return
        if not case.state.with_staff:
            asking.close(ledger, case, held, OVER)
        elif found and not any(map(relay.is_note, messages)):
            asking.ask(ledger, case, held)
        else:
            self._send(ledger, case, held, who)

    def _edit_before_arrival(
        self, ledger: Ledger, case: Case, edit: Wrote, who: Person, reading: Reading | None
    ) -> bool:
        """Words that have not left are heard anew, as they are now; of words that may have arrived
        the edit is set aside, and nothing sends them once more. False: they are with the customer,
        or never went."""
        whole = relay.reply_with(ledger, case, edit)
        refs, messages = [ref for ref, _ in whole], [message for _, message in whole]
        if ledger.recall(refs):
            ledger.note("edited_before_it_left", case.id, who.id)
            if relay.is_note(edit):
                relay.to_customer(ledger, case, messages, who.name)
            elif case.state.with_staff:
                self.reply(ledger, case, messages, who, reading)
            else:
                ledger.tell(case, self._words(OVER), reply_to=edit.message_id)
            return True
        if not ledger.may_have_arrived(case, refs):
            return False
        for ref in refs:
            ledger.note(SET_ASIDE, case.id, who.id, str(ref))
        told = words(self.rules.language, "edit_unsure")
        ledger.tell(case, told, reply_to=edit.message_id)
        return True

    def _edit_of_delivered(
        self, ledger: Ledger, case: Case, edit: Wrote, who: Person, found: Sequence[Found]
    ) -> None:
        """The customer's copy changes too; new words need the same second look as first ones."""
        delivered = ledger.counterpart(edit.chat_id, edit.message_id) is not None
        if not found or not delivered or relay.is_note(edit):
            relay.edit_to_customer(ledger, case, edit)
            return
        if not case.state.with_staff:  # nobody is asked about it any more
            ledger.tell(case, self._words(OVER), reply_to=edit.message_id)
            return
        add, owner = ledger.records.held.add, case.owner_id
        asking.ask(ledger, case, add(case.id, who, owner, [edit], found, "asked", edit=True))

    def pressed(self, ledger: Ledger, case: Case, meaning: Meaning, press: Pressed) -> str:
        """The author (or a colleague) decided; returns the words for the presser."""
        held = ledger.records.held.get(int(meaning.what))
        if held is None or held.state != "asked":
            return self._words(held.state if held else "over")
        held = ledger.records.held.asked(held.id, press.message_id) or held
        if not case.state.with_staff:
            asking.close(ledger, case, held, OVER)
            return self._words(OVER)
        if meaning.name != SEND_HELD:
            self._discard(ledger, case, held)
            return self._words(DISCARDED)
        holder = _holder(case, press.who.id, held.agent_id)
        if holder is not None and held.owner_id != case.owner_id:  # taken by another meanwhile
            found = (Found(Doubt.COLLISION, holder), *others(held.found))
            change, owner = ledger.records.held.change, case.owner_id
            asking.ask(ledger, case, change(held, held.messages, found, owner, "asked"))
            return self._words("asked")
        self._send(ledger, case, held, press.who)
        return self._words("sent")

    def taken_back(self, ledger: Ledger, case: Case, command: Wrote) -> bool:
        """The words that ``command`` answers are held: they will not be sent. False: they are not
        held, or are an edit of words that the customer has."""
        answered = command.reply_to
        held = answered and ledger.records.held.of_message(command.chat_id, answered)
        if not held:
            return False
        self._discard(ledger, case, held)
        return not held.edit

    def expired(self, ledger: Ledger, case: Case, held_id: int) -> None:
        """Nobody decided: it was not sent, nor what waits behind it, and that is said."""
        held = ledger.records.held.get(held_id)
        if held is not None and held.state == "asked":
            behind = ledger.records.held.open_in(case.id, held.agent_id)[1:]
            asking.close(ledger, case, held, "expired", len(behind))
            for one in behind:
                asking.settle(ledger, case, one, "expired")

    def over(self, ledger: Ledger, case: Case) -> None:
        """Once the case has left staff, what was held is not sent any more."""
        if case.state.with_staff:
            return
        for held in ledger.records.held.open_in(case.id):
            asking.close(ledger, case, held, OVER)

    # ------------------------------------------------------------------------------- inside

    def _doubts(
        self,
        ledger: Ledger,
        case: Case,
        messages: Sequence[Wrote],
        who: Person,
        reading: Reading | None,
    ) -> tuple[Found, ...]:
        holder = self._not_yet_confirmed(ledger, case, who.id)
        slip = tuple(Found(Doubt.COMMAND, word) for word in map(_slip, messages) if word)
        text = "\n".join(m.text for m in messages if m.text.strip())
        if not self.tact.check_replies or not text:
            return slip if holder is None else (Found(Doubt.COLLISION, holder), *slip)
        customer = ledger.records.customers.get(case.customer_id)
        facts = Facts(
            language=case.language,
            links=tuple(mark.url for one in messages for mark in one.marks if mark.url),
            said=ledger.records.transcript.all_said(case.id),
            ours="\n".join((self.ours, *self.tact.ours)),
            hosts=self.tact.internal_hosts,
            colleagues=ledger.records.team.names(),
            customer=None if customer is None else customer.username,
            holder=holder,
        )
        return (*slip, *doubts(text, facts, reading))

    def _not_yet_confirmed(self, ledger: Ledger, case: Case, agent_id: int) -> str | None:
        """Who else holds the case, unless this agent chose before to write all the same."""
        holder = _holder(case, agent_id)
        if holder is None or case.owner_id is None:
            return None
        sure = ledger.records.held.confirmed(case.id, agent_id, case.owner_id)
        return None if sure else holder

    def _send(self, ledger: Ledger, case: Case, held: HeldReply, who: Person) -> None:
        self._release(ledger, case, held, who)
        self._next(ledger, ledger.records.case(case.id) or case, held)

    def _release(self, ledger: Ledger, case: Case, held: HeldReply, who: Person) -> None:
        if held.edit:
            relay.edit_to_customer(ledger, case, held.messages[0])
        else:
            self._deliver(ledger, case, held.messages, who, held.agent_name)
        asking.close(ledger, case, held, SENT)

    def _deliver(
        self, ledger: Ledger, case: Case, messages: Sequence[Wrote], who: Person, author: str
    ) -> None:
        """To the customer; the first reply in a waiting case claims it."""
        if case.state is State.WAITING and not any(map(relay.is_note, messages)):
            holding.claim(ledger, case, Order(who, self.rules))
            case = ledger.records.case(case.id) or case
        refs = relay.to_customer(ledger, case, messages, author)
        canned = messages[0].canned
        ledger.note("replied", case.id, who.id, canned or None)
        if canned:  # the topic has its name only: colleagues read what was sent
            ledger.tell(case, f"➡ {escape(messages[0].text)}", ref=refs[0])

    def _discard(self, ledger: Ledger, case: Case, held: HeldReply) -> None:
        asking.close(ledger, case, held, DISCARDED)
        if held.state == "asked":
            self._next(ledger, case, held)

    def _words(self, key: str, **values: object) -> str:
        return doubt_words(self.rules.language, key, **values)

    def _next(self, ledger: Ledger, case: Case, before: HeldReply) -> None:
        """What waited behind goes out in order, up to the next one that must be asked about."""
        who = Person(before.agent_id, before.agent_name)
        for held in ledger.records.held.open_in(case.id, before.agent_id):
            holder = self._not_yet_confirmed(ledger, case, who.id)
            found = others(held.found)
            if holder is not None:
                found = (Found(Doubt.COLLISION, holder), *found)
            held = ledger.records.held.change(
                held, held.messages, found, case.owner_id, "asked" if found else "behind"
            )
            if found:
                asking.ask(ledger, case, held)
                return
            self._release(ledger, case, held, who)
            case = ledger.records.case(case.id) or case


def _holder(case: Case, *agents: int) -> str | None:
    """The name of another who holds the case."""
    if case.state is not State.CLAIMED or case.owner_id is None or case.owner_id in agents:
        return None
    return shown_name(case.owner_name or str(case.owner_id))


def _slip(message: Wrote) -> str | None:
    """The word after a slash that begins a message, as commands do; a slip of the finger?"""
    text = message.text.lstrip()
    begins = text.startswith("/") and not message.canned and not relay.is_note(message)
    return text.split(maxsplit=1)[0] if begins else None
