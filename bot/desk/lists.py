"""When many wait at once: briefs joined into lists, the calm into digests, and who was seen.

A group takes about twenty messages a minute, and a case costs two of them: topic and brief. So
once briefs pile up, topics are parked until somebody claims the case, and one message shows
everybody who waits by then. What a list says (listed.py) is decided at the moment it is sent.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace

from ..conversation import Case, Priority, State
from ..effects import OF_THE_MESSAGE, EditText, Effect, Refused, SendText
from ..errand import Errand, OutboxRow, Purpose, queue_of_desk
from ..ledger import Ledger
from ..life import Life
from . import overdue
from .desk_words import words
from .listed import drawn, text_of

log = logging.getLogger(__name__)

MOST = 12
"""Cases in one list: what fits in one message, and on one screen."""
CROWDED_FOR_S = 60.0
"""So long after a list, what comes next waits for another list."""
UNSEEN, UNSEEN_S = "unseen", 45.0
"""The clock that asks whether a pressing case has been shown, and its seconds."""

KINDS: Mapping[Purpose, tuple[Priority, ...]] = {
    Purpose.LIST: (Priority.URGENT, Priority.HIGH),
    Purpose.DIGEST: (Priority.NORMAL,),
}
EVERY_S: Mapping[Purpose, float] = {Purpose.LIST: 10.0, Purpose.DIGEST: 60.0}
"""Seconds between two lists: what they leave of the minute is for those who are being answered."""
FULL_EVERY_S = 10.0
"""The same once as many wait as fit in one: nobody calm waits for a place in the twentieth."""


def join(ledger: Ledger) -> None:
    """A brief was added: when too many wait, park their topics and order a list."""
    listings, chat = ledger.records.listings, ledger.staff_chat_id
    crowd = ledger.desk.join_from
    if not crowd:
        return  # no topic is parked: nobody waits for a list of this group
    waiting = listings.unbegun(chat)
    if waiting and (len(waiting) >= crowd or _is_crowded(ledger, chat)):
        listings.park(waiting)
    for purpose, priorities in KINDS.items():
        waits = listings.pooled(priorities, MOST)
        if waits and not ledger.records.outbox.awaits(f"{purpose}:{chat}"):
            _order(ledger, purpose, chat)
        if waits == MOST:
            soon = listings.made_last(chat, purpose) + min(FULL_EVERY_S, EVERY_S[purpose])
            ledger.records.outbox.no_later(f"{purpose}:{chat}", soon)


def begin(ledger: Ledger) -> None:
    """At start: a brand that wants no lists gets the topics that were parked before it said so."""
    if not ledger.desk.join_from:
        ledger.records.listings.unpark_all()


def _is_crowded(ledger: Ledger, chat: int) -> bool:
    lately = ledger.now - ledger.records.listings.made_last(chat, *KINDS) < CROWDED_FOR_S
    return lately or any(ledger.records.outbox.awaits(f"{kind}:{chat}") for kind in KINDS)


def _order(ledger: Ledger, purpose: Purpose, chat: int) -> None:
    listings, outbox = ledger.records.listings, ledger.records.outbox
    errand = Errand(SendText(chat, "", html=True), purpose, ref=listings.new(purpose, chat))
    row = outbox.add(errand, ledger.now)
    outbox.postpone(row, listings.made_last(chat, purpose) + EVERY_S[purpose])


# ---------------------------------------------------------------- when the group is not enough


def watch(ledger: Ledger, case: Case) -> None:
    """A pressing case was handed over: look soon whether staff could see it."""
    if case.priority in KINDS[Purpose.LIST]:
        ledger.set_timer(case.id, UNSEEN, ledger.now + UNSEEN_S)


def unseen(ledger: Ledger, case: Case) -> None:
    """The clock of `watch` ran out. Shown by now: well. If not, by other roads than the group.

    First the other groups of staff, then those on duty, in private, who have started the bot:
    whichever goes first takes everybody who waits to be shown.
    """
    if case.state is not State.WAITING or case.seen_at is not None:
        return
    waited = ledger.now - (case.waiting_since or ledger.now)
    log.warning("case %d presses and was not shown to staff for %.0f s", case.id, waited)
    ledger.note("unseen", case.id, None, f"{waited:.0f}")
    ledger.set_timer(case.id, UNSEEN, ledger.now + UNSEEN_S)
    if ledger.desk.join_from:
        ledger.records.listings.park(ledger.records.listings.unbegun(ledger.staff_chat_id))
    _elsewhere(ledger, ledger.overflow_chats() or _in_private(ledger))
    join(ledger)


def _elsewhere(ledger: Ledger, chats: Sequence[int]) -> None:
    """A list for each of these, who take by themselves what the group does not."""
    for chat in chats:
        if not ledger.records.outbox.awaits(queue_of_desk(Purpose.LIST, chat)):
            _order(ledger, Purpose.LIST, chat)


def _in_private(ledger: Ledger) -> list[int]:
    people = ledger.records.team.on_duty((*ledger.desk.agents, *ledger.desk.leads))
    return [person.id for person in people if _may_be_written_to(ledger, person.id)]


def _may_be_written_to(ledger: Ledger, person: int) -> bool:
    """They started the bot, as staff or as somebody who wrote to the brand."""
    known = ledger.records.customers.get(person)
    return ledger.records.team.has_started(person) or (known is not None and not known.blocked)


class Listing(Life):
    """A list or a digest on its way: it shows whoever waits by then."""

    def drawn(self, ledger: Ledger, row: OutboxRow) -> Effect | None:
        """As it is now; None when a single case is left, which gets its topic."""
        listings, ref, effect = ledger.records.listings, _list_of(row), row.errand.effect
        assert isinstance(effect, SendText)
        cases = listings.cases(ref)
        elsewhere = effect.chat_id != ledger.staff_chat_id
        parked = not elsewhere or ledger.desk.join_from > 0
        cases += listings.pool(_shown_by(row.errand.purpose), MOST - len(cases), parked)
        if len(cases) < (1 if elsewhere else 2):
            for case_id in cases:
                listings.unpark(case_id)
            return None
        listings.fill(ref, cases, ledger.now)
        html, buttons = drawn(ledger, effect.chat_id, listings.cases(ref))
        return replace(effect, text=html, buttons=buttons)

    def sent(self, ledger: Ledger, row: OutboxRow, ids: tuple[int, ...]) -> None:
        """Staff have it in front of them; whoever did not fit is next."""
        listings, ref = ledger.records.listings, _list_of(row)
        listings.sent(ref, ids[-1])
        for case_id in listings.cases(ref):
            case = ledger.records.case(case_id)
            if case is not None:
                ledger.save(seen(ledger, case))
        _overtaken(ledger, row)
        join(ledger)

    def unsent(self, ledger: Ledger, row: OutboxRow) -> None:
        """Any other road may take its cases until it is tried again.

        What a further group does not take is not left to it alone.
        """
        pressing = ledger.records.listings.cases(_list_of(row))
        ledger.records.listings.empty(_list_of(row))
        if pressing and row.errand.chat_id in ledger.overflow_chats():
            _elsewhere(ledger, _in_private(ledger))

    def refused(self, ledger: Ledger, row: OutboxRow, _: Refused) -> None:
        """Telegram refuses the list for good: each of its cases gets a topic of its own.

        Unless it was for another chat than the group: then they wait for the group as before.
        """
        chat = row.errand.chat_id or 0
        for case_id in ledger.records.listings.cases(_list_of(row)):
            if chat == ledger.staff_chat_id:
                ledger.records.listings.unpark(case_id)
        self.unsent(ledger, row)
        if chat > 0:  # they blocked the bot: not asked again until they write to it
            ledger.records.customers.set_blocked(chat, True)
            ledger.records.team.leaves(chat)


def _shown_by(purpose: Purpose) -> tuple[Priority, ...]:
    """Nobody calm is shown before somebody who presses: a digest takes those along, in front."""
    pressing = KINDS[Purpose.LIST]
    return pressing if purpose is Purpose.LIST else (*pressing, *KINDS[purpose])


def _overtaken(ledger: Ledger, row: OutboxRow) -> None:
    """What happened while it was on its way, an erasure too, shows in it at once."""
    listings, ref, effect = ledger.records.listings, _list_of(row), row.errand.effect
    place, text = listings.place(ref), text_of(ledger, listings.cases(ref))
    if place and isinstance(effect, SendText) and not effect.text.endswith(text):
        ledger.draw_list(ref, *place)


def _list_of(row: OutboxRow) -> int:
    """The row of `lists` that this is for."""
    assert row.errand.ref is not None
    return row.errand.ref


class Listed(Life):
    """A list (or an alarm of its cases) that staff have in front of them is brought up to date."""

    def drawn(self, ledger: Ledger, row: OutboxRow) -> Effect | None:
        """Who holds which of its cases, which are over."""
        place = ledger.records.listings.place(_list_of(row))
        if place is None:
            return None
        chat, message = place
        cases = ledger.records.listings.cases(_list_of(row))
        if not cases:  # everybody in it was erased; an old message may be edited, but not deleted
            return EditText(chat, message, words(ledger.desk.language, "wiped"))
        draws = overdue.redrawn if ledger.records.listings.rings(_list_of(row)) else drawn
        html, buttons = draws(ledger, chat, cases)
        return EditText(chat, message, html, buttons, html=True)

    def refused(self, ledger: Ledger, row: OutboxRow, outcome: Refused) -> None:
        """Somebody deleted the list: who still waits in it stands in the next one."""
        if outcome.refusal not in OF_THE_MESSAGE:
            return
        listings = ledger.records.listings
        cases = listings.cases(_list_of(row))
        listings.empty(_list_of(row))
        for case in filter(None, map(ledger.records.case, cases)):
            if case.state is State.WAITING and not listings.showing(case.id):
                watch(ledger, ledger.save(replace(case, seen_at=None)))
        join(ledger)


def seen(ledger: Ledger, case: Case) -> Case:
    """The case, marked as seen by staff now if it was not before; the caller saves it."""
    if case.seen_at is not None:
        return case
    waited = ledger.now - (case.waiting_since or ledger.now)
    ledger.note("seen", case.id, None, f"{waited:.1f}")
    return replace(case, seen_at=ledger.now)
