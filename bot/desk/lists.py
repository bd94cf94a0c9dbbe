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
from ..effects import EditText, Effect, SendText
from ..errand import Errand, Purpose, queue_of_desk
from ..ledger import Ledger
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


# ------------------------------------------------------------------------- at the last moment


def compose(ledger: Ledger, errand: Errand) -> Effect | None:
    """A list or digest as it is now; None when a single case is left, which gets its topic."""
    assert isinstance(errand.effect, SendText) and errand.ref is not None
    listings, effect = ledger.records.listings, errand.effect
    cases = listings.cases(errand.ref)
    elsewhere = effect.chat_id != ledger.staff_chat_id
    parked = not elsewhere or ledger.desk.join_from > 0
    cases += listings.pool(_shown_by(errand.purpose), MOST - len(cases), parked)
    if len(cases) < (1 if elsewhere else 2):
        for case_id in cases:
            listings.unpark(case_id)
        return None
    listings.fill(errand.ref, cases, ledger.now)
    html, buttons = drawn(ledger, effect.chat_id, listings.cases(errand.ref))
    return replace(effect, text=html, buttons=buttons)


def _shown_by(purpose: Purpose) -> tuple[Priority, ...]:
    """Nobody calm is shown before somebody who presses: a digest takes those along, in front."""
    pressing = KINDS[Purpose.LIST]
    return pressing if purpose is Purpose.LIST else (*pressing, *KINDS[purpose])


def refreshed(ledger: Ledger, errand: Errand) -> Effect | None:
    """A list (or an alarm of its cases) that was sent, brought up to date: who holds which case,
    which are over."""
    listings = ledger.records.listings
    place = None if errand.ref is None else listings.place(errand.ref)
    if place is None or errand.ref is None:
        return None
    chat, message = place
    cases = listings.cases(errand.ref)
    if not cases:  # everybody in it was erased; an old message may be edited, but not deleted
        return EditText(chat, message, words(ledger.desk.language, "wiped"))
    draws = overdue.redrawn if listings.rings(errand.ref) else drawn
    html, buttons = draws(ledger, chat, cases)
    return EditText(chat, message, html, buttons, html=True)


# -------------------------------------------------------------------------------- afterwards


def sent(ledger: Ledger, errand: Errand, message_id: int) -> None:
    """Staff have it in front of them; whoever did not fit is next."""
    listings = ledger.records.listings
    assert errand.ref is not None
    listings.sent(errand.ref, message_id)
    for case_id in listings.cases(errand.ref):
        case = ledger.records.case(case_id)
        if case is not None:
            ledger.save(seen(ledger, case))
    _overtaken(ledger, errand)
    join(ledger)


def _overtaken(ledger: Ledger, errand: Errand) -> None:
    """What happened while it was on its way, an erasure too, shows in it at once."""
    place = ledger.records.listings.place(errand.ref or 0)
    text = text_of(ledger, ledger.records.listings.cases(errand.ref or 0))
    if place and isinstance(errand.effect, SendText) and not errand.effect.text.endswith(text):
        ledger.draw_list(errand.ref or 0, *place)


def unsent(ledger: Ledger, errand: Errand) -> None:
    """It has surely not arrived: any other road may take its cases until it is tried again.

    What a further group does not take is not left to it alone.
    """
    assert errand.ref is not None
    pressing = ledger.records.listings.cases(errand.ref)
    ledger.records.listings.empty(errand.ref)
    if pressing and errand.chat_id in ledger.overflow_chats():
        _elsewhere(ledger, _in_private(ledger))


def failed(ledger: Ledger, errand: Errand) -> None:
    """Telegram refuses the list for good: each of its cases gets a topic of its own.

    Unless it was for another chat than the group: then they wait for the group as before.
    """
    assert errand.ref is not None
    for case_id in ledger.records.listings.cases(errand.ref):
        if errand.chat_id == ledger.staff_chat_id:
            ledger.records.listings.unpark(case_id)
    unsent(ledger, errand)
    if (errand.chat_id or 0) > 0:  # they blocked the bot: not asked again until they write to it
        ledger.records.customers.set_blocked(errand.chat_id or 0, True)
        ledger.records.team.leaves(errand.chat_id or 0)


def lost(ledger: Ledger, errand: Errand) -> None:
    """Somebody deleted a list that was sent: who still waits in it stands in the next one."""
    assert errand.ref is not None
    listings = ledger.records.listings
    cases = listings.cases(errand.ref)
    listings.empty(errand.ref)
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
